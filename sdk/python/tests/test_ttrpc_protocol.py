"""The server against frames as they stand on the wire: what the published protocol says of each."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest

from millrace.ttrpc import Call, ServerStream, StatusCode, StreamMethod, UnaryMethod
from millrace.ttrpc.wire_pb2 import Request, Response

from .conftest import SERVICE, Serve

REQUEST, RESPONSE, DATA = 1, 2, 3
CLOSED, OPEN, NO_DATA = 1, 2, 4


class Wire:
    """A client that says exactly what it is told to."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(10)
        self._socket.connect(path)

    def send(self, stream_id: int, kind: int, flags: int, payload: bytes = b"") -> None:
        self.send_raw(struct.pack(">IIBB", len(payload), stream_id, kind, flags) + payload)

    def send_raw(self, data: bytes) -> None:
        self._socket.sendall(data)

    def request(self, stream_id: int, method: str, payload: bytes = b"", flags: int = 0) -> None:
        message = Request(service=SERVICE, method=method, payload=payload)
        self.send(stream_id, REQUEST, flags, message.SerializeToString())

    def receive(self) -> tuple[int, int, int, bytes]:
        length, stream_id, kind, flags = struct.unpack(">IIBB", self._exactly(10))
        return stream_id, kind, flags, self._exactly(length)

    def response(self) -> tuple[int, Response]:
        stream_id, kind, flags, payload = self.receive()
        assert (kind, flags) == (RESPONSE, 0)
        return stream_id, Response.FromString(payload)

    def at_end(self) -> bool:
        return self._socket.recv(1) == b""

    def close(self) -> None:
        self._socket.close()

    def _exactly(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            piece = self._socket.recv(length - len(data))
            assert piece, "the server closed the connection"
            data += piece
        return data


def _join(stream: ServerStream) -> bytes:
    return b"|".join(bytes(message) for message in stream)


def _repeat(stream: ServerStream) -> None:
    for message in stream:
        stream.send(bytes(message) * 2)


METHODS = {
    "Echo": UnaryMethod(lambda call, payload: bytes(payload)),
    "Join": StreamMethod(_join, client_streaming=True, server_streaming=False),
    "Repeat": StreamMethod(_repeat, client_streaming=True, server_streaming=True),
    "Emit": StreamMethod(_repeat, client_streaming=False, server_streaming=True),
}


@pytest.fixture
def wire(serve: Serve) -> Iterator[Wire]:
    wire = Wire(serve(METHODS))
    yield wire
    wire.close()


def test_a_unary_call_is_answered_on_its_stream(wire: Wire) -> None:
    wire.request(1, "Echo", b"hello")
    stream_id, response = wire.response()
    assert (stream_id, response.payload, response.status.code) == (1, b"hello", 0)


def test_frames_may_arrive_byte_by_byte(wire: Wire) -> None:
    message = Request(service=SERVICE, method="Echo", payload=b"slow").SerializeToString()
    for byte in struct.pack(">IIBB", len(message), 1, REQUEST, 0) + message:
        wire.send_raw(bytes([byte]))
    assert wire.response()[1].payload == b"slow"


def test_many_frames_may_arrive_at_once(wire: Wire) -> None:
    frames = b""
    for stream_id in range(1, 401, 2):
        message = Request(service=SERVICE, method="Echo", payload=b"%d" % stream_id).SerializeToString()
        frames += struct.pack(">IIBB", len(message), stream_id, REQUEST, 0) + message
    wire.send_raw(frames)
    answers = dict(wire.response() for _ in range(200))
    assert {stream_id: answer.payload for stream_id, answer in answers.items()} == {
        stream_id: b"%d" % stream_id for stream_id in range(1, 401, 2)
    }


def test_an_even_stream_id_is_refused_and_the_connection_lives(wire: Wire) -> None:
    wire.request(2, "Echo", b"x")
    stream_id, response = wire.response()
    assert (stream_id, response.status.code) == (2, StatusCode.INVALID_ARGUMENT)
    wire.request(3, "Echo", b"x")
    assert wire.response()[1].payload == b"x"


@pytest.mark.parametrize("second", [1, 5])
def test_a_stream_id_that_does_not_grow_is_refused(wire: Wire, second: int) -> None:
    wire.request(5, "Echo", b"x")
    wire.response()
    wire.request(second, "Echo", b"x")
    assert wire.response()[1].status.code == StatusCode.INVALID_ARGUMENT


def test_unknown_services_and_methods_are_unimplemented(wire: Wire) -> None:
    wire.request(1, "Nothing")
    assert wire.response()[1].status.code == StatusCode.UNIMPLEMENTED
    wire.send(3, REQUEST, 0, Request(service="other", method="Echo").SerializeToString())
    assert wire.response()[1].status.code == StatusCode.UNIMPLEMENTED


def test_a_request_that_is_no_message_is_refused(wire: Wire) -> None:
    wire.send(1, REQUEST, 0, b"\xff\xff\xff")
    assert wire.response()[1].status.code == StatusCode.INVALID_ARGUMENT


def test_a_message_over_the_limit_is_skipped_and_refused(wire: Wire) -> None:
    wire.send(1, REQUEST, 0, b"\0" * ((4 << 20) + 1))
    stream_id, response = wire.response()
    assert (stream_id, response.status.code) == (1, StatusCode.RESOURCE_EXHAUSTED)
    wire.request(3, "Echo", b"still here")
    assert wire.response()[1].payload == b"still here"


def test_a_message_of_the_limit_is_taken(wire: Wire) -> None:
    payload = b"\1" * ((4 << 20) - 64)
    wire.request(1, "Echo", payload)
    assert wire.response()[1].payload == payload


def test_frame_types_of_later_protocols_are_ignored(wire: Wire) -> None:
    wire.send(1, 9, 0, b"what is this")
    wire.request(3, "Echo", b"x")
    assert wire.response()[0] == 3


def test_a_client_stream_is_answered_after_its_close(wire: Wire) -> None:
    wire.request(1, "Join", flags=OPEN)
    wire.send(1, DATA, 0, b"a")
    wire.send(1, DATA, 0)  # an empty message is a message
    wire.send(1, DATA, 0, b"b")
    wire.send(1, DATA, CLOSED | NO_DATA)
    assert wire.response()[1].payload == b"a||b"


def test_the_last_message_may_carry_the_close(wire: Wire) -> None:
    wire.request(1, "Join", flags=OPEN)
    wire.send(1, DATA, 0, b"a")
    wire.send(1, DATA, CLOSED, b"b")
    assert wire.response()[1].payload == b"a|b"


def test_a_request_may_bring_the_first_message(wire: Wire) -> None:
    wire.request(1, "Join", b"first", flags=OPEN)
    wire.send(1, DATA, CLOSED, b"second")
    assert wire.response()[1].payload == b"first|second"


def test_a_server_stream_ends_with_an_empty_close(wire: Wire) -> None:
    wire.request(1, "Emit", b"ab", flags=CLOSED)
    assert wire.receive() == (1, DATA, 0, b"abab")
    assert wire.receive() == (1, DATA, CLOSED | NO_DATA, b"")


def test_an_empty_request_of_a_server_stream_is_a_message(wire: Wire) -> None:
    wire.request(1, "Emit", b"", flags=CLOSED)
    assert wire.receive() == (1, DATA, 0, b"")
    assert wire.receive() == (1, DATA, CLOSED | NO_DATA, b"")


def test_both_ends_may_stream_in_turn(wire: Wire) -> None:
    wire.request(1, "Repeat", flags=OPEN)
    for word in (b"a", b"b"):
        wire.send(1, DATA, 0, word)
        assert wire.receive() == (1, DATA, 0, word * 2)
    wire.send(1, DATA, CLOSED | NO_DATA)
    assert wire.receive() == (1, DATA, CLOSED | NO_DATA, b"")


def test_data_of_a_stream_that_never_was_is_refused(wire: Wire) -> None:
    wire.send(7, DATA, 0, b"x")
    stream_id, response = wire.response()
    assert (stream_id, response.status.code) == (7, StatusCode.INVALID_ARGUMENT)


def test_data_of_a_stream_that_has_ended_is_dropped(wire: Wire) -> None:
    wire.request(1, "Echo", b"x")
    wire.response()
    wire.send(1, DATA, 0, b"late")
    wire.request(3, "Echo", b"y")
    assert wire.response()[0] == 3


def test_garbage_ends_only_its_own_connection(serve: Serve) -> None:
    path = serve(METHODS)
    garbage, other = Wire(path), Wire(path)
    garbage.send_raw(b"GET / HTTP/1.1\r\n\r\n")
    garbage.close()
    other.request(1, "Echo", b"x")
    assert other.response()[1].payload == b"x"
    other.close()


def test_a_handler_that_throws_answers_internal_without_its_text(serve: Serve) -> None:
    def fail(call: Call, payload: object) -> bytes:
        raise ValueError("the password is sesame")

    wire = Wire(serve({"Fail": UnaryMethod(fail)}))
    wire.request(1, "Fail")
    status = wire.response()[1].status
    assert status.code == StatusCode.INTERNAL
    assert "sesame" not in status.message
    wire.close()
