// The page before a server whose app wants to know who asks: the example bearer-auth.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { Harness, here } from "../harness.mjs";

const hash = (token) => createHash("sha256").update(token).digest("hex");
const ada = "token-of-ada";
const grace = "token-of-grace";

export async function test(harness) {
  const app = resolve(dirname(harness.program), "examples/plugins/bearer-auth/plugins");
  if (!existsSync(join(app, "bearer-auth/plugin.toml"))) {
    // It needs OpenSSL's headers, which not every build has.
    harness.skip("signing in", "the example bearer-auth is not built");
    return;
  }
  const server = new Harness(harness.program, harness.shots);
  server.faults = harness.faults;
  const setTokens = (tokens) => {
    writeFileSync(join(server.folder, "draft"), Object.entries(tokens).map(([token, rest]) => `${hash(token)}  ${rest}\n`).join(""));
    renameSync(join(server.folder, "draft"), join(server.folder, "tokens"));
  };
  setTokens({ [ada]: "ada writers never", [grace]: "grace readers never" });
  const config = join(server.folder, "millrace.toml");
  writeFileSync(config, `[plugins]\npath = [${JSON.stringify(app)}]\n[plugins.settings.bearer-auth]\ntokens = ${JSON.stringify(join(server.folder, "tokens"))}\nvalid-seconds = 0\n`);
  server.variables = { MILLRACE_CONFIG: config };
  server.flags = ["--app-name", "bearer-auth"];
  await server.open();
  try {
    const run = await seed(server.base);
    await byToken(server, run);
    await byPassword(server);
    await asReader(server, run);
    await whenATokenEnds(server, setTokens);
    harness.problems.push(...server.problems.filter((text) => !/status of 4/.test(text)));
  } finally {
    await server.close();
  }
}

async function seed(base) {
  const call = async (path, message) => {
    const answer = await fetch(`${base}/api/2.0/mlflow/${path}`, { method: "POST", headers: { "Content-Type": "application/json", Authorization: `Bearer ${ada}` }, body: JSON.stringify(message) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const { run } = await call("runs/create", { experiment_id: "0", run_name: "secret-run", start_time: Date.now() });
  await call("runs/log-metric", { run_id: run.info.run_id, key: "loss", value: 0.25, timestamp: Date.now(), step: 1 });
  return run.info.run_id;
}

const form = (page) => page.getByRole("heading", { name: "Sign in to Millrace" });

async function enterToken(page, token) {
  await page.getByLabel("Token", { exact: true }).fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function byToken(server, run) {
  const page = await server.page();
  const bare = [];
  page.on("request", (request) => {
    if (/ajax-api|get-artifact|mlflow-artifacts/.test(request.url()) && request.headers()["authorization"] !== `Bearer ${ada}`) bare.push(request.url());
  });
  await page.goto(`${server.base}/#/experiments/0`);
  await form(page).waitFor();
  server.check(!(await page.content()).includes("secret-run"), "nothing is shown before somebody signs in");
  await server.review(page, "sign in");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Enter a token").waitFor();
  await enterToken(page, "wrong token");
  await page.getByText("A token has no blanks").waitFor();
  await enterToken(page, "wrong");
  await page.getByText(/does not accept this token.*not known/).waitFor();
  await server.review(page, "sign in, refused");
  server.check(true, "a wrong token is told with the server's words");
  await enterToken(page, ada);
  await page.getByText("secret-run").waitFor();
  bare.length = 0;
  await page.locator(".live-dot.live").waitFor();
  server.check(page.url().includes("/experiments/0"), "after that the page is the one that was asked for");
  const kept = await page.evaluate(() => [JSON.stringify(sessionStorage), JSON.stringify(localStorage), document.cookie, location.href]);
  server.check(kept[0].includes(ada) && !kept.slice(1).join().includes(ada), "the token is kept in the session storage and nowhere else");

  await live(server, page);
  await files(server, page, run);
  await page.reload();
  await page.getByRole("heading", { name: "secret-run" }).waitFor();
  server.check(bare.length === 0, `every request carries the token${bare.map((url) => `\n       not ${url}`).join("")}`);
  const other = await page.context().newPage();
  await other.goto(`${server.base}/`);
  await form(other).waitFor();
  server.check(true, "a reload asks for no token, another tab does");
  await other.close();

  await page.getByRole("button", { name: "Server and settings" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await form(page).waitFor();
  server.check((await page.evaluate(() => sessionStorage.length)) === 0 && !(await page.content()).includes("secret-run"), "signing out forgets all");
  await page.context().close();
}

async function live(server, page) {
  await fetch(`${server.base}/api/2.0/mlflow/runs/create`, { method: "POST", headers: { "Content-Type": "application/json", Authorization: `Bearer ${ada}` }, body: JSON.stringify({ experiment_id: "0", run_name: "came-later", start_time: Date.now() }) });
  await page.getByText("came-later").waitFor();
  server.check(true, "changes come over the stream");
}

async function files(server, page, run) {
  await page.goto(`${server.base}/#/experiments/0/runs/${run}/artifacts`);
  const content = "line of a file\n".repeat(20);
  await page.locator("input[type=file]").first().setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from(content) });
  await page.getByRole("button", { name: /notes\.txt/ }).or(page.getByRole("treeitem", { name: /notes\.txt/ })).first().click();
  await page.getByText("line of a file").first().waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /Download/ }).first().click()]);
  const path = join(server.folder, "down");
  await file.saveAs(path);
  await page.locator("input[type=file]").first().setInputFiles(join(here, "fixtures/film.webm"));
  await page.getByRole("button", { name: /film\.webm/ }).or(page.getByRole("treeitem", { name: /film\.webm/ })).first().click();
  await page.waitForFunction(() => document.querySelector("video")?.readyState > 0);
  server.check(true, "a film is played");
  server.check(readFileSync(path, "utf8") === content && file.suggestedFilename() === "notes.txt", "files go up, are shown and come down");
}

