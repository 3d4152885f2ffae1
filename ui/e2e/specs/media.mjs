import { readFileSync } from "node:fs";

import { client } from "../seed.mjs";

const key = "samples~dogs";
const id = "0b9f6b0e-9f5a-4b5e-8a55-b4a2f0a6a111";

async function put(harness, seeded, run, path, content) {
  const answer = await fetch(`${harness.base}/api/2.0/mlflow-artifacts/artifacts/${seeded.experiment}/${run}/artifacts/${encodeURIComponent(path).replaceAll("%2F", "/")}`, { method: "PUT", headers: { "Content-Type": "application/octet-stream" }, body: content });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
}

/** A picture that shows its step, whole and small, as a browser makes them. */
async function drawn(page, step, size, type) {
  const url = await page.evaluate(
    ([text, side, mime]) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
      const pen = canvas.getContext("2d");
      pen.fillStyle = `hsl(${text * 3} 60% 45%)`;
      pen.fillRect(0, 0, side, side);
      pen.fillStyle = "white";
      pen.font = `${side / 3}px sans-serif`;
      pen.textAlign = "center";
      pen.fillText(String(text), side / 2, side * 0.62);
      return canvas.toDataURL(mime);
    },
    [step, size, type],
  );
  return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
}

/** A second of a tone. */
function sound(step) {
  const rate = 8000;
  const wave = Buffer.alloc(44 + rate);
  wave.write("RIFF", 0);
  wave.writeUInt32LE(36 + rate, 4);
  wave.write("WAVEfmt ", 8);
  wave.writeUInt32LE(16, 16);
  wave.writeUInt16LE(1, 20);
  wave.writeUInt16LE(1, 22);
  wave.writeUInt32LE(rate, 24);
  wave.writeUInt32LE(rate, 28);
  wave.writeUInt16LE(1, 32);
  wave.writeUInt16LE(8, 34);
  wave.write("data", 36);
  wave.writeUInt32LE(rate, 40);
  for (let i = 0; i < rate; i++) wave[44 + i] = 128 + Math.round(60 * Math.sin((i * (200 + step * 4) * 2 * Math.PI) / rate));
  return wave;
}

async function logImage(harness, seeded, page, run, step) {
  const name = `images/${key}+step+${step}+timestamp+${1_700_000_000_000 + step}+${id}`;
  await put(harness, seeded, run, `${name}.png`, await drawn(page, step, 256, "image/png"));
  await put(harness, seeded, run, `${name}+compressed.webp`, await drawn(page, step, 32, "image/webp"));
}

