import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import { runFiles } from "../api/artifacts";
import type { FileInfo } from "../api/contract.gen";
import { headText } from "../artifacts/blob";
import { limits } from "../artifacts/kinds";
import { useInSight } from "../charts/in-sight";
import { Swatch } from "../charts/swatch";
import { bytes, plural } from "../format";
import { Fault, Loading } from "../parts/small";
import { Queue } from "../queue";
import { diffLines, nearChanges, type DiffLine } from "./diff";
import type { Extent, Pair } from "./pairs";

const queue = new Queue(4);

async function readLines(run: string, file: FileInfo, signal: AbortSignal): Promise<string[]> {
  const text = await queue.run(() => headText(runFiles(run), file.path ?? "", file.file_size ?? 0, limits.text, signal), signal);
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** The lines of both sides and what differs. A file of the base is read once for all that stand against it. */
function useDifference(base: string, { path, run, base: left, other: right }: Pair, enabled: boolean) {
  const client = useQueryClient();
  const linesOf = (of: string, file: FileInfo | undefined): string[] | Promise<string[]> =>
    file ? client.query({ queryKey: ["text lines", of, file.path, file.file_size], queryFn: ({ signal }) => readLines(of, file, signal), staleTime: 60_000, gcTime: 60_000, structuralSharing: false }) : [];
  return useQuery({
    queryKey: ["difference", base, run.id, path, left?.file_size, right?.file_size],
    queryFn: async () => diffLines(...(await Promise.all([linesOf(base, left), linesOf(run.id, right)]))),
    enabled,
    structuralSharing: false,
    staleTime: 60_000,
    gcTime: 60_000,
  });
}

interface Props {
  id: string;
  base: string;
  pair: Pair;
  onRead: (extent: Extent) => void;
}

/** One file of a run against that of the base, read when it comes into sight. */
export function Difference({ id, base, pair, onRead }: Props) {
  const { path, run } = pair;
  const [card, inSight] = useInSight();
  const [all, setAll] = useState(false);
  const query = useDifference(base, pair, inSight);
  const lines = query.data;
  const shown = useMemo(() => (lines ? (all ? lines : nearChanges(lines)) : []), [lines, all]);
  const extent = useMemo(() => {
    const count = (kind: DiffLine["kind"]) => lines?.filter((line) => line.kind === kind).length ?? 0;
    return { removed: count("removed"), added: count("added") };
  }, [lines]);
  useEffect(() => {
    if (lines) onRead(extent);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- told once for what was read
  }, [lines]);
  const { removed, added } = extent;
  const isCut = [pair.base, pair.other].some((file) => (file?.file_size ?? 0) > limits.text);
  return (
    <article ref={card} id={id} tabIndex={-1} className="card difference" aria-label={`Difference of ${path} in ${run.name || run.id}`}>
      <header>
        <h3 className="row grow">
          <Swatch number={run.number} />
          <bdi className="clip">{run.name || run.id}</bdi>
          <bdi className="clip mono muted">{path}</bdi>
        </h3>
        {isCut && <span className="muted">the first {bytes(limits.text)}</span>}
        {!pair.base && <span className="chip">not in the base</span>}
        {!pair.other && <span className="chip">only in the base</span>}
        {lines && <span className="muted">{removed + added === 0 ? "Both are the same" : `${plural(removed, "line")} removed, ${added} added`}</span>}
        <button type="button" className="button" aria-pressed={all} disabled={!lines} aria-label={`All lines of ${path} in ${run.name || run.id}`} onClick={() => setAll(!all)}>
          All lines
        </button>
      </header>
      {query.error ? <Fault fault={query.error} retry={() => void query.refetch()} /> : !lines && inSight && <Loading what={path} />}
      {shown.length > 0 && (removed + added > 0 || all) && <Lines lines={shown} />}
    </article>
  );
}

const mostLines = 5000;
const signs = { same: " ", removed: "−", added: "+" };
const words = { same: "", removed: "removed", added: "added" };

function Lines({ lines }: { lines: readonly (DiffLine | null)[] }) {
  return (
    <div className="diff" tabIndex={0} role="region" aria-label="Lines">
      <table>
        <thead className="unseen">
          <tr>
            <th>Line of the base</th>
            <th>Line of the run</th>
            <th>Change</th>
            <th>Text</th>
          </tr>
        </thead>
        <tbody>
          {lines.slice(0, mostLines).map((line, i) =>
            line ? (
              <tr key={i} className={line.kind}>
                <td className="place">{line.left}</td>
                <td className="place">{line.right}</td>
                <td className="sign">
                  <span aria-hidden="true">{signs[line.kind]}</span>
                  <span className="unseen">{words[line.kind]}</span>
                </td>
                <td>
                  <bdi>{line.text}</bdi>
                </td>
              </tr>
            ) : (
              <tr key={i} className="gap">
                <td colSpan={4}>⋯</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
      {lines.length > mostLines && <p className="muted">{plural(lines.length - mostLines, "more line")} not shown; download the files to compare them whole.</p>}
    </div>
  );
}
