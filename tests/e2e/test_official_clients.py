"""Each official client that people have installed does its daily work: experiments, runs, artifacts, models."""

import os
import pathlib
import subprocess

import pytest
from servers import ROOT

CLIENTS = ROOT / "tests/clients"


def run_scenario(*command, folder, **environment):
    result = subprocess.run([str(word) for word in command], cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0 and result.stdout.strip().endswith("ok"), result.stdout + result.stderr


@pytest.mark.parametrize("version", ["1.30", "2.22", "3.6", "3.17"])
@pytest.mark.parametrize("scenario", ["tracking", "registry"])
def test_the_python_client(version, scenario, server, tmp_path):
    run_scenario(ROOT / f"build/venv-mlflow-{version}/bin/python", CLIENTS / f"{scenario}.py", server.url, folder=tmp_path)


def test_the_java_client(server, tmp_path):
    libraries = ROOT / "build/java-client"
    # It sends and fetches artifacts by the command of the Python client.
    path = f"{ROOT / 'build/venv-mlflow-3.17/bin'}:{os.environ['PATH']}"
    run_scenario("java", "-cp", f"{libraries}/*", CLIENTS / "java/Scenario.java", server.url, tmp_path, folder=tmp_path, PATH=path)
