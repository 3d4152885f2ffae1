import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { RowBlocks, type Gap } from "./blocks";
import { call, earlyAnswer } from "./client";
import type { Experiment, RunColumns, RunTable, SearchRunTableRequest } from "./contract.gen";
import { useChanges } from "./live";
import { usePaced } from "./pace";
import { blockRows, columnFields, firstRequest, mostRows, scope, withBase, type RunSearch, type TableRequest } from "./run-request";
import { decodeColumns, isHistory, kindOf, type Cells, type ColumnId } from "./table";
import { settings } from "../settings";

/** Rows of one answer where all rows are read, and how many cells the server allows in one. */
const pageRows = 20_000;
const mostCells = 8_000_000;
const mostAtOnce = 3;

/** One answer of the server, decoded. */
interface Answer {
  ids: string[];
  digest: string;
  columns: Map<ColumnId, Cells>;
  keys: RunColumns;
  experiments: Experiment[];
  total: number;
  /** There are runs beyond these. */
  truncated: boolean;
  /** Milliseconds from the question to the answer. */
  took: number;
}

function answerOf(request: SearchRunTableRequest, table: RunTable, took: number): Answer {
  return {
    ids: table.run_ids ?? [],
    digest: table.row_digest ?? "",
    columns: decodeColumns(table),
    keys: table.keys ?? {},
    experiments: table.experiments ?? [],
    total: table.total ?? (request.first_row ?? 0) + (table.row_count ?? 0),
    truncated: table.truncated ?? false,
    took,
  };
}

async function ask(request: SearchRunTableRequest, signal?: AbortSignal): Promise<Answer> {
  const begin = performance.now();
  const table = await call("SearchRunTable", request, signal);
  return answerOf(request, table, performance.now() - begin);
}

/** What was asked before the page was there, when its answer has come. */
function early(request: SearchRunTableRequest): Answer | undefined {
  const table = earlyAnswer("SearchRunTable", request);
  return table && answerOf(request, table, performance.now());
}

function wholeBlock(search: RunSearch, first: number, columns: readonly ColumnId[]): Promise<Answer> {
  return ask({ ...scope(search), ...withBase(columns), first_row: first, max_results: blockRows });
}

function cellsOf(search: RunSearch, first: number, rows: number, columns: readonly ColumnId[]): Promise<Answer> {
  return ask({ ...scope(search), ...columnFields(columns), without_run_ids: true, first_row: first, max_results: Math.max(1, rows) });
}

/** Reads all rows of a search with some columns, page by page. */
export async function* allRows(search: RunSearch, columns: readonly ColumnId[]): AsyncGenerator<Pick<Answer, "ids" | "columns">> {
  const rows = Math.min(pageRows, Math.floor(mostCells / (columns.length + 10)));
  for (let first = 0; ; first += rows) {
    const answer = await ask({ ...scope(search), ...withBase(columns), first_row: first, max_results: rows });
    yield answer;
    if (!answer.truncated) return;
  }
}

export async function allIds(search: RunSearch): Promise<string[]> {
  const ids: string[] = [];
  for (let first = 0; ; first += mostRows) {
    const answer = await ask({ ...scope(search), first_row: first, max_results: mostRows });
    ids.push(...answer.ids);
    if (!answer.truncated) return ids;
  }
}

interface Sight {
  from: number;
  to: number;
  columns: readonly ColumnId[];
}

/**
 * The runs of a search. The first answer tells how many there are, the rest comes in blocks when it comes into sight,
 * and so do columns: a table has more of both than anybody looks at. Follows changes by itself.
 */
export function useRunTable({ search, columns, needed, whole }: TableRequest) {
  const client = useQueryClient();
  const key = ["runs", search.experiments, search.filter, search.order, search.stage, whole, needed, settings().columns];
  const chosen = useRef(columns);
  useEffect(() => {
    chosen.current = columns;
  });
  const first = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask(firstRequest({ search, whole, columns: chosen.current, needed }), signal),
    initialData: () => early(firstRequest({ search, whole, columns, needed })),
    placeholderData: keepPreviousData,
    // Comparing answers cell by cell costs more than drawing the few that are in sight.
    structuralSharing: false,
  });
  const blocks = useBlocks(first.data, search, first.isPlaceholderData, whole);
  useLiveRuns(search, blocks.rows, first.data, () => void client.invalidateQueries({ queryKey: key }));
  return {
    ...blocks,
    /** All ids in the order of the table, where all rows came at once. */
    ids: first.data?.ids ?? [],
    keys: first.data?.keys,
    experiment: first.data?.experiments[0],
    fault: first.error,
    loading: first.isFetching || blocks.filling,
    /** Whether the rows are those of this search, and not those of the one before. */
    settled: first.isSuccess && !first.isPlaceholderData,
    pending: first.isPending,
    retry: () => void first.refetch(),
  };
}

