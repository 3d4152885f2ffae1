const rowCount = '[data-testid="row-count"]';

/** The line below the table says so. */
async function counted(page, text) {
  await page.waitForFunction(([place, wanted]) => document.querySelector(place)?.textContent === wanted, [rowCount, text]);
}

/** What those hear who do not see the table. */
async function announced(page, text) {
  await page.waitForFunction((wanted) => document.querySelector('[data-testid="announcement"][role="status"]').textContent === wanted, text);
}

export async function test(harness, seeded) {
  const page = await harness.page();
  const runs = `${harness.base}/#/experiments/${seeded.experiment}`;
  await page.goto(runs);
  await counted(page, "61 runs");
  await harness.review(page, "runs");
  await page.getByRole("columnheader", { name: "val/accuracy" }).getByRole("button").click();
  await page.waitForURL(/sort=metrics.val%2Faccuracy&desc=1/);
  await announced(page, "Sorted by val/accuracy, descending, 61 runs");
  await page.getByLabel("Filter runs").fill("metrics.lr < 0.05 and params.model = 'resnet50'");
  await page.keyboard.press("Enter");
  await page.waitForFunction((place) => /^\d+ runs$/.test(document.querySelector(place).textContent) && document.querySelector(place).textContent !== "61 runs", rowCount);
  await announced(page, `Filtered by metrics.lr < 0.05 and params.model = 'resnet50', ${await page.locator(rowCount).textContent()}`);
  harness.check(true, "a sort and a filter that have ended are announced");
  harness.check(page.url().includes("q="), "filter and ordering are in the address bar");
  await page.getByLabel("Filter runs").fill("metrics.lr < 'x'");
  await page.keyboard.press("Enter");
  await page.locator("#filter-fault mark").waitFor();
  await harness.accessible(page, "runs, filter at fault");
  await harness.shot(page, "filter-fault");
  harness.check((await page.getByTestId("announcement").textContent()).startsWith("Filtered by metrics.lr < 0.05"), "one that failed is not");
  await page.getByLabel("Clear the filter").click();
  await counted(page, "61 runs");
  await announced(page, "No filter, 61 runs");
  await columns(harness, page);
  await best(harness, page);
  await groups(harness, page);
  await views(harness, page);
  await selection(harness, page);
  await notes(harness, page);
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await harness.accessible(page, "keyboard list");
  await harness.shot(page, "keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByLabel("Search experiments and commands").fill("imag");
  await page.getByRole("option", { name: "vision/imagenet" }).waitFor();
  await harness.review(page, "palette");
  await page.keyboard.press("Escape");
  await page.goto(`${harness.base}/#/experiments/${seeded.hostile}`);
  await counted(page, "5 runs");
  await harness.shot(page, "hostile");
  harness.check((await page.evaluate(() => window.hacked)) === undefined, "nothing that was logged was run");
}

async function columns(harness, page) {
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByLabel("Search columns").fill("team");
  await page.getByRole("checkbox", { name: "team" }).check();
  await harness.shot(page, "columns");
  await page.keyboard.press("Escape");
  await page.getByRole("columnheader", { name: "team" }).waitFor();
  await page.getByRole("gridcell", { name: "vision" }).first().waitFor();
  harness.check(true, "a chosen column is loaded");
}

/** The best of a metric beside its ends: by its name first, then as the user wants it, by the column's menu and by the keyboard. */
async function best(harness, page) {
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByLabel("Search columns").fill("train/loss");
  for (const name of ["train/loss ↓ min", "train/loss ↑ max", "train/loss best (lowest)"]) await page.getByRole("checkbox", { name }).check();
  await page.keyboard.press("Escape");
  const head = page.getByRole("columnheader", { name: /train\/loss best/ });
  await head.scrollIntoViewIfNeeded();
  const shown = async (place) => {
    const column = await page.getByRole("columnheader", { name: place }).getAttribute("aria-colindex");
    return page.locator(`#run-row-0 [role="gridcell"][aria-colindex="${column}"]`).textContent();
  };
  await page.waitForFunction(() => document.querySelector(".grid-row").textContent.match(/0\.15\d+/));
  harness.check((await shown("train/loss best (lowest)")) === (await shown("train/loss ↓ min")), "the best of a loss is its lowest value");
  await head.getByRole("button", { name: "Which train/loss is the best" }).click();
  await harness.accessible(page, "runs, menu of a best column");
  await harness.shot(page, "runs-best");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("columnheader", { name: "train/loss best (highest)" }).waitFor();
  harness.check((await shown("train/loss best (highest)")) === (await shown("train/loss ↑ max")), "which end is the best is chosen in the menu of the column");
  harness.check(new URL(page.url().replace("/#", "")).searchParams.get("best") === "high:train%2Floss", "and kept in the address");
  await page.reload();
  await page.getByRole("columnheader", { name: "train/loss best (highest)" }).waitFor();
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByLabel("Search columns").fill("train/loss");
  await page.getByRole("button", { name: "Take the lowest train/loss as the best" }).press("Enter");
  await page.getByRole("columnheader", { name: "train/loss best (lowest)" }).waitFor();
  harness.check(!page.url().includes("best=high"), "what the name says anyway is not kept");
  await page.getByRole("button", { name: "Default" }).click();
  await page.keyboard.press("Escape");
}

async function groups(harness, page) {
  await page.getByRole("button", { name: "Group runs" }).click();
  await page.getByRole("radio", { name: "optimizer" }).click();
  await page.waitForURL(/group=params.optimizer/);
  await page.locator(".grid-row.heading").getByText("⌀").first().waitFor();
  // Both are drawn when the second comes near.
  await page.locator(".grid").evaluate((grid) => grid.scrollTo(0, 200));
  await page.waitForFunction(() => document.querySelectorAll(".grid-row.heading").length > 1);
  harness.check((await page.locator(".grid-row.heading").count()) === 2, "runs stand below the values that they share");
  await harness.review(page, "runs, groups");
  await page.getByRole("button", { name: "Hide the runs of adamw" }).click();
  await page.getByRole("button", { name: "Show the runs of adamw" }).waitFor();
}

/** Curve and extremes as columns, kept as a view with the groups, found again by its name. */
async function views(harness, page) {
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByLabel("Search columns").fill("train/loss");
  for (const name of ["train/loss ↓ min", "train/loss curve"]) await page.getByRole("checkbox", { name }).check();
  await page.keyboard.press("Escape");
  await page.getByRole("columnheader", { name: "train/loss curve" }).scrollIntoViewIfNeeded();
  await page.locator(".spark path").first().waitFor();
  await harness.shot(page, "runs-curves");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByLabel("Name of this view").fill("by optimizer");
  await page.keyboard.press("Enter");
  await page.getByText("is saved for everybody").waitFor();
  await page.goto(page.url().split("?")[0]);
  await counted(page, "61 runs");
  harness.check((await page.locator(".grid-row.heading").count()) === 0, "without the view there are no groups");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("link", { name: "by optimizer" }).waitFor();
  await harness.accessible(page, "views");
  await page.getByRole("link", { name: "by optimizer" }).click();
  await page.locator(".grid-row.heading").first().waitFor();
  harness.check(page.url().includes("curve.train"), "a saved view brings columns and groups back");
  await page.goto(page.url().split("?")[0]);
  await counted(page, "61 runs");
}

async function selection(harness, page) {
  await page.locator(".grid").focus();
  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  await page.getByText("2 runs selected").waitFor();
  await harness.shot(page, "selected");
  await page.keyboard.press("Delete");
  await page.getByText("59 runs", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await counted(page, "61 runs");
  harness.check(true, "deleted runs come back by Undo");
}

/** By the keyboard: the first press brings the column, the second the field. */
async function notes(harness, page) {
  await page.locator(".grid").focus();
  await page.keyboard.press("n");
  await page.getByRole("columnheader", { name: "Notes" }).waitFor();
  await page.locator(".grid").focus();
  await page.keyboard.press("n");
  const field = page.getByRole("textbox", { name: /^Note of/ });
  await field.fill("worth a look");
  await harness.review(page, "runs, note");
  await page.keyboard.press("Enter");
  await page.getByRole("gridcell", { name: "worth a look" }).waitFor();
  harness.check(await page.evaluate(() => document.activeElement.classList.contains("grid")), "a note is written in the table, by the keyboard");
  await page.keyboard.press("n");
  await field.fill("something else");
  await page.keyboard.press("Escape");
  harness.check((await page.getByRole("gridcell", { name: "worth a look" }).count()) === 1, "Escape leaves a note as it was");
  await page.goto(page.url().split("?")[0]);
  await counted(page, "61 runs");
}
