import { useRef, useState, type DragEvent } from "react";

import { Icon } from "../parts/icons";

/** What a card needs to be one of several that are laid out by drag, or by its buttons. */
export interface Movable {
  /** For the card, onto which another is dropped. */
  card: { "data-over": true | undefined; onDragOver: (event: DragEvent) => void; onDrop: (event: DragEvent) => void };
  /** For its header, by which it is dragged. */
  header: { draggable: true; className: string; onDragStart: () => void; onDragEnd: () => void };
  first: boolean;
  last: boolean;
  move: (step: number) => void;
}

/** Lays out `size` cards: calls `onMove` with the place of a card and the place where it shall stand. */
export function useMovable(size: number, onMove: (from: number, to: number) => void): (place: number) => Movable {
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const end = () => {
    setDragged(null);
    setOver(null);
  };
  return (place) => ({
    card: {
      "data-over": (dragged !== null && dragged !== place && over === place) || undefined,
      onDragOver: (event) => {
        // Files and texts that are dragged over the page are none of its cards.
        if (dragged === null) return;
        event.preventDefault();
        setOver(place);
      },
      onDrop: (event) => {
        if (dragged === null) return;
        event.preventDefault();
        end();
        if (dragged !== place) onMove(dragged, place);
      },
    },
    header: { draggable: true, className: "movable", onDragStart: () => setDragged(place), onDragEnd: end },
    first: place === 0,
    last: place === size - 1,
    move: (step) => onMove(place, place + step),
  });
}

/** The buttons that move a card by the keyboard; whoever pressed one stays on it, wherever its card goes. */
export function MoveButtons({ title, at }: { title: string; at: Movable }) {
  const back = useRef<HTMLButtonElement>(null);
  const on = useRef<HTMLButtonElement>(null);
  const move = (step: number) => {
    at.move(step);
    requestAnimationFrame(() => {
      const [pressed, other] = step < 0 ? [back.current, on.current] : [on.current, back.current];
      (pressed?.disabled ? other : pressed)?.focus();
    });
  };
  return (
    <>
      <button ref={back} type="button" className="button plain icon" disabled={at.first} aria-label={`Move ${title} back`} title="Move back" onClick={() => move(-1)}>
        <Icon name="left" />
      </button>
      <button ref={on} type="button" className="button plain icon" disabled={at.last} aria-label={`Move ${title} on`} title="Move on" onClick={() => move(1)}>
        <Icon name="right" />
      </button>
    </>
  );
}
