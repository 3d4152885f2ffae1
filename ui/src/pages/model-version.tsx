import "../styles/models.css";
import "../styles/run.css";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import { loggedModelFiles, runFiles } from "../api/artifacts";
import { call } from "../api/client";
import type { ModelVersion } from "../api/contract.gen";
import { originOf } from "../api/model-words";
import { useLiveModels, useModel, useVersion } from "../api/models";
import { Aliases } from "../models/aliases";
import { setCrumbs } from "../parts/crumbs";
import { FormDialog } from "../parts/dialog";
import { Icon } from "../parts/icons";
import { later } from "../parts/later";
import { Note } from "../parts/note";
import { CopyButton, Fault, Loading, Snippet, Status, Time } from "../parts/small";
import { TagEditor } from "../parts/tag-editor";
import { say, sayFault } from "../parts/toasts";
import { go, link } from "../router";
import { VersionState } from "./model";
import { modelLink } from "./models";

const Artifacts = later(() => import("./artifacts").then((part) => part.Artifacts), "the files");
const stages = ["None", "Staging", "Production", "Archived"];

/** One version of a registered model: where it comes from, what it is called, and its files. */
export function ModelVersionPage({ name, version }: { name: string; version: string }) {
  const query = useVersion(name, version);
  const model = useModel(name);
  const refresh = useLiveModels(name);
  const [deleting, setDeleting] = useState(false);
  useEffect(() => setCrumbs([{ text: "Models", href: "#/models" }, { text: name, href: modelLink(name) }, { text: `Version ${version}` }]), [name, version]);
  if (query.error) {
    return (
      <div className="page">
        <Fault fault={query.error} retry={() => void query.refetch()} />
      </div>
    );
  }
  const found = query.data;
  if (!found) return <Loading what="the version" />;
  const transition = (stage: string) => {
    const before = found.current_stage ?? "None";
    const move = (to: string) => call("TransitionModelVersionStage", { name, version, stage: to }).then(refresh);
    void move(stage).then(() => say(`Version ${version} is in ${stage}`, { label: "Undo", run: () => void move(before).catch(sayFault) }), sayFault);
  };
  const alias = model.data?.aliases?.find((one) => one.version === version)?.alias;
  return (
    <div className="page" style={{ maxWidth: 1200 }}>
      <div className="bar">
        <h1 className="row" style={{ marginRight: "auto" }}>
          <bdi className="clip">{name}</bdi>
          <span className="muted">version {version}</span>
        </h1>
        <VersionState version={{ ...found, current_stage: "None" }} />
        <label className="row">
          <span className="muted">Stage</span>
          <select className="input" value={found.current_stage ?? "None"} onChange={(event) => transition(event.target.value)}>
            {stages.map((stage) => (
              <option key={stage}>{stage}</option>
            ))}
          </select>
        </label>
        <button type="button" className="button danger" onClick={() => setDeleting(true)}>
          <Icon name="trash" /> Delete
        </button>
      </div>
      <div className="facts">
        <Aliases model={name} version={version} aliases={model.data?.aliases ?? []} refresh={refresh} />
        <TagEditor
          tags={found.tags ?? []}
          onSet={(key, value) => call("SetModelVersionTag", { name, version, key, value }).then(refresh)}
          onDelete={(key) => call("DeleteModelVersionTag", { name, version, key }).then(refresh)}
        />
      </div>
      {found.status === "FAILED_REGISTRATION" && <p className="notice bad">{found.status_message || "The registration failed."}</p>}
      <div className="overview">
        <Lineage version={found} />
        <section className="card" aria-label="Use it">
          <header>
            <h2>Use it</h2>
          </header>
          <div className="note-body">
            <Snippet code={`import mlflow\nmodel = mlflow.pyfunc.load_model(\n    ${JSON.stringify(`models:/${name}${alias ? `@${alias}` : `/${version}`}`)}\n)`} />
          </div>
        </section>
        <Note title="Description" text={found.description ?? ""} onKeep={(description) => call("UpdateModelVersion", { name, version, description }).then(refresh)} />
      </div>
      <Files version={found} />
      {deleting && <DeleteVersion name={name} version={version} onClose={() => setDeleting(false)} done={refresh} />}
    </div>
  );
}

