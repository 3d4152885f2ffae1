import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";

import { call } from "./client";
import type { Experiment, RunColumns, RunTable, SearchRunTableRequest } from "./contract.gen";
import { useChanges } from "./live";
import { usePaced } from "./pace";
import { decodeColumns, keyOf, kindOf, type Cells, type ColumnId } from "./table";

/** Which runs are shown, and in which order. */
export interface RunSearch {
  experiments: string[];
  filter: string;
  order: string;
  stage: "active" | "deleted" | "all";
}

/** Rows that come with the first answer; with more, the rest follows while these are shown. */
const firstRows = 2000;
const mostRows = 200_000;
/** Metrics and params that are shown when nothing was chosen. */
const firstColumns = 6;

export const parentTag: ColumnId = "tags.mlflow.parentRunId";
const always = { attributes: ["run_name", "status", "start_time", "end_time", "lifecycle_stage", "user_id"], tags: [keyOf(parentTag)] };

export interface Rows {
  ids: string[];
  digest: string;
  columns: Map<ColumnId, Cells>;
  keys: RunColumns;
  experiments: Experiment[];
  /** There are runs beyond these. */
  truncated: boolean;
  /** Milliseconds from the question to the answer. */
  took: number;
}

function scope(search: RunSearch): SearchRunTableRequest {
  return {
    experiment_ids: search.experiments,
    run_view_type: ({ active: "ACTIVE_ONLY", deleted: "DELETED_ONLY", all: "ALL" } as const)[search.stage],
    ...(search.filter ? { filter: search.filter } : {}),
    ...(search.order ? { order_by: [search.order] } : {}),
  };
}

function columnFields(columns: readonly ColumnId[]): SearchRunTableRequest {
  const keys = (kind: string) => columns.filter((id) => kindOf(id) === kind).map(keyOf);
  return { metrics: keys("metrics"), params: keys("params"), tags: keys("tags") };
}

async function ask(request: SearchRunTableRequest, signal?: AbortSignal): Promise<Rows> {
  const begin = performance.now();
  const table: RunTable = await call("SearchRunTable", request, signal);
  return {
    ids: table.run_ids ?? [],
    digest: table.row_digest ?? "",
    columns: decodeColumns(table),
    keys: table.keys ?? {},
    experiments: table.experiments ?? [],
    truncated: table.truncated ?? false,
    took: performance.now() - begin,
  };
}

function firstAnswer(search: RunSearch, columns: readonly ColumnId[] | null, signal: AbortSignal): Promise<Rows> {
  const chosen = columns ? columnFields(columns.slice(0, 40)) : { first_columns: firstColumns };
  return ask(
    {
      ...scope(search),
      ...chosen,
      attributes: always.attributes,
      tags: [...always.tags, ...(("tags" in chosen && chosen.tags) || [])],
      with_context: true,
      max_results: firstRows,
    },
    signal,
  );
}

function allRows(search: RunSearch, signal: AbortSignal): Promise<Rows> {
  return ask({ ...scope(search), ...always, max_results: mostRows }, signal);
}

function cellsOf(search: RunSearch, rows: Rows, columns: readonly ColumnId[]): Promise<Rows> {
  return ask({ ...scope(search), ...columnFields(columns), without_run_ids: true, max_results: Math.max(1, rows.ids.length) });
}

/** Columns that were loaded for the rows of one answer, beside those that came with it. */
interface Store {
  rows: Rows;
  cells: Map<ColumnId, Cells>;
  loading: Set<ColumnId>;
}

/**
 * The runs of a search, and the cells of whichever columns are needed: a table has more columns than anybody looks
 * at, so each is loaded when it comes into sight. Follows changes by itself.
 */
