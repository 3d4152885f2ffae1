import type { FileInfo } from "../api/contract.gen";
import type { RunName } from "../charts/line-chart";

/** A file of the base beside that of another run; one of the two may not have it. */
export interface Pair {
  path: string;
  run: RunName;
  base: FileInfo | undefined;
  other: FileInfo | undefined;
}

/** The text files of a run, by their paths. */
export type TextFiles = ReadonlyMap<string, FileInfo>;

/** All paths that one of the runs has, in order. */
export function pathsOf(lists: readonly (TextFiles | undefined)[]): string[] {
  return [...new Set(lists.flatMap((list) => [...(list?.keys() ?? [])]))].sort((a, b) => a.localeCompare(b));
}

/** Each of `paths` in each of the other runs against the base, file by file; what neither has is left out. */
export function pairsOf(paths: readonly string[], base: TextFiles, others: readonly { run: RunName; files: TextFiles }[]): Pair[] {
  return paths.flatMap((path) => others.map(({ run, files }) => ({ path, run, base: base.get(path), other: files.get(path) })).filter((pair) => pair.base !== undefined || pair.other !== undefined));
}

/** How much of a file differs. */
export interface Extent {
  removed: number;
  added: number;
}

export function extentText({ removed, added }: Extent): string {
  return removed + added === 0 ? "the same" : `−${removed} +${added}`;
}

/** The next place from `from` on in a direction that differs, or may differ; -1 when there is none. */
export function nextDifferent(extents: readonly (Extent | undefined)[], from: number, step: 1 | -1): number {
  for (let at = from + step; at >= 0 && at < extents.length; at += step) {
    const extent = extents[at];
    if (!extent || extent.removed + extent.added > 0) return at;
  }
  return -1;
}
