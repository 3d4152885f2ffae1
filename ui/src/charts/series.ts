import { real } from "../api/table";
import type { MetricLine } from "../api/contract.gen";
import type { Axis } from "./axis";

/** Which axes are logarithmic. */
export interface LogAxes {
  x: boolean;
  y: boolean;
}

/** One drawn line with its band of extremes, in order of x. */
export interface Series {
  run: string;
  x: number[];
  y: (number | null)[];
  low: (number | null)[] | null;
  high: (number | null)[] | null;
  points: number;
}

function drawable(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/**
 * Exponential smoothing with `weight` in 0..1, free of the bias towards zero at the start; points without a number
 * are passed over and stay as they are.
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values];
  let last = 0;
  let seen = 0;
  return values.map((value) => {
    if (value === null) return null;
    last = last * weight + (1 - weight) * value;
    seen++;
    return last / (1 - weight ** seen);
  });
}

/** Where a line's points lie: by step, by the clock in seconds, or by seconds since its first point. */
export function positions(line: MetricLine, axis: Axis): number[] {
  if (axis === "step") return line.steps ?? [];
  const times = line.timestamps ?? [];
  const zero = axis === "relative" ? times.reduce((least, time) => Math.min(least, time), Infinity) : 0;
  return times.map((time) => (time - zero) / 1000);
}

export function seriesOf(line: MetricLine, axis: Axis, weight: number): Series {
  const x = positions(line, axis);
  const y = (line.values ?? []).map((value) => drawable(real(value)));
  const extremes = (values: MetricLine["minimums"]) => (values && values.length > 0 ? values.map((value) => drawable(real(value))) : null);
  // By time, points may come in another order than by step.
  const order = x.map((_, i) => i).sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0));
  const pick = <T,>(list: readonly T[]) => order.map((i) => list[i] as T);
  const low = extremes(line.minimums);
  const high = extremes(line.maximums);
  return {
    run: line.run_id ?? "",
    x: pick(x),
    y: smooth(pick(y), weight),
    low: low && pick(low),
    high: high && pick(high),
    points: line.point_count ?? 0,
  };
}

/** Without what a logarithmic axis has no place for: points at or before zero across, values at or below it up. */
export function onLogAxes(series: Series, { x, y }: LogAxes): Series {
  const shown = series.x.flatMap((value, i) => (x && value <= 0 ? [] : [i]));
  const pick = (values: readonly (number | null)[]) => shown.map((i) => values[i] ?? null).map((value) => (y && value !== null && value <= 0 ? null : value));
  return { ...series, x: shown.map((i) => series.x[i] ?? 0), y: pick(series.y), low: series.low && pick(series.low), high: series.high && pick(series.high) };
}

/** All series over one shared, sorted x: a column of values, of least and of greatest ones for each. Places where a series has no point are undefined, for the line to go on; without extremes there are none. */
export function align(series: readonly Series[]): { x: number[]; columns: ((number | null | undefined)[])[] } {
  const all = new Set<number>();
  for (const one of series) for (const x of one.x) all.add(x);
  const x = [...all].sort((a, b) => a - b);
  const at = new Map(x.map((value, i) => [value, i]));
  const place = (one: Series, values: readonly (number | null)[]) => {
    const column = new Array<number | null | undefined>(x.length).fill(undefined);
    one.x.forEach((value, i) => {
      column[at.get(value) ?? 0] = values[i] ?? null;
    });
    return column;
  };
  const nothing = new Array<undefined>(x.length).fill(undefined);
  const columns: ((number | null | undefined)[])[] = [];
  for (const one of series) columns.push(place(one, one.y), one.low ? place(one, one.low) : nothing, one.high ? place(one, one.high) : nothing);
  return { x, columns };
}

const light = ["#0b6e66", "#c2410c", "#3b5bdb", "#b02a8f", "#7a6a00", "#1c7ed6", "#c92a2a", "#5f3dc4", "#2b8a3e", "#6b4423"];
const dark = ["#4fc9bb", "#ff9f5a", "#8ea5ff", "#f08bd4", "#d9c64a", "#6fc3ff", "#ff8f85", "#b9a2ff", "#7ddc8a", "#d0a07a"];

/** Colours that stay apart, and dashes once they are used up. */
export function strokeOf(number: number, isDark: boolean): { color: string; dash: number[] } {
  const palette = isDark ? dark : light;
  const round = Math.floor(number / palette.length);
  return { color: palette[number % palette.length] ?? "#888", dash: [[], [6, 3], [2, 3], [8, 3, 2, 3]][round % 4] ?? [] };
}
