import { elementScroll, type Virtualizer } from "@tanstack/react-virtual";

type Of = Virtualizer<HTMLDivElement, Element>;

/** What the bars and heads above a table take of the window, about. */
const above = 200;

function observeElementRect(instance: Of, tell: (rect: { width: number; height: number }) => void) {
  const element = instance.scrollElement;
  if (!element) return undefined;
  const observer = new ResizeObserver(() => {
    tell({ width: element.clientWidth, height: element.clientHeight });
  });
  observer.observe(element);
  return () => {
    observer.disconnect();
  };
}

/**
 * Options of a virtualizer that draws its first rows before the browser has laid anything out: it takes the window
 * for its box, and learns the true size when there is one. Asking for it earlier would lay the page out twice.
 */
export const drawnAtOnce = {
  // Read when there is no true size yet, and not at each drawing.
  initialRect: {
    get width() {
      return innerWidth;
    },
    get height() {
      return Math.max(0, innerHeight - above);
    },
  },
  observeElementRect,
  // It scrolls to where it begins, too, which would need a layout.
  scrollToFn: (offset: number, options: Parameters<typeof elementScroll>[1], instance: Of) => {
    if (offset !== 0 || options.adjustments || instance.scrollOffset !== 0) elementScroll(offset, options, instance);
  },
  useFlushSync: false,
};
