"""Runs projects as processes of this machine.

What is known of a job stands in a folder below its storage directory: the group of its processes, its
output, and, when it has ended, its exit status. So a job is known after a restart of the plugin.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from millrace.plugin import (
    CallContext,
    InvalidParameter,
    NotFound,
    PluginOptions,
    ProjectBackend,
    TemporarilyUnavailable,
)
from millrace.plugin.messages import JobHandle, JobStatus, ProjectJob

_FOLDER = "sample-plugin-"  # and a random name
_PIECE = 1 << 16
_PAUSE = 0.1  # seconds between looks at a log that may grow
# Writes how the command ended. The names are set by the plugin, the command comes as arguments: no quoting.
_WRAPPER = '"$@"; status=$?; echo $status > "$0.new" && mv "$0.new" "$0"; exit $status'


class SamplePlugin(ProjectBackend):
    def __init__(self, options: PluginOptions) -> None:
        self._nice = options.integer("nice", 0)
        if not 0 <= self._nice <= 19:
            raise InvalidParameter("the setting 'nice' must lie between 0 and 19")

    def submit(self, context: CallContext, request: ProjectJob) -> JobHandle:
        folder = Path(request.storage_directory) / (_FOLDER + uuid.uuid4().hex)
        environment = {**os.environ, **request.environment}
        environment["MLFLOW_RUN_ID"] = request.run_id
        environment["MLFLOW_EXPERIMENT_ID"] = request.experiment_id
        environment["MLFLOW_TRACKING_URI"] = request.tracking_uri
        wrapper = ["/bin/sh", "-c", _WRAPPER, str(folder / "exit-status")]
        try:
            folder.mkdir(parents=True)
            with (folder / "log").open("wb") as log:
                process = subprocess.Popen(
                    ["/usr/bin/env", "nice", "-n", str(self._nice), *wrapper, *request.command],
                    cwd=request.working_directory,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # it does not end with the plugin
                )
            (folder / "group").write_text(str(process.pid))
        except (OSError, ValueError) as error:
            raise TemporarilyUnavailable(f"the job cannot be started: {error}") from error
        threading.Thread(target=process.wait, daemon=True).start()  # leaves no zombie
        return JobHandle(job_id=json.dumps([str(folder)]))

    def get_job(self, context: CallContext, request: JobHandle) -> JobStatus:
        folder = _folder_of(request)
        cancelled = (folder / "cancelled").exists()
        running = _is_running(folder)
        status = _exit_status(folder)  # after the look at the process, which writes it before it ends
        if cancelled and not running:
            return JobStatus(state=JobStatus.STATE_CANCELLED, message="the job was cancelled")
        if status is not None:
            state = JobStatus.STATE_FAILED if status else JobStatus.STATE_FINISHED
            return JobStatus(state=state, exit_status=status)
        if running:
            return JobStatus(state=JobStatus.STATE_RUNNING)
        return JobStatus(state=JobStatus.STATE_FAILED, message="the job was killed, or the machine restarted")

    def cancel_job(self, context: CallContext, request: JobHandle) -> JobStatus:
        folder = _folder_of(request)
        if _exit_status(folder) is None and _is_running(folder):
            (folder / "cancelled").touch()
            _send(_group_of(folder), signal.SIGTERM)
        return self.get_job(context, request)

    def read_log(self, context: CallContext, request: JobHandle) -> Iterator[bytes]:
        folder = _folder_of(request)
        with (folder / "log").open("rb") as log:
            while True:
                context.check()
                ended = not _is_running(folder)
                while piece := log.read(_PIECE):
                    yield piece
                if ended:
                    return
                time.sleep(_PAUSE)


def _folder_of(handle: JobHandle) -> Path:
    try:
        (name,) = json.loads(handle.job_id)
        folder = Path(name)
        known = folder.name.startswith(_FOLDER) and (folder / "group").is_file()
    except (ValueError, TypeError):
        known = False
    if not known:
        raise NotFound(f"there is no job '{handle.job_id[:200]}'")
    return folder


def _group_of(folder: Path) -> int:
    return int((folder / "group").read_text())


def _exit_status(folder: Path) -> int | None:
    try:
        return int((folder / "exit-status").read_text())
    except FileNotFoundError:
        return None


def _is_running(folder: Path) -> bool:
    """Whether a process of the job is there. One that only waits to be collected counts as gone."""
    group = _group_of(folder)
    try:
        state = Path(f"/proc/{group}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _send(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it may have ended meanwhile
        os.killpg(group, number)
