import { describe, expect, it } from "vitest";

import { RowBlocks, type Block } from "./blocks";
import { groupedOrder, type Order } from "./nesting";

const shown = (order: Order) => Array.from({ length: order.count }, (_, position) => order.rowAt(position));

describe("groups of runs", () => {
  const values = ["x", undefined, "y", "y"];
  it("stand below headings, the largest first and those without a value last", () => {
    const order = groupedOrder(4, (row) => values[row], new Set());
    expect(shown(order)).toEqual([-1, 2, 3, -2, 0, -3, 1]);
    expect([0, 3, 5].map((position) => order.groupAt(position)?.label)).toEqual(["y", "x", "(none)"]);
    expect(order.groupAt(1)).toBeUndefined();
  });
  it("show the heading alone when closed", () => {
    expect(shown(groupedOrder(4, (row) => values[row], new Set(["y"])))).toEqual([-1, -2, 0, -3, 1]);
  });
});

describe("rows in blocks", () => {
  const block = (first: number, ids: string[], losses: number[]): Block => ({
    first,
    ids,
    digest: "",
    columns: new Map([["metrics.loss", { type: "number", values: Float64Array.from(losses), has: new Uint8Array(losses.length).fill(1) }]]),
    asked: new Set(["metrics.loss"]),
  });
  it("are found by their place in the table, and asked for once where they are missing", () => {
    const rows = new RowBlocks(5, 2);
    rows.put(block(0, ["a", "b"], [1, 2]));
    rows.put(block(2, ["c", "d"], [3, 4]));
    expect([rows.idAt(3), rows.numberAt("metrics.loss", 3), rows.idAt(4), rows.rowOf("c"), rows.has("e")]).toEqual(["d", 4, undefined, 2, false]);
    expect(rows.takeGaps(1, 5, ["metrics.loss", "params.lr"]).map(({ first, columns }) => [first, columns])).toEqual([[0, ["params.lr"]], [2, ["params.lr"]], [4, ["metrics.loss", "params.lr"]]]);
    expect(rows.takeGaps(1, 99, ["params.lr"])).toEqual([]);
  });
  it("ask again for what failed", () => {
    const rows = new RowBlocks(5, 2);
    rows.put(block(0, ["a", "b"], [1, 2]));
    const gaps = rows.takeGaps(0, 3, ["tags.team"]);
    for (const gap of gaps) rows.giveBack(gap);
    expect(rows.takeGaps(0, 3, ["tags.team"])).toEqual(gaps);
  });
  it("show what was there before until it comes anew", () => {
    const before = new RowBlocks(4, 2);
    before.put(block(2, ["c", "d"], [3, 4]));
    const rows = new RowBlocks(4, 2, before);
    expect([rows.idAt(2), rows.numberAt("metrics.loss", 2), rows.alone().idAt(2)]).toEqual(["c", 3, undefined]);
    rows.put(block(2, ["d", "c"], [5, 6]));
    expect([rows.idAt(2), rows.numberAt("metrics.loss", 2)]).toEqual(["d", 5]);
  });
});
