"""The tracking store: each operation decides whether it may happen, records it, and answers."""

from __future__ import annotations

from collections.abc import Iterable

from millrace.plugin import AlreadyExists, CallContext, NotFound, PluginOptions, TrackingStore
from millrace.plugin.messages import (
    CheckReport,
    Experiment,
    ExperimentChanges,
    ExperimentLookup,
    ExperimentPage,
    ExperimentQuery,
    ExperimentTagKey,
    ExperimentTagWrite,
    MetricDeletion,
    MetricDeletionOutcome,
    MetricHistoryPage,
    MetricHistoryQuery,
    NewExperiment,
    NewRun,
    Run,
    RunChanges,
    RunDataOutcome,
    RunDataWrite,
    RunInfo,
    RunLookup,
    RunPage,
    RunQuery,
    RunTagKey,
)
from millrace.plugin.search import experiment_field, matches, ordered, page_of, run_field, visible

from millrace_file_plugin.folders import check_of, root_of
from millrace_file_plugin.records import Kept
from millrace_file_plugin.state import RunState, State, step_of


class JournalStore(TrackingStore):
    """Keeps everything in `<folder>/tracking.journal` and, for answers, in memory."""

    def __init__(self, options: PluginOptions) -> None:
        self._folder = root_of(options.uri)
        self._kept = Kept(self._folder / "tracking.journal", State())

    def close(self) -> None:
        self._kept.close()

    def check(self, context: CallContext) -> Iterable[CheckReport.Finding]:
        return [check_of(self._folder)]

    # ---- experiments ----

    def create_experiment(self, context: CallContext, request: NewExperiment) -> Experiment:
        with self._kept.writing() as (state, record):
            _refuse_taken_name(state, request.name)
            new_id = str(len(state.experiments))  # nothing is ever removed
            location = request.artifact_location or _below(request.artifact_root, new_id)
            record(
                Experiment(
                    experiment_id=new_id,
                    name=request.name,
                    artifact_location=location,
                    lifecycle_stage="active",
                    creation_time=request.creation_time,
                    last_update_time=request.creation_time,
                    tags=request.tags,
                )
            )
            return state.experiment(new_id)

    def get_experiment(self, context: CallContext, request: ExperimentLookup) -> Experiment:
        with self._kept.reading() as state:
            if request.WhichOneof("by") != "name":
                return state.experiment(request.experiment_id)
            found = state.experiment_named(request.name)
        if found is None:
            raise NotFound(f"Could not find experiment with name '{request.name}'")
        return found

    def update_experiment(self, context: CallContext, request: ExperimentChanges) -> None:
        with self._kept.writing() as (state, record):
            experiment = state.experiment(request.experiment_id, request.required_stage)
            if request.HasField("name") and request.name != experiment.name:
                _refuse_taken_name(state, request.name)
            record(request)

    def search_experiments(self, context: CallContext, request: ExperimentQuery) -> ExperimentPage:
        with self._kept.reading() as state:
            everything = list(state.experiments.values())
        shown = [entry for entry in everything if visible(entry.lifecycle_stage, request.view_type)]
        found = [entry for entry in shown if matches(request.filter, experiment_field(entry))]
        ordered(found, request.order_by, experiment_field)
        experiments, next_cursor = page_of(found, request.page)
        return ExperimentPage(experiments=experiments, next_cursor=next_cursor)

    def set_experiment_tag(self, context: CallContext, request: ExperimentTagWrite) -> None:
        with self._kept.writing() as (state, record):
            state.experiment(request.experiment_id, "active")
            record(request)

    def delete_experiment_tag(self, context: CallContext, request: ExperimentTagKey) -> None:
        with self._kept.writing() as (state, record):
            experiment = state.experiment(request.experiment_id, "active")
            if all(tag.key != request.key for tag in experiment.tags):
                where = f"experiment with id {request.experiment_id}"
                raise NotFound(f"No tag with name: {request.key} in {where}")
            record(request)

    # ---- runs ----

    def create_run(self, context: CallContext, request: NewRun) -> Run:
        with self._kept.writing() as (state, record):
            run_id = request.info.run_id
            experiment = state.experiment(request.info.experiment_id, "active")
            if run_id in state.runs:
                raise AlreadyExists(f"Run with id={run_id} already exists")
            new = NewRun(info=request.info, tags=request.tags)
            new.info.run_uuid = run_id
            new.info.lifecycle_stage = "active"
            new.info.artifact_uri = _below(experiment.artifact_location, f"{run_id}/artifacts")
            record(new)
            return state.run(run_id).message()

    def get_run(self, context: CallContext, request: RunLookup) -> Run:
        with self._kept.reading() as state:
            run = state.run(request.run_id)
            return Run(info=run.info) if request.info_only else run.message()

    def update_run(self, context: CallContext, request: RunChanges) -> RunInfo:
        with self._kept.writing() as (state, record):
            state.run(request.run_id, request.required_stage)
            record(request)
            return state.run(request.run_id).info

    def search_runs(self, context: CallContext, request: RunQuery) -> RunPage:
        wanted = set(request.experiment_ids)
        with self._kept.reading() as state:
            everything = [
                run.message() for run in state.runs.values() if not wanted or run.info.experiment_id in wanted
            ]
        shown = [run for run in everything if visible(run.info.lifecycle_stage, request.view_type)]
        found = [run for run in shown if matches(request.filter, run_field(run))]
        ordered(found, request.order_by, run_field)
        runs, next_cursor = page_of(found, request.page)
        return RunPage(runs=runs, next_cursor=next_cursor)

    def delete_run_tag(self, context: CallContext, request: RunTagKey) -> None:
        with self._kept.writing() as (state, record):
            if request.key not in state.run(request.run_id, "active").tags:
                raise NotFound(f"No tag with name: {request.key} in run with id {request.run_id}")
            record(request)

    # ---- data of runs ----

    def write_run_data(self, context: CallContext, request: RunDataWrite) -> RunDataOutcome:
        with self._kept.writing() as (state, record):
            outcome = _conflicts(state.run(request.run_id, "active"), request)
            if not outcome.conflicts:
                record(request)
            return outcome

    def get_metric_history(self, context: CallContext, request: MetricHistoryQuery) -> MetricHistoryPage:
        key = request.metric_key
        with self._kept.reading() as state:
            runs = [state.runs[run_id] for run_id in sorted(set(request.run_ids)) if run_id in state.runs]
            points = [
                point
                for run in runs
                if key in run.metrics
                for point in run.metrics[key].history(run.info.run_id, key)
            ]
        metrics, next_cursor = page_of(points, request.page)
        return MetricHistoryPage(metrics=metrics, next_cursor=next_cursor)

    def delete_metrics(self, context: CallContext, request: MetricDeletion) -> MetricDeletionOutcome:
        with self._kept.writing() as (state, record):
            run = state.run(request.run_id, "active")
            count = sum(run.metrics[key].count_after(step_of(request)) for key in run.keys_of(request))
            record(request)
            return MetricDeletionOutcome(deleted_points=count)


def _refuse_taken_name(state: State, name: str) -> None:
    taken = state.experiment_named(name)
    if taken is not None:
        hint = " It is deleted; restore it to use the name." if taken.lifecycle_stage == "deleted" else ""
        raise AlreadyExists(f"Experiment(name={name}) already exists.{hint}")


def _conflicts(run: RunState, request: RunDataWrite) -> RunDataOutcome:
    """The params of a write that have another value already."""
    outcome = RunDataOutcome()
    for param in request.params:
        existing = run.params.get(param.key, param.value)
        if existing != param.value:
            outcome.conflicts.add(key=param.key, existing_value=existing, new_value=param.value)
    return outcome


def _below(root: str, path: str) -> str:
    return f"{root.rstrip('/')}/{path}"
