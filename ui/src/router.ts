import { useSyncExternalStore } from "react";

/**
 * The place that is shown, kept behind the '#' of the address as the clients' links have it
 * ("#/experiments/1/runs/<id>"), which also works below any prefix.
 */
export interface Place {
  path: string;
  search: URLSearchParams;
}

function parse(hash: string): Place {
  const text = hash.replace(/^#/, "") || "/";
  const at = text.indexOf("?");
  if (at < 0) return { path: text, search: new URLSearchParams() };
  return { path: text.slice(0, at), search: new URLSearchParams(text.slice(at + 1)) };
}

let shown = location.hash;
let place = parse(shown);
const watchers = new Set<() => void>();

function update(): void {
  if (location.hash === shown) return;
  shown = location.hash;
  place = parse(shown);
  for (const watcher of watchers) watcher();
}

window.addEventListener("hashchange", update);
window.addEventListener("popstate", update);

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function usePlace(): Place {
  const now = () => place;
  return useSyncExternalStore(watch, now, now);
}

/** The parameters of the place that is shown now, for what is written some time after it was drawn. */
export function currentSearch(): URLSearchParams {
  return place.search;
}

/** "#/experiments/1?q=x" from its parts; empty values are left out. */
export function link(path: string, search: Record<string, string | undefined> = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) if (value) params.set(name, value);
  const text = params.toString();
  return `#${path}${text && `?${text}`}`;
}

export function go(href: string): void {
  history.pushState(null, "", href);
  update();
}

/** Changes parameters of the place that is shown, without a step in the history; undefined or "" removes one. */
export function setSearch(changes: Record<string, string | undefined>): void {
  const search = new URLSearchParams(place.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) search.set(name, value);
    else search.delete(name);
  }
  const text = search.toString();
  history.replaceState(null, "", `#${place.path}${text && `?${text}`}`);
  update();
}

/** The named parts of a path like "/experiments/:id", or null when it is another one. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.replace(/\/$/, "").split("/");
  if (wanted.length !== given.length) return null;
  const parts: Record<string, string> = {};
  for (let i = 0; i < wanted.length; i++) {
    const want = wanted[i] ?? "";
    const have = given[i] ?? "";
    if (want.startsWith(":")) parts[want.slice(1)] = decode(have);
    else if (want !== have) return null;
  }
  return parts;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
