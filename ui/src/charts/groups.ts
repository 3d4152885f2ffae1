import { real } from "../api/table";
import type { MetricLine } from "../api/contract.gen";
import type { Axis } from "./axis";
import { mostPoints } from "./lines";
import { positions } from "./series";

interface Track {
  x: number[];
  y: number[];
}

function trackOf(line: MetricLine, axis: Axis): Track {
  const places = positions(line, axis);
  const points = (line.values ?? []).flatMap((value, i): [number, number][] => {
    const x = places[i];
    const y = real(value);
    return x !== undefined && Number.isFinite(y) ? [[x, y]] : [];
  });
  points.sort((a, b) => a[0] - b[0]);
  return { x: points.map(([x]) => x), y: points.map(([, y]) => y) };
}

/** The value of a run at a place between its points, on the straight line through its neighbours; none beyond its ends. */
function valueAt({ x, y }: Track, place: number): number | undefined {
  let low = 0;
  let high = x.length - 1;
  if (high < 0 || place < (x[0] ?? 0) || place > (x[high] ?? 0)) return undefined;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? 0) <= place) low = middle;
    else high = middle;
  }
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [x[low], x[high], y[low], y[high]];
  if (place <= x0) return y0;
  if (place >= x1) return y1;
  return y0 + ((y1 - y0) * (place - x0)) / (x1 - x0);
}

function placesOf(tracks: readonly Track[]): number[] {
  const all = [...new Set(tracks.flatMap((track) => track.x))].sort((a, b) => a - b);
  if (all.length <= mostPoints) return all;
  return Array.from({ length: mostPoints }, (_, i) => all[Math.round((i * (all.length - 1)) / (mostPoints - 1))] ?? 0);
}

function groupLine(label: string, metric: string, lines: readonly MetricLine[], axis: Axis): MetricLine {
  const tracks = lines.map((line) => trackOf(line, axis)).filter((track) => track.x.length > 0);
  const places = placesOf(tracks);
  const found = places.map((place) => tracks.flatMap((track) => valueAt(track, place) ?? []));
  return {
    run_id: label,
    metric_key: metric,
    ...(axis === "step" ? { steps: places } : { steps: places.map((_, i) => i), timestamps: places.map((place) => place * 1000) }),
    values: found.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
    minimums: found.map((values) => values.reduce((a, b) => Math.min(a, b))),
    maximums: found.map((values) => values.reduce((a, b) => Math.max(a, b))),
    point_count: lines.reduce((sum, line) => sum + (line.point_count ?? 0), 0),
  };
}

/**
 * One line a group: the mean of its runs at each place where one of them has a point, over a band from the least to the
 * greatest of them. Runs count between their first and their last point. `groups` has the label of each run.
 */
export function groupLines(lines: readonly MetricLine[], groups: ReadonlyMap<string, string>, axis: Axis): MetricLine[] {
  const together = new Map<string, MetricLine[]>();
  for (const line of lines) {
    const label = groups.get(line.run_id ?? "");
    if (label !== undefined) together.set(label, [...(together.get(label) ?? []), line]);
  }
  const made = [...together].map(([label, some]) => groupLine(label, some[0]?.metric_key ?? "", some, axis));
  return made.filter((line) => (line.values?.length ?? 0) > 0);
}
