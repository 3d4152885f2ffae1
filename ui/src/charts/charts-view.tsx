import "../styles/charts.css";

import { useMemo, useState, type ReactNode } from "react";

import { plural } from "../format";
import type { CellSource } from "../parts/grid-columns";
import { Empty } from "../parts/small";
import { link } from "../router";
import type { RunColumns } from "../api/contract.gen";
import type { RunSearch } from "../api/run-request";
import { keyOf, type ColumnId } from "../api/table";
import { MediaPanels } from "../media/media-panels";
import { drawnRuns } from "./drawn-runs";
import { MetricCharts } from "./metric-charts";
import { Panels } from "./panels";
import { Swatch } from "./swatch";

interface Props {
  experiment: string;
  cells: CellSource;
  search: RunSearch;
  keys: RunColumns;
  /** The selected runs; the first ones of the table when none is. */
  chosen: readonly string[];
  /** The column whose values put runs together: each is one line, with a band. */
  group: ColumnId | null;
}

function labelOf(value: string | undefined): string {
  return value === undefined || value === "" ? "(none)" : value;
}

export function ChartsView({ experiment, search, cells, keys, chosen, group }: Props) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const all = useMemo(() => {
    const { rows } = cells;
    return drawnRuns(chosen, group, rows.count, (row) => rows.idAt(row)).map((id, number) => ({ id, number, name: rows.textAt("attributes.run_name", rows.rowOf(id)) ?? id }));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- names come with the rows
  }, [cells.rows, chosen.join(), group]);
  const labels = useMemo(
    () => (group ? new Map(all.map((run) => [run.id, labelOf(cells.rows.textAt(group, cells.rows.rowOf(run.id)))])) : null),
    [all, group, cells.rows],
  );
  // Hidden are runs by their ids, or groups by their labels.
  const runs = useMemo(() => all.filter((run) => !hidden.has(labels?.get(run.id) ?? run.id)), [all, hidden, labels]);
  const names = useMemo(() => (labels ? [...new Set(labels.values())].sort((a, b) => a.localeCompare(b, "en", { numeric: true })) : []), [labels]);
  // In the order of the legend, so that both give a group the same colour, also while others are hidden.
  const groups = useMemo(() => (labels ? new Map([...labels].sort(([, a], [, b]) => names.indexOf(a) - names.indexOf(b))) : undefined), [labels, names]);
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
        <p className="muted">
          {group
            ? `${plural(all.length, "run")} by ${keyOf(group)}: the mean, and a band from the least to the greatest`
            : chosen.length > 0
              ? plural(all.length, "selected run")
              : `First ${plural(all.length, "run")}; select runs in the table to draw others`}
        </p>
        <ul>
          {labels
            ? names.map((label, number) => (
                <Entry key={label} name={label} number={number} hidden={hidden.has(label)} toggle={() => toggle(label)}>
                  <bdi className="clip grow" title={label}>
                    {label}
                  </bdi>
                  <span className="muted">{[...labels.values()].filter((other) => other === label).length}</span>
                </Entry>
              ))
            : all.map((run) => (
                <Entry key={run.id} name={run.name} number={run.number} hidden={hidden.has(run.id)} toggle={() => toggle(run.id)}>
                  <a className="clip" href={link(`/experiments/${experiment}/runs/${run.id}`)} title={run.name}>
                    <bdi>{run.name}</bdi>
                  </a>
                </Entry>
              ))}
        </ul>
      </aside>
      <div className="charts-main" tabIndex={0} role="region" aria-label="Charts of the runs">
        <Panels search={search} keys={keys} chosen={chosen} />
        <MediaPanels runs={runs} />
        <MetricCharts keys={metrics} runs={runs} {...(groups ? { groups } : {})} />
      </div>
    </div>
  );
}

function Entry({ name, number, hidden, toggle, children }: { name: string; number: number; hidden: boolean; toggle: () => void; children: ReactNode }) {
  return (
    <li className="row">
      <button type="button" className="button plain icon" aria-pressed={!hidden} aria-label={`Draw ${name}`} onClick={toggle}>
        <Swatch number={number} hollow={hidden} />
      </button>
      {children}
    </li>
  );
}
