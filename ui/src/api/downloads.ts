import { save } from "../csv";
import { say, sayFault } from "../parts/toasts";
import { request } from "./client";
import { currentSession } from "./session";

/** The name that an answer gives its file (RFC 6266), else the last part of what was asked for. */
export function fileName(disposition: string | null, url: string): string {
  const encoded = /filename\*\s*=\s*UTF-8''([^;\s]+)/i.exec(disposition ?? "")?.[1];
  try {
    if (encoded) return decodeURIComponent(encoded);
  } catch {
    // No percent coding: the plain name is as good.
  }
  const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition ?? "");
  if (plain) return (plain[1]?.replace(/\\(.)/g, "$1") ?? plain[2]) || "download";
  const { pathname, searchParams } = new URL(url);
  const path = searchParams.get("path") ?? searchParams.get("artifact_file_path") ?? pathname;
  return path.split("/").filter(Boolean).at(-1) ?? "download";
}

async function download(url: string, wanted: string): Promise<void> {
  const answer = await request(url);
  const name = wanted || fileName(answer.headers.get("Content-Disposition"), url);
  say(`Downloading ${name}`);
  const content = await answer.blob();
  save(name, content.type, content);
}

/**
 * Whether the browser cannot fetch what a link leads to: a file of the server, which has to know who asks, and a link
 * sends no header.
 */
function needsSession(link: HTMLAnchorElement): boolean {
  return currentSession().credential !== null && link.hasAttribute("download") && link.href.startsWith(`${location.origin}/`);
}

/** From now on, links that save files of the server do so as whoever is signed in. */
export function takeOverDownloads(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || event.defaultPrevented || !needsSession(link)) return;
    event.preventDefault();
    void download(link.href, link.download).catch(sayFault);
  });
}
