import { useQueries, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";

import { runFiles, type Files } from "../api/artifacts";
import { request } from "../api/client";
import type { FileInfo } from "../api/contract.gen";
import { useChanges } from "../api/live";
import { usePaced } from "../api/pace";
import type { RunName } from "../charts/line-chart";
import { Queue } from "../queue";
import { mediaFolders, seriesIn, type Series } from "./names";

/** The series of one key, of each run that has it. */
export interface MediaKey {
  key: string;
  runs: { run: RunName; files: Files; series: Series }[];
}

const folders: ReadonlySet<string> = new Set(mediaFolders);
/** What media panels ask of the server goes through it, so that charts and tables beside them are not kept waiting. */
const mediaQueue = new Queue(4);

async function load(files: Files, signal: AbortSignal): Promise<Map<string, Series>> {
  const list = (folder: string) => mediaQueue.run(() => files.list(folder, signal), signal);
  const present = (await list("")).filter((file) => file.is_dir && folders.has(file.path ?? ""));
  const inside = await Promise.all(present.map((folder) => list(folder.path ?? "")));
  return seriesIn(inside.flat());
}

/**
 * What runs have logged by step. Keys are in order of their folders and names; while a run logs, its lists are read again every few
 * seconds, and once more after the end, since files may come later than what tells of them.
 */
export function useMedia(runs: readonly RunName[], enabled: boolean) {
  const client = useQueryClient();
  const all = useMemo(() => runs.map((run) => ({ run, files: runFiles(run.id) })), [runs]);
  const queries = useQueries({
    queries: all.map(({ run, files }) => ({
      queryKey: ["media", run.id],
      queryFn: ({ signal }: { signal: AbortSignal }) => load(files, signal),
      enabled,
      structuralSharing: false,
    })),
  });
  useLiveLists(client, all);
  const loaded = queries.map((query) => query.data);
  const keys = useMemo(
    () => grouped(all.map((one, i) => ({ ...one, keys: loaded[i] }))),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- another list of the same answers is the same
    [all, ...loaded],
  );
  const faulty = queries.find((query) => query.error);
  return { keys, pending: queries.some((query) => query.isPending), fault: faulty?.error ?? null, retry: () => void faulty?.refetch() };
}

function useLiveLists(client: QueryClient, all: readonly { run: RunName }[]) {
  const changed = useRef(new Set<string>());
  const late = useRef(0);
  const read = useCallback(() => {
    for (const id of changed.current) void client.invalidateQueries({ queryKey: ["media", id] });
  }, [client]);
  const refresh = usePaced(read, 2000);
  useChanges((change) => {
    const touched = all.filter(({ run }) => change.all || change.runs.includes(run.id));
    if (touched.length === 0) return;
    for (const { run } of touched) changed.current.add(run.id);
    refresh();
    clearTimeout(late.current);
    late.current = window.setTimeout(() => {
      read();
      changed.current.clear();
    }, 3000);
  });
  useEffect(() => () => clearTimeout(late.current), []);
}

function grouped(all: readonly { run: RunName; files: Files; keys: ReadonlyMap<string, Series> | undefined }[]): MediaKey[] {
  const found = new Map<string, MediaKey>();
  for (const { run, files, keys } of all) {
    for (const [key, series] of keys ?? []) {
      const entry = found.get(key) ?? { key, runs: [] };
      entry.runs.push({ run, files, series });
      found.set(key, entry);
    }
  }
  return [...found.values()].sort((a, b) => folderOf(a.key) - folderOf(b.key) || a.key.localeCompare(b.key, "en", { numeric: true }));
}

function folderOf(key: string): number {
  return mediaFolders.findIndex((folder) => key.startsWith(`${folder}/`));
}

/** How a file's bytes are asked for: a few at a time, and kept a moment, so that a step back costs nothing. */
export function blobQuery(files: Files, file: FileInfo | undefined) {
  const path = file?.path ?? "";
  return {
    queryKey: ["media bytes", files.key, path, file?.file_size],
    queryFn: ({ signal }: { signal: AbortSignal }) => mediaQueue.run(async () => (await request(files.url(path), { signal })).blob(), signal),
    staleTime: Infinity,
    gcTime: 20_000,
  };
}
