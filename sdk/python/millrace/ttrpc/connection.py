"""One client of a server: takes its frames apart and makes tasks of its requests."""

from __future__ import annotations

import logging
import socket
import threading
import time
from enum import Enum
from typing import Callable

from google.protobuf.message import DecodeError

from millrace.ttrpc import frames
from millrace.ttrpc.frames import Bytes, Frame, FrameReader, FrameWriter
from millrace.ttrpc.service import Call, Method, ServerStream, Services, StreamMethod, UnaryMethod
from millrace.ttrpc.status import ConnectionLost, StatusCode, StatusError
from millrace.ttrpc.wire_pb2 import Envelope, Response

_log = logging.getLogger("millrace.ttrpc")


# Calls up to so many seconds are short: those behind them lose little by waiting for their thread.
_SHORT = 0.0005


class Pause(Enum):
    """Why a connection has no task now."""

    EMPTY = 1  # nothing has arrived
    STALLED = 2  # a stream is full; `resume` is called when it has room


class Task:
    """A call to carry out: `run` it, or `refuse` it with a reason. One of them, once, on any thread."""

    is_short = False  # what is known of it before it is carried out

    def __init__(self, connection: Connection, stream_id: int, call: Call) -> None:
        self._connection = connection
        self._id = stream_id
        self._call = call

    def run(self) -> None:
        try:
            if self._call.expired:
                raise StatusError(StatusCode.DEADLINE_EXCEEDED, "the deadline passed before the call began")
            self._perform()
        except ConnectionLost:
            _log.debug("%s/%s: the caller is gone", self._call.service, self._call.method)
        except StatusError as error:
            self.refuse(error)
        except Exception:
            _log.exception("%s/%s failed", self._call.service, self._call.method)
            self.refuse(StatusError(StatusCode.INTERNAL, "the handler failed"))

    def refuse(self, error: StatusError) -> None:
        self._connection.send_status(self._id, error)

    def _perform(self) -> None:
        raise NotImplementedError


class _UnaryTask(Task):
    def __init__(
        self, connection: Connection, stream_id: int, call: Call, method: UnaryMethod, payload: Bytes
    ) -> None:
        super().__init__(connection, stream_id, call)
        self._method = method
        self._payload = payload
        self.is_short = method.is_short

    def _perform(self) -> None:
        begin = time.monotonic()
        try:
            answer = self._method.handler(self._call, self._payload)
        finally:
            self._method.is_short = time.monotonic() - begin < _SHORT
        self._connection.send_response(self._id, answer)


class _StreamTask(Task):
    def __init__(
        self, connection: Connection, stream_id: int, stream: ServerStream, method: StreamMethod
    ) -> None:
        super().__init__(connection, stream_id, stream.call)
        self._stream = stream
        self._method = method

    def run(self) -> None:
        try:
            super().run()
        finally:
            self._connection.forget(self._id)
            self._stream.finish()

    def _perform(self) -> None:
        payload = self._method.handler(self._stream)
        if self._method.server_streaming:
            self._connection.send_end(self._id)
        else:
            self._connection.send_response(self._id, payload or b"")


