import { call, place } from "./client";
import type { FileInfo } from "./contract.gen";

/** Files that a run or a logged model owns: what a folder holds, and where a file is fetched. */
export interface Files {
  key: string;
  list: (folder: string, signal: AbortSignal) => Promise<FileInfo[]>;
  url: (path: string) => string;
  /** Where files can be added; absent where they cannot. */
  upload?: (path: string, content: Blob) => Promise<unknown>;
}

const mostPages = 20;

async function allPages(page: (token: string) => Promise<{ files?: FileInfo[]; next_page_token?: string }>): Promise<FileInfo[]> {
  const list: FileInfo[] = [];
  let token = "";
  for (let i = 0; i < mostPages; i++) {
    const { files = [], next_page_token: next = "" } = await page(token);
    list.push(...files);
    if (!next) break;
    token = next;
  }
  return list;
}

export function runFiles(run: string): Files {
  return {
    key: `run ${run}`,
    list: (folder, signal) => allPages((token) => call("ListArtifacts", { run_id: run, ...(folder ? { path: folder } : {}), ...(token ? { page_token: token } : {}) }, signal)),
    url: (path) => place(`get-artifact?${new URLSearchParams({ path, run_uuid: run }).toString()}`),
  };
}

export function loggedModelFiles(model: string): Files {
  return {
    key: `model ${model}`,
    list: (folder, signal) =>
      allPages((token) => call("ListLoggedModelArtifacts", { model_id: model, ...(folder ? { artifact_directory_path: folder } : {}), ...(token ? { page_token: token } : {}) }, signal)),
    url: (path) => place(`ajax-api/2.0/mlflow/logged-models/${encodeURIComponent(model)}/artifacts/files?${new URLSearchParams({ artifact_file_path: path }).toString()}`),
  };
}
