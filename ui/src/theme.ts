export type Theme = "system" | "light" | "dark";

const key = "millrace.theme";

function stored(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function asTheme(text: string | null): Theme | null {
  return text === "light" || text === "dark" || text === "system" ? text : null;
}

/** What the address asks for ("?theme=dark"), else what was chosen before, else the system's. */
export function initialTheme(): Theme {
  const hash = location.hash.includes("?") ? location.hash.slice(location.hash.indexOf("?")) : "";
  return (
    asTheme(new URLSearchParams(location.search).get("theme")) ??
    asTheme(new URLSearchParams(hash).get("theme")) ??
    asTheme(stored()) ??
    "system"
  );
}

export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  window.dispatchEvent(new Event("themechange"));
}

export function rememberTheme(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Storage is off: the theme lasts as long as the page.
  }
  applyTheme(theme);
}
