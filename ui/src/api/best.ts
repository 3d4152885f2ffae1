/** Which end of a metric's values is the good one. */
export type Direction = "lowest" | "highest";

/** What the user chose, by metric; the others go by their names. */
export type Directions = ReadonlyMap<string, Direction>;

const fallingNames = /(loss|losses|errors?|mse|mae|rmse|perplexity|times?|latency|latencies)$/i;

/** The words of a name: "valLoss", "val_loss" and "val/loss" have the same. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .split(/[^A-Za-z]+/)
    .filter(Boolean);
}

/** Lower is better for losses, errors and times, higher for all else. */
export function guessedDirection(metric: string): Direction {
  return wordsOf(metric).some((word) => fallingNames.test(word)) ? "lowest" : "highest";
}

export function directionOf(metric: string, chosen: Directions): Direction {
  return chosen.get(metric) ?? guessedDirection(metric);
}

/** The same with another choice; what the name says anyway needs none. */
export function withDirection(chosen: Directions, metric: string, direction: Direction): Directions {
  const next = new Map(chosen);
  if (direction === guessedDirection(metric)) next.delete(metric);
  else next.set(metric, direction);
  return next;
}

const marks = { low: "lowest", high: "highest" } as const;

/** Choices of an address, "low:val%2Fscore,high:error"; what is none is left out. */
export function readDirections(text: string | null): Directions {
  const found = new Map<string, Direction>();
  for (const part of (text ?? "").split(",")) {
    const at = part.indexOf(":");
    const mark = part.slice(0, Math.max(0, at));
    if (mark !== "low" && mark !== "high") continue;
    try {
      found.set(decodeURIComponent(part.slice(at + 1)), marks[mark]);
    } catch {
      // Cut off in the middle of a letter: there is no such metric.
    }
  }
  return found;
}

export function writeDirections(chosen: Directions): string {
  return [...chosen].map(([metric, direction]) => `${direction === "lowest" ? "low" : "high"}:${encodeURIComponent(metric)}`).join(",");
}
