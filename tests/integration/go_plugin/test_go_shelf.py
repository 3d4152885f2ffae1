"""The plugin in Go, built with the machine's Go, behind a server. Its commands stand in its README: the last of those
that build and test it is the conformance kit."""

import os
import pathlib
import re
import shutil
import subprocess

import mlflow
import pytest
import requests
from mlflow.tracking import MlflowClient
from servers import ROOT, MillraceServer

PLUGIN = ROOT / "examples/plugins/go-shelf"
BINARY = pathlib.Path(os.environ.get("MILLRACE_BINARY", str(ROOT / "build/release/millrace")))


def commands():
    """Those that build and test, and those that use what was built."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (PLUGIN / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 2
    return blocks


def run(command, folder):
    environment = {**os.environ, "PATH": f"{BINARY.parent}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-euc", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def plugins():
    """The folder with the built plugin, which has passed its own tests."""
    for tool, package in (("go", "golang-go"), ("protoc", "protobuf-compiler")):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed (Debian: {package}), so the plugin in Go is not built")
    run(commands()[0], PLUGIN)
    return PLUGIN / "build/plugins"


def test_artifacts_of_the_official_client_go_through_the_plugin(plugins, tmp_path):
    flags = ["--plugin-path", str(plugins), "--artifacts-destination", f"go-shelf:{tmp_path}/shelf"]
    source = tmp_path / "data.bin"
    source.write_bytes(os.urandom(5_000_000))
    with MillraceServer(tmp_path, *flags) as server:
        client = MlflowClient(server.url)
        run_id = client.create_run("0").info.run_id
        client.log_artifact(run_id, str(source), "models")
        client.log_text(run_id, "", "empty.txt")
        assert [file.path for file in client.list_artifacts(run_id)] == ["empty.txt", "models"]
        assert [file.file_size for file in client.list_artifacts(run_id, "models")] == [5_000_000]
    kept = list((tmp_path / "shelf").rglob("data.bin"))
    assert len(kept) == 1 and kept[0].read_bytes() == source.read_bytes()
    with MillraceServer(tmp_path, *flags) as server:
        mlflow.set_tracking_uri(server.url)
        (tmp_path / "down").mkdir()
        path = MlflowClient(server.url).download_artifacts(run_id, "models/data.bin", str(tmp_path / "down"))
        assert pathlib.Path(path).read_bytes() == source.read_bytes()


def test_experiments_of_a_server_with_this_artifact_root_keep_their_files_in_the_plugin(plugins, tmp_path):
    flags = ["--plugin-path", str(plugins), "--default-artifact-root", f"go-shelf:{tmp_path}/shelf"]
    with MillraceServer(tmp_path, *flags) as server:
        run = server.api("POST", "runs/create", json={"experiment_id": "0"}).json()["run"]
        run_id = run["info"]["run_id"]
        assert run["info"]["artifact_uri"].startswith(f"go-shelf:{tmp_path}/shelf/")
        upload = f"{server.url}/ajax-api/2.0/mlflow/upload-artifact"
        query = {"run_uuid": run_id, "path": "notes/a.txt"}
        assert requests.post(upload, params=query, data=b"0123456789", timeout=10).status_code == 200
        listed = server.api("GET", "artifacts/list", params={"run_id": run_id, "path": "notes"}).json()
        assert listed["files"] == [{"path": "notes/a.txt", "is_dir": False, "file_size": 10}]
        content = f"{server.url}/get-artifact"
        where = {"run_id": run_id, "path": "notes/a.txt"}
        assert requests.get(content, params=where, timeout=10).content == b"0123456789"
        part = requests.get(content, params=where, headers={"Range": "bytes=2-4"}, timeout=10)
        assert (part.status_code, part.content) == (206, b"234")
        missing = requests.get(content, params={**where, "path": "notes/b.txt"}, timeout=10)
        assert (missing.status_code, missing.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
        blocked = requests.post(upload, params={**query, "path": "notes/a.txt/c"}, data=b"x" * 5_000_000, timeout=10)
        assert (blocked.status_code, blocked.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
        assert requests.get(content, params=where, timeout=10).status_code == 200


def test_the_commands_of_the_readme_find_and_serve_the_plugin(plugins, tmp_path, monkeypatch):
    listing, serving = commands()[1].splitlines()
    assert "go-shelf" in run(listing, PLUGIN)
    monkeypatch.setenv("PATH", f"{BINARY.parent}:{os.environ['PATH']}")
    shutil.copytree(plugins, tmp_path / "build/plugins")

    class AsTheReadmeSays(MillraceServer):
        def command(self):
            return ["sh", "-c", f"exec {serving} --port {self.port}"]

    with AsTheReadmeSays(tmp_path) as server:
        url = f"{server.url}/api/2.0/mlflow-artifacts/artifacts/f"
        assert requests.put(url, data=b"x", timeout=10).status_code == 200
    assert (tmp_path / "build/shelf/f").read_bytes() == b"x"


def test_the_program_started_by_hand_says_what_it_is(plugins):
    done = subprocess.run([plugins / "go-shelf/go-shelf"], capture_output=True, text=True, timeout=10)
    assert done.returncode == 2
    assert "README.md" in done.stdout
