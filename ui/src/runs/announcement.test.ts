import { describe, expect, it } from "vitest";

import { readView } from "../api/view";
import { wordsOfChange } from "./announcement";

const view = (text: string) => readView(new URLSearchParams(text));

describe("what is announced", () => {
  it.each([
    ["", "sort=metrics.val/loss&desc=1", "Sorted by val/loss, descending, 1,234 runs"],
    ["sort=metrics.a&desc=1", "sort=metrics.a", "Sorted by a, ascending, 1,234 runs"],
    ["sort=attributes.start_time", "", "Newest first, 1,234 runs"],
    ["", "q=params.x = '1'", "Filtered by params.x = '1', 1,234 runs"],
    ["q=a", "q=b&sort=params.x", "Filtered by b, Sorted by x, ascending, 1,234 runs"],
    ["q=a", "", "No filter, 1,234 runs"],
    ["", "stage=deleted", "Deleted runs, 1,234 runs"],
    ["", "cols=metrics.a&sel=x&nested=1&desc=1", ""],
  ])("of a table at %j that is at %j now", (before, now, words) => {
    expect(wordsOfChange(view(before), view(now), 1234)).toBe(words);
  });
  it("counts a single run as one", () => {
    expect(wordsOfChange(view(""), view("q=a"), 1)).toBe("Filtered by a, 1 run");
  });
});
