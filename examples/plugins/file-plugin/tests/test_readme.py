"""The commands of the README work, and the manifest says what the plugin does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

from .conftest import PLUGIN


def test_the_commands_of_the_readme_work() -> None:
    commands = re.findall(r"^```sh\n(.*?)^```", (PLUGIN / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert len(commands) == 2
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command in commands:
        done = subprocess.run(
            ["bash", "-euc", command],
            cwd=PLUGIN,
            env={**os.environ, "PATH": search},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_example_finds_what_it_logged(tmp_path: Path) -> None:
    command = [sys.executable, "examples/talk_to_it.py", str(tmp_path)]
    output = subprocess.run(
        command, cwd=PLUGIN, capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert "notes/hello.txt says hello" in output
    assert "has depth 5" in output


def test_the_manifest_names_what_the_plugin_provides(process: PluginProcess) -> None:
    answer = process.control("Describe", m.DescribeRequest())
    described = m.PluginDescription.FromString(answer).provides
    manifest = (PLUGIN / "plugin.toml").read_text()
    for entry in described:
        capabilities = json.dumps(list(entry.capabilities))
        lines = f'kind = "{entry.kind}"\nschemes = ["{entry.name}"]\ncapabilities = {capabilities}\n'
        assert lines in manifest
    assert manifest.count("[[provides]]") == len(described)
