"""Plugins behind a real server: an artifact repository in C++, a tracking store and repository in Python."""

import os
import pathlib
import shutil
import signal
import time

import mlflow
import pytest
import requests
from mlflow.tracking import MlflowClient
from processes import children_of, kill_children
from servers import ROOT, MillraceServer

SHELF = ROOT / "build/release/examples/plugins/shelf/plugins"
EXAMPLES = ROOT / "examples/plugins"
SDK = ROOT / "build/venv-sdk/bin"


@pytest.fixture
def shelf(tmp_path):
    with MillraceServer(tmp_path, "--plugin-path", str(SHELF), "--artifacts-destination", "shelf://here") as server:
        yield server


def test_artifacts_of_the_official_client_go_through_a_plugin(shelf, tmp_path):
    client = MlflowClient(shelf.url)
    run = client.create_run("0")
    source = tmp_path / "data.bin"
    source.write_bytes(os.urandom(3_000_000))
    client.log_artifact(run.info.run_id, str(source), "models")
    assert [file.path for file in client.list_artifacts(run.info.run_id, "models")] == ["models/data.bin"]
    mlflow.set_tracking_uri(shelf.url)
    (tmp_path / "down").mkdir()
    path = client.download_artifacts(run.info.run_id, "models/data.bin", str(tmp_path / "down"))
    assert pathlib.Path(path).read_bytes() == source.read_bytes()


def test_a_part_of_an_artifact_of_a_plugin_is_served(shelf):
    url = f"{shelf.url}/api/2.0/mlflow-artifacts/artifacts/f"
    assert requests.put(url, data=b"0123456789", timeout=10).status_code == 200
    answer = requests.get(url, headers={"Range": "bytes=2-4"}, timeout=10)
    assert (answer.status_code, answer.content) == (206, b"234")


def test_a_killed_plugin_takes_nobody_along_and_comes_back_within_a_second(shelf):
    url = f"{shelf.url}/api/2.0/mlflow-artifacts/artifacts/f"
    for _ in range(5):
        assert requests.put(url, data=b"x", timeout=10).status_code == 200
        (child,) = children_of(shelf.process.pid)
        os.kill(child, signal.SIGKILL)
        end = time.monotonic() + 1
        answer = requests.put(url, data=b"y", timeout=10)
        while answer.status_code != 200 and time.monotonic() < end:
            assert (answer.status_code, answer.json()["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE")
            answer = requests.put(url, data=b"y", timeout=10)
        assert answer.status_code == 200
        assert requests.get(f"{shelf.url}/health", timeout=10).status_code == 200


def test_a_tracking_store_in_python_serves_the_official_client(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{SDK}:{os.environ['PATH']}")
    flags = ["--plugin-path", str(EXAMPLES), "--backend-store-uri", f"file-plugin:{tmp_path}/runs"]
    with MillraceServer(tmp_path, *flags) as server:
        client = MlflowClient(server.url)
        assert client.get_experiment("0").name == "Default"
        run = client.create_run("0", run_name="first")
        client.log_metric(run.info.run_id, "loss", 0.5, step=1)
        client.log_metric(run.info.run_id, "loss", float("nan"), step=2)
        client.log_param(run.info.run_id, "rate", "0.1")
        client.set_terminated(run.info.run_id)
        client.log_metric(client.create_run("0").info.run_id, "loss", 0.9)
        found = client.search_runs(["0"], "metrics.loss > 0.8 OR params.rate = '0.1'", order_by=["start_time ASC"])
        assert [each.info.run_name for each in found][0] == "first"
        assert len(found) == 2
        assert [metric.step for metric in client.get_metric_history(run.info.run_id, "loss")] == [1, 2]
    with MillraceServer(tmp_path, *flags) as server:
        assert MlflowClient(server.url).get_run(run.info.run_id).data.params == {"rate": "0.1"}


def register_two_versions(server):
    client = MlflowClient(server.url)
    run = client.create_run("0").info
    client.create_registered_model("m", tags={"team": "red"}, description="what it does")
    for _ in range(2):
        client.create_model_version("m", f"{run.artifact_uri}/model", run.run_id)
    client.set_registered_model_alias("m", "champion", "2")
    client.set_model_version_tag("m", "1", "checked", "yes")


def require_two_versions(server):
    client = MlflowClient(server.url)
    assert client.get_registered_model("m").description == "what it does"
    assert client.get_model_version_by_alias("m", "champion").version == "2"
    assert [version.version for version in client.search_model_versions("name = 'm'")] == ["2", "1"]
    assert [version.version for version in client.search_model_versions("tags.checked = 'yes'")] == ["1"]
    assert [model.name for model in client.search_registered_models("tags.team = 'red'")] == ["m"]
    assert client.search_registered_models("name LIKE 'x%'") == []


@pytest.mark.parametrize("apart", [False, True])
def test_a_registry_in_python_serves_the_official_client(tmp_path, monkeypatch, apart):
    monkeypatch.setenv("PATH", f"{SDK}:{os.environ['PATH']}")
    flags = ["--plugin-path", str(EXAMPLES), "--backend-store-uri", f"file-plugin:{tmp_path}/runs"]
    flags += ["--registry-store-uri", f"file-plugin:{tmp_path}/models"] if apart else []
    with MillraceServer(tmp_path, *flags) as server:
        register_two_versions(server)
        assert kill_children(server.process.pid)
    with MillraceServer(tmp_path, *flags) as server:
        require_two_versions(server)
        with pytest.raises(mlflow.exceptions.MlflowException, match="already exists"):
            MlflowClient(server.url).create_registered_model("m")
    assert (tmp_path / ("models" if apart else "runs") / "registry.journal").stat().st_size > 0


def test_a_plugin_without_a_registry_leaves_the_server_without_one(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{SDK}:{os.environ['PATH']}")
    plugin = shutil.copytree(EXAMPLES / "file-plugin", tmp_path / "plugins/file-plugin")
    manifest = (plugin / "plugin.toml").read_text().split("[[provides]]")
    kept = [part for part in manifest if "registry_store" not in part]
    (plugin / "plugin.toml").write_text("[[provides]]".join(kept))
    with MillraceServer(tmp_path, "--plugin-path", str(plugin.parent), "--backend-store-uri", f"file-plugin:{tmp_path}/runs") as server:
        client = MlflowClient(server.url)
        assert client.get_experiment("0").name == "Default"
        with pytest.raises(mlflow.exceptions.MlflowException, match="no model registry"):
            client.create_registered_model("m")


def test_a_scheme_of_nobody_is_told_with_what_is_known(tmp_path):
    with pytest.raises(RuntimeError, match="sqlite"):
        MillraceServer(tmp_path, "--backend-store-uri", "nosuch://x").start()
