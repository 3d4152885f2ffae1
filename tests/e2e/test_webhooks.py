"""Webhooks as official clients make them and as receivers get them, beside the official server."""

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import time
import uuid

import mlflow
import pytest
import requests
from cryptography.fernet import Fernet
from mlflow.entities.webhook import WebhookEvent
from mlflow.exceptions import RestException
from servers import ROOT, MillraceServer, MlflowServer, wait_until
from webhook_receiver import Receiver, make_certificate

KEY = Fernet.generate_key().decode()
SECRET = "do-not-tell-a-soul"
SOURCE = "s3://bucket/model"
EVENTS = [
    "registered_model.created", "model_version.created", "model_version_tag.set", "model_version_tag.deleted",
    "model_version_alias.created", "model_version_alias.deleted", "prompt.created", "prompt_version.created", "prompt_tag.set",
    "prompt_tag.deleted", "prompt_version_tag.set", "prompt_version_tag.deleted", "prompt_alias.created",
    "prompt_alias.deleted", "budget_policy.exceeded",
]  # fmt: skip
# What lets both servers send to a receiver on loopback.
OPEN = {"MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "true", "MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "http,https",
        "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY": KEY, "MLFLOW_WEBHOOK_CACHE_TTL": "1"}


@contextlib.contextmanager
def environment(**values):
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextlib.contextmanager
def started(kind, folder, *flags, **variables):
    with environment(**{**OPEN, **variables}), kind(folder, *flags) as server:
        yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with started(MillraceServer, tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def client(server):
    client = client_of(server)
    yield client
    for webhook in client.list_webhooks(max_results=1000):
        client.delete_webhook(webhook.webhook_id)


def client_of(server):
    mlflow.set_tracking_uri(server.url)
    return mlflow.MlflowClient(server.url)


def metric(server, name):
    text = requests.get(f"{server.url}/metrics", timeout=60).text
    return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE).group(1))


def new_name():
    return f"m-{uuid.uuid4().hex}"


# ---- the operations ----


def test_a_webhook_lives(client):
    made = client.create_webhook("hook", "https://8.8.8.8/x?y=z", ["model_version_tag.set", "model_version.created"],
                                 description="täglich", secret=SECRET, status="DISABLED")
    assert (made.name, made.url, made.description, str(made.status)) == ("hook", "https://8.8.8.8/x?y=z", "täglich", "DISABLED")
    assert [str(event) for event in made.events] == ["model_version.created", "model_version_tag.set"]
    assert made.creation_timestamp == made.last_updated_timestamp
    assert repr(client.get_webhook(made.webhook_id)) == repr(made)
    changed = client.update_webhook(made.webhook_id, name="other", events=["prompt.created"], status="ACTIVE")
    assert (changed.name, changed.url, changed.description) == ("other", made.url, "täglich")
    assert [str(event) for event in changed.events] == ["prompt.created"] and str(changed.status) == "ACTIVE"
    assert client.update_webhook(made.webhook_id, description="").description is None
    client.delete_webhook(made.webhook_id)
    with pytest.raises(RestException, match=f"Webhook with ID {made.webhook_id} not found"):
        client.get_webhook(made.webhook_id)
    assert list(client.list_webhooks()) == []


def test_lists_come_in_pages_with_the_newest_first(client):
    ids = []
    for number in range(5):
        ids.append(client.create_webhook(f"hook{number}", "https://8.8.8.8/", ["prompt.created"]).webhook_id)
        time.sleep(0.002)
    first = client.list_webhooks(max_results=2)
    second = client.list_webhooks(max_results=2, page_token=first.token)
    third = client.list_webhooks(max_results=2, page_token=second.token)
    assert [w.webhook_id for page in (first, second, third) for w in page] == ids[::-1]
    assert not third.token


