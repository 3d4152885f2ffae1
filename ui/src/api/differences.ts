import type { Run } from "./contract.gen";
import { real } from "./table";

/** One param, metric or tag over several runs. */
export interface Comparison {
  key: string;
  values: (string | undefined)[];
  differs: boolean;
}

type Pair = { key?: string; value?: string | number };

function compareOf(runs: readonly Run[], pairs: (run: Run) => readonly Pair[]): Comparison[] {
  const maps = runs.map((run) => new Map(pairs(run).map((pair) => [pair.key ?? "", String(pair.value ?? "")])));
  const keys = new Set(maps.flatMap((map) => [...map.keys()]));
  const list = [...keys].map((key) => {
    const values = maps.map((map) => map.get(key));
    return { key, values, differs: values.some((value) => value !== values[0]) };
  });
  // Differences first.
  return list.sort((a, b) => Number(b.differs) - Number(a.differs) || a.key.localeCompare(b.key));
}

export function compareRuns(runs: readonly Run[]): { title: string; rows: Comparison[] }[] {
  return [
    { title: "Params", rows: compareOf(runs, (run) => run.data?.params ?? []) },
    { title: "Metrics", rows: compareOf(runs, (run) => (run.data?.metrics ?? []).map((metric) => ({ key: metric.key ?? "", value: real(metric.value ?? "NaN") }))) },
    { title: "Tags", rows: compareOf(runs, (run) => (run.data?.tags ?? []).filter((tag) => !tag.key?.startsWith("mlflow."))) },
  ];
}
