import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import type { MetricLine } from "../api/contract.gen";
import { useChanges } from "../api/live";
import { usePaced } from "../api/pace";
import { real } from "../api/table";
import { csvLine } from "../csv";
import { count, number } from "../format";
import { Icon } from "../parts/icons";
import { Fault } from "../parts/small";
import { setSearch, usePlace } from "../router";
import { arranged, pinsOf, readPins, writePins } from "./arrangement";
import { isOfTimes, readAxis, type Axis } from "./axis";
import { DownloadMenu } from "./download-menu";
import { groupLines } from "./groups";
import { useInSight } from "./in-sight";
import { readInk, useDark } from "./ink";
import { LineChart, type RunName } from "./line-chart";
import { lineScene } from "./line-scene";
import { areAsked, areSampled, firstLinesHere, firstLinesOf, linesOf, type StepRange } from "./lines";
import { MoveButtons, useMovable, type Movable } from "./movable";
import { moved } from "./panel-list";
import type { PictureHandle } from "./picture";
import { pngOf, svgText, type Scene } from "./scene";
import { onLogAxes, seriesOf, type LogAxes } from "./series";

interface Props {
  keys: readonly string[];
  runs: readonly RunName[];
  /** Labels of runs that are drawn as one line each with what shares their label. */
  groups?: ReadonlyMap<string, string>;
  height?: number;
}

/** A grid of charts, one a metric, each loaded when it comes into sight; settings and the order of the charts are in the address bar. */
export function MetricCharts({ keys, runs, groups, height = 230 }: Props) {
  const { search } = usePlace();
  const axis = readAxis(search.get("x"));
  const log = useMemo(() => ({ x: axis !== "time" && search.get("logx") === "1", y: search.get("log") === "1" }), [axis, search]);
  const [weight, setWeight] = useState(Number(search.get("smooth") ?? 0) / 100);
  const [text, setText] = useState("");
  const names = useMemo(() => new Map(runs.map((run) => [run.id, run])), [runs]);
  const layout = search.get("layout");
  const order = useMemo(() => arranged(keys, readPins(layout)), [keys, layout]);
  const shown = order.filter((key) => key.toLowerCase().includes(text.toLowerCase()));
  const movable = useMovable(shown.length, (from, to) => {
    // Places among those that are shown stand for places among all.
    const place = (at: number) => order.indexOf(shown[at] ?? "");
    setSearch({ layout: writePins(pinsOf(keys, moved(order, place(from), place(to)))) });
  });
  useEffect(() => {
    const timer = setTimeout(() => setSearch({ smooth: weight > 0 ? String(Math.round(weight * 100)) : undefined }), 300);
    return () => clearTimeout(timer);
  }, [weight]);
  return (
    <section aria-label="Charts" className="column" style={{ gap: 12 }}>
      <div className="bar">
        <input className="input" type="search" placeholder="Search metrics" aria-label="Search metrics" value={text} onChange={(event) => setText(event.target.value)} />
        <div className="segments" role="group" aria-label="X axis">
          {(["step", "time", "relative"] as const).map((name) => (
            <button key={name} type="button" aria-pressed={axis === name} onClick={() => setSearch({ x: name === "step" ? undefined : name })}>
              {{ step: "Step", time: "Time", relative: "Relative" }[name]}
            </button>
          ))}
        </div>
        <button type="button" className="button" aria-pressed={log.x} disabled={axis === "time"} onClick={() => setSearch({ logx: log.x ? undefined : "1" })}>
          Log x
        </button>
        <button type="button" className="button" aria-pressed={log.y} onClick={() => setSearch({ log: log.y ? undefined : "1" })}>
          Log y
        </button>
        <label className="row">
          <span className="muted">Smoothing</span>
          <input type="range" min={0} max={0.99} step={0.01} value={weight} aria-valuetext={weight.toFixed(2)} onChange={(event) => setWeight(Number(event.target.value))} />
          <span className="number" style={{ width: 30 }}>
            {weight.toFixed(2)}
          </span>
        </label>
        {layout && (
          <button type="button" className="button" onClick={() => setSearch({ layout: undefined })}>
            Default order
          </button>
        )}
        <span className="muted wide" style={{ marginLeft: "auto" }}>
          {count(shown.length)} of {count(keys.length)} metrics
        </span>
      </div>
      <div className="charts">
        {shown.map((key, i) => (
          <ChartCard key={key} metric={key} at={movable(i)} runs={runs} groups={groups} names={names} axis={axis} weight={weight} log={log} height={height} />
        ))}
      </div>
    </section>
  );
}

