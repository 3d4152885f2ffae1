import "../styles/models.css";
import "../styles/run.css";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import { loggedModelFiles } from "../api/artifacts";
import { call } from "../api/client";
import { useLoggedModel } from "../api/logged-models";
import { real } from "../api/table";
import { number } from "../format";
import { setCrumbs } from "../parts/crumbs";
import { FormDialog } from "../parts/dialog";
import { Icon } from "../parts/icons";
import { later } from "../parts/later";
import { Pairs } from "../parts/pairs";
import { CopyButton, Fault, Loading, Time } from "../parts/small";
import { TagEditor } from "../parts/tag-editor";
import { say } from "../parts/toasts";
import { go, link } from "../router";
import { ModelStatus, Registrations } from "./logged-models";

const Artifacts = later(() => import("./artifacts").then((part) => part.Artifacts), "the files");

/** One logged model: its params, its metrics on each dataset, and its files. */
export function LoggedModelPage({ id }: { id: string }) {
  const query = useLoggedModel(id);
  const client = useQueryClient();
  const files = useMemo(() => loggedModelFiles(id), [id]);
  const [deleting, setDeleting] = useState(false);
  const info = query.data?.info;
  const experiment = info?.experiment_id ?? "";
  const name = info?.name || id;
  useEffect(() => {
    if (!info) return;
    setCrumbs([{ text: "Experiments", href: "#/experiments" }, { text: `Experiment ${experiment}`, href: link(`/experiments/${experiment}`) }, { text: "Models", href: link(`/experiments/${experiment}/models`) }, { text: name }]);
  }, [info, experiment, name]);
  if (query.error) {
    return (
      <div className="page">
        <Fault fault={query.error} retry={() => void query.refetch()} />
      </div>
    );
  }
  const model = query.data;
  if (!model || !info) return <Loading what="the model" />;
  const refresh = () => client.invalidateQueries({ queryKey: ["logged-model", id] });
  const metrics = (model.data?.metrics ?? []).map((metric): [string, string] => [
    metric.dataset_name ? `${metric.key ?? ""} on ${metric.dataset_name}` : (metric.key ?? ""),
    number(real(metric.value ?? "NaN")),
  ]);
  const params = (model.data?.params ?? []).map((param): [string, string] => [param.key ?? "", param.value ?? ""]);
  return (
    <div className="page">
      <div className="bar">
        <h1 className="row" style={{ marginRight: "auto" }}>
          <bdi className="clip">{name}</bdi>
          {info.model_type && <span className="chip">{info.model_type}</span>}
          <ModelStatus status={info.status} />
        </h1>
        <button type="button" className="button danger" onClick={() => setDeleting(true)}>
          <Icon name="trash" /> Delete
        </button>
      </div>
      <div className="facts">
        <span className="row">
          <span className="muted">Id</span> <code className="clip">{id}</code>
          <CopyButton text={id} what="the model's id" />
        </span>
        <span>
          <span className="muted">Created</span> <Time at={info.creation_timestamp_ms} />
        </span>
        {info.source_run_id && (
          <span>
            <span className="muted">From run</span>{" "}
            <a className="mono" href={link(`/runs/${info.source_run_id}`)}>
              {info.source_run_id.slice(0, 8)}
            </a>
          </span>
        )}
        <Registrations model={model} />
        <TagEditor
          tags={info.tags ?? []}
          onSet={(key, value) => call("SetLoggedModelTags", { model_id: id, tags: [{ key, value }] }).then(refresh)}
          onDelete={(key) => call("DeleteLoggedModelTag", { model_id: id, tag_key: key }).then(refresh)}
        />
      </div>
      {info.status_message && <p className="notice bad">{info.status_message}</p>}
      <div className="overview">
        <Pairs title="Metrics" word="metric" pairs={metrics} right />
        <Pairs title="Params" word="param" pairs={params} />
      </div>
      <h2>Files</h2>
      <Artifacts files={files} root={info.artifact_uri ?? ""} />
      {deleting && <DeleteLoggedModel id={id} name={name} experiment={experiment} onClose={() => setDeleting(false)} />}
    </div>
  );
}

function DeleteLoggedModel({ id, name, experiment, onClose }: { id: string; name: string; experiment: string; onClose: () => void }) {
  const client = useQueryClient();
  const [fault, setFault] = useState<unknown>(null);
  const submit = async () => {
    try {
      await call("DeleteLoggedModel", { model_id: id });
      await client.invalidateQueries({ queryKey: ["logged-models"] });
      say(`The logged model ${name} is deleted`);
      go(link(`/experiments/${experiment}/models`));
    } catch (problem) {
      setFault(problem);
      throw problem;
    }
  };
  return (
    <FormDialog title="Delete the logged model?" action="Delete" danger onSubmit={submit} onClose={onClose}>
      <p>
        <bdi>{name}</bdi> is no longer found, and this page cannot bring it back. Versions made of it stay.
      </p>
      {fault !== null && <Fault fault={fault} />}
    </FormDialog>
  );
}
