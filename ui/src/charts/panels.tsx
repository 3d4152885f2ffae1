import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";

import type { RunColumns } from "../api/contract.gen";
import type { RunSearch } from "../api/run-request";
import { allRows } from "../api/runtable";
import { keyOf, numberAt, textAt, type ColumnId } from "../api/table";
import { csvLine } from "../csv";
import { count, number, plural } from "../format";
import { FormDialog } from "../parts/dialog";
import { Icon } from "../parts/icons";
import { Fault } from "../parts/small";
import { go, link, setSearch, usePlace } from "../router";
import { DownloadMenu } from "./download-menu";
import { bars, boxes, contour, parallel, scatter, type Datum, type Ink, type Layout, type Size } from "./layouts";
import { MoveButtons, useMovable, type Movable } from "./movable";
import { hasLogAxes, isComplete, moved, panelKinds, readPanels, writePanels, type Panel, type PanelKind } from "./panel-list";
import { Picture, type PictureHandle } from "./picture";
import { isAboveZero, scaleOf } from "./scales";
import type { LogAxes } from "./series";

const mostRuns = 2000;
const height = 280;

interface Props {
  search: RunSearch;
  keys: RunColumns;
  /** The selected runs; all when none is. */
  chosen: readonly string[];
}

async function load(search: RunSearch, columns: readonly ColumnId[], chosen: readonly string[]): Promise<Datum[]> {
  const wanted = new Set(chosen);
  const data: Datum[] = [];
  for await (const page of allRows(search, columns)) {
    page.ids.forEach((id, row) => {
      if (data.length >= mostRuns || (wanted.size > 0 && !wanted.has(id))) return;
      const name = textAt(page.columns.get("attributes.run_name"), row) ?? id;
      data.push({ id, name, values: columns.map((column) => numberAt(page.columns.get(column), row) ?? textAt(page.columns.get(column), row)) });
    });
    if (data.length >= mostRuns) break;
  }
  return data;
}

/** Charts over all runs of the table, each moved by drag or by its buttons, all kept in the address bar. */
export function Panels({ search, keys, chosen }: Props) {
  const { search: address } = usePlace();
  const panels = useMemo(() => readPanels(address.get("panels")), [address]);
  const [adding, setAdding] = useState(false);
  const keep = (next: readonly Panel[]) => setSearch({ panels: next.length > 0 ? writePanels(next) : undefined });
  const movable = useMovable(panels.length, (from, to) => keep(moved(panels, from, to)));
  const names = panels.map(({ kind, columns }) => [kind, ...columns].join(" "));
  return (
    <section aria-label="Panels" className="column" style={{ gap: 12 }}>
      <div className="bar">
        <button type="button" className="button" onClick={() => setAdding(true)}>
          <Icon name="plus" /> Panel
        </button>
        {panels.length === 0 && <span className="muted wide">Bars, boxes, scatter, contours, parallel coordinates over the runs of the table</span>}
      </div>
      {panels.length > 0 && (
        <div className="charts">
          {panels.map((panel, i) => (
            <PanelCard
              key={`${names[i] ?? ""} ${names.slice(0, i).filter((name) => name === names[i]).length}`}
              panel={panel}
              search={search}
              chosen={chosen}
              at={movable(i)}
              onLog={(log) => keep(panels.map((other, at) => (at === i ? { ...panel, log } : other)))}
              onRemove={() => keep(panels.filter((_, other) => other !== i))}
            />
          ))}
        </div>
      )}
      {adding && <AddPanel keys={keys} onClose={() => setAdding(false)} onAdd={(panel) => keep([...panels, panel])} />}
    </section>
  );
}

const layouts: Record<PanelKind, (data: readonly Datum[], names: readonly string[], size: Size, ink: Ink, log: LogAxes) => Layout> = { bar: bars, box: boxes, contour, parallel, scatter };

/** How the first two columns lie on the axes of a panel: which of them are numbers, and how many runs a logarithm has no place for. */
function useAxes({ kind, log }: Panel, data: readonly Datum[] | undefined) {
  return useMemo(() => {
    const numeric = [0, 1].map((i) => hasLogAxes(kind) && scaleOf((data ?? []).map((datum) => datum.values[i])).isNumber);
    const isLog = [log.x && numeric[0] === true, log.y && numeric[1] === true];
    const lost = (data ?? []).filter((datum) => isLog.some((is, i) => is && !isAboveZero(datum.values[i]))).length;
    return { numeric, lost };
  }, [kind, log, data]);
}

function countText(runs: number, lost: number): string {
  const all = runs >= mostRuns ? `first ${plural(mostRuns, "run")}` : plural(runs, "run");
  return lost > 0 ? `${all}, ${count(lost)} not above zero` : all;
}

interface CardProps {
  panel: Panel;
  search: RunSearch;
  chosen: readonly string[];
  at: Movable;
  onLog: (log: LogAxes) => void;
  onRemove: () => void;
}

