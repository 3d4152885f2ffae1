import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { call } from "../api/client";
import type { Experiment } from "../api/contract.gen";
import { useExperiments } from "../api/experiments";
import { savedViews, viewTag, type SavedView } from "../api/saved-views";
import { plural } from "../format";
import { FormDialog } from "../parts/dialog";
import { Icon } from "../parts/icons";
import { Fault, Loading } from "../parts/small";
import { say, sayFault } from "../parts/toasts";

interface Kept extends SavedView {
  experiment: string;
  title: string;
}

function keptIn(experiments: readonly Experiment[]): Kept[] {
  return experiments.flatMap((experiment) => savedViews(experiment.tags).map((view) => ({ ...view, experiment: experiment.experiment_id ?? "", title: experiment.name ?? "" })));
}

const drop = ({ experiment, name }: Kept) => call("DeleteExperimentTag", { experiment_id: experiment, key: viewTag(name) });
const bring = ({ experiment, name, search }: Kept) => call("SetExperimentTag", { experiment_id: experiment, key: viewTag(name), value: search });

/** The views that were saved on this server, of all experiments, to be deleted one by one or all at once. */
export function SavedViews() {
  const experiments = useExperiments();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const views = keptIn((experiments.data ?? []).filter((experiment) => experiment.lifecycle_stage === "active"));
  const refresh = () => client.invalidateQueries({ queryKey: ["experiments"] });
  const remove = async (chosen: readonly Kept[]) => {
    const gone: Kept[] = [];
    try {
      for (const view of chosen) {
        await drop(view);
        gone.push(view);
      }
    } finally {
      await refresh();
      const undo = () =>
        void Promise.all(gone.map(bring))
          .then(refresh)
          .catch(sayFault);
      if (gone.length > 0) say(gone.length === 1 ? `The view ${gone[0]?.name ?? ""} is gone` : `${plural(gone.length, "view")} are gone`, { label: "Undo", run: undo });
    }
  };
  return (
    <section className="card settings" aria-label="Saved views">
      <header>
        <h2 className="grow">Saved views</h2>
        <button type="button" className="button danger" disabled={views.length === 0} onClick={() => setAsked(true)}>
          <Icon name="trash" /> Clear all
        </button>
      </header>
      {experiments.isPending && <Loading what="saved views" />}
      {experiments.error && <Fault fault={experiments.error} retry={() => void experiments.refetch()} />}
      {experiments.data && views.length === 0 && <p className="muted note-body">No view is saved. A table of runs keeps its filter, columns and charts under a name: “Views”, above the table.</p>}
      {views.map((view) => (
        <div key={`${view.experiment} ${view.name}`} className="setting">
          <div>
            <a href={`#/experiments/${view.experiment}?${view.search}`}>
              <bdi>{view.name}</bdi>
            </a>
            <p className="clip">
              <bdi>{view.title}</bdi>
            </p>
          </div>
          <button type="button" className="button plain icon" aria-label={`Delete the view ${view.name} of ${view.title}`} onClick={() => void remove([view]).catch(sayFault)}>
            <Icon name="trash" />
          </button>
        </div>
      ))}
      {asked && (
        <FormDialog
          title="Clear all saved views"
          action="Clear all"
          danger
          onSubmit={() =>
            remove(views).catch((fault: unknown) => {
              sayFault(fault);
              throw fault;
            })
          }
          onClose={() => setAsked(false)}
        >
          <p>{plural(views.length, "view")} of all experiments will be gone, for everybody who uses this server. The runs stay.</p>
        </FormDialog>
      )}
    </section>
  );
}
