// What those who operate the server look at, and how the page looks to one who has set it up.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Harness } from "../harness.mjs";
import { client, hostileNames } from "../seed.mjs";

export async function test(harness, seeded) {
  await navigation(harness);
  await withoutPlugins(harness);
  await status(harness);
  await withPlugins(harness);
  await settings(harness, seeded);
}

async function navigation(harness) {
  const page = await harness.page();
  await page.goto(`${harness.base}/#/experiments`);
  await page.getByText("segmentation").waitFor();
  for (const [keys, title] of [["gp", "Plugins"], ["gs", "Server"], ["gt", "Settings"]]) {
    await page.keyboard.type(keys);
    await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
  }
  await page.getByRole("button", { name: "Server and settings" }).click();
  await page.getByRole("menuitem", { name: "Plugins" }).click();
  await page.getByRole("heading", { level: 1, name: "Plugins", exact: true }).waitFor();
  await page.keyboard.press("?");
  for (const what of ["Go to the plugins", "Go to the server's status", "Go to the settings"]) await page.getByRole("cell", { name: what }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("settings");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
  harness.check(true, "keys, menu and palette lead to plugins, server and settings");
  await page.context().close();
}

async function withoutPlugins(harness) {
  const page = await harness.page();
  await page.goto(`${harness.base}/#/plugins`);
  await page.getByText("No plugins are installed").waitFor();
  await page.getByLabel("Search schemes and names").fill("sqlite");
  const rows = page.getByRole("region", { name: "Table of schemes and names" }).getByRole("row");
  await page.waitForFunction(() => /\d+ of \d+/.test(document.body.innerText));
  harness.check((await rows.filter({ hasText: "built in" }).count()) >= 1, "schemes say who provides them");
  await page.getByLabel("Search schemes and names").fill("nobody's");
  await page.getByText("Nothing and nobody is called that").waitFor();
  await harness.review(page, "plugins, none");
  await page.context().close();
}

async function status(harness) {
  const page = await harness.page();
  let asked = 0;
  page.on("request", (request) => {
    if (request.url().endsWith("/millrace/status")) asked++;
  });
  await page.goto(`${harness.base}/#/status`);
  await page.getByText("All is well").waitFor();
  await page.getByRole("region", { name: "Table of stores" }).getByText(/^sqlite:/).first().waitFor();
  const requests = page.getByRole("region", { name: "Table of requests" });
  await requests.getByRole("cell", { name: "CreateRun", exact: true }).waitFor();
  await harness.review(page, "server");
  await page.getByRole("button", { name: "95 %" }).click();
  harness.check((await requests.locator("th[aria-sort=descending]").innerText()).trim() === "95 %", "requests are ordered by any column");
  await page.getByRole("button", { name: "Last minute" }).click();
  await requests.getByRole("cell", { name: "GetServerStatus", exact: true }).waitFor();
  harness.check(asked >= 2 && asked <= 6, `the page looks again by itself, gently (${asked} times)`);
  // A page that is hidden does not ask.
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    window.dispatchEvent(new Event("visibilitychange"));
    document.dispatchEvent(new Event("visibilitychange"));
  });
  const before = asked;
  await page.waitForTimeout(7000);
  harness.check(asked - before <= 1, "a page that is hidden does not ask");
  await page.context().close();
}

function manifest(id, provides, more = "") {
  return `[plugin]\nid = "${id}"\nversion = "1.2.0"\nprotocol = "1.0"\nlicense = "Apache-2.0"\ndescription = ${JSON.stringify(more || `Of the tests: ${id}`)}\nhomepage = "javascript:window.hacked=1"\n\n[run]\npython = "none"\n\n${provides.map(([kind, name]) => `[[provides]]\nkind = "${kind}"\nschemes = ["${name}"]\n`).join("\n")}`;
}

/** A server of its own, whose plugins are found, broken, not able to start, and out for a name that is not theirs. */
async function withPlugins(harness) {
  const other = new Harness(harness.program, harness.shots);
  other.faults = harness.faults;
  const put = (name, text) => {
    mkdirSync(join(other.folder, "plugins", name), { recursive: true });
    writeFileSync(join(other.folder, "plugins", name, "plugin.toml"), text);
  };
  put("acme-store", manifest("acme-store", [["artifact_repository", "acme"], ["tracking_store", "sqlite"]], hostileNames[0]));
  put("broken", "nonsense");
  put("second", manifest("acme-store", [["artifact_repository", "acme"]]));
  other.flags = ["--plugin-path", join(other.folder, "plugins")];
  await other.open();
  try {
    const call = client(other.base);
    const { experiment_id: experiment } = await call("experiments/create", { name: "on acme", artifact_location: "acme://shelf/1" });
    const { run } = await call("runs/create", { experiment_id: experiment });
    // It cannot be started, which is then its health.
    await fetch(`${other.base}/ajax-api/2.0/mlflow/artifacts/list?run_id=${run.info.run_id}`);
    const page = await other.page();
    await page.goto(`${other.base}/#/plugins`);
    await page.getByRole("region", { name: "Table of plugins" }).getByText("Broken", { exact: true }).waitFor();
    const health = page.getByRole("region", { name: "Table of health" });
    await health.getByText("acme-store", { exact: true }).waitFor();
    await health.getByText("Down").waitFor();
    await page.getByRole("region", { name: "Table of plugins" }).getByText("Shadowed", { exact: true }).waitFor();
    await other.review(page, "plugins");
    await page.getByLabel("Search schemes and names").fill("sqlite");
    await page.getByText("the built-in keeps the name").first().waitFor();
    harness.check((await page.getByRole("link", { name: "Homepage" }).count()) === 0 && (await page.evaluate(() => window.hacked)) === undefined, "no manifest becomes code");
    await page.goto(`${other.base}/#/status`);
    await page.getByText("A plugin is down").waitFor();
    await page.getByRole("link", { name: "1 in use, 3 installed" }).click();
    await page.getByRole("heading", { level: 1, name: "Plugins", exact: true }).waitFor();
    harness.check(true, "a plugin that is down shows, with why, on both pages");
    harness.problems.push(...other.problems.filter((text) => !/status of [45]/.test(text)));
  } finally {
    await other.close();
  }
}

