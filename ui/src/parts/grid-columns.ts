import { useState } from "react";

import { directionOf, type Directions } from "../api/best";
import type { RowBlocks } from "../api/blocks";
import { keyOf, kindOf, type ColumnId, type Kind } from "../api/table";
import { count } from "../format";
import type { Curve } from "../runs/curves";
import { settings } from "../settings";

/** What the cells show; another object whenever more of it has come. */
export interface CellSource {
  rows: RowBlocks;
  /** Which end of a metric is its best, where the user chose it. */
  directions: Directions;
  curves?: (run: string, metric: string) => Curve | undefined;
}

/** As the style sheets have it for each density, in pixels. */
export const rowHeights = { compact: 24, normal: 30, roomy: 38 } as const;
const exactTimeWidth = 232;
export const boxWidth = 36;
export const nameColumn: ColumnId = "attributes.run_name";
export const noteColumn: ColumnId = "tags.mlflow.note.content";

const titles: Record<string, string> = {
  "attributes.run_name": "Run",
  "attributes.status": "Status",
  "attributes.start_time": "Started",
  "attributes.end_time": "Ended",
  "attributes.duration": "Duration",
  "attributes.user_id": "User",
  "attributes.lifecycle_stage": "Stage",
  "tags.mlflow.note.content": "Notes",
};

const marks: Partial<Record<Kind, string>> = { min: " ↓ min", max: " ↑ max", curve: " curve" };

export function titleOf(id: ColumnId, directions: Directions = new Map()): string {
  if (kindOf(id) === "best") return `${keyOf(id)} best (${directionOf(keyOf(id), directions)})`;
  return titles[id] ?? keyOf(id) + (marks[kindOf(id)] ?? "");
}

export function firstWidth(id: ColumnId): number {
  if (id === nameColumn) return 220;
  if (/_time$/.test(id) && settings().times === "exact") return exactTimeWidth;
  if (kindOf(id) === "attributes") return 108;
  if (id === noteColumn) return 240;
  if (kindOf(id) === "curve") return 132;
  const text = titleOf(id).length * 7.2 + 44;
  if (kindOf(id) === "best") return Math.round(Math.min(280, text + 24));
  return Math.round(Math.min(220, Math.max(kindOf(id) === "metrics" ? 96 : 110, text)));
}

export function isRight(id: ColumnId): boolean {
  return /^(metrics|min|max|best)\./.test(id) || id === "attributes.duration";
}

export function durationAt(cells: CellSource, row: number, now: number): number | undefined {
  const start = cells.rows.numberAt("attributes.start_time", row);
  if (start === undefined) return undefined;
  const end = cells.rows.numberAt("attributes.end_time", row);
  if (end === undefined) return cells.rows.textAt("attributes.status", row) === "RUNNING" ? now - start : undefined;
  return end - start;
}

/** Widths in pixels, which the user may change. */
export function useWidths(): [(id: ColumnId) => number, (id: ColumnId, width: number) => void] {
  const [widths, setWidths] = useState<Readonly<Record<string, number>>>({});
  return [
    (id) => widths[id] ?? firstWidth(id),
    (id, width) => setWidths((old) => ({ ...old, [id]: Math.max(56, Math.min(800, Math.round(width))) })),
  ];
}

/** Where a row lies, and which columns of it are drawn. */
export interface RowShape {
  index: number;
  start: number;
  total: number;
  left: number;
  fixed: readonly ColumnId[];
  fixedWidth: number;
  free: readonly ColumnId[];
  from: number;
  to: number;
  widthOf: (id: ColumnId) => number;
}

export function describeRows(shown: number): string {
  return `${count(shown)} ${shown === 1 ? "run" : "runs"}`;
}
