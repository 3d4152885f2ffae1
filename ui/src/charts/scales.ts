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

function linear(values: readonly number[], ticks: number): Scale {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low === high) {
    low -= Math.abs(low) / 10 || 1;
    high += Math.abs(high) / 10 || 1;
  }
  const at = (value: number) => (value - low) / (high - low);
  return {
    isNumber: true,
    place: (value) => {
      const parsed = asNumber(value);
      return parsed === null ? null : at(parsed);
    },
    ticks: niceTicks(low, high, ticks).map((tick) => ({ at: at(tick), label: number(tick) })),
  };
}

function logarithmic(values: readonly number[], ticks: number): Scale {
  const inner = linear(values.map(Math.log10), ticks);
  return {
    isNumber: true,
    place: (value) => {
      const parsed = asNumber(value);
      return parsed !== null && parsed > 0 ? inner.place(Math.log10(parsed)) : null;
    },
    ticks: inner.ticks.map(({ at, label }) => ({ at, label: number(10 ** Number(label)) })),
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
