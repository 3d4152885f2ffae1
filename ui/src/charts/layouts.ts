import { number } from "../format";
import { scaleOf, type Scale, type Value } from "./scales";
import { short, type Scene, type Shape } from "./scene";
import { strokeOf, type LogAxes } from "./series";

/** A run as panels draw it: one value for each column of the panel. */
export interface Datum {
  id: string;
  name: string;
  values: readonly Value[];
}

export interface Ink {
  dark: boolean;
  text: string;
  muted: string;
  grid: string;
  accent: string;
}

/** A place of a chart that stands for something: what it says, and the runs behind it. */
export interface Spot {
  x: number;
  y: number;
  title: string;
  facts: string[];
  run?: string;
}

export interface Layout {
  scene: Scene;
  spots: Spot[];
}

export interface Size {
  width: number;
  height: number;
}

const left = 62;
const right = 16;
const top = 12;
const bottom = 40;

interface Frame {
  x: (at: number) => number;
  y: (at: number) => number;
}

function frameOf({ width, height }: Size): Frame {
  return { x: (at) => left + at * (width - left - right), y: (at) => height - bottom - at * (height - top - bottom) };
}

function axes(size: Size, ink: Ink, x: Scale, y: Scale, names: readonly [string, string]): Shape[] {
  const frame = frameOf(size);
  const shapes: Shape[] = [];
  for (const { at, label } of y.ticks) {
    shapes.push({ kind: "line", points: [[frame.x(0), frame.y(at)], [frame.x(1), frame.y(at)]], stroke: ink.grid, width: 1 });
    shapes.push({ kind: "text", x: frame.x(0) - 6, y: frame.y(at) + 4, text: short(label, 9), fill: ink.muted, anchor: "end" });
  }
  const room = Math.max(1, Math.floor((size.width - left - right) / 64));
  const every = Math.ceil(x.ticks.length / room);
  x.ticks.forEach(({ at, label }, i) => {
    if (i % every !== 0) return;
    shapes.push({ kind: "text", x: frame.x(at), y: frame.y(0) + 15, text: short(label, 10), fill: ink.muted, anchor: "middle" });
  });
  shapes.push({ kind: "text", x: frame.x(0.5), y: size.height - 8, text: short(names[0], 40), fill: ink.text, anchor: "middle" });
  shapes.push({ kind: "text", x: 11, y: frame.y(0.5), text: short(names[1], 30), fill: ink.text, anchor: "middle", turned: true });
  return shapes;
}

const say = (value: Value) => (typeof value === "number" ? number(value) : (value ?? "–"));

/** Colours from cold to warm for values between 0 and 1. */
export function heat(at: number, dark: boolean): string {
  const stops = dark ? [[58, 96, 160], [60, 170, 160], [240, 210, 90]] : [[45, 60, 130], [20, 130, 120], [225, 160, 20]];
  const scaled = Math.max(0, Math.min(1, at)) * 2;
  const i = scaled >= 1 ? 1 : 0;
  const mix = stops[i]?.map((from, c) => Math.round(from + ((stops[i + 1]?.[c] ?? from) - from) * (scaled - i))) ?? [];
  return `rgb(${mix.join(",")})`;
}

