"""Folders and files that are still there after a power cut."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from millrace.plugin import InvalidParameter, PermissionDenied, ResourceExhausted, TemporarilyUnavailable
from millrace.plugin.messages import CheckReport


def root_of(uri: str) -> Path:
    """The folder that "file-plugin:/absolute/path" names; made when it is not there."""
    parts = urlsplit(uri)
    folder = Path(unquote(parts.path))
    if parts.netloc or parts.query or parts.fragment or not folder.is_absolute():
        raise InvalidParameter(f"'{uri}' names no folder: write file-plugin:/absolute/path")
    with telling(f"the folder {folder}"):
        make_folder(folder)
    return folder


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Tells the user what the system's refusal means."""
    try:
        yield
    except OSError as error:
        reason = f"{what}: {error.strerror}"
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise ResourceExhausted(reason) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise PermissionDenied(reason) from error
        if error.errno in (errno.ENAMETOOLONG, errno.EISDIR, errno.ENOTDIR):
            raise InvalidParameter(reason) from error
        raise TemporarilyUnavailable(reason) from error


def status_of(path: Path) -> os.stat_result | None:
    """None when nothing is there; what may not be seen is an error and no nothing."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def check_of(folder: Path) -> CheckReport.Finding:
    """Whether a store can write there."""
    writable = os.access(folder, os.W_OK)
    outcome = CheckReport.OUTCOME_FINE if writable else CheckReport.OUTCOME_FAILED
    what = "can be written" if writable else "cannot be written: give it to the user of the server"
    return CheckReport.Finding(subject="folder", outcome=outcome, message=f"{folder} {what}")


def make_folder(folder: Path) -> None:
    """Makes a folder and those above it, durably."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Makes durable which names a folder has."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
