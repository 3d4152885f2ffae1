import "../styles/models.css";
import "../styles/run.css";

import { useEffect, useState } from "react";

import { call } from "../api/client";
import type { ModelVersion, RegisteredModel } from "../api/contract.gen";
import { originOf } from "../api/model-words";
import { useLiveModels, useModel, useVersions } from "../api/models";
import { plural } from "../format";
import { Aliases } from "../models/aliases";
import { setCrumbs } from "../parts/crumbs";
import { FormDialog } from "../parts/dialog";
import { Icon } from "../parts/icons";
import { Note } from "../parts/note";
import { PlainTable } from "../parts/plain-table";
import { CopyButton, Empty, Fault, Loading, Snippet, Time } from "../parts/small";
import { TagEditor } from "../parts/tag-editor";
import { say } from "../parts/toasts";
import { go, link } from "../router";
import { modelLink, versionLink } from "./models";

/** One registered model: what it is for, and its versions. */
export function ModelPage({ name }: { name: string }) {
  const query = useModel(name);
  const versions = useVersions(name);
  const refresh = useLiveModels(name);
  const [asked, setAsked] = useState<"rename" | "delete" | null>(null);
  useEffect(() => setCrumbs([{ text: "Models", href: "#/models" }, { text: name }]), [name]);
  const model = query.data;
  if (query.error || (!query.isPending && !model)) {
    return (
      <div className="page">
        <Fault fault={query.error ?? new Error(`There is no model ${name}.`)} retry={() => void query.refetch()} />
      </div>
    );
  }
  if (!model) return <Loading what="the model" />;
  return (
    <div className="page" style={{ maxWidth: 1200 }}>
      <div className="bar">
        <h1 className="row" style={{ marginRight: "auto" }}>
          <bdi className="clip">{name}</bdi>
          <CopyButton text={name} what="the model's name" />
        </h1>
        <button type="button" className="button" onClick={() => setAsked("rename")}>
          <Icon name="pencil" /> Rename
        </button>
        <button type="button" className="button danger" onClick={() => setAsked("delete")}>
          <Icon name="trash" /> Delete
        </button>
      </div>
      <div className="facts">
        <span>
          <span className="muted">Created</span> <Time at={model.creation_timestamp} />
        </span>
        <span>
          <span className="muted">Changed</span> <Time at={model.last_updated_timestamp} />
        </span>
        <TagEditor tags={model.tags ?? []} onSet={(key, value) => call("SetRegisteredModelTag", { name, key, value }).then(refresh)} onDelete={(key) => call("DeleteRegisteredModelTag", { name, key }).then(refresh)} />
      </div>
      <Versions model={model} versions={versions.data?.model_versions} fault={versions.error} retry={() => void versions.refetch()} refresh={refresh} />
      {versions.data?.next_page_token && <p className="notice warn">The newest {plural(versions.data.model_versions?.length ?? 0, "version")} are shown.</p>}
      <Note title="Description" text={model.description ?? ""} onKeep={(description) => call("UpdateRegisteredModel", { name, description }).then(refresh)} />
      {asked === "rename" && <RenameModel name={name} onClose={() => setAsked(null)} />}
      {asked === "delete" && <DeleteModel name={name} versions={versions.data?.model_versions?.length} onClose={() => setAsked(null)} />}
    </div>
  );
}

interface VersionsProps {
  model: RegisteredModel;
  versions: readonly ModelVersion[] | undefined;
  fault: unknown;
  retry: () => void;
  refresh: () => Promise<void>;
}

function Versions({ model, versions, fault, retry, refresh }: VersionsProps) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const name = model.name ?? "";
  if (fault) return <Fault fault={fault} retry={retry} />;
  if (!versions) return <Loading what="versions" />;
  if (versions.length === 0) {
    return (
      <Empty title="No versions yet">
        <Snippet code={`import mlflow\nmlflow.register_model("runs:/<run id>/model", ${JSON.stringify(name)})`} />
      </Empty>
    );
  }
  const toggle = (version: string) => {
    const next = new Set(selected);
    if (!next.delete(version)) next.add(version);
    setSelected(next);
  };
  const runs = versions.filter((version) => selected.has(version.version ?? "")).flatMap((version) => originOf(version).run ?? []);
  return (
    <section className="card" aria-label="Versions">
      <header>
        <h2 className="grow">Versions</h2>
        <button type="button" className="button" disabled={runs.length < 2} title="Select versions that come from runs" onClick={() => go(link("/compare", { runs: runs.slice(0, 100).join(",") }))}>
          <Icon name="compare" /> Compare runs
        </button>
        <span className="muted">{versions.length}</span>
      </header>
      <PlainTable
        of="versions"
        head={
          <>
            <th className="tight">
              <span className="unseen">Selected</span>
            </th>
            <th>Version</th>
            <th>Aliases</th>
            <th>From</th>
            <th className="wide">Description</th>
            <th>Created</th>
          </>
        }
      >
        {versions.map((version) => (
          <VersionRow key={version.version} model={model} version={version} selected={selected.has(version.version ?? "")} toggle={toggle} refresh={refresh} />
        ))}
      </PlainTable>
    </section>
  );
}

