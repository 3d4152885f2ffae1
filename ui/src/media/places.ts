/** The steps that cards stand at, by their keys; cards that are not among them follow the last step. */
export type Steps = ReadonlyMap<string, number>;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** Steps of an address, "20:images%2Fdogs"; what is none is left out. */
export function readSteps(text: string | null): Steps {
  const steps = new Map<string, number>();
  for (const part of (text ?? "").split(",")) {
    const found = /^(-?\d{1,16}):(.+)$/s.exec(part);
    const key = decoded(found?.[2] ?? "");
    if (key) steps.set(key, Number(found?.[1]));
  }
  return steps;
}

/** The text of an address where the card of `key` stands at `step`; null for one that follows the last step. */
export function withStep(text: string | null, key: string, step: number | null): string {
  const steps = new Map(readSteps(text));
  if (step === null) steps.delete(key);
  else steps.set(key, step);
  return [...steps].map(([name, at]) => `${at}:${encodeURIComponent(name)}`).join(",");
}

/** Keys of the cards that are larger, of an address. */
export function readLarge(text: string | null): ReadonlySet<string> {
  return new Set((text ?? "").split(",").map(decoded).filter(Boolean));
}

export function withLarge(text: string | null, key: string, large: boolean): string {
  const keys = new Set(readLarge(text));
  if (large) keys.add(key);
  else keys.delete(key);
  return [...keys].map(encodeURIComponent).join(",");
}
