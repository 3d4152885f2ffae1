"""Shared fixtures: servers of a few methods on a socket of their own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

from millrace.ttrpc import Client, Method, Server

SERVICE = "test.Service"

Serve = Callable[..., str]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts a server of the given methods and returns the path of its socket."""
    with contextlib.ExitStack() as stack:

        def start(methods: dict[str, Method], **options: Any) -> str:
            path = str(tmp_path / f"{len(list(tmp_path.iterdir()))}.sock")
            server = Server({SERVICE: methods}, path, **options)
            server.start()
            stack.callback(server.stop, 5.0)
            return path

        yield start


@pytest.fixture
def connect(serve: Serve) -> Iterator[Callable[..., Client]]:
    """Starts a server of the given methods and returns a client of it."""
    with contextlib.ExitStack() as stack:
        yield lambda methods, **options: stack.enter_context(Client(serve(methods, **options)))
