import type { MetricLine } from "../api/contract.gen";
import { axisTime, number, zoneName } from "../format";
import type { Axis } from "./axis";
import type { RunName } from "./line-chart";
import type { Ink } from "./layouts";
import { scaleOf } from "./scales";
import { fontSize, short, type Scene, type Shape } from "./scene";
import { onLogAxes, seriesOf, strokeOf, type LogAxes, type Series } from "./series";

interface Options {
  axis: Axis;
  weight: number;
  log: LogAxes;
}

const size = { width: 900, plot: 420 };
const margin = { left: 64, right: 16, top: 34, bottom: 42 };
const legendWidth = 285;
const mostNamed = 60;

type Point = readonly [number, number];

/** The pieces of a line between places without a value. */
function pieces(points: readonly (Point | null)[]): Point[][] {
  const found: Point[][] = [[]];
  for (const point of points) {
    if (point) found.at(-1)?.push(point);
    else if (found.at(-1)?.length) found.push([]);
  }
  return found.filter((piece) => piece.length > 0);
}

function span(seconds: number): string {
  if (Math.abs(seconds) >= 3600) return `${number(Math.round(seconds / 36) / 100)} h`;
  return Math.abs(seconds) >= 60 ? `${number(Math.round(seconds / 6) / 10)} min` : `${number(Math.round(seconds * 10) / 10)} s`;
}

function xLabel(axis: Axis, value: number): string {
  if (axis === "step") return number(value);
  return axis === "relative" ? span(value) : axisTime(value * 1000);
}

function lineShapes(series: Series, stroke: { color: string; dash: number[] }, place: (x: number, y: number | null | undefined) => Point | null): Shape[] {
  const shapes: Shape[] = [];
  const { low, high } = series;
  if (low && high) {
    const upper = series.x.map((x, i) => place(x, high[i])).filter((point) => point !== null);
    const lower = series.x.map((x, i) => place(x, low[i])).filter((point) => point !== null);
    if (upper.length > 1) shapes.push({ kind: "area", points: [...upper, ...lower.reverse()], fill: stroke.color, opacity: 0.15 });
  }
  for (const points of pieces(series.x.map((x, i) => place(x, series.y[i])))) {
    if (points.length > 1) shapes.push({ kind: "line", points, stroke: stroke.color, width: 1.6, dash: stroke.dash });
    else for (const [x, y] of points) shapes.push({ kind: "circle", x, y, r: 2.5, fill: stroke.color });
  }
  return shapes;
}

/** A line chart as a file shows it: with its title, axes, and the names of its lines below. */
export function lineScene(title: string, lines: readonly MetricLine[], runs: ReadonlyMap<string, RunName>, { axis, weight, log }: Options, ink: Ink): Scene {
  const all = lines.map((line) => onLogAxes(seriesOf(line, axis, weight), log));
  const y = scaleOf(all.flatMap((one) => [...one.y, ...(one.low ?? []), ...(one.high ?? [])].filter((value) => value !== null)), { log: log.y, ticks: 6 });
  const xs = all.flatMap((one) => one.x);
  const x = scaleOf(xs, { log: log.x, ticks: 7 });
  const [first, last] = xs.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
  const width = size.width - margin.left - margin.right;
  const height = size.plot - margin.top - margin.bottom;
  const place = (at: number, value: number | null | undefined): Point | null => {
    const [across, up] = [x.place(at), value === null || value === undefined ? null : y.place(value)];
    return across === null || up === null ? null : [margin.left + across * width, margin.top + (1 - up) * height];
  };
  const shapes: Shape[] = [{ kind: "text", x: margin.left, y: 20, text: short(title, 90), fill: ink.text, size: 14 }];
  for (const tick of y.ticks) {
    const at = margin.top + (1 - tick.at) * height;
    shapes.push({ kind: "line", points: [[margin.left, at], [margin.left + width, at]], stroke: ink.grid, width: 1 });
    shapes.push({ kind: "text", x: margin.left - 6, y: at + 4, text: tick.label, fill: ink.muted, anchor: "end" });
  }
  const valueAt = (part: number) => (log.x ? first * (last / first) ** part : first + part * (last - first));
  for (const tick of x.ticks) {
    const at = margin.left + tick.at * width;
    shapes.push({ kind: "line", points: [[at, margin.top], [at, margin.top + height]], stroke: ink.grid, width: 1 });
    shapes.push({ kind: "text", x: at, y: margin.top + height + 16, text: xLabel(axis, first === last ? first : valueAt(tick.at)), fill: ink.muted, anchor: "middle" });
  }
  shapes.push({ kind: "text", x: margin.left + width / 2, y: size.plot - 8, text: { step: "step", time: `time (${zoneName()})`, relative: "since the first point" }[axis], fill: ink.muted, anchor: "middle" });
  const strokes = all.map((one) => strokeOf(runs.get(one.run)?.number ?? 0, ink.dark));
  all.forEach((one, i) => shapes.push(...lineShapes(one, strokes[i] ?? { color: ink.text, dash: [] }, place)));
  const columns = Math.floor(width / legendWidth);
  const named = all.slice(0, mostNamed);
  named.forEach((one, i) => {
    const left = margin.left + (i % columns) * legendWidth;
    const top = size.plot + 14 + Math.floor(i / columns) * (fontSize + 7);
    shapes.push({ kind: "line", points: [[left, top - 4], [left + 18, top - 4]], stroke: strokes[i]?.color ?? ink.text, width: 2, dash: strokes[i]?.dash ?? [] });
    shapes.push({ kind: "text", x: left + 24, y: top, text: short(runs.get(one.run)?.name ?? one.run, 40), fill: ink.text });
  });
  if (all.length > mostNamed) shapes.push({ kind: "text", x: margin.left, y: size.plot + 14 + Math.ceil(named.length / columns) * (fontSize + 7), text: `and ${all.length - mostNamed} more`, fill: ink.muted });
  return { width: size.width, height: size.plot + 20 + Math.ceil((named.length + (all.length > mostNamed ? columns : 0)) / columns) * (fontSize + 7), shapes };
}
