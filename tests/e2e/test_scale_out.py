"""Four servers on one PostgreSQL behind nginx: nobody sees which one answers, and one that dies takes nothing along."""

import collections
import concurrent.futures
import contextlib
import itertools
import json
import re
import socket
import threading
import time
import uuid

import mlflow
import pytest
import requests
from cluster import Cluster
from mlflow.entities.webhook import WebhookEvent
from mlflow.exceptions import MlflowException
from postgres import PostgresServer
from servers import wait_until
from webhook_receiver import Receiver

WRITERS = 16
# What nginx answers when a server broke off that a POST was sent to, or when none is there.
BROKEN_OFF = {502, 504}


@pytest.fixture(scope="module")
def database():
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="module")
def cluster(database, tmp_path_factory):
    flags = ("--webhook-allow-private", "--webhook-allowed-schemes", "http", "--webhook-cache-seconds", "0")
    with Cluster(tmp_path_factory.mktemp("cluster"), database.create("shared"), *flags) as cluster:
        yield cluster


def clients_of(cluster):
    return [mlflow.MlflowClient(server.url) for server in cluster.servers]


def new_name(what):
    return f"{what} {uuid.uuid4().hex}"


# ---- nobody sees which server answers ----


def test_what_one_server_changed_the_others_heed_at_once(cluster):
    a, b, c, d = clients_of(cluster)
    experiment, name = a.create_experiment(new_name("e")), new_name("renamed")
    run = b.create_run(experiment).info.run_id
    c.log_metric(run, "m", 1)
    a.delete_run(run)
    for other in (b, c, d):
        with pytest.raises(MlflowException, match="must be in the 'active' state"):
            other.log_metric(run, "m", 2, step=1)
        with pytest.raises(MlflowException, match="must be in the 'active' state"):
            other.log_batch(run, params=[mlflow.entities.Param("p", "1")])
    d.restore_run(run)
    b.log_metric(run, "m", 2, step=1)
    c.rename_experiment(experiment, name)
    assert {client.get_experiment_by_name(name).experiment_id for client in (a, b, c, d)} == {experiment}
    a.delete_experiment(experiment)
    for other in (b, c, d):
        with pytest.raises(MlflowException, match="must be in the 'active' state"):
            other.create_run(experiment)
        with pytest.raises(MlflowException, match="must be in the 'active' state"):
            other.set_tag(run, "t", "v")
    b.restore_experiment(experiment)
    d.set_terminated(run)
    assert a.get_run(run).info.status == "FINISHED" and a.get_run(run).data.metrics == {"m": 2}


def test_a_registry_is_one_for_all_servers(cluster):
    a, b, c, d = clients_of(cluster)
    name = new_name("model")
    a.create_registered_model(name)
    for number, client in enumerate((b, c, d, a), 1):
        assert client.create_model_version(name, "s3://b/m").version == str(number)
    a.set_registered_model_alias(name, "best", 1)
    assert b.get_model_version_by_alias(name, "best").version == "1"
    c.set_registered_model_alias(name, "best", 2)
    assert d.get_model_version_by_alias(name, "best").version == "2"
    d.delete_model_version(name, "2")
    with pytest.raises(MlflowException, match="not found"):
        a.get_model_version_by_alias(name, "best")
    b.rename_registered_model(name, f"{name} new")
    with pytest.raises(MlflowException, match="not found"):
        c.create_model_version(name, "s3://b/m")
    assert c.create_model_version(f"{name} new", "s3://b/m").version == "5"
    a.delete_registered_model(f"{name} new")
    assert [client.search_registered_models(f"name LIKE '{name}%'") for client in (b, c, d)] == [[], [], []]


def test_artifacts_that_went_through_one_server_come_through_all(cluster):
    a, b, c, d = clients_of(cluster)
    run = a.create_run("0").info.run_id
    a.log_text(run, "hello", "folder/a.txt")
    for client in (b, c, d):
        assert [f.path for f in client.list_artifacts(run, "folder")] == ["folder/a.txt"]
    upload = {"path": "f.bin", "num_parts": 2}
    created = requests.post(f"{cluster.servers[0].url}/api/2.0/mlflow-artifacts/mpu/create/parts", json=upload, timeout=60).json()
    urls = [part["url"] for part in created["credentials"]]
    for server, url, data in zip(cluster.servers[1:], urls, (b"first-", b"second")):
        path = url.split("/api/")[1] if "/api/" in url else url
        requests.put(f"{server.url}/api/{path}", data=data, timeout=60).raise_for_status()
    parts = [{"part_number": number, "etag": "", "url": url} for number, url in enumerate(urls, 1)]
    done = {"path": "f.bin", "upload_id": created["upload_id"], "parts": parts}
    requests.post(f"{cluster.servers[3].url}/api/2.0/mlflow-artifacts/mpu/complete/parts", json=done, timeout=60).raise_for_status()
    assert requests.get(f"{cluster.url}/api/2.0/mlflow-artifacts/artifacts/parts/f.bin", timeout=60).content == b"first-second"


