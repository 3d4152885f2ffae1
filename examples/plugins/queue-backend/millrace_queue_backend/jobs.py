"""The folder in which jobs are kept: what each job is, whether it waits, runs or has ended.

    jobs/ID/job.json     what to run
    jobs/ID/log          what it printed
    jobs/ID/cancel       somebody wants it to stop
    jobs/ID/process      the job's process group, when it was started
    jobs/ID/result.json  how it ended
    queue/ID             an empty file while the job waits; who takes it renames it to jobs/ID/claim
    slots/0, slots/1 ... each is locked by the worker that has this slot

A worker holds a lock on the claim as long as it lives, so that any process can tell a job that runs from one
whose worker was killed. Nothing here needs the plugin to be there: jobs run on without it. Standard library
only, since workers start for each burst of jobs and should start fast.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

_ID = re.compile(r"[0-9]{20}-[0-9a-f]{8}")


class Result(NamedTuple):
    state: str  # "finished", "failed" or "cancelled"
    exit_status: int | None
    message: str


class Job:
    """One job. Any process, any thread."""

    def __init__(self, root: Path, job_id: str) -> None:
        self.id = job_id
        self.folder = root / "jobs" / job_id
        self.waiting = root / "queue" / job_id
        self.log = self.folder / "log"
        self.claim = self.folder / "claim"
        self._cancel = self.folder / "cancel"
        self._process = self.folder / "process"
        self._result = self.folder / "result.json"

    def description(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "job.json").read_text())
        return found

    def result(self) -> Result | None:
        """How it ended; None while it waits or runs."""
        try:
            return Result(**json.loads(self._result.read_text()))
        except FileNotFoundError:
            return None

    def end(self, state: str, exit_status: int | None = None, message: str = "") -> None:
        write_whole(self._result, json.dumps(Result(state, exit_status, message)._asdict()))

    def take(self) -> BinaryIO | None:
        """Takes a job that waits; it is the caller's while the file is open. None: another was faster."""
        try:
            file = self.waiting.open("rb")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.waiting.rename(self.claim)
            except OSError:
                file.close()
                raise
        except (FileNotFoundError, BlockingIOError):
            return None
        return file

    def ask_to_stop(self) -> None:
        self._cancel.touch()

    def should_stop(self) -> bool:
        return self._cancel.exists()

    def started(self, process: int) -> None:
        write_whole(self._process, f"{process} {_start_time(process)}")

    def bury_if_lost(self) -> None:
        """Ends a job whose worker was killed, and what it left running."""
        with self.claim.open("rb") as claim:
            try:
                fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # its worker lives
            if self.result() is None:
                self._kill_leftovers()
                self.end("failed", message="the worker that ran this job was killed")

    def _kill_leftovers(self) -> None:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            process, _, start_time = self._process.read_text().partition(" ")
            # After a restart of the machine the number may be somebody else's.
            if _start_time(int(process)) == start_time:
                os.killpg(int(process), signal.SIGKILL)


class JobFolder:
    """All jobs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for part in ("jobs", "queue", "slots"):
            (root / part).mkdir(parents=True, exist_ok=True, mode=0o700)

    def add(self, description: dict[str, Any], most_waiting: int) -> Job | None:
        """A new job at the end of the queue, durable; None when the queue is full."""
        with self._one_at_a_time():
            if len(self.waiting()) >= most_waiting:
                return None
            job = Job(self.root, f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}")
            job.folder.mkdir(mode=0o700)
            write_whole(job.folder / "job.json", json.dumps(description))
            job.log.touch(mode=0o600)
            _sync_folder(self.root / "jobs")
            job.waiting.touch()
            _sync_folder(self.root / "queue")
            return job

    def find(self, job_id: str) -> Job | None:
        job = Job(self.root, job_id)
        known = _ID.fullmatch(job_id) and (job.waiting.exists() or job.claim.exists())
        return job if known else None

    def waiting(self) -> list[Job]:
        """In the order of their coming."""
        names = sorted(os.listdir(self.root / "queue"))
        return [Job(self.root, name) for name in names if _ID.fullmatch(name)]

    def forget_ended_before(self, moment: float) -> None:
        for name in os.listdir(self.root / "jobs"):
            folder = self.root / "jobs" / name
            with contextlib.suppress(FileNotFoundError):
                if (folder / "result.json").stat().st_mtime < moment:
                    shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def slot(self, count: int) -> Iterator[bool]:
        """Inside, one of `count` slots is the caller's; False when all are taken."""
        with contextlib.ExitStack() as files:
            yield any(self._lock_slot(files, number, fcntl.LOCK_EX) for number in range(count))

    def has_free_slot(self, count: int) -> bool:
        with contextlib.ExitStack() as files:
            return any(self._lock_slot(files, number, fcntl.LOCK_SH) for number in range(count))

    def _lock_slot(self, files: contextlib.ExitStack, number: int, kind: int) -> bool:
        file = files.enter_context((self.root / "slots" / str(number)).open("ab"))
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @contextlib.contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        with (self.root / "lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def write_whole(path: Path, text: str) -> None:
    """Writes a file that is there as a whole, also after a power cut, or not at all."""
    unfinished = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _start_time(process: int) -> str:
    """When a process was started, in ticks since the machine was; tells it from a later one of its number."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()[19]
