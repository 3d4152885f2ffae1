import { useRef, type PointerEvent } from "react";

import { directionOf, type Direction, type Directions } from "../api/best";
import { isHistory, keyOf, kindOf, type ColumnId } from "../api/table";
import { firstWidth, isRight, titleOf } from "./grid-columns";
import { Icon } from "./icons";
import { Menu } from "./menu";

interface HeadProps {
  id: ColumnId;
  index: number;
  sort: ColumnId | null;
  descending: boolean;
  directions: Directions;
  onSort: (id: ColumnId) => void;
  onDirection: (metric: string, direction: Direction) => void;
  widthOf: (id: ColumnId) => number;
  setWidth: (id: ColumnId, width: number) => void;
}

/** The heading of a column: orders by it, and has a grip for its width. */
export function HeadCell({ id, index, sort, descending, directions, onSort, onDirection, widthOf, setWidth }: HeadProps) {
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
        <bdi className="clip">{titleOf(id, directions)}</bdi>
        {sorted && <Icon name={descending ? "down" : "up"} />}
      </button>
      {kind === "best" && <BestMenu metric={keyOf(id)} direction={directionOf(keyOf(id), directions)} onDirection={onDirection} />}
      <span className="grip" onPointerDown={grab} onPointerMove={pull} onPointerUp={() => (drag.current = null)} onDoubleClick={() => setWidth(id, firstWidth(id))} />
    </div>
  );
}

const ends: Record<Direction, string> = { lowest: "The lowest value", highest: "The highest value" };

function BestMenu({ metric, direction, onDirection }: { metric: string; direction: Direction; onDirection: HeadProps["onDirection"] }) {
  return (
    <Menu name={`Which ${metric} is the best`} className="button plain icon" label={<Icon name="more" />}>
      {(close) =>
        (["lowest", "highest"] as const).map((end) => (
          <button
            key={end}
            type="button"
            role="menuitemradio"
            aria-checked={end === direction}
            onClick={() => {
              onDirection(metric, end);
              close();
            }}
          >
            <span className="grow">{ends[end]}</span>
            {end === direction && <Icon name="check" />}
          </button>
        ))
      }
    </Menu>
  );
}
