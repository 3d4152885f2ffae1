import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { here, slowness, threeTimes } from "../harness.mjs";

const rowCount = '[data-testid="row-count"]';

/** Runs in the table, and how many of them there are. */
const rowsAreThere = ([place, text]) => document.querySelector(place)?.textContent === text && document.querySelectorAll(".grid-row").length > 10;

/** Both charts have their lines, and say of what: of how many points, or that it is a sample. */
const linesAreDrawn = (said) => {
  const charts = [...document.querySelectorAll('[aria-label="Charts"] article')];
  return charts.length === 2 && charts.every((chart) => chart.querySelector(".chart canvas") && said.includes(chart.querySelector("header .number").textContent));
};

/** Opens a page in a browser without a cache, and waits until what it is for is there; `time` tells when that was, in milliseconds. */
async function opened(harness, url, isReady, ready) {
  const page = await harness.page();
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  const scripts = [];
  page.on("requestfinished", (request) => request.resourceType() === "script" && scripts.push(request.sizes()));
  const begin = performance.now();
  await page.goto(url);
  await page.waitForFunction(isReady, ready, { polling: "raf" });
  return { page, requests, scripts, time: performance.now() - begin };
}

/** The median of three times; the last page stays open. `finish` waits for what the server still does for a page, so that the next one has it for itself. */
async function measured(harness, name, url, most, isReady, ready, finish = () => undefined) {
  let last = null;
  const times = await threeTimes(async () => {
    await last?.page.context().close();
    last = await opened(harness, url, isReady, ready);
    await finish(last.page);
    return last.time;
  });
  const { page, requests, scripts } = last;
  const [, time] = times;
  const api = requests.filter((one) => /ajax-api/.test(one));
  const heap = await page.evaluate(() => performance.memory.usedJSHeapSize / 1e6);
  harness.timings.push(`${name}: ${time.toFixed(0)} ms (${times.map((one) => one.toFixed(0)).join(", ")}), ${requests.length} requests (${api.length} API), ${heap.toFixed(0)} MB heap, ${await page.evaluate(() => document.querySelectorAll("*").length)} nodes`);
  harness.check(time < most * slowness, `${name} is there within ${most} ms${slowness > 1 ? ` times ${slowness}` : ""} (${time.toFixed(0)} ms)`);
  const script = (await Promise.all(scripts)).reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  return { page, requests, api, script };
}

export async function test(harness, seeded) {
  const { base, check } = { base: harness.base, check: harness.check.bind(harness) };
  execFileSync("sqlite3", [join(harness.folder, "m.db")], { input: readFileSync(join(here, "many_runs.sql")) });
  const sixty = await measured(harness, "60 runs", `${base}/#/experiments/${seeded.experiment}`, 600, rowsAreThere, [rowCount, "61 runs"]);
  check(sixty.requests.length <= 10, `at most 10 requests (${sixty.requests.length})`);
  check(sixty.api.length <= 3, `at most 3 of them to the API (${sixty.api.length})`);
  check(sixty.script > 0 && sixty.script < 150_000, `less than 150 KB of scripts, compressed (${(sixty.script / 1000).toFixed(0)} KB)`);
  await sixty.page.context().close();
  await (await measured(harness, "2,000 runs of 2,000 columns", `${base}/#/experiments/1001`, 800, rowsAreThere, [rowCount, "2,000 runs"])).page.context().close();
  await large(harness);
  await curves(harness);
}

/** Charts of ten runs with two metrics, and moving along the longer ones. */
async function curves(harness) {
  execFileSync("sqlite3", [join(harness.folder, "m.db")], { input: readFileSync(join(here, "curves.sql")) });
  await (await measured(harness, "charts of 10 runs x 1,000 points", `${harness.base}/#/experiments/1003?view=charts`, 700, linesAreDrawn, ["10,000"])).page.context().close();
  const allPoints = ["1,000,000"];
  const read = [];
  const finish = async (page) => {
    await page.waitForFunction(linesAreDrawn, allPoints, { polling: "raf" });
    read.push(await page.evaluate(() => performance.now()));
  };
  const { page } = await measured(harness, "charts of 10 runs x 100,000 points", `${harness.base}/#/experiments/1004?view=charts`, 1000, linesAreDrawn, ["Sample", ...allPoints], finish);
  harness.time("charts of 10 runs x 100,000 points, all points read", read.sort((a, b) => a - b)[1]);
  const over = page.locator(".chart .u-over").first();
  const box = await over.boundingBox();
  const [y, from] = [box.y + box.height / 2, box.x + box.width * 0.7];
  await page.mouse.move(box.x + box.width * 0.3, y);
  await page.mouse.down();
  await page.mouse.move(from, y, { steps: 5 });
  const zoomed = fetchedFrom(page, 0);
  await page.mouse.up();
  const start = await zoomed;
  const pan = async () => {
    await page.keyboard.down("Shift");
    await page.mouse.move(from, y);
    await page.mouse.down();
    for (let i = 1; i <= 60; i++) await page.mouse.move(from - i * 3, y);
    await page.mouse.up();
    await page.keyboard.up("Shift");
  };
  const asked = fetchedFrom(page, start + 1);
  await checkFrames(harness, page, "panning lines of 100,000 points", pan);
  harness.check((await asked) > start, "where a chart was moved to, the points in sight are fetched");
  await page.context().close();
}

