"""When tokens are had, renewed and done without; with a real endpoint and a clock that the tests move."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import Callable

import pytest
from millrace.plugin import Error, Secret, TemporarilyUnavailable, Unauthenticated

from examples.servers import Server, TokenServer, reply
from millrace_signed_requests.tokens import LEEWAY, LONGEST_ANSWER, PAUSE, TokenSource

SECRET = "client secret"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Endpoint(Server):
    """Answers as a function says."""

    def __init__(self, behaviour: Callable[[BaseHTTPRequestHandler], None]) -> None:
        super().__init__()
        self.behaviour = behaviour
        self.asked = 0

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        self.asked += 1
        self.behaviour(request)


def source_of(server: Server, clock: Clock | None = None) -> TokenSource:
    return TokenSource(f"{server.url}/token?tenant=1", "me", Secret(SECRET), clock or Clock())


def text(source: TokenSource, rejected: bool = False) -> str:
    return source.token(rejected).text.reveal()


def test_a_token_is_renewed_before_it_expires() -> None:
    clock = Clock()
    with TokenServer(SECRET, lifetime=100) as server:
        source = source_of(server, clock)
        assert text(source) == "token-1"
        clock.now += 100 - LEEWAY - 1
        assert text(source) == "token-1"
        clock.now += 2
        assert text(source) == "token-2"


def test_a_rejected_token_is_renewed_but_not_again_and_again() -> None:
    clock = Clock()
    with TokenServer(SECRET) as server:
        source = source_of(server, clock)
        assert text(source) == "token-1"
        clock.now += PAUSE
        # Sixteen requests were under way with the token that is stale.
        with ThreadPoolExecutor(16) as crew:
            assert set(crew.map(lambda _: text(source, rejected=True), range(16))) == {"token-2"}
        clock.now += PAUSE
        assert text(source, rejected=True) == "token-3"


def test_one_request_renews_while_others_wait() -> None:
    waiting, release = threading.Event(), threading.Event()

    def hold(request: BaseHTTPRequestHandler) -> None:
        waiting.set()
        assert release.wait(10)
        reply(request, 200, b'{"access_token": "t", "expires_in": 60}')

    with Endpoint(hold) as server, ThreadPoolExecutor(8) as crew:
        assert isinstance(server, Endpoint)
        source = source_of(server)
        answers = [crew.submit(text, source) for _ in range(8)]
        assert waiting.wait(10)
        with pytest.raises(TemporarilyUnavailable, match="slow"):
            source.token(patience=0.01)
        release.set()
        assert {answer.result(10) for answer in answers} == {"t"}
        assert server.asked == 1


def test_a_good_token_outlives_its_endpoint() -> None:
    clock = Clock()
    with TokenServer(SECRET, lifetime=100) as server:
        source = source_of(server, clock)
        assert text(source) == "token-1"
    clock.now += 100 - LEEWAY / 2
    assert text(source) == "token-1"
    clock.now += LEEWAY
    with pytest.raises(TemporarilyUnavailable, match="cannot be reached"):
        source.token()


def test_a_rejected_token_is_never_used_again_when_no_other_is_had() -> None:
    clock = Clock()
    with TokenServer(SECRET) as server:
        source = source_of(server, clock)
        assert text(source) == "token-1"
    clock.now += PAUSE
    with pytest.raises(TemporarilyUnavailable):
        source.token(rejected=True)


def test_an_endpoint_that_fails_is_left_alone_for_a_moment() -> None:
    clock = Clock()
    with Endpoint(lambda request: reply(request, 500, b"")) as server:
        assert isinstance(server, Endpoint)
        source = source_of(server, clock)
        for _ in range(5):
            with pytest.raises(TemporarilyUnavailable, match="status 500"):
                source.token()
        assert server.asked == 1
        clock.now += PAUSE
        server.behaviour = lambda request: reply(request, 200, b'{"access_token": "back"}')
        assert text(source) == "back"


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (503, b"", TemporarilyUnavailable, "status 503"),
        (302, b"", TemporarilyUnavailable, "status 302"),
        (401, b'{"error": "client secret"}', Unauthenticated, "refuses"),
        (400, b"", Unauthenticated, "refuses"),
        (200, b"", TemporarilyUnavailable, "access_token"),
        (200, b"[" * 60000, TemporarilyUnavailable, "access_token"),
        (200, b"\xff\xfe", TemporarilyUnavailable, "access_token"),
        (200, b'"client secret"', TemporarilyUnavailable, "access_token"),
        (200, b'{"access_token": 5}', TemporarilyUnavailable, "access_token"),
        (200, b'{"access_token": ""}', TemporarilyUnavailable, "access_token"),
        (200, b'{"access_token": "a\\r\\nX-Evil: b"}', TemporarilyUnavailable, "access_token"),
        (200, b'{"access_token": "a", "expires_in": "soon"}', TemporarilyUnavailable, "expires_in"),
        (200, b'{"access_token": "a", "expires_in": NaN}', TemporarilyUnavailable, "expires_in"),
        (200, b'{"access_token": "a", "expires_in": true}', TemporarilyUnavailable, "expires_in"),
        (200, b" " * (LONGEST_ANSWER + 1), TemporarilyUnavailable, "access_token"),
    ],
)
def test_bad_answers_are_told_without_the_secret(
    status: int, body: bytes, kind: type[Error], words: str
) -> None:
    with (
        Endpoint(lambda request: reply(request, status, body)) as server,
        pytest.raises(kind, match=words) as error,
    ):
        source_of(server).token()
    assert SECRET not in str(error.value)


def test_an_endpoint_that_drips_is_given_up_in_time() -> None:
    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        while not gone.wait(0.02):
            request.wfile.write(b"X: y\r\n")

    gone = threading.Event()
    with Endpoint(drip) as server:
        began = time.monotonic()
        with pytest.raises(TemporarilyUnavailable, match="does not answer"):
            source_of(server).token(patience=0.3)
        assert time.monotonic() - began < 5
        gone.set()


def test_the_clock_of_the_endpoint_counts() -> None:
    def ahead(seconds: float) -> Callable[[BaseHTTPRequestHandler], None]:
        def behave(request: BaseHTTPRequestHandler) -> None:
            request.send_response_only(200)
            request.send_header("Date", formatdate(time.time() + seconds, usegmt=True))
            request.end_headers()
            request.wfile.write(b'{"access_token": "a"}')

        return behave

    with Endpoint(ahead(120)) as server:
        assert 118 < source_of(server).token().skew < 121
    with Endpoint(ahead(0)) as server:
        assert source_of(server).token().skew == 0
    with Endpoint(ahead(-3600)) as server, pytest.raises(TemporarilyUnavailable, match="set the clock"):
        source_of(server).token()
