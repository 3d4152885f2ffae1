"""Files that travel in pieces: what an author reads of an upload and what is sent of a download."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Protocol, TypeVar, cast

from google.protobuf.message import DecodeError, Message

from millrace.plugin.errors import InvalidParameter, UploadAborted
from millrace.ttrpc.frames import Bytes
from millrace.ttrpc.service import ServerStream
from millrace.ttrpc.status import StatusError

# The longest piece of a file in one message.
PIECE = 1 << 20

# Wire type of bytes: https://protobuf.dev/programming-guides/encoding/
_LENGTH_DELIMITED = 2

_M = TypeVar("_M", bound=Message)


class _Piece(Protocol):
    data: bytes
    commit: bool


def parse(kind: type[_M], payload: Bytes) -> _M:
    try:
        return kind.FromString(bytes(payload))
    except DecodeError as error:
        raise InvalidParameter(f"the {kind.DESCRIPTOR.name} cannot be read: {error}") from error


def before_data(kind: type[Message], length: int) -> bytes:
    """What stands in a message before the bytes of its field `data`.

    Written here since a message of protobuf would copy the bytes twice, into memory fetched for it.
    """
    encoded = bytearray([kind.DESCRIPTOR.fields_by_name["data"].number << 3 | _LENGTH_DELIMITED])
    while length > 0x7F:
        encoded.append(length & 0x7F | 0x80)
        length >>= 7
    encoded.append(length)
    return bytes(encoded)


class Upload:
    """The bytes of a file that is sent to us. Iterating ends when the sender has committed the file.

    When the sender gives up, or is gone, iterating throws UploadAborted instead of ending.
    """

    def __init__(self, stream: ServerStream, kind: type[Message]) -> None:
        self._stream = stream
        self._kind = kind
        self.committed = False
        self.broken = False
        self.request = self._next()
        self._ahead = cast(_Piece, self.request)

    def __iter__(self) -> Iterator[bytes]:
        piece = self._ahead
        while not self.committed:
            self.committed = piece.commit
            if piece.data:
                yield piece.data
            if not self.committed:
                piece = cast(_Piece, self._next())

    def _next(self) -> Message:
        try:
            payload = self._stream.receive()
        except StatusError as error:
            self.broken = True
            raise UploadAborted(f"the upload broke off: {error.message}") from error
        if payload is None:
            self.broken = True
            raise UploadAborted("the upload ended before it was committed")
        return parse(self._kind, payload)


class Download:
    """What a download may return where it knows the size of the whole file, e.g. for a progress bar."""

    def __init__(self, content: Iterable[bytes] | BinaryIO, file_size: int) -> None:
        self._content = content
        self.file_size = file_size

    def __iter__(self) -> Iterator[bytes]:
        return pieces(self._content)

    def close(self) -> None:
        close(self._content)


def file_size(content: object) -> int | None:
    """The size of the whole file that a download reads, where it can be told."""
    if isinstance(content, Download):
        return content.file_size
    try:
        return os.fstat(cast(Any, content).fileno()).st_size
    except (AttributeError, OSError):
        return None


def pieces(content: object) -> Iterator[bytes]:
    """What an author returned from a download, in pieces that fit a message."""
    read = getattr(content, "read", None)
    if read is not None:
        while data := read(PIECE):
            yield data
        return
    for data in cast("Iterator[bytes]", content):
        if not isinstance(data, bytes):
            raise TypeError(f"a download brought {type(data).__name__} instead of bytes")
        if len(data) <= PIECE:
            yield data
            continue
        with memoryview(data) as view:
            yield from (bytes(view[start : start + PIECE]) for start in range(0, len(data), PIECE))


def close(content: object) -> None:
    """Ends a generator or closes a file."""
    closes = getattr(content, "close", None)
    if closes is not None:
        closes()
