import "../styles/charts.css";
import "../styles/run.css";

import { useQuery } from "@tanstack/react-query";
import { Fragment, useEffect, useMemo, useState } from "react";

import { call } from "../api/client";
import { compareRuns } from "../api/differences";
import { Swatch } from "../charts/swatch";
import { number, plural } from "../format";
import { setCrumbs } from "../parts/crumbs";
import { later } from "../parts/later";
import { Empty, Fault, Loading } from "../parts/small";
import { link, setSearch, usePlace } from "../router";

const FileDiff = later(() => import("../compare/file-diff").then((part) => part.FileDiff), "files");
const MediaPanels = later(() => import("../media/media-panels").then((part) => part.MediaPanels));
const MetricCharts = later(() => import("../charts/metric-charts").then((part) => part.MetricCharts), "charts");

const mostRuns = 100;

export function ComparePage({ runs: asked }: { runs: readonly string[] }) {
  const ids = useMemo(() => asked.filter((id) => /^\w{1,64}$/.test(id)).slice(0, mostRuns), [asked]);
  const [all, setAll] = useState(false);
  const withFiles = usePlace().search.has("files");
  const query = useQuery({
    queryKey: ["compare", ids],
    queryFn: async ({ signal }) => {
      const filter = `attributes.run_id IN (${ids.map((id) => `'${id}'`).join(",")})`;
      const found = (await call("SearchRuns", { experiment_ids: ["ALL"], filter, run_view_type: "ALL", max_results: mostRuns }, signal)).runs ?? [];
      return found.sort((a, b) => ids.indexOf(a.info?.run_id ?? "") - ids.indexOf(b.info?.run_id ?? ""));
    },
    enabled: ids.length > 0,
  });
  const runs = useMemo(() => query.data ?? [], [query.data]);
  const names = useMemo(() => runs.map((run, number) => ({ id: run.info?.run_id ?? "", name: run.info?.run_name ?? "", number })), [runs]);
  const groups = useMemo(() => compareRuns(runs), [runs]);
  const metrics = useMemo(() => [...new Set(runs.flatMap((run) => (run.data?.metrics ?? []).map((metric) => metric.key ?? "")))].sort((a, b) => a.localeCompare(b)), [runs]);
  useEffect(() => {
    const experiment = runs[0]?.info?.experiment_id;
    setCrumbs([{ text: "Experiments", href: "#/experiments" }, ...(experiment ? [{ text: `Experiment ${experiment}`, href: link(`/experiments/${experiment}`) }] : []), { text: "Compare" }]);
  }, [runs]);
  if (ids.length === 0) return <Empty title="No runs to compare: select some in a table of runs" />;
  if (query.error) {
    return (
      <div className="page">
        <Fault fault={query.error} retry={() => void query.refetch()} />
      </div>
    );
  }
  if (!query.data) return <Loading what="runs" />;
  const same = groups.reduce((sum, group) => sum + group.rows.filter((row) => !row.differs).length, 0);
  return (
    <div className="page">
      <div className="bar">
        <h1 style={{ marginRight: "auto" }}>Compare {plural(runs.length, "run")}</h1>
        <button type="button" className="button" aria-pressed={withFiles} disabled={runs.length < 2} onClick={() => setSearch(withFiles ? { files: undefined, base: undefined, against: undefined, file: undefined } : { files: "1" })}>
          Files
        </button>
        <button type="button" className="button" aria-pressed={all} disabled={same === 0} onClick={() => setAll(!all)}>
          {plural(same, "equal row")}
        </button>
      </div>
      {runs.length < ids.length && <p className="notice warn">{plural(ids.length - runs.length, "run")} could not be found.</p>}
      {withFiles && runs.length > 1 && (
        <FileDiff runs={names} />
      )}
      <div className="card compare" tabIndex={0} role="region" aria-label="Params, metrics and tags side by side">
        <table>
          <thead>
            <tr>
              <th>
                <span className="unseen">Name</span>
              </th>
              {names.map((run) => (
                <th key={run.id} scope="col">
                  <span className="row">
                    <Swatch number={run.number} />
                    <a className="clip" href={link(`/experiments/${runs[run.number]?.info?.experiment_id ?? ""}/runs/${run.id}`)} title={run.name}>
                      <bdi>{run.name || run.id}</bdi>
                    </a>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {groups.map(({ title, rows }) => {
              const shown = rows.filter((row) => all || row.differs);
              if (shown.length === 0) return null;
              return (
                <Fragment key={title}>
                  <tr className="group">
                    <th scope="rowgroup">{title}</th>
                    <td colSpan={names.length} />
                  </tr>
                  {shown.map((row) => (
                    <tr key={row.key} className={row.differs && all ? "differs" : undefined}>
                      <th scope="row" title={row.key}>
                        <bdi>{row.key}</bdi>
                      </th>
                      {row.values.map((value, i) => (
                        <td key={names[i]?.id ?? i} className={title === "Metrics" ? "number" : "mono"} title={value}>
                          {value === undefined ? <span className="muted">–</span> : <bdi>{title === "Metrics" ? number(Number(value)) : value}</bdi>}
                        </td>
                      ))}
                    </tr>
                  ))}
                </Fragment>
              );
            })}
          </tbody>
        </table>
      </div>
      <MediaPanels runs={names} />
      {metrics.length > 0 && (
        <>
          <h2>Charts</h2>
          <MetricCharts keys={metrics} runs={names} />
        </>
      )}
    </div>
  );
}
