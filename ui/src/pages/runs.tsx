import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { readDirections, withDirection, writeDirections, type Direction } from "../api/best";
import { ApiError } from "../api/client";
import { flatOrder, groupedOrder, nestedOrder } from "../api/nesting";
import { deleteRuns, renameRun, restoreRuns, tagRuns } from "../api/run-actions";
import { parentTag, tableOf } from "../api/run-request";
import { allIds, useRunTable } from "../api/runtable";
import { isHistory, keyOf, kindOf, type ColumnId } from "../api/table";
import { defaultColumns, readView, writeColumns } from "../api/view";
import { useAnnouncement } from "../runs/announcement";
import { useCurves } from "../runs/curves";
import { exportRuns } from "../runs/export";
import { GroupMenu } from "../runs/group-menu";
import { ViewsMenu } from "../runs/views-menu";
import { plural } from "../format";
import { useShortcuts } from "../keys";
import { ColumnPicker } from "../parts/column-picker";
import { setCrumbs } from "../parts/crumbs";
import { FormDialog } from "../parts/dialog";
import { ExperimentTabs } from "../parts/experiment-tabs";
import { FilterInput } from "../parts/filter-input";
import { Icon } from "../parts/icons";
import { later } from "../parts/later";
import { Menu } from "../parts/menu";
import { describeRows, noteColumn } from "../parts/grid-columns";
import { RunGrid, type GridHandle } from "../parts/run-grid";
import { CopyButton, Empty, Fault, Loading, Snippet } from "../parts/small";
import { say, sayFault } from "../parts/toasts";
import { go, link, setSearch, usePlace } from "../router";
import { useSettings } from "../settings";

export const ChartsView = later(() => import("../charts/charts-view").then((view) => view.ChartsView), "charts");

type Asked = "tag" | "rename" | null;

function firstLines(name: string): string {
  const place = `${location.origin}${location.pathname.replace(/\/$/, "")}`;
  return `import mlflow\nmlflow.set_tracking_uri("${place}")\nmlflow.set_experiment(${JSON.stringify(name)})\nmlflow.log_metric("loss", 0.1)`;
}

