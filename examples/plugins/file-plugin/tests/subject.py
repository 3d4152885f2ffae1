"""A tracking store with the words that its tests are written in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path

from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess

NOTHING: Mapping[str, str] = {}


class Subject:
    def __init__(self, process: PluginProcess, folder: Path) -> None:
        self.instance: Instance = process.open("tracking_store", "file-plugin", uri=f"file-plugin:{folder}")

    def experiment(self, name: str = "e") -> str:
        request = m.NewExperiment(name=name, artifact_root="root:/artifacts", creation_time=1000)
        return str(self.instance.call("CreateExperiment", request).experiment_id)

    def find(self, experiment_id: str) -> m.Experiment:
        found = self.instance.call("GetExperiment", m.ExperimentLookup(experiment_id=experiment_id))
        assert isinstance(found, m.Experiment)
        return found

    def set_stage(self, experiment_id: str, required: str, stage: str) -> None:
        changes = m.ExperimentChanges(
            experiment_id=experiment_id, required_stage=required, lifecycle_stage=stage, update_time=2000
        )
        self.instance.call("UpdateExperiment", changes)

    def run(self, experiment_id: str, start_time: int = 1, name: str = "run") -> str:
        info = m.RunInfo(
            run_id=uuid.uuid4().hex,
            run_name=name,
            experiment_id=experiment_id,
            user_id="user",
            status=m.RUNNING,
            start_time=start_time,
            lifecycle_stage="active",
        )
        tags = [m.RunTag(key="mlflow.runName", value=name)]
        return str(self.instance.call("CreateRun", m.NewRun(info=info, tags=tags)).info.run_id)

    def get(self, run_id: str) -> m.Run:
        found = self.instance.call("GetRun", m.RunLookup(run_id=run_id))
        assert isinstance(found, m.Run)
        return found

    def change(self, run_id: str, **changes: object) -> m.RunInfo:
        changed = self.instance.call("UpdateRun", m.RunChanges(run_id=run_id, **changes))  # type: ignore[arg-type]
        assert isinstance(changed, m.RunInfo)
        return changed

    def write(
        self,
        run_id: str,
        *metrics: m.Metric,
        params: Mapping[str, str] = NOTHING,
        tags: Mapping[str, str] = NOTHING,
    ) -> m.RunDataOutcome:
        data = m.RunDataWrite(
            run_id=run_id,
            metrics=metrics,
            params=[m.Param(key=key, value=value) for key, value in params.items()],
            tags=[m.RunTag(key=key, value=value) for key, value in tags.items()],
        )
        outcome = self.instance.call("WriteRunData", data)
        assert isinstance(outcome, m.RunDataOutcome)
        return outcome

    def metric(self, run_id: str, key: str, value: float, step: int = 0, timestamp: int = 1) -> None:
        self.write(run_id, m.Metric(key=key, value=value, step=step, timestamp=timestamp))

    def history(self, *run_ids: str, key: str = "m", limit: int = 1000) -> list[m.MetricWithRunId]:
        query = m.MetricHistoryQuery(run_ids=run_ids, metric_key=key, page=m.Page(limit=limit))
        points: list[m.MetricWithRunId] = []
        while True:
            page = self.instance.call("GetMetricHistory", query)
            assert len(page.metrics) <= limit
            points.extend(page.metrics)
            query.page.cursor = page.next_cursor
            if not page.next_cursor:
                return points

    def search(
        self,
        *experiment_ids: str,
        where: m.Filter | None = None,
        order: list[m.OrderBy] | None = None,
        view: m.ViewType = m.ACTIVE_ONLY,
        limit: int = 1000,
    ) -> list[str]:
        terms = [*(order or []), by("start_time", descending=True), by("run_id")]
        query = m.RunQuery(
            experiment_ids=experiment_ids,
            view_type=view,
            filter=where,
            order_by=terms,
            page=m.Page(limit=limit),
        )
        found: list[str] = []
        while True:
            answer = self.instance.call("SearchRuns", query)
            assert len(answer.runs) <= limit
            found.extend(run.info.run_id for run in answer.runs)
            query.page.cursor = answer.next_cursor
            if not answer.next_cursor:
                return found


def latest(run: m.Run) -> dict[str, float]:
    return {metric.key: metric.value for metric in run.data.metrics}


def params(run: m.Run) -> dict[str, str]:
    return {param.key: param.value for param in run.data.params}


def tags(run: m.Run) -> dict[str, str]:
    return {tag.key: tag.value for tag in run.data.tags}


def by(name: str, kind: m.FieldKind = m.FIELD_KIND_ATTRIBUTE, descending: bool = False) -> m.OrderBy:
    return m.OrderBy(field=m.FieldRef(kind=kind, name=name), descending=descending)


def where(kind: m.FieldKind, name: str, comparator: m.Comparator, **value: object) -> m.Filter:
    field = m.FieldRef(kind=kind, name=name)
    return m.Filter(comparison=m.Comparison(field=field, comparator=comparator, **value))  # type: ignore[arg-type]
