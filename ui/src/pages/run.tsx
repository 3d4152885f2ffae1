import "../styles/charts.css";
import "../styles/run.css";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";

import { call } from "../api/client";
import type { Run } from "../api/contract.gen";
import { useChanges } from "../api/live";
import { usePaced } from "../api/pace";
import { deleteRuns, renameRun, restoreRuns } from "../api/run-actions";
import { real } from "../api/table";
import { duration, number, plural } from "../format";
import { setCrumbs } from "../parts/crumbs";
import { FormDialog } from "../parts/dialog";
import { Icon } from "../parts/icons";
import { CopyButton, Empty, Fault, Loading, Status, Time, useNow } from "../parts/small";
import { say, sayFault } from "../parts/toasts";
import { link } from "../router";

const MetricCharts = lazy(() => import("../charts/metric-charts").then((part) => ({ default: part.MetricCharts })));
const Markdown = lazy(() => import("../parts/markdown").then((part) => ({ default: part.Markdown })));
const Artifacts = lazy(() => import("./artifacts").then((part) => ({ default: part.Artifacts })));

const tabs = { overview: "Overview", metrics: "Metrics", artifacts: "Artifacts" } as const;
const noteTag = "mlflow.note.content";

function useRun(id: string) {
  const client = useQueryClient();
  const query = useQuery({ queryKey: ["run", id], queryFn: async ({ signal }) => (await call("GetRun", { run_id: id }, signal)).run });
  const refresh = usePaced(() => void client.invalidateQueries({ queryKey: ["run", id] }), 400);
  useChanges((change) => {
    if (change.all || change.runs.includes(id)) refresh();
  });
  return query;
}

