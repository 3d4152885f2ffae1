"""Artifacts through the proxy: the official client and raw requests."""

import hashlib
import os

import mlflow
import pytest
import requests


@pytest.fixture
def run(client, experiment):
    return client.create_run(experiment)


def proxy(server, path):
    return f"{server.url}/api/2.0/mlflow-artifacts/artifacts/{path}"


def test_folders_and_files_come_back(client, run, tmp_path):
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / "deep/er/ü name.txt").write_text("hello")
    (tmp_path / "empty.bin").write_bytes(b"")
    client.log_artifacts(run.info.run_id, tmp_path, "folder")
    client.log_text(run.info.run_id, "root", "root.txt")
    assert [f.path for f in client.list_artifacts(run.info.run_id)] == ["folder", "root.txt"]
    assert [(f.path, f.is_dir, f.file_size) for f in client.list_artifacts(run.info.run_id, "folder")] == [
        ("folder/deep", True, None), ("folder/empty.bin", False, 0)]
    local = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="folder")
    assert open(os.path.join(local, "deep/er/ü name.txt")).read() == "hello"


def test_a_file_is_replaced_and_deleted(server, client, run):
    client.log_text(run.info.run_id, "old and longer", "a.txt")
    client.log_text(run.info.run_id, "new", "a.txt")
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/a.txt") == "new"
    path = f"{run.info.experiment_id}/{run.info.run_id}/artifacts/a.txt"
    assert requests.delete(proxy(server, path)).status_code == 200
    assert client.list_artifacts(run.info.run_id) == []
    answer = requests.get(proxy(server, path))
    assert answer.status_code == 404 and answer.json()["error_code"] == "RESOURCE_DOES_NOT_EXIST"


def test_figures_and_tables(client, run):
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plot

    figure = plot.figure()
    client.log_figure(run.info.run_id, figure, "plots/f.png")
    client.log_dict(run.info.run_id, {"a": [1, 2]}, "d.json")
    client.log_table(run.info.run_id, {"x": [1], "y": ["b"]}, "t.json")
    assert mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/d.json") == {"a": [1, 2]}


@pytest.mark.parametrize("path", [
    "..%2f..%2fetc/passwd", "%2e%2e/x", "%252e%252e/x", "a/%2e%2e/%2e%2e/%2e%2e/x", "..%5cx", "a%00b", "%2fetc%2fpasswd", "c:%5cx",
    ".millrace-x/y", "%c0%ae%c0%ae/x", "~root/x",
])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_paths_that_lead_elsewhere_are_refused(server, method, path):
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", server.port)  # sends the path as it stands
    connection.request(method, f"/api/2.0/mlflow-artifacts/artifacts/{path}", body=b"x" if method == "PUT" else None)
    assert connection.getresponse().status in (400, 404)


def test_a_symbolic_link_does_not_lead_out(server):
    root = server.folder / "mlartifacts" / "linked"
    root.mkdir(parents=True, exist_ok=True)
    (root / "out").symlink_to("/etc")
    assert requests.get(proxy(server, "linked/out/passwd")).status_code == 400
    assert requests.put(proxy(server, "linked/out/passwd2"), data=b"x").status_code == 400
    assert requests.delete(proxy(server, "linked/out")).status_code == 200
    assert os.path.exists("/etc/passwd")


def test_ranges(server):
    requests.put(proxy(server, "range/f.bin"), data=bytes(range(100))).raise_for_status()

    def ask(value):
        return requests.get(proxy(server, "range/f.bin"), headers={"Range": value})

    part = ask("bytes=10-19")
    assert part.status_code == 206 and part.content == bytes(range(10, 20))
    assert part.headers["Content-Range"] == "bytes 10-19/100"
    assert ask("bytes=95-").content == bytes(range(95, 100))
    assert ask("bytes=-5").content == bytes(range(95, 100))
    assert ask("bytes=200-").status_code == 416
    assert ask("bytes=0-1,5-6").status_code == 200
    assert requests.head(proxy(server, "range/f.bin")).headers["Content-Length"] == "100"