HOOK = {"name": "hook", "url": "https://8.8.8.8/", "events": [{"entity": "MODEL_VERSION", "action": "CREATED"}]}
ID = "{id}"
# Each on the webhook that the first has made; both servers answer the same status and, where it is 200, the same body.
REQUESTS = [
    ("POST", "webhooks", HOOK),
    ("GET", f"webhooks/{ID}", None),
    ("GET", "webhooks", None),
    ("GET", "webhooks?max_results=1", None),
    ("GET", "webhooks?max_results=1001", None),
    ("GET", "webhooks?max_results=-1", None),
    ("GET", "webhooks?page_token=nonsense", None),
    ("GET", "webhooks/none", None),
    ("PATCH", f"webhooks/{ID}", {"status": "DISABLED"}),
    ("PATCH", f"webhooks/{ID}", {"name": "other", "description": "d", "secret": SECRET}),
    ("PATCH", f"webhooks/{ID}", {"name": "", "url": "", "events": [], "description": "", "secret": ""}),
    ("PATCH", f"webhooks/{ID}", {"events": [{"entity": "PROMPT_TAG", "action": "SET"}, {"entity": "PROMPT_TAG", "action": "DELETED"}]}),
    ("PATCH", f"webhooks/{ID}", {"events": [{"entity": "PROMPT_TAG", "action": "CREATED"}]}),
    ("PATCH", f"webhooks/{ID}", {"name": "-"}),
    ("PATCH", f"webhooks/{ID}", {"url": "ftp://8.8.8.8/"}),
    ("PATCH", "webhooks/none", {"name": "x"}),
    ("POST", "webhooks", {**HOOK, "description": "d", "secret": SECRET, "status": "DISABLED"}),
    ("POST", "webhooks", {**HOOK, "name": ""}),
    ("POST", "webhooks", {**HOOK, "name": "a b"}),
    ("POST", "webhooks", {**HOOK, "name": "x" * 64}),
    ("POST", "webhooks", {**HOOK, "url": ""}),
    ("POST", "webhooks", {**HOOK, "url": "no url"}),
    ("POST", "webhooks", {**HOOK, "url": "https://"}),
    ("POST", "webhooks", {**HOOK, "events": []}),
    ("POST", "webhooks", {**HOOK, "events": [{"entity": "REGISTERED_MODEL", "action": "DELETED"}]}),
    ("POST", "webhooks", {"name": "hook"}),
    ("POST", "webhooks/none/test", {}),
    ("DELETE", f"webhooks/{ID}", None),
    ("DELETE", f"webhooks/{ID}", None),
    ("GET", f"webhooks/{ID}", None),
    ("GET", "webhooks", None),
]  # fmt: skip


def answers_of(server):
    made, answers = None, []
    for method, path, body in REQUESTS:
        answer = server.api(method, path.replace(ID, made or ""), json=body)
        made = made or answer.json()["webhook"]["webhook_id"]
        text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "{uuid}", answer.text)
        assert SECRET not in text
        text = re.sub(r'(timestamp": ?)\d+', r"\1*", text)
        answers.append((answer.status_code, re.sub(r"\s", "", text) if answer.ok else answer.json()["error_code"]))
    return answers


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    with started(MlflowServer, tmp_path_factory.mktemp("reference")) as server:
        yield server


def test_answers_are_those_of_the_reference(server, reference, client):
    differences = [f"{request}\n  reference {theirs}\n  ours      {ours}"
                   for request, theirs, ours in zip(REQUESTS, answers_of(reference), answers_of(server)) if theirs != ours]
    assert not differences, "\n".join(differences)


# ---- what receivers get ----


def change_everything(client, name):
    """Makes each event happen that a registry can make; returns how many that are."""
    client.create_registered_model(name, tags={"a": "1"}, description="ein Modell")
    client.create_model_version(name, SOURCE, tags={"b": "ü"}, description="d")
    client.create_model_version(name, SOURCE)
    client.set_model_version_tag(name, "1", "k", "v")
    client.delete_model_version_tag(name, "1", "k")
    client.set_registered_model_tag(name, "k", "v")  # of a model: nobody is told
    client.set_registered_model_alias(name, "best", "1")
    client.delete_registered_model_alias(name, "best")
    prompt = f"{name}-prompt"
    mlflow.genai.register_prompt(prompt, "Say {{it}}", commit_message="one", tags={"author": "me"})
    client.set_prompt_tag(prompt, "k", "v")
    client.delete_prompt_tag(prompt, "k")
    client.set_prompt_version_tag(prompt, "1", "k", "w")
    client.delete_prompt_version_tag(prompt, "1", "k")
    mlflow.genai.set_prompt_alias(prompt, "live", 1)
    mlflow.genai.delete_prompt_alias(prompt, "live")


