import { directionOf, type Directions } from "../api/best";
import { RowBlocks } from "../api/blocks";
import type { RunSearch } from "../api/run-request";
import { allRows } from "../api/runtable";
import { isHistory, keyOf, kindOf, type ColumnId } from "../api/table";
import { csvLine, save } from "../csv";
import { durationAt, titleOf, type CellSource } from "../parts/grid-columns";
import { bestOf, curveKey, loadCurves, type Curve } from "./curves";

function valueAt(cells: CellSource, id: ColumnId, row: number, now: number): string {
  if (id === "attributes.duration") {
    const length = durationAt(cells, row, now);
    return length === undefined ? "" : String(length / 1000);
  }
  if (isHistory(id)) {
    const curve = cells.curves?.(cells.rows.idAt(row) ?? "", keyOf(id));
    const kind = kindOf(id);
    if (!curve || kind === "curve") return "";
    return String(kind === "best" ? bestOf(curve, directionOf(keyOf(id), cells.directions)) : curve[kind === "min" ? "min" : "max"]);
  }
  const value = cells.rows.numberAt(id, row);
  if (value === undefined) return cells.rows.textAt(id, row) ?? "";
  return kindOf(id) === "attributes" ? new Date(value).toISOString() : String(value);
}

async function extremesOf(runs: readonly string[], keys: readonly string[]): Promise<Map<string, Curve>> {
  const known = new Map<string, Curve>();
  if (keys.length === 0) return known;
  for (let i = 0; i < runs.length; i += 500) for (const [key, curve] of await loadCurves(runs.slice(i, i + 500), keys, 2)) known.set(key, curve);
  return known;
}

/** The shown columns of the selected runs, or of all, as a file. Columns and rows that nobody has seen are loaded. */
export async function exportRuns(name: string, search: RunSearch, columns: readonly ColumnId[], selected: ReadonlySet<string>, directions: Directions): Promise<void> {
  const now = Date.now();
  const histories = [...new Set(columns.filter((id) => /^(min|max|best)\./.test(id)).map(keyOf))];
  const lines = [csvLine(["run_id", "run_name", ...columns.map((id) => (/^(attributes|best)\./.test(id) ? titleOf(id, directions) : id))])];
  for await (const page of allRows(search, columns)) {
    const rows = new RowBlocks(page.ids.length, Math.max(1, page.ids.length));
    rows.put({ first: 0, ids: page.ids, digest: "", columns: page.columns, asked: new Set() });
    const wanted = page.ids.filter((id) => selected.size === 0 || selected.has(id));
    const known = await extremesOf(wanted, histories);
    const cells: CellSource = { rows, directions, curves: (run, metric) => known.get(curveKey(run, metric)) };
    const numbers = new Map(page.ids.map((id, row) => [id, row]));
    for (const id of wanted) {
      const row = numbers.get(id) ?? -1;
      lines.push(csvLine([id, rows.textAt("attributes.run_name", row) ?? "", ...columns.map((column) => valueAt(cells, column, row, now))]));
    }
  }
  save(`${name.replace(/[^\w.-]+/g, "_")}.csv`, "text/csv;charset=utf-8", new Blob(lines));
}