/** Which colour a run has by the column of its group or value, and what the colours mean. */
function colours(data: readonly Datum[], column: number | null, ink: Ink): (datum: Datum) => string {
  if (column === null) return () => ink.accent;
  const values = data.map((datum) => datum.values[column]);
  const scale = scaleOf(values);
  const distinct = [...new Set(values.map(String))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  if (scale.isNumber && distinct.length > 8) return (datum) => heat(scale.place(datum.values[column]) ?? 0, ink.dark);
  return (datum) => strokeOf(distinct.indexOf(String(datum.values[column])), ink.dark).color;
}

/** Each run a point; columns: x, y and, when there is a third, the colour. */
export function scatter(data: readonly Datum[], names: readonly string[], size: Size, ink: Ink, log: LogAxes): Layout {
  const x = scaleOf(data.map((datum) => datum.values[0]), { log: log.x, ticks: 6 });
  const y = scaleOf(data.map((datum) => datum.values[1]), { log: log.y, ticks: 5 });
  const frame = frameOf(size);
  const colour = colours(data, names.length > 2 ? 2 : null, ink);
  const shapes = axes(size, ink, x, y, [names[0] ?? "", names[1] ?? ""]);
  const spots: Spot[] = [];
  for (const datum of data) {
    const atX = x.place(datum.values[0]);
    const atY = y.place(datum.values[1]);
    if (atX === null || atY === null) continue;
    const spot = { x: frame.x(atX), y: frame.y(atY), title: datum.name, run: datum.id, facts: names.map((name, i) => `${name}: ${say(datum.values[i])}`) };
    spots.push(spot);
    shapes.push({ kind: "circle", x: spot.x, y: spot.y, r: data.length > 500 ? 2.5 : 4, fill: colour(datum), opacity: 0.75 });
  }
  return { scene: { ...size, shapes }, spots };
}

/** The mean of the third column over a grid of the first two, by inverse distance; the runs lie over it. */
export function contour(data: readonly Datum[], names: readonly string[], size: Size, ink: Ink, log: LogAxes): Layout {
  const scales = [log.x, log.y, false].map((isLog, i) => scaleOf(data.map((datum) => datum.values[i]), { log: isLog, ticks: 5 }));
  const [x, y, z] = scales as [Scale, Scale, Scale];
  const frame = frameOf(size);
  const known = data.flatMap((datum) => {
    const [a, b, c] = [x.place(datum.values[0]), y.place(datum.values[1]), z.place(datum.values[2])];
    return a === null || b === null || c === null ? [] : [{ datum, a, b, c }];
  });
  const shapes: Shape[] = [];
  const cells = known.length > 0 ? 28 : 0;
  for (let i = 0; i < cells; i++) {
    for (let j = 0; j < cells; j++) {
      const [u, v] = [(i + 0.5) / cells, (j + 0.5) / cells];
      let sum = 0;
      let weight = 0;
      for (const { a, b, c } of known) {
        const near = 1 / ((a - u) ** 2 + (b - v) ** 2 + 0.0015) ** 1.5;
        sum += c * near;
        weight += near;
      }
      // Whole pixels: neighbours neither overlap nor leave a seam.
      const [x0, x1, y0, y1] = [frame.x(i / cells), frame.x((i + 1) / cells), frame.y((j + 1) / cells), frame.y(j / cells)].map(Math.round) as [number, number, number, number];
      shapes.push({ kind: "rect", x: x0, y: y0, width: x1 - x0, height: y1 - y0, fill: heat(sum / weight, ink.dark), opacity: 0.55 });
    }
  }
  shapes.push(...axes(size, ink, x, y, [names[0] ?? "", names[1] ?? ""]));
  const spots = known.map(({ datum, a, b }): Spot => ({ x: frame.x(a), y: frame.y(b), title: datum.name, run: datum.id, facts: names.map((name, i) => `${name}: ${say(datum.values[i])}`) }));
  known.forEach(({ c }, i) => shapes.push({ kind: "circle", x: spots[i]?.x ?? 0, y: spots[i]?.y ?? 0, r: 4, fill: heat(c, ink.dark), stroke: ink.text }));
  return { scene: { ...size, shapes }, spots };
}

/** Each run a line over one axis a column; the colour follows the last one. */
export function parallel(data: readonly Datum[], names: readonly string[], size: Size, ink: Ink): Layout {
  const frame = { top: 34, bottom: size.height - 16, left: 60, right: size.width - 60 };
  const scales = names.map((_, i) => scaleOf(data.map((datum) => datum.values[i]), { ticks: 6 }));
  const colour = colours(data, names.length - 1, ink);
  const x = (i: number) => (names.length > 1 ? frame.left + (i / (names.length - 1)) * (frame.right - frame.left) : size.width / 2);
  const y = (at: number) => frame.bottom - at * (frame.bottom - frame.top);
  const shapes: Shape[] = [];
  const spots: Spot[] = [];
  for (const datum of data) {
    const points = names.flatMap((_, i): [number, number][] => {
      const at = scales[i]?.place(datum.values[i]) ?? null;
      return at === null ? [] : [[x(i), y(at)]];
    });
    if (points.length < 2) continue;
    shapes.push({ kind: "line", points, stroke: colour(datum), width: 1.3, opacity: data.length > 200 ? 0.25 : 0.6 });
    const facts = names.map((name, i) => `${name}: ${say(datum.values[i])}`);
    for (const [px, py] of points) spots.push({ x: px, y: py, title: datum.name, run: datum.id, facts });
  }
  names.forEach((name, i) => {
    shapes.push({ kind: "line", points: [[x(i), frame.top], [x(i), frame.bottom]], stroke: ink.muted, width: 1 });
    shapes.push({ kind: "text", x: x(i), y: 18, text: short(name, Math.max(8, Math.floor(130 / names.length) + 8)), fill: ink.text, anchor: "middle" });
    const last = i === names.length - 1;
    for (const { at, label } of scales[i]?.ticks.slice(0, 12) ?? []) {
      shapes.push({ kind: "text", x: x(i) + (last ? 5 : -5), y: y(at) + 4, text: short(label, 9), fill: ink.muted, anchor: last ? "start" : "end", size: 10 });
    }
  });
  return { scene: { ...size, shapes }, spots };
}

interface Bar {
  label: string;
  values: number[];
  run?: string;
}

/** Runs one by one, or put together by the value of the second column. */
function barsOf(data: readonly Datum[], grouped: boolean): Bar[] {
  const finite = data.filter((datum) => typeof datum.values[0] === "number" && Number.isFinite(datum.values[0]));
  if (!grouped) return finite.map((datum) => ({ label: datum.name, values: [datum.values[0] as number], run: datum.id }));
  const groups = new Map<string, number[]>();
  for (const datum of finite) {
    const label = say(datum.values[1]);
    groups.set(label, [...(groups.get(label) ?? []), datum.values[0] as number]);
  }
  return [...groups.entries()].map(([label, values]) => ({ label, values })).sort((a, b) => a.label.localeCompare(b.label, "en", { numeric: true }));
}

const mostBars = 60;
export const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Value below which a part of the sorted values lies, between neighbours in proportion. */
export function quantile(sorted: readonly number[], part: number): number {
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** The value of a metric as bars: of runs, or the mean of groups with their least and greatest values. */
export function bars(data: readonly Datum[], names: readonly string[], size: Size, ink: Ink): Layout {
  const all = barsOf(data, names.length > 1).slice(0, mostBars);
  const y = scaleOf([0, ...all.flatMap((bar) => bar.values)], { ticks: 5 });
  const x = scaleOf(all.map((_, i) => `#${String(i).padStart(3, "0")}`));
  const named: Scale = { ...x, ticks: all.map((bar, i) => ({ at: (i + 0.5) / all.length, label: bar.label })) };
  const frame = frameOf(size);
  const shapes = axes(size, ink, named, y, [names[1] ?? "run", names[0] ?? ""]);
  const step = (frame.x(1) - frame.x(0)) / Math.max(1, all.length);
  const zero = frame.y(y.place(0) ?? 0);
  const spots = all.map((bar, i): Spot => {
    const mean = meanOf(bar.values);
    const middle = frame.x(0) + (i + 0.5) * step;
    const at = frame.y(y.place(mean) ?? 0);
    shapes.push({ kind: "rect", x: middle - step * 0.36, y: Math.min(at, zero), width: step * 0.72, height: Math.abs(at - zero), fill: strokeOf(names.length > 1 ? i : 0, ink.dark).color, opacity: 0.85 });
    const [low, high] = [Math.min(...bar.values), Math.max(...bar.values)];
    if (bar.values.length > 1) shapes.push({ kind: "line", points: [[middle, frame.y(y.place(low) ?? 0)], [middle, frame.y(y.place(high) ?? 0)]], stroke: ink.text, width: 1.4 });
    const facts = bar.values.length > 1 ? [`mean: ${number(mean)}`, `min: ${number(low)}`, `max: ${number(high)}`, `runs: ${bar.values.length}`] : [`${names[0] ?? ""}: ${number(mean)}`];
    return { x: middle, y: at, title: bar.label, facts, ...(bar.run ? { run: bar.run } : {}) };
  });
  return { scene: { ...size, shapes }, spots };
}

/** Quartiles of a metric by group, with whiskers to the last values within one and a half boxes, and what lies beyond. */
export function boxes(data: readonly Datum[], names: readonly string[], size: Size, ink: Ink): Layout {
  const groups = barsOf(data, true).slice(0, mostBars);
  const y = scaleOf(groups.flatMap((group) => group.values), { ticks: 5 });
  const named: Scale = { ...y, ticks: groups.map((group, i) => ({ at: (i + 0.5) / groups.length, label: group.label })) };
  const frame = frameOf(size);
  const shapes = axes(size, ink, named, y, [names[1] ?? "", names[0] ?? ""]);
  const step = (frame.x(1) - frame.x(0)) / Math.max(1, groups.length);
  const at = (value: number) => frame.y(y.place(value) ?? 0);
  const spots = groups.map((group, i): Spot => {
    const sorted = [...group.values].sort((a, b) => a - b);
    const [q1, q2, q3] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
    const reach = (q3 - q1) * 1.5;
    const inside = sorted.filter((value) => value >= q1 - reach && value <= q3 + reach);
    const [low, high] = [inside[0] ?? q1, inside.at(-1) ?? q3];
    const middle = frame.x(0) + (i + 0.5) * step;
    const half = Math.min(26, step * 0.32);
    const { color } = strokeOf(i, ink.dark);
    shapes.push({ kind: "line", points: [[middle, at(low)], [middle, at(high)]], stroke: ink.muted, width: 1.2 });
    shapes.push({ kind: "rect", x: middle - half, y: at(q3), width: half * 2, height: Math.max(1, at(q1) - at(q3)), fill: color, opacity: 0.55, stroke: color });
    shapes.push({ kind: "line", points: [[middle - half, at(q2)], [middle + half, at(q2)]], stroke: ink.text, width: 2 });
    for (const value of sorted) if (value < low || value > high) shapes.push({ kind: "circle", x: middle, y: at(value), r: 2.5, fill: color });
    return { x: middle, y: at(q2), title: group.label, facts: [`median: ${number(q2)}`, `quartiles: ${number(q1)} to ${number(q3)}`, `range: ${number(sorted[0] ?? NaN)} to ${number(sorted.at(-1) ?? NaN)}`, `runs: ${sorted.length}`] };
  });
  return { scene: { ...size, shapes }, spots };
}
