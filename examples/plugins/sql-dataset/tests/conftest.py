"""Fixtures: the plugin in a process of its own, as Millrace runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from millrace.plugin.testing import PluginProcess

PLUGIN = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def process() -> Iterator[PluginProcess]:
    with PluginProcess("millrace_sql_dataset", folder=PLUGIN) as process:
        yield process