async function seedMedia(harness, seeded, page) {
  const [first, second] = [seeded.runs[59], seeded.runs[58]];
  for (const step of [0, 10, 20, 30, 40]) await logImage(harness, seeded, page, first, step);
  for (const step of [0, 20]) await logImage(harness, seeded, page, second, step);
  for (const step of [0, 20, 40]) await put(harness, seeded, first, `audio/voice+step+${step}.wav`, sound(step));
  await put(harness, seeded, first, "audio/broken+step+1.mp3", "no sound at all");
  const bars = (step) => [3, 7, 5, 9].map((height, i) => `<rect x="${i * 24 + 4}" y="${100 - height * (step / 4 + 5)}" width="18" height="${height * (step / 4 + 5)}" fill="teal"/>`).join("");
  for (const step of [1, 2]) await put(harness, seeded, first, `figures/<b>bars+step+${step}.svg`, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><script>window.hacked=1</script>${bars(step)}</svg>`);
  await put(harness, seeded, first, "figures/report+step+1.html", "<h1>Report</h1><script>for (const other of [parent, window.top]) try { other.hacked = 1 } catch { /* the browser refuses */ }</script>");
}

/** Requests for bytes of media that are under way at once. */
function watch(page) {
  const count = { now: 0, most: 0, paths: [] };
  const isMedia = (request) => request.resourceType() === "fetch" && /get-artifact.*(images|figures)/.test(request.url());
  page.on("request", (request) => {
    if (!isMedia(request)) return;
    count.paths.push(new URL(request.url()).searchParams.get("path"));
    count.most = Math.max(count.most, ++count.now);
  });
  const less = (request) => isMedia(request) && count.now--;
  page.on("requestfinished", less);
  page.on("requestfailed", less);
  return count;
}

export async function test(harness, seeded) {
  const page = await harness.page();
  await page.goto("about:blank");
  await seedMedia(harness, seeded, page);
  const requests = watch(page);
  const run = `${harness.base}/#/experiments/${seeded.experiment}/runs/${seeded.runs[59]}`;
  await page.goto(`${run}/metrics`);
  const dogs = page.getByRole("article", { name: "images/samples/dogs" });
  const picture = (step) => dogs.locator(`img[alt$="step ${step}"]`);
  await picture(40).and(page.locator("[data-whole]")).waitFor();
  harness.check(await picture(40).evaluate((image) => image.naturalWidth === 256), "the last step is shown, the whole picture in the end");
  const order = requests.paths.filter((path) => path.includes("step+40"));
  harness.check(order[0]?.endsWith("compressed.webp") && order[1]?.endsWith(".png"), "the thumbnail is asked for before the whole");
  await harness.review(page, "run, media");
  await slider(harness, page, dogs, picture, requests);
  await address(harness, page, dogs, picture);
  await others(harness, page);
  await live(harness, seeded, page, dogs, picture);
  await several(harness, seeded, page);
  harness.check((await page.evaluate(() => window.hacked)) === undefined, "nothing in a figure is run");
  harness.check(requests.most <= 4, `at most four files are asked for at once (${requests.most})`);
  harness.problems = harness.problems.filter((text) => !/Content Security Policy|opaque origin|origin 'null'|Failed to load|cross-origin/.test(text));
}

async function slider(harness, page, dogs, picture, requests) {
  const bar = dogs.getByRole("slider", { name: "Step of images/samples/dogs" });
  harness.check((await bar.getAttribute("aria-valuetext")) === "step 40, 5 of 5", "the slider tells its step in words");
  await bar.focus();
  await page.keyboard.press("ArrowLeft");
  await picture(30).waitFor();
  const neighbour = () => requests.paths.some((path) => path.includes("step+20"));
  for (let i = 0; i < 100 && !neighbour(); i++) await page.waitForTimeout(50);
  harness.check(neighbour(), "what is next to the step is loaded before it is asked for");
  await page.keyboard.press("Home");
  await picture(0).waitFor();
  await dogs.getByRole("button", { name: /^Play/ }).click();
  await picture(40).waitFor();
  await dogs.getByRole("button", { name: /^Play/ }).waitFor();
  harness.check(true, "steps are played to the end");
  const [file] = await Promise.all([page.waitForEvent("download"), dogs.getByRole("link", { name: /^Download.*step 40/ }).click()]);
  harness.check(readFileSync(await file.path(), "latin1").startsWith("\x89PNG"), "the whole picture is downloaded");
}

/** Step and size of a card make a link. */
async function address(harness, page, dogs, picture) {
  const bar = dogs.getByRole("slider", { name: "Step of images/samples/dogs" });
  const larger = dogs.getByRole("button", { name: "images/samples/dogs, larger" });
  await bar.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await larger.click();
  await page.waitForURL((url) => /media=10%3Aimages%252Fsamples%252Fdogs/.test(url.hash) && /large=images%252Fsamples%252Fdogs/.test(url.hash));
  await page.reload();
  await picture(10).waitFor();
  harness.check((await larger.getAttribute("aria-pressed")) === "true", "step and size of a card are in the address");
  await harness.review(page, "run, media, larger");
  await larger.click();
  await bar.focus();
  await page.keyboard.press("End");
  await picture(40).waitFor();
  await page.waitForURL((url) => !/media=|large=/.test(url.hash));
  harness.check(true, "a card that follows the last step needs no place there");
}

async function others(harness, page) {
  const voice = page.getByRole("article", { name: "audio/voice" });
  await voice.scrollIntoViewIfNeeded();
  await page.waitForFunction(() => document.querySelector('article[aria-label="audio/voice"] audio')?.duration > 0.9);
  harness.check((await voice.getByRole("button", { name: /^Play/ }).count()) === 0, "a sound is heard by its own player");
  const broken = page.getByRole("article", { name: "audio/broken" });
  await broken.scrollIntoViewIfNeeded();
  await broken.getByText("cannot play").waitFor();
  harness.check(true, "what cannot be played is told");
  const bars = page.getByRole("article", { name: "figures/<b>bars" });
  await bars.scrollIntoViewIfNeeded();
  await bars.locator('img[alt$="step 2"]').waitFor();
  const report = page.getByRole("article", { name: "figures/report" });
  await report.scrollIntoViewIfNeeded();
  await report.frameLocator("iframe").getByText("Report").waitFor();
  harness.check(true, "figures are pictures or pages");
  await harness.shot(page, "run-media-kinds");
}

async function live(harness, seeded, page, dogs, picture) {
  await dogs.scrollIntoViewIfNeeded();
  await page.locator(".live-dot.live").waitFor();
  const helper = await page.context().newPage();
  await logImage(harness, seeded, helper, seeded.runs[59], 50);
  await helper.close();
  await client(harness.base)("runs/set-tag", { run_id: seeded.runs[59], key: "mlflow.loggedImages", value: "True" });
  await picture(50).waitFor();
  harness.check(true, "a picture that is logged meanwhile is shown by itself");
}

async function several(harness, seeded, page) {
  await page.goto(`${harness.base}/#/experiments/${seeded.experiment}?view=charts`);
  const dogs = page.getByRole("article", { name: "images/samples/dogs" });
  await dogs.locator("img[data-whole]").nth(1).waitFor();
  harness.check((await dogs.locator("figure").count()) === 2, "runs are side by side");
  harness.check(await dogs.getByText("step 20", { exact: true }).isVisible(), "a run that logs less often shows what it had then, and says so");
  await harness.review(page, "charts, media");
  await page.goto(`${harness.base}/#/compare?runs=${seeded.runs[59]},${seeded.runs[58]}`);
  await page.getByRole("article", { name: "images/samples/dogs" }).locator("img").nth(1).waitFor();
  harness.check(true, "media are compared too");
}
