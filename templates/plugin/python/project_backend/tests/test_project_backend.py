from __future__ import annotations

import time
from pathlib import Path

import pytest
from millrace.plugin import NotFound
from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess


@pytest.fixture
def backend(process: PluginProcess) -> Instance:
    return process.open("project_backend", "sample-name")


def start(backend: Instance, folder: Path, script: str) -> m.JobHandle:
    job = m.ProjectJob(
        run_id="r", working_directory=str(folder), command=["sh", "-c", script], storage_directory=str(folder)
    )
    handle = backend.call("Submit", job)
    assert isinstance(handle, m.JobHandle)
    return handle


def outcome(backend: Instance, handle: m.JobHandle) -> m.JobStatus:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        status = backend.call("GetJob", handle)
        assert isinstance(status, m.JobStatus)
        if status.state != m.JobStatus.STATE_RUNNING:
            return status
        time.sleep(0.01)
    raise AssertionError("the job does not end")


def test_a_job_finishes_and_its_output_is_kept(backend: Instance, tmp_path: Path) -> None:
    handle = start(backend, tmp_path, "echo $MLFLOW_RUN_ID")
    assert outcome(backend, handle).state == m.JobStatus.STATE_FINISHED
    assert b"".join(backend.call("ReadLog", handle)) == b"r\n"


def test_a_job_fails_with_its_status(backend: Instance, tmp_path: Path) -> None:
    status = outcome(backend, start(backend, tmp_path, "exit 3"))
    assert (status.state, status.exit_status) == (m.JobStatus.STATE_FAILED, 3)


def test_a_job_is_cancelled(backend: Instance, tmp_path: Path) -> None:
    handle = start(backend, tmp_path, "sleep 600")
    backend.call("CancelJob", handle)
    assert outcome(backend, handle).state == m.JobStatus.STATE_CANCELLED


def test_an_unknown_job_does_not_exist(backend: Instance) -> None:
    for job_id in ("", "x", "[1]", '["/etc"]'):
        with pytest.raises(NotFound):
            backend.call("GetJob", m.JobHandle(job_id=job_id))
