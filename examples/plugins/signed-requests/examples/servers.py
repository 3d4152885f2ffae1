"""Two small servers: one gives tokens, one answers only to requests that carry a token and a good signature.

What `SignatureServer` does is what stands before a server that is to accept requests of this plugin.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
import time
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs

from millrace_signed_requests.signature import DATE, DIGEST, SIGNATURE, header_of, signature_of, signed_text

# Seconds that the date of a request may be off.
DATE_WINDOW = 300


class Server:
    """A real server on a free port of the loopback interface, for the time of a `with` block."""

    def __init__(self) -> None:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                owner.answer(self, body)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Nothing: requests have credentials."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        raise NotImplementedError

    def __enter__(self) -> Server:
        threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def reply(request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


class TokenServer(Server):
    """Gives token-1, token-2, ... to whoever knows the secret."""

    def __init__(self, client_secret: str, lifetime: float = 3600) -> None:
        super().__init__()
        self.given = 0
        self.lifetime = lifetime
        self._client_secret = client_secret
        self._counting = threading.Lock()

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        form = parse_qs(body.decode())
        if form.get("client_secret") != [self._client_secret]:
            return reply(request, 401, b"{}")
        with self._counting:
            self.given += 1
            token = {
                "access_token": f"token-{self.given}",
                "token_type": "Bearer",
                "expires_in": self.lifetime,
            }
        return reply(request, 200, json.dumps(token).encode())


class SignatureServer(Server):
    """Says hello to requests that are signed with the key, and tells others why not."""

    def __init__(self, key: str, token: str = "token-1", key_id: str = "default") -> None:
        super().__init__()
        self._key = key
        self._key_id = key_id
        self.token = token

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        fault = self._fault(request, body)
        reply(request, 401 if fault else 200, (fault or "hello").encode())

    def _fault(self, request: BaseHTTPRequestHandler, body: bytes) -> str:
        headers = request.headers
        digest, date = headers.get(DIGEST, ""), headers.get(DATE, "")
        if not hmac.compare_digest(headers.get("Authorization", ""), f"Bearer {self.token}"):
            return "another token"
        if hashlib.sha256(body).hexdigest() != digest:
            return "another body"
        text = signed_text(request.command, headers.get("Host", ""), request.path, digest, date)
        wanted = header_of(self._key_id, signature_of(self._key, text))
        if not hmac.compare_digest(headers.get(SIGNATURE, ""), wanted):
            return "another signature"
        # Only after the signature: a date that nobody signed is not worth reading.
        if re.fullmatch(r"[\w ,:]+ GMT", date) is None:
            return "another form of date"
        age = abs(time.time() - parsedate_to_datetime(date).timestamp())
        return "" if age <= DATE_WINDOW else "another time"
