import "../styles/models.css";
import "../styles/operate.css";
import "../styles/run.css";

import { useEffect, useRef, useState } from "react";

import type { InstalledPlugin, PluginClaim, PluginHealth } from "../api/contract.gen";
import { contestsOf, healthOf, usePlugins, type Contest } from "../api/status";
import { bytes, count, duration, plural } from "../format";
import { useShortcuts } from "../keys";
import { setCrumbs } from "../parts/crumbs";
import { PlainTable } from "../parts/plain-table";
import { Empty, Fault, Loading, Snippet } from "../parts/small";
import { real } from "../api/table";
import { setSearch, usePlace } from "../router";

/** What is installed, how it fares, and who provides each scheme and name. */
export function PluginsPage() {
  const plugins = usePlugins();
  useEffect(() => setCrumbs([{ text: "Plugins" }]), []);
  const installed = plugins.data?.plugins ?? [];
  return (
    <div className="page" style={{ maxWidth: 1300 }}>
      <div className="row">
        <h1 className="grow">Plugins</h1>
        <a className="button" href="#/status">
          Server
        </a>
      </div>
      {plugins.error && <Fault fault={plugins.error} retry={() => void plugins.refetch()} />}
      {plugins.isPending && <Loading what="plugins" />}
      {plugins.data && (
        <>
          {installed.length === 0 ? <NoPlugins /> : <Installed plugins={installed} />}
          <Health plugins={installed} />
          <Contests claims={plugins.data.claims ?? []} />
        </>
      )}
    </div>
  );
}

function NoPlugins() {
  return (
    <div className="card">
      <Empty title="No plugins are installed">
        <p>All that the server needs is built in. A plugin adds stores, places for artifacts, sign-in and more; one is installed so, and found at the next start:</p>
        <Snippet code={"millrace plugin install acme-oss.mrp\nmillrace plugin list"} />
      </Empty>
    </div>
  );
}

const forms: Record<string, string> = { command: "program", library: "shared library", python: "Python module" };

/** "Python module, in a process of its own" */
export function transportOf(plugin: InstalledPlugin): string {
  const offered = (plugin.forms ?? []).map((form) => forms[form] ?? form);
  if (offered.length === 0) return "–";
  if (plugin.in_process) return "shared library, in the server's process";
  return `${offered.join(" or ")}, in a process of its own`;
}