def told(requests_received):
    return sorted(((r.event, r.message["data"]) for r in requests_received), key=str)


def settled(receiver):
    """What came, once nothing has come for a second."""
    count = -1
    while count != len(receiver.received):
        count = len(receiver.received)
        time.sleep(1)
    return list(receiver.received)


def deliveries_of_everything(server, name):
    client = client_of(server)
    with Receiver() as receiver:
        webhook = client.create_webhook("all", receiver.url, EVENTS, secret=SECRET)
        time.sleep(1.1)  # until the reference looks for webhooks again
        change_everything(client, name)
        receiver.wait(14)
        received = settled(receiver)
        client.delete_webhook(webhook.webhook_id)
    return received


def test_each_event_is_told_as_the_reference_tells_it(server, reference):
    name = new_name()
    ours, theirs = deliveries_of_everything(server, name), deliveries_of_everything(reference, name)
    assert told(ours) == told(theirs)
    assert {r.event for r in ours} == set(EVENTS) - {"budget_policy.exceeded"}
    for received in ours + theirs:
        assert received.is_signed_with(SECRET) and not received.is_signed_with("another")
        assert received.headers["Content-Type"] == "application/json"
        assert uuid.UUID(received.headers["X-MLflow-Delivery-Id"]).version == 4
        assert list(received.message) == ["entity", "action", "timestamp", "data"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", received.message["timestamp"])
    assert len({r.headers["X-MLflow-Delivery-Id"] for r in ours}) == len(ours)


def test_examples_are_those_of_the_reference(server, reference):
    examples = []
    for one in (server, reference):
        client = client_of(one)
        with Receiver() as receiver:
            webhook = client.create_webhook("all", receiver.url, EVENTS)
            for event in EVENTS:
                result = client.test_webhook(webhook.webhook_id, WebhookEvent.from_str(event))
                assert (result.success, result.response_status, result.response_body) == (True, 200, "ok")
            client.test_webhook(webhook.webhook_id)
            examples.append([(r.event, r.message["data"]) for r in receiver.wait(16)])
            assert all("X-MLflow-Signature" not in r.headers for r in receiver.received)
        client.delete_webhook(webhook.webhook_id)
    assert examples[0] == examples[1]


def test_only_what_was_asked_for_is_told_and_only_to_active_webhooks(server, client):
    with Receiver() as versions, Receiver() as tags, Receiver() as disabled:
        client.create_webhook("versions", versions.url, ["model_version.created"])
        client.create_webhook("tags", tags.url, ["model_version_tag.set"])
        off = client.create_webhook("off", disabled.url, ["model_version.created", "model_version_tag.set"])
        client.update_webhook(off.webhook_id, status="DISABLED")
        name = new_name()
        client.create_registered_model(name)
        client.create_model_version(name, SOURCE)
        client.set_model_version_tag(name, "1", "k", "v")
        assert [r.event for r in versions.wait(1)] == ["model_version.created"]
        assert [r.event for r in tags.wait(1)] == ["model_version_tag.set"]
        assert disabled.received == []
        client.update_webhook(off.webhook_id, status="ACTIVE")
        client.create_model_version(name, SOURCE)
        assert disabled.wait(1)[0].message["data"]["version"] == "2"


def test_what_failed_is_told_to_nobody(client):
    with Receiver() as receiver:
        client.create_webhook("hook", receiver.url, ["registered_model.created", "model_version_tag.set"])
        name = new_name()
        client.create_registered_model(name)
        with pytest.raises(RestException):
            client.create_registered_model(name)
        with pytest.raises(RestException):
            client.set_model_version_tag(name, "7", "k", "v")
        client.create_registered_model(f"{name}-2")
        received = receiver.wait(2)
        assert sorted(r.message["data"]["name"] for r in received) == [name, f"{name}-2"]


# ---- receivers that fail ----


def test_a_busy_receiver_is_asked_again_after_growing_pauses(server, client):
    before = metric(server, "millrace_webhook_retries_total")
    with Receiver(lambda number: (503 if number < 2 else 200, "", {})) as receiver:
        client.create_webhook("hook", receiver.url, ["registered_model.created"], secret=SECRET)
        client.create_registered_model(new_name())
        first, second, third = receiver.wait(3)
    assert 1 <= second.at - first.at < 3 and 2 <= third.at - second.at < 4
    assert first.body == second.body == third.body
    assert len({r.headers["X-MLflow-Delivery-Id"] for r in (first, second, third)}) == 1
    assert all(r.is_signed_with(SECRET) for r in (first, second, third))
    wait_until(lambda: metric(server, "millrace_webhook_retries_total") == before + 2)


def test_a_receiver_that_refuses_is_asked_once_and_logged_without_address_and_secret(server, client):
    failed = 'millrace_webhook_deliveries_total{outcome="failed"}'
    before = metric(server, failed)
    with Receiver(lambda number: (404, "gone", {})) as receiver:
        webhook = client.create_webhook("hook", f"{receiver.url}?token=hush", ["registered_model.created"], secret=SECRET)
        client.create_registered_model(new_name())
        receiver.wait(1)
        wait_until(lambda: metric(server, failed) == before + 1)
        assert len(receiver.received) == 1
    line = next(line for line in server.log_text().splitlines() if webhook.webhook_id in line and "not told" in line)
    assert "the receiver answered 404" in line and "registered_model.created" in line
    assert "hush" not in server.log_text() and SECRET not in server.log_text()


def test_a_slow_receiver_holds_up_no_request(server, client):
    with Receiver(answer=None) as receiver:
        client.create_webhook("hook", receiver.url, ["registered_model.created"])
        start = time.monotonic()
        for _ in range(50):
            client.create_registered_model(new_name())
        assert time.monotonic() - start < 10
        receiver.wait(10)
        wait_until(lambda: metric(server, "millrace_webhook_waiting_deliveries") == 40)
        assert metric(server, "millrace_webhook_running_deliveries") == 10


def test_the_end_waits_a_while_and_tells_what_it_drops(tmp_path):
    with started(MillraceServer, tmp_path) as server:
        client = client_of(server)
        with Receiver() as quick, Receiver(answer=None) as slow:
            kept = client.create_webhook("kept", slow.url, ["registered_model.created"], secret=SECRET)
            client.create_webhook("quick", quick.url, ["registered_model.created"], secret=SECRET)
            client.create_registered_model("m")
            slow.wait(1)
            start = time.monotonic()
            os.kill(server.process.pid, signal.SIGTERM)
            assert server.process.wait(30) == 0
            assert 4 < time.monotonic() - start < 15
            assert len(quick.received) == 1
        lines = [line for line in server.log_text().splitlines() if "dropped" in line]
        assert len(lines) == 1 and kept.webhook_id in lines[0] and "registered_model.created" in lines[0]
        assert SECRET not in server.log_text()


def test_events_before_the_end_are_told(tmp_path):
    with started(MillraceServer, tmp_path) as server, Receiver() as receiver:
        client = client_of(server)
        client.create_webhook("hook", receiver.url, ["registered_model.created"])
        for number in range(100):
            client.create_registered_model(f"m{number}")
        os.kill(server.process.pid, signal.SIGTERM)
        assert server.process.wait(30) == 0
        assert {r.message["data"]["name"] for r in receiver.received} == {f"m{number}" for number in range(100)}


# ---- where webhooks may lead ----


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    closed = {"MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "false", "MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "https"}
    with started(MillraceServer, tmp_path_factory.mktemp("strict"), **closed) as server:
        yield server


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "https://localhost:1234/", "https://10.1.2.3/", "https://169.254.169.254/latest",
                                 "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://0x7f000001/", "http://8.8.8.8/", "file:///etc/passwd"])
