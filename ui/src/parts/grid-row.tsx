import { memo } from "react";

import { directionOf } from "../api/best";
import { isHistory, keyOf, kindOf, type ColumnId } from "../api/table";
import { duration, number, shownTime } from "../format";
import { link } from "../router";
import { bestOf } from "../runs/curves";
import { NoteCell } from "../runs/note-cell";
import { durationAt, isRight, nameColumn, noteColumn, type CellSource, type RowShape } from "./grid-columns";
import { Icon } from "./icons";
import { Sparkline } from "./sparkline";
import { Status, timeTitle } from "./small";

interface RowProps extends RowShape {
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
  const kind = kindOf(id);
  const value = kind === "best" ? bestOf(curve, directionOf(keyOf(id), cells.directions)) : kind === "min" ? curve.min : curve.max;
  return <span title={String(value)}>{number(value)}</span>;
}

function cellContent(id: ColumnId, row: number, cells: CellSource, now: number) {
  if (id === "attributes.duration") {
    const length = durationAt(cells, row, now);
    return length === undefined ? null : duration(length);
  }
  if (isHistory(id)) return historyContent(id, row, cells);
  const value = cells.rows.numberAt(id, row);
  if (value !== undefined) {
    if (kindOf(id) === "attributes") return <span {...timeTitle(value, now)}>{shownTime(value, now)}</span>;
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

/** A run. */
export const GridRow = memo(
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
function WaitingRow(props: RowShape) {
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
