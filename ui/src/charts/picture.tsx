import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent, type Ref } from "react";

import { readInk, useDark } from "./ink";
import type { Ink, Layout, Size, Spot } from "./layouts";
import { drawScene, pngOf, svgText } from "./scene";

export interface PictureHandle {
  svg: () => string;
  png: () => Promise<Blob>;
}

interface Props {
  title: string;
  height: number;
  layout: (size: Size, ink: Ink) => Layout;
  onOpen: (run: string) => void;
  handle: Ref<PictureHandle>;
}

const reach = 24;

function nearest(spots: readonly Spot[], x: number, y: number): number {
  let best = -1;
  let least = reach * reach;
  spots.forEach((spot, i) => {
    const far = (spot.x - x) ** 2 + (spot.y - y) ** 2;
    if (far < least) [best, least] = [i, far];
  });
  return best;
}

function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!box.current) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width] as const;
}

/** A chart on a canvas. The pointer and the arrow keys walk over its spots, and Enter opens the run of one. */
export function Picture({ title, height, layout, onOpen, handle }: Props) {
  const [box, width] = useWidth();
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useDark();
  const [at, setAt] = useState(-1);
  const ink = useMemo(() => readInk(dark), [dark]);
  const { scene, spots } = useMemo(() => (width > 0 ? layout({ width, height }, ink) : { scene: { width: 0, height, shapes: [] }, spots: [] }), [layout, width, height, ink]);
  const spot = spots[at];
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !canvas.current || scene.width === 0) return;
    const scale = window.devicePixelRatio;
    canvas.current.width = scene.width * scale;
    canvas.current.height = scene.height * scale;
    drawScene(context, scene, scale);
  }, [scene]);
  useEffect(() => {
    const made: PictureHandle = {
      svg: () => svgText(scene, ink.surface),
      png: () => pngOf(scene, ink.surface),
    };
    if (typeof handle === "function") handle(made);
    else if (handle) handle.current = made;
  }, [handle, scene, ink]);
  const point = (event: PointerEvent) => {
    const place = event.currentTarget.getBoundingClientRect();
    setAt(nearest(spots, event.clientX - place.left, event.clientY - place.top));
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step && spots.length > 0) setAt((at + step + spots.length) % spots.length);
    else if (event.key === "Enter" && spot?.run) onOpen(spot.run);
    else if (event.key === "Escape") setAt(-1);
    else return;
    event.preventDefault();
  };
  return (
    <div ref={box} className="picture" style={{ height }}>
      <canvas
        ref={canvas}
        style={{ width: scene.width, height }}
        role="img"
        tabIndex={0}
        aria-label={`${title}: ${spots.length} marks. Arrow keys walk over them; the table button shows all values`}
        onPointerMove={point}
        onPointerLeave={() => setAt(-1)}
        onClick={() => spot?.run && onOpen(spot.run)}
        onKeyDown={press}
      />
      {spot && (
        <>
          <i className="spot" style={{ left: spot.x, top: spot.y }} />
          <div className="chart-tip" role="status" style={{ top: Math.max(0, Math.min(spot.y - 10, height - 110)), ...(spot.x > width / 2 ? { right: width - spot.x + 14 } : { left: spot.x + 14 }) }}>
            <b>
              <bdi>{spot.title.slice(0, 80)}</bdi>
            </b>
            {spot.facts.slice(0, 10).map((fact, i) => (
              <div key={i}>
                <span>{fact.slice(0, 120)}</span>
              </div>
            ))}
          </div>
        </>
      )}
    </div>
  );
}
