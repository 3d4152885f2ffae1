import { useSyncExternalStore } from "react";

/** How this browser shows things; kept in its local storage, the same for all tabs. */
export interface Settings {
  theme: "system" | "light" | "dark";
  times: "relative" | "exact";
  zone: "local" | "utc";
  density: "compact" | "normal" | "roomy";
  motion: "system" | "reduced";
  /** Significant digits of numbers that are not whole; 17 shows all. */
  digits: number;
  /** How many metrics and params a table of runs begins with, each. */
  columns: number;
  /** How many models a list shows before it is asked for more. */
  pageSize: number;
}

export const defaults: Settings = { theme: "system", times: "relative", zone: "local", density: "normal", motion: "system", digits: 5, columns: 6, pageSize: 100 };

/** What each setting may be. */
export const choices = {
  theme: ["system", "light", "dark"],
  times: ["relative", "exact"],
  zone: ["local", "utc"],
  density: ["compact", "normal", "roomy"],
  motion: ["system", "reduced"],
  digits: [3, 4, 5, 6, 8, 17],
  columns: [0, 3, 6, 12, 25, 50],
  pageSize: [25, 50, 100, 250],
} as const satisfies { [Name in keyof Settings]: readonly Settings[Name][] };

const names = Object.keys(defaults) as (keyof Settings)[];

function isChoice(name: keyof Settings, value: unknown): boolean {
  return (choices[name] as readonly unknown[]).includes(value);
}

/** The settings of a file that somebody exported. Throws with what is wrong and what is expected. */
export function parseSettings(text: string): Settings {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new Error("The file is no JSON. Choose one that this page exported.");
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw new Error("The file holds no settings: it is no JSON object.");
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name as keyof Settings)) throw new Error(`There is no setting “${name.slice(0, 60)}”; there are ${names.join(", ")}.`);
    const known = choices[name as keyof Settings];
    if (!isChoice(name as keyof Settings, value)) throw new Error(`“${name}” cannot be ${JSON.stringify(value).slice(0, 60)}; it can be ${known.join(", ")}.`);
  }
  return { ...defaults, ...given };
}

export function settingsText(settings: Settings): string {
  return `${JSON.stringify(settings, null, 2)}\n`;
}

const key = "millrace.settings";
/** Where earlier versions of the page kept the theme. */
const themeKey = "millrace.theme";

function sound(text: string | null): Partial<Settings> {
  try {
    const given = JSON.parse(text ?? "{}") as Record<string, unknown>;
    return Object.fromEntries(names.filter((name) => isChoice(name, given[name])).map((name) => [name, given[name]]));
  } catch {
    return {};
  }
}

function load(): Settings {
  try {
    const theme = localStorage.getItem(themeKey);
    return { ...defaults, ...(isChoice("theme", theme) ? { theme: theme as Settings["theme"] } : {}), ...sound(localStorage.getItem(key)) };
  } catch {
    return defaults;
  }
}

let current = load();
const watchers = new Set<() => void>();

function take(next: Settings): void {
  current = next;
  for (const watcher of watchers) watcher();
}

/** Takes over, from now on, what other tabs change. */
export function followSettings(): void {
  window.addEventListener("storage", (event) => {
    if (event.key === key || event.key === null) take(load());
  });
}

export function settings(): Settings {
  return current;
}

export function watchSettings(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function useSettings(): Settings {
  return useSyncExternalStore(watchSettings, settings);
}

export function changeSettings(changes: Partial<Settings>): void {
  const next = { ...current, ...changes };
  try {
    localStorage.setItem(key, JSON.stringify(next));
    localStorage.removeItem(themeKey);
  } catch {
    // Storage is off: the settings last as long as the page.
  }
  take(next);
}
