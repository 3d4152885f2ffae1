"""What the server tells of its plugins and of how it fares."""

import time

import pytest
import requests
from mlflow.tracking import MlflowClient
from servers import ROOT, MillraceServer

SHELF = ROOT / "build/release/examples/plugins/shelf/plugins"
SECRET = "open-sesame"


@pytest.fixture
def shelf(tmp_path):
    """A server with a plugin, and beside it one that is broken and one that wants a name of the server's own."""
    for name, manifest in {"broken": "nonsense", "rival": RIVAL}.items():
        (tmp_path / "plugins" / name).mkdir(parents=True)
        (tmp_path / "plugins" / name / "plugin.toml").write_text(manifest)
    flags = ["--plugin-path", str(SHELF), "--plugin-path", str(tmp_path / "plugins")]
    with MillraceServer(tmp_path, *flags, "--artifacts-destination", f"shelf://ada:{SECRET}@here?key={SECRET}") as server:
        yield server


RIVAL = """
[plugin]
id = "rival"
version = "2.1.0"
protocol = "1.0"
license = "MIT"
description = "Would keep runs, too."
homepage = "https://example.com/rival"

[run]
python = "rival"
environment = ["RIVAL_KEY"]

[[provides]]
kind = "tracking_store"
schemes = ["sqlite", "rival"]

[configuration.password]
type = "string"
secret = true
description = "Of the vault."
"""


def told(server, what):
    answer = requests.get(f"{server.url}/api/3.0/millrace/{what}", timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


def status_with(server, operation):
    """The status once a request is counted, which it is after its answer was sent."""
    end = time.monotonic() + 30
    while operation not in [each["operation"] for each in told(server, "status")["operations"]]:
        assert time.monotonic() < end, f"{operation} is never counted"
        time.sleep(0.01)
    return told(server, "status")


def claims_of(listing, kind, name):
    return [claim for claim in listing["claims"] if (claim["kind"], claim["name"]) == (kind, name)]


def test_plugins_are_told_with_who_won_and_why(shelf):
    listing = told(shelf, "plugins")
    plugins = {plugin["id"]: plugin for plugin in listing["plugins"]}
    assert plugins["shelf"]["standing"] == "usable" and plugins["shelf"]["version"]
    assert plugins["broken"]["standing"] == "broken" and "plugin.toml:1" in plugins["broken"]["reason"]
    assert plugins["rival"] == {
        "id": "rival", "version": "2.1.0", "protocol": "1.0", "folder": str(shelf.folder / "plugins/rival"),
        "standing": "usable", "description": "Would keep runs, too.", "license": "MIT",
        "homepage": "https://example.com/rival", "forms": ["python"], "in_process": False,
    }
    winner, loser = claims_of(listing, "tracking_store", "sqlite")
    assert winner["outcome"] == "wins" and "plugin" not in winner
    assert loser["plugin"] == "rival" and loser["outcome"] == "loses" and "the built-in keeps the name" in loser["reason"]
    (alone,) = claims_of(listing, "tracking_store", "rival")
    assert alone["plugin"] == "rival" and alone["outcome"] == "wins" and "reason" not in alone


def test_health_is_told_of_a_plugin_that_was_needed(shelf):
    assert requests.put(f"{shelf.url}/api/2.0/mlflow-artifacts/artifacts/f", data=b"x", timeout=60).status_code == 200
    (health,) = (plugin["health"] for plugin in told(shelf, "plugins")["plugins"] if "health" in plugin)
    assert health["id"] == "shelf" and health["running"] and health["pid"] > 0 and health["resident_bytes"] > 1_000_000
    assert health["calls"] >= 1 and health["restarts"] == 0 and health["failures"] == 0
    (again,) = told(shelf, "status")["plugins"]
    assert again["id"] == "shelf" and again["pid"] == health["pid"]


def test_the_status_tells_stores_requests_and_memory(shelf):
    client = MlflowClient(shelf.url)
    begin = time.time() * 1000
    run = client.create_run("0")
    client.log_metric(run.info.run_id, "loss", 0.5)
    requests.get(f"{shelf.url}/api/2.0/mlflow/runs/get?run_id=none", timeout=60)
    status = status_with(shelf, "GetRun")
    assert status["mlflow_version"] == "3.17.2" and status["start_time"] <= begin <= status["time"]
    stores = {store["role"]: store for store in status["stores"]}
    assert stores["tracking"]["reachable"] and stores["tracking"]["uri"].startswith("sqlite:") and stores["tracking"]["bytes"] > 10_000
    assert stores["registry"]["reachable"]
    assert stores["artifacts"]["plugin"] == "shelf" and "reachable" not in stores["artifacts"]
    operations = {operation["operation"]: operation for operation in status["operations"]}
    assert operations["CreateRun"]["succeeded"] == 1 and operations["GetRun"]["client_errors"] == 1
    durations = operations["CreateRun"]["durations"]
    assert len(durations) == len(status["duration_bounds"]) + 1 and sum(durations) == 1
    assert status["process"]["resident_bytes"] > 1_000_000 and status["process"]["threads"] > 1
    assert status["writer"]["writes"] >= 2 and status["listener"]["open_connections"] >= 1
    assert status["installed_plugins"] == 3 and "app" not in status


def test_no_password_is_told(shelf):
    status = told(shelf, "status")
    assert [store["uri"] for store in status["stores"]][2] == "shelf://***@here?key=***"
    for what in ("status", "plugins"):
        text = requests.get(f"{shelf.url}/ajax-api/3.0/millrace/{what}", timeout=60).text
        assert SECRET not in text and "RIVAL_KEY" not in text and "vault" not in text
