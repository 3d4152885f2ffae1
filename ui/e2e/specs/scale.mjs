import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { here } from "../harness.mjs";

const rowCount = '[data-testid="row-count"]';

async function measured(harness, name, url, ready, most) {
  const page = await harness.page();
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  const scripts = [];
  page.on("requestfinished", (request) => request.resourceType() === "script" && scripts.push(request.sizes()));
  const begin = performance.now();
  await page.goto(url);
  await page.waitForFunction(([place, text]) => document.querySelector(place)?.textContent === text && document.querySelectorAll(".grid-row").length > 10, [rowCount, ready], { polling: "raf" });
  const time = performance.now() - begin;
  const api = requests.filter((one) => /ajax-api/.test(one));
  const heap = await page.evaluate(() => performance.memory.usedJSHeapSize / 1e6);
  harness.timings.push(`${name}: ${time.toFixed(0)} ms, ${requests.length} requests (${api.length} API), ${heap.toFixed(0)} MB heap, ${await page.evaluate(() => document.querySelectorAll("*").length)} nodes`);
  harness.check(time < most, `${name} is there within ${most} ms (${time.toFixed(0)} ms)`);
  const script = (await Promise.all(scripts)).reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  return { page, requests, api, script };
}

export async function test(harness, seeded) {
  const { base, check } = { base: harness.base, check: harness.check.bind(harness) };
  execFileSync("sqlite3", [join(harness.folder, "m.db")], { input: readFileSync(join(here, "many_runs.sql")) });
  const sixty = await measured(harness, "60 runs", `${base}/#/experiments/${seeded.experiment}`, "61 runs", 2000);
  check(sixty.requests.length <= 10, `at most 10 requests (${sixty.requests.length})`);
  check(sixty.api.length <= 3, `at most 3 of them to the API (${sixty.api.length})`);
  check(sixty.script > 0 && sixty.script < 150_000, `less than 150 KB of scripts, compressed (${(sixty.script / 1000).toFixed(0)} KB)`);
  await sixty.page.context().close();
  await (await measured(harness, "2,000 runs of 2,000 columns", `${base}/#/experiments/1001`, "2,000 runs", 3000)).page.context().close();
  const { page } = await measured(harness, "100,000 runs", `${base}/#/experiments/1002`, "100,000 runs", 6000);
  await page.locator(".grid").focus();
  await page.keyboard.press("End");
  await page.locator('[aria-rowindex="100001"]').waitFor();
  check(true, "the last of 100,000 rows can be reached");
  await harness.shot(page, "hundred-thousand");
}
