import { createElement as make, type DragEvent } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";

import { arranged, pinsOf, readPins, writePins } from "./arrangement";
import { MoveButtons, useMovable, type Movable } from "./movable";
import { moved } from "./panel-list";

const keys = ["a", "b", "c", "d", "e"];

describe("the layout of charts", () => {
  it("keeps only what was moved", () => {
    expect(pinsOf(keys, keys)).toEqual([]);
    expect(pinsOf(keys, moved(keys, 4, 0))).toEqual([{ at: 0, key: "e" }]);
    expect(pinsOf(keys, moved(keys, 0, 3))).toEqual([{ at: 3, key: "a" }]);
  });
  it("comes back as it was, after any number of moves", () => {
    let state = 11;
    const random = (most: number) => (state = (state * 1103515245 + 12345) % 2147483648) % most;
    let order = Array.from({ length: 12 }, (_, i) => `key ${i}`);
    const natural = [...order];
    for (let round = 0; round < 300; round++) {
      order = moved(order, random(12), random(12));
      expect(arranged(natural, readPins(writePins(pinsOf(natural, order))))).toEqual(order);
    }
  });
  it("has room for what comes later, and none for what is gone or was never there", () => {
    const pins = [{ at: 0, key: "e" }, { at: 99, key: "b" }, { at: 1, key: "gone" }];
    expect(arranged(keys, pins)).toEqual(["e", "a", "c", "d", "b"]);
    expect(arranged(["a", "b", "e", "new"], pins)).toEqual(["e", "a", "new", "b"]);
    expect(arranged([], pins)).toEqual([]);
  });
  it("is read from an address, whatever stands there", () => {
    expect(readPins(writePins([{ at: 3, key: "a,b:c%" }]))).toEqual([{ at: 3, key: "a,b:c%" }]);
    expect(readPins("-1:a,1:,x,999999:b,2:%E0%A4%A,0:ok,0:ok2")).toEqual([{ at: 0, key: "ok" }, { at: 0, key: "ok2" }]);
    expect(arranged(["ok"], readPins("0:ok,5:ok"))).toEqual(["ok"]);
  });
});

describe("movable cards", () => {
  /** Draws three of them and hands out what each got. */
  function draw(onMove: (from: number, to: number) => void): { text: string; cards: Movable[] } {
    const cards: Movable[] = [];
    const Three = () => {
      const movable = useMovable(3, onMove);
      return [0, 1, 2].map((i) => {
        cards.push(movable(i));
        return make(MoveButtons, { key: i, title: `<b>${i}`, at: movable(i) });
      });
    };
    return { text: renderToStaticMarkup(make(Three)), cards };
  }
  it("have buttons, but none beyond the ends", () => {
    const { text } = draw(() => undefined);
    expect(text.match(/<button[^>]*>/g)?.map((tag) => [/aria-label="([^"]*)"/.exec(tag)?.[1], tag.includes("disabled")])).toEqual([
      ["Move &lt;b&gt;0 back", true],
      ["Move &lt;b&gt;0 on", false],
      ["Move &lt;b&gt;1 back", false],
      ["Move &lt;b&gt;1 on", false],
      ["Move &lt;b&gt;2 back", false],
      ["Move &lt;b&gt;2 on", true],
    ]);
  });
  it("move by a step, and leave alone what is dragged over them from elsewhere", () => {
    const moves: number[][] = [];
    const { cards } = draw((from, to) => moves.push([from, to]));
    cards[1]?.move(1);
    cards[1]?.move(-1);
    const foreign = { preventDefault: () => moves.push([-1]) } as unknown as DragEvent;
    cards[0]?.card.onDragOver(foreign);
    cards[0]?.card.onDrop(foreign);
    expect(moves).toEqual([[1, 2], [1, 0]]);
  });
});
