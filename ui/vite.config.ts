import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Where `npm run dev` finds a server; the built page is served by the server itself.
const server = process.env["MILLRACE_SERVER"] ?? "http://127.0.0.1:5000";

export default defineConfig({
  base: "./",
  plugins: [react()],
  resolve: { alias: { hysnappy: fileURLToPath(new URL("src/artifacts/no-snappy.ts", import.meta.url)) } },
  build: {
    target: "es2022",
    outDir: process.env["MILLRACE_UI_OUT"] ?? "dist",
    emptyOutDir: true,
    // Inlined files would need a weaker content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/ajax-api", "/get-artifact", "/openapi.json", "/version", "/health", "/millrace"].map((path) => [path, server]),
    ),
  },
  test: { include: ["src/**/*.test.ts"], setupFiles: ["src/test-window.ts"] },
});
