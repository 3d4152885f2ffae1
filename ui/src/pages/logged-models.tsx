import "../styles/models.css";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { ApiError, call } from "../api/client";
import type { LoggedModel } from "../api/contract.gen";
import { useLoggedModels } from "../api/logged-models";
import { readVersions } from "../api/model-words";
import { real } from "../api/table";
import { number } from "../format";
import { ExperimentTabs } from "../parts/experiment-tabs";
import { setCrumbs } from "../parts/crumbs";
import { Icon } from "../parts/icons";
import { CopyButton, Empty, Fault, Loading, Snippet, Time } from "../parts/small";
import { link, setSearch, usePlace } from "../router";
import { versionLink } from "./models";

export const loggedModelLink = (id: string) => link(`/logged-models/${id}`);

/** The models that runs of one experiment logged, newest first. */
export function LoggedModelsPage({ experiment }: { experiment: string }) {
  const { search } = usePlace();
  const text = search.get("q") ?? "";
  const [typed, setTyped] = useState(text);
  const models = useLoggedModels(experiment, text);
  const owner = useQuery({
    queryKey: ["experiment", experiment],
    queryFn: async ({ signal }) => (await call("GetExperiment", { experiment_id: experiment }, signal)).experiment,
  });
  const name = owner.data?.name ?? `Experiment ${experiment}`;
  useEffect(() => setCrumbs([{ text: "Experiments", href: "#/experiments" }, { text: name, href: link(`/experiments/${experiment}`) }, { text: "Models" }]), [name, experiment]);
  useEffect(() => {
    const timer = setTimeout(() => setSearch({ q: typed }), 250);
    return () => clearTimeout(timer);
  }, [typed]);
  const list = models.data?.pages.flatMap((page) => page.models ?? []);
  const refused = models.error instanceof ApiError && models.error.status === 400;
  return (
    <div className="page">
      <div className="bar">
        <h1 className="row" style={{ marginRight: "auto" }}>
          <bdi className="clip" title={name}>
            {name}
          </bdi>
          <CopyButton text={experiment} what="the experiment's id" />
        </h1>
        <ExperimentTabs experiment={experiment} current="models" />
      </div>
      <input
        className="input"
        type="search"
        placeholder="Search names, or filter: metrics.accuracy > 0.9 and params.depth = '3'"
        aria-label="Search logged models"
        aria-invalid={refused}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {models.error && <Fault fault={models.error} retry={() => void models.refetch()} />}
      {models.isPending && <Loading what="models" />}
      {list?.length === 0 && <NoModels text={text} clear={() => setTyped("")} />}
      {list && list.length > 0 && <ModelTable models={list} />}
      {models.hasNextPage && (
        <button type="button" className="button" style={{ alignSelf: "center" }} disabled={models.isFetchingNextPage} onClick={() => void models.fetchNextPage()}>
          Show more
        </button>
      )}
    </div>
  );
}

const mostColumns = 8;

/** The keys of metrics or params that most of the models have. */
export function commonKeys(models: readonly LoggedModel[], of: (model: LoggedModel) => readonly { key?: string }[], most: number): string[] {
  const counts = new Map<string, number>();
  for (const model of models) for (const key of new Set(of(model).map((pair) => pair.key ?? ""))) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts.entries()]
    .sort(([a, many], [b, few]) => few - many || a.localeCompare(b))
    .slice(0, most)
    .map(([key]) => key);
}

function ModelTable({ models }: { models: readonly LoggedModel[] }) {
  const metrics = commonKeys(models, (model) => model.data?.metrics ?? [], mostColumns);
  const params = commonKeys(models, (model) => model.data?.params ?? [], mostColumns);
  return (
    <div className="card scrolls" tabIndex={0} role="region" aria-label="Logged models">
      <table className="plain models">
        <thead>
          <tr>
            <th>Name</th>
            <th>Run</th>
            <th>Registered</th>
            {metrics.map((key) => (
              <th key={`m ${key}`} title={`metrics.${key}`} className="right">
                <bdi>{key}</bdi>
              </th>
            ))}
            {params.map((key) => (
              <th key={`p ${key}`} title={`params.${key}`}>
                <bdi>{key}</bdi>
              </th>
            ))}
            <th>Created</th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <Row key={model.info?.model_id} model={model} metrics={metrics} params={params} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ model, metrics, params }: { model: LoggedModel; metrics: readonly string[]; params: readonly string[] }) {
  const { info = {}, data = {} } = model;
  const id = info.model_id ?? "";
  const value = (key: string) => data.metrics?.find((metric) => metric.key === key)?.value;
  return (
    <tr>
      <td>
        <span className="row">
          <Icon name="model" />
          <a className="clip strong" href={loggedModelLink(id)} title={id}>
            <bdi>{info.name || id}</bdi>
          </a>
          {info.model_type && <span className="chip">{info.model_type}</span>}
          <ModelStatus status={info.status} />
        </span>
      </td>
      <td className="mono tight">{info.source_run_id ? <a href={link(`/runs/${info.source_run_id}`)}>{info.source_run_id.slice(0, 8)}</a> : <span className="muted">–</span>}</td>
      <td>
        <Registrations model={model} />
      </td>
      {metrics.map((key) => {
        const found = value(key);
        return (
          <td key={`m ${key}`} className="number right tight">
            {found === undefined ? "" : number(real(found))}
          </td>
        );
      })}
      {params.map((key) => {
        const text = data.params?.find((param) => param.key === key)?.value ?? "";
        return (
          <td key={`p ${key}`} title={text.slice(0, 500)}>
            <bdi className="clip about">{text.slice(0, 80)}</bdi>
          </td>
        );
      })}
      <td className="tight muted">
        <Time at={info.creation_timestamp_ms} />
      </td>
    </tr>
  );
}

export function ModelStatus({ status }: { status: string | undefined }) {
  if (status === "LOGGED_MODEL_PENDING") return <span className="status SCHEDULED">Pending</span>;
  if (status === "LOGGED_MODEL_UPLOAD_FAILED") return <span className="status FAILED">Upload failed</span>;
  return null;
}

/** The versions of registered models that were made of a logged model. */
export function Registrations({ model }: { model: LoggedModel }) {
  const tag = model.info?.tags?.find((one) => one.key === "mlflow.modelVersions")?.value;
  return (
    <div className="chips">
      {[...(model.info?.registrations ?? []), ...readVersions(tag)].slice(0, 6).map(({ name = "", version = "" }) => (
        <a key={`${name}/${version}`} className="chip alias" href={versionLink(name, version)}>
          <bdi className="clip">{name}</bdi>
          <span className="muted">v{version}</span>
        </a>
      ))}
    </div>
  );
}

function NoModels({ text, clear }: { text: string; clear: () => void }) {
  if (text) {
    return (
      <Empty title="No model matches">
        <button type="button" className="button" onClick={clear}>
          Clear the search
        </button>
      </Empty>
    );
  }
  return (
    <Empty title="No models yet">
      <p>Log one from a run:</p>
      <Snippet code={`import mlflow\nwith mlflow.start_run():\n    mlflow.sklearn.log_model(model, name="model")`} />
    </Empty>
  );
}
