"""What is served beside the operations, and what only we have."""

import json
import re

import pytest
import requests

from servers import MillraceServer


@pytest.fixture(autouse=True)
def only_ours(request):
    if request.config.getoption("--server") != "millrace":
        pytest.skip("these are pages of ours")


def test_health_and_versions(server):
    assert requests.get(f"{server.url}/health").text == "OK"
    assert requests.get(f"{server.url}/version").text == "3.17.2"
    assert set(requests.get(f"{server.url}/millrace/version").json()) == {"version", "mlflow_version"}
    assert requests.head(f"{server.url}/health").status_code == 200


def test_what_the_official_page_asks_on_every_view(server):
    info = requests.get(f"{server.url}/ajax-api/3.0/mlflow/server-info").json()
    assert info["store_type"] == "SqlStore" and info["workspaces_enabled"] is False
    assert requests.get(f"{server.url}/ajax-api/2.0/mlflow/gateway-proxy", params={"gateway_path": "x"}).json() == {"endpoints": []}
    assert requests.get(f"{server.url}/ajax-api/3.0/mlflow/ui-telemetry").json()["disable_ui_telemetry"] is True
    assert requests.get(f"{server.url}/ajax-api/2.0/mlflow/users/current").status_code == 404


def test_openapi_is_valid_and_names_every_operation(server):
    from openapi_spec_validator import validate

    document = requests.get(f"{server.url}/openapi.json").json()
    validate(document)
    names = {operation["operationId"].split("_")[0] for path in document["paths"].values() for operation in path.values()}
    assert {"CreateExperiment", "LogBatch", "SearchRuns", "UploadArtifact", "DeleteMetrics"} <= names


def test_metrics_count_requests_and_commits(server, client, experiment):
    client.create_run(experiment)
    text = requests.get(f"{server.url}/metrics").text
    assert re.search(r'millrace_http_requests_total\{operation="CreateRun",status="2xx"\} [1-9]', text)
    assert re.search(r"millrace_store_commits [1-9]", text) and "millrace_http_request_duration_seconds_bucket" in text


def test_errors_carry_the_request_id_that_the_log_has(server):
    answer = requests.get(f"{server.url}/api/2.0/mlflow/runs/get", params={"run_id": "x"}, headers={"X-Request-ID": "my-id-1"})
    assert answer.json()["request_id"] == "my-id-1" == answer.headers["X-Request-ID"]


def test_graphql_answers_what_the_official_page_sends(server, client, experiment):
    run = client.create_run(experiment, run_name="graph").info.run_id
    client.log_metric(run, "m", 0.5, step=3)
    registered = client.create_registered_model(f"graph-{run}").name
    client.create_model_version(registered, f"runs:/{run}/m", run_id=run)
    client.set_model_version_tag(registered, "1", "k", "v")
    query = """
      query GetRun($data: MlflowGetRunInput!) @component(name: "MLflow.ExperimentTracking.RunDetails") {
        mlflowGetRun(input: $data) {
          apiError { helpUrl code message __typename }
          run {
            info { runName status runUuid experimentId startTime __typename }
            experiment { experimentId name tags { key value } __typename }
            modelVersions { name version currentStage tags { key value } }
            data { metrics { key value step timestamp } params { key value } tags { key value } }
            inputs { datasetInputs { dataset { name } } modelInputs { modelId } }
            outputs { modelOutputs { modelId step } }
            __typename
          }
          __typename
        }
      }"""
    answer = requests.post(f"{server.url}/graphql", json={"query": query, "variables": {"data": {"runId": run}}, "operationName": "GetRun"})
    result = answer.json()["data"]["mlflowGetRun"]
    assert result["apiError"] is None and result["run"]["info"]["runName"] == "graph"
    assert result["run"]["experiment"]["experimentId"] == experiment and result["run"]["modelVersions"] == [
        {"name": registered, "version": "1", "currentStage": "None", "tags": [{"key": "k", "value": "v"}]}]
    metric = result["run"]["data"]["metrics"][0]
    assert metric["key"] == "m" and metric["value"] == 0.5 and metric["step"] == "3"
    query = "query Versions($data: MlflowSearchModelVersionsInput!) { mlflowSearchModelVersions(input: $data) { modelVersions { name version } } }"
    answer = requests.post(f"{server.url}/graphql", json={"query": query, "variables": {"data": {"filter": f"name = '{registered}'"}}})
    assert answer.json()["data"]["mlflowSearchModelVersions"]["modelVersions"] == [{"name": registered, "version": "1"}]
    query = "query MlflowGetExperimentQuery($input: MlflowGetExperimentInput!) { mlflowGetExperiment(input: $input) { experiment { name lifecycleStage } } }"
    answer = requests.post(f"{server.url}/graphql", json={"query": query, "variables": {"input": {"experimentId": experiment}}})
    assert answer.json()["data"]["mlflowGetExperiment"]["experiment"]["lifecycleStage"] == "active"


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"query": "{"}', '{"query": "mutation { x }"}', '{"query": "{ nope }"}',
                                  json.dumps({"query": "{a" * 50}), json.dumps({"query": "{...f} fragment f on Q { ...f }"})])
