"""What the contract asks of a project backend."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from millrace.plugin import InvalidParameter, NotFound, ResourceExhausted
from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

from .subject import Queue, wait_for

FINISHED, FAILED, CANCELLED = (
    m.JobStatus.STATE_FINISHED,
    m.JobStatus.STATE_FAILED,
    m.JobStatus.STATE_CANCELLED,
)


@pytest.fixture
def queue(process: PluginProcess, tmp_path: Path) -> Queue:
    return Queue(process, tmp_path)


@pytest.mark.parametrize(
    ("script", "state", "status", "words"),
    [
        ("exit 0", FINISHED, 0, ""),
        ("exit 3", FAILED, 3, "exit status 3"),
        ("kill -KILL $$", FAILED, None, "ended by SIGKILL"),
    ],
)
def test_a_job_ends_in_its_way(
    queue: Queue, script: str, state: m.JobStatus.State, status: int | None, words: str
) -> None:
    ended = queue.end_of(queue.shell(script))
    assert (ended.state, ended.message) == (state, words)
    assert (ended.exit_status if ended.HasField("exit_status") else None) == status


def test_a_program_that_is_not_there_is_a_failure(queue: Queue) -> None:
    ended = queue.end_of(queue.submit("/no/such/program"))
    assert ended.state == FAILED
    assert ended.message == "'/no/such/program' cannot be started: No such file or directory"


def test_arguments_environment_and_folder_arrive_unchanged(queue: Queue) -> None:
    argument = "a b'c\"d$HOME*☃\n;exit 1"
    script = (
        'printf "%s|%s|%s|" "$1" "$GIVEN" "$PWD"; printf "%s " $MLFLOW_EXPERIMENT_ID $MLFLOW_TRACKING_URI'
    )
    job = queue.submit("/bin/sh", "-c", script, "sh", argument, environment={"GIVEN": argument})
    expected = f"{argument}|{argument}|{queue.folder}|7 http://127.0.0.1:1 "
    assert queue.log(job).decode() == expected


def test_the_log_comes_while_the_job_runs(queue: Queue) -> None:
    job = queue.shell("echo out; echo err >&2; sleep 600; echo last")
    log = queue.instance.call("ReadLog", m.JobHandle(job_id=job))
    seen = b""
    while b"err\n" not in seen:
        seen += next(log)
    assert queue.state_of(job) == "STATE_RUNNING"
    queue.cancel(job)
    assert b"last" not in b"".join(log)
    assert queue.log(job) == b"out\nerr\n" == queue.log(job)


def test_a_cancelled_job_and_its_children_stop(process: PluginProcess, tmp_path: Path) -> None:
    queue = Queue(process, tmp_path, grace_seconds="0.2")
    job = queue.shell("trap '' TERM; (trap '' TERM; sleep 600) & echo $!; touch started; wait")
    wait_for(lambda: (queue.folder / "started").exists())
    pid = (queue.folder / "queue/jobs" / job / "log").read_text().strip()
    queue.cancel(job)
    ended = queue.end_of(job)
    assert (ended.state, ended.message) == (CANCELLED, "cancelled")
    wait_for(lambda: not running(pid))


def test_what_a_job_leaves_behind_ends_with_it(queue: Queue) -> None:
    job = queue.shell("sleep 600 & echo $!")
    assert queue.end_of(job).state == FINISHED
    pid = queue.log(job).decode().strip()
    wait_for(lambda: not running(pid))


def test_a_job_that_has_ended_stays_as_it_is(queue: Queue) -> None:
    job = queue.shell("exit 0")
    queue.end_of(job)
    assert queue.cancel(job).state == FINISHED
    assert queue.get(job).state == FINISHED


def test_jobs_beyond_the_limit_wait_in_order(process: PluginProcess, tmp_path: Path) -> None:
    queue = Queue(process, tmp_path, parallel_jobs="1")
    script = 'mkdir running && echo "$1" >>order && rmdir running'
    first = queue.shell("touch started; while [ ! -e go ]; do sleep 0.02; done")
    wait_for(lambda: (tmp_path / "started").exists())
    jobs = [queue.shell(script, str(number)) for number in range(5)]
    assert {queue.state_of(job) for job in jobs} == {"STATE_QUEUED"}
    assert queue.cancel(jobs[2]).state == CANCELLED
    (tmp_path / "go").touch()
    ends = [queue.end_of(job).state for job in [first, *jobs]]
    assert ends == [FINISHED, FINISHED, FINISHED, CANCELLED, FINISHED, FINISHED]
    assert (tmp_path / "order").read_text().split() == ["0", "1", "3", "4"]


def test_many_jobs_at_once_end_each_in_its_way(process: PluginProcess, tmp_path: Path) -> None:
    queue = Queue(process, tmp_path, parallel_jobs="3")
    with ThreadPoolExecutor(16) as crew:
        jobs = list(crew.map(lambda number: queue.shell(f"exit {number}"), range(16)))
    assert len(set(jobs)) == 16
    assert [queue.end_of(job).exit_status for job in jobs] == list(range(16))


def test_a_full_queue_takes_no_more(process: PluginProcess, tmp_path: Path) -> None:
    queue = Queue(process, tmp_path, parallel_jobs="1", queued_jobs="1")
    running_job = queue.shell("touch started; sleep 600")
    wait_for(lambda: (tmp_path / "started").exists())
    waiting = queue.shell("exit 0")
    with pytest.raises(ResourceExhausted, match="1 jobs wait already"):
        queue.shell("exit 0")
    queue.cancel(running_job)
    assert queue.end_of(waiting).state == FINISHED


def test_a_time_limit_stops_a_job(queue: Queue) -> None:
    ended = queue.end_of(queue.shell("sleep 600", configuration='{"time_limit_seconds": 0.1}'))
    assert (ended.state, ended.message) == (FAILED, "stopped after its time limit of 0.1 s")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("working_directory", "/no/such/folder"),
        ("backend_configuration", "{"),
        ("backend_configuration", "[]"),
        ("backend_configuration", '{"gpus": 8}'),
        ("backend_configuration", '{"time_limit_seconds": NaN}'),
        ("backend_configuration", '{"time_limit_seconds": true}'),
        ("tracking_uri", "nul \0"),
    ],
)
def test_what_nobody_could_run_is_refused(queue: Queue, field: str, value: str) -> None:
    job = queue.job("true")
    setattr(job, field, value)
    with pytest.raises(InvalidParameter):
        queue.instance.call("Submit", job)


def test_a_job_without_a_command_is_refused(queue: Queue) -> None:
    with pytest.raises(InvalidParameter, match="no command"):
        queue.submit()


@pytest.mark.parametrize("job", ["unknown", "", "../../etc", "00000000000000000000-00000000"])
def test_an_unknown_job_does_not_exist(queue: Queue, job: str) -> None:
    for ask in (queue.get, queue.cancel, queue.log):
        with pytest.raises(NotFound):
            ask(job)


@pytest.mark.parametrize(
    "settings",
    [
        {"folder": "relative"},
        {"parallel_jobs": "0"},
        {"queued_jobs": "-1"},
        {"keep_days": "soon"},
        {"grace_seconds": "-1"},
    ],
)
def test_settings_that_cannot_be_are_refused(
    process: PluginProcess, tmp_path: Path, settings: dict[str, str]
) -> None:
    with pytest.raises(InvalidParameter, match=next(iter(settings))):
        Queue(process, tmp_path, **settings)


def test_a_check_tells_how_many_wait(process: PluginProcess, queue: Queue) -> None:
    report = m.CheckReport.FromString(process.control("Check", m.CheckRequest(instance=queue.instance.id)))
    assert "0 jobs wait" in report.findings[0].message


def running(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
