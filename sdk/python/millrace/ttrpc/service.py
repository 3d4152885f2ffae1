"""What a server offers: methods, the call that a handler sees, and the messages of a call that streams."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Callable, Union

from google.protobuf.message import DecodeError

from millrace.ttrpc.frames import DATA, Bytes, FrameWriter
from millrace.ttrpc.status import StatusCode, StatusError
from millrace.ttrpc.wire_pb2 import KeyValue

# A stream that its handler has not read may hold so many bytes before its connection is read no further.
STREAM_BUFFER = 4 << 20


@lru_cache(maxsize=256)
def _entry(encoded: bytes) -> tuple[str, str]:
    """One entry of a call's metadata; that which names the instance comes with every call."""
    try:
        entry = KeyValue.FromString(encoded)
    except DecodeError as error:
        raise StatusError(StatusCode.INVALID_ARGUMENT, f"the metadata cannot be read: {error}") from error
    return entry.key, entry.value


class Call:
    """One call: what was asked for, by when, and whether anybody still waits. Any thread."""

    __slots__ = ("_entries", "_lost", "deadline", "method", "service")

    def __init__(
        self,
        service: str,
        method: str,
        entries: Sequence[bytes],
        deadline: float | None,
        lost: threading.Event,
    ) -> None:
        """`entries` are those of the metadata, encoded as KeyValue."""
        self.service = service
        self.method = method
        self.deadline = deadline  # on the clock of time.monotonic(); None: no limit
        self._entries = entries
        self._lost = lost

    @property
    def metadata(self) -> dict[str, str]:
        """All of it, read anew. Throws INVALID_ARGUMENT when an entry cannot be read."""
        return dict(map(_entry, self._entries))

    def find(self, key: str) -> str:
        """The value of a key of the metadata, or an empty string. Throws as `metadata` does."""
        for encoded in self._entries:
            name, value = _entry(encoded)
            if name == key:
                return value
        return ""

    @property
    def expired(self) -> bool:
        return self.deadline is not None and time.monotonic() >= self.deadline

    @property
    def cancelled(self) -> bool:
        """Nobody waits for the answer: the caller is gone or the deadline has passed."""
        return self._lost.is_set() or self.expired

    def remaining(self) -> float | None:
        """Seconds until the deadline, at least 0; None when there is no limit."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())


class ServerStream:
    """The messages of one call that streams. Its handler reads and writes; the connection's reader feeds."""

    def __init__(self, call: Call, stream_id: int, writer: FrameWriter, resume: Callable[[], None]) -> None:
        self.call = call
        self._id = stream_id
        self._writer = writer
        self._resume = resume
        self._changed = threading.Condition()
        self._messages: deque[Bytes] = deque()
        self._size = 0
        self._closed = False
        self._failure: StatusError | None = None
        self._finished = False
        self._stalled = False

    def receive(self) -> Bytes | None:
        """The next message, or None after the last. Throws ConnectionLost or DEADLINE_EXCEEDED."""
        with self._changed:
            if not self._changed.wait_for(self._has_news, self.call.remaining()):
                raise StatusError(
                    StatusCode.DEADLINE_EXCEEDED, "the deadline passed while the stream was open"
                )
            if not self._messages:
                if self._failure:
                    raise self._failure
                return None
            message = self._messages.popleft()
            self._size -= len(message)
            resumes = self._stalled and self._size <= STREAM_BUFFER // 2
            self._stalled = self._stalled and not resumes
        if resumes:
            self._resume()
        return message

    def __iter__(self) -> Iterator[Bytes]:
        while (message := self.receive()) is not None:
            yield message

    def send(self, *parts: Bytes) -> None:
        """Sends one message, given in parts.

        Throws ConnectionLost when nobody reads, DEADLINE_EXCEEDED when nobody waits any more.
        """
        if self.call.expired:
            raise StatusError(StatusCode.DEADLINE_EXCEEDED, "the deadline passed while the stream was open")
        self._writer.write(self._id, DATA, 0, *parts)

    def feed(self, message: Bytes) -> bool:
        """Adds a message that has arrived; False when the connection should be read no further for now."""
        with self._changed:
            if self._finished:
                return True
            self._messages.append(message)
            self._size += len(message)
            self._stalled = self._size > STREAM_BUFFER
            self._changed.notify()
            return not self._stalled

    def close(self) -> None:
        """The other end has sent its last message."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def fail(self, failure: StatusError) -> None:
        """What has arrived can still be read; `failure` comes after it."""
        with self._changed:
            self._failure = self._failure or (None if self._closed else failure)
            self._changed.notify()

    def finish(self) -> None:
        """The handler is done: what else arrives is dropped."""
        with self._changed:
            self._finished = True
            self._messages.clear()
            resumes, self._stalled = self._stalled, False
        if resumes:
            self._resume()

    def _has_news(self) -> bool:
        return bool(self._messages) or self._closed or self._failure is not None


@dataclass
class UnaryMethod:
    """One message in, one message out. Throws StatusError for its caller."""

    handler: Callable[[Call, Bytes], bytes]
    # Whether its last call was so short that its thread may go on reading the connection after the next one.
    is_short: bool = True


@dataclass(frozen=True)
class StreamMethod:
    """Several messages in, out, or both. The handler's result is the answer unless the server streams."""

    handler: Callable[[ServerStream], bytes | None]
    client_streaming: bool
    server_streaming: bool


Method = Union[UnaryMethod, StreamMethod]
Services = Mapping[str, Mapping[str, Method]]
