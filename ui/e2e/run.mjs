// The page in a real browser, on a server of its own with seeded data. Prints times; fails on any broken promise.
// Usage: node e2e/run.mjs path/to/millrace [folder for screenshots] [specs...]
import { join } from "node:path";

import { Harness } from "./harness.mjs";
import { seed } from "./seed.mjs";
import * as artifacts from "./specs/artifacts.mjs";
import * as charts from "./specs/charts.mjs";
import * as compare from "./specs/compare.mjs";
import * as experiments from "./specs/experiments.mjs";
import * as media from "./specs/media.mjs";
import * as models from "./specs/models.mjs";
import * as official from "./specs/official.mjs";
import * as operate from "./specs/operate.mjs";
import * as resilience from "./specs/resilience.mjs";
import * as run from "./specs/run.mjs";
import * as runs from "./specs/runs.mjs";
import * as scale from "./specs/scale.mjs";
import * as signIn from "./specs/sign-in.mjs";

const specs = { experiments, runs, charts, run, compare, artifacts, media, models, official, operate, "sign-in": signIn, resilience, scale };
const [program, shots, ...wanted] = process.argv.slice(2);
for (const name of wanted) if (!(name in specs)) throw new Error(`there is no spec ${name}; there are ${Object.keys(specs).join(", ")}`);

const harness = new Harness(program, shots);
await harness.open();
try {
  if (wanted.length === 0 || wanted.includes("experiments")) await experiments.empty(harness);
  const seeded = await seed(harness.base);
  for (const [name, spec] of Object.entries(specs)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`== ${name}`);
    try {
      await spec.test(harness, seeded);
    } catch (fault) {
      harness.check(false, `${name}: ${fault}`);
      const page = harness.browser.contexts().at(-1)?.pages()[0];
      if (page && shots) await page.screenshot({ path: join(shots, `fault-${name}.png`) }).catch((why) => console.log(`no picture of the fault: ${why}`));
    }
    for (const context of harness.browser.contexts()) await context.close();
    const unexpected = harness.problems.splice(0).filter((text) => !/status of 4|Content Security Policy.*script/.test(text));
    harness.check(unexpected.length === 0, `${name}: no errors in the console ${unexpected.join("\n")}`);
  }
} finally {
  await harness.close();
}
console.log(harness.timings.map((line) => `time ${line}`).join("\n"));
if (harness.skipped.length > 0) console.log(`${harness.skipped.length} skipped`);
if (harness.faults.length > 0) {
  console.log(`${harness.faults.length} failed`);
  process.exitCode = 1;
}
