"""Crashes, full disks, broken connections: what was acknowledged is there, the rest is told clearly."""

import json
import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import threading
import time

import pytest
import requests

from servers import MillraceServer


def create_run(server):
    created = server.api("POST", "runs/create", json={"experiment_id": "0", "start_time": 1})
    return created.json()["run"]["info"]["run_id"]


def batch(run, worker, number):
    metrics = [{"key": f"w{worker}", "value": number + i / 1000, "timestamp": i, "step": number} for i in range(100)]
    return {"run_id": run, "metrics": metrics, "params": [{"key": f"p{worker}-{number}", "value": "x"}]}


def test_sigkill_under_load_loses_nothing_acknowledged(tmp_path):
    server = MillraceServer(tmp_path)
    acknowledged = []
    for crash in range(20):
        server.start()
        run = create_run(server)
        stop = threading.Event()

        def load(worker):
            session = requests.Session()
            for number in range(100_000):
                if stop.is_set():
                    return
                try:
                    answer = session.post(f"{server.url}/api/2.0/mlflow/runs/log-batch", json=batch(run, worker, number), timeout=10)
                except requests.ConnectionError:
                    return
                if answer.status_code == 200:
                    acknowledged.append((run, worker, number))

        workers = [threading.Thread(target=load, args=(worker,)) for worker in range(4)]
        goal = len(acknowledged) + 20 + 5 * crash
        for worker in workers:
            worker.start()
        deadline = time.monotonic() + 30
        while len(acknowledged) < goal and time.monotonic() < deadline:
            time.sleep(0.001)
        server.kill()
        stop.set()
        for worker in workers:
            worker.join()
        assert len(acknowledged) >= goal
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        params = set(database.execute("SELECT run_uuid, key FROM params"))
        points = dict(((run, key, step), count) for run, key, step, count in database.execute(
            "SELECT run_uuid, key, step, count(*) FROM metrics GROUP BY 1, 2, 3"))
    for run, worker, number in acknowledged:
        assert (run, f"p{worker}-{number}") in params
        assert points[(run, f"w{worker}", number)] == 100
    assert set(points.values()) == {100}, "a batch is there in part"


@pytest.fixture
def small_disk(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system takes root")
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(folder)], capture_output=True).returncode != 0:
        pytest.skip("this machine does not let tmpfs be mounted")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_full_disk_is_told_and_nothing_acknowledged_is_lost(small_disk, tmp_path):
    with MillraceServer(tmp_path, "--backend-store-uri", f"sqlite:///{small_disk}/x.db", "--artifacts-destination", str(small_disk / "a")) as server:
        run = create_run(server)
        kept, refused = [], None
        for number in range(3000):
            answer = server.api("POST", "runs/log-batch", json=batch(run, 0, number))
            if answer.status_code != 200:
                refused = answer
                break
            kept.append(number)
        assert refused is not None and refused.status_code == 429, refused
        assert refused.json()["error_code"] == "RESOURCE_EXHAUSTED" and "full" in refused.json()["message"]
        upload = requests.put(f"{server.url}/api/2.0/mlflow-artifacts/artifacts/big", data=b"x" * 8_000_000)
        assert upload.status_code in (403, 429), upload.text
        assert requests.get(f"{server.url}/api/2.0/mlflow-artifacts/artifacts").json() == {}
        data = server.api("GET", "runs/get", params={"run_id": run}).json()["run"]["data"]
        assert {param["key"] for param in data["params"]} == {f"p0-{number}" for number in kept}


