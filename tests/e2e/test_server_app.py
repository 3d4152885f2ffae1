"""A server_app behind --app-name: the official client with tokens and passwords, every route without them, broken apps."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

import mlflow
import pytest
import requests
from mlflow.tracking import MlflowClient
from processes import children_of, kill_children
from servers import ROOT, MillraceServer

SDK = ROOT / "build/venv-sdk/bin"

MANIFEST = """
[plugin]
id = "door"
version = "1.0.0"
protocol = "1.0"
license = "Apache-2.0"
description = "Lets in who knows the token."

[run]
python = "door"
environment = ["DOOR_*"]
call_timeout_seconds = 3

[[provides]]
kind = "server_app"
names = ["door"]
capabilities = [CAPABILITIES]

[configuration.headers]
type = "string"
default = "X-Door-User"
description = "Headers that the app reads."

[configuration.folder]
type = "string"
required = true
description = "Where the app writes what it was asked."
"""

# What a test tells it stands in the folder: "slow" makes it sleep, "answer" is the kind of its routes' answers.
PLUGIN = '''
import base64
import json
import pathlib
import time

from millrace.plugin import Plugin, ServerApp
from millrace.plugin.messages import AccessAnswer, AppResponse, Authentication, HttpHeader, RouteList

plugin = Plugin()
USERS = {"alice": "wonderland", "bob": "builder", "carol": "carol"}


class Door(ServerApp):
    def __init__(self, options):
        self._folder = pathlib.Path(options.string("folder"))

    def _note(self, name, line):
        with open(self._folder / name, "a") as file:
            file.write(line + "\\n")

    def authenticate(self, context, request):
        self._note("authenticated", f"{request.method} {request.path}")
        if (self._folder / "slow").exists():
            time.sleep(30)
        name = self._user(request)
        if name is None:
            return Authentication(
                authenticated=False, message="The door is shut: bring a token.",
                challenges=['Bearer realm="door"', 'Basic realm="door"'],
            )
        return Authentication(authenticated=True, principal=name, groups=["people"], valid_seconds=KEEP)

    def _user(self, request):
        for header in request.headers:
            return header.value
        scheme, _, rest = request.authorization.partition(" ")
        if scheme == "Bearer" and rest.startswith("token-of-"):
            return rest[9:]
        if scheme == "Basic":
            name, _, word = base64.b64decode(rest).decode().partition(":")
            return name if USERS.get(name) == word else None
        return None
'''

AUTHORIZE = '''
    # alice may do everything, bob reads and writes in the experiments that the folder names, carol reads the server.
    def authorize(self, context, request):
        self._note("asked", json.dumps({
            "principal": request.principal, "action": request.action, "resource": request.resource,
            "ids": list(request.resource_ids), "experiments": list(request.experiment_ids),
            "operation": request.operation,
        }))
        if request.principal == "alice":
            return AccessAnswer(allowed=True)
        if request.principal == "carol":
            return AccessAnswer(allowed=request.resource == 1 and request.action == 1)
        file = self._folder / "experiments-of-bob"
        own = set(file.read_text().split()) if file.exists() else set()
        allowed = bool(request.experiment_ids) and set(request.experiment_ids) <= own
        return AccessAnswer(allowed=allowed, message="" if allowed else "Not one of bob's.")
'''

ROUTES = '''
    def list_routes(self, context, request):
        return RouteList(prefixes=(self._folder / "prefixes").read_text().split(), public_paths=["/door/login"])

    def handle(self, context, request):
        kind = (self._folder / "answer").read_text()
        if kind == "huge":
            return AppResponse(status=200, body=b"x" * (3 * 1024 * 1024 + 1))
        if kind == "injection":
            return AppResponse(status=200, headers=[HttpHeader(name="X-A", value="a\\r\\nX-Evil: 1")])
        seen = {"method": request.method, "path": request.path, "query": request.query, "principal": request.principal,
                "prefix": request.static_prefix, "body": len(request.body)}
        headers = [HttpHeader(name="Content-Type", value="application/json"),
                   HttpHeader(name="Transfer-Encoding", value="chunked"), HttpHeader(name="Content-Length", value="3"),
                   HttpHeader(name="Set-Cookie", value="a=1"), HttpHeader(name="Set-Cookie", value="b=2")]
        return AppResponse(status=202, headers=headers, body=json.dumps(seen).encode())
'''

KEY = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # the public key of RFC 8032, section 7.1, test 1
TOKEN = {"Authorization": "Bearer token-of-alice"}


class DoorServer(MillraceServer):
    """A server behind the app above, in a folder of its own."""

    def __init__(self, folder, *flags, capabilities=(), keep=60, prefixes="/door"):
        self.app = folder / "app"
        plugin = folder / "plugins/door"
        plugin.mkdir(parents=True)
        self.app.mkdir()
        promised = ", ".join(f'"{each}"' for each in capabilities)
        (plugin / "plugin.toml").write_text(MANIFEST.replace("CAPABILITIES", promised))
        parts = [PLUGIN.replace("KEEP", str(keep))]
        parts += [AUTHORIZE] if "authorize" in capabilities else []
        parts += [ROUTES] if "routes" in capabilities else []
        (plugin / "door.py").write_text("".join(parts) + '\n\nplugin.server_app("door")(Door)\n')
        (self.app / "prefixes").write_text(prefixes)
        (self.app / "answer").write_text("seen")
        config = folder / "millrace.toml"
        config.write_text(f'[plugins.settings.door]\nfolder = "{self.app}"\n')
        common = ["--plugin-path", str(folder / "plugins"), "--app-name", "door", "--backend-store-uri", "sqlite:///runs.db"]
        self.config = config
        super().__init__(folder, *common, *flags)
        if "--static-prefix" in flags:
            self.url += flags[flags.index("--static-prefix") + 1]

    def command(self):
        binary, *rest = super().command()
        return [binary, "--config", str(self.config), *rest]

    def asked(self):
        file = self.app / "asked"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def authentications(self):
        file = self.app / "authenticated"
        return file.read_text().splitlines() if file.exists() else []

    def get(self, path, **arguments):
        return requests.get(self.url + path, timeout=60, **arguments)


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("PATH", f"{SDK}:{os.environ['PATH']}")
    for name in ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def door(tmp_path):
    with DoorServer(tmp_path) as server:
        yield server


def work_as_a_client(server, tmp_path):
    mlflow.set_tracking_uri(server.url)
    client = MlflowClient(server.url)
    run = client.create_run(client.create_experiment(f"e{time.monotonic_ns()}"))
    client.log_metric(run.info.run_id, "loss", 0.5)
    (tmp_path / "f.txt").write_text("content")
    client.log_artifact(run.info.run_id, str(tmp_path / "f.txt"))
    (tmp_path / "down").mkdir(exist_ok=True)
    path = client.download_artifacts(run.info.run_id, "f.txt", str(tmp_path / "down"))
    assert pathlib.Path(path).read_text() == "content"
    client.create_registered_model(f"m{time.monotonic_ns()}")
    assert client.get_run(run.info.run_id).data.metrics == {"loss": 0.5}
    return run


def test_the_official_client_works_with_a_token(door, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "token-of-alice")
    work_as_a_client(door, tmp_path)
    wait_for_log(door, "principal=alice")
    assert "token-of-alice" not in door.log_text()
    # One question for all of it: the answer may be kept for a minute.
    assert len(door.authentications()) == 1


def test_the_official_client_works_with_name_and_password(door, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "bob")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "builder")
    work_as_a_client(door, tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "wrong")
    with pytest.raises(mlflow.exceptions.MlflowException, match="The door is shut: bring a token"):
        MlflowClient(door.url).get_experiment("0")


def test_a_wrong_token_is_told_by_code_challenge_and_words(door, monkeypatch):
    answer = door.get("/api/2.0/mlflow/experiments/get?experiment_id=0", headers={"Authorization": "Bearer no"})
    assert answer.status_code == 401
    assert answer.json()["error_code"] == "UNAUTHENTICATED"
    assert answer.json()["message"] == "The door is shut: bring a token."
    assert answer.raw.headers.getlist("WWW-Authenticate") == ['Bearer realm="door"', 'Basic realm="door"']
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "no")
    with pytest.raises(mlflow.exceptions.MlflowException, match="UNAUTHENTICATED: The door is shut"):
        MlflowClient(door.url).get_experiment("0")


def mounts_of(path):
    """Where a path of the OpenAPI document is served, its fields filled in; it names one of the two mounts."""
    path = re.sub(r"\{[^}]*\}", "1", path)
    return [path, path.replace("/api/", "/ajax-api/", 1)] if path.startswith("/api/") else [path]


def routes_of(server):
    """Method and path of every operation, its fields filled in, and of every page."""
    document = server.get("/openapi.json", headers=TOKEN).json()
    for path, methods in document["paths"].items():
        for method in methods:
            for place in mounts_of(path):
                yield method.upper(), place
    for path in ("/version", "/millrace/version", "/metrics", "/openapi.json", "/nothing/here", "/api",
                 "/health?verbose", "/health?verbose=1", "/ajax-api/3.0/mlflow/ui-telemetry", "//", "/health/", "/graphql",
                 "/api/3.0/mlflow/server-info", "/ajax-api/2.0/mlflow/gateway-proxy", "/api/3.0/millrace/changes"):
        yield "GET", path
    for path in ("/graphql", "/ajax-api/3.0/mlflow/ui-telemetry", "/nothing"):
        yield "POST", path
    yield "OPTIONS", "/api/2.0/mlflow/runs/search"
    yield "OPTIONS", "/"
    yield "HEAD", "/api/2.0/mlflow/experiments/get?experiment_id=0"


@pytest.mark.parametrize("prefix", ["", "/ml"])
def test_every_route_is_refused_without_credentials(tmp_path, prefix):
    flags = ["--static-prefix", prefix] if prefix else []
    with DoorServer(tmp_path, *flags) as server:
        inside = server.url
        document = requests.get(f"{inside}/openapi.json", headers=TOKEN, timeout=60)
        assert document.status_code == 200
        routes = list(routes_of(server))
        assert len(routes) > 150
        for method, path in routes:
            for credentials in ({}, {"Authorization": "Bearer no"}, {"Authorization": "Basic YWxpY2U6eA=="}):
                answer = requests.request(method, inside + path, headers=credentials, json={} if method != "GET" else None,
                                          timeout=60, allow_redirects=False)
                assert answer.status_code == 401, (method, path)
                assert method == "HEAD" or answer.json()["error_code"] == "UNAUTHENTICATED"
        assert requests.get(f"{inside}/health", timeout=60).text == "OK"
        if prefix:
            outside = inside.removesuffix(prefix)
            for path in ("/", "/api/2.0/mlflow/runs/search", "/metrics", "/openapi.json"):
                assert requests.get(outside + path, timeout=60).status_code == 401, path


def files_of_the_page(server):
    """The page and what it loads: nothing but the page in a build without it."""
    page = server.get("/").text
    return ["/", *sorted(set(re.findall(r'(?:src|href)="\./(assets/[^"]+)"', page)))]


@pytest.mark.parametrize("prefix", ["", "/ml"])
def test_the_files_of_the_page_are_open_to_be_read_and_nothing_else(tmp_path, prefix):
    with DoorServer(tmp_path, *(["--static-prefix", prefix] if prefix else [])) as server:
        for path in files_of_the_page(server):
            place = server.url + "/" + path.removeprefix("/")
            for credentials in ({}, {"Authorization": "Bearer no"}, TOKEN):
                assert requests.get(place, headers=credentials, timeout=60).status_code == 200, place
            assert requests.head(place, timeout=60).status_code == 200
            for method in ("POST", "PUT", "DELETE", "OPTIONS"):
                assert requests.request(method, place, timeout=60).status_code == 401, (method, place)
        for path in ("/assets", "/assets/", "/assets/none.js", "/assets/../api/2.0/mlflow/experiments/search"):
            assert requests.get(server.url + path, timeout=60).status_code == 401, path
        if prefix:
            assert requests.get(server.url.removesuffix(prefix) + "/", timeout=60).status_code == 401
    assert not server.authentications() or "GET /" not in server.authentications()


def test_scripts_find_the_challenges_where_browsers_do_not_ask_by_themselves(door):
    answer = door.get("/api/2.0/mlflow/experiments/get?experiment_id=0", headers={"X-Requested-With": "XMLHttpRequest"})
    assert answer.status_code == 401
    assert answer.raw.headers.getlist("X-WWW-Authenticate") == ['Bearer realm="door"', 'Basic realm="door"']
    assert answer.headers["WWW-Authenticate"] == 'Page realm="millrace"'


def test_a_refused_upload_is_cut_off_and_leaves_nothing(door):
    url = f"{door.url}/api/2.0/mlflow-artifacts/artifacts/x"
    with socket.create_connection(("127.0.0.1", door.port), timeout=60) as connection:
        head = f"PUT {url.removeprefix(door.url)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000000\r\n\r\n"
        connection.sendall(head.encode())
        connection.sendall(b"x" * 1_500_000)
        assert connection.recv(100).startswith(b"HTTP/1.1 401")
    assert requests.get(url, headers=TOKEN, timeout=60).status_code == 404


def test_a_preflight_of_an_allowed_origin_is_answered_and_opens_nothing(tmp_path):
    # Browsers never send credentials with it (Fetch, section 4.8), and it is answered from settings alone.
    with DoorServer(tmp_path, "--cors-allowed-origins", "https://a.example") as server:
        url = f"{server.url}/api/2.0/mlflow/runs/search"
        asks = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
        answer = requests.options(url, headers=asks, timeout=60)
        assert (answer.status_code, answer.text) == (200, "OK")
        assert requests.options(url, headers={**asks, "Origin": "https://b.example"}, timeout=60).status_code == 400
        answer = requests.post(url, headers={"Origin": "https://a.example"}, json={}, timeout=60)
        assert answer.status_code == 401
        assert answer.headers["Access-Control-Allow-Origin"] == "https://a.example"


def test_the_user_of_a_run_is_who_made_it_unless_the_client_says_otherwise(door):
    url = f"{door.url}/api/2.0/mlflow/runs/create"
    run = requests.post(url, json={"experiment_id": "0"}, headers=TOKEN, timeout=60).json()["run"]
    assert run["info"]["user_id"] == "alice"
    run = requests.post(url, json={"experiment_id": "0", "user_id": "u"}, headers=TOKEN, timeout=60).json()["run"]
    assert run["info"]["user_id"] == "u"


def test_a_header_that_the_configuration_names_is_shown_to_the_app(door):
    assert door.get("/version", headers={"X-Door-User": "proxied"}).status_code == 200
    wait_for_log(door, "principal=proxied")
    assert door.get("/version", headers={"X-Other-User": "proxied"}).status_code == 401


def wait_for_log(server, text):
    end = time.monotonic() + 10
    while text not in server.log_text():
        assert time.monotonic() < end, server.log_text()
        time.sleep(0.05)


def test_a_killed_app_lets_nobody_in_and_comes_back(tmp_path):
    with DoorServer(tmp_path, keep=0) as server:
        url = f"{server.url}/api/2.0/mlflow/experiments/get?experiment_id=0"
        stop = threading.Event()
        seen = {"good": [], "bad": []}

        def hammer(kind, headers):
            session = requests.Session()
            while not stop.is_set():
                seen[kind].append(session.get(url, headers=headers, timeout=60).status_code)

        threads = [threading.Thread(target=hammer, args=("good", TOKEN)) for _ in range(4)]
        threads += [threading.Thread(target=hammer, args=("bad", {"Authorization": "Bearer no"})) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(5):
                before = seen["good"].count(200)
                kill_children(server.process.pid)
                end = time.monotonic() + 30
                while seen["good"].count(200) < before + 10:
                    assert time.monotonic() < end
                    time.sleep(0.01)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert set(seen["good"]) <= {200, 503} and 503 in seen["good"]
        assert set(seen["bad"]) <= {401, 503}
        assert server.get("/health").text == "OK"


def test_an_app_that_hangs_refuses_and_holds_up_nobody_else(tmp_path):
    with DoorServer(tmp_path) as server:
        url = "/api/2.0/mlflow/experiments/get?experiment_id=0"
        assert server.get(url, headers=TOKEN).status_code == 200
        (server.app / "slow").touch()
        answers = []
        ask = [threading.Thread(target=lambda n=n: answers.append(
            server.get(url, headers={"Authorization": f"Bearer token-of-{n}"}))) for n in range(40)]
        for thread in ask:
            thread.start()
        # Whoever is known goes on as if nothing were, and so do those who look whether the server lives.
        for _ in range(50):
            start = time.monotonic()
            assert server.get(url, headers=TOKEN).status_code == 200
            assert server.get("/health").status_code == 200
            assert time.monotonic() - start < 2
        for thread in ask:
            thread.join()
        assert {answer.status_code for answer in answers} == {503}
        assert {answer.json()["error_code"] for answer in answers} == {"TEMPORARILY_UNAVAILABLE"}
        assert all("Retry-After" in answer.headers for answer in answers)


# ---- authorize ----


@pytest.fixture
def judged(tmp_path):
    with DoorServer(tmp_path, capabilities=["authorize"]) as server:
        yield server


BOB = {"Authorization": "Bearer token-of-bob"}


def make_experiment(server, name):
    answer = server.api("POST", "experiments/create", json={"name": name}, headers=TOKEN)
    return answer.json()["experiment_id"]


def make_run(server, experiment):
    answer = server.api("POST", "runs/create", json={"experiment_id": experiment}, headers=TOKEN)
    return answer.json()["run"]["info"]["run_id"]


def test_an_app_decides_by_the_experiment_of_a_run(judged):
    own, other = make_experiment(judged, "own"), make_experiment(judged, "other")
    (judged.app / "experiments-of-bob").write_text(own)
    runs = {own: make_run(judged, own), other: make_run(judged, other)}
    for experiment, status in ((own, 200), (other, 403)):
        run = runs[experiment]
        metric = {"key": "a", "value": 1, "timestamp": 1}
        answers = [
            judged.api("GET", "runs/get", params={"run_id": run}, headers=BOB),
            judged.api("GET", "runs/get", params={"run_uuid": run}, headers=BOB),
            judged.api("POST", "runs/log-metric", json={"run_id": run, **metric}, headers=BOB),
            judged.api("POST", "runs/log-metric", json={"run_uuid": run, **metric}, headers=BOB),
            judged.api("POST", "runs/search", json={"experiment_ids": [experiment]}, headers=BOB),
            judged.api("GET", "experiments/get", params={"experiment_id": experiment}, headers=BOB),
            judged.api("GET", "experiments/get", params={"experiment_id": f"00{experiment}"}, headers=BOB),
            judged.api("GET", "metrics/get-history", params={"run_id": run, "metric_key": "a"}, headers=BOB),
            judged.api("POST", "runs/create", json={"experiment_id": experiment}, headers=BOB),
            judged.get(f"/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id={run}&metric_key=a", headers=BOB),
        ]
        assert [answer.status_code for answer in answers] == [status] * len(answers)
        upload = requests.put(f"{judged.url}/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/f",
                              data=b"x", headers=BOB, timeout=60)
        assert upload.status_code == status
    name = judged.api("GET", "experiments/get-by-name", params={"experiment_name": "other"}, headers=BOB)
    assert (name.status_code, name.json()["error_code"]) == (403, "PERMISSION_DENIED")
    assert name.json()["message"] == "Not one of bob's."
    both = judged.api("POST", "runs/search", json={"experiment_ids": [own, other]}, headers=BOB)
    assert both.status_code == 403
    everything = judged.api("POST", "runs/search", json={"experiment_ids": ["ALL"]}, headers=BOB)
    assert everything.status_code == 403
    missing = judged.api("GET", "experiments/get-by-name", params={"experiment_name": "none"}, headers=BOB)
    assert (missing.status_code, missing.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    question = [each for each in judged.asked() if each["operation"] == "LogMetric" and each["principal"] == "bob"][0]
    assert question == {"principal": "bob", "action": 3, "resource": 3, "ids": [runs[own]], "experiments": [own],
                        "operation": "LogMetric"}


def test_fields_of_a_query_are_judged_as_the_operations_that_they_are(judged):
    own, other = make_experiment(judged, "own"), make_experiment(judged, "other")
    (judged.app / "experiments-of-bob").write_text(own)
    runs = {own: make_run(judged, own), other: make_run(judged, other)}
    query = """query Q($r: I!, $e: I!) { run: mlflowGetRun(input: $r) { run { info { runId } experiment { name }
               modelVersions { name } } } experiment: mlflowGetExperiment(input: $e) { experiment { name } } }"""

    def ask(experiment):
        variables = {"r": {"runId": runs[experiment]}, "e": {"experimentId": experiment}}
        return requests.post(f"{judged.url}/graphql", json={"query": query, "variables": variables}, headers=BOB, timeout=60).json()

    answer = ask(own)
    assert answer["data"]["run"]["run"]["info"]["runId"] == runs[own]
    assert answer["data"]["run"]["run"]["experiment"]["name"] == "own"
    # Model versions are searched over the whole registry, which bob may not.
    assert answer["data"]["run"]["run"]["modelVersions"] is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["PERMISSION_DENIED"]
    answer = ask(other)
    assert answer["data"] == {"run": None, "experiment": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["PERMISSION_DENIED"] * 2


def test_no_operation_escapes_the_question(judged):
    """Who may do nothing at all gets no operation done: each is denied, or fails over what it was sent, or finds nothing."""
    run = make_run(judged, "0")
    nobody = {"Authorization": "Bearer token-of-nobody"}
    ids = {"run_id": run, "run_uuid": run, "experiment_id": "0", "experiment_name": "Default", "name": "m", "version": "1",
           "model_id": "m-1", "path": "a", "artifact_path": "a", "key": "k", "value": "v", "metric_key": "k", "alias": "a",
           "tag_key": "k", "stage": "Staging", "metrics": [], "experiment_ids": ["0"], "run_ids": [run], "source": "s"}
    document = judged.get("/openapi.json", headers=TOKEN).json()
    opened = []
    denied = 0
    for path, methods in document["paths"].items():
        for method in methods:
            for place in mounts_of(path):
                arguments = {"params": ids} if method == "get" else {"json": ids}
                answer = requests.request(method, judged.url + place, headers=nobody, timeout=60, stream=True, **arguments)
                if answer.status_code < 400:
                    opened.append((method, place))
                denied += answer.status_code == 403
                answer.close()
    pages = {"/version", "/health", "/openapi.json", "/millrace/version", "/"}
    assert [each for each in opened if each[1] not in pages] == []
    assert denied > 100
    for path in ("/metrics", "/health?verbose"):
        assert judged.get(path, headers=nobody).status_code == 403
        assert judged.get(path, headers={"Authorization": "Bearer token-of-carol"}).status_code == 200


def test_the_stream_of_changes_is_for_who_may_read_the_server(judged):
    path = "/api/3.0/millrace/changes"
    assert judged.get(path, headers=BOB).status_code == 403
    answer = judged.get(path, headers={"Authorization": "Bearer token-of-carol"}, stream=True)
    assert answer.status_code == 200 and next(answer.iter_lines()) == b"retry: 2000"
    answer.close()


def test_webhooks_are_for_who_may_change_the_server(judged):
    """Their addresses may hold credentials, so that reading them is not for readers."""
    for method, path in (("GET", "webhooks"), ("GET", "webhooks/x"), ("POST", "webhooks"), ("PATCH", "webhooks/x"),
                         ("DELETE", "webhooks/x"), ("POST", "webhooks/x/test")):
        body = {"name": "n", "url": "https://8.8.8.8/", "events": [{"entity": "PROMPT", "action": "CREATED"}]}
        for caller in (BOB, {"Authorization": "Bearer token-of-carol"}):
            assert judged.api(method, path, json=body, headers=caller).status_code == 403, (method, path)
        assert judged.api(method, path, json=body, headers=TOKEN).status_code in (200, 404), (method, path)


# ---- routes ----


def test_an_app_serves_paths_of_its_own(tmp_path):
    with DoorServer(tmp_path, "--static-prefix", "/ml", capabilities=["routes"]) as server:
        answer = server.get("/door/login?next=1")
        assert answer.status_code == 202
        assert answer.json() == {"method": "GET", "path": "/door/login", "query": "next=1", "principal": "", "prefix": "/ml",
                                 "body": 0}
        assert answer.raw.headers.getlist("Set-Cookie") == ["a=1", "b=2"]
        assert answer.headers["Content-Length"] == str(len(answer.content))
        assert server.get("/door/inner").status_code == 401
        answer = requests.post(f"{server.url}/door/inner", data=b"x" * 1000, headers=TOKEN, timeout=60)
        assert (answer.json()["principal"], answer.json()["body"]) == ("alice", 1000)
        assert requests.post(f"{server.url}/door/inner", data=b"x" * 1048577, headers=TOKEN, timeout=60).status_code == 413
        for kind in ("huge", "injection"):
            (server.app / "answer").write_text(kind)
            answer = server.get("/door/login")
            assert (answer.status_code, answer.json()["error_code"]) == (500, "INTERNAL_ERROR")
            assert "X-Evil" not in answer.headers


# ---- starts that fail ----


def refused_start(server):
    with pytest.raises(RuntimeError) as told:
        server.start()
    server.log.close()
    return str(told.value)


def test_an_app_of_nobody_is_told_with_what_is_known(tmp_path):
    server = DoorServer(tmp_path)
    for name, words in (("nosuch", ["no server_app", "door (plugin door)"]), ("basic-auth", ["basic-auth", "not part of Millrace", "door"])):
        server.flags[server.flags.index("--app-name") + 1] = name
        told = refused_start(server)
        assert all(word in told for word in words), told


def test_a_prefix_of_the_server_stops_the_start(tmp_path):
    told = refused_start(DoorServer(tmp_path, capabilities=["routes"], prefixes="/api/login"))
    assert "'/api/login'" in told and "the server's own" in told


def test_a_capability_that_was_promised_and_is_not_there_stops_the_start(tmp_path):
    server = DoorServer(tmp_path)
    manifest = tmp_path / "plugins/door/plugin.toml"
    manifest.write_text(manifest.read_text().replace("capabilities = []", 'capabilities = ["authorize"]'))
    assert "promises the capability 'authorize'" in refused_start(server)


def test_an_app_that_does_not_start_is_told_with_what_it_said(tmp_path):
    server = DoorServer(tmp_path)
    (tmp_path / "plugins/door/door.py").write_text("raise RuntimeError('no licence')\n")
    assert "no licence" in refused_start(server)


def test_a_locked_app_whose_file_was_changed_stops_the_start(tmp_path):
    server = DoorServer(tmp_path)
    binary = server.command()[0]
    home = {**os.environ, "HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def millrace(*arguments):
        subprocess.run([binary, "plugin", *arguments], cwd=tmp_path, env=home, check=True, capture_output=True, timeout=60)

    millrace("pack", "plugins/door", "-o", "door.mrp")
    millrace("install", "door.mrp", "--path", "installed")
    server.flags[server.flags.index("--plugin-path") + 1] = str(tmp_path / "installed")
    for _ in range(2):  # Python's bytecode must not count as a change at the second start
        with server:
            assert server.get("/version", headers=TOKEN).status_code == 200
    with open(tmp_path / "installed/door/door.py", "a") as file:
        file.write("# evil\n")
    told = refused_start(server)
    assert "'door.py' was changed" in told and "millrace plugin verify door" in told
    server.config.write_text(server.config.read_text() + f'[plugins]\nrequire-signature = true\ntrusted-keys = ["{KEY}"]\n')
    millrace("install", "door.mrp", "--path", "installed", "--force")
    assert "it is not signed" in refused_start(server)


# ---- health ----


def test_health_tells_of_stores_and_plugins(door):
    assert door.get("/health").text == "OK"
    assert door.get("/health?verbose").status_code == 401
    health = door.get("/health?verbose", headers=TOKEN).json()
    assert health["status"] == "ok"
    assert health["stores"] == {"tracking": {"reachable": True}, "registry": {"reachable": True}}
    (plugin,) = health["plugins"]
    (child,) = children_of(door.process.pid)
    assert (plugin["id"], plugin["state"], plugin["pid"], plugin["restarts"]) == ("door", "running", child, 0)
    assert plugin["open_instances"] == 1
    os.kill(child, signal.SIGKILL)
    end = time.monotonic() + 30
    while health["plugins"][0]["restarts"] == 0:
        assert time.monotonic() < end
        answer = door.get("/health?verbose", headers=TOKEN)  # its credentials are known
        assert answer.status_code == 200
        health = answer.json()
        assert health["plugins"][0]["state"] == "running" or health["status"] == "degraded"
        door.get("/version", headers={"Authorization": f"Bearer token-of-{time.monotonic_ns()}"})
    metrics = door.get("/metrics", headers=TOKEN).text
    assert 'millrace_plugin_up{plugin="door"} 1' in metrics
    assert 'millrace_plugin_restarts_total{plugin="door"} 1' in metrics
    assert re.search(r'millrace_plugin_calls_total\{plugin="door"\} [1-9]', metrics)
    assert re.search(r'millrace_plugin_call_duration_seconds_count\{plugin="door"\} [1-9]', metrics)
    assert 'millrace_plugin_calls_in_flight{plugin="door"} 0' in metrics


def test_health_without_an_app_is_open(server):
    health = requests.get(f"{server.url}/health?verbose", timeout=60).json()
    assert (health["status"], health["plugins"]) == ("ok", [])
