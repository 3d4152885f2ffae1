import { useQueryClient } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";

import { call } from "../api/client";
import type { Experiment } from "../api/contract.gen";
import { useExperiments, useLiveExperiments, useRunCounts } from "../api/experiments";
import { isViewTag } from "../api/saved-views";
import { buildTree, type TreeRow } from "../api/tree";
import { count, plural } from "../format";
import { useShortcuts } from "../keys";
import { setCrumbs } from "../parts/crumbs";
import { FormDialog } from "../parts/dialog";
import { Icon } from "../parts/icons";
import { Menu } from "../parts/menu";
import { Empty, Fault, Loading, Snippet, Time } from "../parts/small";
import { say, sayFault } from "../parts/toasts";
import { drawnAtOnce } from "../parts/virtual";
import { go, link, setSearch, usePlace } from "../router";
import { useSettings } from "../settings";

/** As the style sheets have it for each density, in pixels. */
const rowHeights = { compact: 30, normal: 38, roomy: 46 } as const;

type Asked = { kind: "create" } | { kind: "rename"; experiment: Experiment };

function firstLines(): string {
  return `import mlflow\nmlflow.set_tracking_uri("${location.origin}${location.pathname.replace(/\/$/, "")}")\nmlflow.log_metric("loss", 0.1)`;
}

