import { createElement as make } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";

import { JumpList } from "./jump-list";
import { extentText, nextDifferent, pairsOf, pathsOf } from "./pairs";

const files = (...paths: string[]) => new Map(paths.map((path) => [path, { path, is_dir: false }]));
const run = (id: string, number = 0) => ({ id, name: id, number });
const others = [{ run: run("b"), files: files("x.py", "only-b.py") }, { run: run("c"), files: files("x.py") }];

describe("files of several runs against a base", () => {
  it("are all that one of them has, file by file, run by run", () => {
    const base = files("x.py", "only-base.py");
    const paths = pathsOf([base, ...others.map((other) => other.files), undefined]);
    expect(paths).toEqual(["only-b.py", "only-base.py", "x.py"]);
    expect(pairsOf(paths, base, others).map(({ path, run: { id }, base: left, other }) => [path, id, left !== undefined, other !== undefined])).toEqual([
      ["only-b.py", "b", false, true],
      ["only-base.py", "b", true, false],
      ["only-base.py", "c", true, false],
      ["x.py", "b", true, true],
      ["x.py", "c", true, true],
    ]);
  });
  it("are none when there is nothing", () => {
    expect(pairsOf([], files(), others)).toEqual([]);
    expect(pairsOf(["x.py"], files("x.py"), [])).toEqual([]);
  });
});

describe("jumping between differences", () => {
  const extents = [{ removed: 0, added: 0 }, { removed: 1, added: 0 }, { removed: 0, added: 0 }, undefined];
  it("passes over what is the same, and not over what is not known yet", () => {
    expect([nextDifferent(extents, -1, 1), nextDifferent(extents, 1, 1), nextDifferent(extents, 3, 1)]).toEqual([1, 3, -1]);
    expect([nextDifferent(extents, 3, -1), nextDifferent(extents, 1, -1), nextDifferent([], 0, 1)]).toEqual([1, -1, -1]);
  });
  it("has a button for each, with what is known of it", () => {
    const pairs = [{ path: "<b>.py", run: run("<i>r", 3), base: undefined, other: undefined }, { path: "x.py", run: run("c"), base: undefined, other: undefined }];
    const text = renderToStaticMarkup(make(JumpList, { pairs, extents: [{ removed: 2, added: 1 }], named: true, current: 1, onJump: () => undefined }));
    expect(text).toMatch(/&lt;i&gt;r.*&lt;b&gt;.py.*−2 \+1/s);
    expect(text.match(/aria-current="true"/g)).toHaveLength(1);
    expect(text).not.toContain("<b>.py");
    expect(extentText({ removed: 0, added: 0 })).toBe("the same");
  });
});
