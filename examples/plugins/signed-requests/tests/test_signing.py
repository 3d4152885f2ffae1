"""Signed requests against a server that checks them."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from millrace.plugin import InvalidParameter, Unauthenticated
from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess

from examples.servers import SignatureServer, TokenServer

from .conftest import PLUGIN

KEY = "a key of the test, and no other"
CLIENT_SECRET = "client secret & more"


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    with TokenServer(CLIENT_SECRET) as server:
        assert isinstance(server, TokenServer)
        yield server


@pytest.fixture
def server() -> Iterator[SignatureServer]:
    with SignatureServer(KEY) as server:
        assert isinstance(server, SignatureServer)
        yield server


@pytest.fixture
def auth(process: PluginProcess, tokens: TokenServer) -> Instance:
    return opened(process, token_url=tokens.url, client_id="me", client_secret=CLIENT_SECRET)


def opened(process: PluginProcess, **settings: str) -> Instance:
    return process.open("request_auth", "signed-requests", settings={"key": KEY, **settings})


def signed(auth: Instance, method: str, url: str, body: bytes, rejected: bool = False) -> Mapping[str, str]:
    request = m.RequestToSign(
        method=method,
        url=url,
        body_sha256=hashlib.sha256(body).hexdigest(),
        body_bytes=len(body),
        rejected=rejected,
    )
    answer = auth.call("Sign", request)
    assert answer.expires_at == 0
    return {header.name: header.value for header in answer.set}


def send(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> str:
    request = urllib.request.Request(url, body or None, dict(headers), method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            text: bytes = answer.read()
    except urllib.error.HTTPError as error:
        text = error.read()
    return text.decode()


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [("GET", "/api/runs/get?run_id=0123&x=a%20b%C3%A4", b""), ("POST", "/api/runs", b"{}"), ("GET", "", b"")],
)
def test_a_server_accepts_what_is_signed(
    auth: Instance, server: SignatureServer, method: str, target: str, body: bytes
) -> None:
    url = server.url + target
    assert send(method, url, body, signed(auth, method, url, body)) == "hello"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"method": "PUT"}, None),
        ({"method": "GET", "body": b""}, "another body"),
        ({"target": "/other?x=1"}, "another signature"),
        ({"target": "/path?x=2"}, "another signature"),
        ({"body": b"changed"}, "another body"),
        ({"Date": "Thu, 01 Jan 2026 00:00:00 GMT"}, "another signature"),
        ({"Authorization": "Bearer token-2"}, "another token"),
    ],
)
def test_a_server_refuses_what_was_changed(
    auth: Instance, server: SignatureServer, change: dict[str, object], fault: str | None
) -> None:
    asked: dict[str, object] = {"method": "POST", "target": "/path?x=1", "body": b"body"}
    headers = dict(signed(auth, "POST", f"{server.url}/path?x=1", b"body"))
    headers.update({name: str(value) for name, value in change.items() if name in headers})
    asked.update({name: value for name, value in change.items() if name in asked})
    body = asked["body"]
    assert isinstance(body, bytes)
    answer = send(str(asked["method"]), f"{server.url}{asked['target']}", body, headers)
    assert answer == fault if fault else answer != "hello"


def test_a_server_refuses_another_key(
    process: PluginProcess, tokens: TokenServer, server: SignatureServer
) -> None:
    other = opened(process, key=KEY + "x", token_url=tokens.url, client_secret=CLIENT_SECRET)
    assert send("GET", server.url, b"", signed(other, "GET", server.url, b"")) == "another signature"


def test_many_requests_share_a_token(auth: Instance, server: SignatureServer, tokens: TokenServer) -> None:
    with ThreadPoolExecutor(16) as crew:
        answers = crew.map(
            lambda number: send(
                "GET", f"{server.url}/{number}", b"", signed(auth, "GET", f"{server.url}/{number}", b"")
            ),
            range(32),
        )
    assert set(answers) == {"hello"}
    assert tokens.given == 1


def test_without_a_token_url_requests_are_signed_only(process: PluginProcess) -> None:
    headers = signed(opened(process), "GET", "https://example.com/", b"")
    assert sorted(headers) == ["Date", "X-Content-SHA256", "X-Signature"]


@pytest.mark.parametrize(
    "change",
    [
        {"method": ""},
        {"method": "GET\r\nX: y"},
        {"url": "\\ not a URL"},
        {"url": "http://127.0.0.1:99999999/"},
        {"url": "http://[::1/"},
        {"url": "http://example.com/"},
        {"url": "ftp://127.0.0.1/"},
        {"url": "http://127.0.0.1/\r\nX: y"},
        {"url": "http://127.0.0.1.example.com/"},
        {"body_sha256": "abc"},
    ],
)
def test_what_cannot_be_signed_is_refused(process: PluginProcess, change: dict[str, str]) -> None:
    request = m.RequestToSign(method="GET", url="http://127.0.0.1/", body_sha256="0" * 64)
    for name, value in change.items():
        setattr(request, name, value)
    with pytest.raises(InvalidParameter) as caught:
        opened(process).call("Sign", request)
    assert KEY not in caught.value.message
    assert "Traceback" not in process.log


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"key": "short secret"}, "'key' is too short"),
        ({"key_id": 'a"b'}, "key_id"),
        ({"token_url": "http://example.com/secret"}, "https"),
        ({"token_url": "no url secret"}, "token_url"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    process: PluginProcess, settings: dict[str, str], word: str
) -> None:
    with pytest.raises(InvalidParameter, match=word) as caught:
        opened(process, **settings)
    assert "secret" not in caught.value.message


def test_no_secret_is_in_messages_or_in_the_log(process: PluginProcess, tokens: TokenServer) -> None:
    auth = opened(process, token_url=tokens.url, client_secret="wrong secret")
    with pytest.raises(Unauthenticated) as caught:
        signed(auth, "GET", "http://127.0.0.1/", b"")
    report = m.CheckReport.FromString(process.control("Check", m.CheckRequest(instance=auth.id)))
    assert report.findings[0].outcome == m.CheckReport.OUTCOME_FAILED
    for text in (caught.value.message, report.findings[0].message, process.log):
        assert "wrong secret" not in text
        assert KEY not in text


def test_a_check_tries_the_token_endpoint(
    process: PluginProcess, auth: Instance, tokens: TokenServer
) -> None:
    report = m.CheckReport.FromString(process.control("Check", m.CheckRequest(instance=auth.id)))
    assert report.findings[0].outcome == m.CheckReport.OUTCOME_FINE
    assert tokens.given == 1


def test_after_a_kill_a_new_token_is_had(tokens: TokenServer) -> None:
    for number in (1, 2):
        with PluginProcess("millrace_signed_requests", folder=PLUGIN) as process:
            auth = opened(process, token_url=tokens.url, client_secret=CLIENT_SECRET)
            headers = signed(auth, "GET", "http://127.0.0.1/", b"")
            assert headers["Authorization"] == f"Bearer token-{number}"
            process.kill()
