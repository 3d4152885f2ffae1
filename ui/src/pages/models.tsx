import "../styles/models.css";

import { useEffect, useRef, useState } from "react";

import { ApiError, call } from "../api/client";
import type { RegisteredModel } from "../api/contract.gen";
import { useLiveModels, useModels } from "../api/models";
import { count } from "../format";
import { useShortcuts } from "../keys";
import { setCrumbs } from "../parts/crumbs";
import { FormDialog } from "../parts/dialog";
import { Icon } from "../parts/icons";
import { Empty, Fault, Loading, Snippet, Time } from "../parts/small";
import { go, link, setSearch, usePlace } from "../router";

export const modelLink = (name: string) => link(`/models/${encodeURIComponent(name)}`);
export const versionLink = (name: string, version: string) => link(`/models/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`);

/** All registered models, last changed first. */
export function ModelsPage() {
  const { search } = usePlace();
  const text = search.get("q") ?? "";
  const [typed, setTyped] = useState(text);
  const [asked, setAsked] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const models = useModels(text);
  const refresh = useLiveModels();
  useEffect(() => setCrumbs([{ text: "Models" }]), []);
  useEffect(() => {
    const timer = setTimeout(() => setSearch({ q: typed }), 200);
    return () => clearTimeout(timer);
  }, [typed]);
  useShortcuts([
    { keys: "/", what: "Search", run: () => input.current?.focus() },
    { keys: "c", what: "New model", run: () => setAsked(true) },
  ]);
  const list = models.data?.pages.flatMap((page) => page.registered_models ?? []);
  const refused = models.error instanceof ApiError && models.error.status === 400;
  return (
    <div className="page" style={{ maxWidth: 1200 }}>
      <div className="row">
        <h1 className="grow">Models</h1>
        <button type="button" className="button primary" onClick={() => setAsked(true)}>
          <Icon name="plus" /> New
        </button>
      </div>
      <input
        ref={input}
        className="input"
        type="search"
        placeholder="Search names, or filter: tags.team = 'vision'"
        aria-label="Search models"
        aria-invalid={refused}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {models.error && <Fault fault={models.error} retry={() => void models.refetch()} />}
      {models.isPending && <Loading what="models" />}
      {list?.length === 0 && <NoModels text={text} clear={() => setTyped("")} />}
      {list && list.length > 0 && (
        <div className="card scrolls" tabIndex={0} role="region" aria-label="Registered models">
          <table className="plain models">
            <thead>
              <tr>
                <th>Name</th>
                <th>Latest version</th>
                <th>Aliases</th>
                <th className="wide">Tags</th>
                <th>Changed</th>
              </tr>
            </thead>
            <tbody>
              {list.map((model) => (
                <Row key={model.name} model={model} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {models.hasNextPage && (
        <button type="button" className="button" style={{ alignSelf: "center" }} disabled={models.isFetchingNextPage} onClick={() => void models.fetchNextPage()}>
          Show more
        </button>
      )}
      {asked && <NewModel onClose={() => setAsked(false)} done={refresh} />}
    </div>
  );
}

export function latestVersion(model: RegisteredModel): string | undefined {
  const numbers = (model.latest_versions ?? []).map((version) => Number(version.version));
  return numbers.length > 0 ? String(Math.max(...numbers)) : undefined;
}

function Row({ model }: { model: RegisteredModel }) {
  const name = model.name ?? "";
  const latest = latestVersion(model);
  const tags = (model.tags ?? []).filter((tag) => !tag.key?.startsWith("mlflow."));
  return (
    <tr>
      <td>
        <span className="row">
          <Icon name="model" />
          <a className="clip strong" href={modelLink(name)} title={name}>
            <bdi>{name}</bdi>
          </a>
        </span>
        {model.description && (
          <p className="muted clip about" title={model.description.slice(0, 500)}>
            <bdi>{model.description.slice(0, 200)}</bdi>
          </p>
        )}
      </td>
      <td className="tight">{latest === undefined ? <span className="muted">–</span> : <a href={versionLink(name, latest)}>Version {latest}</a>}</td>
      <td>
        <div className="chips">
          {(model.aliases ?? []).slice(0, 5).map((alias) => (
            <a key={alias.alias} className="chip alias" href={versionLink(name, alias.version ?? "")} title={`@${alias.alias ?? ""} is version ${alias.version ?? ""}`}>
              <bdi className="clip">@{alias.alias}</bdi>
              <span className="muted">v{alias.version}</span>
            </a>
          ))}
          {(model.aliases?.length ?? 0) > 5 && <span className="muted">{count((model.aliases?.length ?? 0) - 5)} more</span>}
        </div>
      </td>
      <td className="wide">
        <div className="chips">
          {tags.slice(0, 4).map((tag) => (
            <span key={tag.key} className="chip" title={`${tag.key ?? ""}: ${tag.value ?? ""}`}>
              <bdi className="clip">{tag.value ? `${tag.key ?? ""}: ${tag.value}` : tag.key}</bdi>
            </span>
          ))}
        </div>
      </td>
      <td className="tight muted">
        <Time at={model.last_updated_timestamp} />
      </td>
    </tr>
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
      <p>Register one where you log it:</p>
      <Snippet code={`import mlflow\nmlflow.set_tracking_uri("${location.origin}${location.pathname.replace(/\/$/, "")}")\nmlflow.sklearn.log_model(model, name="model", registered_model_name="my-model")`} />
    </Empty>
  );
}

function NewModel({ onClose, done }: { onClose: () => void; done: () => Promise<void> }) {
  const [name, setName] = useState("");
  const [fault, setFault] = useState<unknown>(null);
  const submit = async () => {
    try {
      await call("CreateRegisteredModel", { name: name.trim() });
      await done();
      go(modelLink(name.trim()));
    } catch (problem) {
      setFault(problem);
      throw problem;
    }
  };
  return (
    <FormDialog title="New model" action="Create" onSubmit={submit} onClose={onClose}>
      <label className="field">
        <span>Name</span>
        <input className="input" required autoFocus maxLength={256} value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      {fault !== null && <Fault fault={fault} />}
    </FormDialog>
  );
}
