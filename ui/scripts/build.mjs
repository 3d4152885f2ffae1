// Builds the page and packs it for the server: types from the contract, Vite, compression, one file of bytes and the
// C++ table that says what lies where in it. What was built from the same sources before is taken from the cache.
// Usage: node build.mjs openapi.json output-folder cache-folder
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { policyOf } from "./policies.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [openapi, output, cache] = process.argv.slice(2).map((path) => resolve(path));

const types = { html: "text/html; charset=utf-8", js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", svg: "image/svg+xml" };

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}

function digestOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(relative(root, path)).update("\0").update(readFileSync(path)).update("\0");
  return hash.digest("hex").slice(0, 20);
}

function sources() {
  const own = ["package.json", "package-lock.json", "index.html", "vite.config.ts", "tsconfig.json"].map((name) => join(root, name));
  const code = [...filesBelow(join(root, "src")), ...filesBelow(join(root, "public")), ...filesBelow(join(root, "scripts"))].filter((path) => !path.endsWith(".gen.ts") && !/(\.test|\/test-window)\.ts$/.test(path));
  return [...own, ...code, openapi];
}

function run(command, ...args) {
  execFileSync(command, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}

/** Installs what the lock file pins, when that has changed. */
function install() {
  const lock = readFileSync(join(root, "package-lock.json"));
  const mark = join(root, "node_modules", ".lock");
  if (existsSync(mark) && readFileSync(mark).equals(lock)) return;
  run("npm", "ci", "--silent", "--no-audit", "--no-fund");
  writeFileSync(mark, lock);
}

function build(folder) {
  install();
  run(process.execPath, join(root, "scripts/generate-api.mjs"), openapi, join(root, "src/api/contract.gen.ts"));
  run(process.execPath, join(root, "node_modules/typescript/bin/tsc"), "-p", root);
  process.env.MILLRACE_UI_OUT = join(folder, "dist");
  run(process.execPath, join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn");
  pack(join(folder, "dist"), folder);
}

function brotli(bytes) {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
}

function pack(dist, folder) {
  const pieces = [];
  let size = 0;
  const add = (bytes) => {
    const at = size;
    pieces.push(bytes);
    size += bytes.length;
    return `{${at}, ${bytes.length}}`;
  };
  const rows = filesBelow(dist).map((path) => {
    const bytes = readFileSync(path);
    const name = relative(dist, path);
    const type = types[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    const etag = createHash("sha256").update(bytes).digest("hex").slice(0, 20);
    return `    {"${name}", "${type}", "\\"${etag}\\"", ${JSON.stringify(policyOf(name))}, ${add(bytes)}, ${add(gzipSync(bytes, { level: 9 }))}, ${add(brotli(bytes))}},\n`;
  });
  writeFileSync(join(folder, "ui.pack"), Buffer.concat(pieces));
  writeFileSync(
    join(folder, "ui_assets.gen.inc"),
    `// Generated from the page's files; do not edit. Name, type, entity tag, policy, then where in the pack the file lies: as it is,\n// by gzip, by Brotli.\n${rows.join("")}`,
  );
}

const kept = join(cache, digestOf(sources()));
if (!existsSync(kept)) {
  const fresh = `${kept}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  build(fresh);
  if (existsSync(kept)) rmSync(fresh, { recursive: true });
  else renameSync(fresh, kept);
}
mkdirSync(output, { recursive: true });
for (const name of ["ui.pack", "ui_assets.gen.inc"]) cpSync(join(kept, name), join(output, name));
