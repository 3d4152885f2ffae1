import os
import pathlib
import subprocess

from servers import ROOT


def test_the_client_of_2_22(server, tmp_path):
    python = os.environ.get("MLFLOW_2_22_PYTHON", str(ROOT / "build/venv-mlflow-2.22/bin/python"))
    scenario = pathlib.Path(__file__).with_name("old_client_scenario.py")
    result = subprocess.run([python, scenario, server.url], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0 and result.stdout.strip().endswith("ok"), result.stdout + result.stderr