/** Addresses that a manifest gives are followed only where they lead to a page. */
function Homepage({ address }: { address: string | undefined }) {
  if (!address || !/^https?:\/\//i.test(address)) return null;
  return (
    <a href={address} target="_blank" rel="noreferrer">
      Homepage
    </a>
  );
}

function Installed({ plugins }: { plugins: readonly InstalledPlugin[] }) {
  return (
    <section className="card" aria-label="Installed plugins">
      <header>
        <h2 className="grow">Installed</h2>
        <span className="muted">{plural(plugins.length, "plugin")}</span>
      </header>
      <PlainTable
        of="plugins"
        head={
          <>
            <th>Plugin</th>
            <th>Version</th>
            <th>Runs as</th>
            <th>State</th>
            <th className="wide">Folder</th>
          </>
        }
      >
        {plugins.map((plugin, i) => (
          <tr key={`${plugin.id ?? ""} ${i}`}>
            <td>
              <div className="row">
                <bdi className="strong">{plugin.id}</bdi>
                <Homepage address={plugin.homepage} />
              </div>
              {plugin.description && <bdi className="muted">{plugin.description.slice(0, 400)}</bdi>}
            </td>
            <td className="tight">
              {plugin.version ?? "–"}
              <div className="muted">{plugin.license?.slice(0, 60)}</div>
            </td>
            <td>{transportOf(plugin)}</td>
            <td>
              <Standing plugin={plugin} />
            </td>
            <td className="wide mono muted">
              <bdi>{plugin.folder}</bdi>
            </td>
          </tr>
        ))}
      </PlainTable>
    </section>
  );
}

const standings: Record<string, string> = { broken: "Broken", shadowed: "Shadowed", "not allowed": "Not allowed", "other protocol": "Other protocol" };

function Standing({ plugin }: { plugin: InstalledPlugin }) {
  const standing = plugin.standing ?? "usable";
  const { state, word } = standing === "usable" ? healthOf(plugin.health) : { state: "bad", word: standings[standing] ?? standing };
  return (
    <>
      <span className={`state ${state}`}>{word}</span>
      {plugin.reason && (
        <p className="reason">
          <bdi>{plugin.reason}</bdi>
        </p>
      )}
    </>
  );
}

/** What is known of those that were needed since the server's start. */
function Health({ plugins }: { plugins: readonly InstalledPlugin[] }) {
  const needed = plugins.flatMap(({ health }) => (health ? [health] : []));
  if (plugins.length === 0) return null;
  return (
    <section className="card" aria-label="Health">
      <header>
        <h2 className="grow">Health</h2>
        <span className="muted">{plural(needed.length, "plugin")} in use</span>
      </header>
      {needed.length === 0 ? (
        <p className="muted note-body">None was needed since the server's start: plugins start when something is first asked of them.</p>
      ) : (
        <PlainTable
          of="health"
          head={
            <>
              <th>Plugin</th>
              <th>State</th>
              <th className="right">Calls</th>
              <th className="right">Mean</th>
              <th className="right">Failures</th>
              <th className="right">Restarts</th>
              <th className="right">Memory</th>
              <th>Last error</th>
            </>
          }
        >
          {needed.map((health) => (
            <HealthRow key={health.id} health={health} />
          ))}
        </PlainTable>
      )}
    </section>
  );
}

function HealthRow({ health }: { health: PluginHealth }) {
  const { state, word } = healthOf(health);
  const calls = health.calls ?? 0;
  return (
    <tr>
      <td className="tight">
        <bdi className="strong">{health.id}</bdi>
        <div className="muted">{health.in_process ? "in the server's process" : health.pid ? `process ${health.pid}` : "no process"}</div>
      </td>
      <td>
        <span className={`state ${state}`}>{word}</span>
      </td>
      <td className="right number">
        {count(calls)}
        {(health.in_flight ?? 0) > 0 && <div className="muted">{count(health.in_flight ?? 0)} under way</div>}
      </td>
      <td className="right number">{calls > 0 ? duration((real(health.seconds ?? 0) * 1000) / calls) : "–"}</td>
      <td className="right number">{count(health.failures ?? 0)}</td>
      <td className="right number">{health.in_process ? "–" : count(health.restarts ?? 0)}</td>
      <td className="right number">{health.resident_bytes ? bytes(health.resident_bytes) : "–"}</td>
      <td>
        <bdi className="mono">{(health.fault ?? health.last_error ?? "").slice(0, 1000) || "–"}</bdi>
      </td>
    </tr>
  );
}

function kindWords(kind: string): string {
  return kind.replaceAll("_", " ");
}

function Contests({ claims }: { claims: readonly PluginClaim[] }) {
  const { search } = usePlace();
  const [text, setText] = useState(search.get("q") ?? "");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setSearch({ q: text }), [text]);
  useShortcuts([{ keys: "/", what: "Search schemes and names", run: () => input.current?.focus() }]);
  const wanted = text.trim().toLowerCase();
  const all = contestsOf(claims);
  const found = all.filter(({ kind, name, claims: rivals }) => [kind, kindWords(kind), name, ...rivals.map(({ plugin }) => plugin ?? "built in")].some((word) => word.toLowerCase().includes(wanted)));
  return (
    <section className="card" aria-label="Who provides what">
      <header>
        <h2 className="grow">Who provides what</h2>
        <input ref={input} className="input grow" type="search" placeholder="Scheme, name, kind or plugin" aria-label="Search schemes and names" value={text} onChange={(event) => setText(event.target.value)} />
        <span className="muted">{found.length === all.length ? count(all.length) : `${count(found.length)} of ${count(all.length)}`}</span>
      </header>
      {found.length === 0 ? (
        <p className="muted note-body">Nothing and nobody is called that.</p>
      ) : (
        <PlainTable
          of="schemes and names"
          head={
            <>
              <th>Kind</th>
              <th>Scheme or name</th>
              <th>Provided by</th>
              <th>Why, and who else would</th>
            </>
          }
        >
          {found.map((contest) => (
            <ContestRow key={`${contest.kind}:${contest.name}`} contest={contest} />
          ))}
        </PlainTable>
      )}
    </section>
  );
}

function Provider({ claim }: { claim: PluginClaim }) {
  return claim.plugin === undefined ? <span>built in</span> : <bdi className="strong">{claim.plugin}</bdi>;
}

function ContestRow({ contest }: { contest: Contest }) {
  const winner = contest.claims.find(({ outcome }) => outcome === "wins");
  const losers = contest.claims.filter((claim) => claim !== winner);
  return (
    <tr>
      <td className="tight muted">{kindWords(contest.kind)}</td>
      <td className="mono">{contest.name === "" ? <span className="muted">(plain paths)</span> : <bdi>{contest.name}</bdi>}</td>
      <td>
        {winner ? <Provider claim={winner} /> : <span className="state bad">Nobody</span>}
        {winner && (winner.capabilities?.length ?? 0) > 0 && (
          <div className="muted">
            <bdi>{winner.capabilities?.join(", ")}</bdi>
          </div>
        )}
      </td>
      <td>
        {losers.length === 0 && <span className="muted">Nobody else claims it</span>}
        {winner?.reason && <p>{winner.reason}</p>}
        {losers.map((claim, i) => (
          <p key={i} className="loser">
            <Provider claim={claim} /> {claim.outcome}
            {claim.reason && (
              <>
                : <bdi>{claim.reason}</bdi>
              </>
            )}
          </p>
        ))}
      </td>
    </tr>
  );
}
