"""A receiver of webhooks on loopback, over HTTP or HTTPS, that answers as a test tells it to."""

import base64
import hashlib
import hmac
import http.server
import json
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Received:
    path: str
    headers: dict
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def message(self):
        return json.loads(self.body)

    @property
    def event(self):
        return f"{self.message['entity']}.{self.message['action']}"

    def is_signed_with(self, secret):
        """As https://mlflow.org/docs/latest/ml/webhooks/ tells receivers to look at it."""
        signed = b".".join([self.headers["X-MLflow-Delivery-Id"].encode(), self.headers["X-MLflow-Timestamp"].encode(), self.body])
        expected = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
        recent = abs(time.time() - int(self.headers["X-MLflow-Timestamp"])) < 60
        return recent and hmac.compare_digest(self.headers.get("X-MLflow-Signature", ""), f"v1,{expected}")


class Receiver:
    """A context manager. `answer(number)` gives status, body and headers for the request of that number, from 0; None keeps
    senders waiting until the end."""

    def __init__(self, answer=lambda number: (200, "ok", {}), certificate=None):
        self.received = []
        self.changed = threading.Condition()
        self.ended = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.changed:
                    number = len(receiver.received)
                    receiver.received.append(Received(self.path, dict(self.headers), body))
                    receiver.changed.notify_all()
                if answer is None:
                    receiver.ended.wait(120)
                    self.close_connection = True
                    return
                status, text, headers = answer(number)
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(text.encode())))
                    self.end_headers()
                    self.wfile.write(text.encode())
                except OSError:
                    pass  # the sender did not wait

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}/hook"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()

    def wait(self, count, seconds=30):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.received) >= count, seconds), [r.body for r in self.received]
            return list(self.received)


def make_certificate(folder):
    """Files of a certificate for 127.0.0.1 that is its own authority, and of its key."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    return certificate, key