def test_private_addresses_and_other_schemes_are_refused(strict, url):
    with pytest.raises(RestException, match="INVALID_PARAMETER_VALUE"):
        client_of(strict).create_webhook("hook", url, ["prompt.created"])


def test_a_private_address_is_not_connected_to_even_if_it_is_kept(strict):
    """As when a name leads elsewhere than it did, or another server has kept the webhook."""
    client = client_of(strict)
    webhook = client.create_webhook("hook", "https://8.8.8.8/", ["registered_model.created"])
    with Receiver() as receiver:
        for host in ("127.0.0.1", "localhost"):
            url = receiver.url.replace("http://127.0.0.1", f"https://{host}")
            with contextlib.closing(sqlite3.connect(strict.folder / "mlflow.db", timeout=60)) as database, database:
                database.execute("UPDATE webhooks SET url = ? WHERE webhook_id = ?", (url, webhook.webhook_id))
            result = client.test_webhook(webhook.webhook_id)
            assert not result.success and result.response_status is None
            assert "has an address that is not public" in result.error_message
        assert receiver.received == []


def test_redirections_are_not_followed(server, client):
    with Receiver() as inner, Receiver(lambda number: (302, "", {"Location": inner.url})) as outer:
        webhook = client.create_webhook("hook", outer.url, ["prompt.created"])
        result = client.test_webhook(webhook.webhook_id)
        assert (result.success, result.response_status) == (False, 302) and "redirects" in result.error_message
        assert inner.received == []