interface CardProps {
  metric: string;
  at: Movable;
  runs: readonly RunName[];
  groups: ReadonlyMap<string, string> | undefined;
  names: ReadonlyMap<string, RunName>;
  axis: Axis;
  weight: number;
  log: LogAxes;
  height: number;
}

/** What a chart draws: the runs, or their groups with a colour each. */
function useDrawn(lines: readonly MetricLine[] | undefined, { names, groups, axis }: Pick<CardProps, "names" | "groups" | "axis">) {
  const labels = useMemo(() => (groups ? new Map([...new Set(groups.values())].map((label, number) => [label, { id: label, name: label, number }])) : null), [groups]);
  const drawn = useMemo(() => {
    // Lines that came for an axis of steps have no places on another.
    const present = (lines ?? []).filter((line) => names.has(line.run_id ?? "") && (!isOfTimes(axis) || line.timestamps !== undefined));
    return groups ? groupLines(present, groups, axis) : present;
  }, [lines, names, groups, axis]);
  return { lines: drawn, names: labels ?? names };
}

/** Milliseconds that lines are good for when a chart comes back into sight. */
const freshness = 1000;

function ChartCard({ metric, at, runs, groups, names: runNames, axis, weight, log, height }: CardProps) {
  const [card, inSight] = useInSight();
  const [range, setRange] = useState<StepRange | null>(null);
  const [asTable, setAsTable] = useState(false);
  const client = useQueryClient();
  const ids = useMemo(() => runs.map((run) => run.id), [runs]);
  const timed = isOfTimes(axis);
  const [asked] = useState(() => areAsked(ids, metric, timed));
  const key = ["lines", metric, ids, range, timed];
  const query = useQuery({
    queryKey: key,
    queryFn: async () => {
      // A part that is looked at closer shows the lines of the whole meanwhile.
      if (range === null && client.getQueryData(key) === undefined) {
        const first = await firstLinesOf(metric, ids, timed);
        if (!areSampled(first)) return first;
        client.setQueryData(key, first);
      }
      return linesOf(metric, ids, range, timed);
    },
    // Drawn with the page when they are there before it.
    initialData: () => (range === null ? firstLinesHere(metric, ids, timed) : undefined),
    // A sample is at once replaced.
    staleTime: ({ state }) => (areSampled(state.data ?? []) ? 0 : freshness),
    enabled: inSight || asked,
    placeholderData: keepPreviousData,
  });
  const { lines, names } = useDrawn(query.data, { names: runNames, groups, axis });
  const dark = useDark();
  const hasNumbers = lines.some((line) => line.values?.some((value) => Number.isFinite(real(value))));
  const drawable = useMemo(() => lines.some((line) => onLogAxes(seriesOf(line, axis, 0), log).y.some((value) => value !== null)), [lines, axis, log]);
  const points = lines.reduce((sum, line) => sum + (line.point_count ?? 0), 0);
  const isSample = areSampled(query.data ?? []);
  // Files have the times that the chart does without; groups have none.
  const csv = async () => linesCsv(timed || groups ? lines : await linesOf(metric, ids, range, true), names);
  // A thousand points are read in about a millisecond: the server rests for longer than it reads, however long the lines are.
  const refresh = usePaced(() => void client.invalidateQueries({ queryKey: key }), points / 250);
  useChanges((change) => {
    if (change.all || change.runs.some((id) => runNames.has(id))) refresh();
  });
  return (
    <article ref={card} className="card" aria-label={metric} {...at.card}>
      <header {...at.header}>
        <h3 className="clip grow" title={metric}>
          <bdi>{metric}</bdi>
        </h3>
        {range && (
          <button type="button" className="button plain" onClick={() => setRange(null)}>
            Whole range
          </button>
        )}
        <span className="muted number" title={isSample ? "Some of the points are drawn while all of them are read" : undefined}>
          {isSample ? "Sample" : points > 0 ? count(points) : ""}
        </span>
        <MoveButtons title={metric} at={at} />
        <button type="button" className="button plain icon" aria-pressed={asTable} aria-label={`${metric} as a table`} title="As a table" onClick={() => setAsTable(!asTable)}>
          <Icon name="table" />
        </button>
        <DownloadMenu title={metric} disabled={lines.length === 0} picture={() => pictureOf(lineScene(metric, lines, names, { axis, weight, log }, readInk(dark)), readInk(dark))} csv={csv} />
      </header>
      <div className="chart-body" style={{ height: height + 12 }}>
        {query.error && <Fault fault={query.error} retry={() => void query.refetch()} />}
        {query.data && !query.isPlaceholderData && lines.length === 0 && <p className="muted chart-empty">No values{range ? " in this range" : ""}</p>}
        {lines.length > 0 && asTable && <ValueTable lines={lines} names={names} />}
        {lines.length > 0 && !asTable && !drawable && <p className="muted chart-empty">{hasNumbers ? "Nothing above zero, which a logarithmic axis needs" : "No value is a finite number"}</p>}
        {drawable && !asTable && (
          <LineChart title={metric} lines={lines} runs={names} axis={axis} weight={weight} log={log} height={height} onZoom={setRange} />
        )}
      </div>
    </article>
  );
}

