import "../styles/charts.css";
import "../styles/run.css";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import { runFiles } from "../api/artifacts";
import { call } from "../api/client";
import type { Run } from "../api/contract.gen";
import { useChanges } from "../api/live";
import { usePaced } from "../api/pace";
import { deleteRuns, renameRun, restoreRuns } from "../api/run-actions";
import { real } from "../api/table";
import { duration, number } from "../format";
import { setCrumbs } from "../parts/crumbs";
import { Datasets } from "../parts/datasets";
import { FormDialog } from "../parts/dialog";
import { Icon } from "../parts/icons";
import { later } from "../parts/later";
import { Note } from "../parts/note";
import { Pairs } from "../parts/pairs";
import { RunModels } from "../parts/run-models";
import { CopyButton, Empty, Fault, Loading, Snippet, Status, Time, useNow } from "../parts/small";
import { say, sayFault } from "../parts/toasts";
import { link } from "../router";

const MediaPanels = later(() => import("../media/media-panels").then((part) => part.MediaPanels));
const MetricCharts = later(() => import("../charts/metric-charts").then((part) => part.MetricCharts), "this part");
const Artifacts = later(() => import("./artifacts").then((part) => part.Artifacts), "this part");

const tabs = { overview: "Overview", metrics: "Metrics", system: "System", artifacts: "Artifacts" } as const;
/** What clients put before the keys of metrics of the machine. */
const systemPrefix = "system/";
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
  const root = info?.lifecycle_stage === "active" ? info.artifact_uri : undefined;
  const files = useMemo(() => runFiles(id, root), [id, root]);
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
      {current === "overview" && <Overview run={run} refresh={refresh} />}
      {current === "metrics" && <Metrics run={run} system={false} />}
      {current === "system" && <Metrics run={run} system />}
      {current === "artifacts" && <Artifacts files={files} root={info.artifact_uri ?? ""} />}
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

const systemLines = `import mlflow
mlflow.enable_system_metrics_logging()
with mlflow.start_run():
    ...`;

function Metrics({ run, system }: { run: Run; system: boolean }) {
  const keys = useMemo(() => {
    const all = (run.data?.metrics ?? []).map((metric) => metric.key ?? "");
    return all.filter((key) => key.startsWith(systemPrefix) === system).sort((a, b) => a.localeCompare(b));
  }, [run, system]);
  const id = run.info?.run_id ?? "";
  const name = run.info?.run_name ?? id;
  const runs = useMemo(() => [{ id, number: 0, name }], [id, name]);
  if (!system) {
    return (
      <>
        <MediaPanels runs={runs} />
        {keys.length > 0 ? <MetricCharts keys={keys} runs={runs} /> : <Empty title="This run has no metrics yet" />}
      </>
    );
  }
  if (keys.length > 0) return <MetricCharts keys={keys} runs={runs} />;
  return (
    <Empty title="This run logged nothing about its machine">
      <p>Processor, memory, disk, network and GPU are logged along when the client is told to:</p>
      <Snippet code={systemLines} />
    </Empty>
  );
}

function Overview({ run, refresh }: { run: Run; refresh: () => Promise<void> }) {
  const tags = run.data?.tags ?? [];
  const note = tags.find((tag) => tag.key === noteTag)?.value ?? "";
  const metrics = (run.data?.metrics ?? []).filter((metric) => !metric.key?.startsWith(systemPrefix)).map((metric): [string, string] => [metric.key ?? "", number(real(metric.value ?? "NaN"))]);
  const params = (run.data?.params ?? []).map((param): [string, string] => [param.key ?? "", param.value ?? ""]);
  const shown = tags.filter((tag) => tag.key !== noteTag && tag.key !== "mlflow.runName").map((tag): [string, string] => [tag.key ?? "", tag.value ?? ""]);
  const inputs = run.inputs?.dataset_inputs ?? [];
  return (
    <div className="overview">
      <Note title="Notes" text={note} onKeep={(text) => call("SetTag", { run_id: run.info?.run_id ?? "", key: noteTag, value: text }).then(refresh)} />
      <Pairs title="Metrics" word="metric" pairs={metrics} right />
      <Pairs title="Params" word="param" pairs={params} />
      <Pairs title="Tags" word="tag" pairs={shown} />
      {inputs.length > 0 && <Datasets inputs={inputs} />}
      <RunModels run={run.info?.run_id ?? ""} outputs={run.outputs?.model_outputs ?? []} />
    </div>
  );
}
