"""What plugins and workers leave when they are killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from millrace.plugin import NotFound
from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

from .conftest import PLUGIN
from .subject import MODULE, Queue, wait_for
from .test_jobs import running


@contextmanager
def opened(folder: Path, **settings: str) -> Iterator[tuple[PluginProcess, Queue]]:
    with PluginProcess(MODULE, folder=PLUGIN) as process:
        yield process, Queue(process, folder, **settings)


def test_jobs_run_and_wait_on_while_no_plugin_is_there(tmp_path: Path) -> None:
    with opened(tmp_path, parallel_jobs="1") as (process, queue):
        jobs = [queue.shell("while [ ! -e go ]; do sleep 0.02; done"), queue.shell("touch second; exit 5")]
        process.kill()
    (tmp_path / "go").touch()
    wait_for(lambda: (tmp_path / "second").exists())
    with opened(tmp_path) as (_, queue):
        assert [queue.end_of(job).exit_status for job in jobs] == [0, 5]


def test_a_job_whose_worker_was_killed_has_failed_and_the_next_runs(tmp_path: Path) -> None:
    with opened(tmp_path, parallel_jobs="1") as (process, queue):
        lost = queue.shell("echo $$; touch started; sleep 600")
        wait_for(lambda: (tmp_path / "started").exists())
        waiting = queue.shell("exit 0")
        (worker,) = children_of(process.pid)
        os.kill(worker, signal.SIGKILL)
        ended = queue.end_of(lost)
        assert (ended.state, ended.message) == (
            m.JobStatus.STATE_FAILED,
            "the worker that ran this job was killed",
        )
        pid = queue.log(lost).decode().strip()
        wait_for(lambda: not running(pid))
        assert queue.end_of(waiting).state == m.JobStatus.STATE_FINISHED


def test_two_plugins_share_a_queue(tmp_path: Path) -> None:
    with opened(tmp_path, parallel_jobs="1") as (_, one), opened(tmp_path, parallel_jobs="1") as (_, other):
        jobs = [queue.shell("mkdir only && rmdir only") for queue in (one, other) * 5]
        assert {other.end_of(job).exit_status for job in jobs} == {0}
        assert one.get(jobs[1]) == other.get(jobs[1])


def test_old_jobs_are_forgotten(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, queue):
        job = queue.shell("exit 0")
        queue.end_of(job)
    with opened(tmp_path, keep_days="1") as (_, queue):
        assert queue.get(job).state == m.JobStatus.STATE_FINISHED
    with opened(tmp_path, keep_days="0") as (_, queue), pytest.raises(NotFound):
        queue.get(job)


def test_other_users_cannot_read_what_a_job_is_given(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, queue):
        job = queue.submit("true", environment={"MLFLOW_TRACKING_TOKEN": "secret"})
        queue.end_of(job)
    folder = tmp_path / "queue/jobs" / job
    assert "secret" in (folder / "job.json").read_text()
    assert [path.stat().st_mode & 0o077 for path in (folder, folder / "job.json", folder / "log")] == [
        0,
        0,
        0,
    ]


def children_of(pid: int) -> list[int]:
    threads = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]
