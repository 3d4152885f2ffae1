import { callEarly } from "./api/client";
import type { RunTable } from "./api/contract.gen";
import { firstExperiments } from "./api/experiments-request";
import { firstRequest, tableOf } from "./api/run-request";
import { readView } from "./api/view";
import { arranged, readPins } from "./charts/arrangement";
import { isOfTimes, readAxis } from "./charts/axis";
import { drawnRuns } from "./charts/drawn-runs";
import { askEarly as askLinesEarly } from "./charts/lines";

/** Charts that a large window shows at once. */
const chartsInSight = 9;

/** What the page of an address asks first, and whether it is charts that it shows then. Only for pages whose first question follows from the address alone. */
export function askEarly(hash: string): { charts: boolean } {
  const [path = "", ...rest] = hash.replace(/^#/, "").split("?");
  const search = new URLSearchParams(rest.join("?"));
  const runs = /^\/experiments\/([\w-]+)(?:\/runs)?\/?$/.exec(path)?.[1];
  if (runs !== undefined) {
    const table = callEarly("SearchRunTable", firstRequest(tableOf(runs, search)));
    const charts = readView(search).charts;
    // Who asks for the table is told of its faults.
    if (charts) table.then((answer) => askForLines(answer, search)).catch(() => undefined);
    return { charts };
  }
  if (/^(\/|\/experiments\/?)?$/.test(path)) void callEarly("SearchExperiments", firstExperiments);
  return { charts: false };
}

/** The lines of the charts that are in sight first. */
function askForLines(table: RunTable, search: URLSearchParams): void {
  const { selected, group } = readView(search);
  const runs = drawnRuns(selected, group, table.run_ids?.length ?? 0, (row) => table.run_ids?.[row]);
  askLinesEarly(runs, arranged(table.keys?.metrics ?? [], readPins(search.get("layout"))).slice(0, chartsInSight), isOfTimes(readAxis(search.get("x"))));
}
