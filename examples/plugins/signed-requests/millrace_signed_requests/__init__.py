"""Signs requests with HMAC-SHA256 and adds a bearer token: an example of a Millrace plugin in Python."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from email.utils import formatdate

from millrace.plugin import CallContext, InvalidParameter, Plugin, PluginOptions, RequestAuth, Secret
from millrace.plugin.messages import CheckReport, HttpHeader, RequestToSign, SignedHeaders

from millrace_signed_requests.signature import (
    DATE,
    DIGEST,
    SIGNATURE,
    header_of,
    host_of,
    signature_of,
    signed_text,
    target_of,
)
from millrace_signed_requests.tokens import TokenSource, safe_url

_SHORTEST_KEY = 16
_METHOD = re.compile(r"[A-Z]{1,32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

plugin = Plugin()


@plugin.request_auth("signed-requests")
class SignedRequests(RequestAuth):
    """Each request gets a signature of its own; a token serves many."""

    def __init__(self, options: PluginOptions) -> None:
        self._key_id = options.string("key_id", "default")
        self._key = options.secret("key")
        if not _KEY_ID.fullmatch(self._key_id):
            raise InvalidParameter("'key_id' is 1 to 64 letters, digits, '.', '_' and '-'")
        if len(self._key.reveal()) < _SHORTEST_KEY:
            raise InvalidParameter(f"'key' is too short: {_SHORTEST_KEY} random characters are the least")
        self._tokens: TokenSource | None = None
        if url := options.string("token_url", ""):
            secret = options.secret("client_secret", Secret(""))
            self._tokens = TokenSource(url, options.string("client_id", ""), secret)

    def sign(self, context: CallContext, request: RequestToSign) -> SignedHeaders:
        _check(request)
        url = safe_url(request.url, "the URL of a request that is signed")
        set_headers = {}
        skew = 0.0
        if self._tokens is not None:
            token = self._tokens.token(request.rejected, context.remaining())
            set_headers["Authorization"] = f"Bearer {token.text.reveal()}"
            skew = token.skew
        date = formatdate(time.time() + skew, usegmt=True)
        text = signed_text(request.method, host_of(url), target_of(url), request.body_sha256, date)
        set_headers[DATE] = date
        set_headers[DIGEST] = request.body_sha256
        set_headers[SIGNATURE] = header_of(self._key_id, signature_of(self._key.reveal(), text))
        return SignedHeaders(set=[HttpHeader(name=name, value=value) for name, value in set_headers.items()])

    def check(self, context: CallContext) -> Iterable[CheckReport.Finding]:
        if self._tokens is None:
            message = "no token_url is set: requests are signed, but carry no token"
        else:
            self._tokens.token(patience=context.remaining())
            message = "the token endpoint gives tokens"
        return [CheckReport.Finding(subject="token", outcome=CheckReport.OUTCOME_FINE, message=message)]


def _check(request: RequestToSign) -> None:
    if not _METHOD.fullmatch(request.method):
        raise InvalidParameter("the method of the request is no word in upper case")
    if not _SHA256.fullmatch(request.body_sha256):
        raise InvalidParameter("body_sha256 is no SHA-256 in lower-case hexadecimal digits")
