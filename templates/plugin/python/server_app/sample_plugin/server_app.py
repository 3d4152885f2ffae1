"""Lets in who has a bearer token."""

from __future__ import annotations

import hmac

from millrace.plugin import CallContext, InvalidParameter, PluginOptions, Secret, ServerApp
from millrace.plugin.messages import Authentication, Credentials

_SHORTEST_TOKEN = 16
# Seconds for which the host may keep an answer: a token that was taken away works no longer than that.
_VALID = 10


class SamplePlugin(ServerApp):
    def __init__(self, options: PluginOptions) -> None:
        self._users = _users(options.secret("tokens"))

    def authenticate(self, context: CallContext, request: Credentials) -> Authentication:
        scheme, _, token = request.authorization.partition(" ")
        user = self._user_of(token) if scheme.lower() == "bearer" else ""
        if not user:
            return Authentication(
                authenticated=False,
                message="Send the header 'Authorization: Bearer TOKEN' with a token that is valid.",
                challenges=['Bearer realm="millrace"'],
            )
        return Authentication(authenticated=True, principal=user, valid_seconds=_VALID)

    def _user_of(self, token: str) -> str:
        """Compares with every token, so that the time tells nothing of them."""
        given = token.encode()
        found = [user for user, secret in self._users if hmac.compare_digest(given, secret.reveal().encode())]
        return found[0] if found else ""


def _users(tokens: Secret) -> list[tuple[str, Secret]]:
    users = []
    for entry in tokens.reveal().split(","):
        user, _, token = entry.strip().partition("=")
        if not user or len(user.encode()) > 256 or len(token) < _SHORTEST_TOKEN:
            raise InvalidParameter(
                "the setting 'tokens' must be USER=TOKEN, separated by commas, each token of at least "
                f"{_SHORTEST_TOKEN} characters"
            )
        users.append((user, Secret(token)))
    return users
