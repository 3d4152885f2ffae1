import { describe, expect, it } from "vitest";

import { bars, boxes, contour, parallel, quantile, scatter, type Datum, type Ink } from "./layouts";
import { moved, readPanels, writePanels } from "./panel-list";
import { isAboveZero, logTicks, niceTicks, scaleOf } from "./scales";
import { svgText, xmlText } from "./scene";

const ink: Ink = { dark: false, text: "#000", muted: "#666", grid: "#ddd", accent: "#088" };
const linear = { x: false, y: false };
const size = { width: 400, height: 280 };
const data: Datum[] = [
  { id: "a", name: "<b>&", values: [0.1, 1, "x"] },
  { id: "b", name: "b", values: [0.2, NaN, "y"] },
  { id: "c", name: "c", values: [0.3, Infinity, "y"] },
  { id: "d", name: "d", values: [undefined, 2, "y"] },
  { id: "e", name: "e", values: [0.4, 3, "y"] },
];

describe("panels in the address bar", () => {
  it("come back as they were, whatever keys hold", () => {
    const columns = ["params.a:b,c%" as const, "metrics.ü" as const];
    const panels = [[false, false], [true, false], [false, true], [true, true]].map(([x = false, y = false]) => ({ kind: "scatter" as const, columns, log: { x, y } }));
    expect(readPanels(writePanels(panels))).toEqual(panels);
    expect(writePanels(panels.slice(2))).toMatch(/^scatter\.y:.*,scatter\.xy:/);
  });
  it("leave out what is no panel", () => {
    expect(readPanels("scatter:metrics.a,pie:metrics.a,constructor:metrics.a,bar:javascript.x,box:metrics.a:%E0%A4%A,bar:min.a")).toEqual([]);
  });
  it("have no logarithmic axes where the chart has none", () => {
    expect(readPanels("bar.xy:metrics.a,contour.q:metrics.a:metrics.b:metrics.c").map(({ kind, log }) => [kind, log])).toEqual([["bar", linear], ["contour", linear]]);
  });
  it("move to another place", () => {
    expect(moved([1, 2, 3], 0, 2)).toEqual([2, 3, 1]);
    expect(moved([1, 2, 3], 2, -5)).toEqual([3, 1, 2]);
  });
});

describe("scales", () => {
  it("take texts of numbers as numbers and others by name", () => {
    expect(scaleOf(["0.1", "0.3"]).isNumber).toBe(true);
    const names = scaleOf(["b", "a10", "a9", undefined]);
    expect(names.ticks.map((tick) => tick.label)).toEqual(["a9", "a10", "b"]);
    expect(names.place(undefined)).toBeNull();
  });
  it("have no place for what is no finite number", () => {
    const scale = scaleOf([1, 2, NaN, -Infinity]);
    expect([1, 2, NaN, Infinity].map(scale.place)).toEqual([0, 1, null, null]);
    expect(scaleOf([-1, 1, 100], { log: true }).place(-1)).toBeNull();
  });
  it("tick at round numbers", () => {
    expect(niceTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
    expect(niceTicks(3, 3, 5)).toEqual([3]);
  });
  it("tick at powers of ten on a logarithmic axis, and between them where there are few", () => {
    expect(logTicks(1e-5, 1, 6)).toEqual([1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1]);
    expect(logTicks(1e-20, 1, 5)).toHaveLength(6);
    expect(logTicks(0.003, 0.1, 5)).toEqual([0.005, 0.01, 0.02, 0.05, 0.1]);
    expect(logTicks(3, 4, 2)).toEqual([3, 3.5, 4]);
    expect(scaleOf([1e-5, 1], { log: true }).ticks[0]).toEqual({ at: 0, label: "1e-5" });
    expect(scaleOf([7], { log: true }).place(7)).toBeCloseTo(0.5);
  });
  it("put equal factors equally far apart on a logarithmic axis", () => {
    const { place } = scaleOf(["0.001", 0.01, 1], { log: true });
    expect([0.001, 0.01, 1].map(place)).toEqual([0, 1 / 3, 1].map((at) => expect.closeTo(at) as number));
    expect([1, "0.1", 0, "-1", "x", undefined, NaN, Infinity].map(isAboveZero)).toEqual([true, true, false, false, false, false, false, false]);
  });
});

describe("charts", () => {
  it("leave out runs without a place", () => {
    expect(scatter(data, ["x", "y"], size, ink, linear).spots.map((spot) => spot.run)).toEqual(["a", "e"]);
    expect(contour(data, ["x", "y", "z"], size, ink, linear).spots).toHaveLength(2);
  });
  it("leave out of logarithmic axes what is not above zero", () => {
    const signed: Datum[] = [[1, 10], [10, 10], [100, 0], [-1, 10]].map((values, i) => ({ id: String(i), name: "", values: [...values, 1] }));
    for (const layout of [scatter, contour]) {
      const spots = (x: boolean, y: boolean) => layout(signed, ["x", "y", "z"], size, ink, { x, y }).spots;
      expect(spots(false, false).map((spot) => spot.run)).toEqual(["0", "1", "2", "3"]);
      expect(spots(true, false).map((spot) => spot.run)).toEqual(["0", "1", "2"]);
      expect(spots(true, true).map((spot) => spot.run)).toEqual(["0", "1"]);
      const [first, second, third] = spots(true, false).map((spot) => spot.x);
      expect((second ?? 0) - (first ?? 0)).toBeCloseTo((third ?? 0) - (second ?? 0));
    }
  });
  it("stay whole without any run", () => {
    for (const layout of [bars, boxes, contour, parallel]) expect(layout([], ["x", "y", "z"], size, ink, linear).spots).toEqual([]);
    expect(scatter([], ["x", "y"], size, ink, { x: true, y: true }).spots).toEqual([]);
  });
  it("put groups together", () => {
    const grouped = data.map((datum) => ({ ...datum, values: [datum.values[0], datum.values[2]] }));
    expect(bars(grouped, ["x", "g"], size, ink).spots.map((spot) => [spot.title, spot.facts[0]])).toEqual([["x", "x: 0.1"], ["y", "mean: 0.3"]]);
    expect(boxes(grouped, ["x", "g"], size, ink).spots[1]?.facts[0]).toBe("median: 0.3");
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  });
  it("draw a run over the axes that it has values for", () => {
    const { scene } = parallel(data, ["x", "y", "z"], size, ink);
    expect(scene.shapes.filter((shape) => shape.kind === "line" && shape.opacity === 0.6).map((shape) => shape.kind === "line" && shape.points.length)).toEqual([3, 2, 2, 2, 3]);
  });
  it("become SVG without markup of others and without what XML cannot hold", () => {
    expect(xmlText('<a b="c">&\u0000')).toBe("&lt;a b=&quot;c&quot;&gt;&amp;\ufffd");
    expect(svgText(bars(data.slice(0, 1), ["x"], size, ink).scene, "#fff")).toContain("&lt;b&gt;&amp;");
  });
});
