"""The model registry and the prompt registry as official clients use them."""

import concurrent.futures
import json
import pathlib
import uuid

import mlflow
import pytest
import requests
from mlflow.exceptions import MlflowException, RestException

from servers import MillraceServer

SOURCE = "s3://bucket/model"


@pytest.fixture
def name(client):
    name = f"model-{uuid.uuid4().hex}"
    client.create_registered_model(name, tags={"team": "vision"}, description="first")
    return name


def test_a_model_lives(client, name):
    model = client.get_registered_model(name)
    assert model.tags == {"team": "vision"} and model.description == "first" and model.latest_versions == []
    client.update_registered_model(name, "second")
    client.set_registered_model_tag(name, "k", "ü")
    client.delete_registered_model_tag(name, "team")
    changed = client.get_registered_model(name)
    assert changed.description == "second" and changed.tags == {"k": "ü"}
    assert changed.last_updated_timestamp >= model.last_updated_timestamp
    client.create_model_version(name, SOURCE)
    client.set_registered_model_alias(name, "best", 1)
    client.rename_registered_model(name, f"{name} renamed")
    assert client.get_model_version_by_alias(f"{name} renamed", "best").version == "1"
    with pytest.raises(RestException, match="not found"):
        client.get_registered_model(name)
    client.delete_registered_model(f"{name} renamed")
    assert client.search_model_versions(f"name = '{name} renamed'") == []


def test_a_version_lives(client, name):
    version = client.create_model_version(name, SOURCE, tags={"t": "1"}, description="d", run_link="http://x/y")
    assert version.version == "1" and version.status == "READY" and version.current_stage == "None" and version.run_link == "http://x/y"
    client.update_model_version(name, "1", "e")
    client.set_model_version_tag(name, "1", "u", "2")
    client.delete_model_version_tag(name, "1", "t")
    kept = client.get_model_version(name, "1")
    assert kept.description == "e" and kept.tags == {"u": "2"}
    assert client.get_model_version_download_uri(name, "1") == SOURCE
    client.delete_model_version(name, "1")
    with pytest.raises(RestException, match=r"Model Version \(name=.*, version=1\) not found"):
        client.get_model_version(name, "1")
    assert client.create_model_version(name, SOURCE).version == "2"


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_stages_and_aliases(client, name):
    for _ in range(3):
        client.create_model_version(name, SOURCE)
    client.transition_model_version_stage(name, "1", "production")
    moved = client.transition_model_version_stage(name, "2", "Production", archive_existing_versions=True)
    assert moved.current_stage == "Production" and client.get_model_version(name, "1").current_stage == "Archived"
    assert {v.current_stage: v.version for v in client.get_latest_versions(name)} == {"None": "3", "Production": "2", "Archived": "1"}
    client.set_registered_model_alias(name, "champion", "2")
    assert client.get_registered_model(name).aliases == {"champion": "2"}
    assert client.get_model_version(name, "2").aliases == ["champion"]
    assert client.get_model_version_by_alias(name, "latest").version == "3"
    client.delete_registered_model_alias(name, "champion")
    with pytest.raises(RestException, match="alias champion not found"):
        client.get_model_version_by_alias(name, "champion")
    for alias in ("latest", "v3"):
        with pytest.raises((RestException, MlflowException), match="reserved"):
            client.set_registered_model_alias(name, alias, "2")


