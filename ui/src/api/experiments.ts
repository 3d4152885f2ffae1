import { useQuery, useQueryClient } from "@tanstack/react-query";

import { call } from "./client";
import type { Experiment, RunCount } from "./contract.gen";
import { firstExperiments } from "./experiments-request";
import { useChanges } from "./live";
import { usePaced } from "./pace";

async function allExperiments(signal: AbortSignal): Promise<Experiment[]> {
  const list: Experiment[] = [];
  let token: string | undefined;
  do {
    const page = await call(
      "SearchExperiments",
      { ...firstExperiments, ...(token ? { page_token: token } : {}) },
      signal,
    );
    list.push(...(page.experiments ?? []));
    token = page.next_page_token;
  } while (token);
  return list;
}

/** Every experiment, deleted ones too, last changed first. */
export function useExperiments() {
  return useQuery({ queryKey: ["experiments"], queryFn: ({ signal }) => allExperiments(signal) });
}

async function runCounts(signal: AbortSignal): Promise<Map<string, RunCount>> {
  const { counts = [] } = await call("CountRuns", {}, signal);
  return new Map(counts.map((count) => [count.experiment_id ?? "", count]));
}

export function useRunCounts() {
  return useQuery({ queryKey: ["run-counts"], queryFn: ({ signal }) => runCounts(signal) });
}

/** Reads experiments and counts anew when something changed, at most once a second. */
export function useLiveExperiments(): void {
  const client = useQueryClient();
  const refresh = usePaced(() => {
    void client.invalidateQueries({ queryKey: ["experiments"] });
    void client.invalidateQueries({ queryKey: ["run-counts"] });
  }, 1000);
  useChanges((change) => {
    if (change.all || change.experiments.length > 0) refresh();
  });
}
