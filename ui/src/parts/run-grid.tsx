import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useImperativeHandle, useMemo, useRef, useState, type KeyboardEvent, type Ref } from "react";

import type { Direction } from "../api/best";
import type { Order } from "../api/nesting";
import type { ColumnId } from "../api/table";
import { useSettings } from "../settings";
import { boxWidth, nameColumn, noteColumn, rowHeights, useWidths, type CellSource } from "./grid-columns";
import { GroupRow } from "./grid-group";
import { HeadCell } from "./grid-head";
import { GridRow } from "./grid-row";
import { useNow } from "./small";
import { sayFault } from "./toasts";
import { drawnAtOnce } from "./virtual";

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
  onDirection: (metric: string, direction: Direction) => void;
  onSelect: (ids: readonly string[], on: boolean) => void;
  onSelectAll: (on: boolean) => void;
  onToggle: (id: string) => void;
  onOpen: (id: string) => void;
  /** Keeps another text as the note of a run. */
  onNote: (id: string, text: string) => Promise<unknown>;
  /** The rows and columns that are in sight, and those next to them. */
  onSeen: (from: number, to: number, columns: readonly ColumnId[], runs: readonly string[]) => void;
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
    overscan: 6,
    ...drawnAtOnce,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: free.length,
    getScrollElement: () => box.current,
    estimateSize: (i) => widthOf(free[i] ?? nameColumn),
    overscan: 3,
    ...drawnAtOnce,
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
  const headProps = { sort: props.sort, descending: props.descending, directions: cells.directions, onSort: props.onSort, onDirection: props.onDirection, widthOf, setWidth };
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
      aria-activedescendant={drawn.some(({ index }) => index === at) ? `run-row-${at}` : undefined}
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
