import { useQuery } from "@tanstack/react-query";

import type { Files } from "../api/artifacts";
import type { FileInfo } from "../api/contract.gen";
import { Fault, Loading } from "../parts/small";
import { rangedFile, readHead } from "./parquet";
import { Table } from "./table";

/** The head of a Parquet file, of which only those parts are read that hold it. */
export function ParquetPreview({ files, file }: { files: Files; file: FileInfo }) {
  const path = file.path ?? "";
  const size = file.file_size ?? 0;
  const head = useQuery({ queryKey: ["parquet", files.key, path, size], queryFn: ({ signal }) => readHead(rangedFile(files.url(path), size, signal)), retry: false });
  if (head.error) return <Fault fault={head.error} retry={() => void head.refetch()} />;
  if (!head.data) return <Loading what="the table" />;
  const { names, rows, allRows, allColumns } = head.data;
  return <Table head={names} rows={rows} allRows={allRows} allColumns={allColumns} />;
}