class Connection:
    """Owned by the server. `next_task` is called by one thread at a time, everything else by any."""

    def __init__(self, peer: socket.socket, services: Services, resume: Callable[[Connection], None]) -> None:
        self.descriptor = peer.fileno()  # stays the same when the socket is closed
        self._peer = peer
        self._services = services
        self._resume = resume
        self._reader = FrameReader(peer)
        self._writer = FrameWriter(peer)
        self._streams: dict[int, ServerStream] = {}
        self._last_id = 0
        self._lost = threading.Event()

    @property
    def has_leftover(self) -> bool:
        return self._reader.has_leftover

    def next_task(self, *, wait: bool) -> Task | Pause:
        """Takes frames until one begins a call or there is a reason to pause. Throws ConnectionLost.

        That nothing has arrived is no reason when it may `wait`.
        """
        while True:
            frame = self._reader.read(wait=wait)
            if frame is None:
                return Pause.EMPTY
            try:
                step = self._accept(frame)
            except StatusError as error:
                self.send_status(frame.stream_id, error)
                continue
            if step is not None:
                return step

    def send_response(self, stream_id: int, payload: bytes) -> None:
        self._writer.write(stream_id, frames.RESPONSE, 0, Response(payload=payload).SerializeToString())

    def send_end(self, stream_id: int) -> None:
        self._writer.write(stream_id, frames.DATA, frames.REMOTE_CLOSED | frames.NO_DATA)

    def send_status(self, stream_id: int, error: StatusError) -> None:
        """Ends a call with a failure; that nobody hears it is no failure."""
        try:
            response = Response(status=error.to_status()).SerializeToString()
            self._writer.write(stream_id, frames.RESPONSE, 0, response)
        except ConnectionLost:
            _log.debug("stream %d: nobody hears: %s", stream_id, error.message)

    def forget(self, stream_id: int) -> None:
        self._streams.pop(stream_id, None)

    def shut(self) -> None:
        """Ends the connection; its reader finds out and calls `lose`."""
        try:
            self._peer.shutdown(socket.SHUT_RDWR)
        except OSError:
            _log.debug("the connection was closed already")

    def lose(self) -> None:
        """Tells the handlers that the caller is gone, and closes the socket."""
        self._lost.set()
        for stream in list(self._streams.values()):
            stream.fail(ConnectionLost("the caller is gone"))
        self._peer.close()

    def _accept(self, frame: Frame) -> Task | Pause | None:
        if frame.payload is None:
            raise StatusError(
                StatusCode.RESOURCE_EXHAUSTED, f"messages may have at most {frames.MESSAGE_LIMIT} bytes"
            )
        if frame.stream_id % 2 != 1:
            raise StatusError(StatusCode.INVALID_ARGUMENT, "stream ids of clients are odd")
        if frame.type == frames.REQUEST:
            return self._begin(frame, frame.payload)
        if frame.type == frames.DATA:
            return self._feed(frame, frame.payload)
        return None  # a type of a later protocol

    def _begin(self, frame: Frame, payload: Bytes) -> Task:
        if frame.stream_id <= self._last_id:
            raise StatusError(StatusCode.INVALID_ARGUMENT, "stream ids grow and are not used again")
        self._last_id = frame.stream_id
        request = _parse_request(payload)
        service, name, limit = request.service, request.method, request.timeout_nano
        method = self._find(service, name)
        deadline = time.monotonic() + limit / 1e9 if limit else None
        call = Call(service, name, request.metadata, deadline, self._lost)
        if isinstance(method, UnaryMethod):
            return _UnaryTask(self, frame.stream_id, call, method, request.payload)
        return self._open(frame, call, method, request.payload)

    def _open(self, frame: Frame, call: Call, method: StreamMethod, payload: bytes) -> Task:
        stream = ServerStream(call, frame.stream_id, self._writer, lambda: self._resume(self))
        # An empty message is a message, but a client that streams begins its call without one.
        if payload or not method.client_streaming:
            stream.feed(payload)
        if not frame.flags & frames.REMOTE_OPEN:
            stream.close()
        self._streams[frame.stream_id] = stream
        return _StreamTask(self, frame.stream_id, stream, method)

    def _feed(self, frame: Frame, payload: Bytes) -> Pause | None:
        stream = self._streams.get(frame.stream_id)
        if stream is None:
            if frame.stream_id > self._last_id:
                raise StatusError(StatusCode.INVALID_ARGUMENT, "data of a stream that was not opened")
            return None  # the call has ended meanwhile
        goes_on = bool(frame.flags & frames.NO_DATA) or stream.feed(payload)
        if frame.flags & frames.REMOTE_CLOSED:
            stream.close()
        return None if goes_on else Pause.STALLED

    def _find(self, service: str, method: str) -> Method:
        methods = self._services.get(service)
        if methods is None:
            raise StatusError(StatusCode.UNIMPLEMENTED, f"there is no service {service}")
        found = methods.get(method)
        if found is None:
            raise StatusError(StatusCode.UNIMPLEMENTED, f"{service} has no method {method}")
        return found


def _parse_request(payload: Bytes) -> Envelope:
    try:
        return Envelope.FromString(payload if isinstance(payload, bytes) else bytes(payload))
    except DecodeError as error:
        raise StatusError(StatusCode.INVALID_ARGUMENT, f"the request cannot be read: {error}") from error
