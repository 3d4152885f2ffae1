"""The examples in Python pass the conformance kits, every check of them."""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = os.environ.get("MILLRACE_BINARY", str(ROOT / "build/release/millrace"))
SDK = ROOT / "build/venv-sdk/bin"


@pytest.mark.parametrize("example", ["signed-requests", "queue-backend", "sql-dataset", "local-deployment"])
def test_an_example_passes_the_kit_of_its_kind(tmp_path, example):
    environment = {"PATH": f"{SDK}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    command = [BINARY, "plugin", "test", str(ROOT / "examples/plugins" / example), "--quick", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=170)
    report = json.loads(done.stdout)
    assert "error" not in report, report["error"]
    failed = [check for check in report["checks"] if check["verdict"] == "failed"]
    assert (done.returncode, failed) == (0, []), done.stderr
    # What is skipped is of capabilities that the example does not claim, or of files that it does not keep, never for
    # want of a sample.
    reasons = {check["reason"] for check in report["checks"] if check["verdict"] == "skipped"}
    expected = ("is not declared", "keeps no files", "no sample 'secret'")
    assert all(any(each in reason for each in expected) for reason in reasons), reasons
    assert report["passed"] >= 10
