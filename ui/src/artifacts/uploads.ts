import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";

import type { Files } from "../api/artifacts";
import { plural } from "../format";
import { say } from "../parts/toasts";

/** A file to be added, with its path below the folder that it was put into. */
export interface Chosen {
  path: string;
  content: Blob;
}

/** An upload that waits, runs or failed; those that are done go by themselves. */
export interface Upload {
  id: number;
  path: string;
  content: Blob;
  part: number;
  state: "waiting" | "running" | "failed";
  fault: string;
}

export const mostFiles = 1000;

export function joined(folder: string, path: string): string {
  return folder ? `${folder}/${path}` : path;
}

/** Which of the paths are files already. Looks into at most twenty folders. */
export async function takenPaths(files: Files, paths: readonly string[]): Promise<string[]> {
  const folders = [...new Set(paths.map((path) => path.slice(0, Math.max(0, path.lastIndexOf("/")))))].slice(0, 20);
  const lists = await Promise.all(folders.map((folder) => files.list(folder)));
  const taken = new Set(lists.flat().flatMap((file) => (file.is_dir ? [] : [file.path ?? ""])));
  return paths.filter((path) => taken.has(path));
}

async function readEntry(entry: FileSystemEntry, above: string, found: Chosen[]): Promise<void> {
  if (found.length > mostFiles) return;
  if (entry.isFile) {
    const content = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    found.push({ path: above + entry.name, content });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader gives a hundred entries at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return;
    for (const one of some) await readEntry(one, `${above}${entry.name}/`, found);
  }
}

/** Files and folders that were dropped. Must be called while the event lasts; the browser forgets them after it. */
export async function droppedFiles(data: DataTransfer): Promise<Chosen[]> {
  const entries = Array.from(data.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const loose = entries.length === 0 ? Array.from(data.files, (file) => ({ path: file.name, content: file })) : [];
  const found: Chosen[] = [...loose];
  for (const entry of entries) await readEntry(entry, "", found);
  return found;
}

/** Uploads one after the other, in the order in which they came. */
export function useUploads(files: Files) {
  const client = useQueryClient();
  const [list, setList] = useState<readonly Upload[]>([]);
  const queue = useRef<Upload[]>([]);
  const running = useRef<{ id: number; stop: AbortController } | null>(null);
  const done = useRef(0);
  const next = useRef(1);
  const change = useCallback((id: number, to: Partial<Upload>) => setList((old) => old.map((one) => (one.id === id ? { ...one, ...to } : one))), []);
  const leave = useCallback((id: number) => setList((old) => old.filter((one) => one.id !== id)), []);

  const work = useCallback(async () => {
    if (running.current || !files.upload) return;
    for (let one = queue.current.shift(); one; one = queue.current.shift()) {
      const { id, path, content } = one;
      const stop = new AbortController();
      running.current = { id, stop };
      change(id, { state: "running" });
      try {
        await files.upload(path, content, (part) => change(id, { part }), stop.signal);
        done.current++;
        leave(id);
      } catch (fault) {
        if (stop.signal.aborted) leave(id);
        else change(id, { state: "failed", fault: fault instanceof Error ? fault.message : String(fault) });
      }
      running.current = null;
      // The lists, and what is shown of files that may have been replaced.
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === files.key });
    }
    if (done.current > 0) say(`${plural(done.current, "file")} uploaded`);
    done.current = 0;
  }, [files, client, change, leave]);

  const add = useCallback(
    (chosen: readonly Chosen[]) => {
      const fresh = chosen.map(({ path, content }): Upload => ({ id: next.current++, path, content, part: 0, state: "waiting", fault: "" }));
      queue.current.push(...fresh);
      setList((old) => [...old, ...fresh]);
      void work();
    },
    [work],
  );
  const cancel = useCallback(
    (id: number) => {
      queue.current = queue.current.filter((one) => one.id !== id);
      if (running.current?.id === id) running.current.stop.abort();
      else leave(id);
    },
    [leave],
  );
  useEffect(
    () => () => {
      queue.current = [];
      running.current?.stop.abort();
    },
    [files],
  );
  return { list, add, cancel };
}