/** The step from which lines were fetched, once they are there: from `least` on. */
async function fetchedFrom(page, least) {
  const startOf = (answer) => JSON.parse(answer.request().postData() ?? "{}").start_step ?? -1;
  return startOf(await page.waitForResponse((answer) => answer.ok() && /metrics\/lines$/.test(answer.url()) && startOf(answer) >= least));
}

/** Does `action` while the browser traces what keeps the page's thread from drawing: its tasks, as the browser counts them. */
async function checkFrames(harness, page, what, action) {
  await harness.browser.startTracing(page, { categories: ["disabled-by-default-devtools.timeline", "devtools.timeline"] });
  await action();
  const trace = JSON.parse((await harness.browser.stopTracing()).toString());
  const main = new Set();
  for (const event of trace.traceEvents) if (event.name === "thread_name" && event.args.name === "CrRendererMain") main.add(`${event.pid} ${event.tid}`);
  const tasks = trace.traceEvents.filter((event) => event.name === "RunTask" && event.ph === "X" && main.has(`${event.pid} ${event.tid}`)).map((event) => (event.tdur ?? event.dur) / 1000);
  const longest = Math.max(...tasks);
  const heap = await page.evaluate(() => performance.memory.usedJSHeapSize / 1e6);
  harness.timings.push(`${what}: longest task ${longest.toFixed(0)} ms of ${tasks.length}, ${heap.toFixed(0)} MB heap`);
  harness.check(tasks.length > 100 && longest < 50 * slowness, `no task takes ${50 * slowness} ms: ${what} (${longest.toFixed(0)} ms)`);
  harness.check(heap < 200, `less than 200 MB of heap (${heap.toFixed(0)} MB)`);
}

/** The experiment of 100,000 runs. */
export async function large(harness) {
  const { page } = await measured(harness, "100,000 runs", `${harness.base}/#/experiments/1002`, 1000, rowsAreThere, [rowCount, "100,000 runs"]);
  await page.locator(".grid").focus();
  const began = performance.now();
  await page.keyboard.press("End");
  await page.locator('[aria-rowindex="100001"]:not([aria-busy]) a').waitFor();
  harness.time("from the End key to the last of 100,000 rows", performance.now() - began);
  harness.check(true, "the last of 100,000 rows can be reached");
  await harness.shot(page, "hundred-thousand");
  await page.context().close();
  await frames(harness);
}

/** 500 columns of the experiment of 100,000 runs: those that have values, and others that are empty. */
function manyColumns() {
  const real = ["val/accuracy", "val/loss", "train/accuracy", "train/loss", "f1", "seconds"].map((key) => `metrics.${key}`);
  const wide = Array.from({ length: 494 }, (_, i) => `metrics.wide/metric_${String(i).padStart(4, "0")}`);
  return [...real, ...wide].map(encodeURIComponent).join(",");
}

/** Scrolls and sorts a table of 100,000 runs and 500 columns while the browser traces its frames. */
async function frames(harness) {
  const page = await harness.page();
  await page.goto(`${harness.base}/#/experiments/1002?cols=${encodeURIComponent(manyColumns())}`);
  await page.waitForFunction((place) => document.querySelector(place)?.textContent === "100,000 runs", rowCount);
  await page.locator(".grid-row a").first().waitFor();
  await page.waitForTimeout(500);
  await checkFrames(harness, page, "scrolling and sorting 100,000 runs x 500 columns", async () => {
    await page.evaluate(async () => {
      const grid = document.querySelector(".grid");
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      for (let i = 0; i < 90; i++) {
        grid.scrollTop += i < 45 ? 700 : 32_000;
        await frame();
      }
      for (let i = 0; i < 60; i++) {
        grid.scrollLeft += 480;
        await frame();
      }
      grid.scrollTo(0, 0);
      await frame();
    });
    for (const key of ["f1", "val/loss"]) {
      await page.getByRole("columnheader", { name: key }).getByRole("button").click();
      await page.waitForURL(new RegExp(`sort=metrics.${encodeURIComponent(key)}`));
      await page.waitForFunction(() => !document.querySelector(".runs > .loading") && document.querySelectorAll(".grid-row a").length > 10);
    }
  });
}
