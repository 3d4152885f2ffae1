"""Signs requests with a bearer token."""

from __future__ import annotations

from collections.abc import Iterable

from millrace.plugin import CallContext, InvalidParameter, PluginOptions, RequestAuth, Unauthenticated
from millrace.plugin.messages import CheckReport, HttpHeader, RequestToSign, SignedHeaders


class SamplePlugin(RequestAuth):
    def __init__(self, options: PluginOptions) -> None:
        self._token = options.secret("token")
        text = self._token.reveal()
        if not text or not text.isascii() or not text.isprintable() or " " in text:
            raise InvalidParameter("the setting 'token' is empty or has characters that no header may have")

    def sign(self, context: CallContext, request: RequestToSign) -> SignedHeaders:
        if request.rejected:
            raise Unauthenticated("the server refused the token: set 'token' to one that is valid")
        header = HttpHeader(name="Authorization", value=f"Bearer {self._token.reveal()}")
        return SignedHeaders(set=[header])

    def check(self, context: CallContext) -> Iterable[CheckReport.Finding]:
        """Called by `millrace plugin doctor`. Ask whoever gives out tokens here, if that can be asked."""
        return [
            CheckReport.Finding(
                subject="credentials", outcome=CheckReport.OUTCOME_FINE, message="a token is set"
            )
        ]