def test_each_event_is_told_once_whichever_server_it_happened_at(cluster):
    with Receiver() as receiver:
        event = WebhookEvent("model_version", "created")
        webhook = clients_of(cluster)[0].create_webhook(new_name("hook").replace(" ", "-"), receiver.url, [event])
        name = new_name("told")
        clients_of(cluster)[1].create_registered_model(name)

        def add(server):
            answer = server.api("POST", "model-versions/create", json={"name": name, "source": "s3://b/m"})
            return answer.json()["model_version"]["version"]

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            made = list(pool.map(add, cluster.servers * 6))
        wait_until(lambda: sum(deliveries(server) for server in cluster.servers) >= len(made))
        assert sorted(json.loads(one.body)["data"]["version"] for one in receiver.received) == sorted(made)
        clients_of(cluster)[2].delete_webhook(webhook.webhook_id)


def deliveries(server):
    """How many have arrived; nothing while some are under way."""
    text = requests.get(f"{server.url}/metrics", timeout=60).text
    figures = {name: float(value) for name, value in re.findall(r"^(millrace_webhook\S+) (\S+)$", text, re.MULTILINE)}
    if any(figures[f"millrace_webhook_{kind}"] for kind in ("waiting_events", "waiting_deliveries", "running_deliveries")):
        return 0
    return figures['millrace_webhook_deliveries_total{outcome="delivered"}']


class Watcher:
    """Reads a stream of changes in a thread of its own; a context manager that begins once the server has greeted."""

    def __init__(self, url):
        self.answer = requests.get(f"{url}/api/3.0/millrace/changes", stream=True, timeout=120)
        self.answer.raise_for_status()
        self.changes, self.greeted, self.last_told = [], threading.Event(), time.monotonic()

    def __enter__(self):
        threading.Thread(target=self.read, daemon=True).start()
        assert self.greeted.wait(60)
        return self

    def __exit__(self, *_):
        self.answer.raw._fp.fp.raw._sock.shutdown(socket.SHUT_RDWR)

    def read(self):
        with contextlib.suppress(requests.RequestException):  # the end
            for line in self.answer.iter_lines():
                if line == b"event: ready":
                    self.greeted.set()
                if line.startswith(b'data: {"experiments"'):
                    self.changes.append(json.loads(line[6:]))
                    self.last_told = time.monotonic()

    def told(self, kind):
        return {one for change in self.changes for one in change[kind]}

    def was_told_of_everything(self):
        return any(change["all"] for change in self.changes)

    def has_heard_all(self):
        """Whether servers, which tell each other four times a second, have nothing left to tell."""
        return time.monotonic() - self.last_told > 1


def test_whoever_watches_one_server_is_told_what_all_have_written(cluster):
    client = clients_of(cluster)[0]
    runs = [client.create_run("0").info.run_id for _ in cluster.servers]
    with contextlib.ExitStack() as stack:
        # The last goes through nginx, which must not keep events for later.
        watchers = [stack.enter_context(Watcher(one.url)) for one in (*cluster.servers, cluster)]
        # What is told together with everything, as of models that others have made just now, has no name of its own.
        wait_until(lambda: all(watcher.has_heard_all() for watcher in watchers))
        for watcher in watchers:
            watcher.changes.clear()
        for one, run in zip(clients_of(cluster), runs):
            one.log_metric(run, "m", 1)
        wait_until(lambda: all(set(runs) <= watcher.told("runs") for watcher in watchers))
        clients_of(cluster)[3].create_registered_model(new_name("seen"))
        wait_until(lambda: all(watcher.was_told_of_everything() for watcher in watchers))


def test_watchers_are_told_again_after_the_database_was_away(tmp_path):
    with PostgresServer() as own, Cluster(tmp_path, own.create("away")) as cluster:
        run = clients_of(cluster)[0].create_run("0").info.run_id
        with Watcher(cluster.servers[1].url) as watcher:
            own.stop("immediate")
            watcher.changes.clear()
            own.start()
            # What may have been missed meanwhile is everything.
            wait_until(watcher.was_told_of_everything)
            # The other server may need longer to come back, so it is asked again.
            wait_until(lambda: log_and_look(cluster.servers[0], run, watcher))


