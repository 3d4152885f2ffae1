/** A line of one text or of both, with its numbers from 1. */
export interface DiffLine {
  kind: "same" | "removed" | "added";
  left?: number;
  right?: number;
  text: string;
}

/** More differences than that are not told apart line by line: they would take too long. */
const mostEdits = 1500;

/** The fewest lines to remove from and to add to `left` so that it is `right` (Myers 1986), in order. */
export function diffLines(left: readonly string[], right: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end++;
  const same = (from: number, to: number, shift: number) => left.slice(from, to).map((text, i): DiffLine => ({ kind: "same", left: from + i + 1, right: from + i + 1 + shift, text }));
  const middle = edits(left.slice(start, left.length - end), right.slice(start, right.length - end)).map((line) => ({
    ...line,
    ...(line.left === undefined ? {} : { left: line.left + start }),
    ...(line.right === undefined ? {} : { right: line.right + start }),
  }));
  return [...same(0, start, 0), ...middle, ...same(left.length - end, left.length, right.length - left.length)];
}

function edits(left: readonly string[], right: readonly string[]): DiffLine[] {
  const trace = forward(left, right);
  if (!trace) return [...left.map((text, i): DiffLine => ({ kind: "removed", left: i + 1, text })), ...right.map((text, i): DiffLine => ({ kind: "added", right: i + 1, text }))];
  return backward(left, right, trace);
}

/** How far each diagonal gets with each number of edits; null when there are too many. */
function forward(left: readonly string[], right: readonly string[]): Map<number, number>[] | null {
  const trace: Map<number, number>[] = [];
  let reach = new Map([[1, 0]]);
  for (let count = 0; count <= Math.min(left.length + right.length, mostEdits); count++) {
    const next = new Map<number, number>();
    for (let diagonal = -count; diagonal <= count; diagonal += 2) {
      let x = startOn(reach, diagonal, count);
      while (x < left.length && x - diagonal < right.length && left[x] === right[x - diagonal]) x++;
      next.set(diagonal, x);
      if (x >= left.length && x - diagonal >= right.length) return [...trace, reach];
    }
    trace.push(reach);
    reach = next;
  }
  return null;
}

function startOn(reach: ReadonlyMap<number, number>, diagonal: number, count: number): number {
  const above = reach.get(diagonal + 1) ?? -1;
  const before = reach.get(diagonal - 1) ?? -1;
  return diagonal === -count || (diagonal !== count && before < above) ? above : before + 1;
}

function backward(left: readonly string[], right: readonly string[], trace: readonly ReadonlyMap<number, number>[]): DiffLine[] {
  const lines: DiffLine[] = [];
  let [x, y] = [left.length, right.length];
  for (let count = trace.length - 1; count >= 0; count--) {
    const reach = trace[count] ?? new Map<number, number>();
    const begin = startOn(reach, x - y, count);
    const added = begin === (reach.get(x - y + 1) ?? -1) && (x - y === -count || (reach.get(x - y - 1) ?? -1) < begin);
    while (x > begin && y > begin - (x - y)) {
      lines.push({ kind: "same", left: x, right: y, text: left[x - 1] ?? "" });
      x--;
      y--;
    }
    if (count === 0) break;
    if (added) lines.push({ kind: "added", right: y, text: right[--y] ?? "" });
    else lines.push({ kind: "removed", left: x, text: left[--x] ?? "" });
  }
  return lines.reverse();
}

/** Differences with a few lines around them; null stands for what is left out. */
export function nearChanges(lines: readonly DiffLine[], around = 3): (DiffLine | null)[] {
  const near = new Array<boolean>(lines.length).fill(false);
  lines.forEach((line, i) => {
    if (line.kind !== "same") near.fill(true, Math.max(0, i - around), i + around + 1);
  });
  return lines.flatMap((line, i): (DiffLine | null)[] => {
    if (near[i]) return [line];
    return i === 0 || near[i - 1] ? [null] : [];
  });
}
