import { useSyncExternalStore } from "react";

import { ApiError } from "../api/client";

interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

let toasts: readonly Toast[] = [];
let next = 1;
const watchers = new Set<() => void>();

function set(list: readonly Toast[]): void {
  toasts = list;
  for (const watcher of watchers) watcher();
}

/** Says something for a while, with something that can be done about it. */
export function say(text: string, action?: Toast["action"]): void {
  const id = next++;
  set([...toasts.slice(-3), action ? { id, text, action } : { id, text }]);
  setTimeout(() => set(toasts.filter((toast) => toast.id !== id)), action ? 10_000 : 5000);
}

export function sayFault(fault: unknown): void {
  say(fault instanceof ApiError || fault instanceof Error ? fault.message : String(fault));
}

export function Toasts() {
  const list = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {list.map((toast) => (
        <div key={toast.id} className="toast">
          <span className="grow">{toast.text}</span>
          {toast.action && (
            <button
              type="button"
              className="button"
              onClick={() => {
                toast.action?.run();
                set(toasts.filter((other) => other !== toast));
              }}
            >
              {toast.action.label}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
