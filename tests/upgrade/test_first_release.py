"""Plugins built with the first release of the SDK, used by the server of today."""

from __future__ import annotations

import os
import pathlib

import frozen
import pytest
import requests
from processes import children_of
from servers import ROOT, MillraceServer

PYTHON = ROOT / "build/venv-sdk/bin"
SETTINGS = '[plugins.settings.{id}]\nowner = "old guard"\npass = "hunter2"\n'


def serve(folder: pathlib.Path, id: str, plugins: pathlib.Path, in_process: bool = False) -> MillraceServer:
    config = f'[plugins]\nin-process = ["{id if in_process else "nobody"}"]\n' + SETTINGS.format(id=id)
    (folder / "millrace.toml").write_text(config)
    flags = ["--plugin-path", str(plugins), "--artifacts-destination", "veteran://x"]
    return MillraceServer(folder, *flags, wrapper=("env", f"MILLRACE_CONFIG={folder}/millrace.toml"))


def exercise(server: MillraceServer) -> None:
    """Calls, streams both ways, a capability, settings, the log and faults, as a client meets them."""
    files = f"{server.url}/api/2.0/mlflow-artifacts/artifacts"

    def get(path: str, **headers: str) -> requests.Response:
        return requests.get(f"{files}/{path}", headers=headers, timeout=30)

    assert get("owner").text == "old guard"
    assert get("pass").text == "7", "a secret arrives whole"
    content = os.urandom(2_500_000)
    assert requests.put(f"{files}/data.bin", data=content, timeout=30).status_code == 200
    assert get("data.bin").content == content
    part = get("data.bin", Range="bytes=1000000-1000009")
    assert (part.status_code, part.content) == (206, content[1_000_000:1_000_010])
    listed = {file["path"]: int(file["file_size"]) for file in requests.get(files, timeout=30).json()["files"]}
    assert listed["data.bin"] == len(content)
    missing = get("none")
    assert (missing.status_code, missing.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert "The veteran does not carry 'none'." in missing.json()["message"]
    large = requests.put(f"{files}/large", data=bytes(4_000_000), timeout=30)
    assert (large.status_code, large.json()["error_code"]) == (429, "RESOURCE_EXHAUSTED")
    assert get("large").status_code == 404, "an upload that was refused leaves nothing"
    assert requests.delete(f"{files}/data.bin", timeout=30).status_code == 200
    assert get("data.bin").status_code == 404
    assert "the veteran of old guard serves veteran://x" in server.log_text()
    assert "hunter2" not in server.log_text()


@pytest.fixture(scope="module")
def built() -> pathlib.Path:
    return frozen.build_plugin()


@pytest.mark.parametrize("in_process", [False, True], ids=["program", "library"])
def test_a_plugin_of_the_first_release_serves_in_both_its_forms(
    built: pathlib.Path, tmp_path: pathlib.Path, in_process: bool
) -> None:
    with serve(tmp_path, "veteran", built, in_process) as server:
        exercise(server)
        assert len(children_of(server.process.pid)) == (0 if in_process else 1)


def test_a_plugin_with_the_first_python_package_serves(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PYTHON.exists(), "./dev sdk makes the environment for plugins in Python"
    package = frozen.generate_python(PYTHON / "python")
    monkeypatch.setenv("PATH", f"{PYTHON}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(package))
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    (plugins / "veteran-python").symlink_to(frozen.FIRST / "veteran-python")
    with serve(tmp_path, "veteran-python", plugins) as server:
        exercise(server)
        used = requests.get(f"{server.url}/api/2.0/mlflow-artifacts/artifacts/sdk", timeout=30).text
        assert pathlib.Path(used).is_relative_to(package), "today's package was served instead"
