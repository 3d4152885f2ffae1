import { useEffect, useRef } from "react";

export interface Shortcut {
  keys: string;
  what: string;
  run: () => void;
}

const active: Shortcut[] = [];

/** Every shortcut that works now, for the list that '?' shows. */
export function shortcuts(): readonly Shortcut[] {
  return active;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** True where a key has a meaning of its own: in an open menu any of them, on a button or a link the one that presses it. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest("[popover]") !== null || (key === "Enter" && target.closest("button, a[href], summary") !== null);
}

let first = "";

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || document.querySelector("dialog[open]")) return;
  const held = event.ctrlKey || event.metaKey ? "mod+" : "";
  if (!held && (isTyping(event.target) || isTaken(event.target, event.key))) return;
  const pressed = held + event.key;
  const chord = first && `${first} ${pressed}`;
  first = "";
  const found = active.findLast((shortcut) => shortcut.keys === chord || shortcut.keys === pressed);
  if (found) {
    event.preventDefault();
    found.run();
  } else if (active.some((shortcut) => shortcut.keys.startsWith(`${pressed} `))) {
    first = pressed;
  }
}

window.addEventListener("keydown", press);

/** Makes shortcuts work while the component is shown. The list must keep its order and length. */
export function useShortcuts(list: Shortcut[]): void {
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  useEffect(() => {
    const stable = latest.current.map((shortcut, i) => ({ ...shortcut, run: () => latest.current[i]?.run() }));
    active.push(...stable);
    return () => {
      for (const shortcut of stable) active.splice(active.indexOf(shortcut), 1);
    };
  }, []);
}