/** Children stay closed where the user closed them. */
function useToggled(): [ReadonlySet<string>, (id: string) => void] {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback((id: string) => {
    setClosed((old) => {
      const next = new Set(old);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  return [closed, toggle];
}

export function RunsPage({ experiment }: { experiment: string }) {
  const { search } = usePlace();
  const view = useMemo(() => readView(search), [search]);
  const best = search.get("best");
  // Apart from the rest of the view: rows that are drawn compare it.
  const directions = useMemo(() => readDirections(best), [best]);
  const client = useQueryClient();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set(view.selected));
  const [closed, toggle] = useToggled();
  const [asked, setAsked] = useState<Asked>(null);
  const grid = useRef<GridHandle>(null);
  const filter = useRef<HTMLInputElement>(null);

  const request = useMemo(() => tableOf(experiment, search), [experiment, search]);
  const wanted = request.search;
  const table = useRunTable(request);
  const { rows, keys } = table;
  const curves = useCurves();
  const cells = useMemo(() => (table.cells ? { ...table.cells, directions, curves: curves.of } : null), [table.cells, directions, curves.of]);
  const name = table.experiment?.name ?? `Experiment ${experiment}`;
  useEffect(
    () => setCrumbs([{ text: "Experiments", href: "#/experiments" }, { text: name }]),
    [name],
  );
  const { columns: first } = useSettings();
  const columns = useMemo(
    () => view.columns ?? defaultColumns([...(keys?.metrics ?? []).slice(0, first).map((key): ColumnId => `metrics.${key}`), ...(keys?.params ?? []).slice(0, first).map((key): ColumnId => `params.${key}`)]),
    [view.columns, keys, first],
  );
  const parents = rows?.block(0)?.columns.get(parentTag);
  const hasNested = parents?.type === "text" && parents.texts.length > 0;
  const { group, nested } = view;
  const order = useMemo(() => {
    if (!rows) return flatOrder(0);
    if (group) return groupedOrder(rows.count, (row) => rows.textAt(group, row), closed);
    return nested ? nestedOrder(table.ids, parents, closed) : flatOrder(rows.count);
  }, [rows, table.ids, parents, nested, group, closed]);

  const { see } = table;
  const seeCurves = curves.see;
  const seen = useCallback(
    (from: number, to: number, shown: readonly ColumnId[], runs: readonly string[]) => {
      see(from, to, shown);
      seeCurves(runs, [...new Set(shown.filter(isHistory).map(keyOf))]);
    },
    [see, seeCurves],
  );
  const select = useCallback((ids: readonly string[], on: boolean) => {
    setSelected((old) => {
      const next = new Set(old);
      for (const id of ids) if (on) next.add(id);
        else next.delete(id);
      return next;
    });
  }, []);
  const scopeOf = `${view.stage} ${view.filter}`;
  const [scopeBefore, setScopeBefore] = useState(scopeOf);
  if (scopeBefore !== scopeOf) {
    // What is not in sight any more must not be deleted along.
    setScopeBefore(scopeOf);
    setSelected(new Set());
  }
  useEffect(() => {
    // As many as an address can carry.
    setSearch({ sel: selected.size > 0 && selected.size <= 50 ? [...selected].join(",") : undefined });
  }, [selected]);
  const selectAll = (on: boolean) => {
    if (!on) setSelected(new Set());
    else void allIds(wanted).then((ids) => setSelected(new Set(ids)), sayFault);
  };
  const chosen = useMemo(() => [...selected], [selected]);
  const sort = (id: ColumnId) => {
    if (view.sort !== id) setSearch({ sort: id, desc: kindOf(id) === "metrics" ? "1" : undefined });
    else if (view.descending === (kindOf(id) === "metrics")) setSearch({ desc: view.descending ? undefined : "1" });
    else setSearch({ sort: undefined, desc: undefined });
  };
  const direct = (metric: string, direction: Direction) => setSearch({ best: writeDirections(withDirection(directions, metric, direction)) });
  const open = (id: string) => go(link(`/experiments/${experiment}/runs/${id}`));
  const refresh = () => void client.invalidateQueries({ queryKey: ["runs"] });
  const change = async (act: typeof deleteRuns, back: typeof deleteRuns, done: string) => {
    const runs = [...chosen];
    const faults = await act(runs);
    refresh();
    setSelected(new Set());
    if (faults.length > 0) sayFault(faults[0]);
    else say(`${plural(runs.length, "run")} ${done}`, { label: "Undo", run: () => void back(runs).then(refresh) });
  };
  const remove = () => chosen.length > 0 && void change(deleteRuns, restoreRuns, "deleted");
  const restore = () => void change(restoreRuns, deleteRuns, "restored");
  const compare = () => chosen.length > 1 && go(link("/compare", { runs: chosen.slice(0, 100).join(",") }));
  const charts = () => setSearch({ view: view.charts ? undefined : "charts" });

  useShortcuts([
    { keys: "/", what: "Filter", run: () => filter.current?.focus() },
    { keys: "j", what: "Next run", run: () => grid.current?.move(1) },
    { keys: "k", what: "Previous run", run: () => grid.current?.move(-1) },
    { keys: "x", what: "Select the run", run: () => grid.current?.toggleCursor() },
    { keys: "Enter", what: "Open the run", run: () => grid.current?.openCursor() },
    { keys: "n", what: "Write the note of the run", run: () => grid.current?.noteCursor() === false && setSearch({ cols: writeColumns([...columns, noteColumn]) }) },
    { keys: "v", what: "Table or charts", run: charts },
    { keys: "c", what: "Compare the selected runs", run: compare },
    { keys: "Delete", what: "Delete the selected runs", run: remove },
    { keys: "Escape", what: "Select nothing", run: () => setSelected(new Set()) },
  ]);

  const announcement = useAnnouncement(view, table.settled ? rows?.count : undefined);
  const badFilter = table.fault instanceof ApiError && table.fault.status === 400 && view.filter !== "";
  return (
    <div className="page full">
      <p className="unseen" role="status" data-testid="announcement">
        {announcement}
      </p>
      <div className="bar">
        <h1 className="row" style={{ marginRight: "auto" }}>
          <bdi className="clip" title={name}>
            {name}
          </bdi>
          <CopyButton text={experiment} what="the experiment's id" />
        </h1>
        <ExperimentTabs experiment={experiment} current={view.charts ? "charts" : "table"} keep={search} />
      </div>
      <div className="bar" style={{ alignItems: "flex-start" }}>
        <FilterInput value={view.filter} fault={badFilter ? table.fault : null} keys={keys} input={filter} onApply={(text) => setSearch({ q: text })} />
        <select className="input" aria-label="Stage of the runs" value={view.stage} onChange={(event) => setSearch({ stage: event.target.value === "active" ? undefined : event.target.value })}>
          <option value="active">Active</option>
          <option value="deleted">Deleted</option>
          <option value="all">All</option>
        </select>
        {hasNested && (
          <button type="button" className="button" aria-pressed={view.nested} onClick={() => setSearch({ nested: view.nested ? undefined : "1", group: undefined })}>
            Nested
          </button>
        )}
        <GroupMenu keys={keys ?? {}} group={view.group} onChange={(group) => setSearch({ group: group ?? undefined, nested: undefined })} />
        <ViewsMenu experiment={experiment} tags={table.experiment?.tags} search={search} refresh={() => client.invalidateQueries({ queryKey: ["runs"] })} />
        <Menu
          role="dialog"
          name="Columns"
          label={
            <>
              <Icon name="columns" />
              <span className="wide">Columns</span>
            </>
          }
        >
          {() => (
            <ColumnPicker
              experiment={experiment}
              keys={keys ?? {}}
              shown={columns}
              pins={view.pins}
              directions={directions}
              onDirection={direct}
              onChange={(next) => setSearch({ cols: next.length > 0 ? writeColumns(next) : "-" })}
              onPin={(next) => setSearch({ pins: writeColumns(next) })}
              onReset={() => setSearch({ cols: undefined, pins: undefined, best: undefined })}
            />
          )}
        </Menu>
        <button type="button" className="button icon" aria-label="Export as CSV" title="Export as CSV" disabled={!rows || rows.count === 0} onClick={() => void exportRuns(name, wanted, columns, selected, directions).catch(sayFault)}>
          <Icon name="download" />
        </button>
      </div>
      {chosen.length > 0 && (
        <div className="bar" role="toolbar" aria-label="What to do with the selected runs">
          <strong>{plural(chosen.length, "run")} selected</strong>
          <button type="button" className="button" disabled={chosen.length < 2} onClick={compare}>
            <Icon name="compare" /> Compare
          </button>
          <button type="button" className="button" onClick={() => setAsked("tag")}>
            <Icon name="tag" /> Tag
          </button>
          <button type="button" className="button" disabled={chosen.length !== 1} onClick={() => setAsked("rename")}>
            <Icon name="pencil" /> Rename
          </button>
          {view.stage !== "active" && (
            <button type="button" className="button" onClick={restore}>
              <Icon name="restore" /> Restore
            </button>
          )}
          {view.stage !== "deleted" && (
            <button type="button" className="button danger" onClick={remove}>
              <Icon name="trash" /> Delete
            </button>
          )}
          <button type="button" className="button plain" onClick={() => setSelected(new Set())}>
            Clear
          </button>
        </div>
      )}
      {table.fault !== null && !badFilter && <Fault fault={table.fault} retry={table.retry} />}
      {table.pending && !table.fault && <Loading what="runs" />}
      {cells && view.charts && (
        <ChartsView experiment={experiment} search={wanted} cells={cells} keys={keys ?? {}} chosen={chosen} group={view.group} />
      )}
      {rows && !view.charts && rows.count === 0 && <NoRuns name={name} filter={view.filter} stage={view.stage} />}
      {cells && rows && !view.charts && rows.count > 0 && (
        <div className="runs">
          {table.loading && <div className="loading" />}
          <RunGrid
            experiment={experiment}
            order={order}
            closed={closed}
            columns={columns}
            pins={view.pins}
            cells={cells}
            sort={view.sort}
            descending={view.descending}
            selected={selected}
            handle={grid}
            onSort={sort}
            onDirection={direct}
            onSelect={select}
            onSelectAll={selectAll}
            onToggle={toggle}
            onOpen={open}
            onNote={(id, text) => tagRuns([id], keyOf(noteColumn), text).then((faults) => (faults.length > 0 ? Promise.reject(faults[0] as Error) : refresh()))}
            onSeen={seen}
          />
          <div className="foot">
            <span data-testid="row-count">
              {describeRows(rows.count)}
            </span>
            <span>{plural((keys?.metrics?.length ?? 0) + (keys?.params?.length ?? 0) + (keys?.tags?.length ?? 0), "column")}</span>
            <span className="grow" />
            <span className="wide">
              <kbd>?</kbd> keys
            </span>
          </div>
        </div>
      )}
      {asked && (
        <ActionDialog
          kind={asked}
          runs={chosen}
          name={rows?.textAt("attributes.run_name", rows.rowOf(chosen[0] ?? "")) ?? ""}
          onClose={() => setAsked(null)}
          done={refresh}
        />
      )}
    </div>
  );
}

function NoRuns({ name, filter, stage }: { name: string; filter: string; stage: string }) {
  if (filter) {
    return (
      <Empty title="No run matches the filter">
        <button type="button" className="button" onClick={() => setSearch({ q: undefined })}>
          Clear the filter
        </button>
      </Empty>
    );
  }
  if (stage === "deleted") return <Empty title="No deleted runs" />;
  return (
    <Empty title="No runs yet">
      <p>Log something and it appears here at once:</p>
      <Snippet code={firstLines(name)} />
    </Empty>
  );
}

interface ActionProps {
  kind: "tag" | "rename";
  runs: readonly string[];
  name: string;
  onClose: () => void;
  done: () => void;
}

function ActionDialog({ kind, runs, name, onClose, done }: ActionProps) {
  const [key, setKey] = useState("");
  const [value, setValue] = useState(kind === "rename" ? name : "");
  const [fault, setFault] = useState<unknown>(null);
  const submit = async () => {
    try {
      if (kind === "rename") {
        await renameRun(runs[0] ?? "", value);
      } else {
        const faults = await tagRuns(runs, key, value);
        if (faults.length > 0) throw faults[0];
      }
      done();
    } catch (problem) {
      setFault(problem);
      throw problem;
    }
  };
  return (
    <FormDialog title={kind === "rename" ? "Rename the run" : `Tag ${plural(runs.length, "run")}`} action={kind === "rename" ? "Rename" : "Set the tag"} onSubmit={submit} onClose={onClose}>
      {kind === "tag" && (
        <label className="field">
          <span>Tag</span>
          <input className="input" required autoFocus maxLength={250} value={key} onChange={(event) => setKey(event.target.value)} />
        </label>
      )}
      <label className="field">
        <span>{kind === "rename" ? "Name" : "Value"}</span>
        <input className="input" required={kind === "rename"} autoFocus={kind === "rename"} value={value} onChange={(event) => setValue(event.target.value)} />
      </label>
      {fault !== null && <Fault fault={fault} />}
    </FormDialog>
  );
}
