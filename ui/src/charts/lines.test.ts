import { describe, expect, it } from "vitest";

import { groupLines } from "./groups";
import { lineScene } from "./line-scene";
import type { Ink } from "./layouts";
import { seriesOf } from "./series";
import { svgText } from "./scene";

const line = (run_id: string, steps: number[], values: (number | "NaN")[]) => ({ run_id, metric_key: "loss", steps, values, timestamps: steps.map((step) => 1_000_000 + step * 1000), point_count: steps.length });
const groups = new Map([["a", "x"], ["b", "x"], ["c", "y"], ["d", "y"]]);

describe("groups of lines", () => {
  it("have the mean of their runs and a band over them, between points too", () => {
    const [x, y] = groupLines([line("a", [0, 2, 4], [0, 2, 4]), line("b", [0, 4], [10, 10]), line("c", [1], [5]), line("other", [0], [99])], groups, "step");
    expect(x).toMatchObject({ run_id: "x", metric_key: "loss", steps: [0, 2, 4], values: [5, 6, 7], minimums: [0, 2, 4], maximums: [10, 10, 10], point_count: 5 });
    expect(y).toMatchObject({ run_id: "y", steps: [1], values: [5] });
  });
  it("count a run between its ends only, and no value that is no number", () => {
    const [x] = groupLines([line("a", [0, 1, 2, 3], [1, "NaN", 3, 4]), line("b", [2, 3], [7, 8])], groups, "step");
    expect([x?.steps, x?.values]).toEqual([[0, 2, 3], [1, 5, 6]]);
    expect(groupLines([line("a", [0], ["NaN"])], groups, "step")).toEqual([]);
  });
  it("lie over each other by the time since each began", () => {
    const late = { ...line("b", [0, 1], [3, 5]), timestamps: [9_000_000, 9_001_000] };
    const [x] = groupLines([line("a", [0, 1], [1, 3]), late], groups, "relative");
    expect(x && seriesOf(x, "relative", 0)).toMatchObject({ x: [0, 1], y: [2, 4], low: [1, 3], high: [3, 5] });
  });
  it("stay small whatever their runs have", () => {
    const many = Array.from({ length: 50 }, (_, run) => line(`r${run}`, Array.from({ length: 600 }, (_, i) => i * 50 + run), Array.from({ length: 600 }, () => run)));
    const [x] = groupLines(many, new Map(many.map(({ run_id }) => [run_id, "all"])), "step");
    expect(x?.steps).toHaveLength(600);
    expect([x?.steps?.[0], x?.steps?.at(-1)]).toEqual([0, 29_999]);
  });
});

describe("a line chart as a file", () => {
  const ink: Ink = { dark: false, text: "#000", muted: "#666", grid: "#ddd", accent: "#088" };
  const names = new Map([["a", { id: "a", name: "<b>run</b>", number: 0 }]]);
  const drawn = (values: (number | "NaN")[], log = { x: false, y: false }) => lineScene("loss", [line("a", values.map((_, i) => i), values)], names, { axis: "step", weight: 0, log }, ink);
  const curves = (scene: ReturnType<typeof drawn>) => scene.shapes.filter((shape) => shape.kind === "line" && shape.width === 1.6);
  it("has its lines, its title and its names, and no markup of others", () => {
    const text = svgText(drawn([1, 2, 3]), "#fff");
    expect(text).toContain(">loss</text>");
    expect(text).toContain("&lt;b&gt;run");
    expect(curves(drawn([1, 2, 3]))).toHaveLength(1);
  });
  it("breaks lines where there is no value, and where a logarithm has none", () => {
    expect(curves(drawn([1, 2, "NaN", 3, 4]))).toHaveLength(2);
    expect(curves(drawn([1, 2, -1, 3, 4], { x: false, y: true }))).toHaveLength(2);
  });
  it("leaves out what a logarithm of the step has no place for", () => {
    const [curve] = curves(drawn([5, 6, 7, 8, 9], { x: true, y: false }));
    const across = curve?.kind === "line" ? curve.points.map(([x]) => x) : [];
    expect(across).toHaveLength(4);
    // Steps 1, 2 and 4 lie as far from each other.
    expect((across[1] ?? 0) - (across[0] ?? 0)).toBeCloseTo((across[3] ?? 0) - (across[1] ?? 0));
    expect(svgText(drawn([5], { x: true, y: true }), "#fff")).not.toMatch(/NaN|Infinity/);
  });
  it("stays whole without a single value", () => {
    expect(svgText(drawn(["NaN"]), "#fff")).not.toMatch(/NaN|Infinity/);
  });
});
