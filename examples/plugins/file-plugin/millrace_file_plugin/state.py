"""What the records of a tracking journal amount to: experiments and runs in memory.

Messages that were handed out are never changed, only replaced.
"""

from __future__ import annotations

from millrace.plugin import InvalidState, NotFound
from millrace.plugin.messages import (
    Experiment,
    ExperimentChanges,
    ExperimentTag,
    ExperimentTagKey,
    ExperimentTagWrite,
    Metric,
    MetricDeletion,
    NewRun,
    Param,
    Run,
    RunChanges,
    RunData,
    RunDataWrite,
    RunInfo,
    RunInputs,
    RunOutputs,
    RunTag,
    RunTagKey,
)

from millrace_file_plugin.points import Point, Points
from millrace_file_plugin.records import Records

RUN_NAME = "mlflow.runName"


class RunState:
    """One run with all its data."""

    def __init__(self, info: RunInfo) -> None:
        self.info = info
        self.metrics: dict[str, Points] = {}
        self.params: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self._message: Run | None = None

    def change(self, **fields: object) -> None:
        """Sets fields of the info."""
        info = RunInfo()
        info.CopyFrom(self.info)
        for name, value in fields.items():
            setattr(info, name, value)
        self.info = info
        self._message = None

    def rename(self, name: str) -> None:
        self.change(run_name=name)
        self.tags[RUN_NAME] = name

    def set_tag(self, key: str, value: str) -> None:
        if key == RUN_NAME and value:
            self.rename(value)
        self.tags[key] = value
        self._message = None

    def delete_tag(self, key: str) -> None:
        self.tags.pop(key, None)
        self._message = None

    def write(self, data: RunDataWrite) -> None:
        for metric in data.metrics:
            self.metrics.setdefault(metric.key, Points()).add(Point.of(metric))
        for param in data.params:
            self.params.setdefault(param.key, param.value)
        for tag in data.tags:
            self.set_tag(tag.key, tag.value)
        self._message = None

    def delete_metrics(self, deletion: MetricDeletion) -> None:
        for key in self.keys_of(deletion):
            self.metrics[key].delete_after(step_of(deletion))
            if self.metrics[key].latest is None:
                del self.metrics[key]
        self._message = None

    def keys_of(self, deletion: MetricDeletion) -> list[str]:
        """The metrics that a deletion means."""
        named = set(deletion.metric_keys) or set(self.metrics)
        return [key for key in self.metrics if key in named]

    def message(self) -> Run:
        """The run as the contract shows it."""
        if self._message is None:
            self._message = Run(info=self.info, data=self._data(), inputs=RunInputs(), outputs=RunOutputs())
        return self._message

    def _data(self) -> RunData:
        data = RunData()
        for key, points in sorted(self.metrics.items()):
            if points.latest is not None:
                data.metrics.append(_latest(key, points.latest))
        data.params.extend(Param(key=key, value=value) for key, value in sorted(self.params.items()))
        data.tags.extend(RunTag(key=key, value=value) for key, value in sorted(self.tags.items()))
        return data


class State(Records):
    """All experiments and runs. The journal sees to it that one thread at a time is inside."""

    def __init__(self) -> None:
        self.experiments: dict[str, Experiment] = {}
        self.runs: dict[str, RunState] = {}
        super().__init__(
            (
                (Experiment, self._create_experiment),
                (ExperimentChanges, self._change_experiment),
                (ExperimentTagWrite, self._set_experiment_tag),
                (ExperimentTagKey, self._delete_experiment_tag),
                (NewRun, self._create_run),
                (RunChanges, self._change_run),
                (RunDataWrite, lambda data: self.runs[data.run_id].write(data)),
                (RunTagKey, lambda tag: self.runs[tag.run_id].delete_tag(tag.key)),
                (MetricDeletion, lambda deletion: self.runs[deletion.run_id].delete_metrics(deletion)),
            )
        )

    def experiment(self, experiment_id: str, required_stage: str = "") -> Experiment:
        """Throws when there is no such experiment or it is in another stage."""
        found = self.experiments.get(experiment_id)
        if found is None:
            raise NotFound(f"No Experiment with id={experiment_id} exists")
        _require_stage(f"experiment {experiment_id}", found.lifecycle_stage, required_stage)
        return found

    def experiment_named(self, name: str) -> Experiment | None:
        return next((found for found in self.experiments.values() if found.name == name), None)

    def run(self, run_id: str, required_stage: str = "") -> RunState:
        """Throws when there is no such run or it is in another stage."""
        found = self.runs.get(run_id)
        if found is None:
            raise NotFound(f"Run with id={run_id} not found")
        _require_stage(f"run {run_id}", found.info.lifecycle_stage, required_stage)
        return found

    # ---- records ----

    def _create_experiment(self, experiment: Experiment) -> None:
        self.experiments[experiment.experiment_id] = experiment

    def _change_experiment(self, changes: ExperimentChanges) -> None:
        experiment = self._replaced(changes.experiment_id, changes.update_time)
        if changes.HasField("name"):
            experiment.name = changes.name
        if changes.HasField("lifecycle_stage"):
            experiment.lifecycle_stage = changes.lifecycle_stage
            for run in self.runs.values():
                if run.info.experiment_id == changes.experiment_id:
                    run.change(lifecycle_stage=changes.lifecycle_stage)

    def _set_experiment_tag(self, tag: ExperimentTagWrite) -> None:
        experiment = self._replaced(tag.experiment_id, tag.update_time)
        _remove_tag(experiment, tag.key)
        experiment.tags.add(key=tag.key, value=tag.value)

    def _delete_experiment_tag(self, tag: ExperimentTagKey) -> None:
        _remove_tag(self._replaced(tag.experiment_id, tag.update_time), tag.key)

    def _create_run(self, new: NewRun) -> None:
        run = RunState(new.info)
        for tag in new.tags:
            run.set_tag(tag.key, tag.value)
        self.runs[new.info.run_id] = run

    def _change_run(self, changes: RunChanges) -> None:
        run = self.runs[changes.run_id]
        for name in ("status", "end_time", "lifecycle_stage"):
            if changes.HasField(name):
                run.change(**{name: getattr(changes, name)})
        if changes.HasField("run_name"):
            run.rename(changes.run_name)

    def _replaced(self, experiment_id: str, update_time: int) -> Experiment:
        """Puts a copy of the experiment in its place, and gives it to be changed."""
        experiment = Experiment()
        experiment.CopyFrom(self.experiments[experiment_id])
        if update_time:
            experiment.last_update_time = update_time
        self.experiments[experiment_id] = experiment
        return experiment


def step_of(deletion: MetricDeletion) -> int | None:
    """The last step that a deletion keeps; None when it keeps none."""
    return deletion.after_step if deletion.HasField("after_step") else None


def _latest(key: str, point: Point) -> Metric:
    return Metric(key=key, value=point.value, timestamp=point.timestamp, step=point.step)


def _remove_tag(experiment: Experiment, key: str) -> None:
    kept: list[ExperimentTag] = [tag for tag in experiment.tags if tag.key != key]
    del experiment.tags[:]
    experiment.tags.extend(kept)


def _require_stage(what: str, stage: str, required: str) -> None:
    if required and stage != required:
        raise InvalidState(f"The {what} must be in the '{required}' state. Current state is {stage}.")
