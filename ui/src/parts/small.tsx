import { useEffect, useState, type PointerEvent, type ReactNode } from "react";

import { ApiError } from "../api/client";
import { otherTime, shownTime } from "../format";
import { Icon } from "./icons";

export function CopyButton({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className="button plain icon"
      title={copied ? "Copied" : `Copy ${what}`}
      aria-label={copied ? "Copied" : `Copy ${what}`}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      <Icon name={copied ? "check" : "copy"} />
    </button>
  );
}

/** The present, renewed every half minute for all relative times at once. */
let now = Date.now();
const clocks = new Set<(time: number) => void>();
setInterval(() => {
  now = Date.now();
  for (const clock of clocks) clock(now);
}, 30_000);

export function useNow(): number {
  const [time, setTime] = useState(now);
  useEffect(() => {
    now = Date.now();
    clocks.add(setTime);
    return () => {
      clocks.delete(setTime);
    };
  }, []);
  return Math.max(time, now);
}

/** Attributes of an element that tells a time the other way too, under the pointer: made when it is asked for. */
export function timeTitle(time: number, now: number) {
  return { onPointerEnter: (event: PointerEvent<HTMLElement>) => (event.currentTarget.title = otherTime(time, now)) };
}

export function Time({ at }: { at: number | undefined }) {
  const present = useNow();
  if (at === undefined) return <span className="muted">–</span>;
  return (
    <time dateTime={new Date(at).toISOString()} {...timeTitle(at, present)}>
      {shownTime(at, present)}
    </time>
  );
}

const words: Record<string, string> = {
  RUNNING: "Running",
  SCHEDULED: "Scheduled",
  FINISHED: "Finished",
  FAILED: "Failed",
  KILLED: "Killed",
};

export function Status({ status }: { status: string }) {
  return <span className={`status ${status in words ? status : ""}`}>{words[status] ?? status}</span>;
}

export function Snippet({ code }: { code: string }) {
  return (
    <div className="snippet">
      <pre tabIndex={0}>{code}</pre>
      <CopyButton text={code} what="the code" />
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What went wrong and what can be done about it. */
export function Fault({ fault, retry }: { fault: unknown; retry?: () => void }) {
  const error = fault instanceof Error ? fault : new Error(String(fault));
  const api = error instanceof ApiError ? error : null;
  return (
    <div className="notice bad" role="alert">
      <Icon name="alert" />
      <div className="grow">
        <p>{error.message}</p>
        {api?.temporary && <p className="muted">The page tries again by itself.</p>}
        {api?.requestId && <p className="muted mono">request {api.requestId}</p>}
      </div>
      {retry && (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <div role="status">
      <div className="loading" />
      <span className="unseen">Loading {what}</span>
    </div>
  );
}
