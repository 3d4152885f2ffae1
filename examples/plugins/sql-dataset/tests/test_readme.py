"""The commands of the README work, and the manifest says what the plugin does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

from .conftest import PLUGIN

README = (PLUGIN / "README.md").read_text()
MANIFEST = (PLUGIN / "plugin.toml").read_text()


def test_the_commands_of_the_readme_work() -> None:
    commands = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert len(commands) == 2
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    outputs = [
        subprocess.run(
            ["bash", "-euc", command],
            cwd=PLUGIN,
            env={**os.environ, "PATH": search},
            stdout=subprocess.PIPE,
            text=True,
            timeout=60,
            check=True,
        ).stdout
        for command in commands
    ]
    assert 'setosa,15.5,2,"small, ""blue"""' in outputs[0]
    assert outputs[0].endswith('{"max(petal_mm)": 51.25}\n')


def test_the_settings_of_the_readme_are_those_of_the_manifest() -> None:
    settings = set(re.findall(r"^\[configuration\.(\w+)\]", MANIFEST, re.MULTILINE))
    assert set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)) == settings


def test_the_manifest_names_what_the_plugin_provides(process: PluginProcess) -> None:
    answer = process.control("Describe", m.DescribeRequest())
    (described,) = m.PluginDescription.FromString(answer).provides
    assert f'kind = "{described.kind}"\nnames = ["{described.name}"]\n' in MANIFEST
