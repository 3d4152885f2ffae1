import { useEffect, useState } from "react";

import type { Ink } from "./layouts";

function isDark(): boolean {
  const theme = document.documentElement.dataset["theme"];
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Whether the page is dark now; follows the theme. */
export function useDark(): boolean {
  const [dark, setDark] = useState(isDark);
  useEffect(() => {
    const update = () => setDark(isDark());
    const media = matchMedia("(prefers-color-scheme: dark)");
    media.addEventListener("change", update);
    window.addEventListener("themechange", update);
    return () => {
      media.removeEventListener("change", update);
      window.removeEventListener("themechange", update);
    };
  }, []);
  return dark;
}

/** The colours of the theme as a canvas takes them. */
export function readInk(dark: boolean): Ink & { surface: string } {
  const probe = document.createElement("span");
  document.body.appendChild(probe);
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const ink = { dark, text: colour("text"), muted: colour("muted"), grid: colour("line"), accent: colour("accent"), surface: colour("surface") };
  probe.remove();
  return ink;
}