interface RowProps {
  model: RegisteredModel;
  version: ModelVersion;
  selected: boolean;
  toggle: (version: string) => void;
  refresh: () => Promise<void>;
}

function VersionRow({ model, version, selected, toggle, refresh }: RowProps) {
  const name = model.name ?? "";
  const number = version.version ?? "";
  const { run, loggedModel } = originOf(version);
  return (
    <tr>
      <td className="tight">
        <input type="checkbox" aria-label={`Select version ${number}`} checked={selected} onChange={() => toggle(number)} />
      </td>
      <td className="tight">
        <span className="row">
          <a className="strong" href={versionLink(name, number)}>
            Version {number}
          </a>
          <VersionState version={version} />
        </span>
      </td>
      <td>
        <Aliases model={name} version={number} aliases={model.aliases ?? []} refresh={refresh} />
      </td>
      <td className="mono">{run ? <a href={link(`/runs/${run}`)}>run {run.slice(0, 8)}</a> : loggedModel ? <a href={link(`/logged-models/${loggedModel}`)}>{loggedModel.slice(0, 10)}</a> : <span className="muted">–</span>}</td>
      <td className="wide">
        <bdi className="clip about">{version.description?.slice(0, 200)}</bdi>
      </td>
      <td className="tight muted">
        <Time at={version.creation_timestamp} />
      </td>
    </tr>
  );
}

/** What is out of the ordinary about a version: a stage, or that it is not ready. */
export function VersionState({ version }: { version: ModelVersion }) {
  return (
    <>
      {version.current_stage && version.current_stage !== "None" && <span className="chip">{version.current_stage}</span>}
      {version.status === "PENDING_REGISTRATION" && <span className="status SCHEDULED">Pending</span>}
      {version.status === "FAILED_REGISTRATION" && (
        <span className="status FAILED" title={version.status_message}>
          Failed
        </span>
      )}
    </>
  );
}

function RenameModel({ name, onClose }: { name: string; onClose: () => void }) {
  const [text, setText] = useState(name);
  const [fault, setFault] = useState<unknown>(null);
  const submit = async () => {
    try {
      await call("RenameRegisteredModel", { name, new_name: text.trim() });
      go(modelLink(text.trim()));
    } catch (problem) {
      setFault(problem);
      throw problem;
    }
  };
  return (
    <FormDialog title="Rename the model" action="Rename" onSubmit={submit} onClose={onClose}>
      <label className="field">
        <span>Name</span>
        <input className="input" required autoFocus maxLength={256} value={text} onChange={(event) => setText(event.target.value)} />
        <span className="muted" style={{ fontWeight: 400 }}>
          What loads the model by its name has to change too.
        </span>
      </label>
      {fault !== null && <Fault fault={fault} />}
    </FormDialog>
  );
}

function DeleteModel({ name, versions, onClose }: { name: string; versions: number | undefined; onClose: () => void }) {
  const [text, setText] = useState("");
  const [fault, setFault] = useState<unknown>(null);
  const submit = async () => {
    try {
      if (text !== name) throw new Error("That is not the name of the model.");
      await call("DeleteRegisteredModel", { name });
      say(`The model ${name} is deleted`);
      go("#/models");
    } catch (problem) {
      setFault(problem);
      throw problem;
    }
  };
  return (
    <FormDialog title="Delete the model?" action="Delete for good" danger onSubmit={submit} onClose={onClose}>
      <p>{versions === undefined ? "Its versions" : `Its ${plural(versions, "version")}`}, aliases and tags go with it, and nothing brings them back. Runs and their files stay.</p>
      <label className="field">
        <span>
          Type <bdi className="mono">{name}</bdi> to delete it
        </span>
        <input className="input" required autoFocus autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      {fault !== null && <Fault fault={fault} />}
    </FormDialog>
  );
}
