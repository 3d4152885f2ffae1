"""Reads a table or a query. Neither who wrote the query nor who made the database is trusted."""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Union
from urllib.parse import quote

from millrace.plugin import (
    CallContext,
    Error,
    InvalidParameter,
    NotFound,
    ResourceExhausted,
    TemporarilyUnavailable,
)

from millrace_sql_dataset.description import Description

Value = Union[str, int, float, bytes, None]
Row = Sequence[Value]

_PIECE = 1 << 16
# Seconds to wait for somebody who writes to the database.
_PATIENCE = 5.0
# SQLite asks after so many of its steps, which take about a millisecond, whether to go on.
_STEPS = 10_000
# Bytes that SQLite may use in this process: no query gets the memory of the machine.
_MOST_MEMORY = 256 << 20

_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}


def rows_of(context: CallContext, path: Path, wanted: Description, time_limit: float) -> Iterator[str]:
    """The lines of the data set. Throws what is wrong with the query, or that it takes too long."""
    end = time.monotonic() + time_limit
    try:
        with closing(_connect(path, min(time_limit, _PATIENCE))) as connection:
            connection.set_progress_handler(lambda: context.cancelled or time.monotonic() > end, _STEPS)
            cursor = connection.execute(_statement(connection, wanted))
            names = [column[0] for column in cursor.description or ()]
            yield from (_csv if wanted.format == "csv" else _json_lines)(names, cursor)
    except MemoryError:
        raise ResourceExhausted(f"the query needs more than {_MOST_MEMORY >> 20} MiB of memory") from None
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
        context.check()
        if "interrupted" in str(error):
            raise Error("DEADLINE_EXCEEDED", f"the query was stopped after {time_limit:g} s") from None
        raise _told(error) from None


def in_pieces(lines: Iterator[str]) -> Iterator[bytes]:
    piece = bytearray()
    for line in lines:
        piece += line.encode()
        if len(piece) >= _PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _connect(path: Path, patience: float) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=patience)
    try:
        # Views and virtual tables of the database call nothing that has side effects.
        for setting in (
            "trusted_schema=OFF",
            "query_only=ON",
            "mmap_size=0",
            f"hard_heap_limit={_MOST_MEMORY}",
        ):
            connection.execute(f"PRAGMA {setting}").close()
        connection.set_authorizer(_authorize)
        connection.text_factory = lambda text: text.decode(errors="replace")
    except BaseException:
        connection.close()
        raise
    return connection


def _authorize(action: int, first: str | None, second: str | None, *_: object) -> int:
    if action not in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and second == "load_extension"):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _statement(connection: sqlite3.Connection, wanted: Description) -> str:
    if wanted.query:
        return wanted.query
    known = "SELECT 1 FROM sqlite_master WHERE name = ? AND type IN ('table', 'view')"
    if connection.execute(known, [wanted.table]).fetchone() is None:
        raise NotFound(f"the database '{wanted.path}' has no table '{wanted.table}'")
    name = wanted.table.replace('"', '""')
    return f'SELECT * FROM "{name}"'


def _told(error: Exception) -> Error:
    text = str(error)
    if "no such table" in text or "no such column" in text:
        return NotFound(f"the data are gone: {text}")
    if "locked" in text or "busy" in text:
        return TemporarilyUnavailable(f"the database cannot be read now: {text}")
    return InvalidParameter(f"the data set cannot be read: {text}")


def _csv(names: Sequence[str], rows: Iterator[Row]) -> Iterator[str]:
    """As in RFC 4180, with a line of names. What has no value is empty; bytes are in Base64."""
    for values in chain([names], rows):
        line = io.StringIO()
        csv.writer(line).writerow([_base64(value) for value in values])
        yield line.getvalue()


def _json_lines(names: Sequence[str], rows: Iterator[Row]) -> Iterator[str]:
    """An object a line. Bytes are in Base64, infinite numbers in words, as JSON has neither."""
    if len(set(names)) != len(names):
        raise InvalidParameter("two columns have the same name: name them with AS")
    for values in rows:
        fields = [
            str(value) if isinstance(value, float) and not math.isfinite(value) else _base64(value)
            for value in values
        ]
        yield json.dumps(dict(zip(names, fields)), ensure_ascii=False) + "\n"


def _base64(value: Value) -> str | int | float | None:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
