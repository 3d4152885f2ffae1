"""Copies of models, so that what is deployed does not change and does not vanish."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from millrace.plugin import InvalidParameter, NotFound, ResourceExhausted, TemporarilyUnavailable

from millrace_local_deployment.folders import sync_folder
from millrace_local_deployment.models import ModelError, flavor_of

_MOST_FILES = 10_000
_MOST_BYTES = 2 << 30


def copy_model(source: Path, generation: Path, flavor: str) -> str:
    """Makes the folder of a generation with the model in it, durable; returns the flavor.

    Throws INVALID_PARAMETER_VALUE for a model that cannot be served.
    """
    if not source.is_absolute() or not source.is_dir():
        raise InvalidParameter(f"there is no folder '{source}' with a model")
    try:
        flavor = flavor_of(source, flavor)
    except ModelError as error:
        raise InvalidParameter(str(error)) from None
    _check(source)
    generation.mkdir(mode=0o700)
    shutil.copytree(source, generation / "model", symlinks=True)
    for folder, _, files in os.walk(generation):
        for name in files:
            _sync_file(Path(folder) / name)
        sync_folder(Path(folder))
    return flavor


@contextmanager
def keeping() -> Iterator[None]:
    """Tells the user what a disk that does not take it means."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("the deployment was deleted meanwhile, or the model was") from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        fault = ResourceExhausted if full else TemporarilyUnavailable
        raise fault(f"the deployment cannot be kept: {error.strerror}") from error


def _check(source: Path) -> None:
    """Links are refused, since they could lead to files that are none of the model; devices and pipes too."""
    files = size = 0
    for folder, folders, names in os.walk(source):
        for name in [*folders, *names]:
            status = (Path(folder) / name).lstat()
            if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
                raise InvalidParameter(f"the model has '{name}', which is neither a file nor a folder")
            files, size = files + 1, size + status.st_size
            if files > _MOST_FILES or size > _MOST_BYTES:
                raise ResourceExhausted(
                    f"the model has more than {_MOST_FILES} files or {_MOST_BYTES >> 30} GiB"
                )


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
