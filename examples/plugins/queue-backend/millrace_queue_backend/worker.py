"""A worker: takes a slot, runs jobs until none waits, and goes.

    python -m millrace_queue_backend.worker FOLDER SLOTS

It is a session of its own, so that it outlives the plugin that started it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from millrace_queue_backend.jobs import Job, JobFolder

# Seconds between two looks at a job that runs.
_PAUSE = 0.05


def work(jobs: JobFolder, slots: int) -> None:
    """Whoever adds a job while all slots are taken starts no worker, so each looks again when it has left."""
    seen: set[str] = set()  # of those that it could not take another took care
    while fresh := [job for job in jobs.waiting() if job.id not in seen]:
        with jobs.slot(slots) as mine:
            if not mine:
                return
            for job in fresh:
                seen.add(job.id)
                _run_if_free(job)


def _run_if_free(job: Job) -> None:
    claim = job.take()
    if claim is None:
        return
    with claim:
        try:
            _run(job)
        except OSError as error:
            job.end("failed", message=f"the job cannot be run: {error}")


def _run(job: Job) -> None:
    if job.should_stop():
        return job.end("cancelled", message="cancelled before it began")
    description = job.description()
    with job.log.open("ab") as log:
        try:
            process = subprocess.Popen(
                description["command"],
                cwd=description["working_directory"],
                env=description["environment"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        except OSError as error:
            what = description["command"][0]
            return job.end("failed", message=f"'{what}' cannot be started: {error.strerror}")
    try:
        job.started(process.pid)
        why = _follow(job, process.pid, description["time_limit"], description["grace"])
    finally:
        # What the job left behind ends with it. It is not reaped yet, so the number is still its own.
        os.killpg(process.pid, signal.SIGKILL)
    status = process.wait()
    if why == "cancelled":
        return job.end("cancelled", message="cancelled")
    if why:
        return job.end("failed", message=why)
    if status < 0:
        return job.end("failed", message=f"ended by {signal.Signals(-status).name}")
    return job.end("failed" if status else "finished", status, f"exit status {status}" if status else "")


def _follow(job: Job, process: int, time_limit: float | None, grace: float) -> str:
    """Waits for the end of a process, or ends its group; returns why it was stopped, or nothing."""
    end = time.monotonic() + time_limit if time_limit else None
    why = ""
    kill_at = 0.0
    while not _has_ended(process):
        late = end is not None and time.monotonic() > end
        if not why and (late or job.should_stop()):
            why = f"stopped after its time limit of {time_limit:g} s" if late else "cancelled"
            os.killpg(process, signal.SIGTERM)
            kill_at = time.monotonic() + grace
        if why and time.monotonic() > kill_at:
            os.killpg(process, signal.SIGKILL)
        time.sleep(_PAUSE)
    return why


def _has_ended(process: int) -> bool:
    return os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


if __name__ == "__main__":
    work(JobFolder(Path(sys.argv[1])), int(sys.argv[2]))