async function byPassword(server) {
  const page = await server.page();
  await page.goto(`${server.base}/`);
  await page.getByRole("button", { name: "Name and password" }).click();
  await page.getByLabel("Name", { exact: true }).fill("grace");
  await page.getByLabel("Password").fill(ada);
  await page.keyboard.press("Enter");
  await page.getByText(/does not accept this name and password/).waitFor();
  await server.review(page, "sign in by password");
  await page.getByLabel("Password").fill(grace);
  await page.keyboard.press("Enter");
  await page.getByText("Default").first().waitFor();
  await page.getByRole("button", { name: "Server and settings" }).click();
  await page.getByRole("menuitem", { name: "Sign out grace" }).waitFor();
  await server.shot(page, "signed-in-menu");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("sign out");
  await page.keyboard.press("Enter");
  await form(page).waitFor();
  server.check(true, "name and password work as well, and the palette signs out");
  await page.context().close();
}

async function asReader(server, run) {
  const page = await server.page();
  await page.goto(`${server.base}/#/experiments/0/runs/${run}`);
  await enterToken(page, grace);
  await page.getByRole("heading", { name: "secret-run" }).waitFor();
  await page.goto(`${server.base}/#/models`);
  await page.getByRole("button", { name: "New" }).click();
  await page.getByLabel("Name", { exact: true }).fill("mine");
  await page.keyboard.press("Enter");
  await page.getByText(/Not allowed to create registered model\. Changes need the group 'writers'/).waitFor();
  await server.review(page, "not allowed");
  server.check(true, "what is not allowed is told, and why");
  await page.goto(`${server.base}/#/status`);
  await page.getByText("bearer-auth").first().waitFor();
  await page.context().close();
}

async function whenATokenEnds(server, setTokens) {
  const page = await server.page();
  await page.goto(`${server.base}/#/experiments/0`);
  await enterToken(page, ada);
  await page.getByText("secret-run").waitFor();
  setTokens({ [grace]: "grace readers never" });
  await page.goto(`${server.base}/#/models`);
  await page.getByText(/You have been signed out/).waitFor();
  server.check((await page.evaluate(() => sessionStorage.length)) === 0, "a token that is good no longer is forgotten");
  await enterToken(page, grace);
  await page.getByRole("heading", { level: 1, name: "Models" }).waitFor();
  await server.stopServer();
  await page.context().close();
  await server.startServer();
}