def test_https_receivers_are_checked(tmp_path):
    certificate, key = make_certificate(tmp_path)
    folders = [tmp_path / "trusting", tmp_path / "not"]
    for folder in folders:
        folder.mkdir()
    with Receiver(certificate=(certificate, key)) as receiver:
        with started(MillraceServer, folders[0], SSL_CERT_FILE=str(certificate)) as server:
            client = client_of(server)
            client.create_webhook("hook", receiver.url, ["registered_model.created"], secret=SECRET)
            client.create_registered_model("m")
            assert receiver.wait(1)[0].is_signed_with(SECRET)
        with started(MillraceServer, folders[1]) as server:
            client = client_of(server)
            webhook = client.create_webhook("hook", receiver.url, ["registered_model.created"])
            result = client.test_webhook(webhook.webhook_id)
            assert not result.success and "certificate" in result.error_message
        assert len(receiver.received) == 1


# ---- secrets ----


def test_secrets_are_sealed_in_the_database_and_stand_nowhere_else(tmp_path):
    with started(MillraceServer, tmp_path, "--log-level", "debug") as server, Receiver() as receiver:
        client = client_of(server)
        made = server.api("POST", "webhooks", json={**HOOK, "url": receiver.url, "secret": SECRET})
        webhook_id = made.json()["webhook"]["webhook_id"]
        answers = [made, server.api("GET", f"webhooks/{webhook_id}"), server.api("GET", "webhooks"),
                   server.api("PATCH", f"webhooks/{webhook_id}", json={"secret": SECRET}),
                   server.api("POST", f"webhooks/{webhook_id}/test", json={})]
        assert all(answer.status_code == 200 and SECRET not in answer.text for answer in answers)
        assert receiver.wait(1)[0].is_signed_with(SECRET)
        with contextlib.closing(sqlite3.connect(tmp_path / "mlflow.db")) as database:
            (sealed,) = database.execute("SELECT secret FROM webhooks").fetchone()
        assert Fernet(KEY).decrypt(sealed).decode() == SECRET
        client.update_webhook(webhook_id, secret="")
        client.test_webhook(webhook_id)
        assert "X-MLflow-Signature" not in receiver.wait(2)[1].headers
        assert SECRET not in server.log_text() and KEY not in server.log_text()
        assert SECRET.encode() not in (tmp_path / "mlflow.db").read_bytes()


def test_without_a_key_a_secret_is_refused(tmp_path):
    with started(MillraceServer, tmp_path, MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY="") as server:
        client = client_of(server)
        with pytest.raises(RestException, match="MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY"):
            client.create_webhook("hook", "https://8.8.8.8/", ["prompt.created"], secret=SECRET)
        assert client.create_webhook("hook", "https://8.8.8.8/", ["prompt.created"]).webhook_id
        assert SECRET not in server.log_text()