def test_a_database_locked_by_another_process_is_a_temporary_fault(tmp_path):
    with MillraceServer(tmp_path) as server:
        run = create_run(server)
        other = sqlite3.connect(tmp_path / "mlflow.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = server.api("POST", "runs/log-metric", json={"run_id": run, "key": "m", "value": 1, "timestamp": 1})
        assert answer.status_code == 503 and answer.json()["error_code"] == "TEMPORARILY_UNAVAILABLE"
        assert server.api("GET", "runs/get", params={"run_id": run}).status_code == 200, "reads go on"
        other.execute("ROLLBACK")
        answer = server.api("POST", "runs/log-metric", json={"run_id": run, "key": "m", "value": 1, "timestamp": 1})
        assert answer.status_code == 200


def test_a_read_only_database_is_told_at_the_start(tmp_path):
    with MillraceServer(tmp_path):
        pass
    data = tmp_path / "data"
    data.mkdir()
    shutil.move(tmp_path / "mlflow.db", data / "mlflow.db")
    for path in (data / "mlflow.db", data):
        path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    wrapper = ()
    if os.geteuid() == 0:  # root may write what is read-only; another user may not
        for folder in (tmp_path, *list(tmp_path.parents)[:3]):
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH | stat.S_IROTH)
        for path in (data / "mlflow.db", data):
            path.chmod(0o555)
        wrapper = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    with pytest.raises(RuntimeError, match="read-only|Permission denied|unable to open|cannot be written"):
        MillraceServer(tmp_path, "--backend-store-uri", f"sqlite:///{data}/mlflow.db", wrapper=wrapper).start()


def send(server, text):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def test_clients_that_leave_in_mid_body_leave_nothing_behind(tmp_path):
    with MillraceServer(tmp_path) as server:
        for _ in range(20):
            send(server, b"PUT /api/2.0/mlflow-artifacts/artifacts/folder/broken HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 300_000)
            send(server, b"POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
        assert requests.get(f"{server.url}/api/2.0/mlflow-artifacts/artifacts", params={"path": "folder"}).json() == {}
        files = [path for path in (tmp_path / "mlartifacts").rglob("*") if path.is_file()]
        assert files == []
        assert server.api("POST", "runs/search", json={"experiment_ids": ["0"]}).json() == {}


def test_a_crash_in_mid_upload_leaves_nothing_visible(tmp_path):
    server = MillraceServer(tmp_path)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"PUT /api/2.0/mlflow-artifacts/artifacts/a/b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 3_000_000)
        deadline = time.monotonic() + 10
        while not (tmp_path / "mlartifacts/a").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        server.kill()
    with server:
        assert requests.get(f"{server.url}/api/2.0/mlflow-artifacts/artifacts", params={"path": "a"}).json() == {}


@pytest.mark.parametrize("body", [
    b"{", b"[]", b'"x"', b"nul", b"\xff\xfe", b'{"run_id": "\xc3\x28"}', b"{" * 100_000, b'{"a":' * 1000, b'{"run_id": 1e999}',
    b'{"run_id": "x", "metrics": [{"key": "m", "value": 1e400, "timestamp": 1}]}', b'{"metrics": [null]}',
    json.dumps({"run_id": "x", "tags": [{"key": "k" * 10_000_000, "value": "v"}]}).encode(),
    json.dumps({"run_id": "x", "metrics": [{"key": "m", "value": 1, "timestamp": 10 ** 30}]}).encode(),
])
def test_bad_bodies_get_an_error_in_the_references_form(shared_server, body):
    answer = shared_server.api("POST", "runs/log-batch", data=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text[:300]
    assert set(answer.json()) == {"error_code", "message", "request_id"} and len(answer.text) < 5000


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory):
    with MillraceServer(tmp_path_factory.mktemp("bad-bodies")) as server:
        yield server


def test_sigterm_finishes_what_is_in_flight(tmp_path):
    server = MillraceServer(tmp_path)
    server.start()
    run = create_run(server)
    statuses = []

    def load():
        session = requests.Session()
        for number in range(10_000):
            try:
                statuses.append(session.post(f"{server.url}/api/2.0/mlflow/runs/log-batch", json=batch(run, 0, number), timeout=10).status_code)
            except requests.ConnectionError:
                return

    worker = threading.Thread(target=load)
    worker.start()
    while len(statuses) < 30:
        time.sleep(0.001)
    server.process.terminate()
    assert server.process.wait(20) == 0
    worker.join()
    assert set(statuses) == {200}
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        assert database.execute("SELECT count(*) FROM params").fetchone()[0] >= len(statuses)
