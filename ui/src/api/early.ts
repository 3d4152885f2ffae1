import { callEarly } from "./client";
import { firstRequest, tableOf } from "./run-request";

/** Asks what the page of an address asks first. Only for pages whose first question follows from the address alone. */
export function askEarly(hash: string): void {
  const [path = "", ...search] = hash.replace(/^#/, "").split("?");
  const runs = /^\/experiments\/([\w-]+)(?:\/runs)?\/?$/.exec(path)?.[1];
  if (runs !== undefined) callEarly("SearchRunTable", firstRequest(tableOf(runs, new URLSearchParams(search.join("?")))));
  else if (/^(\/|\/experiments\/?)?$/.test(path)) callEarly("SearchExperiments", firstExperiments);
}

/** The first of perhaps several pages of experiments. */
export const firstExperiments = { view_type: "ALL", max_results: 10_000 } as const;
