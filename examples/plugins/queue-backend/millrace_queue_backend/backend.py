"""The project backend: puts jobs into the queue, sees to it that workers run, and tells how jobs are."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from millrace.plugin import (
    CallContext,
    InvalidParameter,
    NotFound,
    Plugin,
    PluginOptions,
    ProjectBackend,
    ResourceExhausted,
    TemporarilyUnavailable,
)
from millrace.plugin.messages import CheckReport, JobHandle, JobStatus, ProjectJob

from millrace_queue_backend.jobs import Job, JobFolder

_PAUSE = 0.05
_PIECE = 1 << 16
_STATES = {
    "finished": JobStatus.STATE_FINISHED,
    "failed": JobStatus.STATE_FAILED,
    "cancelled": JobStatus.STATE_CANCELLED,
}

plugin = Plugin()


@plugin.project_backend("queue")
class QueueBackend(ProjectBackend):
    """All state is in the folder, so that plugins and servers come and go while jobs run."""

    def __init__(self, options: PluginOptions) -> None:
        self._slots = _at_least_1(options, "parallel_jobs", 2)
        self._most_waiting = _at_least_1(options, "queued_jobs", 100)
        self._grace = options.number("grace_seconds", 5.0)
        if not 0 <= self._grace <= 3600:
            raise InvalidParameter("'grace_seconds' must be 0 to 3600")
        root = _root(options.string("folder", ""))
        try:
            self._jobs = JobFolder(root)
            self._jobs.forget_ended_before(time.time() - options.number("keep_days", 30) * 86400)
        except OSError as error:
            raise TemporarilyUnavailable(f"the folder {root} cannot be used: {error.strerror}") from error
        self._starting = threading.Lock()
        self._workers: list[subprocess.Popen[bytes]] = []
        self._see_to_workers()

    def check(self, context: CallContext) -> Iterable[CheckReport.Finding]:
        message = f"{len(self._jobs.waiting())} jobs wait in {self._jobs.root}"
        return [CheckReport.Finding(subject="queue", outcome=CheckReport.OUTCOME_FINE, message=message)]

    def submit(self, context: CallContext, request: ProjectJob) -> JobHandle:
        try:
            job = self._jobs.add({**_description(request), "grace": self._grace}, self._most_waiting)
        except OSError as error:
            raise TemporarilyUnavailable(f"the job cannot be kept: {error.strerror}") from error
        if job is None:
            raise ResourceExhausted(f"{self._most_waiting} jobs wait already: try again when some have ended")
        self._see_to_workers()
        return JobHandle(job_id=job.id)

    def get_job(self, context: CallContext, request: JobHandle) -> JobStatus:
        return self._status(self._find(request))

    def cancel_job(self, context: CallContext, request: JobHandle) -> JobStatus:
        job = self._find(request)
        claim = job.take()
        if claim is None:
            if job.result() is None:
                job.ask_to_stop()
        else:
            with claim:
                job.end("cancelled", message="cancelled before it began")
        return self._status(job)

    def read_log(self, context: CallContext, request: JobHandle) -> Iterator[bytes]:
        return self._follow_log(context, self._find(request))

    def _follow_log(self, context: CallContext, job: Job) -> Iterator[bytes]:
        with job.log.open("rb") as log:
            while True:
                ended = self._status(job).state in _STATES.values()  # before the last look, not after it
                while piece := log.read(_PIECE):
                    yield piece
                if ended:
                    return
                context.check()
                time.sleep(_PAUSE)

    def _find(self, handle: JobHandle) -> Job:
        job = self._jobs.find(handle.job_id)
        if job is None:
            raise NotFound(f"this queue has no job '{handle.job_id}'")
        return job

    def _status(self, job: Job) -> JobStatus:
        if job.waiting.exists():
            self._see_to_workers()  # a worker that was killed has not looked for the next job
            return JobStatus(state=JobStatus.STATE_QUEUED, message="waits for its turn")
        if job.result() is None:
            job.bury_if_lost()
        result = job.result()
        if result is None:
            return JobStatus(state=JobStatus.STATE_RUNNING)
        return JobStatus(state=_STATES[result.state], exit_status=result.exit_status, message=result.message)

    def _see_to_workers(self) -> None:
        with self._starting:
            self._workers = [worker for worker in self._workers if worker.poll() is None]
            if self._jobs.waiting() and self._jobs.has_free_slot(self._slots):
                self._workers.append(self._start_worker())

    def _start_worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "millrace_queue_backend.worker"]
        with (self._jobs.root / "worker.log").open("ab") as log:
            return subprocess.Popen(
                [*command, str(self._jobs.root), str(self._slots)],
                cwd=Path(__file__).resolve().parent.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def _root(folder: str) -> Path:
    if folder and not Path(folder).is_absolute():
        raise InvalidParameter("'folder' must be an absolute path")
    if folder:
        return Path(folder)
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "millrace/queue"


def _at_least_1(options: PluginOptions, key: str, default: int) -> int:
    value = options.integer(key, default)
    if not 1 <= value <= 10_000:
        raise InvalidParameter(f"'{key}' must be 1 to 10000")
    return value


def _description(job: ProjectJob) -> dict[str, Any]:
    """What a worker needs. Throws INVALID_PARAMETER_VALUE for what nobody could run."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("MILLRACE_PLUGIN_")
    }
    environment.update(job.environment)
    environment["MLFLOW_RUN_ID"] = job.run_id
    environment["MLFLOW_EXPERIMENT_ID"] = job.experiment_id
    environment["MLFLOW_TRACKING_URI"] = job.tracking_uri
    if not job.command or not job.command[0]:
        raise InvalidParameter("the job has no command")
    if not Path(job.working_directory).is_dir():
        raise InvalidParameter(f"there is no folder '{job.working_directory}' to run the job in")
    texts = [*job.command, *environment, *environment.values()]
    if any("\0" in text for text in texts) or any("=" in name or not name for name in environment):
        raise InvalidParameter("command and environment have no NUL, and names of variables no '='")
    return {
        "command": list(job.command),
        "working_directory": job.working_directory,
        "environment": environment,
        "time_limit": _time_limit(job.backend_configuration),
    }


def _time_limit(configuration: str) -> float | None:
    """Of the user's configuration, which has nothing else in it."""
    try:
        settings = json.loads(configuration or "{}")
    except (ValueError, RecursionError):
        raise InvalidParameter("the configuration of the backend is no JSON") from None
    if not isinstance(settings, dict) or set(settings) - {"time_limit_seconds"}:
        raise InvalidParameter('the configuration of this backend is {"time_limit_seconds": number} or {}')
    limit = settings.get("time_limit_seconds")
    if limit is None:
        return None
    if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not 0 < limit < math.inf:
        raise InvalidParameter("'time_limit_seconds' must be a number greater than 0")
    return float(limit)