function ValueTable({ lines, names }: { lines: readonly MetricLine[]; names: ReadonlyMap<string, RunName> }) {
  return (
    <div style={{ overflow: "auto", height: "100%" }} tabIndex={0} role="region" aria-label="Values">
      <table className="plain">
        <thead>
          <tr>
            <th>Run</th>
            <th>Last</th>
            <th>Min</th>
            <th>Max</th>
            <th>Step</th>
            <th>Points</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const values = [...(line.minimums ?? line.values ?? []), ...(line.maximums ?? [])].map(real).filter((value) => !Number.isNaN(value));
            return (
              <tr key={line.run_id}>
                <td>
                  <bdi>{names.get(line.run_id ?? "")?.name ?? line.run_id}</bdi>
                </td>
                <td className="number">{number(real(line.values?.at(-1) ?? "NaN"))}</td>
                <td className="number">{values.length > 0 ? number(values.reduce((a, b) => Math.min(a, b))) : "NaN"}</td>
                <td className="number">{values.length > 0 ? number(values.reduce((a, b) => Math.max(a, b))) : "NaN"}</td>
                <td className="number">{line.steps?.at(-1)}</td>
                <td className="number">{line.sampled ? "Sample" : count(line.point_count ?? 0)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** The points that are drawn, as a table. */
function linesCsv(lines: readonly MetricLine[], names: ReadonlyMap<string, RunName>): string[] {
  const text = [csvLine(["run_id", "run_name", "step", "time", "value", "min", "max"])];
  for (const line of lines) {
    (line.steps ?? []).forEach((step, i) => {
      const value = String(line.values?.[i] ?? "");
      const time = line.timestamps?.[i];
      text.push(
        csvLine([line.run_id ?? "", names.get(line.run_id ?? "")?.name ?? "", String(step), time === undefined ? "" : new Date(time).toISOString(), value, String(line.minimums?.[i] ?? value), String(line.maximums?.[i] ?? value)]),
      );
    });
  }
  return text;
}

function pictureOf(scene: Scene, { surface }: ReturnType<typeof readInk>): PictureHandle {
  return { svg: () => svgText(scene, surface), png: () => pngOf(scene, surface) };
}