def log_and_look(server, run, watcher):
    server.api("POST", "runs/log-metric", json={"run_id": run, "key": "m", "value": 1, "timestamp": 1})
    return run in watcher.told("runs")


# ---- of those who come at the same time one wins ----


def at_once(cluster, path, bodies):
    """Answers of requests that go to all servers in turn at the same time."""
    tasks = list(zip(itertools.cycle(cluster.servers), bodies))
    with concurrent.futures.ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(lambda task: task[0].api("POST", path, json=task[1]), tasks))


def require_one_winner(answers):
    assert sorted(a.status_code for a in answers) == [200] + [400] * (len(answers) - 1), [a.text for a in answers]
    assert {a.json()["error_code"] for a in answers if a.status_code != 200} == {"RESOURCE_ALREADY_EXISTS"}


@pytest.mark.parametrize("path", ["experiments/create", "registered-models/create"])
def test_a_name_is_given_once(cluster, path):
    for _ in range(8):
        require_one_winner(at_once(cluster, path, [{"name": new_name("wanted")}] * 16))


def test_versions_are_numbered_without_gaps_or_doubles(cluster):
    names = [new_name("numbered") for _ in range(2)]
    for name in names:
        clients_of(cluster)[0].create_registered_model(name)
    bodies = [{"name": names[i % 3 % 2], "source": "s3://b/m", "tags": [{"key": "k", "value": "v"}]} for i in range(96)]
    answers = at_once(cluster, "model-versions/create", bodies)
    assert {a.status_code for a in answers} == {200}, [a.text for a in answers if a.status_code != 200]
    for name in names:
        numbers = sorted(int(a.json()["model_version"]["version"]) for a in answers if a.json()["model_version"]["name"] == name)
        assert numbers == list(range(1, sum(body["name"] == name for body in bodies) + 1))


def test_one_version_is_in_production_when_each_archived_the_others(cluster):
    client, name = clients_of(cluster)[0], new_name("staged")
    client.create_registered_model(name)
    for _ in range(8):
        client.create_model_version(name, "s3://b/m")
    moves = [{"name": name, "version": str(i), "stage": "Production", "archive_existing_versions": True} for i in range(1, 9)]
    assert {a.status_code for a in at_once(cluster, "model-versions/transition-stage", moves)} == {200}
    stages = collections.Counter(v.current_stage for v in client.search_model_versions(f"name = '{name}'"))
    assert stages == {"Production": 1, "Archived": 7}


def test_a_param_has_one_value_and_it_is_the_winners(cluster):
    run = clients_of(cluster)[0].create_run("0").info.run_id
    for number in range(8):
        bodies = [{"run_id": run, "key": f"p{number}", "value": str(i)} for i in range(16)]
        answers = at_once(cluster, "runs/log-parameter", bodies)
        winners = [body["value"] for body, a in zip(bodies, answers) if a.status_code == 200]
        assert len(winners) == 1 and sorted(a.status_code for a in answers) == [200] + [400] * 15
        assert {c.get_run(run).data.params[f"p{number}"] for c in clients_of(cluster)} == set(winners)


# ---- servers that die ----


class Writer:
    """One that goes through nginx, asks again as long as it is not answered, and remembers what was acknowledged."""

    def __init__(self, cluster, number):
        self.url, self.number = f"{cluster.url}/api/2.0/mlflow", number
        self.session = requests.Session()
        self.runs, self.steps, self.params, self.versions = [], [], [], []
        self.acknowledged, self.repeated = 0, 0

    def work_until(self, over):
        run = None
        for turn in itertools.count():
            if over.is_set():
                return
            if turn % 20 == 0:
                run = self.ask("POST", "runs/create", experiment_id="0")["run"]["info"]["run_id"]
                self.runs.append(run)
            self.write(run, turn)
            # What reads may be asked of another server by nginx itself: nobody sees that one has died.
            found = self.session.get(f"{self.url}/runs/get", params={"run_id": run}, timeout=60)
            assert found.status_code == 200, found.text

    def write(self, run, turn):
        self.ask("POST", "runs/log-metric", run_id=run, key="m", value=turn, timestamp=1, step=turn)
        self.steps.append((run, turn))
        self.ask("POST", "runs/log-batch", run_id=run, params=[{"key": f"p{turn}", "value": str(turn)}])
        self.params.append((run, f"p{turn}", str(turn)))
        if turn % 5 == 0:
            made = self.ask("POST", "model-versions/create", name=f"model {self.number % 4}", source=f"s3://b/{self.number}/{turn}")
            self.versions.append((made["model_version"]["name"], made["model_version"]["version"], f"s3://b/{self.number}/{turn}"))

    def ask(self, method, path, **body):
        while True:
            answer = self.session.request(method, f"{self.url}/{path}", json=body, timeout=60)
            if answer.status_code == 200:
                self.acknowledged += 1
                return answer.json()
            assert answer.status_code in BROKEN_OFF, (answer.status_code, answer.text)
            self.repeated += 1


