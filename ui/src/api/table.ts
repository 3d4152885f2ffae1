import type { NumberColumn, Real, RunTable, TextColumn, TimeColumn } from "./contract.gen";

/**
 * Which collection of a run a column shows, with the words of the filter language; beyond it the least, the
 * greatest and the best value that a metric had, and its curve.
 */
export type Kind = "attributes" | "metrics" | "params" | "tags" | "min" | "max" | "best" | "curve";

/** "metrics.loss": what the address bar and the filter language call a column. */
export type ColumnId = `${Kind}.${string}`;

export type NumberCells = { type: "number"; values: Float64Array; has: Uint8Array };
export type TextCells = { type: "text"; texts: readonly string[]; codes: Int32Array };

/** One column of a table by row; a text code of -1 is no text. */
export type Cells = NumberCells | TextCells;

export function kindOf(id: ColumnId): Kind {
  return id.slice(0, id.indexOf(".")) as Kind;
}

/** Columns that are made of the history of a metric: the server does not order by them. */
export function isHistory(id: ColumnId): boolean {
  return /^(min|max|best|curve)\./.test(id);
}

export function keyOf(id: ColumnId): string {
  return id.slice(id.indexOf(".") + 1);
}

/** The name of a column as the filter language reads it. */
export function fieldText(id: ColumnId): string {
  const key = keyOf(id);
  if (/^[A-Za-z_][\w.]*$/.test(key)) return id;
  return key.includes("`") ? `${kindOf(id)}."${key}"` : `${kindOf(id)}.\`${key}\``;
}

export function real(value: Real): number {
  return typeof value === "number" ? value : Number(value);
}

function numberCells(column: NumberColumn | TimeColumn, count: number): NumberCells {
  const values = new Float64Array(count);
  const has = new Uint8Array(count);
  const given = (column.values ?? []);
  const rows = column.rows;
  if (!rows && given.length === count) has.fill(1);
  for (let i = 0; i < given.length; i++) {
    const row = rows ? (rows[i] ?? 0) : i;
    values[row] = real(given[i] ?? 0);
    has[row] = 1;
  }
  return { type: "number", values, has };
}

function textCells(column: TextColumn, count: number): TextCells {
  const texts = column.texts ?? [];
  const given = column.codes;
  const codes = new Int32Array(count).fill(-1);
  const size = given ? given.length : texts.length;
  for (let i = 0; i < size; i++) codes[column.rows ? (column.rows[i] ?? 0) : i] = given ? (given[i] ?? -1) : i;
  return { type: "text", texts, codes };
}

/** All columns of an answer by their ids. */
export function decodeColumns(table: RunTable): Map<ColumnId, Cells> {
  const count = table.row_count ?? 0;
  const columns = new Map<ColumnId, Cells>();
  for (const column of table.attributes ?? []) columns.set(`attributes.${column.key ?? ""}`, textCells(column, count));
  for (const column of table.times ?? []) columns.set(`attributes.${column.key ?? ""}`, numberCells(column, count));
  for (const column of table.metrics ?? []) columns.set(`metrics.${column.key ?? ""}`, numberCells(column, count));
  for (const column of table.params ?? []) columns.set(`params.${column.key ?? ""}`, textCells(column, count));
  for (const column of table.tags ?? []) columns.set(`tags.${column.key ?? ""}`, textCells(column, count));
  return columns;
}

export function textAt(cells: Cells | undefined, row: number): string | undefined {
  if (cells?.type !== "text") return undefined;
  const code = cells.codes[row] ?? -1;
  return code < 0 ? undefined : cells.texts[code];
}

export function numberAt(cells: Cells | undefined, row: number): number | undefined {
  if (cells?.type !== "number" || !cells.has[row]) return undefined;
  return cells.values[row];
}
