import { readFileSync } from "node:fs";
import { join } from "node:path";

export async function test(harness, seeded) {
  const page = await harness.page();
  await page.goto(`${harness.base}/#/experiments/${seeded.experiment}?view=charts`);
  await page.locator(".chart canvas").nth(3).waitFor();
  await harness.review(page, "charts");
  await layout(harness, page);
  await times(harness, seeded);
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
  await logAxes(harness, page);
  await downloads(harness, page);
  await order(harness, page);
}

/** Metric charts laid out by drag and by the keyboard, kept in the address, beside those that a search hides. */
async function layout(harness, page) {
  const charts = page.getByRole("region", { name: "Charts", exact: true });
  const titles = () => charts.locator("article").evaluateAll((all) => all.map((one) => one.ariaLabel));
  const first = (name) => page.waitForFunction((wanted) => document.querySelector('[aria-label="Charts"] article')?.ariaLabel === wanted, name);
  const before = await titles();
  const [a, b, , d] = before;
  await charts.getByRole("article", { name: d, exact: true }).locator("header h3").dragTo(charts.getByRole("article", { name: a, exact: true }));
  await first(d);
  harness.check(decodeURIComponent(page.url()).includes(`layout=0:${encodeURIComponent(d)}`), "a metric's chart is moved by drag, and its place is in the address");
  const on = page.getByRole("button", { name: `Move ${d} on`, exact: true });
  await on.press("Enter");
  await first(a);
  await page.waitForFunction((name) => document.activeElement.ariaLabel === name, `Move ${d} on`);
  await page.keyboard.press("Enter");
  await page.waitForFunction((name) => [...document.querySelectorAll('[aria-label="Charts"] article')].findIndex((one) => one.ariaLabel === name) === 2, d);
  harness.check(true, "and by the keyboard, which stays with it");
  await page.reload();
  await first(a);
  harness.check((await titles())[2] === d, "the layout is there again after a reload");
  await page.getByLabel("Search metrics").fill(d);
  await page.waitForFunction(() => document.querySelectorAll('[aria-label="Charts"] article').length < 4);
  harness.check((await page.getByRole("button", { name: `Move ${d} back`, exact: true }).isDisabled()) === ((await titles())[0] === d), "what a search hides is passed over");
  await page.getByLabel("Search metrics").fill("");
  await harness.shot(page, "charts-layout");
  await page.getByRole("button", { name: "Default order" }).click();
  await page.waitForFunction((names) => [...document.querySelectorAll('[aria-label="Charts"] article')].map((one) => one.ariaLabel).join() === names, before.join());
  harness.check(!page.url().includes("layout=") && (await titles())[1] === b, "and the default order again");
}

/** Half an hour off any full one, and another day for a part of it: what is shown in UTC would not pass. */
async function times(harness, seeded) {
  const page = await harness.page({ timezoneId: "Asia/Kolkata" });
  await page.goto(`${harness.base}/#/experiments/${seeded.experiment}?view=charts&x=time`);
  const loss = page.getByRole("article", { name: "train/loss", exact: true });
  await loss.scrollIntoViewIfNeeded();
  await loss.locator(".chart canvas").waitFor();
  await loss.locator(".u-over").hover();
  const shown = await loss.locator(".chart-tip b").textContent();
  const clock = /(\d+:\d\d:\d\d)\.\d{3} GMT\+5:30$/.exec(shown)?.[1];
  harness.check(clock !== undefined, `times under the pointer are exact and of the browser's zone (${shown})`);
  await harness.shot(page, "charts-time");
  await loss.getByRole("button", { name: "Download train/loss" }).click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "SVG" }).click()]);
  const svg = readFileSync(await file.path(), "utf8");
  harness.check(/>time \(Asia\/(Kolkata|Calcutta)\)</.test(svg), "a file says of which zone its times are");
  await page.context().close();
}

async function lines(harness, page) {
  const loss = page.getByRole("article", { name: "train/loss", exact: true });
  // Lines that came without the times of their points get them.
  await loss.locator("canvas").waitFor();
  await page.getByRole("button", { name: "Relative" }).click();
  await loss.locator("canvas").waitFor();
  await loss.locator(".u-over").hover();
  harness.check(/ (s|min|h)$/.test(await loss.locator(".chart-tip b").textContent()), "lines are drawn by the time since they began");
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await page.getByRole("button", { name: "Log x" }).click();
  await page.getByRole("button", { name: "Log y" }).click();
  await loss.scrollIntoViewIfNeeded();
  await loss.locator("canvas").waitFor();
  harness.check(page.url().includes("logx=1") && page.url().includes("log=1"), "logarithmic axes are kept in the address");
  await page.getByRole("article", { name: "seconds", exact: true }).getByText("Nothing above zero").waitFor();
  await harness.shot(page, "charts-log");
  for (const [type, sign] of [["SVG", /^<svg xmlns.*<path/s], ["PNG", /^\x89PNG/], ["CSV", /^run_id,run_name,step,time,value,min,max\r?\n\w+,[^,]*,\d+,20\d\d-\d\d-\d\dT/]]) {
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

async function logAxes(harness, page) {
  const scatter = page.getByRole("article", { name: /^Scatter/ });
  const contour = page.getByRole("article", { name: /^Contour/ });
  await scatter.getByRole("button", { name: /^Log x/ }).click();
  await contour.getByRole("button", { name: /^Log x/ }).click();
  await contour.getByRole("button", { name: /^Log y/ }).press("Enter");
  await page.waitForURL(/panels=scatter\.x%3A.*contour\.xy%3A/);
  await page.reload();
  await page.locator(".picture canvas").nth(4).waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll(".picture canvas")].every((canvas) => /: [1-9]\d* marks/.test(canvas.ariaLabel)));
  harness.check((await page.getByRole("button", { name: /^Log .*(Scatter|Contour)/, pressed: true }).count()) === 3, "logarithmic axes of scatter and contour are in the address");
  await harness.review(page, "panels, logarithmic");
  // Four learning rates, each about a third of the last: on a logarithmic axis they lie evenly.
  await scatter.locator("canvas").focus();
  const places = new Set();
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press("ArrowRight");
    places.add(Math.round(parseFloat(await scatter.locator(".spot").evaluate((spot) => spot.style.left))));
  }
  const [a, b, c, d] = [...places].sort((x, y) => x - y);
  harness.check(places.size === 4 && Math.abs(b - a - (c - b)) < 0.15 * (d - a), `equal factors lie equally far apart (${[a, b, c, d].join(", ")})`);
  await page.keyboard.press("Escape");
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