class OfficialWriter(Writer):
    """The same with the official client, which asks again by itself."""

    def __init__(self, cluster, number):
        super().__init__(cluster, number)
        self.client = mlflow.MlflowClient(cluster.url)

    def work_until(self, over):
        run = self.client.create_run("0").info.run_id
        self.runs.append(run)
        for turn in itertools.count():
            if over.is_set():
                return
            self.client.log_metric(run, "m", turn, step=turn)
            self.steps.append((run, turn))
            self.client.log_param(run, f"p{turn}", turn)
            self.params.append((run, f"p{turn}", str(turn)))
            self.acknowledged += 2


@contextlib.contextmanager
def working(writers):
    """The writers at work, in threads of their own; what made one of them give up is thrown at the end."""
    over = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(len(writers)) as pool:
        work = [pool.submit(writer.work_until, over) for writer in writers]
        try:
            yield work
        finally:
            over.set()
        for one in work:
            one.result()


def has_logged(server):
    """Whether it was given work since it started: nginx takes a server that was away for dead for five seconds."""
    logged = r'^millrace_http_requests_total\{operation="Log(Metric|Batch|Param)",status="2xx"\} [1-9]'
    return re.search(logged, requests.get(f"{server.url}/metrics", timeout=60).text, re.MULTILINE) is not None


def wait_for_progress(writers, work, count=6):
    """Until each of the writers was acknowledged so often again."""
    before = [writer.acknowledged for writer in writers]
    deadline = time.monotonic() + 120
    while any(writer.acknowledged < start + count for writer, start in zip(writers, before)):
        failed = [one.exception() for one in work if one.done() and one.exception()]
        assert not failed and time.monotonic() < deadline, failed
        time.sleep(0.01)


def require_all_acknowledged(cluster, writers):
    client = clients_of(cluster)[0]
    for run in {run for writer in writers for run in writer.runs}:
        steps = [step for writer in writers for of, step in writer.steps if of == run]
        params = {key: value for writer in writers for of, key, value in writer.params if of == run}
        kept = client.get_run(run)
        assert collections.Counter(m.step for m in client.get_metric_history(run, "m")) == collections.Counter(steps)
        assert kept.data.params.items() >= params.items()
        assert steps == [] or kept.data.metrics["m"] == max(steps)


def require_all_versions(cluster, writers):
    acknowledged = [version for writer in writers for version in writer.versions]
    assert len({(name, number) for name, number, _ in acknowledged}) == len(acknowledged) > 0
    for name in {name for name, _, _ in acknowledged}:
        kept = {int(v.version): v.source for v in clients_of(cluster)[1].search_model_versions(f"name = '{name}'", max_results=10_000)}
        assert sorted(kept) == list(range(1, len(kept) + 1))
        assert all(kept[int(number)] == source for of, number, source in acknowledged if of == name)


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_servers_that_end_and_come_back_lose_nothing_acknowledged(database, tmp_path, monkeypatch, end):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "7")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "0")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_BACKOFF_JITTER", "0")
    with Cluster(tmp_path, database.create(f"ending_by_{end}")) as cluster:
        for number in range(4):
            clients_of(cluster)[0].create_registered_model(f"model {number}")
        writers = [(OfficialWriter if number % 4 == 3 else Writer)(cluster, number) for number in range(WRITERS)]
        with working(writers) as work:
            for server in cluster.servers:
                wait_for_progress(writers, work)
                getattr(server, end)()
                wait_for_progress(writers, work)
                server.start()
                # Should the next one end sooner, nginx would have none left in the end.
                wait_until(lambda server=server: has_logged(server))
            wait_for_progress(writers, work)
        require_all_acknowledged(cluster, writers)
        require_all_versions(cluster, writers)
