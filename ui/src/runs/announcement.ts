import { useEffect, useRef, useState } from "react";

import type { View } from "../api/view";
import { plural } from "../format";
import { titleOf } from "../parts/grid-columns";

type Asked = Pick<View, "filter" | "sort" | "descending" | "stage">;

const stages = { active: "Active runs", deleted: "Deleted runs", all: "Active and deleted runs" } as const;

/** What has been done to a table since it was as `before`; "" when nothing was. */
export function wordsOfChange(before: Asked, now: Asked, runs: number): string {
  const words: string[] = [];
  if (before.stage !== now.stage) words.push(stages[now.stage]);
  if (before.filter !== now.filter) words.push(now.filter ? `Filtered by ${now.filter}` : "No filter");
  if (before.sort !== now.sort || (now.sort && before.descending !== now.descending)) words.push(now.sort ? `Sorted by ${titleOf(now.sort)}, ${now.descending ? "descending" : "ascending"}` : "Newest first");
  return words.length > 0 ? `${words.join(", ")}, ${plural(runs, "run")}` : "";
}

/** What to tell those who do not see the table once a sort or a filter has ended; `runs` is undefined until it has. */
export function useAnnouncement({ filter, sort, descending, stage }: Asked, runs: number | undefined): string {
  const [text, setText] = useState("");
  const before = useRef<Asked | null>(null);
  useEffect(() => {
    if (runs === undefined) return;
    const now = { filter, sort, descending, stage };
    const words = wordsOfChange(before.current ?? now, now, runs);
    before.current = now;
    if (words) setText(words);
  }, [filter, sort, descending, stage, runs]);
  return text;
}
