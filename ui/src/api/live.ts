import { useEffect, useRef, useSyncExternalStore } from "react";

import { place } from "./client";

/** What was touched since the last event; with `all`, everything may have been. */
export interface Change {
  experiments: string[];
  runs: string[];
  models: string[];
  all: boolean;
}

export type Connection = "off" | "connecting" | "live" | "lost";

const everything: Change = { experiments: [], runs: [], models: [], all: true };

/**
 * One stream of changes for the whole page. It is open while something listens and the page can be seen: browsers
 * allow six connections a server, and hidden pages would use them up.
 */
class ChangeStream {
  private source: EventSource | null = null;
  private readonly listeners = new Set<(change: Change) => void>();
  private readonly watchers = new Set<() => void>();
  private missed = false;
  /** The server has greeted since the stream last ended. */
  private greeted = false;
  state: Connection = "off";

  constructor() {
    document.addEventListener("visibilitychange", () => this.update());
  }

  listen(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    this.update();
    return () => {
      this.listeners.delete(listener);
      // Pages change by one listener leaving and another coming.
      setTimeout(() => this.update(), 500);
    };
  }

  watchState(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  private update(): void {
    const wanted = this.listeners.size > 0 && !document.hidden;
    if (wanted && !this.source) this.open();
    if (!wanted && this.source) this.close();
  }

  private open(): void {
    this.set("connecting");
    const source = new EventSource(place("ajax-api/3.0/millrace/changes"));
    this.source = source;
    source.addEventListener("ready", () => {
      this.greeted = true;
      this.set("live");
      if (this.missed) this.tell(everything);
      this.missed = false;
    });
    source.addEventListener("change", (event) => this.tell(JSON.parse(String(event.data)) as Change));
    source.onerror = () => {
      this.missed = true;
      // The server ends a stream now and then, and the browser opens the next one: that is no loss before it fails.
      if (!this.greeted || source.readyState === EventSource.CLOSED) this.set("lost");
      this.greeted = false;
      // Refused for good, not merely cut off: the browser does not try again by itself.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.reopen(source), 5000);
    };
  }

  private reopen(source: EventSource): void {
    if (this.source !== source) return;
    this.source = null;
    this.update();
  }

  private close(): void {
    this.source?.close();
    this.source = null;
    this.missed = true;
    this.set("off");
  }

  private tell(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }

  private set(state: Connection): void {
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }
}

const stream = new ChangeStream();

/** Calls back at every change while the component is shown. */
export function useChanges(listener: (change: Change) => void): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    let stop: (() => void) | null = null;
    // After the first paint: what is shown comes before what may change.
    const timer = setTimeout(() => {
      stop = stream.listen((change) => latest.current(change));
    }, 300);
    return () => {
      clearTimeout(timer);
      stop?.();
    };
  }, []);
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (watcher) => stream.watchState(watcher),
    () => stream.state,
  );
}
