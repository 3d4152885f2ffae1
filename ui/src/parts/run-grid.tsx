import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useImperativeHandle, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent, type Ref } from "react";

import type { RowBlocks } from "../api/blocks";
import type { Group, Order } from "../api/nesting";
import { isHistory, keyOf, kindOf, type ColumnId, type Kind } from "../api/table";
import { count, duration, number, shownTime } from "../format";
import { link } from "../router";
import type { Curve } from "../runs/curves";
import { NoteCell } from "../runs/note-cell";
import { settings, useSettings } from "../settings";
import { Icon } from "./icons";
import { Sparkline } from "./sparkline";
import { Status, useNow } from "./small";
import { sayFault } from "./toasts";

/** What the cells show; another object whenever more of it has come. */
export interface CellSource {
  rows: RowBlocks;
  curves?: (run: string, metric: string) => Curve | undefined;
}

export interface GridHandle {
  move: (step: number) => void;
  toggleCursor: () => void;
  openCursor: () => void;
  /** Writes the note of the run at the cursor; false when its column is not there. */
  noteCursor: () => boolean;
}

interface Props {
  experiment: string;
  order: Order;
  closed: ReadonlySet<string>;
  columns: readonly ColumnId[];
  pins: readonly ColumnId[];
  cells: CellSource;
  sort: ColumnId | null;
  descending: boolean;
  selected: ReadonlySet<string>;
  handle: Ref<GridHandle>;
  onSort: (id: ColumnId) => void;
  onSelect: (ids: readonly string[], on: boolean) => void;
  onSelectAll: (on: boolean) => void;
  onToggle: (id: string) => void;
  onOpen: (id: string) => void;
  /** Keeps another text as the note of a run. */
  onNote: (id: string, text: string) => Promise<unknown>;
  /** The rows and columns that are in sight, and those next to them. */
  onSeen: (from: number, to: number, columns: readonly ColumnId[], runs: readonly string[]) => void;
}

/** As the style sheets have it for each density, in pixels. */
const rowHeights = { compact: 24, normal: 30, roomy: 38 } as const;
const exactTimeWidth = 232;
const boxWidth = 36;
const nameColumn: ColumnId = "attributes.run_name";
export const noteColumn: ColumnId = "tags.mlflow.note.content";

const titles: Record<string, string> = {
  "attributes.run_name": "Run",
  "attributes.status": "Status",
  "attributes.start_time": "Started",
  "attributes.end_time": "Ended",
  "attributes.duration": "Duration",
  "attributes.user_id": "User",
  "attributes.lifecycle_stage": "Stage",
  "tags.mlflow.note.content": "Notes",
};

const marks: Partial<Record<Kind, string>> = { min: " ↓ min", max: " ↑ max", curve: " curve" };

export function titleOf(id: ColumnId): string {
  return titles[id] ?? keyOf(id) + (marks[kindOf(id)] ?? "");
}

function firstWidth(id: ColumnId): number {
  if (id === nameColumn) return 220;
  if (/_time$/.test(id) && settings().times === "exact") return exactTimeWidth;
  if (kindOf(id) === "attributes") return 108;
  if (id === noteColumn) return 240;
  if (kindOf(id) === "curve") return 132;
  const text = titleOf(id).length * 7.2 + 44;
  return Math.round(Math.min(220, Math.max(kindOf(id) === "metrics" ? 96 : 110, text)));
}

function isRight(id: ColumnId): boolean {
  return /^(metrics|min|max)\./.test(id) || id === "attributes.duration";
}

export function durationAt(cells: CellSource, row: number, now: number): number | undefined {
  const start = cells.rows.numberAt("attributes.start_time", row);
  if (start === undefined) return undefined;
  const end = cells.rows.numberAt("attributes.end_time", row);
  if (end === undefined) return cells.rows.textAt("attributes.status", row) === "RUNNING" ? now - start : undefined;
  return end - start;
}

function useWidths(): [(id: ColumnId) => number, (id: ColumnId, width: number) => void] {
  const [widths, setWidths] = useState<Readonly<Record<string, number>>>({});
  return [
    (id) => widths[id] ?? firstWidth(id),
    (id, width) => setWidths((old) => ({ ...old, [id]: Math.max(56, Math.min(800, Math.round(width))) })),
  ];
}

/**
 * The table of runs, drawn only where it is in sight, in both directions: what it costs depends on the window and
 * not on the experiment. One stop of the Tab key; the arrow keys, j, k, x and Enter work inside.
 */