def test_search_filters_orders_and_pages(client):
    prefix = f"search-{uuid.uuid4().hex}"
    for i in range(7):
        client.create_registered_model(f"{prefix}-{i}", tags={"parity": "odd" if i % 2 else "even"})
        client.create_model_version(f"{prefix}-{i}", f"{SOURCE}/{i}")
        client.create_model_version(f"{prefix}-{i}", f"{SOURCE}/{i}")
    mine = f"name LIKE '{prefix}%'"

    def names(filter=mine, **more):
        return [m.name.rpartition("-")[2] for m in client.search_registered_models(filter, **more)]

    assert names() == list("0123456") and names(order_by=["name DESC"]) == list("6543210")
    assert names(order_by=["last_updated_timestamp DESC"])[0] == "6"
    assert names(f"{mine} AND tags.parity = 'odd'") == list("135") and names(f"{mine} AND tags.parity != 'odd'") == list("0246")
    assert names(f"name = '{prefix}-1' OR (name = '{prefix}-2' AND tags.parity = 'even')") == list("12")
    seen, token = [], None
    while token != "":
        page = client.search_registered_models(mine, max_results=3, page_token=token)
        assert len(page) <= 3
        seen += [m.name.rpartition("-")[2] for m in page]
        token = page.token or ""
    assert seen == list("0123456")
    newest = client.search_model_versions(f"{mine} AND version_number = 2", order_by=["name DESC"], max_results=2)
    assert [v.name for v in newest] == [f"{prefix}-6", f"{prefix}-5"] and newest.token
    assert [v.version for v in client.search_model_versions(f"name = '{prefix}-3'")] == ["2", "1"]
    assert len(client.search_model_versions(f"source_path = '{SOURCE}/4' AND {mine}")) == 2
    with pytest.raises(RestException, match="position 1"):
        client.search_registered_models("nope = 'x'")


def test_a_model_of_a_run_is_registered_loaded_and_copied(client, experiment, server, tmp_path, name):
    run = client.create_run(experiment)
    client.log_text(run.info.run_id, "weights", "model/weights.txt")
    source = f"{run.info.artifact_uri}/model"
    version = client.create_model_version(name, source, run_id=run.info.run_id)
    assert version.run_id == run.info.run_id
    uri = f"models:/{name}/{version.version}"
    assert pathlib.Path(mlflow.artifacts.download_artifacts(uri, dst_path=str(tmp_path)), "weights.txt").read_text() == "weights"
    by_run = client.create_model_version(name, f"runs:/{run.info.run_id}/model", run_id=run.info.run_id)
    for number in (version.version, by_run.version):
        answer = requests.get(f"{server.url}/model-versions/get-artifact", params={"name": name, "version": number, "path": "weights.txt"})
        assert answer.text == "weights" and answer.headers["Content-Disposition"].startswith("attachment")
    assert requests.get(f"{server.url}/model-versions/get-artifact", params={"name": name, "version": "9", "path": "x"}).status_code == 404
    assert requests.get(f"{server.url}/model-versions/get-artifact", params={"name": name, "version": "1", "path": "../x"}).status_code == 400
    assert [v.version for v in client.search_model_versions(f"run_id = '{run.info.run_id}'")] == ["2", "1"]
    copy = client.copy_model_version(uri, f"{name}-copy")
    assert copy.source == uri and copy.run_id == run.info.run_id
    assert client.get_model_version_download_uri(f"{name}-copy", copy.version) == source
    client.set_registered_model_alias(name, "champion", version.version)
    assert client.copy_model_version(f"models:/{name}@champion", f"{name}-copy").version == "2"


def test_a_logged_model_becomes_a_version(client, experiment, name):
    run = client.create_run(experiment)
    logged = client.create_logged_model(experiment, name="lm", source_run_id=run.info.run_id)
    client.finalize_logged_model(logged.model_id, "READY")
    version = mlflow.register_model(f"models:/{logged.model_id}", name)
    assert version.run_id == run.info.run_id
    assert client.get_model_version_download_uri(name, version.version) == logged.artifact_location
    links = json.loads(client.get_logged_model(logged.model_id).tags["mlflow.modelVersions"])
    assert {(link["name"], str(link["version"])) for link in links} == {(name, "1")}
    with pytest.raises(RestException, match="model_id request parameter"):
        client.create_model_version(name, f"models:/{logged.model_id}")


