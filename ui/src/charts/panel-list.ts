import type { ColumnId } from "../api/table";
import { isColumn, isField } from "../api/view";
import type { LogAxes } from "./series";

export const panelKinds = {
  bar: { name: "Bar", columns: ["Metric", "Group by"], required: 1 },
  box: { name: "Box", columns: ["Metric", "Group by"], required: 2 },
  scatter: { name: "Scatter", columns: ["X", "Y", "Colour"], required: 2 },
  contour: { name: "Contour", columns: ["X", "Y", "Height"], required: 3 },
  parallel: { name: "Parallel coordinates", columns: ["Axis 1", "Axis 2", "Axis 3", "Axis 4", "Axis 5", "Axis 6", "Axis 7", "Axis 8"], required: 2 },
} as const;

export type PanelKind = keyof typeof panelKinds;

/** A chart over many runs, as the address bar keeps it: "scatter:params.lr:metrics.loss", "scatter.xy:…" with logarithmic axes. */
export interface Panel {
  kind: PanelKind;
  columns: ColumnId[];
  log: LogAxes;
}

/** Charts whose first two columns are axes that can be logarithmic. */
export function hasLogAxes(kind: PanelKind): boolean {
  return kind === "scatter" || kind === "contour";
}

const mostPanels = 24;

function isKind(text: string | undefined): text is PanelKind {
  return text !== undefined && Object.hasOwn(panelKinds, text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

export function isComplete({ kind, columns }: Pick<Panel, "kind" | "columns">): boolean {
  return columns.length >= panelKinds[kind].required;
}

/** Panels of an address; what is none is left out. */
export function readPanels(text: string | null): Panel[] {
  return (text ?? "")
    .split(",")
    .slice(0, mostPanels)
    .flatMap((part): Panel[] => {
      const [head = "", ...rest] = part.split(":");
      const [kind, axes = ""] = head.split(".");
      if (!isKind(kind)) return [];
      const columns = rest.map(decoded).filter(isColumn).filter(isField).slice(0, panelKinds[kind].columns.length);
      const panel = { kind, columns, log: { x: hasLogAxes(kind) && axes.includes("x"), y: hasLogAxes(kind) && axes.includes("y") } };
      return isComplete(panel) ? [panel] : [];
    });
}

export function writePanels(panels: readonly Panel[]): string {
  const headOf = ({ kind, log }: Panel) => (log.x || log.y ? `${kind}.${log.x ? "x" : ""}${log.y ? "y" : ""}` : kind);
  return panels.map((panel) => [headOf(panel), ...panel.columns.map(encodeURIComponent)].join(":")).join(",");
}

/** The same with the panel at one place moved to another. */
export function moved<Item>(list: readonly Item[], from: number, to: number): Item[] {
  const rest = list.filter((_, i) => i !== from);
  const item = list[from];
  if (item === undefined) return rest;
  const at = Math.max(0, Math.min(rest.length, to));
  return [...rest.slice(0, at), item, ...rest.slice(at)];
}
