import { hostileNames } from "../seed.mjs";

export async function test(harness, seeded) {
  const page = await harness.page();
  await list(harness, page);
  await model(harness, page);
  await version(harness, page, seeded);
  await loggedModels(harness, page, seeded);
  await page.goto(`${harness.base}/#/models/${encodeURIComponent(hostileNames[0])}`);
  await page.getByRole("heading", { name: "onerror" }).waitFor();
  harness.check((await page.evaluate(() => window.hacked)) === undefined, "no name of a model is run");
  await page.goto(`${harness.base}/#/models/not-there`);
  await page.getByRole("alert").waitFor();
}

async function list(harness, page) {
  await page.goto(`${harness.base}/#/experiments`);
  await page.getByRole("link", { name: "Models" }).click();
  await page.getByRole("link", { name: "churn-classifier" }).waitFor();
  await harness.review(page, "models");
  await page.getByLabel("Search models").fill("tags.team = 'speech'");
  await page.getByRole("link", { name: "asr-conformer" }).waitFor();
  await page.getByRole("link", { name: "churn-classifier" }).waitFor({ state: "detached" });
  await page.getByLabel("Search models").fill("tags.team =");
  await page.getByRole("alert").waitFor();
  await page.getByLabel("Search models").fill("churn");
  await page.getByRole("link", { name: "asr-conformer" }).waitFor({ state: "detached" });
  harness.check(true, "models are searched by name and by filter");
  await page.getByRole("link", { name: "churn-classifier" }).click();
}

async function model(harness, page) {
  const versions = page.getByRole("region", { name: "Table of versions" });
  await versions.getByRole("link", { name: "Version 3" }).waitFor();
  await harness.review(page, "model");
  await page.getByRole("button", { name: "Add an alias for version 2" }).click();
  await page.getByLabel("Alias", { exact: true }).fill("champion");
  await page.keyboard.press("Enter");
  await page.getByText("@champion moved from version 3 to 2").waitFor();
  await page.getByRole("row").filter({ hasText: "Version 2" }).getByText("@champion").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("row").filter({ hasText: "Version 3" }).getByText("@champion").waitFor();
  harness.check(true, "an alias moves, and back by Undo");
  await page.getByRole("button", { name: "Add a tag" }).click();
  await page.getByLabel("Tag", { exact: true }).fill("reviewed");
  await page.getByLabel("Value").fill("yes");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^reviewed/ }).click();
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: /^reviewed/ }).waitFor({ state: "detached" });
  harness.check(true, "a tag is set and taken away");
  const text = page.getByRole("region", { name: "Description" });
  await text.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Description in Markdown").fill("Leaves when **prices** rise.");
  await text.getByRole("button", { name: "Keep" }).click();
  await text.getByText("prices", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").waitFor();
  await page.getByRole("button", { name: "Delete for good" }).isVisible();
  await page.getByRole("dialog").getByRole("textbox").fill("something else");
  await page.keyboard.press("Enter");
  await page.getByText("That is not the name").waitFor();
  await harness.review(page, "model delete");
  await page.getByRole("button", { name: "Cancel" }).click();
}

async function version(harness, page, seeded) {
  await page.getByRole("link", { name: "Version 3" }).click();
  await page.getByRole("region", { name: "Lineage" }).getByRole("link").first().waitFor();
  await page.getByRole("button", { name: "MLmodel" }).click();
  await page.getByText("flavors").waitFor();
  await harness.review(page, "model version");
  await page.getByLabel("Stage").selectOption("Production");
  await page.getByText("Version 3 is in Production").waitFor();
  await page.getByRole("region", { name: "Lineage" }).getByRole("link").first().click();
  await page.waitForURL(new RegExp(seeded.runs[58]));
  await page.getByRole("link", { name: /churn-classifier/ }).waitFor();
  harness.check(true, "a version leads to its run, and the run to the version");
}

async function loggedModels(harness, page, seeded) {
  await page.goto(`${harness.base}/#/experiments/${seeded.experiment}/models`);
  await page.getByRole("link", { name: "conformer-small" }).waitFor();
  await harness.review(page, "logged models");
  await page.getByRole("link", { name: "conformer-small" }).click();
  await page.getByRole("region", { name: "Params" }).getByText("depth", { exact: true }).waitFor();
  await page.getByRole("button", { name: "MLmodel" }).waitFor();
  await harness.review(page, "logged model");
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("is deleted").waitFor();
}
