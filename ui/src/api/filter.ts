import type { RunColumns } from "./contract.gen";
import { fieldText, type ColumnId } from "./table";

const attributes = ["run_name", "status", "start_time", "end_time", "user_id", "run_id", "artifact_uri"];
const most = 12;

export interface Completion {
  /** Where the word that is completed begins. */
  from: number;
  options: string[];
}

/** True when a quote is open at the end: inside a text nothing is a name. */
function endsInText(text: string): boolean {
  let quote = "";
  for (const c of text) {
    if (quote) quote = c === quote ? "" : quote;
    else if (c === "'" || c === '"') quote = c;
  }
  return quote !== "";
}

/** Names that fit the word before the caret. */
export function complete(text: string, caret: number, keys: RunColumns): Completion {
  const before = text.slice(0, caret);
  const word = /[\w./`-]*$/.exec(before)?.[0] ?? "";
  const from = caret - word.length;
  if (word === "" || endsInText(before.slice(0, from))) return { from, options: [] };
  const wanted = word.toLowerCase().replaceAll("`", "");
  const names: ColumnId[] = [
    ...(keys.metrics ?? []).map((key): ColumnId => `metrics.${key}`),
    ...(keys.params ?? []).map((key): ColumnId => `params.${key}`),
    ...(keys.tags ?? []).map((key): ColumnId => `tags.${key}`),
    ...attributes.map((key): ColumnId => `attributes.${key}`),
  ];
  const starting = names.filter((name) => name.toLowerCase().startsWith(wanted));
  const inside = names.filter((name) => !name.toLowerCase().startsWith(wanted) && name.toLowerCase().includes(wanted));
  const options = [...starting, ...inside].slice(0, most).map(fieldText);
  return { from, options: options.length === 1 && options[0] === word ? [] : options };
}

/** The position of a fault in a filter, in characters from 0, as the server tells it. */
export function faultPosition(message: string): number | null {
  const found = /at position (\d+)/.exec(message);
  return found ? Math.max(0, Number(found[1]) - 1) : null;
}
