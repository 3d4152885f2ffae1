import { fieldText, isHistory, type ColumnId } from "./table";

/** What the address bar keeps of the runs table, so that a link is a view. */
export interface View {
  filter: string;
  sort: ColumnId | null;
  descending: boolean;
  stage: "active" | "deleted" | "all";
  columns: ColumnId[] | null;
  pins: ColumnId[];
  nested: boolean;
  /** The param or tag by whose values runs are put together. */
  group: ColumnId | null;
  charts: boolean;
  selected: string[];
}

const kinds = /^(attributes|metrics|params|tags|min|max|best|curve)\../s;

export function isColumn(text: string): text is ColumnId {
  return kinds.test(text);
}

/** What runs can be put in order by, or together. */
export function isField(text: string): text is ColumnId {
  return isColumn(text) && !isHistory(text);
}

function readColumns(text: string | null): ColumnId[] {
  return (text ?? "").split(",").map(safeDecode).filter(isColumn);
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

export function writeColumns(columns: readonly ColumnId[]): string {
  return columns.map(encodeURIComponent).join(",");
}

export function readView(search: URLSearchParams): View {
  const sort = search.get("sort") ?? "";
  const stage = search.get("stage");
  const group = search.get("group") ?? "";
  return {
    filter: search.get("q") ?? "",
    sort: isField(sort) ? sort : null,
    descending: search.get("desc") === "1",
    stage: stage === "deleted" || stage === "all" ? stage : "active",
    columns: search.has("cols") ? readColumns(search.get("cols")) : null,
    pins: readColumns(search.get("pins")),
    nested: search.get("nested") === "1",
    group: isField(group) && !group.startsWith("metrics.") ? group : null,
    charts: search.get("view") === "charts",
    selected: (search.get("sel") ?? "").split(",").filter((id) => /^\w{1,64}$/.test(id)),
  };
}

/** The ordering in the words of the filter language; empty for newest first. */
export function orderText(view: View): string {
  if (!view.sort) return "";
  return `${fieldText(view.sort)} ${view.descending ? "DESC" : "ASC"}`;
}

export const baseColumns: readonly ColumnId[] = ["attributes.status", "attributes.start_time", "attributes.duration"];

/** What is shown when nothing was chosen: status and times, then the first metrics and params. */
export function defaultColumns(loaded: Iterable<ColumnId>): ColumnId[] {
  const all = [...loaded];
  return [
    ...baseColumns,
    ...all.filter((id) => id.startsWith("metrics.")),
    ...all.filter((id) => id.startsWith("params.")),
  ];
}