def test_graphql_refuses_what_it_cannot_read(server, body):
    answer = requests.post(f"{server.url}/graphql", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200 and answer.json()["errors"]


def test_or_parentheses_and_all_experiments(server, client):
    first, second = client.create_experiment("all-1"), client.create_experiment("all-2")
    for experiment, value in ((first, 1), (second, 2)):
        client.log_metric(client.create_run(experiment).info.run_id, "only here", value)
    found = server.api("POST", "runs/search", json={
        "experiment_ids": ["ALL"], "filter": "(metrics.`only here` = 1 OR metrics.`only here` = 2) AND status = 'RUNNING'"}).json()
    assert {run["info"]["experiment_id"] for run in found["runs"]} == {first, second}
    refused = server.api("POST", "runs/search", json={"experiment_ids": ["ALL", first]})
    assert refused.status_code == 400


def test_a_filter_that_cannot_be_read_is_told_its_position(server, experiment):
    answer = server.api("POST", "runs/search", json={"experiment_ids": [experiment], "filter": "metrics.a > 1 AND >"})
    assert answer.status_code == 400 and "position 19" in answer.json()["message"] and "expected" in answer.json()["message"]


def test_metrics_are_deleted_after_a_step(server, client, experiment):
    run = client.create_run(experiment).info.run_id
    for step in range(10):
        client.log_metric(run, "a", step, step=step)
        client.log_metric(run, "b", step, step=step)

    def delete(**body):
        return requests.post(f"{server.url}/api/3.0/millrace/runs/delete-metrics", json={"run_id": run, **body})

    assert delete(metric_keys=["a"], after_step=4).json() == {"deleted_points": 5}
    assert client.get_run(run).data.metrics == {"a": 4, "b": 9}
    assert delete(after_step=1).json() == {"deleted_points": 3 + 8}
    assert delete(metric_keys=["a"]).json() == {"deleted_points": 2}
    assert client.get_run(run).data.metrics == {"b": 1}
    assert delete(metric_keys=["none"]).json() == {"deleted_points": 0}
    client.delete_run(run)
    assert delete().status_code == 400


def test_other_sites_and_hosts_are_kept_out(server):
    url = f"{server.url}/api/2.0/mlflow/experiments/search"
    assert requests.post(url, json={"max_results": 1}, headers={"Origin": "http://evil.example"}).status_code == 403
    assert requests.post(url, json={"max_results": 1}, headers={"Origin": "http://localhost:3000"}).status_code == 200
    assert requests.get(url, params={"max_results": 1}, headers={"Host": "evil.example"}).status_code == 403
    assert requests.get(f"{server.url}/health", headers={"Host": "evil.example"}).status_code == 200
    preflight = requests.options(url, headers={"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 200 and preflight.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"


def test_flags_environment_and_file(tmp_path, monkeypatch):
    (tmp_path / "m.toml").write_text('[server]\nstatic-prefix = "/ml"\nallowed-hosts = "x.example,127.0.0.1:*"\nlog-format = "json"\n')
    monkeypatch.setenv("MLFLOW_ARTIFACTS_DESTINATION", str(tmp_path / "elsewhere"))
    server = MillraceServer(tmp_path)
    server.url += "/ml"
    server.command = lambda: [MillraceServer.command(server)[0], "--config", str(tmp_path / "m.toml"), "server", "--port", str(server.port)]
    with server:
        assert requests.get(f"{server.url}/version").text == "3.17.2"
        assert requests.put(f"{server.url}/api/2.0/mlflow-artifacts/artifacts/a", data=b"x").status_code == 200
        assert (tmp_path / "elsewhere/a").read_bytes() == b"x"
        assert requests.get(f"{server.url}/metrics", headers={"Host": "y.example"}).status_code == 403
    for line in server.log_text().splitlines():
        json.loads(line)


def test_modes_of_artifact_serving(tmp_path):
    with MillraceServer(tmp_path, "--no-serve-artifacts") as server:
        assert requests.get(f"{server.url}/api/2.0/mlflow-artifacts/artifacts").status_code == 503
        experiment = server.api("GET", "experiments/get", params={"experiment_id": "0"}).json()["experiment"]
        assert experiment["artifact_location"] == str(tmp_path / "mlruns" / "0")
    (tmp_path / "only").mkdir()
    with MillraceServer(tmp_path / "only", "--artifacts-only") as server:
        assert requests.get(f"{server.url}/api/2.0/mlflow-artifacts/artifacts").status_code == 200
        assert server.api("GET", "experiments/get", params={"experiment_id": "0"}).status_code == 503


def test_tls(tmp_path):
    import subprocess

    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", "k.pem", "-out", "c.pem"], cwd=tmp_path, check=True, capture_output=True)
    server = MillraceServer(tmp_path, "--tls-cert", "c.pem", "--tls-key", "k.pem")
    server.url = server.url.replace("http:", "https:")
    import os

    os.environ["REQUESTS_CA_BUNDLE"] = str(tmp_path / "c.pem")
    try:
        with server:
            requests.put(f"{server.url}/api/2.0/mlflow-artifacts/artifacts/a", data=b"x" * 1_000_000).raise_for_status()
            assert len(requests.get(f"{server.url}/api/2.0/mlflow-artifacts/artifacts/a").content) == 1_000_000
    finally:
        del os.environ["REQUESTS_CA_BUNDLE"]
