import { client } from "../seed.mjs";

export async function test(harness, seeded) {
  const page = await harness.page();
  const live = seeded.runs[59];
  const place = `${harness.base}/#/experiments/${seeded.experiment}/runs/${live}`;
  await page.goto(place);
  await page.getByRole("heading", { name: "Baseline" }).waitFor();
  await harness.review(page, "run");
  await page.locator(".live-dot.live").waitFor();
  const began = performance.now();
  await client(harness.base)("runs/log-batch", { run_id: live, metrics: [{ key: "seconds", value: 987654, step: 1, timestamp: Date.now() }] });
  await page.getByText("987654").waitFor();
  harness.time("live value from log-batch to the run page", performance.now() - began);
  await notes(harness, page);
  await page.goto(`${place}/metrics?smooth=60`);
  await page.locator(".chart canvas").first().waitFor();
  await harness.review(page, "run metrics");
  await systemMetrics(harness, page, place, live);
  await page.goto(`${harness.base}/#/compare?runs=${[seeded.runs[0], live, seeded.runs[5]].join(",")}`);
  await page.getByRole("heading", { name: "Compare 3 runs" }).waitFor();
  await page.locator(".chart canvas").first().waitFor();
  await harness.review(page, "compare");
}

async function notes(harness, page) {
  const notes = page.getByRole("region", { name: "Notes" });
  await notes.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Notes in Markdown").fill("# Second\n\n**bold** <img src=x onerror=window.hacked=1>");
  await page.getByRole("region", { name: "Preview" }).getByRole("heading", { name: "Second" }).waitFor();
  await harness.review(page, "run notes");
  await page.keyboard.press("Control+Enter");
  // The preview has the heading too, so that the editor's end is what tells.
  await page.getByLabel("Notes in Markdown").waitFor({ state: "detached" });
  await notes.getByRole("heading", { name: "Second" }).waitFor();
  harness.check((await page.getByLabel("Notes in Markdown").count()) === 0, "notes are kept by Ctrl Enter");
  harness.check((await page.evaluate(() => window.hacked)) === undefined, "nothing in a note is run");
}

async function systemMetrics(harness, page, place, live) {
  await page.goto(`${place}/system`);
  await page.getByText("This run logged nothing about its machine").waitFor();
  await harness.review(page, "run system, none");
  await client(harness.base)("runs/log-batch", { run_id: live, metrics: [0, 1, 2].map((step) => ({ key: "system/cpu_utilization_percentage", value: 40 + step, step, timestamp: Date.now() + step * 1000 })) });
  await page.getByRole("article", { name: "system/cpu_utilization_percentage" }).locator(".chart canvas").waitFor();
  harness.check((await page.getByRole("article").count()) === 1, "metrics of the machine have a tab of their own");
  await page.goto(`${place}/metrics`);
  await page.locator(".chart canvas").first().waitFor();
  harness.check((await page.getByRole("article", { name: /^system/ }).count()) === 0, "metrics of the machine are not among the others");
}
