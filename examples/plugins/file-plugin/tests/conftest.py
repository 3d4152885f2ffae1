"""Fixtures: the plugin in a process of its own, as Millrace runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from millrace.plugin.testing import Instance, PluginProcess

PLUGIN = Path(__file__).resolve().parent.parent
MODULE = "millrace_file_plugin"


@pytest.fixture
def process() -> Iterator[PluginProcess]:
    with PluginProcess(MODULE, folder=PLUGIN) as process:
        yield process


@pytest.fixture
def repository(process: PluginProcess, tmp_path: Path) -> Instance:
    return process.open("artifact_repository", "file-plugin", uri=f"file-plugin:{tmp_path}/artifacts")
