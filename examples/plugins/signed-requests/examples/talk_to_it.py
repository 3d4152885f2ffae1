"""Starts the plugin as Millrace does, has it sign a request, and sends that to a server which checks it.

python -m examples.talk_to_it
"""

from __future__ import annotations

import hashlib
import urllib.request
from pathlib import Path

from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

from examples.servers import SignatureServer, TokenServer

PLUGIN = Path(__file__).resolve().parent.parent


def main() -> None:
    with TokenServer("client secret") as tokens, SignatureServer("0123456789abcdef") as server:
        settings = {
            "key": "0123456789abcdef",
            "token_url": f"{tokens.url}/token",
            "client_id": "example",
            "client_secret": "client secret",
        }
        with PluginProcess("millrace_signed_requests", folder=PLUGIN) as process:
            auth = process.open("request_auth", "signed-requests", settings=settings)
            body = b'{"experiment_ids": ["0"]}'
            request = m.RequestToSign(
                method="POST",
                url=f"{server.url}/api/2.0/mlflow/runs/search",
                body_sha256=hashlib.sha256(body).hexdigest(),
                body_bytes=len(body),
            )
            headers = {header.name: header.value for header in auth.call("Sign", request).set}
        for name in sorted(headers):
            print(name)
        signed = urllib.request.Request(request.url, body, headers)
        with urllib.request.urlopen(signed, timeout=10) as answer:
            print(f"the server says {answer.read().decode()}")


if __name__ == "__main__":
    main()
