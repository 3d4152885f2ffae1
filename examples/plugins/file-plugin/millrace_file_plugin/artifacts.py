"""The artifact repository: files in a folder, each whole and durable or not there."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import threading
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from millrace.plugin import (
    ArtifactRepository,
    CallContext,
    Download,
    InvalidParameter,
    NotFound,
    PluginOptions,
    TemporarilyUnavailable,
)
from millrace.plugin.messages import ArtifactListing, ArtifactPath, ArtifactRead, ArtifactWrite, FileInfo

from millrace_file_plugin.folders import make_folder, root_of, status_of, sync_folder, telling

# Below the root, not listed: files that are being written and what is being removed.
_UNFINISHED = ".unfinished"
_PIECE = 1 << 20


class FolderRepository(ArtifactRepository):
    """Files are written beside the others and moved to their place when they are complete."""

    EXTRA_CAPABILITIES = ("ranges",)

    def __init__(self, options: PluginOptions) -> None:
        self._root = root_of(options.uri)
        self._unfinished = self._root / _UNFINISHED
        self._tree = threading.Lock()  # folders come and go by one thread at a time
        with telling(f"the folder {self._unfinished}"):
            make_folder(self._unfinished)
            _sweep(self._unfinished)

    def list(self, context: CallContext, request: ArtifactPath) -> ArtifactListing:
        folder = self._locate(request.path)
        with telling(f"'{request.path}'"):
            status = status_of(folder)
            if status is None or not stat.S_ISDIR(status.st_mode):
                return ArtifactListing()
            shown = [
                folder / name for name in sorted(os.listdir(folder)) if folder / name != self._unfinished
            ]
            found = [(path, status_of(path)) for path in shown]
        return ArtifactListing(files=[self._describe(path, status) for path, status in found if status])

    def read(self, context: CallContext, request: ArtifactRead) -> Iterable[bytes] | BinaryIO:
        path = self._locate(request.path)
        with telling(f"'{request.path}'"):
            status = status_of(path)
            if status is None or not stat.S_ISREG(status.st_mode):
                raise NotFound(f"there is no file '{request.path}'")
            file = path.open("rb")
        file.seek(request.offset)
        if not request.length:
            return file
        return Download(_part(file, request.length), status.st_size)

    def write(self, context: CallContext, request: ArtifactWrite, content: Iterator[bytes]) -> None:
        path = self._locate(request.path)
        with telling(f"'{request.path}' cannot be written"), self._new_file() as (file, unfinished):
            for piece in content:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
            self._move(unfinished, path, request.path)

    def remove(self, context: CallContext, request: ArtifactPath) -> None:
        path = self._locate(request.path)
        with telling(f"'{request.path}' cannot be removed"):
            doomed = [path] if request.path else [self._root / name for name in os.listdir(self._root)]
            for entry in doomed:
                if entry != self._unfinished:
                    self._remove(entry)

    def _locate(self, path: str) -> Path:
        """The host has checked that a path stays below the root."""
        if path.split("/")[0] == _UNFINISHED:
            raise InvalidParameter(f"'{_UNFINISHED}' is not a name for artifacts")
        return self._root / path

    def _describe(self, path: Path, status: os.stat_result) -> FileInfo:
        info = FileInfo(path=path.relative_to(self._root).as_posix(), is_dir=stat.S_ISDIR(status.st_mode))
        if not info.is_dir:
            info.file_size = status.st_size
        return info

    @contextmanager
    def _new_file(self) -> Iterator[tuple[BinaryIO, Path]]:
        """A file that is gone at the end unless it was moved; its lock tells that somebody writes it."""
        path = self._unfinished / uuid.uuid4().hex
        with path.open("xb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not path.exists():
                raise TemporarilyUnavailable("the upload was swept away before it began; try again")
            try:
                yield file, path
            finally:
                path.unlink(missing_ok=True)

    def _move(self, unfinished: Path, path: Path, name: str) -> None:
        with self._tree:
            try:
                make_folder(path.parent)
                unfinished.replace(path)
            except (NotADirectoryError, FileExistsError, IsADirectoryError) as error:
                raise InvalidParameter(f"'{name}' is a folder, or a file is in its way") from error
            sync_folder(path.parent)

    def _remove(self, path: Path) -> None:
        """Takes a folder away in one step, and then apart."""
        doomed = self._unfinished / uuid.uuid4().hex
        with self._tree:
            try:
                path.rename(doomed)
            except (FileNotFoundError, NotADirectoryError):
                return
            sync_folder(path.parent)
        _delete(doomed)


def _part(file: BinaryIO, length: int) -> Iterator[bytes]:
    with file:
        while length > 0 and (piece := file.read(min(length, _PIECE))):
            length -= len(piece)
            yield piece


def _sweep(folder: Path) -> None:
    """Deletes what crashes have left; what somebody writes now is locked and stays."""
    for path in folder.iterdir():
        if path.is_dir():
            _delete(path)
            continue
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
        except (BlockingIOError, FileNotFoundError):
            continue  # it is being written, or was finished meanwhile


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