export function RunGrid(props: Props) {
  const { order, columns, pins, cells, selected } = props;
  const box = useRef<HTMLDivElement>(null);
  const rowHeight = rowHeights[useSettings().density];
  const [cursor, setCursor] = useState(0);
  const [anchor, setAnchor] = useState<number | null>(null);
  const [noted, setNoted] = useState("");
  const leaveNote = (text: string | null) => {
    setNoted("");
    box.current?.focus();
    if (text !== null) props.onNote(noted, text).catch(sayFault);
  };
  const [widthOf, setWidth] = useWidths();
  const now = useNow();
  const fixed = useMemo(() => [nameColumn, ...pins.filter((id) => columns.includes(id))], [pins, columns]);
  const free = useMemo(() => columns.filter((id) => id !== nameColumn && !pins.includes(id)), [pins, columns]);
  const fixedWidth = boxWidth + fixed.reduce((sum, id) => sum + widthOf(id), 0);

  const rows = useVirtualizer({
    count: order.count,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    useFlushSync: false,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: free.length,
    getScrollElement: () => box.current,
    estimateSize: (i) => widthOf(free[i] ?? nameColumn),
    overscan: 4,
    useFlushSync: false,
  });
  const widthKey = free.map(widthOf).join();
  useEffect(() => across.measure(), [across, widthKey]);

  const seen = across.getVirtualItems();
  const seenIds = [...fixed, ...seen.map(({ index }) => free[index] ?? nameColumn)];
  const seenKey = seenIds.join("\n");
  const drawn = rows.getVirtualItems();
  const { onSeen } = props;
  const [firstSeen, lastSeen] = [drawn[0]?.index ?? 0, drawn.at(-1)?.index ?? 0];
  const seenRuns = drawn.map(({ index }) => cells.rows.idAt(order.rowAt(index)) ?? "").join(" ");
  useEffect(() => {
    // Rows that the page orders itself are all there; otherwise positions are rows.
    onSeen(order.rowAt(firstSeen), order.rowAt(lastSeen) + 1, seenKey.split("\n") as ColumnId[], seenRuns.split(" ").filter(Boolean));
  }, [firstSeen, lastSeen, order, seenKey, seenRuns, onSeen]);

  const idAt = (position: number) => cells.rows.idAt(order.rowAt(position)) ?? "";
  const at = Math.min(cursor, Math.max(0, order.count - 1));
  const move = (step: number) => {
    const next = Math.max(0, Math.min(order.count - 1, at + step));
    setCursor(next);
    rows.scrollToIndex(next);
  };
  const select = (position: number, range: boolean) => {
    const from = range && anchor !== null ? anchor : position;
    const chosen: string[] = [];
    for (let i = Math.min(from, position); i <= Math.max(from, position); i++) if (idAt(i)) chosen.push(idAt(i));
    props.onSelect(chosen, range || !selected.has(idAt(position)));
    setAnchor(position);
    setCursor(position);
  };
  useImperativeHandle(props.handle, () => ({
    move,
    toggleCursor: () => select(at, false),
    openCursor: () => {
      const group = order.groupAt(at);
      if (group) props.onToggle(group.label);
      else if (idAt(at)) props.onOpen(idAt(at));
    },
    noteCursor: () => {
      if (!columns.includes(noteColumn)) return false;
      rows.scrollToIndex(at);
      const place = free.indexOf(noteColumn);
      if (place >= 0) across.scrollToIndex(place);
      setNoted(idAt(at));
      return true;
    },
  }));
  const press = (event: KeyboardEvent) => {
    if (event.target !== box.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.floor((box.current.clientHeight || 300) / rowHeight) - 2;
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    const row = order.rowAt(at);
    const group = order.groupAt(at);
    const toggled = group?.label ?? idAt(at);
    const opens = group !== undefined || order.parents.has(row);
    if (step !== undefined) move(step === -Infinity ? -at : step === Infinity ? order.count : step);
    else if (event.key === " " && group) props.onToggle(group.label);
    else if (event.key === " ") select(at, event.shiftKey);
    else if (opens && ((event.key === "ArrowRight" && props.closed.has(toggled)) || (event.key === "ArrowLeft" && !props.closed.has(toggled)))) props.onToggle(toggled);
    else if (event.key === "ArrowRight" || event.key === "ArrowLeft") box.current.scrollBy({ left: event.key === "ArrowRight" ? 160 : -160 });
    else return;
    event.preventDefault();
  };

  const left = seen[0]?.start ?? 0;
  const total = fixedWidth + across.getTotalSize();
  const headProps = { sort: props.sort, descending: props.descending, onSort: props.onSort, widthOf, setWidth };
  const chosenHere = selected.size > 0;
  return (
    <div
      ref={box}
      className="grid"
      role="grid"
      aria-label="Runs"
      aria-rowcount={order.count + 1}
      aria-colcount={columns.length + 2}
      aria-multiselectable="true"
      aria-activedescendant={order.count > 0 ? `run-row-${at}` : undefined}
      tabIndex={0}
      onKeyDown={press}
    >
      <div className="grid-head" role="row" aria-rowindex={1} style={{ width: total, minWidth: "100%" }}>
        <div className="pinned" role="presentation" style={{ width: fixedWidth }}>
          <div className="cell box" role="columnheader" aria-colindex={1}>
            <input
              type="checkbox"
              tabIndex={-1}
              aria-label="Select all runs"
              checked={chosenHere && selected.size >= cells.rows.count}
              ref={(input) => {
                if (input) input.indeterminate = chosenHere && selected.size < cells.rows.count;
              }}
              onChange={() => props.onSelectAll(!chosenHere)}
            />
          </div>
          {fixed.map((id, i) => (
            <HeadCell key={id} id={id} index={i + 2} {...headProps} />
          ))}
        </div>
        <div style={{ flex: "none", width: left }} role="presentation" />
        {seen.map(({ index }) => {
          const id = free[index];
          return id && <HeadCell key={id} id={id} index={index + fixed.length + 2} {...headProps} />;
        })}
      </div>
      <div className="grid-body" role="rowgroup" style={{ height: rows.getTotalSize(), width: total, minWidth: "100%" }}>
        {drawn.map(({ index, start }) => {
          const row = order.rowAt(index);
          const group = order.groupAt(index);
          const id = cells.rows.idAt(row) ?? "";
          const shape = { index, start, total, left, fixed, fixedWidth, free, from: seen[0]?.index ?? 0, to: (seen.at(-1)?.index ?? -1) + 1, widthOf };
          if (group) return <GroupRow key={`group ${group.label}`} group={group} cells={cells} closed={props.closed.has(group.label)} isCursor={index === at} onToggle={props.onToggle} {...shape} />;
          return (
            <GridRow
              key={index}
              id={id}
              row={row}
              {...shape}
              widthKey={widthKey}
              cells={cells}
              now={now}
              experiment={props.experiment}
              depth={order.depthAt(index)}
              parent={order.parents.has(row)}
              closed={props.closed.has(id)}
              isCursor={index === at}
              isSelected={selected.has(id)}
              isNoted={id !== "" && id === noted}
              onWrite={setNoted}
              onNote={leaveNote}
              onSelect={select}
              onToggle={props.onToggle}
            />
          );
        })}
      </div>
    </div>
  );
}

interface HeadProps {
  id: ColumnId;
  index: number;
  sort: ColumnId | null;
  descending: boolean;
  onSort: (id: ColumnId) => void;
  widthOf: (id: ColumnId) => number;
  setWidth: (id: ColumnId, width: number) => void;
}

function HeadCell({ id, index, sort, descending, onSort, widthOf, setWidth }: HeadProps) {
  const drag = useRef<{ x: number; width: number } | null>(null);
  const grab = (event: PointerEvent) => {
    drag.current = { x: event.clientX, width: widthOf(id) };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const pull = (event: PointerEvent) => {
    if (drag.current) setWidth(id, drag.current.width + event.clientX - drag.current.x);
  };
  const sorted = sort === id;
  const kind = kindOf(id);
  return (
    <div
      className={`head-cell ${isRight(id) ? "right" : ""}`}
      role="columnheader"
      aria-colindex={index}
      aria-sort={sorted ? (descending ? "descending" : "ascending") : "none"}
      style={{ width: widthOf(id) }}
      title={kind === "attributes" ? titleOf(id) : `${kind}.${keyOf(id)}`}
    >
      <button type="button" tabIndex={-1} disabled={id === "attributes.duration" || isHistory(id)} onClick={() => onSort(id)}>
        <bdi className="clip">{titleOf(id)}</bdi>
        {sorted && <Icon name={descending ? "down" : "up"} />}
      </button>
      <span className="grip" onPointerDown={grab} onPointerMove={pull} onPointerUp={() => (drag.current = null)} onDoubleClick={() => setWidth(id, firstWidth(id))} />
    </div>
  );
}

interface ShapeProps {
  index: number;
  start: number;
  total: number;
  left: number;
  fixed: readonly ColumnId[];
  fixedWidth: number;
  free: readonly ColumnId[];
  from: number;
  to: number;
  widthOf: (id: ColumnId) => number;
}

interface RowProps extends ShapeProps {
  id: string;
  row: number;
  /** Stands for what widthOf gives, which is another function every time. */
  widthKey: string;
  cells: CellSource;
  now: number;
  experiment: string;
  depth: number;
  parent: boolean;
  closed: boolean;
  isCursor: boolean;
  isSelected: boolean;
  isNoted: boolean;
  onWrite: (id: string) => void;
  onNote: (text: string | null) => void;
  onSelect: (position: number, range: boolean) => void;
  onToggle: (id: string) => void;
}

function historyContent(id: ColumnId, row: number, cells: CellSource) {
  const curve = cells.curves?.(cells.rows.idAt(row) ?? "", keyOf(id));
  if (!curve) return null;
  if (kindOf(id) === "curve") return <Sparkline name={keyOf(id)} points={curve.points} />;
  const value = kindOf(id) === "min" ? curve.min : curve.max;
  return <span title={String(value)}>{number(value)}</span>;
}

function TimeCell({ time, now }: { time: number; now: number }) {
  const [shown, other] = shownTime(time, now);
  return <span title={other}>{shown}</span>;
}

function cellContent(id: ColumnId, row: number, cells: CellSource, now: number) {
  if (id === "attributes.duration") {
    const length = durationAt(cells, row, now);
    return length === undefined ? null : duration(length);
  }
  if (isHistory(id)) return historyContent(id, row, cells);
  const value = cells.rows.numberAt(id, row);
  if (value !== undefined) {
    if (kindOf(id) === "attributes") return <TimeCell time={value} now={now} />;
    return <span title={String(value)}>{number(value)}</span>;
  }
  const text = cells.rows.textAt(id, row);
  if (text === undefined) return null;
  if (id === "attributes.status") return <Status status={text} />;
  return (
    <bdi title={text} className="clip">
      {text}
    </bdi>
  );
}

const GridRow = memo(
  function GridRow(props: RowProps) {
    const { id, row, index, cells, now } = props;
    if (id === "") return <WaitingRow {...props} />;
    const name = cells.rows.textAt(nameColumn, row) ?? "";
    const gone = cells.rows.textAt("attributes.lifecycle_stage", row) === "deleted";
    const contentOf = (column: ColumnId) =>
      column === noteColumn ? (
        <NoteCell name={name || id} text={cells.rows.textAt(column, row) ?? ""} isNoted={props.isNoted} onWrite={() => props.onWrite(id)} onNote={props.onNote} />
      ) : (
        cellContent(column, row, cells, now)
      );
    return (
      <div
        id={`run-row-${index}`}
        className="grid-row"
        role="row"
        aria-rowindex={index + 2}
        aria-selected={props.isSelected}
        data-cursor={props.isCursor || undefined}
        data-noted={props.isNoted || undefined}
        style={{ transform: `translateY(${props.start}px)`, width: props.total, minWidth: "100%" }}
      >
        <div className="pinned" role="presentation" style={{ width: props.fixedWidth }}>
          <div className="cell box" role="gridcell" aria-colindex={1}>
            <input
              type="checkbox"
              tabIndex={-1}
              aria-label={`Select ${name || id}`}
              checked={props.isSelected}
              onChange={() => undefined}
              onClick={(event) => props.onSelect(index, event.shiftKey)}
            />
          </div>
          {props.fixed.map((column, i) =>
            column === nameColumn ? (
              <div key={column} className="cell name" role="gridcell" aria-colindex={2} style={{ width: props.widthOf(column), paddingLeft: 10 + props.depth * 16 }}>
                {props.parent && (
                  <button type="button" tabIndex={-1} className="button plain icon" aria-label={props.closed ? "Show child runs" : "Hide child runs"} aria-expanded={!props.closed} onClick={() => props.onToggle(id)}>
                    <Icon name={props.closed ? "right" : "down"} />
                  </button>
                )}
                <a tabIndex={-1} className={gone ? "clip gone" : "clip"} href={link(`/experiments/${props.experiment}/runs/${id}`)} title={name || id}>
                  <bdi>{name || id}</bdi>
                </a>
              </div>
            ) : (
              <div key={column} className={isRight(column) ? "cell right" : "cell"} role="gridcell" aria-colindex={i + 2} style={{ width: props.widthOf(column) }}>
                {contentOf(column)}
              </div>
            ),
          )}
        </div>
        <div style={{ flex: "none", width: props.left }} role="presentation" />
        {props.free.slice(props.from, props.to).map((column, i) => (
          <div key={column} className={isRight(column) ? "cell right" : "cell"} role="gridcell" aria-colindex={props.from + i + props.fixed.length + 2} style={{ width: props.widthOf(column) }}>
            {contentOf(column)}
          </div>
        ))}
      </div>
    );
  },
  // Functions are new at every drawing; what they depend on is compared instead.
  (a, b) =>
    a.id === b.id &&
    a.row === b.row &&
    a.index === b.index &&
    a.start === b.start &&
    a.total === b.total &&
    a.left === b.left &&
    a.fixed === b.fixed &&
    a.free === b.free &&
    a.from === b.from &&
    a.to === b.to &&
    a.widthKey === b.widthKey &&
    a.fixedWidth === b.fixedWidth &&
    a.cells === b.cells &&
    a.now === b.now &&
    a.depth === b.depth &&
    a.parent === b.parent &&
    a.closed === b.closed &&
    a.isCursor === b.isCursor &&
    a.isSelected === b.isSelected &&
    a.isNoted === b.isNoted,
);

/** A row that is on its way. */
function WaitingRow(props: ShapeProps) {
  return (
    <div id={`run-row-${props.index}`} className="grid-row" role="row" aria-rowindex={props.index + 2} aria-busy="true" style={{ transform: `translateY(${props.start}px)`, width: props.total, minWidth: "100%" }}>
      <div className="pinned" role="presentation" style={{ width: props.fixedWidth }}>
        <div className="cell box" role="gridcell" />
        <div className="cell waiting" role="gridcell" style={{ width: props.widthOf(nameColumn) }}>
          <span className="unseen">Loading</span>
        </div>
      </div>
    </div>
  );
}

interface GroupProps extends ShapeProps {
  group: Group;
  cells: CellSource;
  closed: boolean;
  isCursor: boolean;
  onToggle: (label: string) => void;
}

/** The mean of a metric over the runs of a group that have a finite value of it. */
export function meanOf(cells: CellSource, id: ColumnId, rows: Int32Array): number | undefined {
  let sum = 0;
  let found = 0;
  for (const row of rows) {
    const value = cells.rows.numberAt(id, row);
    if (value === undefined || !Number.isFinite(value)) continue;
    sum += value;
    found++;
  }
  return found > 0 ? sum / found : undefined;
}

/** The heading of a group: what its runs share, how many they are, and means of their metrics. */
const GroupRow = memo(function GroupRow(props: GroupProps) {
  const { group, cells, closed } = props;
  const cell = (id: ColumnId, i: number) => {
    const mean = kindOf(id) === "metrics" ? meanOf(cells, id, group.rows) : undefined;
    return (
      <div key={id} className={isRight(id) ? "cell right" : "cell"} role="gridcell" aria-colindex={i} style={{ width: props.widthOf(id) }}>
        {mean !== undefined && <span title={`mean ${String(mean)}`}>⌀ {number(mean)}</span>}
      </div>
    );
  };
  return (
    <div id={`run-row-${props.index}`} className="grid-row heading" role="row" aria-rowindex={props.index + 2} data-cursor={props.isCursor || undefined} style={{ transform: `translateY(${props.start}px)`, width: props.total, minWidth: "100%" }}>
      <div className="pinned" role="presentation" style={{ width: props.fixedWidth }}>
        <div className="cell name" role="gridcell" aria-colindex={2} style={{ width: boxWidth + props.widthOf(nameColumn) }}>
          <button type="button" tabIndex={-1} className="button plain icon" aria-label={`${closed ? "Show" : "Hide"} the runs of ${group.label}`} aria-expanded={!closed} onClick={() => props.onToggle(group.label)}>
            <Icon name={closed ? "right" : "down"} />
          </button>
          <bdi className="clip" title={group.label}>
            {group.label}
          </bdi>
          <span className="muted">{count(group.rows.length)}</span>
        </div>
        {props.fixed.slice(1).map((id, i) => cell(id, i + 3))}
      </div>
      <div style={{ flex: "none", width: props.left }} role="presentation" />
      {props.free.slice(props.from, props.to).map((id, i) => cell(id, props.from + i + props.fixed.length + 2))}
    </div>
  );
});

export function describeRows(shown: number): string {
  return `${count(shown)} ${shown === 1 ? "run" : "runs"}`;
}
