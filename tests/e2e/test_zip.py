"""Folders of artifacts as ZIP files."""

import io
import os
import pathlib
import signal
import time
import zipfile

import mlflow
import pytest
import requests
from mlflow.tracking import MlflowClient
from processes import children_of
from servers import ROOT, MillraceServer

SHELF = ROOT / "build/release/examples/plugins/shelf/plugins"
GIBIBYTE = 1 << 30


@pytest.fixture
def run(client, experiment):
    return client.create_run(experiment)


def zip_of(server, run_id, mount="ajax-api", **query):
    return requests.get(f"{server.url}/{mount}/3.0/millrace/artifacts/zip", params={"run_id": run_id, **query})


def contents(answer):
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist() if not name.endswith("/")}


def folder_of(server, run):
    """Where the files of a run lie on the disk of the server."""
    return server.folder / "mlartifacts" / run.info.artifact_uri.removeprefix("mlflow-artifacts:/")


def test_a_folder_of_a_run_comes_with_all_below_it(server, client, run):
    for path in ("model/MLmodel", "model/data/ü name.txt", "notes.txt"):
        client.log_text(run.info.run_id, f"this is {path}", path)
    answer = zip_of(server, run.info.run_id, path="model")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="model.zip"'
    assert contents(answer) == {path: f"this is {path}" for path in ("model/MLmodel", "model/data/ü name.txt")}
    assert set(contents(zip_of(server, run.info.run_id, "api"))) == {"model/MLmodel", "model/data/ü name.txt", "notes.txt"}


def test_a_folder_of_a_logged_model_comes_too(server, client, experiment):
    model = client.create_logged_model(experiment)
    path = model.artifact_location.removeprefix("mlflow-artifacts:/")
    requests.put(f"{server.url}/api/2.0/mlflow-artifacts/artifacts/{path}/MLmodel", data=b"flavors").raise_for_status()
    answer = requests.get(f"{server.url}/ajax-api/3.0/millrace/logged-models/{model.model_id}/artifacts/zip")
    assert contents(answer) == {"MLmodel": "flavors"}


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"path": "nowhere"}, 404, "There is no folder 'nowhere' with files."),
        ({"path": "notes.txt"}, 404, "There is no folder 'notes.txt' with files."),
        ({"path": "../other"}, 400, "Invalid path"),
        ({"path": "%2e%2e/other"}, 400, "Invalid path"),
    ],
)
def test_what_is_no_folder_is_told(server, client, run, query, status, words):
    client.log_text(run.info.run_id, "x", "notes.txt")
    answer = zip_of(server, run.info.run_id, **query)
    assert (answer.status_code, answer.json()["message"]) == (status, words)


def test_a_run_has_to_be_named_and_to_be_there(server):
    assert requests.get(f"{server.url}/api/3.0/millrace/artifacts/zip").status_code == 400
    assert zip_of(server, "0" * 32).status_code == 404


def test_many_files_come_at_once(server, client, run, tmp_path):
    for i in range(300):
        (tmp_path / f"file-{i}.txt").write_text(str(i) * 100)
    client.log_artifacts(run.info.run_id, tmp_path, "many")
    assert contents(zip_of(server, run.info.run_id, path="many")) == {f"many/file-{i}.txt": str(i) * 100 for i in range(300)}
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/many/file-7.txt") == "7" * 100


def test_empty_folders_are_kept(server, client, run):
    client.log_text(run.info.run_id, "x", "some/file.txt")
    (folder_of(server, run) / "some/nothing").mkdir()
    with zipfile.ZipFile(io.BytesIO(zip_of(server, run.info.run_id).content)) as archive:
        assert archive.namelist() == ["some/", "some/file.txt", "some/nothing/"]


def test_more_than_4_gibibytes_come_too(server, client, run, tmp_path):
    client.log_text(run.info.run_id, "first", "large/a.txt")
    with open(folder_of(server, run) / "large/b.bin", "wb") as sparse:
        sparse.truncate(4 * GIBIBYTE + 5)
    client.log_text(run.info.run_id, "last", "large/c.txt")
    with requests.get(f"{server.url}/api/3.0/millrace/artifacts/zip", params={"run_id": run.info.run_id}, stream=True) as answer:
        with open(tmp_path / "large.zip", "wb") as target:
            for piece in answer.iter_content(1 << 20):
                target.write(piece)
    (folder_of(server, run) / "large/b.bin").unlink()
    with zipfile.ZipFile(tmp_path / "large.zip") as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
        assert sizes == {"large/": 0, "large/a.txt": 5, "large/b.bin": 4 * GIBIBYTE + 5, "large/c.txt": 4}
        assert archive.read("large/c.txt") == b"last"
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    assert int(status.split("VmHWM:")[1].split()[0]) < 400_000, "kB of memory at most"


def test_who_leaves_ends_the_reading(server, client, run, tmp_path):
    (tmp_path / "noise.bin").write_bytes(os.urandom(1 << 20) * 200)
    client.log_artifact(run.info.run_id, tmp_path / "noise.bin", "noise")

    def waits_until(reads):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            names = [os.path.realpath(link) for link in pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir()]
            if any(name.endswith("/noise.bin") for name in names) == reads:
                return True
            time.sleep(0.05)
        return False

    with requests.get(f"{server.url}/api/3.0/millrace/artifacts/zip", params={"run_id": run.info.run_id}, stream=True) as answer:
        assert answer.status_code == 200, answer.text
        pieces = answer.iter_content(1 << 16)  # dropping it would close the connection
        assert next(pieces)
        assert waits_until(True)
    assert waits_until(False)


def test_a_plugin_s_folder_comes_and_breaks_off_visibly_when_the_plugin_dies(tmp_path):
    with MillraceServer(tmp_path, "--plugin-path", str(SHELF), "--artifacts-destination", "shelf://here") as shelf:
        client = MlflowClient(shelf.url)
        run = client.create_run("0").info.run_id
        put = f"{shelf.url}/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts"
        requests.put(f"{put}/folder/a.txt", data=b"a").raise_for_status()
        requests.put(f"{put}/folder/below/b.txt", data=b"b").raise_for_status()
        assert contents(zip_of(shelf, run)) == {"folder/a.txt": "a", "folder/below/b.txt": "b"}
        requests.put(f"{put}/folder/noise.bin", data=os.urandom(1 << 20) * 100).raise_for_status()
        with requests.get(f"{shelf.url}/api/3.0/millrace/artifacts/zip", params={"run_id": run}, stream=True) as answer:
            pieces = answer.iter_content(1 << 20)
            got = next(pieces)
            (child,) = children_of(shelf.process.pid)
            os.kill(child, signal.SIGKILL)
            with pytest.raises(requests.exceptions.ChunkedEncodingError):
                for piece in pieces:
                    got += piece
        assert not zipfile.is_zipfile(io.BytesIO(got))
