import { number } from "../format";
import { short } from "./scene";

/** A value of a run as a chart takes it. */
export type Value = number | string | undefined;

/** Where values lie between 0 and 1, and what is written beside them. */
export interface Scale {
  place: (value: Value) => number | null;
  ticks: { at: number; label: string }[];
  isNumber: boolean;
}

const mostCategories = 40;

function asNumber(value: Value): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (value === undefined || value.trim() === "") return null;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : null;
}

/** True of what a logarithmic axis has a place for. */
export function isAboveZero(value: Value): boolean {
  return (asNumber(value) ?? 0) > 0;
}

/** Round numbers over a range, about as many as asked for. */
export function niceTicks(low: number, high: number, wanted: number): number[] {
  const rough = (high - low) / Math.max(1, wanted);
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step * 1e-9; tick += step) ticks.push(Math.abs(tick) < step * 1e-9 ? 0 : tick);
  return ticks;
}

/** Round numbers over a range above zero: powers of ten, or with their doubles and fives, or evenly over less than that. */
export function logTicks(low: number, high: number, wanted: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.ceil((last - first + 1) / (wanted + 1));
  const factors = last - first >= 2 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = first - 1; power <= last; power++) {
    if (factors.length === 1 && (power - first) % every !== 0) continue;
    // As text, since powers of ten below one are no exact products.
    for (const factor of factors) ticks.push(Number(`${factor}e${power}`));
  }
  const inside = ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
  return inside.length > 1 ? inside : niceTicks(low, high, wanted);
}

function rangeOf(values: readonly number[]): [low: number, high: number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low === high ? [low - (Math.abs(low) / 10 || 1), high + (Math.abs(high) / 10 || 1)] : [low, high];
}

/** "1e-5" rather than "1.000e-5". */
function tickText(value: number): string {
  return number(value).replace(/\.?0+e/, "e");
}

function linear(values: readonly number[], ticks: number): Scale {
  const [low, high] = rangeOf(values);
  const at = (value: number) => (value - low) / (high - low);
  return {
    isNumber: true,
    place: (value) => {
      const parsed = asNumber(value);
      return parsed === null ? null : at(parsed);
    },
    ticks: niceTicks(low, high, ticks).map((tick) => ({ at: at(tick), label: tickText(tick) })),
  };
}

function logarithmic(values: readonly number[], ticks: number): Scale {
  const [low, high] = rangeOf(values.map(Math.log10));
  const at = (value: number) => (Math.log10(value) - low) / (high - low);
  return {
    isNumber: true,
    place: (value) => {
      const parsed = asNumber(value);
      return parsed !== null && parsed > 0 ? at(parsed) : null;
    },
    ticks: logTicks(10 ** low, 10 ** high, ticks).map((tick) => ({ at: at(tick), label: tickText(tick) })),
  };
}

function categories(values: readonly string[]): Scale {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const names = [...counts.keys()].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const at = new Map(names.map((name, i) => [name, names.length > 1 ? i / (names.length - 1) : 0.5]));
  const every = Math.ceil(names.length / mostCategories);
  return {
    isNumber: false,
    place: (value) => (value === undefined ? null : (at.get(String(value)) ?? null)),
    ticks: names.filter((_, i) => i % every === 0).map((name) => ({ at: at.get(name) ?? 0, label: short(name, 14) })),
  };
}

/** Numbers are laid out as numbers, also those that are written as texts; anything else by name. */
export function scaleOf(values: readonly Value[], options: { log?: boolean; ticks?: number } = {}): Scale {
  const given = values.filter((value): value is number | string => value !== undefined);
  const numbers = given.map(asNumber).filter((value): value is number => value !== null);
  const allNumbers = given.every((value) => typeof value === "number" || asNumber(value) !== null);
  if (numbers.length === 0 || !allNumbers) return categories(given.map(String));
  const positive = numbers.filter((value) => value > 0);
  if (options.log && positive.length > 0) return logarithmic(positive, options.ticks ?? 5);
  return linear(numbers, options.ticks ?? 5);
}
