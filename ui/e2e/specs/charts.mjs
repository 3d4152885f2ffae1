import { readFileSync } from "node:fs";
import { join } from "node:path";

export async function test(harness, seeded) {
  const page = await harness.page();
  await page.goto(`${harness.base}/#/experiments/${seeded.experiment}?view=charts`);
  await page.locator(".chart canvas").nth(3).waitFor();
  await harness.review(page, "charts");
  await lines(harness, page);
  await groups(harness, page, seeded);
  await page.goto(`${harness.base}/#/experiments/${seeded.experiment}?view=charts`);
  await addPanel(page, "Scatter", { X: "params.lr", Y: "metrics.val/accuracy", Colour: "params.model" });
  await page.getByRole("article", { name: "Scatter: lr · val/accuracy · model" }).getByText("61 runs").waitFor();
  const places = {
    bar: "metrics.seconds:params.model",
    box: "metrics.val%2Faccuracy:params.optimizer",
    contour: "params.lr:params.batch_size:metrics.val%2Faccuracy",
    parallel: "params.lr:params.batch_size:params.model:metrics.train%2Floss:metrics.val%2Faccuracy",
  };
  const panels = ["scatter:params.lr:metrics.val%2Faccuracy:params.model", ...Object.entries(places).map(([kind, columns]) => `${kind}:${columns}`)].join(",");
  await page.goto(`${harness.base}/#/experiments/${seeded.experiment}?view=charts&panels=${encodeURIComponent(panels)}`);
  await page.locator(".picture canvas").nth(4).waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll(".picture canvas")].every((canvas) => /: [1-9]\d* marks/.test(canvas.ariaLabel)));
  await harness.review(page, "panels");
  await keyboard(harness, page);
  await downloads(harness, page);
  await order(harness, page);
}

async function lines(harness, page) {
  const loss = page.getByRole("article", { name: "train/loss", exact: true });
  await page.getByRole("button", { name: "Log x" }).click();
  await page.getByRole("button", { name: "Log y" }).click();
  await loss.scrollIntoViewIfNeeded();
  await loss.locator("canvas").waitFor();
  harness.check(page.url().includes("logx=1") && page.url().includes("log=1"), "logarithmic axes are kept in the address");
  await page.getByRole("article", { name: "seconds", exact: true }).getByText("Nothing above zero").waitFor();
  await harness.shot(page, "charts-log");
  for (const [type, sign] of [["SVG", /^<svg xmlns.*<path/s], ["PNG", /^\x89PNG/], ["CSV", /^run_id,run_name,step/]]) {
    await loss.getByRole("button", { name: "Download train/loss" }).click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: type }).click()]);
    harness.check(sign.test(readFileSync(await file.path(), "latin1")), `a line chart is downloaded as ${type}`);
    if (type === "PNG" && harness.shots) await file.saveAs(join(harness.shots, "line-chart-download.png"));
  }
}

async function groups(harness, page, seeded) {
  await page.goto(`${harness.base}/#/experiments/${seeded.experiment}?view=charts&group=params.optimizer`);
  const legend = page.getByRole("complementary", { name: "Runs that are drawn" });
  await legend.getByText("61 runs by optimizer").waitFor();
  harness.check((await legend.getByRole("listitem").count()) === 2, "runs of a group are one line");
  const loss = page.getByRole("article", { name: "train/loss", exact: true });
  await loss.scrollIntoViewIfNeeded();
  await loss.locator(".chart canvas").waitFor();
  await harness.review(page, "charts, groups");
  await loss.getByRole("button", { name: "train/loss as a table" }).click();
  harness.check((await loss.getByRole("row").count()) === 3, "a group has its values as a table");
  await legend.getByRole("button", { name: "Draw adamw" }).click();
  await page.waitForFunction(() => document.querySelectorAll('article[aria-label="train/loss"] tbody tr').length === 1);
  harness.check(true, "a group is hidden by its legend");
}

async function addPanel(page, kind, columns) {
  await page.getByRole("button", { name: "Panel", exact: true }).click();
  await page.getByLabel("Kind").selectOption({ label: kind });
  for (const [name, column] of Object.entries(columns)) await page.getByRole("combobox", { name: new RegExp(`^${name}`) }).selectOption(column);
  await page.getByRole("button", { name: "Add" }).click();
}

async function keyboard(harness, page) {
  const scatter = page.getByRole("article", { name: /^Scatter/ });
  await scatter.locator("canvas").focus();
  await page.keyboard.press("ArrowRight");
  await scatter.getByText(/^lr: /).waitFor();
  await page.keyboard.press("Escape");
  harness.check((await scatter.getByText(/^lr: /).count()) === 0, "arrow keys walk over the marks of a chart");
  await scatter.getByRole("button", { name: /as a table/ }).click();
  harness.check((await scatter.getByRole("row").count()) === 62, "every chart has its values as a table");
  await scatter.getByRole("button", { name: /as a table/ }).click();
}

async function downloads(harness, page) {
  const parallel = page.getByRole("article", { name: /^Parallel/ });
  for (const [type, sign] of [["SVG", /^<svg xmlns/], ["PNG", /^\x89PNG/], ["CSV", /^run_id,run_name,lr/]]) {
    await parallel.getByRole("button", { name: /^Download/ }).click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: type }).click()]);
    harness.check(sign.test(readFileSync(await file.path(), "latin1")), `a chart is downloaded as ${type}`);
  }
}

async function order(harness, page) {
  const titles = () => page.locator(".movable h3").allTextContents();
  const before = await titles();
  await page.getByRole("button", { name: /^Move Scatter.* on$/ }).click();
  await page.waitForFunction((name) => document.querySelector(".movable h3").textContent === name, before[1]);
  harness.check((await titles())[1] === before[0], "a panel is moved by the keyboard");
  await page.getByRole("article", { name: before[0] }).locator("header").dragTo(page.getByRole("article", { name: before[1] }));
  await page.waitForFunction((name) => document.querySelector(".movable h3").textContent === name, before[0]);
  harness.check(true, "a panel is moved by drag");
  await page.getByRole("button", { name: /^Remove Bar/ }).click();
  await page.getByRole("article", { name: /^Bar/ }).waitFor({ state: "detached" });
  harness.check(!page.url().includes("bar%3A"), "panels are kept in the address");
}
