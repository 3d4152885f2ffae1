import { createElement as make } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";

import { directionOf, guessedDirection, readDirections, withDirection, writeDirections } from "../api/best";
import { RowBlocks } from "../api/blocks";
import { isField, readView } from "../api/view";
import { titleOf } from "../parts/grid-columns";
import { HeadCell } from "../parts/grid-head";
import { bestOf, curveOf } from "./curves";

describe("the best of a metric", () => {
  it.each(["loss", "train/loss", "valLoss", "logloss", "error", "errors", "mean_squared_error", "mse", "val-MAE", "rmse", "perplexity", "time", "runtime_s", "latency.p99"])("is the lowest of %s", (name) => {
    expect(guessedDirection(name)).toBe("lowest");
  });
  it.each(["accuracy", "val/f1", "lossless_ratio", "timestamps_seen", "", "throughput", "Größe"])("is the highest of %s", (name) => {
    expect(guessedDirection(name)).toBe("highest");
  });
  it("is what the user chose, and the address keeps only what the name does not say", () => {
    const chosen = withDirection(withDirection(new Map(), "score, by:hand", "lowest"), "loss", "lowest");
    expect([...chosen.keys()]).toEqual(["score, by:hand"]);
    expect(readDirections(writeDirections(chosen))).toEqual(chosen);
    expect(directionOf("score, by:hand", chosen)).toBe("lowest");
    expect(writeDirections(withDirection(chosen, "score, by:hand", "highest"))).toBe("");
  });
  it("passes over what is no choice", () => {
    expect([...readDirections("low:a,up:b,c,high:%E0%A4%A,:,high:d")]).toEqual([["a", "lowest"], ["d", "highest"]]);
    expect([...readDirections(null)]).toEqual([]);
  });
  it("is an end of its curve, infinite ones too, and no number where there is none", () => {
    const curve = curveOf({ values: [3, 1, "Infinity"], minimums: [2, 0.5, "Infinity"], maximums: [4, 1, "Infinity"] });
    expect([bestOf(curve, "lowest"), bestOf(curve, "highest")]).toEqual([0.5, Infinity]);
    expect(bestOf(curveOf({ values: ["NaN"] }), "lowest")).toBeNaN();
  });
  it("is a column like the least and the greatest: shown, not ordered by", () => {
    expect(titleOf("best.val/loss")).toBe("val/loss best (lowest)");
    expect(titleOf("best.val/loss", new Map([["val/loss", "highest"]]))).toBe("val/loss best (highest)");
    expect(isField("best.val/loss")).toBe(false);
    expect(readView(new URLSearchParams("cols=best.loss,worst.loss&sort=best.loss"))).toMatchObject({ columns: ["best.loss"], sort: null });
  });
});

describe("the heading of a best column", () => {
  const props = { index: 1, sort: null, descending: false, directions: new Map(), onSort: () => undefined, onDirection: () => undefined, widthOf: () => 100, setWidth: () => undefined };
  it("says which end it is, cannot be ordered by, and has a menu", () => {
    const text = renderToStaticMarkup(make(HeadCell, { ...props, id: "best.<b>loss" }));
    expect(text).toContain("&lt;b&gt;loss best (lowest)");
    expect(text).toContain('aria-label="Which &lt;b&gt;loss is the best"');
    expect(text).toMatch(/tabindex="-1" disabled=""/);
    expect(renderToStaticMarkup(make(HeadCell, { ...props, id: "max.loss" }))).not.toContain("is the best");
  });
});

describe("cells of a best column", () => {
  it("follow the direction", async () => {
    const { GridRow } = await import("../parts/grid-row");
    const rows = new RowBlocks(1, 1);
    rows.put({ first: 0, ids: ["a"], digest: "", columns: new Map(), asked: new Set() });
    const shape = { index: 0, start: 0, total: 100, left: 0, fixed: [], fixedWidth: 0, free: ["best.loss" as const], from: 0, to: 1, widthOf: () => 100, widthKey: "" };
    const rest = { id: "a", row: 0, now: 0, experiment: "1", depth: 0, parent: false, closed: false, isCursor: false, isSelected: false, isNoted: false, onWrite: () => undefined, onNote: () => undefined, onSelect: () => undefined, onToggle: () => undefined };
    const curves = () => ({ min: 0.25, max: 0.75, points: [] });
    const drawn = (directions: Map<string, "lowest" | "highest">) => renderToStaticMarkup(make(GridRow, { ...shape, ...rest, cells: { rows, directions, curves } }));
    expect(drawn(new Map())).toContain('<span title="0.25">0.25</span>');
    expect(drawn(new Map([["loss", "highest"]]))).toContain('<span title="0.75">0.75</span>');
  });
});
