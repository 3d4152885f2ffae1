// What the specs share: a server of their own with seeded data, a browser, checks, screenshots, axe.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { serveInFront } from "./front.mjs";

export const here = dirname(fileURLToPath(import.meta.url));
const axe = readFileSync(join(here, "../node_modules/axe-core/axe.min.js"), "utf8");

/** Times are promised for a quiet machine; MILLRACE_SLOW multiplies them where it is not. */
export const slowness = Number(process.env.MILLRACE_SLOW ?? 1);

/** Three times that `once` takes, in milliseconds and in order: the one in the middle counts, since the machine does other work too. */
export async function threeTimes(once) {
  const times = [];
  for (let i = 0; i < 3; i++) times.push(await once());
  return times.sort((a, b) => a - b);
}

export function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

export class Harness {
  faults = [];
  timings = [];
  skipped = [];
  /** Errors in the console of the page, but those that a spec expects. */
  problems = [];
  folder = mkdtempSync(join(tmpdir(), "millrace-ui-"));
  /** What else the server is started with. */
  flags = [];
  /** Variables that the server gets besides. */
  variables = {};

  constructor(program, shots) {
    this.program = program;
    this.shots = shots;
  }

  check(truth, what) {
    console.log(`${truth ? "ok  " : "FAIL"} ${what}`);
    if (!truth) this.faults.push(what);
  }

  skip(what, why) {
    console.log(`SKIP ${what}: ${why}`);
    this.skipped.push(what);
  }

  time(what, milliseconds) {
    this.timings.push(`${what}: ${milliseconds.toFixed(0)} ms`);
  }

  async open() {
    this.port = await freePort();
    this.base = `http://127.0.0.1:${this.port}`;
    await this.startServer();
    // While the page is worked on: one that was just built, in front of a server that has another.
    if (process.env.MILLRACE_UI) {
      this.front = await serveInFront(process.env.MILLRACE_UI, "/", this.base);
      this.base = this.front.base;
    }
    this.browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--enable-precise-memory-info"] });
  }

  async startServer() {
    const store = `sqlite:///${this.folder}/m.db`;
    this.server = spawn(this.program, ["server", "--port", String(this.port), "--backend-store-uri", store, "--artifacts-destination", join(this.folder, "artifacts"), ...this.flags], { stdio: "ignore", env: { ...process.env, ...this.variables } });
    for (;;) {
      if (this.server.exitCode !== null) throw new Error(`the server did not start: exit code ${this.server.exitCode}`);
      try {
        if ((await fetch(`http://127.0.0.1:${this.port}/health`)).ok) return;
      } catch {
        await new Promise((done) => setTimeout(done, 20));
      }
    }
  }

  async stopServer() {
    const ended = new Promise((done) => this.server.once("exit", done));
    this.server.kill();
    await ended;
  }

  async close() {
    await this.browser?.close();
    await this.front?.close();
    await this.stopServer();
    rmSync(this.folder, { recursive: true });
  }

  /** A page in a new profile. */
  async page(options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ["clipboard-read", "clipboard-write"], ...options });
    context.setDefaultTimeout(15_000 * slowness);
    const page = await context.newPage();
    page.on("pageerror", (fault) => this.problems.push(String(fault)));
    page.on("console", (message) => message.type() === "error" && this.problems.push(message.text()));
    return page;
  }

  async shot(page, name) {
    if (!this.shots) return;
    mkdirSync(this.shots, { recursive: true });
    for (const theme of ["light", "dark"]) {
      await page.evaluate((value) => {
        document.documentElement.dataset.theme = value;
        window.dispatchEvent(new Event("themechange"));
      }, theme);
      await page.waitForTimeout(150);
      await page.screenshot({ path: join(this.shots, `${name}-${theme}.png`) });
    }
  }

  /** Breaches of WCAG 2.2 AA that axe calls critical or serious, in both themes. */
  async accessible(page, name) {
    for (const theme of ["light", "dark"]) {
      await page.evaluate((value) => {
        document.documentElement.dataset.theme = value;
      }, theme);
      // By the debugger's way in, which the page's own policy does not bind.
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
      const bad = violations.filter(({ impact }) => impact === "critical" || impact === "serious");
      this.check(bad.length === 0, `${name}, ${theme}: accessible${bad.map(({ id, nodes }) => `\n       ${id}: ${nodes[0].html.slice(0, 160)}`).join("")}`);
    }
  }

  /** Accessibility and screenshots of a page as it stands. */
  async review(page, name) {
    await this.accessible(page, name);
    await this.shot(page, name.replaceAll(/[^\w]+/g, "-"));
  }
}
