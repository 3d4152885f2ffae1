"""Bearer tokens of an endpoint with the client credentials grant of OAuth 2 (RFC 6749, section 4.4)."""

from __future__ import annotations

import http.client
import json
import math
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from typing import Callable, NamedTuple, Union
from urllib.parse import SplitResult, urlencode, urlsplit

from millrace.plugin import InvalidParameter, Secret, TemporarilyUnavailable, Unauthenticated

# Seconds before its end at which a token is renewed: what is signed now has to arrive in time.
LEEWAY = 30.0
# Seconds for which a failure, or a token that was rejected at once, is not asked for again.
PAUSE = 1.0
TIMEOUT = 10.0
LONGEST_ANSWER = 1 << 16
# Seconds that the clocks of this machine and the endpoint may differ; servers refuse dates further off.
LARGEST_SKEW = 900.0
_USUAL_LIFETIME = 300.0  # where the endpoint does not tell

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,8192}=*")
# RFC 3986 has no other characters in a URL.
_URL = re.compile(r"https?://[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+")
_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")

Clock = Callable[[], float]
Failure = Union[TemporarilyUnavailable, Unauthenticated]


class Token(NamedTuple):
    text: Secret
    obtained: float  # on the clock of the TokenSource
    expires: float
    skew: float  # seconds that the clock of the endpoint is ahead of ours


class TokenSource:
    """One token that many threads use: one of them renews it while the others wait."""

    def __init__(
        self, url: str, client_id: str, client_secret: Secret, clock: Clock = time.monotonic
    ) -> None:
        """Throws INVALID_PARAMETER_VALUE for a URL to which no secret may be sent."""
        self._url = safe_url(url, "token_url")
        self._form = urlencode({"grant_type": "client_credentials", "client_id": client_id})
        self._client_secret = client_secret
        self._clock = clock
        self._renewing = threading.Lock()
        self._token: Token | None = None
        self._failure: tuple[float, Failure] | None = None

    def token(self, rejected: bool = False, patience: float | None = None) -> Token:
        """A token that is good for LEEWAY seconds, or, when none is to be had, for less.

        `rejected`: the server has refused the last one. `patience`: seconds to wait. Throws
        TEMPORARILY_UNAVAILABLE when the endpoint does not answer well, UNAUTHENTICATED when it refuses.
        """
        patience = TIMEOUT if patience is None else min(patience, TIMEOUT)
        current = self._token
        if current is not None and not rejected and self._left(current) > LEEWAY:
            return current
        started = time.monotonic()
        if not self._renewing.acquire(timeout=max(patience, 0.0)):
            raise TemporarilyUnavailable(
                "the token endpoint is slow: another request still waits for its answer"
            )
        try:
            return self._renewed(rejected, patience - (time.monotonic() - started))
        finally:
            self._renewing.release()

    def _renewed(self, rejected: bool, patience: float) -> Token:
        current = self._token
        if current is not None and self._left(current) > LEEWAY:
            rejected = rejected and self._clock() - current.obtained >= PAUSE
            if not rejected:
                return current  # somebody was faster, also after a rejection: many learn of it at once
        if self._failure is not None and self._clock() - self._failure[0] < PAUSE:
            return self._last_resort(rejected, self._failure[1])
        try:
            self._token, self._failure = self._ask(patience), None
        except (TemporarilyUnavailable, Unauthenticated) as error:
            self._failure = (self._clock(), error)
            return self._last_resort(rejected, error)
        return self._token

    def _last_resort(self, rejected: bool, error: Failure) -> Token:
        """The token that is there while it is good; else the error."""
        if self._token is not None and not rejected and self._left(self._token) > 0:
            return self._token
        raise type(error)(error.message)

    def _left(self, token: Token) -> float:
        return token.expires - self._clock()

    def _ask(self, patience: float) -> Token:
        asked = self._clock()  # the lifetime counts from before the answer was written
        try:
            status, date, body = self._post(max(patience, 0.05))
        except (OSError, http.client.HTTPException) as error:
            reason = f"the token endpoint cannot be reached or does not answer ({type(error).__name__})"
            raise TemporarilyUnavailable(reason) from None
        if status in (400, 401, 403):
            reason = f"the token endpoint refuses client_id or client_secret (status {status})"
            raise Unauthenticated(reason)
        if status != 200:
            raise TemporarilyUnavailable(f"the token endpoint answers with status {status}")
        text, lifetime = _read(body)
        return Token(text, asked, asked + lifetime, _skew(date))

    def _post(self, timeout: float) -> tuple[int, str, bytes]:
        # No redirection is followed: it could lead the secret elsewhere.
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._url.hostname or "", self._url.port, timeout=timeout)
        end = time.monotonic() + timeout
        form = f"{self._form}&{urlencode({'client_secret': self._client_secret.reveal()})}"
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        target = self._url.path + (f"?{self._url.query}" if self._url.query else "")
        try:
            connection.connect()
            with _hung_up_at(connection.sock, end):
                connection.request("POST", target or "/", form, headers)
                answer = connection.getresponse()
                return answer.status, answer.getheader("Date", ""), answer.read(LONGEST_ANSWER + 1)
        finally:
            connection.close()


@contextmanager
def _hung_up_at(connection: socket.socket, end: float) -> Iterator[None]:
    """Ends a connection in time also when the other side keeps it alive byte by byte."""

    def hang_up() -> None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(end - time.monotonic(), 0.0), hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def safe_url(text: str, what: str) -> SplitResult:
    """The parts of a URL to which credentials may be sent: by TLS, or to this machine.

    Throws INVALID_PARAMETER_VALUE for others, without the URL, which may have a credential in it.
    """
    fault = InvalidParameter(f"{what} is no absolute URL with http or https, percent-encoded")
    if not _URL.fullmatch(text):
        raise fault
    try:
        url = urlsplit(text)
        host, _ = url.hostname or "", url.port
    except ValueError:
        raise fault from None
    if not host:
        raise fault
    if url.scheme == "http" and not _LOOPBACK.fullmatch(host):
        raise InvalidParameter(f"{what} must begin with https: credentials are not sent in the clear")
    return url


def _read(body: bytes) -> tuple[Secret, float]:
    """Token and lifetime. What is wrong is told without what the endpoint wrote."""
    fault = TemporarilyUnavailable("the answer of the token endpoint has no usable access_token")
    if len(body) > LONGEST_ANSWER:
        raise fault
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise fault from None
    text = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(text, str) or not _TOKEN.fullmatch(text):
        raise fault
    lifetime = answer.get("expires_in", _USUAL_LIFETIME)
    if isinstance(lifetime, bool) or not isinstance(lifetime, (int, float)) or not math.isfinite(lifetime):
        raise TemporarilyUnavailable("the answer of the token endpoint has no number as expires_in")
    return Secret(text), min(float(lifetime), 86400.0)


def _skew(date: str) -> float:
    try:
        skew = parsedate_to_datetime(date).timestamp() - time.time()
    except (TypeError, ValueError, IndexError):
        return 0.0  # it does not tell the time
    if abs(skew) > LARGEST_SKEW:
        reason = f"the clocks of this machine and the token endpoint differ by {abs(skew):.0f} s"
        raise TemporarilyUnavailable(f"{reason}: set the clock")
    return skew if abs(skew) > 1 else 0.0  # the header has whole seconds
