import { call } from "./client";

/** Does the same for many runs, a few at once; the faults of those that failed. */
async function forEach(runs: readonly string[], act: (run: string) => Promise<unknown>): Promise<unknown[]> {
  const faults: unknown[] = [];
  const waiting = [...runs];
  const work = async () => {
    for (let run = waiting.pop(); run !== undefined; run = waiting.pop()) await act(run).catch((fault: unknown) => faults.push(fault));
  };
  await Promise.all(Array.from({ length: 6 }, work));
  return faults;
}

export const deleteRuns = (runs: readonly string[]) => forEach(runs, (id) => call("DeleteRun", { run_id: id }));
export const restoreRuns = (runs: readonly string[]) => forEach(runs, (id) => call("RestoreRun", { run_id: id }));
export const tagRuns = (runs: readonly string[], key: string, value: string) =>
  forEach(runs, (id) => call("SetTag", { run_id: id, key, value }));
export const renameRun = (run: string, name: string) => call("UpdateRun", { run_id: run, run_name: name });
