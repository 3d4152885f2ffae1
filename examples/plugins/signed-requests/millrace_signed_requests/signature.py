"""What a signature covers, and how it is made.

The server makes the same text from the request that it got and compares: whoever changes method, host, path,
query, body or date on the way has a request that nobody signed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import SplitResult

DATE = "Date"
DIGEST = "X-Content-SHA256"
SIGNATURE = "X-Signature"


def signed_text(method: str, host: str, target: str, body_sha256: str, date: str) -> str:
    """`host` as in the header Host, `target` as in the first line of the request: path and query, encoded."""
    return "\n".join(["millrace-signed-requests-1", method, host.lower(), target, body_sha256, date])


def signature_of(key: str, text: str) -> str:
    code = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(code).decode()


def header_of(key_id: str, signature: str) -> str:
    return f'keyId="{key_id}", algorithm="hmac-sha256", signature="{signature}"'


def host_of(url: SplitResult) -> str:
    """Host and port as they are sent; a name and a password before them are not."""
    return url.netloc.rpartition("@")[2]


def target_of(url: SplitResult) -> str:
    path = url.path or "/"
    return f"{path}?{url.query}" if url.query else path
