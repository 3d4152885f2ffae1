"""A process that serves one model over HTTP: GET /ping and POST /invocations.

    python -m millrace_local_deployment.serving FOLDER FLAVOR DESCRIPTOR

FOLDER is one generation of a deployment (see folders.py). The descriptor is that of its lock, which tells
others that this process lives. Whoever wants it to end takes the lock file away: no process is ever ended by
its number, which could be somebody else's by then.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from millrace_local_deployment import folders
from millrace_local_deployment.models import InputError, Model, ModelError, answer, load

LONGEST_BODY = 3 << 20
NAME_HEADER = "X-Deployment"

# Seconds that a model has to load.
_START_LIMIT = 60
# Seconds between two looks whether the lock is still there.
_PAUSE = 0.1


class Server(ThreadingHTTPServer):
    """Reachable from this machine only."""

    daemon_threads = False  # requests under way are answered before the end
    request_queue_size = 128

    def __init__(self, model: Model) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.model = model
        self.token = secrets.token_hex(8)  # a server that got the port later does not know it


class Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 30

    def do_GET(self) -> None:
        self._reply(
            *((200, b"{}") if self.path == "/ping" else (404, _fault("there are /ping and /invocations")))
        )

    def do_POST(self) -> None:
        if self.path != "/invocations":
            return self._reply(404, _fault("there are /ping and /invocations"))
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdecimal()):
            return self._reply(411, _fault("the length of the input is not told"))
        if int(length) > LONGEST_BODY:
            return self._reply(413, _fault(f"the input is longer than {LONGEST_BODY} bytes"))
        return self._reply(*self._predict(self.rfile.read(int(length))))

    def _predict(self, body: bytes) -> tuple[int, bytes]:
        try:
            return 200, answer(self.server.model, body)
        except InputError as error:
            return 400, _fault(str(error))
        except Exception as error:
            traceback.print_exc()
            return 500, _fault(f"the model failed with {type(error).__name__}; its log tells more")

    def _reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header(NAME_HEADER, self.server.token)
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the log is for what the model says and what goes wrong."""


def serve(generation: folders.Generation, flavor: str, lock: int) -> None:
    os.set_inheritable(lock, False)
    signal.alarm(_START_LIMIT)
    sys.path.insert(0, str(generation.model))
    server = Server(load(generation.model, flavor))
    signal.alarm(0)
    threading.Thread(target=_end_with_the_lock, args=[server, generation, lock], daemon=True).start()
    generation.announce(server.server_port, server.token)
    generation.retire_older()
    server.serve_forever(_PAUSE)
    server.server_close()


def _end_with_the_lock(server: Server, generation: folders.Generation, lock: int) -> None:
    while generation.has_lock(lock):
        threading.Event().wait(_PAUSE)
    server.shutdown()


def _fault(message: str) -> bytes:
    return json.dumps({"error_code": "BAD_REQUEST", "message": message}).encode()


if __name__ == "__main__":
    try:
        serve(folders.Generation(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3]))
    except ModelError as problem:
        sys.exit(str(problem))
    sys.stderr.flush()
    os._exit(0)  # a thread of the model keeps nobody
