import { memo } from "react";

import type { Group } from "../api/nesting";
import { kindOf, type ColumnId } from "../api/table";
import { count, number } from "../format";
import { boxWidth, isRight, nameColumn, type CellSource, type RowShape } from "./grid-columns";
import { Icon } from "./icons";

interface GroupProps extends RowShape {
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
export const GroupRow = memo(function GroupRow(props: GroupProps) {
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
