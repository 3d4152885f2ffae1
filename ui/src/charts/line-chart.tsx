import "uplot/dist/uPlot.min.css";

import { useEffect, useRef } from "react";
import uPlot from "uplot";

import type { MetricLine } from "../api/contract.gen";
import { count, number, preciseTime, zoneOfTimes } from "../format";
import type { Axis } from "./axis";
import { useDark } from "./ink";
import { choosesRange, panning } from "./panning";
import { align, onLogAxes, seriesOf, strokeOf, type LogAxes } from "./series";

export interface RunName {
  id: string;
  name: string;
  /** Position among the runs that are drawn: decides the colour. */
  number: number;
}

interface Props {
  title: string;
  lines: readonly MetricLine[];
  runs: ReadonlyMap<string, RunName>;
  axis: Axis;
  weight: number;
  log: LogAxes;
  height: number;
  /** Steps that were chosen by dragging; null for all. */
  onZoom: (range: [number, number] | null) => void;
}

// uPlot's own names for these exist for its types alone.
/* eslint-disable @typescript-eslint/no-unsafe-enum-assignment */
const linearScale: uPlot.Scale.Distr = 1;
const logScale: uPlot.Scale.Distr = 3;
/* eslint-enable @typescript-eslint/no-unsafe-enum-assignment */

