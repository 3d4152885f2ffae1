"""Plugins in real child processes: handshake, life, calls, faults."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from millrace.plugin import Error, InvalidParameter, NotFound, NotImplementedByPlugin, UploadAborted
from millrace.plugin.messages import (
    ArtifactPath,
    ArtifactRead,
    ArtifactWrite,
    CheckReport,
    CheckRequest,
    DescribeRequest,
    HealthReport,
    HealthRequest,
    MultipartBegin,
    PluginDescription,
)
from millrace.plugin.testing import Instance, PluginDidNotStart, PluginProcess

PLUGINS = Path(__file__).parent / "plugins"


def start(target: str = "memory_plugin", **options: object) -> PluginProcess:
    return PluginProcess(target, folder=PLUGINS, **options)  # type: ignore[arg-type]


@pytest.fixture
def process() -> Iterator[PluginProcess]:
    with start() as process:
        yield process


@pytest.fixture
def repository(process: PluginProcess) -> Instance:
    return process.open("artifact_repository", "memory", uri="memory:/x", settings={"password": "sesame"})


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


# ---- the handshake ----


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "millrace.plugin", *arguments],
        cwd=PLUGINS,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_without_the_magic_it_explains_itself() -> None:
    outcome = run("memory_plugin")
    assert outcome.returncode == 2
    assert "is a Millrace plugin" in outcome.stdout


def test_without_a_module_it_prints_its_usage() -> None:
    outcome = run()
    assert outcome.returncode == 2
    assert "python -m millrace.plugin MODULE" in outcome.stdout


def test_the_handshake_is_all_that_reaches_standard_output(tmp_path: Path) -> None:
    path = str(tmp_path / "plugin.sock")
    outcome = run(
        "memory_plugin",
        MILLRACE_PLUGIN_MAGIC="c3a1f0d2-millrace-plugin",
        MILLRACE_PLUGIN_PROTOCOLS="1",
        MILLRACE_PLUGIN_SOCKET=path,
    )  # its standard input is at the end, so it leaves by itself
    assert outcome.returncode == 0
    assert outcome.stdout == f"millrace-plugin 1.0 ttrpc unix:{path}\n"
    for text in ("printed at import", "file descriptor 1", "by a child process", "behind our back"):
        assert text in outcome.stderr


def test_a_host_of_another_protocol_is_told_both_versions(tmp_path: Path) -> None:
    outcome = run(
        "memory_plugin",
        MILLRACE_PLUGIN_MAGIC="c3a1f0d2-millrace-plugin",
        MILLRACE_PLUGIN_PROTOCOLS="2,3",
        MILLRACE_PLUGIN_SOCKET=str(tmp_path / "plugin.sock"),
    )
    assert outcome.returncode == 1
    assert "speaks protocol 1.0, the host protocol 2, 3" in outcome.stderr


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("nowhere_to_be_found", "cannot be imported"),
        ("failing_plugin", "the driver is not installed"),
        ("memory_plugin:not_a_plugin", "no Plugin object named 'not_a_plugin'"),
        ("memory_plugin:empty", "registers nothing"),
    ],
)
def test_a_module_that_cannot_be_served_says_why(target: str, reason: str) -> None:
    with pytest.raises(PluginDidNotStart, match=reason):
        start(target)


# ---- the control service ----


def test_it_describes_what_it_provides(process: PluginProcess) -> None:
    description = PluginDescription.FromString(process.control("Describe", DescribeRequest()))
    assert description.protocol == "1.0"
    assert [(entry.kind, entry.name) for entry in description.provides] == [
        ("artifact_repository", "mem"),
        ("artifact_repository", "memory"),
    ]


def test_names_are_found_in_any_case(process: PluginProcess) -> None:
    process.open("artifact_repository", "MEMORY")


def test_what_it_does_not_provide_is_refused(process: PluginProcess) -> None:
    with pytest.raises(InvalidParameter, match="no tracking_store 'memory'; it provides artifact_repository"):
        process.open("tracking_store", "memory")


def test_a_factorys_fault_is_the_answer(process: PluginProcess) -> None:
    with pytest.raises(Error, match="the memory is away") as caught:
        process.open("artifact_repository", "memory", settings={"broken": "true"})
    assert caught.value.code == "TEMPORARILY_UNAVAILABLE"


def test_a_setting_of_the_wrong_type_is_named_but_not_shown(process: PluginProcess) -> None:
    with pytest.raises(InvalidParameter, match="'broken'") as caught:
        process.open("artifact_repository", "memory", settings={"broken": "sesame"})
    assert "sesame" not in str(caught.value) + process.log


def test_checks_report_what_they_found(process: PluginProcess, repository: Instance) -> None:
    def check(instance: Instance) -> CheckReport:
        return CheckReport.FromString(process.control("Check", CheckRequest(instance=instance.id)))

    assert check(repository).findings[0].outcome == CheckReport.OUTCOME_FINE
    unset = check(process.open("artifact_repository", "memory", settings={"password": ""}))
    assert unset.findings[0].outcome == CheckReport.OUTCOME_FAILED
    assert unset.findings[0].message == "set MEMORY_PASSWORD"


def test_a_closed_instance_takes_no_calls(process: PluginProcess, repository: Instance) -> None:
    repository.close()
    with pytest.raises(Error, match="no open instance") as caught:
        repository.call("List", ArtifactPath())
    assert caught.value.code == "INVALID_STATE"


def test_instances_keep_apart_what_they_hold(process: PluginProcess, repository: Instance) -> None:
    other = process.open("artifact_repository", "memory")
    repository.call("Write", ArtifactWrite(path="a"), content=[b"1"])
    assert len(repository.call("List", ArtifactPath()).files) == 1
    assert len(other.call("List", ArtifactPath()).files) == 0
    health = HealthReport.FromString(process.control("Health", HealthRequest()))
    assert health.open_instances == 2
    assert health.resident_bytes > 1 << 20


# ---- calls ----


def test_files_come_back(repository: Instance) -> None:
    content = os.urandom(3_000_000)
    repository.call("Write", ArtifactWrite(path="a"), content=[content])
    pieces = list(repository.call("Read", ArtifactRead(path="a")))
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= 1 << 20


@pytest.mark.parametrize("length", [1, 127, 128, 16_383, 16_384, 65_530, 65_536, 1 << 20])
def test_a_piece_of_any_length_comes_back(repository: Instance, length: int) -> None:
    content = os.urandom(length)
    repository.call("Write", ArtifactWrite(path="a"), content=[content])
    assert list(repository.call("Read", ArtifactRead(path="a"))) == [content]


def test_a_download_of_something_else_than_bytes_is_an_internal_error(repository: Instance) -> None:
    with pytest.raises(Error) as caught:
        list(repository.call("Read", ArtifactRead(path="text")))
    assert caught.value.code == "INTERNAL_ERROR"


def test_a_fault_keeps_its_code_and_class(repository: Instance) -> None:
    with pytest.raises(NotFound, match="there is no file 'x'"):
        list(repository.call("Read", ArtifactRead(path="x")))


def test_an_exception_is_an_internal_error_whose_text_stays_in_the_log(
    process: PluginProcess, repository: Instance
) -> None:
    with pytest.raises(Error) as caught:
        repository.call("Remove", ArtifactPath(path="bug"))
    assert caught.value.code == "INTERNAL_ERROR"
    assert "artifact_repository.remove failed: RuntimeError" in str(caught.value)
    assert "sesame" not in str(caught.value)
    process.terminate()
    process.close()
    lines = [json.loads(line) for line in process.log.splitlines() if line.startswith("{")]
    failure = next(line for line in lines if line["level"] == "error")
    assert "the secret is sesame" in failure["message"] and "Traceback" in failure["message"]


def test_an_answer_of_the_wrong_type_is_an_internal_error(repository: Instance) -> None:
    with pytest.raises(Error) as caught:
        repository.call("Remove", ArtifactPath(path="wrong"))
    assert caught.value.code == "INTERNAL_ERROR"


def test_a_missing_capability_is_named(repository: Instance) -> None:
    with pytest.raises(NotImplementedByPlugin, match='"multipart"'):
        repository.call("BeginMultipart", MultipartBegin(path="a", part_count=2))


def test_an_upload_without_commit_leaves_nothing(repository: Instance) -> None:
    with pytest.raises(UploadAborted):
        repository.call("Write", ArtifactWrite(path="a"), content=[b"half"], commit=False)
    assert len(repository.call("List", ArtifactPath()).files) == 0


def test_an_author_who_swallows_the_abort_does_not_make_it_a_success(repository: Instance) -> None:
    with pytest.raises(UploadAborted):
        repository.call("Write", ArtifactWrite(path="swallowing"), content=[b"half"], commit=False)


def test_an_author_who_does_not_read_the_content_is_told(repository: Instance) -> None:
    with pytest.raises(Error) as caught:
        repository.call("Write", ArtifactWrite(path="hasty"), content=[b"all of it"])
    assert caught.value.code == "INTERNAL_ERROR"


def test_sixteen_threads_write_and_read(repository: Instance) -> None:
    def work(number: int) -> bool:
        path = f"file {number}"
        content = str(number).encode() * 10_000
        for _ in range(10):
            repository.call("Write", ArtifactWrite(path=path), content=[content])
            if b"".join(repository.call("Read", ArtifactRead(path=path))) != content:
                return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(16)))


def test_ten_thousand_calls_leave_memory_flat(process: PluginProcess, repository: Instance) -> None:
    for _ in range(2000):
        repository.call("List", ArtifactPath())
    before = resident(process.pid)
    for _ in range(10_000):
        repository.call("List", ArtifactPath())
    assert resident(process.pid) - before < 2 << 20


def test_a_stream_of_100_megabytes_leaves_memory_flat(process: PluginProcess, repository: Instance) -> None:
    repository.call("Write", ArtifactWrite(path="sink"), content=[b"\1" * (1 << 20)])
    before = resident(process.pid)
    repository.call("Write", ArtifactWrite(path="sink"), content=(b"\1" * (1 << 20) for _ in range(100)))
    assert resident(process.pid) - before < 24 << 20


def test_one_large_piece_is_sent_in_small_ones(repository: Instance) -> None:
    received = 0
    with pytest.raises(NotFound):
        for piece in repository.call("Read", ArtifactRead(path="huge")):
            assert len(piece) <= 1 << 20
            received += len(piece)
    assert received == 100 << 20


def test_a_download_that_is_given_up_ends_in_the_plugin(process: PluginProcess, repository: Instance) -> None:
    download = repository.call("Read", ArtifactRead(path="endless"), timeout=None)
    next(download)
    download.close()
    repository.call("List", ArtifactPath())
    assert process.terminate() == 0, "the endless download must not outlive its reader"
    assert "still running" not in process.log


# ---- the end ----


def test_sigterm_finishes_calls_in_flight(process: PluginProcess) -> None:
    repository = process.open("artifact_repository", "memory", settings={"sleep": "0.5"})
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(repository.call, "Remove", ArtifactPath(path="slow"))
        time.sleep(0.2)  # the call is under way; it has no sign that could be waited for
        os.kill(process.pid, signal.SIGTERM)
        call.result(10)
    assert process.terminate() == 0


def test_the_end_of_standard_input_ends_it(process: PluginProcess) -> None:
    assert process.hang_up() == 0


def test_a_crash_fails_the_calls_in_flight_and_nothing_else(repository: Instance) -> None:
    with pytest.raises(Error) as caught:
        repository.call("Remove", ArtifactPath(path="crash"))
    assert caught.value.code == "TEMPORARILY_UNAVAILABLE"


def test_a_kill_during_uploads_is_noticed_by_every_caller(
    process: PluginProcess, repository: Instance
) -> None:
    started = threading.Semaphore(0)

    def endless() -> Iterator[bytes]:
        started.release()
        while True:
            yield b"\1" * 100_000

    def upload(number: int) -> str:
        try:
            repository.call("Write", ArtifactWrite(path="sink"), content=endless())
        except Error as error:
            return error.code
        return "acknowledged"

    with ThreadPoolExecutor(4) as pool:
        uploads = [pool.submit(upload, number) for number in range(4)]
        for _ in range(4):
            assert started.acquire(timeout=10)
        process.kill()
        assert {future.result(10) for future in uploads} == {"TEMPORARILY_UNAVAILABLE"}
