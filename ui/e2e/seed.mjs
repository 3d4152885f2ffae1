// What the tests of the page look at: experiments in folders, runs with curves, notes, artifacts, nesting, and names
// that try to become code.
import { seedModels } from "./seed-models.mjs";

const hostile = `<img src=x onerror="window.hacked=1">`;
export const hostileNames = [hostile, "'; DROP TABLE runs; --", "\u202Eright to left", "🚀 emoji", "x".repeat(200)];

let seedState = 42;
const random = () => {
  seedState = (seedState * 1664525 + 1013904223) % 4294967296;
  return seedState / 4294967296;
};

export function client(base) {
  return async (path, message, method = "POST") => {
    const answer = await fetch(`${base}/api/2.0/mlflow/${path}`, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(message) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
}

async function train(call, experiment, number, start, extra = {}) {
  const name = extra.name ?? `${["calm", "bold", "keen", "wise"][number % 4]}-${["otter", "heron", "lynx"][number % 3]}-${number}`;
  const tags = [{ key: "team", value: number % 2 ? "vision" : "speech" }, ...(extra.tags ?? [])];
  const { run } = await call("runs/create", { experiment_id: experiment, run_name: name, start_time: start, user_id: "ada", tags });
  const id = run.info.run_id;
  const lr = [0.1, 0.03, 0.01, 0.003][number % 4];
  const metrics = [];
  for (let step = 0; step < 300; step++) {
    const time = start + step * 1000;
    const loss = 2 * Math.exp(-step * lr * 0.4) + 0.15 + random() * 0.12;
    metrics.push({ key: "train/loss", value: loss, step, timestamp: time }, { key: "val/accuracy", value: Math.min(0.99, 0.95 - loss * 0.3 + random() * 0.02), step, timestamp: time }, { key: "lr", value: lr * (1 - step / 320), step, timestamp: time });
  }
  metrics.unshift({ key: "seconds", value: 120 + random() * 900, step: 0, timestamp: start }, { key: "broken", value: "NaN", step: 0, timestamp: start });
  const params = [["lr", String(lr)], ["model", ["resnet50", "vit-b16", "convnext"][number % 3]], ["batch_size", String(16 << (number % 3))], ["optimizer", number % 2 ? "adamw" : "sgd"]];
  await call("runs/log-batch", { run_id: id, params: params.map(([key, value]) => ({ key, value })), metrics: metrics.slice(0, 890) });
  if (!extra.running) await call("runs/update", { run_id: id, status: number % 9 === 4 ? "FAILED" : "FINISHED", end_time: start + 320_000 + number * 7000 });
  return id;
}

async function upload(base, experiment, run, path, content) {
  const answer = await fetch(`${base}/api/2.0/mlflow-artifacts/artifacts/${experiment}/${run}/artifacts/${path}`, { method: "PUT", headers: { "Content-Type": "application/octet-stream" }, body: content });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
}

export async function seed(base) {
  const call = client(base);
  const now = Date.now();
  const made = {};
  for (const name of ["vision/imagenet", "vision/segmentation", "speech/asr", "speech/tts", "baselines", hostile]) {
    made[name] = (await call("experiments/create", { name })).experiment_id;
  }
  await call("experiments/set-experiment-tag", { experiment_id: made["vision/imagenet"], key: "owner", value: "ada" });
  const runs = [];
  for (let i = 0; i < 60; i++) runs.push(await train(call, made["vision/imagenet"], i, now - (60 - i) * 3_600_000, { running: i === 59 }));
  const child = await train(call, made["vision/imagenet"], 60, now - 1_800_000, { name: "child", tags: [{ key: "mlflow.parentRunId", value: runs[58] }] });
  await call("runs/set-tag", { run_id: runs[59], key: "mlflow.note.content", value: `# Baseline\n\nTrained on **8** cards, see [the log](https://example.com).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n${hostile} [x](javascript:window.hacked=1)` });
  const files = { "config.json": JSON.stringify({ model: "resnet", layers: [1, 2, 3] }), "table.csv": 'name,value\n"a, b",1\n=HYPERLINK("x"),2\n', "log.txt": "epoch 1\nepoch 2\n", "page.html": `<script>window.hacked=1</script>${hostile}`, "plots/curve.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100" width="400"><script>window.hacked=1</script><path d="M0 90 C50 10 120 10 200 5" fill="none" stroke="teal" stroke-width="3"/></svg>', "README.md": "# Model\n\nHello." };
  for (const [path, content] of Object.entries(files)) await upload(base, made["vision/imagenet"], runs[59], path, content);
  for (const [i, name] of hostileNames.entries()) {
    const { run } = await call("runs/create", { experiment_id: made[hostile], run_name: name, start_time: now - i * 1000 });
    await call("runs/log-batch", { run_id: run.info.run_id, params: [{ key: "note", value: hostile.repeat(150).slice(0, 6000) }, { key: "name with blanks", value: name }], metrics: [{ key: "inf", value: "Infinity", step: 0, timestamp: now }, { key: "nan", value: "NaN", step: 0, timestamp: now }] });
  }
  const logged = await seedModels(base, call, made["vision/imagenet"], runs, hostile);
  return { logged, experiment: made["vision/imagenet"], hostile: made[hostile], runs, child };
}