async function settings(harness, seeded) {
  const page = await harness.page();
  const choose = (group, name) => page.getByRole("group", { name: group }).getByRole("button", { name, exact: true }).click();
  const runs = async () => {
    await page.goto(`${harness.base}/#/experiments/${seeded.experiment}`);
    await page.locator(".grid-row .cell.right").first().waitFor();
  };
  const height = () => page.evaluate(() => document.querySelector(".grid-row").getBoundingClientRect().height);
  await runs();
  const columns = () => page.evaluate(() => Number(document.querySelector("[role=grid], [role=treegrid]").getAttribute("aria-colcount")));
  const [before, wide] = [await height(), await columns()];
  const call = client(harness.base);
  for (const name of ["mine", "theirs"]) await call("experiments/set-experiment-tag", { experiment_id: seeded.experiment, key: `millrace.view.${name}`, value: "q=x" });
  await page.goto(`${harness.base}/#/settings`);
  await page.getByRole("button", { name: /^Delete the view mine/ }).waitFor();
  await harness.review(page, "settings");
  await choose("Density", "Compact");
  await choose("Digits of numbers", "3");
  await choose("Times", "Exact");
  await choose("Zone", "UTC");
  await choose("First columns", "3");
  await choose("Motion", "Reduced");
  await page.getByText("2/3 is 0.667").waitFor();
  await page.getByText(/It is .* UTC/).waitFor();
  harness.check((await page.evaluate(() => document.documentElement.dataset.motion)) === "reduced", "motion can be reduced");
  await choose("Theme", "Dark");
  harness.check((await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)) === "dark", "the theme is chosen");

  await runs();
  harness.check((await height()) < before, "compact rows are lower");
  await page.waitForFunction((most) => Number(document.querySelector("[role=grid], [role=treegrid]").getAttribute("aria-colcount")) < most, wide, { timeout: 10_000 }).catch(() => undefined);
  harness.check((await columns()) < wide, "a table begins with the columns that the settings say");
  await page.locator(".cell").filter({ hasText: / UTC$/ }).first().waitFor();
  const numbers = await page.locator(".grid-row .cell.right span").allInnerTexts();
  harness.check(numbers.length > 0 && numbers.every((text) => text.replace(/e.*|[^\d]/g, "").replace(/^0+/, "").length <= 3 || !text.includes(".")), "numbers have three digits");
  await harness.shot(page, "runs-compact-exact");

  await page.goto(`${harness.base}/#/settings`);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export" }).click()]);
  const path = join(harness.folder, "settings.json");
  await file.saveAs(path);
  await page.getByRole("button", { name: "Reset" }).click();
  await page.getByText("2/3 is 0.66667").waitFor();
  await page.getByLabel("File of settings").setInputFiles(path);
  await page.getByText("2/3 is 0.667").waitFor();
  writeFileSync(path, '{"digits": 99}');
  await page.getByLabel("File of settings").setInputFiles(path);
  await page.getByText("“digits” cannot be 99").waitFor();
  harness.check(true, "settings go out and come back as a file; a wrong one is told");
  await page.reload();
  await page.getByText("2/3 is 0.667").waitFor();
  const other = await page.context().newPage();
  await other.goto(`${harness.base}/#/settings`);
  await other.getByRole("group", { name: "Digits of numbers" }).getByRole("button", { name: "8" }).click();
  await page.getByText("2/3 is 0.66666667").waitFor();
  harness.check(true, "settings last, and other tabs follow");
  await other.close();

  await page.getByRole("button", { name: "Clear all" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Clear all" }).click();
  await page.getByText("No view is saved").waitFor();
  await page.getByRole("button", { name: "Undo" }).last().click();
  await page.getByRole("button", { name: /^Delete the view mine/ }).click();
  await page.getByRole("button", { name: /^Delete the view mine/ }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^Delete the view theirs/ }).waitFor();
  harness.check(true, "saved views are cleared, brought back, and deleted one by one");
}
