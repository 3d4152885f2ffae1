import type { ColumnId } from "../api/table";

const firstRuns = 10;
const mostRuns = 100;

/** The runs that charts draw: the chosen ones; the first ones of the table when none is, and more of them where runs are put together. */
export function drawnRuns(chosen: readonly string[], group: ColumnId | null, count: number, idAt: (row: number) => string | undefined): string[] {
  if (chosen.length > 0) return chosen.slice(0, mostRuns);
  return Array.from({ length: Math.min(group ? mostRuns : firstRuns, count) }, (_, row) => idAt(row) ?? "").filter(Boolean);
}
