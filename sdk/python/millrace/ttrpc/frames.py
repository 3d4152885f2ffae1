"""Frames of ttrpc: a header of ten bytes and up to 4 MiB of data."""

from __future__ import annotations

import socket
import struct
import threading
from typing import NamedTuple, Union

from millrace.ttrpc.status import ConnectionLost, StatusCode, StatusError

MESSAGE_LIMIT = 4 << 20

REQUEST = 1
RESPONSE = 2
DATA = 3

REMOTE_CLOSED = 0x01
REMOTE_OPEN = 0x02
NO_DATA = 0x04

_HEADER = struct.Struct(">IIBB")
_CHUNK = 64 << 10
_SOCKET_BUFFER = 1 << 20

Bytes = Union[bytes, bytearray]


class Frame(NamedTuple):
    """One frame. `payload` is None when it was longer than the protocol allows and was skipped."""

    stream_id: int
    type: int
    flags: int
    payload: Bytes | None


def widen_buffers(connection: socket.socket) -> None:
    """Asks for socket buffers that hold a piece of a stream; the system may give less."""
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        connection.setsockopt(socket.SOL_SOCKET, option, _SOCKET_BUFFER)


class FrameReader:
    """Takes frames from a socket. One thread at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""
        self._position = 0
        self._header: tuple[int, int, int, int] | None = None
        self._body: bytearray | None = None
        self._filled = 0
        self._skip = 0
        self._flags: int = socket.MSG_DONTWAIT

    @property
    def has_leftover(self) -> bool:
        """Whether bytes of a next frame have been taken from the socket already."""
        return self._position < len(self._buffer)

    def read(self, *, wait: bool = False) -> Frame | None:
        """The next frame; None when it has not arrived whole, unless we `wait`. Throws ConnectionLost."""
        self._flags = 0 if wait else socket.MSG_DONTWAIT
        try:
            return self._read()
        except BlockingIOError:
            return None
        except OSError as error:
            raise ConnectionLost(f"the connection broke: {error.strerror}") from error

    def _read(self) -> Frame:
        while True:
            if self._body is not None:
                return self._read_body()
            if self._header is None and not self._parse_header():
                self._receive()
                continue
            assert self._header is not None
            length, stream_id, kind, flags = self._header
            if length > MESSAGE_LIMIT or self._skip:
                self._skip_body(length)
                self._header = None
                return Frame(stream_id, kind, flags, None)
            end = self._position + length
            if end <= len(self._buffer):
                payload = self._buffer[self._position : end]
                self._position = end
                self._header = None
                return Frame(stream_id, kind, flags, payload)
            self._begin_body(length)

    def _parse_header(self) -> bool:
        if len(self._buffer) - self._position < _HEADER.size:
            return False
        self._header = _HEADER.unpack_from(self._buffer, self._position)
        self._position += _HEADER.size
        return True

    def _receive(self) -> None:
        chunk = self._connection.recv(_CHUNK, self._flags)
        if not chunk:
            raise ConnectionLost
        self._buffer = self._buffer[self._position :] + chunk if self.has_leftover else chunk
        self._position = 0

    def _begin_body(self, length: int) -> None:
        self._body = bytearray(length)
        self._filled = len(self._buffer) - self._position
        self._body[: self._filled] = self._buffer[self._position :]
        self._buffer = b""
        self._position = 0

    def _read_body(self) -> Frame:
        assert self._body is not None and self._header is not None
        with memoryview(self._body) as view:
            while self._filled < len(view):
                count = self._connection.recv_into(view[self._filled :], 0, self._flags)
                if count == 0:
                    raise ConnectionLost
                self._filled += count
        _, stream_id, kind, flags = self._header
        frame = Frame(stream_id, kind, flags, self._body)
        self._body = self._header = None
        return frame

    def _skip_body(self, length: int) -> None:
        self._skip = self._skip or length
        while self._skip:
            if not self.has_leftover:
                self._receive()
            step = min(self._skip, len(self._buffer) - self._position)
            self._position += step
            self._skip -= step


class FrameWriter:
    """Puts frames on a socket, whole and one after the other. Any thread; waits while the socket is full."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def write(self, stream_id: int, kind: int, flags: int, *parts: Bytes) -> None:
        """Sends one message, in parts so that nobody has to join them.

        Throws RESOURCE_EXHAUSTED when it is too long, ConnectionLost when nobody reads.
        """
        length = sum(map(len, parts))
        if length > MESSAGE_LIMIT:
            raise StatusError(
                StatusCode.RESOURCE_EXHAUSTED,
                f"a message of {length} bytes is longer than the {MESSAGE_LIMIT} that ttrpc allows",
            )
        header = _HEADER.pack(length, stream_id, kind, flags)
        try:
            with self._lock:
                if length <= _CHUNK:
                    self._connection.sendall(b"".join((header, *parts)))
                else:
                    self._send((header, *parts))
        except OSError as error:
            raise ConnectionLost(f"the connection broke: {error.strerror}") from error

    def _send(self, parts: tuple[Bytes, ...]) -> None:
        sent = self._connection.sendmsg(parts)
        for part in parts:
            if sent < len(part):
                with memoryview(part) as view:
                    self._connection.sendall(view[sent:])
            sent = max(0, sent - len(part))
