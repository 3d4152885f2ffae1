import { serveInFront } from "../front.mjs";

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
  await renewal(harness, seeded);
  await between(harness, seeded);
}

async function rename(harness, run, name) {
  await fetch(`${harness.base}/api/2.0/mlflow/runs/set-tag`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ run_id: run, key: "mlflow.runName", value: name }) });
}

/** What changes after a page was read and before its stream is open is not lost. */
async function between(harness, seeded) {
  const page = await harness.page();
  let release;
  const held = new Promise((done) => (release = done));
  await page.route(/\/changes$/, async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest(/\/changes$/);
  await page.goto(`${harness.base}/#/experiments/${seeded.experiment}`);
  await page.locator(".grid-row a").first().waitFor();
  await asked;
  await rename(harness, seeded.runs[57], "before the stream");
  release();
  await page.getByText("before the stream").first().waitFor();
  harness.check(true, "a change between the first answer and the stream is shown");
}

/** A server ends its stream of changes every few minutes; nobody should see that. */
async function renewal(harness, seeded) {
  const front = await serveInFront(harness.folder, "/none", harness.base);
  try {
    const page = await harness.page();
    await page.goto(`${front.base}/#/experiments/${seeded.experiment}`);
    await page.locator(".live-dot.live").waitFor();
    await page.evaluate(() => {
      window.states = [];
      const dot = document.querySelector(".live-dot");
      new MutationObserver(() => window.states.push(dot.className)).observe(dot, { attributes: true });
    });
    const again = page.waitForResponse(/\/changes$/);
    front.end("/changes");
    await again;
    await rename(harness, seeded.runs[58], "after the renewal");
    await page.getByText("after the renewal").first().waitFor();
    const states = await page.evaluate(() => window.states);
    harness.check(states.length === 0, `a renewed stream is not shown as a loss ${states.join()}`);
    await page.goto("about:blank");
  } finally {
    await front.close();
  }
}
