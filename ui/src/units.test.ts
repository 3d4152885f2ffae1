import { describe, expect, it } from "vitest";

import { csvField, parseCsv } from "./csv";
import { complete, faultPosition } from "./api/filter";
import { nestedOrder, type Order } from "./api/nesting";
import { decodeColumns, fieldText, numberAt, textAt, type TextCells } from "./api/table";
import { buildTree } from "./api/tree";
import { orderText, readView, writeColumns } from "./api/view";
import { align, seriesOf, smooth } from "./charts/series";
import { count, duration, number, relativeTime } from "./format";

describe("columns of a table", () => {
  it("puts values into their rows and leaves the others empty", () => {
    const columns = decodeColumns({
      row_count: 3,
      metrics: [{ key: "loss", rows: [0, 2], values: [0.5, "NaN"] }],
      params: [{ key: "model", texts: ["a", "b"], codes: [1, 0, 1] }],
      attributes: [{ key: "run_name", texts: ["x", "y", "z"] }],
    });
    expect([0, 1, 2].map((row) => numberAt(columns.get("metrics.loss"), row))).toEqual([0.5, undefined, NaN]);
    expect([0, 1, 2].map((row) => textAt(columns.get("params.model"), row))).toEqual(["b", "a", "b"]);
    expect(textAt(columns.get("attributes.run_name"), 2)).toBe("z");
  });

  it("quotes keys as the filter language wants them", () => {
    expect(fieldText("metrics.loss")).toBe("metrics.loss");
    expect(fieldText("metrics.val loss")).toBe("metrics.`val loss`");
    expect(fieldText("params.a`b")).toBe('params."a`b"');
  });
});

const shown = (order: Order) => Array.from({ length: order.count }, (_, position) => order.rowAt(position));

describe("nested runs", () => {
  const parents = (texts: (string | undefined)[]): TextCells => {
    const all = [...new Set(texts.filter((text) => text !== undefined))];
    return { type: "text", texts: all, codes: Int32Array.from(texts.map((text) => (text === undefined ? -1 : all.indexOf(text)))) };
  };
  it("puts children below their parents, and hides those of closed ones", () => {
    const cells = parents(["c", undefined, undefined]);
    expect(shown(nestedOrder(["a", "b", "c"], cells, new Set()))).toEqual([1, 2, 0]);
    expect(shown(nestedOrder(["a", "b", "c"], cells, new Set(["c"])))).toEqual([1, 2]);
  });
  it("shows runs that name each other as parents once", () => {
    expect(shown(nestedOrder(["a", "b"], parents(["b", "a"]), new Set())).sort()).toEqual([0, 1]);
  });
});

describe("the address bar", () => {
  it("keeps columns whatever their keys hold", () => {
    const columns = ["metrics.a,b", "params.x&y=1%", "tags.ü"] as const;
    const search = new URLSearchParams({ cols: writeColumns(columns), sort: "metrics.a,b", desc: "1" });
    const view = readView(new URLSearchParams(search.toString()));
    expect(view.columns).toEqual(columns);
    expect(orderText(view)).toBe("metrics.`a,b` DESC");
  });
  it("drops what is no column and no run", () => {
    const view = readView(new URLSearchParams({ cols: "javascript:x,%E0%A4%A", sel: "<b>,abc" }));
    expect(view.columns).toEqual([]);
    expect(view.selected).toEqual(["abc"]);
  });
});

describe("the filter", () => {
  it("completes names, and not inside a text", () => {
    expect(complete("metrics.lo", 10, { metrics: ["loss"] })).toEqual({ from: 0, options: ["metrics.loss"] });
    expect(complete("params.a = 'metrics.lo", 22, { metrics: ["loss"] }).options).toEqual([]);
  });
  it("finds the position that a fault tells", () => {
    expect(faultPosition("Found ''x'' (at position 16)")).toBe(15);
    expect(faultPosition("something else")).toBeNull();
  });
});

describe("experiments by folder", () => {
  const experiments = ["a/x", "a/y", "b/only", "/odd", "plain"].map((name, i) => ({ name, experiment_id: String(i) }));
  it("makes folders of what stands before a slash, unless they hold one experiment", () => {
    expect(buildTree(experiments, new Set()).map((row) => `${"-".repeat(row.depth)}${row.name}`)).toEqual(["a", "-x", "-y", "b/only", "/odd", "plain"]);
    expect(buildTree(experiments, new Set(["a/"])).map((row) => row.name)).toEqual(["a", "b/only", "/odd", "plain"]);
  });
});

describe("lines", () => {
  it("starts smoothing without a bias and passes over what is no number", () => {
    expect(smooth([1, 1, null, 1], 0.9)).toEqual([1, 1, null, 1].map((value) => (value === null ? null : expect.closeTo(value, 9) as number)));
  });
  it("lies over one x in order, also when points come out of order", () => {
    const one = seriesOf({ run_id: "a", steps: [1, 2], timestamps: [2000, 1000], values: [5, 6] }, "time", 0);
    expect(one.x).toEqual([1, 2]);
    expect(one.y).toEqual([6, 5]);
    const { x, columns } = align([one, { ...one, x: [3, 4], low: [1, 2], high: [7, 8] }]);
    expect(x).toEqual([1, 2, 3, 4]);
    const none = undefined;
    expect(columns).toEqual([[6, 5, none, none], [none, none, none, none], [none, none, none, none], [none, none, 6, 5], [none, none, 1, 2], [none, none, 7, 8]]);
  });
  it("draws no infinity", () => {
    expect(seriesOf({ steps: [0, 1], values: ["Infinity", 1] }, "step", 0).y).toEqual([null, 1]);
  });
});

describe("CSV", () => {
  it("reads what it writes and lets no formula through", () => {
    expect(csvField("=1+1")).toBe("'=1+1");
    expect(csvField("-5")).toBe("-5");
    expect(parseCsv(`${csvField('a "b", c')},${csvField("x\ny")}\r\n1,2`, 10)).toEqual([['a "b", c', "x\ny"], ["1", "2"]]);
  });
});

describe("numbers and times", () => {
  it("are short", () => {
    expect(number(0.123456789)).toBe("0.12346");
    expect(number(NaN)).toBe("NaN");
    expect(duration(125_000)).toBe("2 min 5 s");
    expect([7, 61, 1234, 12_345_678].map(count)).toEqual(["7", "61", "1,234", "12,345,678"]);
  });

  it("are told from now on", () => {
    const day = 86_400_000;
    const ago = [5_000, 20_000, 180_000, 3_600_000, day, 3 * day, 60 * day, 800 * day];
    expect(ago.map((time) => relativeTime(0, time))).toEqual(["just now", "20 sec. ago", "3 min. ago", "1 hr. ago", "yesterday", "3 days ago", "2 mo. ago", "2 yr. ago"]);
    expect([180_000, day, 5 * day].map((time) => relativeTime(time, 0))).toEqual(["in 3 min.", "tomorrow", "in 5 days"]);
  });
});
