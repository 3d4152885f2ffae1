/** Before anything was logged. */
export async function empty(harness) {
  const page = await harness.page();
  await page.goto(`${harness.base}/`);
  await page.getByText("Default").first().waitFor();
  await page.goto(`${harness.base}/#/experiments/0`);
  await page.getByText("No runs yet").waitFor();
  harness.check(await page.getByText("mlflow.log_metric").isVisible(), "an empty experiment shows how to begin");
  await harness.shot(page, "empty");
  await page.goto(`${harness.base}/#/models`);
  await page.getByText("No models yet").waitFor();
  await harness.review(page, "models, none");
  await page.context().close();
}

export async function test(harness) {
  const page = await harness.page();
  await page.goto(`${harness.base}/#/experiments`);
  await page.getByText("segmentation").waitFor();
  await harness.review(page, "experiments");
  await page.keyboard.press("/");
  await page.keyboard.type("asr");
  await page.getByText("speech/asr").waitFor();
  harness.check((await page.getByRole("row").count()) === 2, "the search leaves what fits");
  await page.goto(`${harness.base}/#/nowhere`);
  await page.getByText("There is no such page").waitFor();
}
