"""The conversations of docs/plugins/protocol.md, byte by byte, with a plugin of this package."""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from millrace.plugin import messages as m
from millrace.plugin import process
from millrace.plugin.control import PROTOCOL
from millrace.plugin.errors import Error
from millrace.plugin.testing import PluginProcess
from millrace.ttrpc import frames
from millrace.ttrpc.status import StatusError
from millrace.ttrpc.wire_pb2 import Request, Response

TESTS = Path(__file__).resolve().parent
PAGE = (TESTS.parent.parent.parent / "docs/plugins/protocol.md").read_text(encoding="utf-8")

Turn = tuple[str, bytes]


def conversations() -> list[list[Turn]]:
    """Frames of each block with who sends them; a comment begins a frame."""
    return [_turns(block) for block in re.findall(r"^```frames\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)]


def _turns(block: str) -> list[Turn]:
    turns = []
    for text in re.split(r"^#.*\n", block, flags=re.MULTILINE)[1:]:
        lines = text.splitlines()
        assert len({line[0] for line in lines}) == 1, "a frame has one sender"
        turns.append((lines[0][0], bytes.fromhex("".join(line[1:] for line in lines))))
    return turns


def data_of(frame: bytes) -> bytes:
    (length,) = struct.unpack(">I", frame[:4])
    assert length == len(frame) - 10, "the header tells another length than the page shows"
    return frame[10:]


@pytest.fixture(scope="module")
def plugin() -> Iterator[PluginProcess]:
    with PluginProcess("memory_plugin", folder=TESTS / "plugins") as running:
        yield running


def say(plugin: PluginProcess, turns: list[Turn]) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(10)
        connection.connect(plugin.path)
        for speaker, frame in turns:
            if speaker == ">":
                connection.sendall(frame)
                continue
            heard = connection.recv(len(frame), socket.MSG_WAITALL)
            assert heard.hex(" ") == frame.hex(" ")


def test_the_conversations_of_the_page_are_what_is_spoken(plugin: PluginProcess) -> None:
    blocks = conversations()
    assert [len(turns) for turns in blocks] == [4, 6, 3, 2]
    for turns in blocks:
        say(plugin, turns)


def test_the_requests_of_the_page_say_what_their_comments_say() -> None:
    requests = [
        Request.FromString(data_of(frame))
        for turns in conversations()
        for speaker, frame in turns
        if speaker == ">" and frame[8] == frames.REQUEST
    ]
    assert [(entry.service.split(".")[-1], entry.method) for entry in requests] == [
        ("Control", "Open"),
        *[("ArtifactRepository", method) for method in ("List", "Write", "Read", "Read")],
    ]
    assert [entry.timeout_nano for entry in requests] == [30_000_000_000, 30_000_000_000, 0, 0, 0]
    opening = m.OpenRequest.FromString(requests[0].payload)
    assert opening == m.OpenRequest(kind="artifact_repository", name="memory", uri="memory:x")
    for entry in requests[1:]:
        assert {each.key: each.value for each in entry.metadata} == {
            "millrace-instance": "1",
            "millrace-request-id": "kq3v0x1m8r2p9d4f",
        }


def test_the_failure_of_the_page_is_read_as_it_says() -> None:
    response = Response.FromString(data_of(conversations()[-1][-1][1]))
    status = StatusError(response.status.code, response.status.message, list(response.status.details))
    fault = Error.from_status(status)
    assert (fault.code, fault.message) == ("RESOURCE_DOES_NOT_EXIST", "there is no file 'b'")


def test_the_codes_of_the_page_become_what_it_says() -> None:
    rows = re.findall(r"^\| (\d+) \| [A-Z_]+ \| `([A-Z_]+)` \|", PAGE, re.MULTILINE)
    assert len(rows) == 11
    for code, name in rows:
        assert Error.from_status(StatusError(int(code), "")).code == name
    for code in {1, 2, 11, 13, 15} - {int(code) for code, _ in rows}:
        expected = "CANCELLED" if code == 1 else "INTERNAL_ERROR"
        assert Error.from_status(StatusError(code, "")).code == expected


def test_the_page_has_the_constants_of_the_handshake() -> None:
    for constant in (
        process.MAGIC,
        process.MAGIC_VARIABLE,
        process.PROTOCOLS_VARIABLE,
        process.SOCKET_VARIABLE,
        f"millrace-plugin {PROTOCOL} ttrpc unix:",
    ):
        assert constant in PAGE
