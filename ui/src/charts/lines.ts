import { call } from "../api/client";
import type { MetricLine } from "../api/contract.gen";
import { EarlyAnswers } from "../api/early-answers";

/** Points of a line of which some are put together: as many as a chart can show apart. */
export const mostPoints = 600;
/** Lines of no more points are drawn as they are. */
const exactPoints = 1500;
/** Metrics of one request. */
const mostKeys = 20;

/** Steps from and to, both among them. */
export type StepRange = [number, number];

type Take = (answer: Promise<MetricLine[]>) => void;

/** What lines are asked for. */
interface Wanted {
  runs: readonly string[];
  /** null: all steps */
  range: StepRange | null;
  /** With the times of points. */
  timed: boolean;
  /** A sample will do for a line of many points. */
  quick: boolean;
}

/** Charts ask together: those that come into sight at once make one request. */
const waiting = new Map<string, Map<string, Take[]>>();

/** The lines of a metric, one for each run that has it. */
export function linesOf(key: string, runs: readonly string[], range: StepRange | null, timed: boolean): Promise<MetricLine[]> {
  return asked(key, { runs, range, timed, quick: false });
}

/** The same of whole runs for a first look, as samples where they have many points. */
export function firstLinesOf(key: string, runs: readonly string[], timed: boolean): Promise<MetricLine[]> {
  const wanted = firstLook(runs, timed);
  return early.take([key, wanted]) ?? asked(key, wanted);
}

/** The same when they were asked for early and are there. */
export function firstLinesHere(key: string, runs: readonly string[], timed: boolean): MetricLine[] | undefined {
  return early.takeCome([key, firstLook(runs, timed)]);
}

function firstLook(runs: readonly string[], timed: boolean): Wanted {
  return { runs, range: null, timed, quick: true };
}

function asked(key: string, wanted: Wanted): Promise<MetricLine[]> {
  const group = JSON.stringify(wanted);
  return new Promise((resolve) => {
    const batch = waiting.get(group) ?? newBatch(group, wanted);
    batch.set(key, [...(batch.get(key) ?? []), resolve]);
  });
}

function newBatch(group: string, wanted: Wanted): Map<string, Take[]> {
  const keys = new Map<string, Take[]>();
  waiting.set(group, keys);
  setTimeout(() => {
    waiting.delete(group);
    send(keys, wanted);
  }, 5);
  return keys;
}

/** Whether some lines are but samples of their points. */
export function areSampled(lines: readonly MetricLine[]): boolean {
  return lines.some((line) => line.sampled === true);
}

function send(keys: Map<string, Take[]>, { runs, range, timed, quick }: Wanted): void {
  const all = [...keys.keys()];
  for (let i = 0; i < all.length; i += mostKeys) {
    const some = all.slice(i, i + mostKeys);
    const answer = call("GetMetricLines", {
      run_ids: [...runs],
      metric_keys: some,
      max_points: mostPoints,
      exact_points: exactPoints,
      ...(range ? { start_step: range[0], end_step: range[1] } : {}),
      ...(timed ? {} : { without_timestamps: true }),
      ...(quick ? { quick } : {}),
    });
    for (const key of some) {
      const lines = answer.then((response) => (response.lines ?? []).filter((line) => line.metric_key === key));
      for (const resolve of keys.get(key) ?? []) resolve(lines);
    }
  }
}

/** Lines that were asked for before their charts are there, by metric and what was wanted. */
const early = new EarlyAnswers<MetricLine[]>();

/** Asks for the lines of whole runs whose charts will be drawn within some seconds, samples where that is quicker. */
export function askEarly(runs: readonly string[], keys: readonly string[], timed: boolean): void {
  if (runs.length === 0) return;
  const wanted = firstLook(runs, timed);
  const takers = new Map<string, Take[]>();
  for (const key of keys) early.put([key, wanted], new Promise((resolve) => takers.set(key, [resolve])));
  send(takers, wanted);
}

/** Whether the lines of whole runs are on their way: a chart need not wait until it is in sight. */
export function areAsked(runs: readonly string[], key: string, timed: boolean): boolean {
  return early.has([key, firstLook(runs, timed)]);
}
