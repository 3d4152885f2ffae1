"""Run a plugin as Millrace runs it and talk to it; for the tests of plugins.

    def test_what_is_written_comes_back(tmp_path):
        with PluginProcess("my_plugin") as process:
            store = process.open("artifact_repository", "acme", uri=f"acme:{tmp_path}")
            store.call("Write", messages.ArtifactPath(path="a.txt"), content=[b"text"])
            assert b"".join(store.call("Read", messages.ArtifactPath(path="a.txt"))) == b"text"

Faults that the plugin answers with are thrown as `millrace.plugin.Error`.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, cast

from google.protobuf.message import Message

from millrace.plugin import messages
from millrace.plugin.context import INSTANCE_KEY
from millrace.plugin.errors import Error
from millrace.plugin.kinds import KINDS
from millrace.plugin.operations import Operation, Shape
from millrace.plugin.process import MAGIC, MAGIC_VARIABLE, PROTOCOLS_VARIABLE, SOCKET_VARIABLE
from millrace.plugin.streams import PIECE
from millrace.ttrpc.client import Client
from millrace.ttrpc.status import StatusError

_CONTROL = "millrace.v1.plugin.Control"
_CALL_TIMEOUT = 30.0


class PluginDidNotStart(Exception):
    """With what the plugin wrote to its log."""


class PluginProcess:
    """A plugin in a child process of its own, ended with the `with` block."""

    def __init__(
        self,
        target: str,
        *,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        start_timeout: float = 10.0,
        command: list[str] | None = None,
    ) -> None:
        """Starts "module" or "module:attribute" in `folder` and waits for its handshake.

        `environment` is added to the few variables that Millrace passes on. `command` starts a plugin that is
        not a Python module.
        """
        self._private = tempfile.mkdtemp(prefix="millrace-plugin-")
        self._log: list[str] = []
        self._command = command or [sys.executable, "-m", "millrace.plugin", target]
        self._process = self._start(folder, environment or {})
        self._listener = threading.Thread(target=self._read_log, daemon=True)
        self._listener.start()
        try:
            self.path = self._await_handshake(start_timeout)
            self.client = Client(self.path)
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log(self) -> str:
        """What the plugin has written to standard error so far."""
        return "".join(self._log)

    def open(
        self, kind: str, name: str, uri: str = "", settings: Mapping[str, str] | None = None
    ) -> Instance:
        """Opens an instance. Throws what its factory threw."""
        request = messages.OpenRequest(kind=kind, name=name, uri=uri, settings=dict(settings or {}))
        answer = messages.OpenedInstance.FromString(self.control("Open", request))
        return Instance(self, kind, answer.instance)

    def control(self, rpc: str, request: Message) -> bytes:
        """Calls an operation of the Control service."""
        with _faults():
            return self.client.call(_CONTROL, rpc, request.SerializeToString(), timeout=_CALL_TIMEOUT)

    def kill(self) -> None:
        """Ends the plugin as a crash does."""
        self._process.kill()
        self._process.wait()

    def terminate(self, timeout: float = 5.0) -> int:
        """Ends the plugin as Millrace does; returns its exit status."""
        self._process.terminate()
        return self._process.wait(timeout)

    def hang_up(self, timeout: float = 5.0) -> int:
        """Closes the plugin's standard input, as the death of Millrace does; returns its exit status."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait(timeout)

    def close(self) -> None:
        if hasattr(self, "client"):
            self.client.close()
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5.0)
            except subprocess.TimeoutExpired:
                self.kill()
        self._listener.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        shutil.rmtree(self._private, ignore_errors=True)

    def __enter__(self) -> PluginProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self, folder: Path | None, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        passed_on = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH")
        variables = {name: os.environ[name] for name in passed_on if name in os.environ}
        variables[MAGIC_VARIABLE] = MAGIC
        variables[PROTOCOLS_VARIABLE] = "1"
        variables[SOCKET_VARIABLE] = f"{self._private}/plugin.sock"
        variables.update(environment)
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self._command, cwd=folder, env=variables, stdin=pipe, stdout=pipe, stderr=pipe
        )

    def _await_handshake(self, timeout: float) -> str:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        deadline = time.monotonic() + timeout
        line = b""
        while not line.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                raise PluginDidNotStart(f"no handshake within {timeout} s\n{self.log}")
            piece = os.read(descriptor, 1)
            if not piece:
                self._process.wait(5.0)
                self._listener.join(5.0)
                raise PluginDidNotStart(
                    f"the plugin ended with status {self._process.returncode}: {line.decode()!r}\n{self.log}"
                )
            line += piece
        words = line.decode().split()
        if len(words) != 4 or words[0] != "millrace-plugin" or not words[3].startswith("unix:"):
            raise PluginDidNotStart(f"this is no handshake: {line.decode()!r}\n{self.log}")
        return words[3][len("unix:") :]

    def _read_log(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._log.append(line.decode(errors="replace"))


class Instance:
    """One open instance of a plugin."""

    def __init__(self, process: PluginProcess, kind: str, instance_id: int) -> None:
        self._process = process
        self._kind = KINDS[kind]
        self._operations = {operation.rpc: operation for operation in self._kind.OPERATIONS}
        self.id = instance_id
        self._metadata = {INSTANCE_KEY: str(instance_id), "millrace-request-id": "test"}

    def call(
        self,
        rpc: str,
        request: Message,
        *,
        content: Iterable[bytes] = (),
        commit: bool = True,
        timeout: float | None = _CALL_TIMEOUT,
    ) -> Any:
        """Calls an operation by its name in the contract.

        Returns the answer; of a download an iterator of bytes, of other streams one of messages. `content` is
        the file of an upload, sent in pieces of up to 1 MiB, and made visible unless `commit` is false.
        """
        operation = self._operations[rpc]
        if operation.shape is Shape.UNARY:
            return self._unary(operation, request, timeout)
        if operation.shape is Shape.UPLOAD:
            return self._upload(operation, request, content, commit, timeout)
        return self._receive(operation, request, timeout)

    def close(self) -> None:
        self._process.control("Close", messages.CloseRequest(instance=self.id))

    def _unary(self, operation: Operation, request: Message, timeout: float | None) -> Message:
        with _faults():
            answer = self._process.client.call(
                self._kind.SERVICE,
                operation.rpc,
                request.SerializeToString(),
                timeout=timeout,
                metadata=self._metadata,
            )
        return operation.response.FromString(answer)

    def _upload(
        self,
        operation: Operation,
        request: Message,
        content: Iterable[bytes],
        commit: bool,
        timeout: float | None,
    ) -> Message:
        piece = cast(Any, operation.request)
        with _faults(), Client(self._process.path) as client:
            stream = client.stream(
                self._kind.SERVICE, operation.rpc, sends=True, timeout=timeout, metadata=self._metadata
            )
            stream.send(request.SerializeToString())
            for data in content:
                for start in range(0, len(data), PIECE):
                    stream.send(piece(data=data[start : start + PIECE]).SerializeToString())
            if commit:
                stream.send(piece(commit=True).SerializeToString())
            return operation.response.FromString(stream.answer())

    def _receive(self, operation: Operation, request: Message, timeout: float | None) -> Iterator[Any]:
        with _faults(), Client(self._process.path) as client:
            stream = client.stream(
                self._kind.SERVICE,
                operation.rpc,
                request.SerializeToString(),
                sends=False,
                timeout=timeout,
                metadata=self._metadata,
            )
            for payload in stream:
                message = cast(Any, operation.response.FromString(payload))
                yield message.data if operation.shape is Shape.DOWNLOAD else message


@contextlib.contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except StatusError as status:
        raise Error.from_status(status) from status
