import { useEffect, useRef, useSyncExternalStore } from "react";

import { ApiError, place, request } from "./client";
import { readEvents, type StreamEvent } from "./event-stream";
import { watchSession } from "./session";

/** What was touched since the last event; with `all`, everything may have been. */
export interface Change {
  experiments: string[];
  runs: string[];
  models: string[];
  all: boolean;
}

export type Connection = "off" | "connecting" | "live" | "lost";

const everything: Change = { experiments: [], runs: [], models: [], all: true };

/** Milliseconds until a stream that was lost is opened again: soon at first, then not so often. */
function pauseAfter(losses: number): number {
  return Math.min(500 * 2 ** losses, 5000);
}

/**
 * One stream of changes for the whole page, read by fetch, since an EventSource cannot say who asks. It is open while
 * something listens and the page can be seen: browsers allow six connections a server, and hidden pages would use them
 * up.
 */
class ChangeStream {
  private abort: AbortController | null = null;
  private readonly listeners = new Set<(change: Change) => void>();
  private readonly watchers = new Set<() => void>();
  private missed = false;
  private losses = 0;
  state: Connection = "off";

  constructor() {
    document.addEventListener("visibilitychange", () => this.update());
    // Whoever signs in or out listens as somebody else.
    watchSession(() => {
      this.close();
      this.update();
    });
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
    if (wanted && !this.abort) void this.run(new AbortController());
    if (!wanted && this.abort) this.close();
  }

  /** Keeps the stream open until it is closed. */
  private async run(abort: AbortController): Promise<void> {
    this.abort = abort;
    this.losses = 0;
    this.set("connecting");
    const closed = () => abort.signal.aborted;
    while (!closed()) {
      const fault = await this.read(abort.signal);
      if (closed()) return;
      this.missed = true;
      if (fault instanceof ApiError && (fault.status === 401 || fault.status === 403)) {
        this.set("off");
        return;
      }
      // The server ends every stream after some minutes; that alone is nothing to tell.
      if (fault !== null) this.set("lost");
      const pause = fault === null && this.losses === 0 ? 100 : pauseAfter(this.losses);
      this.losses++;
      await new Promise((done) => setTimeout(done, pause));
    }
  }

  /** Reads a stream to its end; what broke it, or null when it ended as it should. */
  private async read(signal: AbortSignal): Promise<unknown> {
    try {
      const answer = await request(place("ajax-api/3.0/millrace/changes"), { signal, headers: { Accept: "text/event-stream" } });
      if (answer.body) await readEvents(answer.body, (event) => signal.aborted || this.take(event));
      return null;
    } catch (fault) {
      return fault;
    }
  }

  private take(event: StreamEvent): void {
    if (event.name === "change") this.tell(JSON.parse(event.data) as Change);
    if (event.name !== "ready") return;
    this.losses = 0;
    this.set("live");
    // What the page shows it may have read at any time since it was opened.
    const { untouched_ms: untouched } = JSON.parse(event.data) as { untouched_ms: number };
    if (this.missed || untouched < performance.now()) this.tell(everything);
    this.missed = false;
  }

  private close(): void {
    if (!this.abort) return;
    this.abort.abort();
    this.abort = null;
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
