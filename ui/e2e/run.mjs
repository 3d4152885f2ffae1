// The page in a real browser, on a server of its own with seeded data. Prints times; fails on any broken promise.
// Usage: node e2e/run.mjs path/to/millrace [folder for screenshots]
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { client, seed } from "./seed.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [program, shots] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "millrace-ui-"));
const axe = readFileSync(join(here, "../node_modules/axe-core/axe.min.js"), "utf8");
const faults = [];
const timings = [];

function check(truth, what) {
  console.log(`${truth ? "ok  " : "FAIL"} ${what}`);
  if (!truth) faults.push(what);
}

function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

async function startServer(port) {
  const server = spawn(program, ["server", "--port", String(port), "--backend-store-uri", `sqlite:///${folder}/m.db`, "--artifacts-destination", join(folder, "artifacts")], { stdio: "ignore" });
  for (;;) {
    try {
      if ((await fetch(`http://127.0.0.1:${port}/health`)).ok) return server;
    } catch {
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}

async function shot(page, name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  for (const theme of ["light", "dark"]) {
    await page.evaluate((value) => {
      document.documentElement.dataset.theme = value;
      window.dispatchEvent(new Event("themechange"));
    }, theme);
    await page.waitForTimeout(150);
    await page.screenshot({ path: join(shots, `${name}-${theme}.png`) });
  }
}

/** Breaches of WCAG 2.2 AA that axe calls critical or serious, in both themes. */
async function accessible(page, name) {
  for (const theme of ["light", "dark"]) {
    await page.evaluate((value) => {
      document.documentElement.dataset.theme = value;
    }, theme);
    // By the debugger's way in, which the page's own policy does not bind.
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
    const bad = violations.filter(({ impact }) => impact === "critical" || impact === "serious");
    check(bad.length === 0, `${name}, ${theme}: accessible${bad.map(({ id, nodes }) => `\n       ${id}: ${nodes[0].html.slice(0, 160)}`).join("")}`);
  }
}

async function measured(browser, name, url, ready, most) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  const scripts = [];
  page.on("requestfinished", (request) => request.resourceType() === "script" && scripts.push(request.sizes()));
  const begin = performance.now();
  await page.goto(url);
  await page.waitForFunction(
    (text) => document.querySelector('[data-testid="row-count"]')?.textContent === text && document.querySelectorAll(".grid-row").length > 10,
    ready,
    { polling: "raf" },
  );
  const time = performance.now() - begin;
  const api = requests.filter((one) => /ajax-api/.test(one)).length;
  const heap = await page.evaluate(() => performance.memory.usedJSHeapSize / 1e6);
  timings.push(`${name}: ${time.toFixed(0)} ms, ${requests.length} requests (${api} API), ${heap.toFixed(0)} MB heap, ${await page.evaluate(() => document.querySelectorAll("*").length)} nodes`);
  check(time < most, `${name} is there within ${most} ms (${time.toFixed(0)} ms)`);
  const script = (await Promise.all(scripts)).reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  return { context, page, requests, script };
}

async function main() {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  let server = await startServer(port);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--enable-precise-memory-info"] });
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ["clipboard-read", "clipboard-write"] });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const problems = [];
    page.on("pageerror", (fault) => problems.push(String(fault)));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));

    await page.goto(`${base}/`);
    await page.getByText("Default").first().waitFor();
    await page.goto(`${base}/#/experiments/0`);
    await page.getByText("No runs yet").waitFor();
    check(await page.getByText("mlflow.log_metric").isVisible(), "an empty experiment shows how to begin");
    await shot(page, "empty");
    const seeded = await seed(base);
    execFileSync("sqlite3", [join(folder, "m.db")], { input: readFileSync(join(here, "many_runs.sql")) });

    await page.goto(`${base}/#/experiments`);
    await page.getByText("segmentation").waitFor();
    await accessible(page, "experiments");
    await shot(page, "experiments");
    await page.keyboard.press("/");
    await page.keyboard.type("asr");
    await page.getByText("speech/asr").waitFor();
    check((await page.getByRole("row").count()) === 2, "the search leaves what fits");

    const runs = `${base}/#/experiments/${seeded.experiment}`;
    await page.goto(runs);
    await page.getByText("61 runs").waitFor();
    await accessible(page, "runs");
    await shot(page, "runs");
    await page.getByRole("columnheader", { name: "val/accuracy" }).getByRole("button").click();
    await page.waitForURL(/sort=metrics.val%2Faccuracy&desc=1/);
    await page.getByLabel("Filter runs").fill("metrics.lr < 0.05 and params.model = 'resnet50'");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /^\d+ runs$/.test(document.querySelector('[data-testid="row-count"]').textContent) && document.querySelector('[data-testid="row-count"]').textContent !== "61 runs");
    check(page.url().includes("q="), "filter and ordering are in the address bar");
    await page.getByLabel("Filter runs").fill("metrics.lr < 'x'");
    await page.keyboard.press("Enter");
    await page.locator("#filter-fault mark").waitFor();
    await accessible(page, "runs, filter at fault");
    await shot(page, "filter-fault");
    await page.getByLabel("Clear the filter").click();
    await page.getByText("61 runs").waitFor();

    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByLabel("Search columns").fill("team");
    await page.getByRole("checkbox", { name: "team" }).check();
    await shot(page, "columns");
    await page.keyboard.press("Escape");
    await page.getByRole("columnheader", { name: "team" }).waitFor();
    await page.getByRole("gridcell", { name: "vision" }).first().waitFor();
    check(true, "a chosen column is loaded");

    await page.locator(".grid").focus();
    for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
    await page.getByText("2 runs selected").waitFor();
    await shot(page, "selected");
    await page.keyboard.press("Delete");
    await page.getByText("59 runs", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("61 runs").waitFor();
    check(true, "deleted runs come back by Undo");
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await accessible(page, "keyboard list");
    await shot(page, "keys");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.getByLabel("Search experiments and commands").fill("imag");
    await page.getByRole("option", { name: "vision/imagenet" }).waitFor();
    await accessible(page, "palette");
    await shot(page, "palette");
    await page.keyboard.press("Escape");

    await page.goto(`${runs}?view=charts`);
    await page.locator(".chart canvas").nth(3).waitFor();
    await accessible(page, "charts");
    await shot(page, "charts");
    const [first] = seeded.runs;
    const live = seeded.runs[59];
    await page.goto(`${base}/#/experiments/${seeded.experiment}/runs/${live}`);
    await page.getByRole("heading", { name: "Baseline" }).waitFor();
    await accessible(page, "run");
    await shot(page, "run");
    await page.locator(".live-dot.live").waitFor();
    const began = performance.now();
    await client(base)("runs/log-batch", { run_id: live, metrics: [{ key: "seconds", value: 987654, step: 1, timestamp: Date.now() }] });
    await page.getByText("987654").waitFor();
    timings.push(`live value from log-batch to the run page: ${(performance.now() - began).toFixed(0)} ms`);
    await page.goto(`${base}/#/experiments/${seeded.experiment}/runs/${live}/metrics?smooth=60`);
    await page.locator(".chart canvas").first().waitFor();
    await accessible(page, "run metrics");
    await shot(page, "run-metrics");
    await page.goto(`${base}/#/experiments/${seeded.experiment}/runs/${live}/artifacts`);
    for (const [file, sign] of [["config.json", '"layers"'], ["table.csv", "a, b"], ["log.txt", "epoch 2"], ["page.html", "<script>"]]) {
      await page.getByRole("button", { name: file }).click();
      await page.getByRole("region", { name: `Preview of ${file}` }).getByText(sign).first().waitFor();
    }
    await page.getByRole("button", { name: "plots" }).click();
    await page.getByRole("button", { name: "curve.svg" }).click();
    await page.locator(".preview img").waitFor();
    await accessible(page, "artifacts");
    await shot(page, "artifacts");
    await page.goto(`${base}/#/compare?runs=${[first, live, seeded.runs[5]].join(",")}`);
    await page.getByRole("heading", { name: "Compare 3 runs" }).waitFor();
    await page.locator(".chart canvas").first().waitFor();
    await accessible(page, "compare");
    await shot(page, "compare");
    await page.goto(`${base}/#/experiments/${seeded.hostile}`);
    await page.getByText("5 runs").waitFor();
    await shot(page, "hostile");
    check((await page.evaluate(() => window.hacked)) === undefined, "nothing that was logged was run");
    await page.goto(`${base}/#/nowhere`);
    await page.getByText("There is no such page").waitFor();
    check(problems.filter((text) => !/400|Content Security Policy.*script/.test(text)).length === 0, `no errors in the console ${problems.join("\n")}`);

    await page.goto(runs);
    await page.locator(".live-dot.live").waitFor();
    server.kill();
    await page.locator(".live-dot.lost").waitFor();
    server = await startServer(port);
    await page.locator(".live-dot.live").waitFor();
    check(true, "the page reconnects by itself");
    await context.close();

    const sized = (number) => `${number} runs`;
    const sixty = await measured(browser, "60 runs", runs, sized("61"), 2000);
    check(sixty.requests.length <= 10, `at most 10 requests (${sixty.requests.length})`);
    check(sixty.requests.filter((one) => /ajax-api/.test(one)).length <= 3, "at most 3 of them to the API");
    check(sixty.script > 0 && sixty.script < 150_000, `less than 150 KB of scripts, compressed (${(sixty.script / 1000).toFixed(0)} KB)`);
    await sixty.context.close();
    await (await measured(browser, "2,000 runs of 2,000 columns", `${base}/#/experiments/1001`, sized("2,000"), 3000)).context.close();
    const many = await measured(browser, "100,000 runs", `${base}/#/experiments/1002`, sized("100,000"), 6000);
    await many.page.locator(".grid").focus();
    await many.page.keyboard.press("End");
    await many.page.locator('[aria-rowindex="100001"]').waitFor();
    check(true, "the last of 100,000 rows can be reached");
    await shot(many.page, "hundred-thousand");
    await many.context.close();
  } catch (fault) {
    check(false, String(fault));
    const page = browser.contexts().at(-1)?.pages()[0];
    if (page && shots) await page.screenshot({ path: join(shots, "fault.png") });
  } finally {
    await browser.close();
    server.kill();
    rmSync(folder, { recursive: true });
  }
  console.log(timings.map((line) => `time ${line}`).join("\n"));
  if (faults.length > 0) {
    console.log(`${faults.length} failed`);
    process.exitCode = 1;
  }
}

await main();
