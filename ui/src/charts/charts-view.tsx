import "../styles/charts.css";

import { useMemo, useState } from "react";

import { plural } from "../format";
import type { CellSource } from "../parts/run-grid";
import { Empty } from "../parts/small";
import { link } from "../router";
import type { RunColumns } from "../api/contract.gen";
import type { RunSearch } from "../api/runtable";
import { MetricCharts } from "./metric-charts";
import { Panels } from "./panels";
import { strokeOf } from "./series";

const firstRuns = 10;
const mostRuns = 100;

interface Props {
  experiment: string;
  cells: CellSource;
  search: RunSearch;
  keys: RunColumns;
  /** The selected runs; the first ones of the table when none is. */
  chosen: readonly string[];
}

export function ChartsView({ experiment, search, cells, keys, chosen }: Props) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const all = useMemo(() => {
    const { rows } = cells;
    const ids = chosen.length > 0 ? chosen.slice(0, mostRuns) : Array.from({ length: Math.min(firstRuns, rows.count) }, (_, row) => rows.idAt(row) ?? "").filter(Boolean);
    return ids.map((id, number) => ({ id, number, name: rows.textAt("attributes.run_name", rows.rowOf(id)) ?? id }));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- names come with the rows
  }, [cells.rows, chosen.join()]);
  const runs = useMemo(() => all.filter((run) => !hidden.has(run.id)), [all, hidden]);
  const metrics = keys.metrics ?? [];
  if (metrics.length === 0) return <Empty title="Nothing to draw: these runs have no metrics" />;
  const toggle = (id: string) => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    setHidden(next);
  };
  return (
    <div className="charts-page">
      <aside className="legend" aria-label="Runs that are drawn">
        <p className="muted">{chosen.length > 0 ? plural(all.length, "selected run") : `First ${plural(all.length, "run")}; select runs in the table to draw others`}</p>
        <ul>
          {all.map((run) => (
            <li key={run.id} className="row">
              <button type="button" className="button plain icon" aria-pressed={!hidden.has(run.id)} aria-label={`Draw ${run.name}`} onClick={() => toggle(run.id)}>
                <Swatch number={run.number} hollow={hidden.has(run.id)} />
              </button>
              <a className="clip" href={link(`/experiments/${experiment}/runs/${run.id}`)} title={run.name}>
                <bdi>{run.name}</bdi>
              </a>
            </li>
          ))}
        </ul>
      </aside>
      <div className="charts-main" tabIndex={0} role="region" aria-label="Charts of the runs">
        <Panels search={search} keys={keys} chosen={chosen} />
        <MetricCharts keys={metrics} runs={runs} />
      </div>
    </div>
  );
}

export function Swatch({ number, hollow = false }: { number: number; hollow?: boolean }) {
  const stroke = strokeOf(number, false);
  const night = strokeOf(number, true);
  const color = `light-dark(${stroke.color}, ${night.color})`;
  return <span className="swatch" style={{ borderColor: color, background: hollow ? "transparent" : color }} />;
}
