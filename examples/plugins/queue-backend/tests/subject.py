"""A queue with the words that its tests are written in."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from pathlib import Path

from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess

MODULE = "millrace_queue_backend.backend"
ENDED = (m.JobStatus.STATE_FINISHED, m.JobStatus.STATE_FAILED, m.JobStatus.STATE_CANCELLED)


class Queue:
    def __init__(self, process: PluginProcess, place: Path, **settings: str) -> None:
        settings.setdefault("folder", f"{place}/queue")
        self.folder = place
        self.instance: Instance = process.open("project_backend", "queue", settings=settings)

    def job(
        self, *command: str, environment: dict[str, str] | None = None, configuration: str = ""
    ) -> m.ProjectJob:
        return m.ProjectJob(
            run_id=uuid.uuid4().hex,
            experiment_id="7",
            tracking_uri="http://127.0.0.1:1",
            working_directory=str(self.folder),
            command=command,
            environment=environment or {},
            backend_configuration=configuration,
            storage_directory=str(self.folder),
        )

    def submit(
        self, *command: str, environment: dict[str, str] | None = None, configuration: str = ""
    ) -> str:
        job = self.job(*command, environment=environment, configuration=configuration)
        return str(self.instance.call("Submit", job).job_id)

    def shell(self, script: str, *arguments: str, **options: str) -> str:
        return self.submit("/bin/sh", "-c", script, "sh", *arguments, **options)  # type: ignore[arg-type]

    def get(self, job: str) -> m.JobStatus:
        status = self.instance.call("GetJob", m.JobHandle(job_id=job))
        assert isinstance(status, m.JobStatus)
        return status

    def cancel(self, job: str) -> m.JobStatus:
        status = self.instance.call("CancelJob", m.JobHandle(job_id=job))
        assert isinstance(status, m.JobStatus)
        return status

    def log(self, job: str) -> bytes:
        return b"".join(self.instance.call("ReadLog", m.JobHandle(job_id=job)))

    def end_of(self, job: str) -> m.JobStatus:
        wait_for(lambda: self.get(job).state in ENDED)
        return self.get(job)

    def state_of(self, job: str) -> str:
        return m.JobStatus.State.Name(self.get(job).state)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "this takes too long"
        time.sleep(0.01)
