import type uPlot from "uplot";

/** The part of the scale that is in sight: of steps, or of what else the axis shows. */
type Range = [number, number];

function move(plot: uPlot, [min, max]: Range, pixels: number): void {
  const by = ((max - min) / plot.over.clientWidth) * -pixels;
  plot.setScale("x", { min: min + by, max: max + by });
}

function rangeOf(plot: uPlot): Range | null {
  const { min, max } = plot.scales["x"] ?? {};
  return min !== undefined && max !== undefined && max > min ? [min, max] : null;
}

/**
 * Moves along the x axis: by drag with Shift held or with the middle button, and by what scrolls sideways, the wheel with
 * Shift too. The lines that are there follow the pointer at once; `rest` is told where it came to rest, to fetch what is
 * there. A logarithmic axis stays where it is.
 */
export function panning(isLogarithmic: boolean, rest: (range: Range) => void): uPlot.Plugin {
  let pause = 0;
  const restSoon = (plot: uPlot) => {
    clearTimeout(pause);
    pause = window.setTimeout(() => {
      const range = rangeOf(plot);
      if (range) rest(range);
    }, 200);
  };
  const drag = (plot: uPlot, down: PointerEvent) => {
    const start = rangeOf(plot);
    if (!start || !(down.shiftKey || down.button === 1)) return;
    down.preventDefault();
    const { over } = plot;
    over.setPointerCapture(down.pointerId);
    over.style.cursor = "grabbing";
    const follow = (event: PointerEvent) => move(plot, start, event.clientX - down.clientX);
    const end = () => {
      over.removeEventListener("pointermove", follow);
      over.style.cursor = "";
      restSoon(plot);
    };
    over.addEventListener("pointermove", follow);
    over.addEventListener("lostpointercapture", end, { once: true });
  };
  const scroll = (plot: uPlot, event: WheelEvent) => {
    const pixels = event.deltaX || (event.shiftKey ? event.deltaY : 0);
    const range = rangeOf(plot);
    if (pixels === 0 || !range) return;
    event.preventDefault();
    move(plot, range, -pixels);
    restSoon(plot);
  };
  return {
    hooks: {
      ready: (plot) => {
        if (isLogarithmic) return;
        plot.over.addEventListener("pointerdown", (event) => drag(plot, event));
        plot.over.addEventListener("wheel", (event) => scroll(plot, event), { passive: false });
      },
      destroy: () => clearTimeout(pause),
    },
  };
}

/** What uPlot takes for the beginning of a choice: the main button alone. */
export function choosesRange(event: MouseEvent): boolean {
  return event.button === 0 && !event.shiftKey;
}
