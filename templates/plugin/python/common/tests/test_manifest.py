"""The manifest names what the plugin provides."""

from __future__ import annotations

import json

from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

from .conftest import PLUGIN


def test_the_manifest_names_what_the_plugin_provides(process: PluginProcess) -> None:
    answer = process.control("Describe", m.DescribeRequest())
    (provided,) = m.PluginDescription.FromString(answer).provides
    manifest = (PLUGIN / "plugin.toml").read_text()
    assert f'kind = "{provided.kind}"' in manifest
    assert f'"{provided.name}"' in manifest
    assert provided.capabilities == _capabilities(manifest)


def _capabilities(manifest: str) -> list[str]:
    lines = [line for line in manifest.splitlines() if line.startswith("capabilities = ")]
    return [name for line in lines for name in json.loads(line.partition("=")[2])]
