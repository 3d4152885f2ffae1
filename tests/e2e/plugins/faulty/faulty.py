"""The file plugin of the examples, with one defect of choice (the setting 'defect')."""

from __future__ import annotations

import math
import os
import pathlib
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "examples/plugins/file-plugin"))

from millrace.plugin import Error, InvalidParameter, NotFound, Plugin, PluginOptions
from millrace.plugin.messages import ArtifactListing, RunDataOutcome
from millrace_file_plugin.artifacts import FolderRepository
from millrace_file_plugin.store import JournalStore

plugin = Plugin()
hoard: list[bytes] = []


class KeepsOlderContent(FolderRepository):
    def write(self, context: Any, request: Any, content: Iterator[bytes]) -> None:
        if self._locate(request.path).exists():
            b"".join(content)
        else:
            super().write(context, request, content)


class LosesRootFiles(FolderRepository):
    def list(self, context: Any, request: Any) -> ArtifactListing:
        listing = super().list(context, request)
        if request.path:
            return listing
        return ArtifactListing(files=[file for file in listing.files if file.is_dir])


class TakesRefusalForSuccess(FolderRepository):
    def write(self, context: Any, request: Any, content: Iterator[bytes]) -> None:
        try:
            super().write(context, request, content)
        except (Error, OSError) as error:
            print(f"ignoring: {error}")
            for _ in content:
                pass


class WritesInPlace(FolderRepository):
    def write(self, context: Any, request: Any, content: Iterator[bytes]) -> None:
        path = self._locate(request.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for piece in content:
                for start in range(0, len(piece), 10_000):
                    file.write(piece[start : start + 10_000])
                    file.flush()


class Hoards(FolderRepository):
    def list(self, context: Any, request: Any) -> ArtifactListing:
        hoard.append(os.urandom(20_000))
        return super().list(context, request)


class CrashesOnUnknownFiles(FolderRepository):
    def read(self, context: Any, request: Any) -> Any:
        try:
            return super().read(context, request)
        except NotFound:
            os._exit(3)


class HangsWhenItReads(FolderRepository):
    def read(self, context: Any, request: Any) -> Any:
        print("about to hang")
        time.sleep(3600)


class LosesUpdates(JournalStore):
    def __init__(self, options: PluginOptions) -> None:
        super().__init__(options)
        self._one = threading.Lock()

    def write_run_data(self, context: Any, request: Any) -> RunDataOutcome:
        if not self._one.acquire(blocking=False):
            return RunDataOutcome()
        try:
            return super().write_run_data(context, request)
        finally:
            self._one.release()


class RefusesNan(JournalStore):
    def write_run_data(self, context: Any, request: Any) -> RunDataOutcome:
        if any(math.isnan(metric.value) for metric in request.metrics):
            raise InvalidParameter("NaN is not a number")
        return super().write_run_data(context, request)


REPOSITORIES = {
    "older-content": KeepsOlderContent,
    "root-files": LosesRootFiles,
    "refusal-is-success": TakesRefusalForSuccess,
    "in-place": WritesInPlace,
    "hoards": Hoards,
    "crashes": CrashesOnUnknownFiles,
    "hangs": HangsWhenItReads,
}
STORES = {"lost-updates": LosesUpdates, "nan": RefusesNan}


@plugin.artifact_repository("faulty")
def repository(options: PluginOptions) -> FolderRepository:
    defect = options.string("defect", "")
    if defect == "dies-at-open":
        print("the disk is on fire", file=sys.stderr, flush=True)
        os._exit(7)
    if defect == "hangs-at-open":
        time.sleep(3600)
    if defect == "refuses-to-open":
        raise InvalidParameter("there is no bucket of that name")
    return REPOSITORIES.get(defect, FolderRepository)(options)


@plugin.tracking_store("faulty")
def store(options: PluginOptions) -> JournalStore:
    return STORES.get(options.string("defect", ""), JournalStore)(options)
