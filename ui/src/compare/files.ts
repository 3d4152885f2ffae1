import type { Files } from "../api/artifacts";
import type { FileInfo } from "../api/contract.gen";
import { kindOf } from "../artifacts/kinds";
import { Queue } from "../queue";

/** More files of a run than that are not looked for. */
export const mostFiles = 1000;
const mostDepth = 8;
const texts: ReadonlySet<string> = new Set(["text", "json", "csv", "markdown", "html"]);
const queue = new Queue(4);

/** The text files of a run, by their paths; what lies deeper or is more than the limits allow is left out. */
export async function textFiles(files: Files, signal: AbortSignal): Promise<Map<string, FileInfo>> {
  const found = new Map<string, FileInfo>();
  let seen = 0;
  let folders = [""];
  for (let depth = 0; depth < mostDepth && folders.length > 0 && seen < mostFiles; depth++) {
    const lists = await Promise.all(folders.map((folder) => queue.run(() => files.list(folder, signal), signal)));
    const entries = lists.flat().slice(0, mostFiles - seen);
    seen += entries.length;
    for (const file of entries) if (!file.is_dir && texts.has(kindOf(file.path ?? ""))) found.set(file.path ?? "", file);
    folders = entries.filter((file) => file.is_dir).map((file) => file.path ?? "");
  }
  return found;
}