function PanelCard({ panel, search, chosen, at, onLog, onRemove }: CardProps) {
  const names = useMemo(() => panel.columns.map(keyOf), [panel]);
  const title = `${panelKinds[panel.kind].name}: ${names.join(" · ")}`;
  const [asTable, setAsTable] = useState(false);
  const picture = useRef<PictureHandle>(null);
  const query = useQuery({
    queryKey: ["panel", search, panel.columns, chosen],
    queryFn: () => load(search, panel.columns, chosen),
    placeholderData: keepPreviousData,
    structuralSharing: false,
  });
  const data = query.data;
  const layout = useMemo(() => (size: Size, ink: Ink) => layouts[panel.kind](data ?? [], names, size, ink, panel.log), [data, names, panel.kind, panel.log]);
  const { numeric, lost } = useAxes(panel, data);
  const isEmpty = data !== undefined && lost > 0 && lost === data.length;
  return (
    <article className={panel.kind === "parallel" ? "card wide-panel" : "card"} aria-label={title} {...at.card}>
      <header {...at.header}>
        <h3 className="clip grow" title={title}>
          <bdi>{title}</bdi>
        </h3>
        <span className="muted number">{data ? countText(data.length, lost) : ""}</span>
        {hasLogAxes(panel.kind) &&
          (["x", "y"] as const).map((axis, i) => (
            <button key={axis} type="button" className="button plain" disabled={!numeric[i]} aria-pressed={panel.log[axis]} aria-label={`Log ${axis} of ${title}`} onClick={() => onLog({ ...panel.log, [axis]: !panel.log[axis] })}>
              Log {axis}
            </button>
          ))}
        <MoveButtons title={title} at={at} />
        <button type="button" className="button plain icon" aria-pressed={asTable} aria-label={`${title} as a table`} title="As a table" onClick={() => setAsTable(!asTable)}>
          <Icon name="table" />
        </button>
        <DownloadMenu title={title} pictures={!asTable && !isEmpty} picture={() => picture.current} csv={() => panelCsv(data ?? [], names)} />
        <button type="button" className="button plain icon" aria-label={`Remove ${title}`} onClick={onRemove}>
          <Icon name="close" />
        </button>
      </header>
      <div className="chart-body" style={{ height: height + 12 }}>
        {query.error && <Fault fault={query.error} retry={() => void query.refetch()} />}
        {data && asTable && <DataTable data={data} names={names} />}
        {isEmpty && !asTable && <p className="muted chart-empty">Nothing above zero, which a logarithmic axis needs</p>}
        {data && !asTable && !isEmpty && <Picture title={title} height={height} layout={layout} onOpen={(run) => go(link(`/runs/${run}`))} handle={picture} />}
      </div>
    </article>
  );
}

function panelCsv(data: readonly Datum[], names: readonly string[]): string[] {
  return [csvLine(["run_id", "run_name", ...names]), ...data.map((datum) => csvLine([datum.id, datum.name, ...datum.values.map((value) => String(value ?? ""))]))];
}

const mostTableRows = 500;

function DataTable({ data, names }: { data: readonly Datum[]; names: readonly string[] }) {
  return (
    <div style={{ overflow: "auto", height: "100%" }} tabIndex={0} role="region" aria-label="Values">
      <table className="plain">
        <thead>
          <tr>
            <th>Run</th>
            {names.map((name, i) => (
              <th key={i}>
                <bdi>{name}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.slice(0, mostTableRows).map((datum) => (
            <tr key={datum.id}>
              <td>
                <a href={link(`/runs/${datum.id}`)}>
                  <bdi>{datum.name}</bdi>
                </a>
              </td>
              {datum.values.map((value, i) => (
                <td key={i} className="number">
                  {typeof value === "number" ? number(value) : value?.slice(0, 200)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AddPanel({ keys, onClose, onAdd }: { keys: RunColumns; onClose: () => void; onAdd: (panel: Panel) => void }) {
  const metrics = (keys.metrics ?? []).map((key): ColumnId => `metrics.${key}`);
  const fields = [...metrics, ...(keys.params ?? []).map((key): ColumnId => `params.${key}`), ...(keys.tags ?? []).filter((key) => !key.startsWith("mlflow.")).map((key): ColumnId => `tags.${key}`)];
  const [kind, setKind] = useState<PanelKind>("scatter");
  const [columns, setColumns] = useState<string[]>([]);
  const shape = panelKinds[kind];
  const chosen = shape.columns.map((_, i) => columns[i] ?? "").filter(Boolean) as ColumnId[];
  const panel: Panel = { kind, columns: chosen, log: { x: false, y: false } };
  return (
    <FormDialog title="New panel" action="Add" onClose={onClose} onSubmit={() => (isComplete(panel) ? onAdd(panel) : Promise.reject(new Error("incomplete")))}>
      <label className="field">
        <span>Kind</span>
        <select className="input" autoFocus value={kind} onChange={(event) => setKind(event.target.value as PanelKind)}>
          {(Object.keys(panelKinds) as PanelKind[]).map((name) => (
            <option key={name} value={name}>
              {panelKinds[name].name}
            </option>
          ))}
        </select>
      </label>
      <div className="panel-form">
        {shape.columns.map((name, i) => (
          <label key={name} className="field">
            <span>{name}</span>
            <select className="input" required={i < shape.required} value={columns[i] ?? ""} onChange={(event) => setColumns(Object.assign([...columns], { [i]: event.target.value }))}>
              <option value="">–</option>
              {(kind === "bar" || kind === "box") && i === 0 ? metrics.map((id) => <Option key={id} id={id} />) : fields.map((id) => <Option key={id} id={id} />)}
            </select>
          </label>
        ))}
      </div>
    </FormDialog>
  );
}

function Option({ id }: { id: ColumnId }) {
  return <option value={id}>{id}</option>;
}