def test_get_artifact_is_an_attachment_of_the_right_type(server, client, run):
    client.log_text(run.info.run_id, "<script>", "page.html")
    answer = requests.get(f"{server.url}/get-artifact", params={"run_id": run.info.run_id, "path": "page.html"})
    assert answer.text == "<script>" and answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["Content-Disposition"].startswith("attachment") and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert requests.get(f"{server.url}/get-artifact", params={"run_id": run.info.run_id, "path": "none"}).status_code == 404
    assert requests.get(f"{server.url}/get-artifact", params={"run_id": run.info.run_id, "path": "../x"}).status_code == 400


def test_the_pages_upload(server, client, run):
    url = f"{server.url}/ajax-api/2.0/mlflow/upload-artifact"
    assert requests.post(url, params={"run_uuid": run.info.run_id, "path": "notes/n.md"}, data=b"# hi").status_code == 200
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/notes/n.md") == "# hi"
    assert requests.post(url, params={"run_uuid": run.info.run_id, "path": "big"}, data=b"x" * (10 * 1024 * 1024 + 1)).status_code == 400
    assert requests.post(url, params={"path": "x"}, data=b"x").status_code == 400


def test_multipart_upload_by_the_official_client(client, run, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", "true")
    monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", str(6 * 1024 * 1024))
    monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", str(5 * 1024 * 1024))
    file = tmp_path / "large.bin"
    file.write_bytes(os.urandom(13 * 1024 * 1024))
    client.log_artifact(run.info.run_id, str(file), "big")
    assert [f.path for f in client.list_artifacts(run.info.run_id, "big")] == ["big/large.bin"]
    local = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="big/large.bin", dst_path=str(tmp_path / "down"))
    assert hashlib.sha256(open(local, "rb").read()).digest() == hashlib.sha256(file.read_bytes()).digest()


def test_multipart_parts_out_of_order_sent_again_and_aborted(server):
    def mpu(step, **body):
        return requests.post(f"{server.url}/api/2.0/mlflow-artifacts/mpu/{step}/mp", json={"path": "f.bin", **body})

    created = mpu("create", num_parts=2).json()
    urls = [credential["url"] for credential in created["credentials"]]
    for url, data in ((urls[1], b"second"), (urls[0], b"wrong"), (urls[0], b"first-")):
        assert requests.put(url, data=data).status_code == 200
    parts = [{"part_number": 1, "etag": "", "url": urls[0]}, {"part_number": 2, "etag": "", "url": urls[1]}]
    assert mpu("complete", upload_id=created["upload_id"], parts=parts).status_code == 200
    assert requests.get(proxy(server, "mp/f.bin")).content == b"first-second"
    again = mpu("create", num_parts=2).json()
    assert mpu("complete", upload_id=again["upload_id"], parts=parts).status_code == 400
    assert mpu("abort", upload_id=again["upload_id"]).status_code == 200
    assert mpu("complete", upload_id=again["upload_id"], parts=parts).status_code == 404
    assert mpu("abort", upload_id="../../x").status_code == 400


def test_a_large_file_passes_in_little_memory(server):
    def memory():
        fields = open(f"/proc/{server.process.pid}/status").read().split("\n")
        return sum(int(line.split()[1]) for line in fields if line.startswith(("RssAnon", "RssShmem"))) / 1024

    size = 5 * 1024 ** 3
    before = memory()

    def pieces():
        block = os.urandom(1024 * 1024)
        for _ in range(size // len(block)):
            yield block

    answer = requests.put(proxy(server, "large/five.gb"), data=pieces())
    assert answer.status_code == 200, answer.text
    peak = memory()
    total = 0
    with requests.get(proxy(server, "large/five.gb"), stream=True) as download:
        for piece in download.iter_content(4 * 1024 * 1024):
            total += len(piece)
            peak = max(peak, memory()) if total % (256 * 1024 * 1024) == 0 else peak
    assert total == size
    assert peak - before < 50, (before, peak)
    requests.delete(proxy(server, "large/five.gb")).raise_for_status()
