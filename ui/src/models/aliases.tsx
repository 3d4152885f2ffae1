import { useState } from "react";

import { call } from "../api/client";
import type { RegisteredModelAlias } from "../api/contract.gen";
import { Icon } from "../parts/icons";
import { Menu } from "../parts/menu";
import { say, sayFault } from "../parts/toasts";

interface Props {
  model: string;
  version: string;
  /** All aliases of the model: an alias that another version has moves here. */
  aliases: readonly RegisteredModelAlias[];
  refresh: () => Promise<void>;
}

/** The aliases of one version, to add and take away. */
export function Aliases({ model, version, aliases, refresh }: Props) {
  const own = aliases.filter((alias) => alias.version === version).map((alias) => alias.alias ?? "");
  const set = (alias: string, to: string) => call("SetRegisteredModelAlias", { name: model, alias, version: to }).then(refresh);
  const drop = (alias: string) => call("DeleteRegisteredModelAlias", { name: model, alias }).then(refresh);
  const remove = (alias: string) =>
    void drop(alias).then(() => say(`The alias @${alias} is gone`, { label: "Undo", run: () => void set(alias, version).catch(sayFault) }), sayFault);
  const add = async (alias: string) => {
    const before = aliases.find((other) => other.alias === alias)?.version;
    await set(alias, version);
    if (before !== undefined && before !== version) {
      say(`@${alias} moved from version ${before} to ${version}`, { label: "Undo", run: () => void set(alias, before).catch(sayFault) });
    }
  };
  return (
    <div className="chips">
      {own.map((alias) => (
        <span key={alias} className="chip alias">
          <bdi className="clip">@{alias}</bdi>
          <button type="button" aria-label={`Take the alias ${alias} away`} onClick={() => remove(alias)}>
            <Icon name="close" />
          </button>
        </span>
      ))}
      <Menu
        role="dialog"
        name={`Add an alias for version ${version}`}
        className="chip clickable"
        label={
          <>
            <Icon name="plus" /> Alias
          </>
        }
      >
        {(close) => <AliasForm close={close} add={add} />}
      </Menu>
    </div>
  );
}

function AliasForm({ close, add }: { close: () => void; add: (alias: string) => Promise<unknown> }) {
  const [alias, setAlias] = useState("");
  return (
    <form
      className="column menu-form"
      onSubmit={(event) => {
        event.preventDefault();
        void add(alias.trim().replace(/^@/, "")).then(close, sayFault);
      }}
    >
      <label className="field">
        <span>Alias</span>
        <input className="input" required maxLength={255} placeholder="champion" value={alias} onChange={(event) => setAlias(event.target.value)} />
      </label>
      <button type="submit" className="button primary">
        Set
      </button>
    </form>
  );
}
