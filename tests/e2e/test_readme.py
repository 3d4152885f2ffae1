"""The section on plugins of the README, followed command by command in an empty folder."""

import os
import pathlib
import re

import pytest
import tutorial
from mlflow.tracking import MlflowClient
from servers import ROOT, free_port

BINARY = pathlib.Path(os.environ.get("MILLRACE_BINARY", str(ROOT / "build/release/millrace")))


def section(title):
    return re.search(rf"^## {title}\n(.*?)^## ", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)[1]


@pytest.fixture
def shell(tmp_path):
    """In a folder like a clone, as far as the section speaks of it; `pip install` has happened in build/venv-sdk."""
    (tmp_path / "home").mkdir()
    work = tmp_path / "clone"
    work.mkdir()
    for part in ("examples", "sdk"):
        (work / part).symlink_to(ROOT / part)
    environment = {
        "PATH": f"{BINARY.parent}:{ROOT / 'build/venv-sdk/bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path / "home"),
        "LC_ALL": "C.UTF-8",
    }
    running = tutorial.Shell(work, environment, seconds=300)
    yield running
    running.close()


def test_the_section_on_plugins_works_as_written(shell, tmp_path):
    port = free_port()
    commands = [line for info, block in tutorial.blocks(section("Plugins")) if info == "sh" for line in block.splitlines()]
    assert len(commands) == 8
    for command in (command.split("  #")[0].strip() for command in commands):
        if command.startswith("pip install"):
            continue
        if command.startswith("millrace server "):
            shell.run(f"{command} --port {port} &")
            shell.run(f"curl --silent --retry 50 --retry-connrefused --retry-delay 1 http://127.0.0.1:{port}/health")
            client = MlflowClient(f"http://127.0.0.1:{port}")
            run = client.create_run(client.create_experiment("seen"))
            client.log_metric(run.info.run_id, "loss", 0.5)
            client.create_registered_model("kept")
            assert (tmp_path / "clone/mlruns").is_dir()
            assert [model.name for model in MlflowClient(f"http://127.0.0.1:{port}").search_registered_models()] == ["kept"]
            shell.run("kill %1; wait %1 || true")
        else:
            shell.run(command + (" --quick" if command.startswith("millrace plugin test ") else ""))
