import type { ModelVersion } from "./contract.gen";

/** A text of the filter language. What has both kinds of quotes can only be matched by LIKE: "_" stands for one. */
export function quoted(text: string): string {
  if (!text.includes("'")) return `'${text}'`;
  return `"${text.replaceAll('"', "_")}"`;
}

/** What is searched for: words are a part of a name, and anything with an operator is a filter as it stands. */
export function modelFilter(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  if (/[=<>]|\s(i?like|in)\s/i.test(trimmed)) return trimmed;
  return `name ILIKE ${quoted(`%${trimmed}%`)}`;
}

/** Where a version comes from, as far as its source tells. */
export interface Origin {
  run?: string;
  loggedModel?: string;
}

export function originOf(version: Pick<ModelVersion, "source" | "run_id">): Origin {
  const source = version.source ?? "";
  const loggedModel = /^models:\/(m-[0-9a-f]{32})(\/|$)/.exec(source)?.[1];
  const run = version.run_id || /^runs:\/([0-9a-f]{32})(\/|$)/.exec(source)?.[1];
  return { ...(run ? { run } : {}), ...(loggedModel ? { loggedModel } : {}) };
}

/** What the clients write into the tag "mlflow.modelVersions": a JSON list of names and versions. */
export function readVersions(text: string | undefined): { name: string; version: string }[] {
  try {
    const list: unknown = JSON.parse(text ?? "[]");
    if (!Array.isArray(list)) return [];
    return list.flatMap((one: unknown) => {
      const { name, version } = (one ?? {}) as { name?: unknown; version?: unknown };
      return typeof name === "string" && (typeof version === "string" || typeof version === "number") ? [{ name, version: String(version) }] : [];
    });
  } catch {
    return [];
  }
}
