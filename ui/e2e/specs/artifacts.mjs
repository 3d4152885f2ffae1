import { readFileSync } from "node:fs";
import { join } from "node:path";

import { here } from "../harness.mjs";

/** A second of a tone, as WAV. */
function tone() {
  const rate = 8000;
  const wav = Buffer.alloc(44 + rate * 2);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + rate * 2, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(rate * 2, 40);
  for (let i = 0; i < rate; i++) wav.writeInt16LE(Math.round(8000 * Math.sin((i / rate) * 2 * Math.PI * 440)), 44 + i * 2);
  return wav;
}

/** One page with a line of text. */
function pdf() {
  const text = "BT /F1 24 Tf 40 100 Td (A logged report) Tj ET";
  const objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>", `<</Length ${text.length}>>stream\n${text}\nendstream`, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"];
  let body = "%PDF-1.4\n";
  const places = objects.map((object, i) => {
    const at = body.length;
    body += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = body.length;
  body += `xref\n0 6\n0000000000 65535 f \n${places.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("")}trailer<</Size 6/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(body, "latin1");
}

const report = `<!doctype html><style>h1 { color: teal }</style><h1>Static</h1><p id="out"></p><script>
  window.name = "framed";
  const tell = (name, can) => out.append(name + "=" + can + " ");
  let reaches = false;
  try { reaches = Boolean(parent.document.body); } catch { reaches = false; }
  tell("parent", reaches);
  let keeps = false;
  try { keeps = Boolean(localStorage); } catch { keeps = false; }
  tell("storage", keeps);
  fetch("/api/2.0/mlflow/experiments/search?max_results=1").then(() => tell("server", true), () => tell("server", false)).then(() => tell("done", true));
</script><script src="https://cdn.example.com/plot.js"></script>`;

async function put(harness, seeded, path, content) {
  const answer = await fetch(`${harness.base}/api/2.0/mlflow-artifacts/artifacts/${seeded.experiment}/${seeded.runs[59]}/artifacts/${path}`, { method: "PUT", headers: { "Content-Type": "application/octet-stream" }, body: content });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
}

/** Chooses a file of the tree and gives its preview. */
async function choose(page, path) {
  await page.getByRole("button", { name: path.slice(path.lastIndexOf("/") + 1) }).click();
  return page.getByRole("region", { name: `Preview of ${path}` });
}

export async function test(harness, seeded) {
  const page = await harness.page();
  const fixtures = { "report.html": report, "tone.wav": tone(), "report.pdf": pdf(), "values.tsv": "name\tvalue\n1,5\ttwo\n", "film.webm": readFileSync(join(here, "fixtures/film.webm")), "table.parquet": readFileSync(join(here, "fixtures/table-snappy.parquet")), "broken.parquet": "no table", "weights.bin": "some bytes" };
  for (const [path, content] of Object.entries(fixtures)) await put(harness, seeded, path, content);
  await page.goto(`${harness.base}/#/experiments/${seeded.experiment}/runs/${seeded.runs[59]}/artifacts`);
  for (const [file, sign] of [["config.json", '"layers"'], ["table.csv", "a, b"], ["log.txt", "epoch 2"], ["values.tsv", "1,5"]]) {
    await (await choose(page, file)).getByText(sign).first().waitFor();
  }
  await page.getByRole("button", { name: "plots" }).click();
  await page.getByRole("button", { name: "curve.svg" }).click();
  await page.locator(".preview img").waitFor();
  await harness.review(page, "artifacts");
  await tables(harness, page);
  await frames(harness, page);
  await media(harness, page);
  await anything(harness, page);
  await uploads(harness, page);
  await folders(harness, page);
  harness.check((await page.evaluate(() => window.hacked)) === undefined, "nothing in a file is run");
  // What the frame's policy refused, as it should.
  harness.problems = harness.problems.filter((text) => !/cdn\.example\.com|Content Security Policy|opaque origin|origin 'null'|Failed to load/.test(text));
}

async function tables(harness, page) {
  const table = await choose(page, "table.parquet");
  await table.getByText("First 200 of 1,000 rows").waitFor();
  await table.getByRole("cell", { name: "row 1 <b>" }).waitFor();
  harness.check((await table.getByRole("columnheader").count()) === 8, "a Parquet file shows its columns");
  await harness.review(page, "artifact parquet");
  await (await choose(page, "broken.parquet")).getByRole("alert").waitFor();
  harness.check(true, "a file that is no Parquet file is told");
  await choose(page, "table.csv");
  await harness.review(page, "artifact csv");
}

async function frames(harness, page) {
  const preview = await choose(page, "report.html");
  const frame = preview.frameLocator("iframe");
  await frame.getByText("done=true").waitFor();
  const told = await frame.locator("#out").textContent();
  harness.check(/parent=false storage=false server=false/.test(told), `a logged page reaches neither this page nor the server (${told})`);
  harness.check((await page.evaluate(() => window.name)) !== "framed", "a logged page has a window of its own");
  harness.check((await frame.locator("h1").evaluate((heading) => getComputedStyle(heading).color)) === "rgb(0, 128, 128)", "a logged page has its own styles");
  await preview.getByText("It wants to load from other servers").waitFor();
  await harness.review(page, "artifact html");
  await preview.getByRole("button", { name: "Source" }).click();
  await preview.getByText("window.name").waitFor();
  await page.getByRole("button", { name: "page.html" }).click();
  await page.getByRole("region", { name: "Preview of page.html" }).locator("iframe").waitFor();
  harness.check((await page.evaluate(() => window.hacked)) === undefined, "nothing of a logged page is run in this one");
}

async function media(harness, page) {
  for (const [file, kind] of [["tone.wav", "audio"], ["film.webm", "video"]]) {
    const preview = await choose(page, file);
    await preview.locator(kind).waitFor();
    await page.waitForFunction((tag) => document.querySelector(`.preview ${tag}`)?.readyState >= 1, kind);
    const played = await page.evaluate(async (tag) => {
      const player = document.querySelector(`.preview ${tag}`);
      player.muted = true;
      await player.play();
      return new Promise((done) => (player.ontimeupdate = () => player.currentTime > 0 && done(true)));
    }, kind);
    harness.check(played, `${kind} plays`);
    await harness.review(page, `artifact ${kind}`);
  }
  const document = await choose(page, "report.pdf");
  await document.locator('iframe[src^="blob:"], .empty').first().waitFor();
  for (const viewer of await document.locator("iframe").elementHandles()) await (await viewer.contentFrame())?.waitForLoadState();
  await harness.review(page, "artifact pdf");
  const shown = await page.evaluate(() => navigator.pdfViewerEnabled);
  harness.check((await document.locator("iframe").count()) === (shown ? 1 : 0), `a PDF is shown by the browser's viewer where it has one (${shown})`);
}

async function anything(harness, page) {
  const preview = await choose(page, "weights.bin");
  await preview.getByRole("button", { name: "Show it as text" }).click();
  await preview.getByText("some bytes").waitFor();
  harness.check(true, "a file of any kind can be looked at as text");
}

async function uploads(harness, page) {
  const input = page.getByLabel("Files to upload");
  const text = (name, content) => ({ name, mimeType: "text/plain", buffer: Buffer.from(content) });
  await input.setInputFiles([text("added.txt", "first"), text("second.txt", "two")]);
  await page.getByText("2 files uploaded").waitFor();
  await (await choose(page, "added.txt")).getByText("first").waitFor();
  await input.setInputFiles([text("added.txt", "changed")]);
  await page.getByRole("dialog", { name: "Replace 1 file?" }).waitFor();
  await harness.review(page, "artifact replace");
  await page.getByRole("button", { name: "Replace", exact: true }).click();
  await page.getByText("1 file uploaded").waitFor();
  await page.getByRole("region", { name: "Preview of added.txt" }).getByText("changed").waitFor();
  harness.check(true, "a file is replaced only when it is confirmed, and shown anew");
  await dropInto(page, "plots", "dropped.txt", "by hand");
  await page.getByRole("button", { name: "dropped.txt" }).waitFor();
  harness.check(true, "a file is added to a folder by drop");
  await input.setInputFiles([{ name: "large.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(11 << 20) }]);
  await page.getByRole("button", { name: /large\.bin/ }).waitFor();
  harness.check(true, "a large file is uploaded too");
  await page.route("**/upload-artifact*", (route) => route.fulfill({ status: 403, contentType: "application/json", body: JSON.stringify({ error_code: "PERMISSION_DENIED", message: "You may not change this run." }) }));
  await input.setInputFiles([text("refused.txt", "x")]);
  await page.getByRole("region", { name: "Uploads" }).getByText("You may not change this run.").waitFor();
  await harness.review(page, "artifact upload refused");
  await page.getByRole("button", { name: "Dismiss the upload of refused.txt" }).click();
  harness.check((await page.getByRole("region", { name: "Uploads" }).count()) === 0, "an upload that was refused says so until it is dismissed");
  await page.unroute("**/upload-artifact*");
}

async function folders(harness, page) {
  for (const [link, name] of [["Download the folder plots as ZIP", "plots.zip"], ["All as ZIP", "artifacts.zip"]]) {
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: link }).click()]);
    const bytes = readFileSync(await file.path(), "latin1");
    harness.check(file.suggestedFilename() === name && bytes.startsWith("PK") && bytes.includes("curve.svg"), `${name} is downloaded`);
  }
}

async function dropInto(page, folder, name, content) {
  const data = await page.evaluateHandle(([file, text]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], file, { type: "text/plain" }));
    return transfer;
  }, [name, content]);
  const row = page.getByRole("button", { name: folder, exact: true });
  for (const type of ["dragover", "drop"]) await row.dispatchEvent(type, { dataTransfer: data });
}
