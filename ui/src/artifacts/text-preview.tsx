import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Files } from "../api/artifacts";
import type { FileInfo } from "../api/contract.gen";
import { parseCsv } from "../csv";
import { bytes } from "../format";
import { later } from "../parts/later";
import { Fault, Loading } from "../parts/small";
import { headText } from "./blob";
import { limits } from "./kinds";
import { Table } from "./table";

const Markdown = later(() => import("../parts/markdown").then((part) => part.Markdown), "the text");

interface Props {
  files: Files;
  file: FileInfo;
  kind: "json" | "csv" | "markdown" | "text";
}

/** The head of a file of text, as what it is. */
export function TextPreview({ files, file, kind }: Props) {
  const path = file.path ?? "";
  const size = file.file_size ?? 0;
  const text = useQuery({ queryKey: ["text", files.key, path, size], queryFn: ({ signal }) => headText(files, path, size, limits.text, signal) });
  if (text.error) return <Fault fault={text.error} retry={() => void text.refetch()} />;
  if (text.data === undefined) return <Loading what="the file" />;
  const cut = size > limits.text;
  return (
    <>
      {cut && <p className="notice warn">The first {bytes(limits.text)} are shown; download the file to see all of it.</p>}
      {kind === "csv" ? <Sheet text={text.data} tabs={/\.tsv$/i.test(path)} cut={cut} /> : kind === "markdown" ? <Written text={text.data} /> : <pre>{kind === "json" ? pretty(text.data) : text.data}</pre>}
    </>
  );
}

function Written({ text }: { text: string }) {
  return (
    <div className="written">
      <Markdown text={text} />
    </div>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Sheet({ text, tabs, cut }: { text: string; tabs: boolean; cut: boolean }) {
  const { head, rows, more } = useMemo(() => {
    // The last line of what was cut off is not whole.
    const whole = cut ? text.slice(0, text.lastIndexOf("\n") + 1) : text;
    const [first = [], ...rest] = parseCsv(whole.replace(/^\uFEFF/, ""), limits.rows + 2, tabs ? "\t" : ",");
    return { head: first, rows: rest.slice(0, limits.rows), more: cut || rest.length > limits.rows };
  }, [text, tabs, cut]);
  const columns = rows.reduce((most, row) => Math.max(most, row.length), head.length);
  return <Table head={Array.from({ length: columns }, (_, i) => head[i] ?? "")} rows={rows} allRows={more ? undefined : rows.length} allColumns={columns} />;
}
