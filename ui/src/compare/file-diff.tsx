import "../styles/compare.css";

import { useQueries } from "@tanstack/react-query";
import { useId, useMemo, useState, type ReactNode } from "react";

import { runFiles } from "../api/artifacts";
import type { RunName } from "../charts/line-chart";
import { count } from "../format";
import { useShortcuts } from "../keys";
import { Icon } from "../parts/icons";
import { Empty, Fault, Loading } from "../parts/small";
import { setSearch, usePlace } from "../router";
import { Difference } from "./difference";
import { textFiles } from "./files";
import { JumpList } from "./jump-list";
import { nextDifferent, pairsOf, pathsOf, type Extent, type TextFiles } from "./pairs";

/** More differences than that are not shown at once. */
const mostPairs = 200;

function Select({ name, value, mono = false, children, onChange }: { name: string; value: string; mono?: boolean; children: ReactNode; onChange: (value: string) => void }) {
  return (
    <label className={mono ? "row grow" : "row"}>
      <span className="muted">{name}</span>
      <select className={mono ? "input mono" : "input"} value={value} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
    </label>
  );
}

const option = (run: RunName) => (
  <option key={run.id} value={run.id}>
    {run.name || run.id}
  </option>
);

function useTextFiles(runs: readonly RunName[]) {
  const queries = useQueries({ queries: runs.map(({ id }) => ({ queryKey: ["text files", id], queryFn: ({ signal }: { signal: AbortSignal }) => textFiles(runFiles(id), signal), structuralSharing: false })) });
  const lists: readonly (TextFiles | undefined)[] = queries.map((query) => query.data);
  const faulty = queries.find((query) => query.error);
  return { lists, pending: queries.some((query) => query.isPending), fault: faulty?.error ?? null, retry: () => void faulty?.refetch() };
}

/** Which runs and files stand against each other, as the address has it. */
function useChoice(runs: readonly RunName[]) {
  const { search } = usePlace();
  const base = runs.find(({ id }) => id === search.get("base")) ?? runs[0];
  const rest = runs.filter((run) => run !== base);
  const only = rest.find(({ id }) => id === search.get("against"));
  return { base, rest, only, others: only ? [only] : rest, file: search.get("file") ?? "", wholeTree: search.get("files") === "all" };
}

/** Text files of the runs against those of a base, line by line, one after another. */
export function FileDiff({ runs }: { runs: readonly RunName[] }) {
  const { base, rest, only, others, file, wholeTree } = useChoice(runs);
  const shownRuns = useMemo(() => (base ? [base, ...others] : []), [base, others.map(({ id }) => id).join()]); // eslint-disable-line react-hooks/exhaustive-deps -- runs are their ids
  const { lists, pending, fault, retry } = useTextFiles(shownRuns);
  const paths = useMemo(() => pathsOf(lists), [shownRuns, ...lists]); // eslint-disable-line react-hooks/exhaustive-deps -- the lists are what they hold
  const path = paths.includes(file) ? file : (paths[0] ?? "");
  const all = useMemo(() => {
    const [own, ...more] = lists;
    const present = more.flatMap((files, i) => (files && shownRuns[i + 1] ? [{ run: shownRuns[i + 1] as RunName, files }] : []));
    return pairsOf(wholeTree ? paths : path ? [path] : [], own ?? new Map(), present);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the lists are what they hold
  }, [paths, path, wholeTree, shownRuns, ...lists]);
  if (!base) return null;
  return (
    <section aria-label="Files" className="column" style={{ gap: 12 }}>
      <div className="bar">
        <Select name="Base" value={base.id} onChange={(id) => setSearch({ base: id === runs[0]?.id ? undefined : id })}>
          {runs.map(option)}
        </Select>
        {rest.length > 1 && (
          <Select name="Against it" value={only?.id ?? ""} onChange={(id) => setSearch({ against: id })}>
            <option value="">All {count(rest.length)} others</option>
            {rest.map(option)}
          </Select>
        )}
        {paths.length > 0 && (
          <Select name="File" mono value={wholeTree ? "" : path} onChange={(name) => setSearch(name ? { file: name, files: "1" } : { file: undefined, files: "all" })}>
            <option value="">All {count(paths.length)} files</option>
            {paths.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </div>
      {fault ? <Fault fault={fault} retry={retry} /> : pending ? <Loading what="files" /> : paths.length === 0 ? <Empty title="These runs have no text files" /> : <Differences key={`${base.id} ${wholeTree ? "" : path}`} base={base.id} pairs={all.slice(0, mostPairs)} left={all.length - mostPairs} named={wholeTree} />}
    </section>
  );
}

interface DifferencesProps {
  base: string;
  pairs: ReturnType<typeof pairsOf>;
  /** How many there are beyond these. */
  left: number;
  named: boolean;
}

function Differences({ base, pairs, left, named }: DifferencesProps) {
  const [read, setRead] = useState<ReadonlyMap<string, Extent>>(new Map());
  const [current, setCurrent] = useState(-1);
  const prefix = useId();
  const keyOf = (i: number) => `${pairs[i]?.run.id ?? ""} ${pairs[i]?.path ?? ""}`;
  const extents = pairs.map((_, i) => read.get(keyOf(i)));
  const jump = (place: number) => {
    const card = document.getElementById(`${prefix}${place}`);
    if (!card) return;
    setCurrent(place);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "start" });
  };
  const before = nextDifferent(extents, current < 0 ? 0 : current, -1);
  const next = nextDifferent(extents, current, 1);
  useShortcuts([
    { keys: "]", what: "Next difference of files", run: () => jump(next) },
    { keys: "[", what: "Previous difference of files", run: () => jump(before) },
  ]);
  const many = pairs.length > 1;
  return (
    <div className={many ? "differences many" : "differences"} data-named={named || undefined}>
      {many && (
        <aside>
          <div className="row">
            <button type="button" className="button" disabled={before < 0} onClick={() => jump(before)}>
              <Icon name="up" /> Previous
            </button>
            <button type="button" className="button" disabled={next < 0} onClick={() => jump(next)}>
              <Icon name="down" /> Next
            </button>
          </div>
          <JumpList pairs={pairs} extents={extents} named={named} current={current} onJump={jump} />
          {left > 0 && <p className="muted">{count(left)} more not shown; choose a file or a run.</p>}
        </aside>
      )}
      <div className="column" style={{ gap: 12 }}>
        {pairs.map((pair, i) => (
          <Difference key={keyOf(i)} id={`${prefix}${i}`} base={base} pair={pair} onRead={(extent) => setRead((old) => new Map(old).set(keyOf(i), extent))} />
        ))}
      </div>
    </div>
  );
}
