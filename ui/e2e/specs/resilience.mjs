export async function test(harness, seeded) {
  const page = await harness.page();
  await page.goto(`${harness.base}/#/experiments/${seeded.experiment}`);
  await page.locator(".live-dot.live").waitFor();
  await harness.stopServer();
  await page.locator(".live-dot.lost").waitFor();
  await harness.startServer();
  await page.locator(".live-dot.live").waitFor();
  harness.check(true, "the page reconnects by itself");
  harness.problems.length = 0;
}