@pytest.mark.parametrize("source", [
    "/etc/passwd", "file:///etc", "relative/path", "mlflow-artifacts:/0/other/artifacts/m", "mlflow-artifacts:/../../etc", "s3://b/../x", "s3://b/%2e%2e/x", "s3://b/%252e%252e/x",
    "s3://b/x%00", "runs:/other/m", "models:/m-0123", "http://169.254.169.254/latest", "sftp://host/x", "mlflow-artifacts://host/x", "models://host/m/1", "{root}/../../x", "{root}x",
])
def test_sources_that_are_not_the_callers_are_refused(client, experiment, name, source):
    run = client.create_run(experiment)
    with pytest.raises(RestException) as fault:
        client.create_model_version(name, source.replace("{root}", run.info.artifact_uri), run_id=run.info.run_id)
    assert fault.value.error_code == "INVALID_PARAMETER_VALUE"
    assert client.search_model_versions(f"name = '{name}'") == []


def test_names_are_shared_with_prompts_and_said_so(client, name):
    with pytest.raises(RestException, match=r"Registered Model \(name=.*\) already exists"):
        client.create_registered_model(name)
    with pytest.raises(MlflowException, match="(?i)model"):
        mlflow.genai.register_prompt(name, "Hello")


def test_prompts(client):
    name = f"prompt-{uuid.uuid4().hex}"
    first = mlflow.genai.register_prompt(name, "Say {{it}}", commit_message="one", tags={"author": "me"})
    second = mlflow.genai.register_prompt(name, [{"role": "user", "content": "Say {{it}} loud"}], commit_message="two")
    assert (first.version, second.version) == (1, 2)
    assert mlflow.genai.load_prompt(name, version=1).format(it="hi") == "Say hi"
    assert mlflow.genai.load_prompt(f"prompts:/{name}/2").template == [{"role": "user", "content": "Say {{it}} loud"}]
    mlflow.genai.set_prompt_alias(name, "live", 1)
    assert mlflow.genai.load_prompt(f"prompts:/{name}@live").commit_message == "one"
    assert name in [p.name for p in mlflow.genai.search_prompts(f"name = '{name}'")]
    marked = f"name = '{name}' AND tags.`mlflow.prompt.is_prompt` = 'true'"
    assert [v.version for v in client.search_model_versions(marked)] == ["2", "1"]
    assert client.search_registered_models(f"name = '{name}'") == [] and client.search_model_versions(f"name = '{name}'") == []
    client.set_prompt_tag(name, "k", "v")
    client.set_prompt_version_tag(name, "1", "k", "w")
    assert client.get_prompt(name).tags["k"] == "v" and mlflow.genai.load_prompt(name, version=1).tags["k"] == "w"
    client.delete_prompt_tag(name, "k")
    client.delete_prompt_version_tag(name, "1", "k")
    mlflow.genai.delete_prompt_alias(name, "live")
    assert mlflow.genai.load_prompt(f"prompts:/{name}@live", allow_missing=True) is None
    with pytest.raises(MlflowException):
        mlflow.genai.load_prompt(name, version=9, allow_missing=False)
    client.delete_prompt_version(name, "2")
    assert mlflow.genai.load_prompt(name, version=2, allow_missing=True) is None


def test_concurrent_versions_are_numbered_without_gaps(server, client, name):
    def create(_):
        return server.api("POST", "model-versions/create", json={"name": name, "source": SOURCE}).json()["model_version"]["version"]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        numbers = sorted(int(number) for number in pool.map(create, range(64)))
    assert numbers == list(range(1, 65))


def test_a_registry_of_its_own_and_schemes_that_are_allowed(tmp_path):
    flags = ("--registry-store-uri", "sqlite:///registry.db", "--allowed-host-addressed-artifact-schemes", "sftp,hdfs")
    with MillraceServer(tmp_path, *flags) as server:
        assert server.api("POST", "registered-models/create", json={"name": "m"}).status_code == 200
        for source, status in (("sftp://h/x", 200), ("hdfs://h/x", 200), ("ftp://h/x", 400)):
            assert server.api("POST", "model-versions/create", json={"name": "m", "source": source}).status_code == status
    with MillraceServer(tmp_path) as server:
        assert server.api("GET", "registered-models/get", params={"name": "m"}).status_code == 404
    with MillraceServer(tmp_path, "--backend-store-uri", "sqlite:///registry.db") as server:
        assert server.api("GET", "registered-models/get", params={"name": "m"}).status_code == 200