export function ExperimentsPage() {
  const { search } = usePlace();
  const text = search.get("q") ?? "";
  const stage = search.get("stage") === "deleted" ? "deleted" : "active";
  const experiments = useExperiments();
  const counts = useRunCounts();
  const client = useQueryClient();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [cursor, setCursor] = useState(0);
  const [asked, setAsked] = useState<Asked | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const rowHeight = rowHeights[useSettings().density];
  const input = useRef<HTMLInputElement>(null);
  useLiveExperiments();
  useEffect(() => setCrumbs([{ text: "Experiments" }]), []);

  const shown = useMemo(() => {
    const wanted = text.toLowerCase();
    return (experiments.data ?? []).filter(
      (experiment) =>
        experiment.lifecycle_stage === stage &&
        (!wanted ||
          experiment.name?.toLowerCase().includes(wanted) ||
          experiment.experiment_id === wanted ||
          experiment.tags?.some((tag) => !tag.key?.startsWith("mlflow.") && `${tag.key ?? ""}=${tag.value ?? ""}`.toLowerCase().includes(wanted))),
    );
  }, [experiments.data, stage, text]);
  const rows = useMemo(() => buildTree(shown, closed), [shown, closed]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    ...drawnAtOnce,
  });

  const refresh = () => client.invalidateQueries({ queryKey: ["experiments"] });
  const toggle = (path: string) => {
    const next = new Set(closed);
    if (!next.delete(path)) next.add(path);
    setClosed(next);
  };
  const open = (row: TreeRow | undefined) => {
    if (!row) return;
    if (row.experiment) go(link(`/experiments/${row.experiment.experiment_id ?? ""}`));
    else toggle(row.path);
  };
  const move = (step: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, cursor + step));
    setCursor(next);
    virtual.scrollToIndex(next);
  };
  useShortcuts([
    { keys: "/", what: "Search", run: () => input.current?.focus() },
    { keys: "j", what: "Next row", run: () => move(1) },
    { keys: "k", what: "Previous row", run: () => move(-1) },
    { keys: "Enter", what: "Open the row", run: () => open(rows[cursor]) },
    { keys: "c", what: "New experiment", run: () => setAsked({ kind: "create" }) },
  ]);

  const archive = async (experiment: Experiment) => {
    const id = experiment.experiment_id ?? "";
    const restore = stage === "deleted";
    try {
      await call(restore ? "RestoreExperiment" : "DeleteExperiment", { experiment_id: id });
      await refresh();
      const undo = () => void call(restore ? "DeleteExperiment" : "RestoreExperiment", { experiment_id: id }).then(refresh, sayFault);
      say(restore ? `${experiment.name ?? id} is back` : `${experiment.name ?? id} is archived`, { label: "Undo", run: undo });
    } catch (fault) {
      sayFault(fault);
    }
  };

  return (
    <div className="page full" style={{ maxWidth: 1200 }}>
      <div className="row">
        <h1 className="grow">Experiments</h1>
        <button type="button" className="button primary" onClick={() => setAsked({ kind: "create" })}>
          <Icon name="plus" />
          New
        </button>
      </div>
      <div className="row">
        <input
          ref={input}
          className="input grow"
          type="search"
          placeholder="Search names, ids and tags"
          aria-label="Search experiments"
          value={text}
          onChange={(event) => setSearch({ q: event.target.value })}
        />
        <div className="segments" role="group" aria-label="Stage">
          <button type="button" aria-pressed={stage === "active"} onClick={() => setSearch({ stage: undefined })}>
            Active
          </button>
          <button type="button" aria-pressed={stage === "deleted"} onClick={() => setSearch({ stage: "deleted" })}>
            Archived
          </button>
        </div>
        <span className="muted wide">{plural(shown.length, "experiment")}</span>
      </div>
      {experiments.isError && <Fault fault={experiments.error} retry={() => void experiments.refetch()} />}
      {experiments.isPending && <Loading what="experiments" />}
      {experiments.data && rows.length === 0 && <NothingHere text={text} stage={stage} />}
      {rows.length > 0 && (
        <div ref={box} className="card list" role="table" aria-label="Experiments" aria-rowcount={rows.length + 1} tabIndex={0}>
          <div className="list-head" role="row" aria-rowindex={1}>
            <span role="columnheader" className="grow">
              Name
            </span>
            <span role="columnheader" className="cell-count">
              Runs
            </span>
            <span role="columnheader" className="cell-time">
              Last run
            </span>
            <span role="columnheader" className="cell-time wide">
              Created
            </span>
            <span role="columnheader" className="cell-menu">
              <span className="unseen">Actions</span>
            </span>
          </div>
          <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = rows[index];
              if (!row) return null;
              const id = row.experiment?.experiment_id ?? "";
              const runs = counts.data?.get(id);
              return (
                <div
                  key={row.path + id}
                  className="list-row"
                  role="row"
                  aria-rowindex={index + 2}
                  data-cursor={index === cursor || undefined}
                  style={{ transform: `translateY(${start}px)`, paddingLeft: 12 + row.depth * 20 }}
                >
                  <span role="cell" className="grow row">
                    {row.experiment ? (
                      <>
                        <Icon name="experiment" />
                        <a className="clip" href={link(`/experiments/${id}`)} title={row.experiment.name}>
                          <bdi>{row.name}</bdi>
                        </a>
                        <Tags experiment={row.experiment} />
                      </>
                    ) : (
                      <button type="button" className="button plain folder" aria-expanded={!closed.has(row.path)} onClick={() => toggle(row.path)}>
                        <Icon name={closed.has(row.path) ? "right" : "down"} />
                        <Icon name="folder" />
                        <bdi className="clip">{row.name}</bdi>
                        <span className="muted">{count(row.size)}</span>
                      </button>
                    )}
                  </span>
                  <span role="cell" className="cell-count number">
                    {row.experiment ? count(stage === "deleted" ? (runs?.deleted ?? 0) : (runs?.active ?? 0)) : ""}
                  </span>
                  <span role="cell" className="cell-time muted">
                    {row.experiment ? <Time at={runs?.last_start_time} /> : ""}
                  </span>
                  <span role="cell" className="cell-time wide muted">
                    {row.experiment ? <Time at={row.experiment.creation_time} /> : ""}
                  </span>
                  <span role="cell" className="cell-menu">
                    {row.experiment && <Actions experiment={row.experiment} stage={stage} rename={(experiment) => setAsked({ kind: "rename", experiment })} archive={(experiment) => void archive(experiment)} />}
                  </span>
                </div>
              );
            })}
          </div>
        </div>
      )}
      {asked && <NameDialog asked={asked} onClose={() => setAsked(null)} done={refresh} />}
    </div>
  );
}