export function useRunTable(search: RunSearch, columns: readonly ColumnId[] | null, needed: readonly ColumnId[]) {
  const client = useQueryClient();
  const key = [search.experiments, search.filter, search.order, search.stage];
  const chosen = useRef(columns);
  useEffect(() => {
    chosen.current = columns;
  });
  const first = useQuery({
    queryKey: ["runs", ...key],
    queryFn: ({ signal }) => firstAnswer(search, chosen.current, signal),
    placeholderData: keepPreviousData,
    // Comparing a hundred thousand rows with those before costs more than drawing the few that are in sight.
    structuralSharing: false,
  });
  const truncated = first.data?.truncated === true && !first.isPlaceholderData;
  const rest = useQuery({
    queryKey: ["runs-all", ...key],
    queryFn: ({ signal }) => allRows(search, signal),
    enabled: truncated,
    structuralSharing: false,
  });
  const rows = truncated && rest.data ? rest.data : first.data;
  const cells = useCells(search, rows, first.data, needed);
  useLiveRuns(search, rows, () => {
    void client.invalidateQueries({ queryKey: ["runs", ...key] });
    if (truncated) void client.invalidateQueries({ queryKey: ["runs-all", ...key] });
  });
  return {
    rows,
    cells,
    keys: first.data?.keys,
    experiment: first.data?.experiments[0],
    fault: first.error ?? rest.error,
    loading: first.isFetching || rest.isFetching,
    pending: first.isPending,
    partial: truncated && !rest.data,
    retry: () => void first.refetch(),
    /** Cells of columns that are not in sight. */
    load: async (ids: readonly ColumnId[]): Promise<Map<ColumnId, Cells>> =>
      ids.length === 0 || !rows ? new Map<ColumnId, Cells>() : (await cellsOf(search, rows, ids)).columns,
  };
}

function useCells(search: RunSearch, rows: Rows | undefined, first: Rows | undefined, needed: readonly ColumnId[]) {
  const [times, renew] = useState(0);
  const store = useRef<Store | null>(null);
  const before = useRef<Store | null>(null);
  if (rows && store.current?.rows !== rows) {
    before.current = store.current;
    store.current = { rows, cells: new Map(rows.columns), loading: new Set() };
  }
  const wanted = needed.join("\n");
  useEffect(() => {
    const target = store.current;
    if (!target || !rows) return;
    const missing = (wanted ? (wanted.split("\n") as ColumnId[]) : []).filter(
      (id) => kindOf(id) !== "attributes" && !target.cells.has(id) && !target.loading.has(id),
    );
    if (missing.length === 0) return;
    for (const id of missing) target.loading.add(id);
    cellsOf(search, rows, missing).then(
      (answer) => {
        // Runs came or went meanwhile: the changes are on their way to this page, and the columns with them.
        if (answer.digest === rows.digest) {
          for (const [id, cells] of answer.columns) target.cells.set(id, cells);
        }
        renew((old) => old + 1);
      },
      () => {
        for (const id of missing) target.loading.delete(id);
      },
    );
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `rows` stands for the search that gave it
  }, [rows, wanted]);

  return useMemo(
    () => ({
      of(id: ColumnId): Cells | undefined {
        const own = store.current?.cells.get(id);
        if (own) return own;
        // Until the new cells are there, those of the same rows before; at least those of the first rows.
        if (before.current && before.current.rows.digest === store.current?.rows.digest) {
          const old = before.current.cells.get(id);
          if (old) return old;
        }
        return first?.columns.get(id);
      },
    }),
    // What was loaded makes the source another one: rows that are drawn compare it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [first, rows, times],
  );
}

/** Reads anew after changes, the less often the longer it takes. */
function useLiveRuns(search: RunSearch, rows: Rows | undefined, refresh: () => void): void {
  const known = useMemo(() => new Set(rows?.ids), [rows]);
  const paced = usePaced(refresh, Math.max(400, (rows?.took ?? 0) * 8));
  useChanges((change) => {
    const concerned =
      change.all ||
      change.experiments.some((id) => search.experiments.includes(id)) ||
      change.runs.some((id) => known.has(id)) ||
      // A run that came since, or was restored.
      (change.runs.length > 0 && search.stage !== "active");
    if (concerned) paced();
  });
}
