import { parquetMetadataAsync, parquetRead, parquetSchema, type AsyncBuffer, type Compressors, type FileMetaData } from "hyparquet";
import { decompressBrotli, decompressGzip, decompressLz4, decompressLz4Raw, decompressZstd } from "hyparquet-compressors";

import { request } from "../api/client";
import { bytes } from "../format";
import { limits } from "./kinds";

/** The first rows and columns of a Parquet file. */
export interface ParquetHead {
  names: string[];
  rows: string[][];
  allRows: number;
  allColumns: number;
}

// Snappy is the reader's own: the other decoder of it is WebAssembly, which the page's policy does not run.
const compressors: Compressors = {
  GZIP: decompressGzip,
  BROTLI: (input, length) => decompressBrotli(input, length),
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};

/** Reads parts of a file by Range, and no more of them than the limit. */
export function rangedFile(url: string, size: number, signal: AbortSignal, most: number = limits.parquet): AsyncBuffer {
  let taken = 0;
  return {
    byteLength: size,
    slice: async (from, to = size) => {
      const first = from < 0 ? Math.max(0, size + from) : from;
      const length = Math.min(to, size) - first;
      taken += length;
      if (taken > most) throw new Error(`More than ${bytes(most)} would have to be read to show the first rows. Download the file to see them.`);
      if (length <= 0) return new ArrayBuffer(0);
      const part = await (await request(url, { signal, headers: { Range: `bytes=${first}-${first + length - 1}` } })).arrayBuffer();
      if (part.byteLength !== length) throw new Error("The file was replaced while it was read. Choose it again.");
      return part;
    },
  };
}

const strict = new TextDecoder("utf-8", { fatal: true });

/** Bytes as the text that they are, or in hexadecimal: old writers do not say which columns are texts. */
function bytesText(value: Uint8Array): string {
  try {
    const text = strict.decode(value);
    if (!/[\u0000-\u0008\u000e-\u001f]/.test(text)) return text;
  } catch {
    // It is no text.
  }
  return Array.from(value.subarray(0, 32), (byte) => byte.toString(16).padStart(2, "0")).join("") + (value.length > 32 ? "…" : "");
}

export function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  if (value instanceof Uint8Array) return bytesText(value);
  if (typeof value === "object") return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner)).slice(0, limits.cell + 1);
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" ? String(value) : "";
}

/** The columns at the front whose first row group can be read within the limit. */
export function affordable(metadata: FileMetaData, names: readonly string[], most: number = limits.parquet): string[] {
  const sizes = new Map<string, number>();
  for (const column of metadata.row_groups[0]?.columns ?? []) {
    const name = column.meta_data?.path_in_schema[0];
    if (name !== undefined) sizes.set(name, (sizes.get(name) ?? 0) + Number(column.meta_data?.total_compressed_size ?? 0));
  }
  let sum = 0;
  const chosen: string[] = [];
  for (const name of names.slice(0, limits.columns)) {
    sum += sizes.get(name) ?? 0;
    // With an index of pages only the first pages are read, so that one large column is tried.
    if (sum > most && chosen.length > 0) break;
    chosen.push(name);
  }
  return chosen;
}

/** Reads the head of a Parquet file through parts of it. Throws what the server or the format is at fault with. */
export async function readHead(file: AsyncBuffer): Promise<ParquetHead> {
  const metadata = await parquetMetadataAsync(file);
  const all = parquetSchema(metadata).children.map((child) => child.element.name);
  const allRows = Number(metadata.num_rows);
  const names = affordable(metadata, all, limits.parquet / 2);
  let rows: unknown[][] = [];
  if (allRows > 0 && names.length > 0) {
    await parquetRead({
      file,
      metadata,
      columns: names,
      rowStart: 0,
      rowEnd: Math.min(allRows, limits.rows),
      useOffsetIndex: true,
      utf8: false,
      compressors,
      onComplete: (read) => {
        rows = read;
      },
    });
  }
  return { names, rows: rows.map((row) => names.map((_, i) => textOf(row[i]))), allRows, allColumns: all.length };
}
