const code = (rate) => `import torch\n\nrate = ${rate}\nfor epoch in range(10):\n    train(rate)\n\n\n\n\n\nprint("done")\n`;

async function put(harness, seeded, run, path, content) {
  const answer = await fetch(`${harness.base}/api/2.0/mlflow-artifacts/artifacts/${seeded.experiment}/${run}/artifacts/${path}`, { method: "PUT", headers: { "Content-Type": "application/octet-stream" }, body: content });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
}

/** Another base, one run against it; the address has both. */
async function bases(harness, page, second, third) {
  await page.getByRole("combobox", { name: /^Base/ }).selectOption(second);
  await page.getByRole("article", { name: /^Difference of notes.md/ }).nth(1).getByText("only in the base").waitFor();
  await page.getByRole("combobox", { name: /^Against it/ }).selectOption(third);
  await page.waitForFunction(() => document.querySelectorAll("article.difference").length === 1);
  await page.waitForURL((url) => url.hash.includes(`base=${second}`) && url.hash.includes(`against=${third}`) && url.hash.includes("file=notes.md"));
  await page.reload();
  await page.getByRole("article", { name: /^Difference of notes.md/ }).getByText("only in the base").waitFor();
  harness.check((await page.locator("article.difference").count()) === 1, "base, run and file of a comparison are in the address");
  await page.getByRole("combobox", { name: /^Against it/ }).selectOption("");
  await page.getByRole("combobox", { name: /^Base/ }).selectOption({ index: 0 });
}

/** All files of all runs, with ways to jump between them: by the list, by buttons, by the keyboard. */
async function trees(harness, page) {
  await page.getByRole("combobox", { name: /^File/ }).selectOption("");
  await page.waitForURL(/files=all/);
  const jumps = page.getByRole("navigation", { name: "Differences" });
  await page.waitForFunction(() => [...document.querySelectorAll(".jumps li")].filter((one) => /−|the same/.test(one.textContent)).length >= 3);
  harness.check((await jumps.getByRole("listitem").count()) === 5, "each file of each run that differs or may differ is listed");
  const focused = () => page.evaluate(() => document.activeElement.ariaLabel ?? "");
  await jumps.getByRole("button").last().click();
  harness.check(/^Difference of notes.md/.test(await focused()), "a press in the list jumps there");
  await page.keyboard.press("[");
  const before = await focused();
  harness.check(/^Difference of code\/train.py/.test(before), `[ goes to the one before that differs (${before})`);
  await page.keyboard.press("]");
  harness.check(/^Difference of notes.md/.test(await focused()), "] goes to the next");
  await page.getByRole("button", { name: "Previous" }).click();
  harness.check((await focused()) === before, "and so do the buttons");
  await harness.review(page, "compare files, all");
  await page.getByRole("button", { name: "Files", exact: true }).click();
  await page.waitForURL((url) => !/files=|base=|file=/.test(url.hash));
}

export async function test(harness, seeded) {
  const [first, second, third] = [seeded.runs[10], seeded.runs[11], seeded.runs[12]];
  await put(harness, seeded, first, "code/train.py", code(0.1));
  await put(harness, seeded, second, "code/train.py", `${code(0.3)}<img src=x onerror="window.hacked=1">\n`);
  await put(harness, seeded, first, "code/equal.py", "same\n");
  await put(harness, seeded, second, "code/equal.py", "same\n");
  await put(harness, seeded, second, "notes.md", "# Only here\n");
  await put(harness, seeded, first, "weights.bin", "not a text");
  const page = await harness.page();
  await page.goto(`${harness.base}/#/compare?runs=${[first, second, third].join(",")}`);
  await page.getByRole("button", { name: "Files", exact: true }).click();
  const file = page.getByRole("combobox", { name: /^File/ });
  await file.waitFor();
  harness.check((await file.locator("option").allTextContents()).join() === "All 3 files,code/equal.py,code/train.py,notes.md", "the text files of all runs are offered");
  await page.getByText("Both are the same").waitFor();
  await file.selectOption("code/train.py");
  const differences = page.getByRole("article", { name: /^Difference of code\/train.py/ });
  const difference = differences.first();
  await difference.getByText("1 line removed, 2 added").waitFor();
  const lines = await difference.locator("tr.removed, tr.added").allTextContents();
  harness.check(lines.length === 3 && lines[0].includes("rate = 0.1") && lines[1].includes("rate = 0.3"), "what differs is shown line by line");
  harness.check((await difference.locator("tr.gap").count()) === 1, "equal lines far from it are left out");
  await differences.nth(1).getByText("only in the base").waitFor();
  harness.check((await differences.count()) === 2, "the other runs stand against the base, one after another");
  await harness.review(page, "compare files");
  await difference.getByRole("button", { name: /^All lines/ }).click();
  await difference.locator("tr.gap").waitFor({ state: "detached" });
  await file.selectOption("notes.md");
  await page.getByText("not in the base").waitFor();
  await bases(harness, page, second, third);
  await trees(harness, page);
  harness.check((await page.evaluate(() => window.hacked)) === undefined, "nothing in a compared file is run");
  await page.goto(`${harness.base}/#/compare?runs=${seeded.runs.join(",")}`);
  await page.getByRole("heading", { name: "Compare 60 runs" }).waitFor();
  harness.check(true, "many runs are compared at once");
}
