"""Tables and queries of SQLite databases as data sets: an example of a Millrace plugin in Python."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from millrace.plugin import (
    CallContext,
    DatasetSource,
    InvalidParameter,
    NotFound,
    Plugin,
    PluginOptions,
    ResourceExhausted,
)
from millrace.plugin.messages import CheckReport, DatasetSourceRef, RawDatasetSource, ResolvedDatasetSource

from millrace_sql_dataset.description import SOURCE_TYPE, Description, is_ours
from millrace_sql_dataset.reading import in_pieces, rows_of

plugin = Plugin()


@plugin.dataset_source("sql-dataset")
class SqlDatasets(DatasetSource):
    """Reads databases below one folder, and nothing else."""

    def __init__(self, options: PluginOptions) -> None:
        folder = Path(options.string("folder"))
        if not folder.is_absolute() or not folder.is_dir():
            raise InvalidParameter(f"'folder' must be the absolute path of a folder; '{folder}' is none")
        self._folder = folder.resolve()
        self._time_limit = options.number("time_limit_seconds", 60.0)
        self._size_limit = options.integer("size_limit_mb", 1024) << 20
        if not 0 < self._time_limit <= 86400 or self._size_limit <= 0:
            raise InvalidParameter("'time_limit_seconds' and 'size_limit_mb' must be greater than 0")

    def check(self, context: CallContext) -> list[CheckReport.Finding]:
        message = f"databases are read from {self._folder}"
        return [CheckReport.Finding(subject="folder", outcome=CheckReport.OUTCOME_FINE, message=message)]

    def resolve(self, context: CallContext, request: RawDatasetSource) -> ResolvedDatasetSource:
        if not is_ours(request.source):
            return ResolvedDatasetSource()
        description = Description.of_uri(request.source)
        self._locate(description.path)
        return ResolvedDatasetSource(
            resolved=True, source_type=SOURCE_TYPE, source_json=description.to_json()
        )

    def load(self, context: CallContext, request: DatasetSourceRef) -> Iterator[bytes]:
        if request.source_type != SOURCE_TYPE:
            raise InvalidParameter(f"'{request.source_type}' is not '{SOURCE_TYPE}', which this plugin loads")
        description = Description.of_json(request.source_json)
        path = self._locate(description.path)
        if not os.path.isfile(path):
            raise NotFound(f"there is no database '{description.path}' any more")
        return self._limited(in_pieces(rows_of(context, path, description, self._time_limit)))

    def _locate(self, name: str) -> Path:
        """Follows links, so that they lead out of the folder as little as '..' does."""
        try:
            path = (self._folder / name).resolve()
        except (OSError, ValueError, RuntimeError):
            raise InvalidParameter(f"'{name}' is no path") from None
        if self._folder not in path.parents:
            raise InvalidParameter(f"'{name}' is not below the folder of databases")
        return path

    def _limited(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        left = self._size_limit
        for piece in pieces:
            left -= len(piece)
            if left < 0:
                raise ResourceExhausted(f"the data set is larger than {self._size_limit >> 20} MiB")
            yield piece
