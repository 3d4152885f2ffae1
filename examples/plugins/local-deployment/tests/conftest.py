"""Fixtures: the plugin in a process of its own, as Millrace runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from millrace.plugin.testing import PluginProcess

from .subject import Target

PLUGIN = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def process() -> Iterator[PluginProcess]:
    with PluginProcess("millrace_local_deployment.target", folder=PLUGIN) as process:
        yield process


@pytest.fixture
def target(process: PluginProcess, tmp_path: Path) -> Iterator[Target]:
    with Target(process, tmp_path / "state") as target:
        yield target


@pytest.fixture(scope="module")
def line(process: PluginProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A target whose deployment "a" serves 2 * x + 1; for tests that only ask it."""
    with Target(process, tmp_path_factory.mktemp("line")) as target:
        target.create()
        target.serving()
        yield target