function useBlocks(first: Answer | undefined, search: RunSearch, isOld: boolean, whole: boolean) {
  const [times, renew] = useState(0);
  const [filling, setFilling] = useState(0);
  const kept = useRef<{ answer: Answer; rows: RowBlocks; search: string } | null>(null);
  const sight = useRef<Sight>({ from: 0, to: 0, columns: [] });
  const running = useRef(0);
  const asked = JSON.stringify([search, whole]);
  if (first && kept.current?.answer !== first) {
    const before = kept.current;
    const same = before !== null && before.search === asked && before.rows.count === first.total && !isOld;
    const rows = new RowBlocks(first.total, whole ? Math.max(first.ids.length, 1) : blockRows, same ? before.rows.alone() : null);
    rows.put({ first: 0, ids: first.ids, digest: first.digest, columns: first.columns, asked: new Set(first.columns.keys()) });
    kept.current = { answer: first, rows, search: asked };
  }
  const rows = kept.current?.rows;

  const fill = useRef<() => void>(() => undefined);
  useEffect(() => {
    fill.current = () => {
      if (!rows || isOld || running.current >= mostAtOnce) return;
      const { from, to, columns } = sight.current;
      const wanted = columns.filter((id) => kindOf(id) !== "attributes" && !isHistory(id));
      for (const gap of rows.takeGaps(from, to, wanted)) {
        running.current++;
        setFilling((old) => old + 1);
        void fillGap(rows, search, gap).finally(() => {
          running.current--;
          setFilling((old) => old - 1);
          renew((old) => old + 1);
          fill.current();
        });
      }
    };
    fill.current();
  });
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  /** Tells what is in sight; what is missing of it is asked for when it stays there. */
  const see = useCallback((from: number, to: number, columns: readonly ColumnId[]) => {
    sight.current = whole ? { from: 0, to: Infinity, columns } : { from, to, columns };
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => fill.current(), 40);
  }, [whole]);
  // What was loaded makes the source another one: rows that are drawn compare it.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const cells = useMemo(() => (rows ? { rows } : null), [rows, times]);
  return { rows, cells, see, filling: filling > 0 };
}

async function fillGap(rows: RowBlocks, search: RunSearch, gap: Gap): Promise<void> {
  try {
    if (gap.block) {
      const answer = await cellsOf(search, gap.first, gap.block.ids.length, gap.columns);
      // Runs came or went meanwhile: the change is on its way to this page, and with it all of the table.
      if (answer.digest !== gap.block.digest) return;
      for (const [id, cells] of answer.columns) gap.block.columns.set(id, cells);
    } else {
      const { ids, digest, columns } = await wholeBlock(search, gap.first, gap.columns);
      rows.put({ first: gap.first, ids, digest, columns, asked: new Set([...columns.keys(), ...gap.columns]) });
    }
  } catch {
    // The server is away: it is asked again while the rows stay in sight, at the pace of a second.
    await new Promise((done) => setTimeout(done, 1000));
    rows.giveBack(gap);
  }
}

/** Reads anew after changes, the less often the longer it takes. */
function useLiveRuns(search: RunSearch, rows: RowBlocks | undefined, first: Answer | undefined, refresh: () => void): void {
  const paced = usePaced(refresh, Math.max(400, (first?.took ?? 0) * 8));
  useChanges((change) => {
    const concerned =
      change.all ||
      change.experiments.some((id) => search.experiments.includes(id)) ||
      change.runs.some((id) => rows?.has(id)) ||
      // A run that came since or was restored, or one that may move into sight.
      (change.runs.length > 0 && (search.stage !== "active" || first?.truncated === true));
    if (concerned) paced();
  });
}
