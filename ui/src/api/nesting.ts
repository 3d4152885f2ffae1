import { textAt, type Cells } from "./table";

/** Runs that have the same value. */
export interface Group {
  label: string;
  rows: Int32Array;
}

/** Which row is shown at which position, and how deep it lies below its parent. */
export interface Order {
  count: number;
  rowAt: (position: number) => number;
  depthAt: (position: number) => number;
  /** The group whose heading stands at a position. */
  groupAt: (position: number) => Group | undefined;
  /** Rows with children, open or closed. */
  parents: ReadonlySet<number>;
}

export function flatOrder(count: number): Order {
  return { count, rowAt: (position) => position, depthAt: () => 0, groupAt: () => undefined, parents: new Set() };
}

function listedOrder(rows: readonly number[], depths: readonly number[], parents: ReadonlySet<number>): Order {
  const row = Int32Array.from(rows);
  const depth = Uint8Array.from(depths);
  return { count: row.length, rowAt: (position) => row[position] ?? -1, depthAt: (position) => depth[position] ?? 0, groupAt: () => undefined, parents };
}

/** Runs below headings of the values that they share, the largest group first, those without a value last. */
export function groupedOrder(count: number, valueAt: (row: number) => string | undefined, closed: ReadonlySet<string>): Order {
  const byValue = new Map<string | undefined, number[]>();
  for (let row = 0; row < count; row++) {
    const value = valueAt(row);
    const list = byValue.get(value);
    if (list) list.push(row);
    else byValue.set(value, [row]);
  }
  const sorted = [...byValue.entries()].sort(([a, x], [b, y]) => Number(a === undefined) - Number(b === undefined) || y.length - x.length);
  const groups: Group[] = [];
  const rows: number[] = [];
  for (const [value, members] of sorted) {
    const label = value ?? "(none)";
    groups.push({ label, rows: Int32Array.from(members) });
    rows.push(-groups.length);
    if (!closed.has(label)) rows.push(...members);
  }
  const order = listedOrder(rows, rows.map((row) => (row < 0 ? 0 : 1)), new Set());
  return { ...order, groupAt: (position) => (order.rowAt(position) < 0 ? groups[-order.rowAt(position) - 1] : undefined) };
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
  return listedOrder(rows, depths, new Set(children.keys()));
}
