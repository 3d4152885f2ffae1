import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { Direction } from "../api/best";
import { call } from "../api/client";
import type { MetricLine } from "../api/contract.gen";
import { useChanges } from "../api/live";
import { real } from "../api/table";

/** The history of one metric of one run in short: its extremes, and a few points to draw. */
export interface Curve {
  min: number;
  max: number;
  points: readonly number[];
}

const curvePoints = 40;
const mostKeys = 20;

/** Extremes of a line, NaN where it has no number; infinite ones count. */
export function curveOf(line: MetricLine): Curve {
  const points = (line.values ?? []).map(real);
  const lows = (line.minimums?.length ? line.minimums : (line.values ?? [])).map(real).filter((value) => !Number.isNaN(value));
  const highs = (line.maximums?.length ? line.maximums : (line.values ?? [])).map(real).filter((value) => !Number.isNaN(value));
  return { min: lows.length > 0 ? Math.min(...lows) : NaN, max: highs.length > 0 ? Math.max(...highs) : NaN, points };
}

export function bestOf(curve: Curve, direction: Direction): number {
  return direction === "lowest" ? curve.min : curve.max;
}

export async function loadCurves(runs: readonly string[], keys: readonly string[], points: number): Promise<Map<string, Curve>> {
  const answer = await call("GetMetricLines", { run_ids: [...runs], metric_keys: keys.slice(0, mostKeys), max_points: points, without_timestamps: true });
  return new Map((answer.lines ?? []).map((line) => [curveKey(line.run_id ?? "", line.metric_key ?? ""), curveOf(line)]));
}

export function curveKey(run: string, metric: string): string {
  return `${run} ${metric}`;
}

/** Curves of the runs that are in sight, loaded when they come there and anew when the runs change. */
export function useCurves() {
  const [version, renew] = useState(0);
  const known = useRef(new Map<string, Curve | null>());
  const sight = useRef<{ runs: readonly string[]; keys: readonly string[] }>({ runs: [], keys: [] });
  const timer = useRef(0);
  const load = useCallback(() => {
    const { runs, keys } = sight.current;
    const missing = runs.filter((run) => keys.some((key) => !known.current.has(curveKey(run, key))));
    if (missing.length === 0) return;
    for (const run of missing) for (const key of keys) if (!known.current.has(curveKey(run, key))) known.current.set(curveKey(run, key), null);
    loadCurves(missing, keys, curvePoints).then(
      (curves) => {
        for (const [key, curve] of curves) known.current.set(key, curve);
        renew((old) => old + 1);
      },
      () => {
        for (const run of missing) for (const key of keys) known.current.delete(curveKey(run, key));
      },
    );
  }, []);
  const see = useCallback(
    (runs: readonly string[], keys: readonly string[]) => {
      sight.current = { runs, keys };
      clearTimeout(timer.current);
      if (runs.length > 0 && keys.length > 0) timer.current = window.setTimeout(load, 60);
    },
    [load],
  );
  useEffect(() => () => clearTimeout(timer.current), []);
  useChanges((change) => {
    const { runs, keys } = sight.current;
    if (keys.length === 0) return;
    const changed = change.all ? runs : change.runs;
    for (const run of changed) for (const key of keys) known.current.delete(curveKey(run, key));
    clearTimeout(timer.current);
    timer.current = window.setTimeout(load, 400);
  });
  const of = useMemo(
    () => (run: string, metric: string) => known.current.get(curveKey(run, metric)) ?? undefined,
    // Another function when more has come: rows that are drawn compare it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [version],
  );
  return { of, see };
}
