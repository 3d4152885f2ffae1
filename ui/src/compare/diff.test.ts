import { describe, expect, it } from "vitest";

import { diffLines, nearChanges, type DiffLine } from "./diff";

const split = (text: string) => Array.from(text);
const shown = (lines: readonly DiffLine[]) => lines.map(({ kind, text }) => ({ same: " ", removed: "-", added: "+" })[kind] + text).join(" ");

/** What a difference makes of its left and right side again. */
const side = (lines: readonly DiffLine[], other: DiffLine["kind"]) => lines.filter(({ kind }) => kind !== other).map(({ text }) => text).join("");

describe("a difference of texts", () => {
  it.each([
    ["", "", ""],
    ["abc", "abc", " a  b  c"],
    ["", "ab", "+a +b"],
    ["ab", "", "-a -b"],
    ["abc", "axc", " a -b +x  c"],
    ["abcd", "bcde", "-a  b  c  d +e"],
  ])("of %j and %j is the least", (left, right, wanted) => {
    expect(shown(diffLines(split(left), split(right)))).toBe(wanted);
  });
  it("gives both sides again, numbered, with the fewest edits", () => {
    let state = 7;
    const random = (most: number) => (state = (state * 1103515245 + 12345) % 2147483648) % most;
    for (let round = 0; round < 200; round++) {
      const text = () => Array.from({ length: random(12) }, () => "abc"[random(3)]).join("");
      const [left, right] = [text(), text()];
      const lines = diffLines(split(left), split(right));
      expect([side(lines, "added"), side(lines, "removed")]).toEqual([left, right]);
      for (const line of lines) {
        if (line.left !== undefined) expect(left[line.left - 1]).toBe(line.text);
        if (line.right !== undefined) expect(right[line.right - 1]).toBe(line.text);
      }
      expect(lines.filter(({ kind }) => kind === "same").length).toBe(longestCommon(left, right));
    }
  });
  it("of texts with nothing in common is told at once", () => {
    const left = Array.from({ length: 20_000 }, (_, i) => `l${i}`);
    const right = Array.from({ length: 20_000 }, (_, i) => `r${i}`);
    const lines = diffLines(left, right);
    expect([lines.length, lines[0]?.kind, lines.at(-1)?.kind]).toEqual([40_000, "removed", "added"]);
  });
  it("is shown with a few lines around", () => {
    const lines = diffLines(split("0123456789"), split("01234x6789"));
    expect(nearChanges(lines, 1).map((line) => line?.text ?? "…").join("")).toBe("…45x6…");
    expect(nearChanges(diffLines(["a"], ["a"]))).toEqual([null]);
  });
});

function longestCommon(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const row = rows[i] as number[];
      row[j] = a[i - 1] === b[j - 1] ? (rows[i - 1]?.[j - 1] ?? 0) + 1 : Math.max(rows[i - 1]?.[j] ?? 0, row[j - 1] ?? 0);
    }
  }
  return rows[a.length]?.[b.length] ?? 0;
}
