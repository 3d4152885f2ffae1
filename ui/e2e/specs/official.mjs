import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { serveInFront } from "../front.mjs";
import { here, slowness, threeTimes } from "../harness.mjs";

/** Where the tests with official clients install MLflow 3.17, the folder of its built page. */
function officialPage() {
  const library = join(here, "../../build/venv-mlflow-3.17/lib");
  const python = existsSync(library) ? readdirSync(library).find((name) => name.startsWith("python3")) : undefined;
  const folder = python && join(library, python, "site-packages/mlflow/server/js/build");
  return folder && existsSync(join(folder, "index.html")) ? folder : null;
}

/** What it asks of its own server alone: an assistant, and who the user is, which that one knows with an auth app only. */
const itsOwn = /\/mlflow\/(assistant\/|users\/current$)/;

/** The official page in front of our server: what its users see most has to load without a fault. */
export async function test(harness, seeded) {
  const folder = officialPage();
  if (!folder) {
    harness.skip("the official page", "build/venv-mlflow-3.17 is not there; ./dev e2e makes it");
    return;
  }
  const front = await serveInFront(folder, "/static-files/", harness.base);
  try {
    await pages(harness, front.base, seeded);
    await beside(harness, front.base, seeded);
  } finally {
    await front.close();
  }
}

async function pages(harness, base, seeded) {
  const page = await harness.page();
  const refused = [];
  page.on("response", (answer) => answer.status() >= 400 && !itsOwn.test(new URL(answer.url()).pathname) && /\/(ajax-)?api\/|get-artifact|graphql/.test(answer.url()) && refused.push(`${answer.status()} ${new URL(answer.url()).pathname}`));
  const run = seeded.runs[59];
  const views = [
    ["experiments", "#/experiments", "vision/segmentation"],
    ["runs", `#/experiments/${seeded.experiment}/runs`, "wise-lynx-59"],
    ["charts", `#/experiments/${seeded.experiment}/runs?compareRunsMode=CHART`, ".main-svg"],
    ["run", `#/experiments/${seeded.experiment}/runs/${run}`, "batch_size"],
    ["run metrics", `#/experiments/${seeded.experiment}/runs/${run}/model-metrics`, ".main-svg"],
    ["artifacts", `#/experiments/${seeded.experiment}/runs/${run}/artifacts`, "config.json"],
    ["artifact", `#/experiments/${seeded.experiment}/runs/${run}/artifacts/log.txt`, "epoch 2"],
    ["compare", `#/compare-runs?runs=${encodeURIComponent(JSON.stringify(seeded.runs.slice(57, 60)))}&experiments=${encodeURIComponent(JSON.stringify([seeded.experiment]))}`, "wise-lynx-59"],
    ["models", "#/models", "churn-classifier"],
    ["model", "#/models/churn-classifier", "Version 3"],
    ["version", "#/models/churn-classifier/versions/3", "Tuned"],
    ["logged models", `#/experiments/${seeded.experiment}/models`, "Model name"],
  ];
  for (const [name, place, sign] of views) {
    await page.goto("about:blank");
    await page.goto(`${base}/${place}`);
    const shown = sign.startsWith(".") ? page.locator(sign) : page.getByText(sign); // the class of a chart, or a text
    await shown.first().waitFor({ timeout: 120_000 });
    harness.check(true, `the official page shows ${name}`);
    await harness.shot(page, `official-${name.replace(" ", "-")}`);
  }
  harness.check(refused.length === 0, `the official page is refused nothing ${[...new Set(refused)].join(", ")}`);
  const faults = harness.problems.splice(0).filter((text) => /TypeError|undefined|is not valid JSON/.test(text));
  harness.check(faults.length === 0, `no script of the official page fails ${faults.join("\n")}`);
}

/** Until the runs of an experiment can be read, in a browser without a cache: the median of three times. */
async function untilRuns(harness, url) {
  const [, time] = await threeTimes(async () => {
    const page = await harness.page();
    const begin = performance.now();
    await page.goto(url);
    await page.getByText("wise-lynx-59").first().waitFor({ timeout: 120_000 });
    const took = performance.now() - begin;
    await page.context().close();
    return took;
  });
  return time;
}

async function beside(harness, base, seeded) {
  const ours = await untilRuns(harness, `${harness.base}/#/experiments/${seeded.experiment}`);
  const before = harness.problems.length;
  const theirs = await untilRuns(harness, `${base}/#/experiments/${seeded.experiment}/runs`);
  harness.problems.splice(before); // what the official page says of itself was looked at above
  harness.time("60 runs on our page", ours);
  harness.time("60 runs on the official page, same server", theirs);
  harness.check(ours * 5 < theirs * slowness, `our page shows 60 runs in a fifth of the official page's time (${ours.toFixed(0)} of ${theirs.toFixed(0)} ms)`);
}
