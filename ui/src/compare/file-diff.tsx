import "../styles/compare.css";

import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { runFiles } from "../api/artifacts";
import type { FileInfo } from "../api/contract.gen";
import { headText } from "../artifacts/blob";
import { limits } from "../artifacts/kinds";
import type { RunName } from "../charts/line-chart";
import { bytes, plural } from "../format";
import { Empty, Fault, Loading } from "../parts/small";
import { diffLines, nearChanges, type DiffLine } from "./diff";
import { textFiles } from "./files";

function useTextFiles(run: string) {
  return useQuery({ queryKey: ["text files", run], queryFn: ({ signal }) => textFiles(runFiles(run), signal), structuralSharing: false });
}

/** Text files of two of the runs, line by line. */
export function FileDiff({ runs }: { runs: readonly RunName[] }) {
  const [left, setLeft] = useState(runs[0]?.id ?? "");
  const [right, setRight] = useState(runs[1]?.id ?? "");
  const [chosen, setChosen] = useState("");
  const lists = [useTextFiles(left), useTextFiles(right)] as const;
  const paths = useMemo(() => [...new Set(lists.flatMap((list) => [...(list.data?.keys() ?? [])]))].sort((a, b) => a.localeCompare(b)), [lists[0].data, lists[1].data]); // eslint-disable-line react-hooks/exhaustive-deps -- the lists are their data
  const faulty = lists.find((list) => list.error);
  const path = paths.includes(chosen) ? chosen : (paths[0] ?? "");
  const select = (name: string, value: string, change: (id: string) => void) => (
    <label className="row">
      <span className="muted">{name}</span>
      <select className="input" value={value} onChange={(event) => change(event.target.value)}>
        {runs.map((run) => (
          <option key={run.id} value={run.id}>
            {run.name || run.id}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <section aria-label="Files" className="column" style={{ gap: 12 }}>
      <div className="bar">
        {select("Left", left, setLeft)}
        {select("Right", right, setRight)}
        {paths.length > 0 && (
          <label className="row grow">
            <span className="muted">File</span>
            <select className="input mono" value={path} onChange={(event) => setChosen(event.target.value)}>
              {paths.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {faulty ? (
        <Fault fault={faulty.error} retry={() => void faulty.refetch()} />
      ) : !lists[0].data || !lists[1].data ? (
        <Loading what="files" />
      ) : path === "" ? (
        <Empty title="These runs have no text files" />
      ) : (
        <Difference key={`${left} ${right} ${path}`} path={path} left={left} right={right} files={[lists[0].data.get(path), lists[1].data.get(path)]} />
      )}
    </section>
  );
}

interface DifferenceProps {
  path: string;
  left: string;
  right: string;
  files: readonly [FileInfo | undefined, FileInfo | undefined];
}

async function linesOf(run: string, file: FileInfo | undefined, signal: AbortSignal): Promise<string[]> {
  if (!file) return [];
  const text = await headText(runFiles(run), file.path ?? "", file.file_size ?? 0, limits.text, signal);
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function Difference({ path, left, right, files }: DifferenceProps) {
  const [all, setAll] = useState(false);
  const query = useQuery({
    queryKey: ["difference", left, right, path, files[0]?.file_size, files[1]?.file_size],
    queryFn: async ({ signal }) => diffLines(await linesOf(left, files[0], signal), await linesOf(right, files[1], signal)),
    structuralSharing: false,
    gcTime: 0,
  });
  const lines = query.data;
  const shown = useMemo(() => (lines ? (all ? lines : nearChanges(lines)) : []), [lines, all]);
  if (query.error) return <Fault fault={query.error} retry={() => void query.refetch()} />;
  if (!lines) return <Loading what="the files" />;
  const count = (kind: DiffLine["kind"]) => lines.filter((line) => line.kind === kind).length;
  const [removed, added] = [count("removed"), count("added")];
  const isCut = files.some((file) => (file?.file_size ?? 0) > limits.text);
  return (
    <article className="card" aria-label={`Difference of ${path}`}>
      <header>
        <h3 className="clip grow mono">
          <bdi>{path}</bdi>
        </h3>
        {isCut && <span className="muted">the first {bytes(limits.text)}</span>}
        {!files[0] && <span className="chip">only on the right</span>}
        {!files[1] && <span className="chip">only on the left</span>}
        <span className="muted" role="status">
          {removed + added === 0 ? "Both are the same" : `${plural(removed, "line")} removed, ${added} added`}
        </span>
        <button type="button" className="button" aria-pressed={all} onClick={() => setAll(!all)}>
          All lines
        </button>
      </header>
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
            <th>Left line</th>
            <th>Right line</th>
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