function Tags({ experiment }: { experiment: Experiment }) {
  const tags = (experiment.tags ?? []).filter((tag) => !tag.key?.startsWith("mlflow.") && !isViewTag(tag.key));
  return tags.slice(0, 3).map((tag) => (
    <span key={tag.key} className="chip wide" title={`${tag.key ?? ""}: ${tag.value ?? ""}`}>
      <bdi className="clip">{tag.value ? `${tag.key ?? ""}: ${tag.value}` : tag.key}</bdi>
    </span>
  ));
}

interface ActionsProps {
  experiment: Experiment;
  stage: string;
  rename: (experiment: Experiment) => void;
  archive: (experiment: Experiment) => void;
}

function Actions({ experiment, stage, rename, archive }: ActionsProps) {
  return (
    <Menu name={`Actions for ${experiment.name ?? ""}`} className="button plain icon" label={<Icon name="more" />}>
      {(close) => {
        const item = (run: () => void) => () => {
          close();
          run();
        };
        return (
          <>
            {stage === "active" && (
              <button type="button" role="menuitem" onClick={item(() => rename(experiment))}>
                <Icon name="pencil" /> Rename
              </button>
            )}
            <button type="button" role="menuitem" onClick={item(() => void navigator.clipboard.writeText(experiment.experiment_id ?? "").then(() => say("The id is copied")))}>
              <Icon name="copy" /> Copy id {experiment.experiment_id}
            </button>
            <hr />
            <button type="button" role="menuitem" onClick={item(() => archive(experiment))}>
              <Icon name={stage === "active" ? "trash" : "restore"} /> {stage === "active" ? "Archive" : "Restore"}
            </button>
          </>
        );
      }}
    </Menu>
  );
}

function NothingHere({ text, stage }: { text: string; stage: string }) {
  if (text) {
    return (
      <Empty title="Nothing matches">
        <button type="button" className="button" onClick={() => setSearch({ q: undefined })}>
          Clear the search
        </button>
      </Empty>
    );
  }
  if (stage === "deleted") return <Empty title="Nothing is archived" />;
  return (
    <Empty title="No experiments yet">
      <p>Log something and it appears here at once:</p>
      <Snippet code={firstLines()} />
    </Empty>
  );
}

function NameDialog({ asked, onClose, done }: { asked: Asked; onClose: () => void; done: () => Promise<unknown> }) {
  const [name, setName] = useState(asked.kind === "rename" ? (asked.experiment.name ?? "") : "");
  const [fault, setFault] = useState<unknown>(null);
  const submit = async () => {
    try {
      if (asked.kind === "create") {
        const { experiment_id: id } = await call("CreateExperiment", { name: name.trim() });
        go(link(`/experiments/${id ?? ""}`));
      } else {
        await call("UpdateExperiment", { experiment_id: asked.experiment.experiment_id ?? "", new_name: name.trim() });
      }
      await done();
    } catch (problem) {
      setFault(problem);
      throw problem;
    }
  };
  return (
    <FormDialog title={asked.kind === "create" ? "New experiment" : "Rename the experiment"} action={asked.kind === "create" ? "Create" : "Rename"} onSubmit={submit} onClose={onClose}>
      <label className="field">
        <span>Name</span>
        <input className="input" required autoFocus value={name} onChange={(event) => setName(event.target.value)} placeholder="team/project" />
        <span className="muted" style={{ fontWeight: 400 }}>
          Slashes make folders.
        </span>
      </label>
      {fault !== null && <Fault fault={fault} />}
    </FormDialog>
  );
}
