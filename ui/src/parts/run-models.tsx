import "../styles/models.css";

import { useQuery } from "@tanstack/react-query";

import { call } from "../api/client";
import type { ModelOutput } from "../api/contract.gen";
import { loggedModelLink } from "../pages/logged-models";
import { versionLink } from "../pages/models";
import { Icon } from "./icons";
import { Time } from "./small";

const most = 50;

/** What became of a run: the models that it logged, and the versions that were registered of it. */
export function RunModels({ run, outputs }: { run: string; outputs: readonly ModelOutput[] }) {
  const versions = useQuery({
    queryKey: ["model-versions", "of run", run],
    queryFn: async ({ signal }) => (await call("SearchModelVersions", { filter: `run_id = '${run}'`, max_results: most }, signal)).model_versions ?? [],
    // Stores without a registry have none.
    retry: false,
  });
  const found = versions.data ?? [];
  if (found.length + outputs.length === 0) return null;
  return (
    <section className="card" aria-label="Models">
      <header>
        <h2 className="grow">Models</h2>
        <span className="muted">{found.length + outputs.length}</span>
      </header>
      <table className="plain">
        <tbody>
          {outputs.slice(0, most).map(({ model_id: id = "", step }) => (
            <tr key={id}>
              <td>
                <span className="row">
                  <Icon name="model" />
                  <a className="mono clip" href={loggedModelLink(id)}>
                    {id}
                  </a>
                </span>
              </td>
              <td className="tight muted">logged at step {step ?? 0}</td>
            </tr>
          ))}
          {found.map(({ name = "", version = "", creation_timestamp: created }) => (
            <tr key={`${name}/${version}`}>
              <td>
                <a className="strong" href={versionLink(name, version)}>
                  <bdi>{name}</bdi>, version {version}
                </a>
              </td>
              <td className="tight muted">
                registered <Time at={created} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