export function RunPage({ id, tab }: { id: string; tab: string }) {
  const query = useRun(id);
  const client = useQueryClient();
  const now = useNow();
  const [renaming, setRenaming] = useState(false);
  const run = query.data;
  const info = run?.info;
  const experiment = info?.experiment_id ?? "";
  const name = info?.run_name ?? id;
  const owner = useQuery({
    queryKey: ["experiment", experiment],
    queryFn: async ({ signal }) => (await call("GetExperiment", { experiment_id: experiment }, signal)).experiment,
    enabled: experiment !== "",
  });
  useEffect(() => {
    if (info) setCrumbs([{ text: "Experiments", href: "#/experiments" }, { text: owner.data?.name ?? `Experiment ${experiment}`, href: link(`/experiments/${experiment}`) }, { text: name }]);
  }, [info, owner.data, experiment, name]);
  if (query.isPending) return <Loading what="the run" />;
  if (!run || !info) {
    return (
      <div className="page">
        <Fault fault={query.error ?? new Error(`There is no run ${id}.`)} retry={() => void query.refetch()} />
      </div>
    );
  }
  const deleted = info.lifecycle_stage === "deleted";
  const refresh = () => client.invalidateQueries({ queryKey: ["run", id] });
  const remove = async () => {
    const faults = await (deleted ? restoreRuns : deleteRuns)([id]);
    await refresh();
    if (faults.length > 0) sayFault(faults[0]);
    else say(deleted ? "The run is back" : "The run is deleted", { label: "Undo", run: () => void (deleted ? deleteRuns : restoreRuns)([id]).then(refresh) });
  };
  const place = (name: string) => link(`/experiments/${experiment}/runs/${id}${name === "overview" ? "" : `/${name}`}`);
  const current = tab in tabs ? tab : "overview";
  return (
    <div className="page">
      <div className="bar">
        <h1 className="row" style={{ marginRight: "auto" }}>
          <bdi className="clip">{name}</bdi>
          <button type="button" className="button plain icon" aria-label="Rename the run" onClick={() => setRenaming(true)} disabled={deleted}>
            <Icon name="pencil" />
          </button>
        </h1>
        <Status status={info.status ?? ""} />
        {deleted && <span className="chip">Deleted</span>}
        <button type="button" className={deleted ? "button" : "button danger"} onClick={() => void remove()}>
          <Icon name={deleted ? "restore" : "trash"} /> {deleted ? "Restore" : "Delete"}
        </button>
      </div>
      <div className="facts">
        <span className="row">
          <span className="muted">Id</span> <code className="clip">{id}</code>
          <CopyButton text={id} what="the run's id" />
        </span>
        <span>
          <span className="muted">Started</span> <Time at={info.start_time} />
        </span>
        <span>
          <span className="muted">Duration</span> {info.start_time === undefined ? "–" : duration((info.end_time ?? now) - info.start_time)}
        </span>
        {info.user_id && (
          <span>
            <span className="muted">User</span> <bdi>{info.user_id}</bdi>
          </span>
        )}
      </div>
      <nav className="tabs" aria-label="Parts of the run">
        {Object.entries(tabs).map(([key, title]) => (
          <a key={key} href={place(key)} aria-current={current === key ? "page" : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <Suspense fallback={<Loading what="this part" />}>
        {current === "overview" && <Overview run={run} refresh={refresh} />}
        {current === "metrics" && <Metrics run={run} />}
        {current === "artifacts" && <Artifacts run={id} root={info.artifact_uri ?? ""} />}
      </Suspense>
      {renaming && <RenameDialog id={id} name={name} onClose={() => setRenaming(false)} done={refresh} />}
    </div>
  );
}

function RenameDialog({ id, name, onClose, done }: { id: string; name: string; onClose: () => void; done: () => Promise<void> }) {
  const [text, setText] = useState(name);
  return (
    <FormDialog
      title="Rename the run"
      action="Rename"
      onClose={onClose}
      onSubmit={async () => {
        await renameRun(id, text).catch((fault: unknown) => {
          sayFault(fault);
          throw fault;
        });
        await done();
      }}
    >
      <label className="field">
        <span>Name</span>
        <input className="input" required autoFocus maxLength={250} value={text} onChange={(event) => setText(event.target.value)} />
      </label>
    </FormDialog>
  );
}

function Metrics({ run }: { run: Run }) {
  const keys = useMemo(() => (run.data?.metrics ?? []).map((metric) => metric.key ?? "").sort((a, b) => a.localeCompare(b)), [run]);
  const id = run.info?.run_id ?? "";
  const name = run.info?.run_name ?? id;
  const runs = useMemo(() => [{ id, number: 0, name }], [id, name]);
  if (keys.length === 0) return <Empty title="This run has no metrics yet" />;
  return <MetricCharts keys={keys} runs={runs} />;
}

function Overview({ run, refresh }: { run: Run; refresh: () => Promise<void> }) {
  const tags = run.data?.tags ?? [];
  const note = tags.find((tag) => tag.key === noteTag)?.value ?? "";
  const metrics = (run.data?.metrics ?? []).map((metric): [string, string] => [metric.key ?? "", number(real(metric.value ?? "NaN"))]);
  const params = (run.data?.params ?? []).map((param): [string, string] => [param.key ?? "", param.value ?? ""]);
  const shown = tags.filter((tag) => tag.key !== noteTag && tag.key !== "mlflow.runName").map((tag): [string, string] => [tag.key ?? "", tag.value ?? ""]);
  return (
    <div className="overview">
      <Note key={note} run={run.info?.run_id ?? ""} note={note} refresh={refresh} />
      <Pairs title="Metrics" word="metric" pairs={metrics} right />
      <Pairs title="Params" word="param" pairs={params} />
      <Pairs title="Tags" word="tag" pairs={shown} />
    </div>
  );
}

function Note({ run, note, refresh }: { run: string; note: string; refresh: () => Promise<void> }) {
  const [editing, setEditing] = useState(false);
  const [text, setText] = useState(note);
  const keep = () =>
    call("SetTag", { run_id: run, key: noteTag, value: text }).then(async () => {
      setEditing(false);
      await refresh();
    }, sayFault);
  return (
    <section className="card note" aria-label="Notes">
      <header>
        <h2 className="grow">Notes</h2>
        {!editing && (
          <button type="button" className="button" onClick={() => setEditing(true)}>
            <Icon name="pencil" /> Edit
          </button>
        )}
      </header>
      <div className="note-body">
        {editing ? (
          <div className="column">
            <textarea className="input" rows={8} autoFocus aria-label="Notes in Markdown" placeholder="Markdown" value={text} onChange={(event) => setText(event.target.value)} />
            <div className="row">
              <button type="button" className="button primary" onClick={() => void keep()}>
                Keep
              </button>
              <button type="button" className="button" onClick={() => setEditing(false)}>
                Cancel
              </button>
            </div>
          </div>
        ) : note ? (
          <Suspense fallback={<Loading what="the notes" />}>
            <Markdown text={note} />
          </Suspense>
        ) : (
          <p className="muted">No notes yet.</p>
        )}
      </div>
    </section>
  );
}

/** Names and values with a search, each to be copied. */
function Pairs({ title, word, pairs, right = false }: { title: string; word: string; pairs: [string, string][]; right?: boolean }) {
  const [text, setText] = useState("");
  const sorted = useMemo(() => [...pairs].sort(([a], [b]) => a.localeCompare(b)), [pairs]);
  const wanted = text.toLowerCase();
  const found = sorted.filter(([key, value]) => key.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted));
  const most = 500;
  return (
    <section className="card" aria-label={title}>
      <header>
        <h2 className="grow">{title}</h2>
        {pairs.length > 8 && <input className="input" type="search" placeholder="Search" aria-label={`Search ${title}`} value={text} onChange={(event) => setText(event.target.value)} />}
        <span className="muted">{pairs.length}</span>
      </header>
      {pairs.length === 0 ? (
        <p className="muted note-body">No {word}s</p>
      ) : (
        <div className="pairs" tabIndex={0} role="region" aria-label={`${title} and their values`}>
          <table className="plain">
            <tbody>
              {found.slice(0, most).map(([key, value]) => (
                <tr key={key}>
                  <th scope="row">
                    <bdi>{key}</bdi>
                  </th>
                  <td className={right ? "number right" : "mono"}>
                    <bdi>{value.length > 600 ? `${value.slice(0, 600)}…` : value}</bdi>
                  </td>
                  <td className="tight">
                    <CopyButton text={value} what={key} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {found.length > most && <p className="muted note-body">{plural(found.length - most, `more ${word}`)}: search to see them.</p>}
        </div>
      )}
    </section>
  );
}
