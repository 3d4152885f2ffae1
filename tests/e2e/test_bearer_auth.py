"""The example bearer-auth before a real server: official clients with a token, and what it keeps out."""

import hashlib

import pytest
import requests
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient
from servers import ROOT, MillraceServer

PLUGIN = ROOT / "build/release/examples/plugins/bearer-auth/plugins"
CREDENTIALS = ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")


def line(token, rest):
    return f"{hashlib.sha256(token.encode()).hexdigest()}  {rest}\n"


ADA = line("token-of-ada", "ada writers never")
GRACE = line("token-of-grace", "grace readers never")


@pytest.fixture
def server(tmp_path, monkeypatch):
    for name in CREDENTIALS:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "tokens").write_text(ADA + GRACE)
    (tmp_path / "millrace.toml").write_text(
        f'[plugins]\npath = ["{PLUGIN}"]\n'
        f'[plugins.settings.bearer-auth]\ntokens = "{tmp_path}/tokens"\nvalid-seconds = 0\n'
    )
    monkeypatch.setenv("MILLRACE_CONFIG", str(tmp_path / "millrace.toml"))
    with MillraceServer(tmp_path, "--app-name", "bearer-auth") as running:
        yield running


def get(server, path, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(server.url + path, headers=headers, timeout=60)


def test_official_clients_log_in_with_a_token(server, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "token-of-ada")
    client = MlflowClient(server.url)
    run = client.create_run(client.create_experiment("by token"))
    client.log_metric(run.info.run_id, "loss", 0.5)
    assert client.get_run(run.info.run_id).data.metrics == {"loss": 0.5}


def test_official_clients_log_in_with_a_name_and_the_token_as_password(server, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "ada")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "token-of-ada")
    assert MlflowClient(server.url).create_experiment("by password")
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "grace")
    with pytest.raises(MlflowException, match="token is not known"):
        MlflowClient(server.url).search_experiments()


def test_readers_see_everything_and_change_nothing(server, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "token-of-ada")
    experiment = MlflowClient(server.url).create_experiment("of ada")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "token-of-grace")
    reader = MlflowClient(server.url)
    assert reader.get_experiment(experiment).name == "of ada"
    assert reader.search_runs([experiment]) == []
    with pytest.raises(MlflowException, match="Changes need the group 'writers'"):
        reader.create_run(experiment)


def test_a_route_tells_who_one_is(server):
    assert get(server, "/whoami", "token-of-grace").json() == {"principal": "grace"}
    refused = get(server, "/whoami")
    assert refused.status_code == 401
    assert "Bearer" in refused.headers["WWW-Authenticate"]


def test_a_token_that_was_taken_out_is_refused_and_never_shown(server):
    assert get(server, "/api/2.0/mlflow/experiments/get?experiment_id=0", "token-of-ada").status_code == 200
    draft = server.folder / "tokens.draft"
    draft.write_text(GRACE)
    draft.rename(server.folder / "tokens")
    assert get(server, "/api/2.0/mlflow/experiments/get?experiment_id=0", "token-of-ada").status_code == 401
    draft.write_text("token-of-grace grace readers never\n")
    draft.rename(server.folder / "tokens")
    assert get(server, "/api/2.0/mlflow/experiments/get?experiment_id=0", "token-of-grace").status_code == 503
    log = server.log_text()
    assert "tokens:1: the first word is no SHA-256" in log
    assert "token-of-" not in log
