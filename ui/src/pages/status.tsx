import "../styles/models.css";
import "../styles/operate.css";
import "../styles/run.css";

import { useEffect, useState, type ReactNode } from "react";

import type { OperationStatus, ServerStatus, StoreStatus } from "../api/contract.gen";
import { healthOf, operationsSince, percentile, requestsOf, totalOf, useRecent, useServerStatus } from "../api/status";
import { real } from "../api/table";
import { bytes, count, duration, plural } from "../format";
import { setCrumbs } from "../parts/crumbs";
import { Icon } from "../parts/icons";
import { PlainTable } from "../parts/plain-table";
import { Empty, Fault, Loading, Time } from "../parts/small";

/** How the server fares, looked at anew every five seconds while the page can be seen. */
export function StatusPage() {
  const query = useServerStatus();
  useEffect(() => setCrumbs([{ text: "Server" }]), []);
  const status = query.data;
  const before = useRecent(status);
  return (
    <div className="page" style={{ maxWidth: 1300 }}>
      <div className="row">
        <h1>Server</h1>
        {status && <Verdict status={status} stale={query.isError} />}
        <span className="grow" />
        <span className="muted wide">every 5 seconds, while you look</span>
        <a className="button" href="#/plugins">
          Plugins
        </a>
      </div>
      {query.error && <Fault fault={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading what="the server's status" />}
      {status && (
        <>
          <Figures status={status} before={before} />
          <Stores stores={status.stores ?? []} />
          <Requests status={status} before={before} />
          <Plugins status={status} />
        </>
      )}
    </div>
  );
}

function Verdict({ status, stale }: { status: ServerStatus; stale: boolean }) {
  if (stale) return <span className="state bad">Not reachable; what follows is older</span>;
  if (status.stores?.some(({ reachable }) => reachable === false)) return <span className="state bad">A store does not answer</span>;
  if (status.plugins?.some(({ running }) => !running)) return <span className="state warn">A plugin is down</span>;
  return <span className="state good">All is well</span>;
}

function Figure({ name, children, more }: { name: string; children: ReactNode; more?: ReactNode }) {
  return (
    <div className="card figure">
      <dt>{name}</dt>
      <dd>
        {children}
        {more !== undefined && <small>{more}</small>}
      </dd>
    </div>
  );
}

/** "12.3 /s" of what grew by `growth` in so many milliseconds. */
function rate(growth: number, milliseconds: number): string {
  const perSecond = milliseconds > 0 ? (growth * 1000) / milliseconds : 0;
  return `${perSecond >= 100 ? count(Math.round(perSecond)) : perSecond.toFixed(1)} /s`;
}

function Figures({ status, before }: { status: ServerStatus; before: ServerStatus | undefined }) {
  const { listener, writer, process } = status;
  const span = before ? (status.time ?? 0) - (before.time ?? 0) : 0;
  const failed = totalOf(status, ({ server_errors: errors }) => errors ?? 0);
  const cpu = before && span > 0 ? ((real(process?.cpu_seconds ?? 0) - real(before.process?.cpu_seconds ?? 0)) * 1e5) / span : undefined;
  return (
    <dl className="figures" aria-label="Figures">
      <Figure name="Version" more={`serves MLflow ${status.mlflow_version ?? ""}`}>
        {status.version}
      </Figure>
      <Figure
        name="Up for"
        more={
          <>
            since <Time at={status.start_time} />
          </>
        }
      >
        {duration((status.time ?? 0) - (status.start_time ?? 0))}
      </Figure>
      <Figure name="Requests" more={before ? `${rate(totalOf(status) - totalOf(before), span)} in the last minute` : "since the start"}>
        {count(totalOf(status))}
      </Figure>
      <Figure name="Server errors" more="answers of 500 and above">
        {count(failed)}
      </Figure>
      <Figure name="Memory" more={process?.peak_resident_bytes !== undefined && `at most ${bytes(process.peak_resident_bytes)}`}>
        {process?.resident_bytes === undefined ? "–" : bytes(process.resident_bytes)}
      </Figure>
      <Figure name="Processor" more={`${duration(real(process?.cpu_seconds ?? 0) * 1000)} in all, ${plural(process?.threads ?? 0, "thread")}`}>
        {cpu === undefined ? "–" : `${cpu.toFixed(0)} %`}
      </Figure>
      <Figure name="Connections" more={`${bytes(listener?.received_bytes ?? 0)} in, ${bytes(listener?.sent_bytes ?? 0)} out`}>
        {count(listener?.open_connections ?? 0)}
      </Figure>
      <Figure name="Live pages" more="watch for changes">
        {count(listener?.live_streams ?? 0)}
      </Figure>
      <Figure name="Workers" more={`of ${plural(listener?.worker_threads ?? 0, "thread")}; ${count(listener?.queued_calls ?? 0)} waiting`}>
        {count(listener?.running_calls ?? 0)}
      </Figure>
      {writer && (
        <Figure name="Waiting writes" more={`${count(writer.writes ?? 0)} written in ${plural(writer.commits ?? 0, "commit")}, at most ${count(writer.largest_commit ?? 0)} in one`}>
          {count(writer.queued_writes ?? 0)}
        </Figure>
      )}
      <Figure name="Sign-in" more={status.app === undefined ? "whoever reaches the server may use it" : "the app decides who may do what"}>
        {status.app === undefined ? "Off" : <bdi>{status.app}</bdi>}
      </Figure>
    </dl>
  );
}

const roles: Record<string, string> = { tracking: "Experiments and runs", registry: "Registered models", artifacts: "Artifacts" };

function StoreState({ store }: { store: StoreStatus }) {
  if (store.reachable === undefined) return store.error === undefined ? <span className="muted">not asked</span> : <span className="state warn">Nobody serves it</span>;
  return store.reachable ? <span className="state good">Answers</span> : <span className="state bad">Does not answer</span>;
}

function Stores({ stores }: { stores: readonly StoreStatus[] }) {
  return (
    <section className="card" aria-label="Stores">
      <header>
        <h2>Stores</h2>
      </header>
      <PlainTable
        of="stores"
        head={
          <>
            <th>Of</th>
            <th>Where</th>
            <th>Provided by</th>
            <th>State</th>
            <th className="right">Size</th>
          </>
        }
      >
        {stores.map((store) => (
          <tr key={store.role}>
            <td className="tight">{roles[store.role ?? ""] ?? store.role}</td>
            <td className="mono">
              <bdi>{store.uri}</bdi>
            </td>
            <td>{store.plugin === undefined ? "built in" : <bdi className="strong">{store.plugin}</bdi>}</td>
            <td>
              <StoreState store={store} />
              {store.error && <p className="reason">{store.error}</p>}
            </td>
            <td className="right number">{store.bytes === undefined ? "–" : bytes(store.bytes)}</td>
          </tr>
        ))}
      </PlainTable>
    </section>
  );
}

/** Seconds as people read them: "0.4 ms", "12 ms", "1.2 s". */
export function shortTime(seconds: number | undefined): string {
  if (seconds === undefined) return "–";
  if (seconds === Infinity) return "> 10 s";
  const milliseconds = seconds * 1000;
  if (milliseconds < 10) return `${milliseconds.toPrecision(2)} ms`;
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${seconds.toFixed(1)} s`;
}

const columns = {
  operation: "Operation",
  requests: "Requests",
  client: "4xx",
  server: "5xx",
  mean: "Mean",
  p50: "50 %",
  p95: "95 %",
  p99: "99 %",
} as const;
type Column = keyof typeof columns;
type Row = Record<Exclude<Column, "operation">, number | undefined> & { operation: string };

function rowOf(operation: OperationStatus, bounds: readonly number[]): Row {
  const requests = requestsOf(operation);
  const below = (part: number) => percentile(bounds, operation.durations ?? [], part);
  return {
    operation: operation.operation ?? "",
    requests,
    client: operation.client_errors ?? 0,
    server: operation.server_errors ?? 0,
    mean: requests > 0 ? real(operation.seconds ?? 0) / requests : undefined,
    p50: below(0.5),
    p95: below(0.95),
    p99: below(0.99),
  };
}

function sorted(rows: Row[], by: Column): Row[] {
  if (by === "operation") return rows.sort((a, b) => a.operation.localeCompare(b.operation));
  return rows.sort((a, b) => (b[by] ?? -1) - (a[by] ?? -1));
}

function Requests({ status, before }: { status: ServerStatus; before: ServerStatus | undefined }) {
  const [recent, setRecent] = useState(false);
  const [by, setBy] = useState<Column>("requests");
  const counted = recent ? (before ? operationsSince(status, before) : []) : (status.operations ?? []);
  const bounds = (status.duration_bounds ?? []).map(real);
  const rows = sorted(
    counted.map((operation) => rowOf(operation, bounds)),
    by,
  );
  return (
    <section className="card" aria-label="Requests">
      <header>
        <h2 className="grow">Requests</h2>
        <div className="segments" role="group" aria-label="Counted">
          <button type="button" aria-pressed={!recent} onClick={() => setRecent(false)}>
            Since the start
          </button>
          <button type="button" aria-pressed={recent} onClick={() => setRecent(true)}>
            Last minute
          </button>
        </div>
      </header>
      {rows.length === 0 ? (
        <Empty title={recent && !before ? "Counted from now on: the first figures come in a few seconds" : "Nothing was asked"} />
      ) : (
        <PlainTable
          of="requests"
          head={
            <>
              {(Object.keys(columns) as Column[]).map((column) => (
                <th key={column} className={column === "operation" ? undefined : "right"} aria-sort={column !== by ? undefined : by === "operation" ? "ascending" : "descending"}>
                  <button type="button" className="sorter" onClick={() => setBy(column)}>
                    {columns[column]}
                    {column === by && <Icon name={by === "operation" ? "up" : "down"} />}
                  </button>
                </th>
              ))}
            </>
          }
        >
          {rows.map((row) => (
            <tr key={row.operation}>
              <td>{row.operation === "-" ? <span className="muted">pages, files and what is not served</span> : row.operation}</td>
              <td className="right number">{count(row.requests ?? 0)}</td>
              <td className="right number">{count(row.client ?? 0)}</td>
              <td className="right number">{count(row.server ?? 0)}</td>
              {([row.mean, row.p50, row.p95, row.p99] as const).map((seconds, i) => (
                <td key={i} className="right number">
                  {shortTime(seconds)}
                </td>
              ))}
            </tr>
          ))}
        </PlainTable>
      )}
    </section>
  );
}

function Plugins({ status }: { status: ServerStatus }) {
  const needed = status.plugins ?? [];
  return (
    <section className="card" aria-label="Plugins">
      <header>
        <h2 className="grow">Plugins</h2>
        <a href="#/plugins">
          {count(needed.length)} in use, {count(status.installed_plugins ?? 0)} installed
        </a>
      </header>
      {needed.length === 0 ? (
        <p className="muted note-body">No plugin was needed since the start.</p>
      ) : (
        <dl className="facts-list">
          {needed.map((health) => {
            const { state, word } = healthOf(health);
            return (
              <div key={health.id} style={{ display: "contents" }}>
                <dt>
                  <bdi>{health.id}</bdi>
                </dt>
                <dd>
                  <span className={`state ${state}`}>{word}</span> {health.resident_bytes ? <span className="muted">{bytes(health.resident_bytes)}</span> : null} <bdi className="muted">{health.fault?.slice(0, 300)}</bdi>
                </dd>
              </div>
            );
          })}
        </dl>
      )}
    </section>
  );
}