/** The way from the run by way of the logged model to this version. */
function Lineage({ version }: { version: ModelVersion }) {
  const { run: given, loggedModel } = originOf(version);
  const logged = useQuery({
    queryKey: ["logged-model", loggedModel],
    queryFn: async ({ signal }) => (await call("GetLoggedModel", { model_id: loggedModel ?? "", allow_deleted: true }, signal)).model,
    enabled: loggedModel !== undefined,
    retry: false,
  });
  const runId = given ?? logged.data?.info?.source_run_id;
  const run = useQuery({
    queryKey: ["run", runId],
    queryFn: async ({ signal }) => (await call("GetRun", { run_id: runId ?? "" }, signal)).run,
    enabled: Boolean(runId),
    retry: false,
  });
  return (
    <section className="card" aria-label="Lineage">
      <header>
        <h2 className="grow">Lineage</h2>
      </header>
      <ol className="lineage">
        {runId && (
          <li>
            <span className="muted">Run</span>
            <a href={link(`/runs/${runId}`)}>
              <bdi>{run.data?.info?.run_name || runId}</bdi>
            </a>
            {run.data?.info?.status && <Status status={run.data.info.status} />}
            {run.error && <span className="muted">It is not there any more.</span>}
          </li>
        )}
        {loggedModel && (
          <li>
            <span className="muted">Logged model</span>
            <a href={link(`/logged-models/${loggedModel}`)}>
              <bdi>{logged.data?.info?.name || loggedModel}</bdi>
            </a>
            {logged.error && <span className="muted">It is not there any more.</span>}
          </li>
        )}
        <li>
          <span className="muted">Version</span>
          <strong>{version.version}</strong>
          <span className="muted">
            <Time at={version.creation_timestamp} />
            {version.user_id && (
              <>
                {" by "}
                <bdi>{version.user_id}</bdi>
              </>
            )}
          </span>
        </li>
      </ol>
      <p className="row source">
        <span className="muted">Source</span>
        <code className="clip" title={version.source}>
          {version.source}
        </code>
        <CopyButton text={version.source ?? ""} what="the source" />
      </p>
    </section>
  );
}

/** The files of a version, where the run or logged model that has them is known. */
function Files({ version }: { version: ModelVersion }) {
  const { run, loggedModel } = originOf(version);
  const source = version.source ?? "";
  const folder = run ? (new RegExp(`(?:^runs:/${run}|/${run}/artifacts)/(.+?)/?$`).exec(source)?.[1] ?? "") : "";
  const files = useMemo(() => (loggedModel ? loggedModelFiles(loggedModel) : run ? runFiles(run) : null), [loggedModel, run]);
  if (!files) return null;
  return (
    <>
      <h2>Files</h2>
      <Artifacts files={files} root={source} folder={loggedModel ? "" : folder} />
    </>
  );
}

function DeleteVersion({ name, version, onClose, done }: { name: string; version: string; onClose: () => void; done: () => Promise<void> }) {
  const [fault, setFault] = useState<unknown>(null);
  const submit = async () => {
    try {
      await call("DeleteModelVersion", { name, version });
      say(`Version ${version} is deleted`);
      go(modelLink(name));
      await done();
    } catch (problem) {
      setFault(problem);
      throw problem;
    }
  };
  return (
    <FormDialog title={`Delete version ${version}?`} action="Delete for good" danger onSubmit={submit} onClose={onClose}>
      <p>Its aliases and tags go with it, and nothing brings them back. The run and its files stay.</p>
      {fault !== null && <Fault fault={fault} />}
    </FormDialog>
  );
}
