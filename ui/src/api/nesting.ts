import { textAt, type Cells } from "./table";

/** The rows that are shown, in order, and how deep each lies below its parent. */
export interface Order {
  rows: Int32Array;
  depths: Uint8Array;
  /** Rows with children, open or closed. */
  parents: ReadonlySet<number>;
}

export function flatOrder(count: number): Order {
  const rows = new Int32Array(count);
  for (let i = 0; i < count; i++) rows[i] = i;
  return { rows, depths: new Uint8Array(count), parents: new Set() };
}

/** Children below their parents, each level in the order of the table. Runs whose parent is not shown are roots. */
export function nestedOrder(ids: readonly string[], parents: Cells | undefined, closed: ReadonlySet<string>): Order {
  const numbers = new Map(ids.map((id, row) => [id, row]));
  const children = new Map<number, number[]>();
  const roots: number[] = [];
  for (let row = 0; row < ids.length; row++) {
    const parent = numbers.get(textAt(parents, row) ?? "");
    if (parent === undefined || parent === row) {
      roots.push(row);
    } else {
      const list = children.get(parent);
      if (list) list.push(row);
      else children.set(parent, [row]);
    }
  }
  const rows: number[] = [];
  const depths: number[] = [];
  const seen = new Set<number>();
  const walk = (row: number, depth: number) => {
    // Runs that are their own ancestors, by hostile tags, are shown once.
    if (seen.has(row)) return;
    seen.add(row);
    rows.push(row);
    depths.push(Math.min(depth, 255));
    if (closed.has(ids[row] ?? "") || depth > 200) return;
    for (const child of children.get(row) ?? []) walk(child, depth + 1);
  };
  for (const row of roots) walk(row, 0);
  const hidden = new Set<number>();
  const hide = (row: number) => {
    for (const child of children.get(row) ?? []) {
      if (hidden.has(child)) continue;
      hidden.add(child);
      hide(child);
    }
  };
  for (const [row] of children) if (closed.has(ids[row] ?? "")) hide(row);
  for (let row = 0; row < ids.length; row++) if (!seen.has(row) && !hidden.has(row)) walk(row, 0);
  return { rows: Int32Array.from(rows), depths: Uint8Array.from(depths), parents: new Set(children.keys()) };
}
