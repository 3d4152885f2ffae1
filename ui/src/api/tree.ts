import type { Experiment } from "./contract.gen";

/** A row of the list of experiments: an experiment, or a folder made of what stands before a '/' in names. */
export interface TreeRow {
  path: string;
  name: string;
  depth: number;
  /** Experiments below, for a folder. */
  size: number;
  experiment?: Experiment;
}

interface Folder {
  folders: Map<string, Folder>;
  experiments: { name: string; experiment: Experiment }[];
  size: number;
}

const empty = (): Folder => ({ folders: new Map(), experiments: [], size: 0 });

function insert(root: Folder, experiment: Experiment): void {
  const parts = (experiment.name ?? "").split("/");
  let folder = root;
  folder.size++;
  // A leading, trailing or doubled '/' makes no folder without a name.
  const isPath = parts.every((part) => part.trim() !== "");
  for (const part of isPath ? parts.slice(0, -1) : []) {
    let next = folder.folders.get(part);
    if (!next) {
      next = empty();
      folder.folders.set(part, next);
    }
    next.size++;
    folder = next;
  }
  folder.experiments.push({ name: isPath ? (parts.at(-1) ?? "") : (experiment.name ?? ""), experiment });
}

/**
 * The rows of the list, folders before experiments; what lies in a closed folder is left out. A folder of one
 * experiment is no folder: its name stays whole.
 */
export function buildTree(experiments: readonly Experiment[], closed: ReadonlySet<string>): TreeRow[] {
  const root = empty();
  for (const experiment of experiments) insert(root, experiment);
  const rows: TreeRow[] = [];
  const walk = (folder: Folder, prefix: string, depth: number) => {
    const names = [...folder.folders.keys()].sort((a, b) => a.localeCompare(b));
    for (const name of names) {
      const inner = folder.folders.get(name);
      if (!inner) continue;
      const path = `${prefix}${name}/`;
      const only = inner.size === 1 ? onlyExperiment(inner) : null;
      if (only) {
        rows.push({ path, name: (only.name ?? "").slice(prefix.length), depth, size: 0, experiment: only });
        continue;
      }
      rows.push({ path, name, depth, size: inner.size });
      if (!closed.has(path)) walk(inner, path, depth + 1);
    }
    for (const { name, experiment } of folder.experiments) rows.push({ path: `${prefix}${name}`, name, depth, size: 0, experiment });
  };
  walk(root, "", 0);
  return rows;
}

function onlyExperiment(folder: Folder): Experiment | null {
  if (folder.experiments[0]) return folder.experiments[0].experiment;
  for (const inner of folder.folders.values()) return onlyExperiment(inner);
  return null;
}
