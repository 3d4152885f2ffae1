import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState, type DragEvent } from "react";

import type { RunColumns } from "../api/contract.gen";
import { allRows, type RunSearch } from "../api/runtable";
import { keyOf, numberAt, textAt, type ColumnId } from "../api/table";
import { csvLine } from "../csv";
import { number, plural } from "../format";
import { FormDialog } from "../parts/dialog";
import { Icon } from "../parts/icons";
import { Fault } from "../parts/small";
import { go, link, setSearch, usePlace } from "../router";
import { DownloadMenu } from "./download-menu";
import { bars, boxes, contour, parallel, scatter, type Datum, type Ink, type Size } from "./layouts";
import { isComplete, moved, panelKinds, readPanels, writePanels, type Panel, type PanelKind } from "./panel-list";
import { Picture, type PictureHandle } from "./picture";

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
  const [dragged, setDragged] = useState<number | null>(null);
  const keep = (next: readonly Panel[]) => setSearch({ panels: next.length > 0 ? writePanels(next) : undefined });
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
              key={`${panel.kind} ${panel.columns.join(" ")} ${i}`}
              panel={panel}
              search={search}
              chosen={chosen}
              first={i === 0}
              last={i === panels.length - 1}
              onMove={(step) => keep(moved(panels, i, i + step))}
              onRemove={() => keep(panels.filter((_, other) => other !== i))}
              onDrag={() => setDragged(i)}
              onDrop={() => {
                if (dragged !== null) keep(moved(panels, dragged, i));
                setDragged(null);
              }}
            />
          ))}
        </div>
      )}
      {adding && <AddPanel keys={keys} onClose={() => setAdding(false)} onAdd={(panel) => keep([...panels, panel])} />}
    </section>
  );
}

const layouts: Record<PanelKind, (data: readonly Datum[], names: readonly string[], size: Size, ink: Ink) => ReturnType<typeof scatter>> = {
  bar: bars,
  box: boxes,
  contour,
  parallel,
  scatter: (data, names, size, ink) => scatter(data, names, size, ink, false),
};

interface CardProps {
  panel: Panel;
  search: RunSearch;
  chosen: readonly string[];
  first: boolean;
  last: boolean;
  onMove: (step: number) => void;
  onRemove: () => void;
  onDrag: () => void;
  onDrop: () => void;
}

function PanelCard({ panel, search, chosen, first, last, onMove, onRemove, onDrag, onDrop }: CardProps) {
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
  const layout = useMemo(() => (size: Size, ink: Ink) => layouts[panel.kind](data ?? [], names, size, ink), [data, names, panel.kind]);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    onDrop();
  };
  return (
    <article className={panel.kind === "parallel" ? "card wide-panel" : "card"} aria-label={title} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <header draggable onDragStart={onDrag} className="movable">
        <h3 className="clip grow" title={title}>
          <bdi>{title}</bdi>
        </h3>
        <span className="muted number">{data ? (data.length >= mostRuns ? `first ${plural(mostRuns, "run")}` : plural(data.length, "run")) : ""}</span>
        <button type="button" className="button plain icon" disabled={first} aria-label={`Move ${title} back`} onClick={() => onMove(-1)}>
          <Icon name="left" />
        </button>
        <button type="button" className="button plain icon" disabled={last} aria-label={`Move ${title} on`} onClick={() => onMove(1)}>
          <Icon name="right" />
        </button>
        <button type="button" className="button plain icon" aria-pressed={asTable} aria-label={`${title} as a table`} title="As a table" onClick={() => setAsTable(!asTable)}>
          <Icon name="table" />
        </button>
        <DownloadMenu title={title} pictures={!asTable} picture={() => picture.current} csv={() => panelCsv(data ?? [], names)} />
        <button type="button" className="button plain icon" aria-label={`Remove ${title}`} onClick={onRemove}>
          <Icon name="close" />
        </button>
      </header>
      <div className="chart-body" style={{ height: height + 12 }}>
        {query.error && <Fault fault={query.error} retry={() => void query.refetch()} />}
        {data && asTable && <DataTable data={data} names={names} />}
        {data && !asTable && <Picture title={title} height={height} layout={layout} onOpen={(run) => go(link(`/runs/${run}`))} handle={picture} />}
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
  const panel: Panel = { kind, columns: chosen };
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
