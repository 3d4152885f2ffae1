"""Data sets that are files of this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import BinaryIO

from millrace.plugin import CallContext, DatasetSource, InvalidParameter, NotFound, PluginOptions
from millrace.plugin.messages import DatasetSourceRef, RawDatasetSource, ResolvedDatasetSource

SCHEME = "sample-name:"
TYPE = "sample-name"  # kept with runs: never change it


class SamplePlugin(DatasetSource):
    def __init__(self, options: PluginOptions) -> None:
        self._root = Path(options.string("root", "/")).resolve()

    def resolve(self, context: CallContext, request: RawDatasetSource) -> ResolvedDatasetSource:
        path = request.source[len(SCHEME) :]
        if not request.source.startswith(SCHEME) or not path.startswith("/"):
            return ResolvedDatasetSource(resolved=False)
        return ResolvedDatasetSource(resolved=True, source_type=TYPE, source_json=json.dumps({"path": path}))

    def load(self, context: CallContext, request: DatasetSourceRef) -> BinaryIO:
        if request.source_type != TYPE:
            raise InvalidParameter(f"'{request.source_type}' is no data set of this plugin")
        path = Path(_path_in(request.source_json)).resolve()
        if self._root not in (path, *path.parents):
            raise InvalidParameter(f"'{path}' is not below {self._root}, the setting 'root'")
        if not path.is_file():
            raise NotFound(f"there is no file '{path}' any more")
        return path.open("rb")


def _path_in(description: str) -> str:
    try:
        path = json.loads(description)["path"]
    except (ValueError, KeyError, TypeError):
        path = None
    if not isinstance(path, str) or not path.startswith("/") or "\0" in path:
        raise InvalidParameter("the description of the data set has no absolute 'path'")
    return path
