// A server in front of another: files of a folder below some paths, everything else from behind.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, request } from "node:http";
import { extname, join, normalize, relative } from "node:path";
import { pipeline } from "node:stream";

import { policyOf } from "../scripts/policies.mjs";

const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json", ".png": "image/png", ".woff2": "font/woff2" };

function fileOf(folder, prefix, path) {
  if (path === "/" && prefix !== "/none") return join(folder, "index.html");
  if (!path.startsWith(prefix)) return null;
  const file = join(folder, normalize(decodeURIComponent(path.slice(prefix.length))));
  return file.startsWith(folder) && existsSync(file) && statSync(file).isFile() ? file : null;
}

/**
 * Serves "/" and what lies below `prefix` from `folder`, the rest from `target`; tells the address it took. `end` ends
 * the answers under way whose address has the words in it, as a server does that has had enough.
 */
export function serveInFront(folder, prefix, target) {
  const { hostname, port } = new URL(target);
  const open = new Map();
  const server = createServer((asked, answer) => {
    const file = fileOf(folder, prefix, new URL(asked.url, target).pathname);
    if (file) {
      const policy = prefix === "/" ? { "Content-Security-Policy": policyOf(relative(folder, file)) } : {};
      answer.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream", ...policy });
      createReadStream(file).pipe(answer);
      return;
    }
    const onward = request({ hostname, port, path: asked.url, method: asked.method, headers: { ...asked.headers, host: `${hostname}:${port}` } }, (got) => {
      answer.writeHead(got.statusCode, got.headers);
      // Whoever is behind may break off, which those in front have to see.
      pipeline(got, answer, () => undefined);
      open.set(answer, asked.url);
    });
    onward.on("error", () => answer.writeHead(502).end());
    answer.on("close", () => {
      open.delete(answer);
      onward.destroy();
    });
    asked.pipe(onward);
  });
  const end = (words) => [...open].filter(([, url]) => url.includes(words)).forEach(([answer]) => answer.end());
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done({ base: `http://127.0.0.1:${server.address().port}`, end, close: () => new Promise((ended) => (server.closeAllConnections(), server.close(ended))) })));
}
