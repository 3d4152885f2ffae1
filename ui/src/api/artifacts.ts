import { ApiError, call, failureOf, place } from "./client";
import type { FileInfo } from "./contract.gen";
import { currentSession, refused, sessionHeaders } from "./session";

/** Tells how much of an upload is done, from 0 to 1. */
export type Progress = (part: number) => void;

/** Files that a run or a logged model owns: what a folder holds, and where files are fetched. */
export interface Files {
  key: string;
  list: (folder: string, signal?: AbortSignal) => Promise<FileInfo[]>;
  url: (path: string) => string;
  /** A folder with all below it as one ZIP file. */
  zipUrl: (folder: string) => string;
  /** Where files can be added; absent where they cannot. Replaces a file of that path. */
  upload?: (path: string, content: Blob, progress: Progress, signal: AbortSignal) => Promise<void>;
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

/** Sends a body and tells how far it is, which fetch does not. */
function send(method: string, url: string, content: Blob, progress: Progress, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    const sent = currentSession().credential?.header ?? null;
    for (const [name, value] of Object.entries(sessionHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        done();
        return;
      }
      const fault = failureOf(request.status, request.statusText, request.responseText, request.getResponseHeader("X-Request-ID") ?? "");
      if (request.status === 401) refused(sent, request.getResponseHeader("X-WWW-Authenticate") ?? "", fault.message);
      fail(fault);
    };
    request.onerror = () => fail(new ApiError("The upload broke off: the server cannot be reached, or it takes no file of this size.", 0, "UNREACHABLE", ""));
    request.onabort = () => fail(new DOMException("The upload was cancelled.", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(content);
  });
}

/** What the server takes as an upload to a run; empty files it does not. */
const largestUpload = 10 * 1024 * 1024;

function encodedPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/**
 * Where a file for a run is sent: to the run, which tells everybody who looks at it; what is too large for that goes
 * to the server's artifact store, where the run's files lie in it.
 */
export function uploadPlace(run: string, root: string, path: string, size: number): [method: string, path: string] {
  if (size > 0 && size <= largestUpload) return ["POST", `ajax-api/2.0/mlflow/upload-artifact?${new URLSearchParams({ run_uuid: run, path }).toString()}`];
  const below = /^mlflow-artifacts:(?:\/\/[^/]*)?\/*(.*)$/.exec(root)?.[1];
  if (below !== undefined) return ["PUT", `ajax-api/2.0/mlflow-artifacts/artifacts/${encodedPath(`${below.replace(/\/$/, "")}/${path}`)}`];
  throw new Error(size === 0 ? "The file is empty; the server takes no empty file here." : "The file has more than 10 MB, and the run's files do not lie in the server's own store. Upload it with a client.");
}

/** Files of a run; with `root`, which is where they lie, others can be added. */
export function runFiles(run: string, root?: string): Files {
  const upload: Files["upload"] = async (path, content, progress, signal) => {
    const [method, where] = uploadPlace(run, root ?? "", path, content.size);
    await send(method, place(where), content, progress, signal);
  };
  return {
    key: `run ${run}`,
    list: (folder, signal) => allPages((token) => call("ListArtifacts", { run_id: run, ...(folder ? { path: folder } : {}), ...(token ? { page_token: token } : {}) }, signal)),
    url: (path) => place(`get-artifact?${new URLSearchParams({ path, run_uuid: run }).toString()}`),
    zipUrl: (folder) => place(`ajax-api/3.0/millrace/artifacts/zip?${new URLSearchParams({ run_id: run, ...(folder ? { path: folder } : {}) }).toString()}`),
    ...(root === undefined ? {} : { upload }),
  };
}

export function loggedModelFiles(model: string): Files {
  return {
    key: `model ${model}`,
    list: (folder, signal) =>
      allPages((token) => call("ListLoggedModelArtifacts", { model_id: model, ...(folder ? { artifact_directory_path: folder } : {}), ...(token ? { page_token: token } : {}) }, signal)),
    url: (path) => place(`ajax-api/2.0/mlflow/logged-models/${encodeURIComponent(model)}/artifacts/files?${new URLSearchParams({ artifact_file_path: path }).toString()}`),
    zipUrl: (folder) => place(`ajax-api/3.0/millrace/logged-models/${encodeURIComponent(model)}/artifacts/zip?${new URLSearchParams(folder ? { path: folder } : {}).toString()}`),
  };
}
