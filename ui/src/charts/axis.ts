/** What lies across a line chart: steps, the clock, or the time since each line's first point. */
export type Axis = "step" | "time" | "relative";

export function readAxis(text: string | null): Axis {
  return text === "time" || text === "relative" ? text : "step";
}

/** Whether points have their places by their times. */
export function isOfTimes(axis: Axis): boolean {
  return axis !== "step";
}
