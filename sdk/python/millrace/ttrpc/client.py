"""The client: calls from many threads over one connection, without a thread of its own.

Of the threads that wait for an answer, one reads the socket for all of them; when it has its own answer it
hands reading on. A thread that is alone reads its answer itself and never changes threads.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from types import TracebackType

from google.protobuf.message import DecodeError

from millrace.ttrpc import frames
from millrace.ttrpc.frames import Frame, FrameReader, FrameWriter, widen_buffers
from millrace.ttrpc.status import ConnectionLost, StatusCode, StatusError
from millrace.ttrpc.wire_pb2 import KeyValue, Request, Response

# So many messages of a stream are kept for a caller who does not read them; then the stream fails.
STREAM_MESSAGES = 64


class Client:
    """A connection to a server. Any thread may call; `close` fails the calls in flight.

    All streams share the connection, so a stream whose caller does not read fails after 64 messages. One
    that is read slowly, or may be given up half way, gets a client of its own.
    """

    def __init__(self, path: str, *, connect_timeout: float = 10.0) -> None:
        """Connects. Throws ConnectionLost when nobody listens at `path`."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(connect_timeout)
        try:
            self._socket.connect(path)
        except OSError as error:
            self._socket.close()
            raise ConnectionLost(f"cannot connect to {path}: {error.strerror or error}") from error
        self._socket.settimeout(None)
        widen_buffers(self._socket)
        self._readable = select.poll()
        self._readable.register(self._socket, select.POLLIN)
        self._reader = FrameReader(self._socket)
        self._writer = FrameWriter(self._socket)
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._streams: dict[int, _Inbox] = {}
        self._waiting: deque[_Inbox] = deque()
        self._reading = False
        self._next_id = 1
        self._lost: ConnectionLost | None = None

    def call(
        self,
        service: str,
        method: str,
        payload: bytes,
        *,
        timeout: float | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> bytes:
        """One message there, one back. Throws the server's StatusError, DEADLINE_EXCEEDED, ConnectionLost."""
        deadline = None if timeout is None else time.monotonic() + timeout
        inbox = self._open(service, method, payload, 0, timeout, metadata)
        try:
            return _payload_of(self._wait(inbox, deadline))
        finally:
            self._forget(inbox)

    def stream(
        self,
        service: str,
        method: str,
        payload: bytes = b"",
        *,
        sends: bool,
        timeout: float | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> ClientStream:
        """Opens a call that streams; `sends` tells whether messages follow `payload`.

        A call whose client streams is opened with an empty payload, one whose server alone streams with its
        request.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        flags = frames.REMOTE_OPEN if sends else frames.REMOTE_CLOSED
        inbox = self._open(service, method, payload, flags, timeout, metadata)
        return ClientStream(self, inbox, deadline, sends)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # the other end may be faster
            self._socket.shutdown(socket.SHUT_RDWR)
        self._lose(ConnectionLost())
        self._socket.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # ---- sending ----

    def _open(
        self,
        service: str,
        method: str,
        payload: bytes,
        flags: int,
        timeout: float | None,
        metadata: Mapping[str, str] | None,
    ) -> _Inbox:
        request = Request(
            service=service,
            method=method,
            payload=payload,
            timeout_nano=0 if timeout is None else max(1, int(timeout * 1e9)),
            metadata=[KeyValue(key=key, value=value) for key, value in (metadata or {}).items()],
        ).SerializeToString()
        with self._opening:  # ids have to grow on the wire
            inbox = self._register()
            try:
                self._writer.write(inbox.stream_id, frames.REQUEST, flags, request)
            except StatusError:
                self._forget(inbox)
                raise
        return inbox

    def _register(self) -> _Inbox:
        with self._lock:
            if self._lost:
                raise self._lost
            inbox = _Inbox(self._next_id)
            self._next_id += 2
            self._streams[inbox.stream_id] = inbox
            return inbox

    def _send(self, inbox: _Inbox, flags: int, payload: bytes) -> None:
        self._writer.write(inbox.stream_id, frames.DATA, flags, payload)

    def _forget(self, inbox: _Inbox) -> None:
        with self._lock:
            self._streams.pop(inbox.stream_id, None)

    # ---- waiting and reading ----

    def _wait(self, inbox: _Inbox, deadline: float | None) -> Frame:
        """The next frame of a stream."""
        while True:
            with self._lock:
                if inbox.frames:
                    return inbox.frames.popleft()
                if inbox.failure or self._lost:
                    raise inbox.failure or self._lost or ConnectionLost()
                leads = not self._reading
                if leads:
                    self._reading = True
                else:
                    self._waiting.append(inbox)
            if leads:
                self._lead(inbox, deadline)
            else:
                self._follow(inbox, deadline)

    def _follow(self, inbox: _Inbox, deadline: float | None) -> None:
        """Waits for a frame or for reading to be handed on."""
        timeout = -1 if deadline is None else max(0.0, deadline - time.monotonic())
        if inbox.bell.acquire(timeout=timeout):
            return
        with self._lock:
            if inbox in self._waiting:
                self._waiting.remove(inbox)
                raise _too_late()
        inbox.bell.acquire()  # it was rung meanwhile

    def _lead(self, inbox: _Inbox, deadline: float | None) -> None:
        """Reads for everybody until this stream has a frame or failed."""
        try:
            while not inbox.frames and inbox.failure is None:
                frame = self._reader.read()
                if frame is None:
                    self._wait_readable(deadline)
                else:
                    self._deliver(frame)
        except ConnectionLost as lost:
            self._lose(lost)
        finally:
            self._hand_on()

    def _wait_readable(self, deadline: float | None) -> None:
        timeout = None if deadline is None else (deadline - time.monotonic()) * 1000
        if timeout is not None and timeout <= 0:
            raise _too_late()
        self._readable.poll(timeout)

    def _deliver(self, frame: Frame) -> None:
        with self._lock:
            inbox = self._streams.get(frame.stream_id)
            if inbox is None:
                return  # given up
            if frame.payload is None:
                inbox.failure = StatusError(
                    StatusCode.RESOURCE_EXHAUSTED,
                    f"the answer is longer than {frames.MESSAGE_LIMIT} bytes",
                )
            elif len(inbox.frames) >= STREAM_MESSAGES:
                inbox.failure = StatusError(StatusCode.RESOURCE_EXHAUSTED, "the stream was not read in time")
            else:
                inbox.frames.append(frame)
            self._ring(inbox)

    def _hand_on(self) -> None:
        with self._lock:
            self._reading = False
            if self._waiting:
                self._ring(self._waiting[0])

    def _ring(self, inbox: _Inbox) -> None:
        """Wakes the thread that waits for a stream, if one does. Called under the lock."""
        if inbox in self._waiting:
            self._waiting.remove(inbox)
            inbox.bell.release()

    def _lose(self, lost: ConnectionLost) -> None:
        with self._lock:
            self._lost = self._lost or lost
            while self._waiting:
                self._ring(self._waiting[0])


class _Inbox:
    """What has arrived for one stream. All but the bell is under the client's lock."""

    __slots__ = ("bell", "failure", "frames", "stream_id")

    def __init__(self, stream_id: int) -> None:
        self.stream_id = stream_id
        self.frames: deque[Frame] = deque()
        self.failure: StatusError | None = None
        self.bell = threading.Lock()
        self.bell.acquire()


class ClientStream:
    """A call that streams. One thread may send while another receives."""

    def __init__(self, client: Client, inbox: _Inbox, deadline: float | None, sends: bool) -> None:
        self._client = client
        self._inbox = inbox
        self._deadline = deadline
        self._sends = sends
        self._answer: bytes | None = None
        self._ended = False

    def send(self, message: bytes) -> None:
        self._client._send(self._inbox, 0, message)

    def close_send(self) -> None:
        """No message follows. Called once, at the latest before the answer is waited for."""
        if self._sends:
            self._sends = False
            self._client._send(self._inbox, frames.REMOTE_CLOSED | frames.NO_DATA, b"")

    def receive(self) -> bytes | None:
        """The next message of the server, or None after the last. Throws what the call failed with."""
        if self._ended:
            return None
        frame = self._client._wait(self._inbox, self._deadline)
        if frame.type == frames.RESPONSE:
            self._end()
            self._answer = _payload_of(frame)
            return None
        if frame.flags & frames.REMOTE_CLOSED:
            self._end()
            if frame.flags & frames.NO_DATA:
                return None
        return bytes(frame.payload or b"")

    def __iter__(self) -> Iterator[bytes]:
        while (message := self.receive()) is not None:
            yield message

    def answer(self) -> bytes:
        """Ends sending and waits for the one answer of a call whose server does not stream."""
        self.close_send()
        if not self._ended and self.receive() is not None:
            raise StatusError(StatusCode.INTERNAL, "a message came where the answer was due")
        return self._answer or b""

    def abandon(self) -> None:
        """Nobody reads the stream any more. The server is not told: ttrpc has no message for it."""
        self._end()

    def _end(self) -> None:
        self._ended = True
        self._client._forget(self._inbox)


def _payload_of(frame: Frame) -> bytes:
    if frame.type != frames.RESPONSE:
        raise StatusError(StatusCode.INTERNAL, f"a frame of type {frame.type} came where the answer was due")
    try:
        response = Response.FromString(bytes(frame.payload or b""))
    except DecodeError as error:
        raise StatusError(StatusCode.INTERNAL, f"the answer cannot be read: {error}") from error
    if response.status.code != StatusCode.OK:
        raise StatusError.from_status(response.status)
    return response.payload


def _too_late() -> StatusError:
    return StatusError(StatusCode.DEADLINE_EXCEEDED, "no answer came before the deadline")
