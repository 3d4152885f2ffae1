import type { FileInfo } from "../api/contract.gen";
import { kindOf } from "../artifacts/kinds";

/** How a file that was logged at a step is shown. */
export type MediaKind = "image" | "audio" | "video" | "html";

/** What was logged under a key at a step. */
export interface Item {
  step: number;
  /** Milliseconds since 1970; 0 where the name does not tell. */
  time: number;
  kind: MediaKind;
  file: FileInfo;
  /** The same, smaller, to be shown until the whole is there. */
  small?: FileInfo;
}

/** A series of one run: its items in order of their steps, one a step. */
export type Series = readonly Item[];

/** The folders in which clients log by step; "images" is that of MLflow's log_image. */
export const mediaFolders = ["images", "figures", "audio", "video"] as const;

const shown: ReadonlySet<string> = new Set<MediaKind>(["image", "audio", "video", "html"]);

// <key>+step+<step>[+timestamp+<milliseconds>+<id>][+compressed].<type>; clients before 2024 write % for +.
const pattern = /^(.+)[+%]step[+%](-?\d{1,16})(?:[+%]timestamp[+%](\d{1,15})[+%]([^+%]+))?([+%]compressed)?\.\w+$/s;

interface Name {
  key: string;
  step: number;
  time: number;
  id: string;
  small: boolean;
}

export function readName(name: string): Name | null {
  const found = pattern.exec(name);
  if (!found) return null;
  const [, key = "", step = "", time = "0", id = "", small] = found;
  // Keys may have slashes, which names of files may not.
  return { key: key.replaceAll("~", "/"), step: Number(step), time: Number(time), id, small: small !== undefined };
}

/**
 * What a folder holds by step, by "folder/key". Of two files of the same key and step the later one counts; files whose
 * names tell no step, or of which nothing can be shown, are left out.
 */
export function seriesIn(files: readonly FileInfo[]): Map<string, Series> {
  const keys = new Map<string, Map<string, Item>>();
  for (const file of files) {
    const path = file.path ?? "";
    const at = path.lastIndexOf("/");
    const name = file.is_dir ? null : readName(path.slice(at + 1));
    const kind = kindOf(path);
    if (!name || !shown.has(kind)) continue;
    const items = upsert(keys, `${path.slice(0, Math.max(0, at))}/${name.key}`, () => new Map<string, Item>());
    const id = `${name.step} ${name.time} ${name.id}`;
    const item = items.get(id);
    if (name.small) items.set(id, { step: name.step, time: name.time, kind: kind as MediaKind, file: item?.file ?? file, small: file });
    else items.set(id, { step: name.step, time: name.time, kind: kind as MediaKind, file, ...(item?.small ? { small: item.small } : {}) });
  }
  return new Map([...keys].map(([key, items]) => [key, inOrder([...items.values()])]));
}

function upsert<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

function inOrder(items: Item[]): Series {
  items.sort((a, b) => a.step - b.step || a.time - b.time);
  return items.filter((item, i) => item.step !== items[i + 1]?.step);
}

/** The item at a step, or the last one before it: a run that logs less often shows what it had then. */
export function itemAt(series: Series, step: number): Item | undefined {
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((series[middle]?.step ?? 0) <= step) low = middle + 1;
    else high = middle;
  }
  return series[low - 1];
}

/** All steps at which one of the series has something, in order. */
export function stepsOf(all: readonly Series[]): number[] {
  return [...new Set(all.flatMap((series) => series.map((item) => item.step)))].sort((a, b) => a - b);
}
