import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

type Bundle = Parameters<Extract<NonNullable<Plugin["generateBundle"]>, (...args: never[]) => unknown>>[1];

function mainOf(bundle: Bundle) {
  return Object.values(bundle).find((file) => file.type === "chunk" && file.moduleIds.some((id) => id.endsWith("/src/main.tsx")));
}

/** Tells the browser in the document of the script that the first one brings: it need not read one to fetch the other. */
function preloadMain(): Plugin {
  return {
    name: "preload-main",
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle = {} }) {
        const main = mainOf(bundle);
        if (main?.type !== "chunk") return [];
        return [{ tag: "link", attrs: { rel: "modulepreload", crossorigin: true, href: `./${main.fileName}` }, injectTo: "head" }];
      },
    },
  };
}

/** Most of the main script runs at once: V8 is told to compile all of it while it arrives, beside the page's own thread. */
function compileAhead(): Plugin {
  return {
    name: "compile-ahead",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const main = mainOf(bundle);
        if (main?.type === "chunk") main.code = `//# allFunctionsCalledOnLoad\n${main.code}`;
      },
    },
  };
}

/** What uPlot makes when it is loaded, and what stands for it: the first format of a page takes the browser long, and charts that have none need not wait. */
const lateFormats = [
  ["const numFormatter = new Intl.NumberFormat(domEnv ? nav.language : 'en-US');", "let numFormatter;"],
  ["val => numFormatter.format(val);", "val => (numFormatter ??= new Intl.NumberFormat(nav.language)).format(val);"],
  ["const localTz = new Intl.DateTimeFormat().resolvedOptions().timeZone;", "let localTz;"],
  ["tz == localTz", "tz == (localTz ??= new Intl.DateTimeFormat().resolvedOptions().timeZone)"],
] as const;

function makeFormatsLate(): Plugin {
  return {
    name: "make-formats-late",
    transform(code, id) {
      if (!id.endsWith("/uPlot.esm.js")) return null;
      return lateFormats.reduce((text, [made, late]) => {
        if (text.split(made).length !== 2) throw new Error(`uPlot has changed: "${made}" is not in it once`);
        return text.replace(made, late);
      }, code);
    },
  };
}

type ModuleOf = (id: string) => { importedIds: readonly string[] } | null;

/** All that a module needs before it runs. */
function neededBy(entry: string, moduleOf: ModuleOf): Set<string> {
  const found = new Set<string>();
  const waiting = [fileURLToPath(new URL(`src/${entry}`, import.meta.url))];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    waiting.push(...(moduleOf(id)?.importedIds ?? []));
  }
  return found;
}

/** What an entry needs, less what one before it needs: one script each, rather than a dozen of what they share with other pages. */
const scripts = [["boot", "boot.ts"], ["main", "main.tsx"], ["charts", "charts/charts-view.tsx"]] as const;
const needed = new Map<string, Set<string>>();

const groups = scripts.map(([script, entry], i) => ({
  // The first to ask takes along all that its modules need.
  priority: scripts.length - i,
  debugName: script,
  name: (id: string, modules: { getModuleInfo: ModuleOf }) => {
    if (!needed.has(script)) needed.set(script, neededBy(entry, (other) => modules.getModuleInfo(other)));
    return needed.get(script)?.has(id) ? script : null;
  },
}));

// Where `npm run dev` finds a server; the built page is served by the server itself.
const server = process.env["MILLRACE_SERVER"] ?? "http://127.0.0.1:5000";

export default defineConfig({
  base: "./",
  plugins: [react(), preloadMain(), compileAhead(), makeFormatsLate()],
  resolve: { alias: { hysnappy: fileURLToPath(new URL("src/artifacts/no-snappy.ts", import.meta.url)) } },
  build: {
    target: "es2022",
    outDir: process.env["MILLRACE_UI_OUT"] ?? "dist",
    emptyOutDir: true,
    // Inlined files would need a weaker content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/ajax-api", "/get-artifact", "/openapi.json", "/version", "/health", "/millrace"].map((path) => [path, server]),
    ),
  },
  test: { include: ["src/**/*.test.ts"], setupFiles: ["src/test-window.ts"] },
});
