import { useState } from "react";

import { call } from "../api/client";
import { savedViews, viewTag, viewText } from "../api/saved-views";
import type { Experiment } from "../api/contract.gen";
import { Icon } from "../parts/icons";
import { Menu } from "../parts/menu";
import { say, sayFault } from "../parts/toasts";
import { go } from "../router";

interface Props {
  experiment: string;
  tags: Experiment["tags"];
  search: URLSearchParams;
  refresh: () => Promise<unknown>;
}

/** The views that were saved for an experiment, for everybody; and a way to save this one. */
export function ViewsMenu({ experiment, tags, search, refresh }: Props) {
  const views = savedViews(tags);
  const keep = (name: string, text: string) => call("SetExperimentTag", { experiment_id: experiment, key: viewTag(name), value: text }).then(refresh);
  const drop = (name: string, text: string) =>
    void call("DeleteExperimentTag", { experiment_id: experiment, key: viewTag(name) })
      .then(refresh)
      .then(() => say(`The view ${name} is gone`, { label: "Undo", run: () => void keep(name, text).catch(sayFault) }), sayFault);
  return (
    <Menu
      role="dialog"
      name="Views"
      label={
        <>
          <Icon name="eye" />
          <span className="wide">Views</span>
        </>
      }
    >
      {(close) => (
        <div className="picker">
          <SaveForm
            keep={async (name) => {
              const existed = views.find((view) => view.name === name);
              await keep(name, viewText(search));
              close();
              say(existed ? `The view ${name} is replaced` : `The view ${name} is saved for everybody`, existed && { label: "Undo", run: () => void keep(name, existed.search).catch(sayFault) });
            }}
          />
          {views.length === 0 && <p className="muted">A view keeps filter, order, columns, groups and charts under a name.</p>}
          <ul className="views">
            {views.map((view) => (
              <li key={view.name} className="row">
                <a
                  className="grow clip"
                  href={`#/experiments/${experiment}?${view.search}`}
                  onClick={(event) => {
                    event.preventDefault();
                    close();
                    go(`#/experiments/${experiment}?${view.search}`);
                  }}
                >
                  <bdi>{view.name}</bdi>
                </a>
                <button type="button" className="button plain icon" aria-label={`Delete the view ${view.name}`} onClick={() => drop(view.name, view.search)}>
                  <Icon name="trash" />
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Menu>
  );
}

function SaveForm({ keep }: { keep: (name: string) => Promise<void> }) {
  const [name, setName] = useState("");
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        void keep(name.trim()).catch(sayFault);
      }}
    >
      <input className="input grow" required pattern=".*\S.*" maxLength={100} placeholder="Name of this view" aria-label="Name of this view" value={name} onChange={(event) => setName(event.target.value)} />
      <button type="submit" className="button primary">
        Save
      </button>
    </form>
  );
}
