export async function test(harness, seeded) {
  const page = await harness.page();
  await page.goto(`${harness.base}/#/experiments/${seeded.experiment}/runs/${seeded.runs[59]}/artifacts`);
  for (const [file, sign] of [["config.json", '"layers"'], ["table.csv", "a, b"], ["log.txt", "epoch 2"], ["page.html", "<script>"]]) {
    await page.getByRole("button", { name: file }).click();
    await page.getByRole("region", { name: `Preview of ${file}` }).getByText(sign).first().waitFor();
  }
  await page.getByRole("button", { name: "plots" }).click();
  await page.getByRole("button", { name: "curve.svg" }).click();
  await page.locator(".preview img").waitFor();
  await harness.review(page, "artifacts");
  harness.check((await page.evaluate(() => window.hacked)) === undefined, "nothing in a file is run");
}
