import { useRef, type PointerEvent } from "react";

import { isHistory, keyOf, kindOf, type ColumnId } from "../api/table";
import { firstWidth, isRight, titleOf } from "./grid-columns";
import { Icon } from "./icons";

interface HeadProps {
  id: ColumnId;
  index: number;
  sort: ColumnId | null;
  descending: boolean;
  onSort: (id: ColumnId) => void;
  widthOf: (id: ColumnId) => number;
  setWidth: (id: ColumnId, width: number) => void;
}

/** The heading of a column: orders by it, and has a grip for its width. */
export function HeadCell({ id, index, sort, descending, onSort, widthOf, setWidth }: HeadProps) {
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
