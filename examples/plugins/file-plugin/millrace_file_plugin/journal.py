"""A file that only grows: the records of everything that was ever written, in order.

A record is there as a whole or not at all, which makes each write atomic: its length and its check sum stand
before it, and a record that a crash left unfinished is cut off by the next writer. Many processes may share a
journal; each follows what the others append.
"""

from __future__ import annotations

import fcntl
import os
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Callable

from millrace_file_plugin.folders import sync_folder, telling

_HEADER = struct.Struct(">BII")  # kind of the record, length, check sum of the content

Apply = Callable[[int, bytes], None]


class Journal:
    """Hands each record, old or new, of this process or another, to `apply` once and in order.

    Any thread may call; `apply` is called by one at a time.
    """

    def __init__(self, path: Path, apply: Apply) -> None:
        self._apply = apply
        self._mutex = threading.Lock()
        with telling(f"the journal {path}"):
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            sync_folder(path.parent)
        self._end = 0  # of what was applied

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Inside, everything that was answered to any writer has been applied, and nothing changes."""
        with self._mutex:
            if os.fstat(self._file).st_size != self._end:
                with self._file_lock(fcntl.LOCK_SH):
                    self._catch_up()
            yield

    @contextmanager
    def writing(self) -> Iterator[Callable[[int, bytes], None]]:
        """As `reading`, and no other process writes; gives the function that appends a record durably."""
        with self._mutex, self._file_lock(fcntl.LOCK_EX):
            self._catch_up()
            yield self._append

    def close(self) -> None:
        os.close(self._file)

    @contextmanager
    def _file_lock(self, kind: int) -> Iterator[None]:
        fcntl.flock(self._file, kind)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _catch_up(self) -> None:
        size = os.fstat(self._file).st_size
        while self._end + _HEADER.size <= size:
            kind, length, check = _HEADER.unpack(os.pread(self._file, _HEADER.size, self._end))
            content = os.pread(self._file, length, self._end + _HEADER.size)
            if len(content) != length or zlib.crc32(content) != check:
                return
            self._apply(kind, content)
            self._end += _HEADER.size + length

    def _append(self, kind: int, content: bytes) -> None:
        record = _HEADER.pack(kind, len(content), zlib.crc32(content)) + content
        with telling("the journal cannot be written"):
            try:
                os.ftruncate(self._file, self._end)
                _write_all(self._file, record, self._end)
                os.fdatasync(self._file)
            except OSError:
                os.ftruncate(self._file, self._end)
                raise
        self._apply(kind, content)
        self._end += len(record)


def _write_all(file: int, data: bytes, offset: int) -> None:
    while data:
        written = os.pwrite(file, data, offset)
        data, offset = data[written:], offset + written
