import { useSyncExternalStore } from "react";

import { changeSettings, settings, watchSettings, type Settings } from "./settings";

export type Theme = Settings["theme"];

function asTheme(text: string | null): Theme | null {
  return text === "light" || text === "dark" || text === "system" ? text : null;
}

/** What the address asks for, "?theme=dark": it counts until somebody chooses another. */
function asked(): Theme | null {
  const hash = location.hash.includes("?") ? location.hash.slice(location.hash.indexOf("?")) : "";
  return asTheme(new URLSearchParams(location.search).get("theme")) ?? asTheme(new URLSearchParams(hash).get("theme"));
}

let override = asked();

export function currentTheme(): Theme {
  return override ?? settings().theme;
}

export function useTheme(): Theme {
  return useSyncExternalStore(watchSettings, currentTheme);
}

export function rememberTheme(theme: Theme): void {
  override = null;
  changeSettings({ theme });
}

/** Puts what style sheets have to know of the settings on the document, now and whenever they change. */
export function applySettings(): void {
  const apply = () => {
    const { density, motion, times } = settings();
    const data = document.documentElement.dataset;
    const theme = currentTheme();
    if (theme === "system") delete data["theme"];
    else data["theme"] = theme;
    data["density"] = density;
    data["motion"] = motion;
    data["times"] = times;
    window.dispatchEvent(new Event("themechange"));
  };
  watchSettings(apply);
  apply();
}
