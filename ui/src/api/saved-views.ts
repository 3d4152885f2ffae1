import type { ExperimentTag } from "./contract.gen";

/**
 * Views are kept with the experiment, as tags, so that everybody who sees the experiment has them: the name of the
 * tag is the view's, its value what stands in the address bar.
 */
const prefix = "millrace.view.";
const longestName = 100;
/** What a tag of an experiment can hold. */
const longestView = 5000;

export interface SavedView {
  name: string;
  /** Parameters of the address. */
  search: string;
}

export function isViewTag(key: string | undefined): boolean {
  return key?.startsWith(prefix) ?? false;
}

export function viewTag(name: string): string {
  return prefix + name.trim().slice(0, longestName);
}

export function savedViews(tags: readonly ExperimentTag[] | undefined): SavedView[] {
  return (tags ?? [])
    .filter((tag) => isViewTag(tag.key))
    .map((tag) => ({ name: (tag.key ?? "").slice(prefix.length), search: tag.value ?? "" }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** What of the address a view keeps: all but which runs are selected. */
export function viewText(search: URLSearchParams): string {
  const kept = new URLSearchParams(search);
  kept.delete("sel");
  const text = kept.toString();
  if (text.length > longestView) throw new Error("The view shows too many columns to be saved; take some away.");
  return text;
}