const [minute, day] = [60, 86_400];
/** Labels of times by the distance of ticks: the default, then what a new year, month or day adds. Clocks have 24 hours. */
const timeLabels: (string | number | null)[][] = [
  [day * 365, "{YYYY}", null, null, null, null, null, null, 1],
  [day * 28, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [day, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  ...([[minute, "{HH}:{mm}"], [1, "{HH}:{mm}:{ss}"], [0.001, "{HH}:{mm}:{ss}.{fff}"]] as const).map(([least, clock]) => [least, clock, "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1]),
];

function span(seconds: number): string {
  if (seconds >= 3600) return `${number(Math.round(seconds / 36) / 100)} h`;
  return seconds >= 60 ? `${number(Math.round(seconds / 6) / 10)} min` : `${number(seconds)} s`;
}

function stepLabel(step: number | null): string {
  if (step === null) return "";
  return Number.isInteger(step) ? count(step) : number(step);
}

function xLabels(axis: Axis): uPlot.Axis.Values {
  if (axis === "time") return timeLabels;
  return axis === "step" ? (_: uPlot, values: (number | null)[]) => values.map(stepLabel) : (_: uPlot, values: number[]) => values.map(span);
}

function xText(axis: Axis, value: number): string {
  if (axis === "time") return preciseTime(value * 1000);
  return axis === "relative" ? span(value) : `step ${number(value)}`;
}

/** A date whose parts, such as its hours, are those of the zone: ticks of an axis of times are made of them. */
export function zonedDate(seconds: number, zone: string | undefined): Date {
  const date = new Date(seconds * 1000);
  return zone === undefined ? date : uPlot.tzDate(date, zone);
}

/** Names and values at the cursor, nearest the pointer first. */
function tooltip(runs: ReadonlyMap<string, RunName>, ids: readonly string[], axis: Axis, dark: boolean): uPlot.Plugin {
  const box = document.createElement("div");
  box.className = "chart-tip";
  return {
    hooks: {
      init: (plot) => plot.over.appendChild(box),
      setCursor: (plot) => {
        const { idx, left = -1, top = -1 } = plot.cursor;
        if (idx === null || idx === undefined || left < 0) {
          box.hidden = true;
          return;
        }
        const rows = ids.flatMap((id, i) => {
          const value = plot.data[i * 3 + 1]?.[plot.cursor.idxs?.[i * 3 + 1] ?? idx];
          return value === null || value === undefined ? [] : [{ id, value, far: Math.abs(plot.valToPos(value, "y") - top) }];
        });
        box.hidden = rows.length === 0;
        rows.sort((a, b) => a.far - b.far);
        const head = document.createElement("b");
        head.textContent = xText(axis, plot.data[0][idx] ?? 0);
        box.replaceChildren(
          head,
          ...rows.slice(0, 8).map(({ id, value }) => {
            const line = document.createElement("div");
            const mark = document.createElement("i");
            mark.style.background = strokeOf(runs.get(id)?.number ?? 0, dark).color;
            const name = document.createElement("span");
            name.textContent = runs.get(id)?.name ?? id;
            const text = document.createElement("code");
            text.textContent = number(value);
            line.append(mark, name, text);
            return line;
          }),
        );
        const right = left > plot.over.clientWidth / 2;
        box.style.left = right ? "" : `${left + 14}px`;
        box.style.right = right ? `${plot.over.clientWidth - left + 14}px` : "";
        box.style.top = `${Math.max(0, Math.min(top - 10, plot.over.clientHeight - box.offsetHeight))}px`;
      },
    },
  };
}

/** Nearest point of each series to the cursor, for series that have none at that very x. */
function nearest(plot: uPlot, series: number, index: number): number {
  const data = plot.data[series];
  if (!data || (data[index] !== undefined && data[index] !== null)) return index;
  for (let away = 1; away < data.length; away++) {
    if (data[index - away] !== undefined && data[index - away] !== null) return index - away;
    if (data[index + away] !== undefined && data[index + away] !== null) return index + away;
  }
  return index;
}

/** Lines on a canvas, one a run; a band shows the extremes of what was put together. */
export function LineChart({ title, lines, runs, axis, weight, log, height, onZoom }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const dark = useDark();
  const zoom = useRef(onZoom);
  useEffect(() => {
    zoom.current = onZoom;
  });
  const shape = lines.map((line) => line.run_id).join();

  useEffect(() => {
    const target = box.current;
    if (!target) return undefined;
    const ids = lines.map((line) => line.run_id ?? "");
    const style = getComputedStyle(document.documentElement);
    const probe = document.createElement("span");
    probe.style.color = "var(--muted)";
    document.body.appendChild(probe);
    const muted = getComputedStyle(probe).color;
    probe.style.color = "var(--line)";
    const grid = getComputedStyle(probe).color;
    probe.remove();
    const axes: uPlot.Axis[] = [0, 1].map((side) => ({
      stroke: muted,
      font: `11px ${style.getPropertyValue("--font")}`,
      grid: { stroke: grid, width: 1 },
      ticks: { stroke: grid, width: 1, size: 4 },
      ...(side === 0
        ? { size: axis === "time" ? 40 : 28, values: xLabels(axis) }
        : { size: 58, values: (_: uPlot, values: (number | null)[]) => values.map((value) => (value === null ? "" : number(value))) }),
    }));
    const chart = new uPlot(
      {
        width: target.clientWidth,
        height,
        axes,
        legend: { show: false },
        tzDate: (seconds) => zonedDate(seconds, zoneOfTimes()),
        cursor: { points: { size: 6 }, bind: { mousedown: (_self, _target, handle) => (event) => (choosesRange(event) ? handle(event) : null) }, drag: { x: true, y: false, setScale: false }, dataIdx: nearest, sync: { key: `runs-${axis}` } },
        scales: { x: { time: axis === "time", distr: log.x ? logScale : linearScale }, y: { distr: log.y ? logScale : linearScale } },
        series: [
          {},
          ...ids.flatMap((id): uPlot.Series[] => {
            const { color, dash } = strokeOf(runs.get(id)?.number ?? 0, dark);
            const edge: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false }, spanGaps: true };
            return [{ stroke: color, dash, width: 1.6, spanGaps: true, points: { size: 5 } }, edge, edge];
          }),
        ],
        bands: ids.map((id, i) => ({ series: [i * 3 + 3, i * 3 + 2], fill: `${strokeOf(runs.get(id)?.number ?? 0, dark).color}26` })),
        plugins: [tooltip(runs, ids, axis, dark), panning(log.x, ([from, to]) => axis === "step" && zoom.current([Math.floor(from), Math.ceil(to)]))],
        hooks: {
          setSelect: [
            (self) => {
              const { left, width } = self.select;
              if (width < 4) return;
              const range: [number, number] = [self.posToVal(left, "x"), self.posToVal(left + width, "x")];
              self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              if (axis === "step") zoom.current([Math.floor(range[0]), Math.ceil(range[1])]);
              else self.setScale("x", { min: range[0], max: range[1] });
            },
          ],
        },
      },
      [[], ...ids.flatMap(() => [[], [], []])] as uPlot.AlignedData,
      target,
    );
    plot.current = chart;
    const observer = new ResizeObserver(() => target.clientWidth !== chart.width && chart.setSize({ width: target.clientWidth, height }));
    observer.observe(target);
    return () => {
      observer.disconnect();
      chart.destroy();
      plot.current = null;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `shape` stands for the lines: new points need no new chart
  }, [shape, runs, axis, log.x, log.y, height, dark]);

  useEffect(() => {
    const { x, columns } = align(lines.map((line) => onLogAxes(seriesOf(line, axis, weight), { x: log.x, y: log.y })));
    plot.current?.setData([x, ...columns] as uPlot.AlignedData);
  }, [lines, shape, runs, axis, weight, log.x, log.y, height, dark]);

  return <div ref={box} className="chart" role="img" aria-label={`${title}: ${lines.length} lines; the table below it has the values`} onDoubleClick={() => zoom.current(null)} style={{ height }} />;
}