@pytest.mark.parametrize(("variable", "value", "complaint"), [
    ("MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY", SECRET, "no Fernet key"),
    ("MLFLOW_WEBHOOK_ALLOWED_SCHEMES", "https,file", "not 'file'"),
    ("MLFLOW_WEBHOOK_REQUEST_TIMEOUT", "0", "must be between 1 and 3600"),
])
def test_settings_that_cannot_be_stop_the_start(tmp_path, variable, value, complaint):
    with pytest.raises(RuntimeError, match=complaint) as failure:
        with started(MillraceServer, tmp_path, **{variable: value}):
            pass
    assert SECRET not in str(failure.value)


def test_a_database_is_shared_with_the_official_server(tmp_path):
    with Receiver() as receiver:
        with started(MlflowServer, tmp_path) as theirs:
            client = client_of(theirs)
            made = client.create_webhook("theirs", receiver.url, ["registered_model.created"], secret=SECRET, description="d")
        with started(MillraceServer, tmp_path) as ours:
            client = client_of(ours)
            assert repr(client.get_webhook(made.webhook_id)) == repr(made)
            client.create_registered_model("m1")
            assert receiver.wait(1)[0].is_signed_with(SECRET)
            second = client.create_webhook("ours", f"{receiver.url}/2", ["registered_model.created"], secret="another secret")
            changed = client.update_webhook(made.webhook_id, status="DISABLED")
        with started(MlflowServer, tmp_path) as theirs:
            client = client_of(theirs)
            assert repr(client.get_webhook(second.webhook_id)) == repr(second)
            assert repr(client.get_webhook(made.webhook_id)) == repr(changed)
            client.create_registered_model("m2")
            assert receiver.wait(2)[1].is_signed_with("another secret")
            client.delete_webhook(second.webhook_id)


def test_a_secret_that_another_key_has_sealed_is_told_and_nothing_is_sent_unsigned(tmp_path):
    with Receiver() as receiver:
        with started(MillraceServer, tmp_path) as server:
            made = client_of(server).create_webhook("hook", receiver.url, ["registered_model.created"], secret=SECRET)
        with started(MillraceServer, tmp_path, MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY=Fernet.generate_key().decode()) as server:
            client = client_of(server)
            assert client.get_webhook(made.webhook_id).name == "hook"
            result = client.test_webhook(made.webhook_id)
            assert not result.success and "sealed with another key" in result.error_message
            assert receiver.received == []
            client.update_webhook(made.webhook_id, secret="new")
            assert client.test_webhook(made.webhook_id).success
            assert receiver.wait(1)[0].is_signed_with("new")


# ---- docs/webhooks.md ----


def test_the_page_about_webhooks_does_what_it_says(tmp_path):
    page = (ROOT / "docs/webhooks.md").read_text()
    shell, make, verify = re.findall(r"^```\w+\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    names = {}
    exec(verify, names)
    key = subprocess.run(["bash", "-c", shell.replace("millrace server", 'echo "$MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY"')],
                         check=True, capture_output=True, text=True).stdout.strip()
    with started(MillraceServer, tmp_path, MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY=key) as server, Receiver() as receiver:
        made = make.replace("http://127.0.0.1:5000", server.url).replace("https://ci.example.com/hooks/mlflow", receiver.url)
        assert server.url in made and receiver.url in made
        exec(made, {"print": lambda result: names.update(result=result)})
        assert names["result"].success
        (received,) = receiver.wait(1)
        assert names["is_genuine"](received.headers, received.body, "a long random text")
        assert not names["is_genuine"](received.headers, received.body + b" ", "a long random text")
        assert not names["is_genuine"](received.headers, received.body, "another text")


def test_every_event_and_setting_stands_on_the_page():
    page = (ROOT / "docs/webhooks.md").read_text()
    assert all(f"`{event}`" in page for event in EVENTS)
    assert all(f"`{variable}`" in page for variable in OPEN)
