"""Starts and stops the servers that the tests talk to."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parent.parent


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Server:
    """A server process in a folder of its own; a context manager."""

    def __init__(self, folder, *flags, port=None, wrapper=()):
        self.folder = pathlib.Path(folder)
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.flags = list(flags)
        self.wrapper = list(wrapper)
        self.process = None

    def command(self):
        raise NotImplementedError

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self, seconds=300):
        self.log = open(self.folder / "server.log", "ab")
        self.process = subprocess.Popen(
            self.wrapper + self.command(), cwd=self.folder, stdout=self.log, stderr=self.log, start_new_session=True
        )
        deadline = time.monotonic() + seconds
        while True:
            try:
                if requests.get(f"{self.url}/health", timeout=5).status_code == 200:
                    return
            except requests.RequestException:
                pass  # not yet, or too busy with starting to answer in time
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{self.log_text()}")
            time.sleep(0.01)

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(30)
        self.log.close()

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        self.log.close()

    def log_text(self):
        return (self.folder / "server.log").read_text(errors="replace")

    def api(self, method, path, **arguments):
        """A raw request below /api/2.0/mlflow/."""
        return requests.request(method, f"{self.url}/api/2.0/mlflow/{path}", timeout=60, **arguments)


class MillraceServer(Server):
    def command(self):
        binary = os.environ.get("MILLRACE_BINARY", str(ROOT / "build/release/millrace"))
        return [binary, "server", "--port", str(self.port), *self.flags]


class MlflowServer(Server):
    def command(self):
        return [
            str(pathlib.Path(sys.executable).parent / "mlflow"), "server", "--workers", "1", "--port", str(self.port),
            *self.flags,
        ]
