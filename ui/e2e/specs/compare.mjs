const code = (rate) => `import torch\n\nrate = ${rate}\nfor epoch in range(10):\n    train(rate)\n\n\n\n\n\nprint("done")\n`;

async function put(harness, seeded, run, path, content) {
  const answer = await fetch(`${harness.base}/api/2.0/mlflow-artifacts/artifacts/${seeded.experiment}/${run}/artifacts/${path}`, { method: "PUT", headers: { "Content-Type": "application/octet-stream" }, body: content });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
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
  harness.check((await file.locator("option").allTextContents()).join() === "code/equal.py,code/train.py,notes.md", "the text files of both runs are offered");
  await page.getByText("Both are the same").waitFor();
  await file.selectOption("code/train.py");
  const difference = page.getByRole("article", { name: "Difference of code/train.py" });
  await difference.getByText("1 line removed, 2 added").waitFor();
  const lines = await difference.locator("tr.removed, tr.added").allTextContents();
  harness.check(lines.length === 3 && lines[0].includes("rate = 0.1") && lines[1].includes("rate = 0.3"), "what differs is shown line by line");
  harness.check((await difference.locator("tr.gap").count()) === 1, "equal lines far from it are left out");
  await harness.review(page, "compare files");
  await difference.getByRole("button", { name: "All lines" }).click();
  await difference.locator("tr.gap").waitFor({ state: "detached" });
  await file.selectOption("notes.md");
  await page.getByText("only on the right").waitFor();
  await page.getByRole("combobox", { name: /^Right/ }).selectOption(third);
  await page.getByRole("article", { name: "Difference of code/equal.py" }).getByText("only on the left").waitFor();
  harness.check((await page.evaluate(() => window.hacked)) === undefined, "nothing in a compared file is run");
  await page.goto(`${harness.base}/#/compare?runs=${seeded.runs.join(",")}`);
  await page.getByRole("heading", { name: "Compare 60 runs" }).waitFor();
  harness.check(true, "many runs are compared at once");
}
