import { count } from "../format";
import { limits } from "./kinds";

interface Props {
  head: readonly string[];
  rows: readonly (readonly string[])[];
  /** Rows and columns that the file has, where that is known. */
  allRows?: number | undefined;
  allColumns: number;
}

function cut(text: string): string {
  return text.length > limits.cell ? `${text.slice(0, limits.cell)}…` : text;
}

/** "First 200 of 12,000 rows, first 100 of 340 columns"; empty when all is shown. */
export function whatIsShown(rows: number, allRows: number | undefined, columns: number, allColumns: number): string {
  const parts: string[] = [];
  if (allRows === undefined ? rows >= limits.rows : allRows > rows) parts.push(allRows === undefined ? `first ${count(rows)} rows` : `first ${count(rows)} of ${count(allRows)} rows`);
  if (allColumns > columns) parts.push(`first ${count(columns)} of ${count(allColumns)} columns`);
  const text = parts.join(", ");
  return text && text.charAt(0).toUpperCase() + text.slice(1);
}

/** The head of a table, with a line that says what is left out of it. */
export function Table({ head, rows, allRows, allColumns }: Props) {
  const columns = Math.min(head.length, limits.columns);
  const left = whatIsShown(rows.length, allRows, columns, allColumns);
  return (
    <>
      <p className="muted shown">{left || `${count(rows.length)} rows, ${count(allColumns)} columns`}</p>
      <table className="plain sheet">
        <thead>
          <tr>
            <th scope="col" aria-label="Row" />
            {head.slice(0, columns).map((cell, i) => (
              <th key={i} scope="col">
                <bdi>{cut(cell)}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              <th scope="row">{i + 1}</th>
              {row.slice(0, columns).map((cell, j) => (
                <td key={j}>
                  <bdi>{cut(cell)}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
