import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { uploadPlace } from "../api/artifacts";
import { parseCsv } from "../csv";
import { wantsNetwork } from "./html-preview";
import { kindOf, limits } from "./kinds";
import { affordable, rangedFile, readHead, textOf } from "./parquet";
import { whatIsShown } from "./table";
import { joined, takenPaths } from "./uploads";

function fixture(name: string) {
  const bytes = readFileSync(new URL(`../../e2e/fixtures/${name}`, import.meta.url));
  let taken = 0;
  const slice = (from: number, to = bytes.length) => {
    taken += to - from;
    return Promise.resolve(new Uint8Array(bytes.subarray(from, to)).buffer);
  };
  return { file: { byteLength: bytes.length, slice }, taken: () => taken };
}

describe("a Parquet file", () => {
  it.each(["table-snappy.parquet", "table-zstd.parquet"])("%s shows its first rows, whatever names and values are", async (name) => {
    const { names, rows, allRows, allColumns } = await readHead(fixture(name).file);
    expect(names).toEqual(["id", "name", "score", "at", "tags", "raw", "__proto__"]);
    expect([rows.length, allRows, allColumns]).toEqual([limits.rows, 1000, 7]);
    expect(rows[0]).toEqual(["0", "", "0", "2026-01-01T00:00:00.000Z", '["0","x"]', "0000ff", "true"]);
    expect(rows[1]?.slice(0, 2)).toEqual(["1", "row 1 <b>"]);
  });
  it("that is none is told, not shown", async () => {
    const bytes = new TextEncoder().encode("this is no parquet file at all").buffer;
    await expect(readHead({ byteLength: bytes.byteLength, slice: (from, to) => Promise.resolve(bytes.slice(from, to)) })).rejects.toThrow(/parquet/i);
  });
  it("is read up to a limit only", async () => {
    const file = rangedFile("http://nowhere", 1000, new AbortController().signal, 100);
    await expect(Promise.resolve(file.slice(0, 101))).rejects.toThrow(/Download the file/);
  });
  it("shows the columns that can be paid for, and one in any case", () => {
    const column = (name: string, size: number) => ({ meta_data: { path_in_schema: [name], total_compressed_size: BigInt(size) } });
    const metadata = { row_groups: [{ columns: [column("a", 60), column("b", 30), column("b", 5), column("c", 30)] }] } as unknown as Parameters<typeof affordable>[0];
    expect(affordable(metadata, ["a", "b", "c"], 100)).toEqual(["a", "b"]);
    expect(affordable(metadata, ["a", "b", "c"], 10)).toEqual(["a"]);
  });
  it("has values of any kind", () => {
    expect([null, 5n, [1n, "x"], new Date(NaN), new Uint8Array([1, 255]), new TextEncoder().encode("ü"), -0.5].map(textOf)).toEqual(["", "5", '["1","x"]', "", "01ff", "ü", "-0.5"]);
  });
});

describe("a table", () => {
  it("says what is left out of it", () => {
    expect(whatIsShown(200, 1234, 100, 340)).toBe("First 200 of 1,234 rows, first 100 of 340 columns");
    expect(whatIsShown(200, undefined, 3, 3)).toBe("First 200 rows");
    expect(whatIsShown(5, 5, 3, 3)).toBe("");
  });
  it("of tabs keeps its commas", () => {
    expect(parseCsv('a\tb\n1,5\t"x\ty"', 9, "\t")).toEqual([["a", "b"], ["1,5", "x\ty"]]);
  });
});

describe("a file", () => {
  it("is what its name says", () => {
    expect(["a/MLmodel", "x.PARQUET", "r.html", "s.wav", "m.webm", "p.pdf", "t.tsv", "model.pkl", "html"].map(kindOf)).toEqual(["text", "parquet", "html", "audio", "video", "pdf", "csv", "", ""]);
  });
  it("asks for the network when it loads from elsewhere", () => {
    expect(wantsNetwork('<script src="https://cdn.plot.ly/plotly.js"></script>')).toBe(true);
    expect(wantsNetwork("<link rel=stylesheet href=//x.y/z.css>")).toBe(true);
    expect(wantsNetwork('<a href="https://example.com">x</a><script>let a = "https://x"</script>')).toBe(false);
  });
});

describe("an upload", () => {
  it("goes to the run, and to the store of the server where it is too large for that", () => {
    const root = "mlflow-artifacts:/7/abc/artifacts";
    expect(uploadPlace("abc", root, "a b/c.txt", 5)[0]).toBe("POST");
    expect(uploadPlace("abc", root, "a b/ü.bin", 11 << 20)).toEqual(["PUT", "ajax-api/2.0/mlflow-artifacts/artifacts/7/abc/artifacts/a%20b/%C3%BC.bin"]);
    expect(uploadPlace("abc", "mlflow-artifacts://host:5000/7/abc/artifacts/", "empty", 0)[1]).toMatch(/artifacts\/7\/abc\/artifacts\/empty$/);
    expect(() => uploadPlace("abc", "s3://bucket/7", "x", 11 << 20)).toThrow(/client/);
    expect(() => uploadPlace("abc", "s3://bucket/7", "x", 0)).toThrow(/empty/);
  });
  it("asks before it replaces", async () => {
    const list = (folder: string) => Promise.resolve(folder === "a" ? [{ path: "a/x", is_dir: false }, { path: "a/y", is_dir: true }] : []);
    const files = { key: "", list, url: String, zipUrl: String };
    expect(await takenPaths(files, [joined("a", "x"), joined("a", "y"), joined("", "z")])).toEqual(["a/x"]);
  });
});
