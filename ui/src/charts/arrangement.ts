/** Where a card stands that was moved: at this place, whatever else there is. */
export interface Pin {
  at: number;
  key: string;
}

/** The numbers of the longest list of numbers that already stand in ascending order. */
function ascending(numbers: readonly number[]): Set<number> {
  const ends: number[] = [];
  const before: number[] = [];
  numbers.forEach((value, i) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((numbers[ends[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    before.push(low > 0 ? (ends[low - 1] ?? -1) : -1);
    ends[low] = i;
  });
  const found = new Set<number>();
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i] ?? -1) found.add(numbers[i] ?? 0);
  return found;
}

/** The fewest pins that bring `keys` into another order: what was moved, and not what it was moved past. */
export function pinsOf(keys: readonly string[], order: readonly string[]): Pin[] {
  const numbers = new Map(keys.map((key, i) => [key, i]));
  const still = ascending(order.map((key) => numbers.get(key) ?? -1));
  return order.flatMap((key, at) => (still.has(numbers.get(key) ?? -1) ? [] : [{ at, key }]));
}

/** `keys` with those that are pinned at their places. Pins of what is not there, or beyond the end, do no harm. */
export function arranged(keys: readonly string[], pins: readonly Pin[]): string[] {
  const present = new Set(keys);
  const placed = [...new Map(pins.filter((pin) => present.has(pin.key)).map((pin) => [pin.key, pin])).values()].sort((a, b) => a.at - b.at);
  const pinned = new Set(placed.map((pin) => pin.key));
  const order = keys.filter((key) => !pinned.has(key));
  for (const { at, key } of placed) order.splice(at, 0, key);
  return order;
}

/** Pins of an address, "0:val%2Floss,7:f1"; what is none is left out. */
export function readPins(text: string | null): Pin[] {
  return (text ?? "").split(",").flatMap((part): Pin[] => {
    const found = /^(\d{1,5}):(.+)$/s.exec(part);
    if (!found) return [];
    try {
      return [{ at: Number(found[1]), key: decodeURIComponent(found[2] ?? "") }];
    } catch {
      return [];
    }
  });
}

export function writePins(pins: readonly Pin[]): string {
  return pins.map(({ at, key }) => `${at}:${encodeURIComponent(key)}`).join(",");
}
