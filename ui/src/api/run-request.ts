import type { SearchRunTableRequest } from "./contract.gen";
import { keyOf, kindOf, type ColumnId } from "./table";
import { orderText, readView } from "./view";
import { settings } from "../settings";

/** Which runs are shown, and in which order. */
export interface RunSearch {
  experiments: string[];
  filter: string;
  order: string;
  stage: "active" | "deleted" | "all";
}

/** Rows of one answer: enough for any window, few enough to be drawn within a frame. */
export const blockRows = 200;
export const mostRows = 200_000;
export const parentTag: ColumnId = "tags.mlflow.parentRunId";
const always = { attributes: ["run_name", "status", "start_time", "end_time", "lifecycle_stage", "user_id"], tags: [keyOf(parentTag)] };

export function scope(search: RunSearch): SearchRunTableRequest {
  return {
    experiment_ids: search.experiments,
    run_view_type: ({ active: "ACTIVE_ONLY", deleted: "DELETED_ONLY", all: "ALL" } as const)[search.stage],
    ...(search.filter ? { filter: search.filter } : {}),
    ...(search.order ? { order_by: [search.order] } : {}),
  };
}

export function columnFields(columns: readonly ColumnId[]): { metrics: string[]; params: string[]; tags: string[] } {
  const keys = (kind: string) => columns.filter((id) => kindOf(id) === kind).map(keyOf);
  return { metrics: keys("metrics"), params: keys("params"), tags: keys("tags") };
}

export function withBase(columns: readonly ColumnId[]): SearchRunTableRequest {
  const fields = columnFields(columns);
  return { ...fields, attributes: always.attributes, tags: [...new Set([...always.tags, ...fields.tags])] };
}

export interface TableRequest {
  search: RunSearch;
  /** The columns that are shown; null for the first ones that there are. */
  columns: readonly ColumnId[] | null;
  /** Columns that decide over the order of rows on the page. */
  needed: readonly ColumnId[];
  /** All rows at once, for orders that the page makes itself. */
  whole: boolean;
}

/** What the table asks first. */
export function firstRequest({ search, columns, needed, whole }: TableRequest): SearchRunTableRequest {
  // All rows at once leave room for fewer columns in one answer; the others follow when they come into sight.
  const base = withBase([...(columns ?? []).slice(0, whole ? 25 : 40), ...needed]);
  return {
    ...scope(search),
    ...base,
    // What was not chosen is what the settings say: so many of the first metrics and params.
    ...(columns ? {} : { first_columns: settings().columns }),
    with_context: true,
    with_total: true,
    max_results: whole ? mostRows : blockRows,
  };
}

/** What the page of an experiment's runs asks of the table, by the parameters of its address. */
export function tableOf(experiment: string, address: URLSearchParams): TableRequest {
  const view = readView(address);
  return {
    search: { experiments: [experiment], filter: view.filter, order: orderText(view), stage: view.stage },
    columns: view.columns,
    needed: view.group ? [view.group] : [],
    whole: view.nested || view.group !== null,
  };
}
