"""Deployments on the disk, which is all that plugins and serving processes share.

    NAME/deployment.json   what is served, and the number of its generation
    NAME/1, NAME/2 ...     generations, each with
        model/             a copy of the model
        lock               locked by the serving process as long as it lives
        address.json       where it is reached, once it is
        log                what it printed

An update makes a new generation. When its process serves, it takes away the older ones; until then they serve
on. What is unfinished, or deleted and not gone yet, has a name that begins with a dot. Standard library only.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

# Seconds after which what is unfinished was left by a crash.
_STALE = 3600.0
_LAST_OF_LOG = 4096


class Address(NamedTuple):
    port: int
    token: str


class Generation:
    """One version of a deployment, with the process that serves it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = int(folder.name)
        self.model = folder / "model"
        self.log = folder / "log"
        self.lock = folder / "lock"
        self._address = folder / "address.json"

    def address(self) -> Address | None:
        """Of the process, when it serves."""
        try:
            found = Address(**json.loads(self._address.read_text()))
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found if self.lives() else None

    def announce(self, port: int, token: str) -> None:
        write_whole(self._address, json.dumps(Address(port, token)._asdict()))

    def lives(self) -> bool:
        """Whether its process is there."""
        try:
            with self.lock.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except (FileNotFoundError, NotADirectoryError):
            return False
        return False

    @contextlib.contextmanager
    def locked(self) -> Iterator[int]:
        """The descriptor of a lock for a process to be; what an earlier one left is gone.

        Only whoever is alone (see one_at_a_time) and has seen that no process lives may call.
        """
        self._address.unlink(missing_ok=True)
        with self.lock.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # lives() may have it for a moment
            yield file.fileno()

    def has_lock(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(self.lock.stat(), os.fstat(descriptor))
        except OSError:
            return False

    def retire_older(self) -> None:
        for older in generations_of(self.folder.parent):
            if older.number < self.number:
                older.lock.unlink(missing_ok=True)
                shutil.rmtree(older.folder, ignore_errors=True)

    def last_words(self) -> str:
        """The last line of the log."""
        with contextlib.suppress(OSError), self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - _LAST_OF_LOG))
            lines = file.read().decode(errors="replace").split("\n")
            return next((line.strip()[:500] for line in reversed(lines) if line.strip()), "")
        return ""


class DeploymentFolder:
    """All deployments. Names are safe as names of files; see target.py."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._sweep()

    def names(self) -> list[str]:
        names = [name for name in os.listdir(self.root) if not name.startswith(".")]
        return sorted(name for name in names if self.describe(name) is not None)

    def describe(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads((self.root / name / "deployment.json").read_text())
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found

    def current(self, name: str, description: dict[str, Any]) -> Generation:
        return Generation(self.root / name / str(description["generation"]))

    @contextlib.contextmanager
    def unfinished(self) -> Iterator[Path]:
        """A folder that is gone in the end, unless it was moved."""
        folder = self.root / f".new-{uuid.uuid4().hex}"
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def remove(self, name: str) -> None:
        """In one step; its processes end by themselves."""
        gone = self.root / f".gone-{uuid.uuid4().hex}"
        try:
            (self.root / name).rename(gone)
        except FileNotFoundError:
            return
        sync_folder(self.root)
        shutil.rmtree(gone, ignore_errors=True)

    @contextlib.contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Inside, no other plugin changes anything."""
        with (self.root / ".lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _sweep(self) -> None:
        for path in self.root.glob(".*-*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _STALE:
                    shutil.rmtree(path, ignore_errors=True)


def generations_of(folder: Path) -> list[Generation]:
    """From the newest to the oldest."""
    try:
        numbers = [int(name) for name in os.listdir(folder) if name.isdecimal()]
    except FileNotFoundError:
        return []
    return [Generation(folder / str(number)) for number in sorted(numbers, reverse=True)]


def write_whole(path: Path, text: str) -> None:
    """Writes a file that is there as a whole, also after a power cut, or not at all."""
    unfinished = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes durable which names a folder has."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
