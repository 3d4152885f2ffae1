"""Rows of test_differential.py about the model registry. {name} is the name of a registered model that is new."""

from raw_requests import delete, get, patch, post

PROMPT = "mlflow.prompt.is_prompt"
TAG = {"key": "t", "value": "1"}


def model(name="{name}", **body):
    return post("registered-models/create", {"name": name, **body})


def version(name="{name}", source="s3://bucket/m", **body):
    return post("model-versions/create", {"name": name, "source": source, **body})


def stage(number, stage, **body):
    return post("model-versions/transition-stage", {"name": "{name}", "version": number, "stage": stage, **body})


def versions(filter="name LIKE '{name}%'", **more):
    return get("model-versions/search", filter=filter, order_by=["name", "version_number"], **more)


def models(filter="name LIKE '{name}%'", **more):
    return get("registered-models/search", filter=filter, **more)


GET_MODEL = get("registered-models/get", name="{name}")
GET_VERSION = get("model-versions/get", name="{name}", version="1")
NEW_RUN = post("runs/create", {"experiment_id": "{experiment}", "start_time": 1, "run_name": "r"})
SEVERAL = [
    model("{name}-a", tags=[TAG]), model("{name}-b", tags=[TAG, {"key": "u", "value": "Mixed"}]), model("{name}-c"),
    version("{name}-a", tags=[TAG]), version("{name}-a", "s3://bucket/other", tags=[{"key": "t", "value": "2"}]), version("{name}-b"),
    model("{name}-prompt", tags=[{"key": PROMPT, "value": "true"}]),
    version("{name}-prompt", "dummy-source", tags=[{"key": PROMPT, "value": "true"}, {"key": "mlflow.prompt.text", "value": "hi"}]),
]
BOTH = "name LIKE '{name}%' AND "

REGISTRY_CASES = {
    "registered model lifecycle": [
        model(description="d", tags=[TAG, {"key": "t", "value": "2"}, {"key": "u", "value": ""}]), GET_MODEL, model(), model(tags=[{"key": PROMPT, "value": "true"}]),
        patch("registered-models/update", {"name": "{name}", "description": "e"}), GET_MODEL, patch("registered-models/update", {"name": "{name}"}), GET_MODEL,
        post("registered-models/set-tag", {"name": "{name}", "key": "v", "value": "3"}), post("registered-models/set-tag", {"name": "{name}", "key": "t", "value": "4"}), GET_MODEL,
        delete("registered-models/delete-tag", {"name": "{name}", "key": "v"}), delete("registered-models/delete-tag", {"name": "{name}", "key": "v"}), GET_MODEL,
        version(), version(), post("registered-models/alias", {"name": "{name}", "alias": "best", "version": "2"}),
        post("registered-models/rename", {"name": "{name}", "new_name": "{name}-new"}), GET_MODEL, get("registered-models/get", name="{name}-new"),
        get("registered-models/alias", name="{name}-new", alias="best"), model(), post("registered-models/rename", {"name": "{name}", "new_name": "{name}-new"}),
        delete("registered-models/delete", {"name": "{name}-new"}), delete("registered-models/delete", {"name": "{name}-new"}), versions("name = '{name}-new'"),
        model("{name}-new"), version("{name}-new"), get("registered-models/get", name="{name}-new"),
    ],
    "registered models that cannot be": [
        model(""), model("a/b"), model("a:b"), model(".."), model("  "), post("registered-models/create", {}), post("registered-models/create", {"name": 5}),
        model(tags=[{"key": "a\nb", "value": "1"}]), model(tags=[{"key": "k" * 251, "value": "1"}]), model(tags=[{"key": "k", "value": "x" * 100001}]), model(tags=[{"key": "a/../b", "value": "1"}]),
        get("registered-models/get"), get("registered-models/get", name="no such model"), get("registered-models/get", name="a/b"), patch("registered-models/update", {"name": "no such model"}),
        post("registered-models/rename", {"name": "no such model", "new_name": "x"}), post("registered-models/rename", {"name": "{name}"}), delete("registered-models/delete", {"name": "no such model"}),
        delete("registered-models/delete", {}), post("registered-models/set-tag", {"name": "no such model", "key": "k", "value": "v"}), post("registered-models/set-tag", {"name": "{name}"}),
        delete("registered-models/delete-tag", {"name": "no such model", "key": "k"}), model(), post("registered-models/rename", {"name": "{name}", "new_name": "a/b"}),
        post("registered-models/set-tag", {"name": "{name}", "key": "k"}), GET_MODEL,
    ],
    "model version lifecycle": [
        version(), model(), version(description="d", run_link="http://x/y", tags=[TAG, {"key": "t", "value": "2"}]), GET_VERSION, GET_MODEL, version(), version(),
        patch("model-versions/update", {"name": "{name}", "version": "1", "description": "e"}), patch("model-versions/update", {"name": "{name}", "version": "1"}), GET_VERSION,
        post("model-versions/set-tag", {"name": "{name}", "version": "1", "key": "u", "value": "3"}), post("model-versions/set-tag", {"name": "{name}", "version": "1", "key": "t", "value": "4"}), GET_VERSION,
        delete("model-versions/delete-tag", {"name": "{name}", "version": "1", "key": "u"}), delete("model-versions/delete-tag", {"name": "{name}", "version": "1", "key": "u"}), GET_VERSION,
        get("model-versions/get-download-uri", name="{name}", version="1"), delete("model-versions/delete", {"name": "{name}", "version": "3"}), get("model-versions/get", name="{name}", version="3"),
        delete("model-versions/delete", {"name": "{name}", "version": "3"}), version(), versions(), GET_MODEL,
        post("model-versions/set-tag", {"name": "{name}", "version": "3", "key": "u", "value": "3"}), get("model-versions/get-download-uri", name="{name}", version="3"),
        post("registered-models/alias", {"name": "{name}", "alias": "a", "version": "3"}),
    ],
    "model versions that cannot be": [
        model(), version(source=""), post("model-versions/create", {"name": "{name}"}), post("model-versions/create", {"source": "s3://b/x"}), version("a/b"), version("no such model"),
        version(tags=[{"key": "a\nb", "value": "1"}]), version(tags=[{"key": "k", "value": "x" * 100001}]), version(tags=[{"key": "mlflow.prompt.text", "value": "x" * 100001}]),
        version(), *[get("model-versions/get", name="{name}", version=number) for number in ("", "x", "2", "1.5")], get("model-versions/get", version="1"), get("model-versions/get", name="no such model", version="1"),
        patch("model-versions/update", {"name": "{name}", "version": "9"}), delete("model-versions/delete", {"name": "{name}", "version": "9"}), delete("model-versions/delete", {"name": "{name}"}),
        post("model-versions/set-tag", {"name": "{name}", "version": "1"}), post("model-versions/set-tag", {"name": "{name}", "version": "1", "key": "a;b", "value": ""}),
        get("model-versions/get-download-uri", name="{name}", version="9"), get("model-versions/get-download-uri", name="{name}", version="x"),
    ],
    "stages": [
        model(), version(), version(), version(), stage("1", "production"), stage("2", "Production"), GET_MODEL, stage("3", "PRODUCTION", archive_existing_versions=True), GET_MODEL, versions(),
        get("registered-models/get-latest-versions", name="{name}"), post("registered-models/get-latest-versions", {"name": "{name}", "stages": ["Production"]}),
        post("registered-models/get-latest-versions", {"name": "{name}", "stages": ["archived", "None"]}), post("registered-models/get-latest-versions", {"name": "{name}", "stages": ["nope"]}),
        post("registered-models/get-latest-versions", {"name": "no such model"}), post("registered-models/get-latest-versions", {}), stage("1", "nope"), stage("9", "Staging"), stage("1", ""), stage("x", "Staging"),
        stage("1", "Archived", archive_existing_versions=True), stage("9", "Production", archive_existing_versions=True), stage("1", "None"), versions(),
    ],
    "aliases": [
        model(), version(), version(), *[post("registered-models/alias", {"name": "{name}", "alias": alias, "version": "1"}) for alias in ("best", "a-b_c", "latest", "Latest", "v1", "V2", "v", "a b", "a/b", "", "x" * 256)],
        GET_VERSION, GET_MODEL, post("registered-models/alias", {"name": "{name}", "alias": "best", "version": "2"}), GET_VERSION, GET_MODEL, get("registered-models/alias", name="{name}", alias="best"),
        get("registered-models/alias", name="{name}", alias="latest"), get("registered-models/alias", name="{name}", alias="none"), get("registered-models/alias", name="no such model", alias="a"),
        get("registered-models/alias", name="no such model", alias="latest"), get("registered-models/alias", name="{name}"), post("registered-models/alias", {"name": "{name}", "alias": "c", "version": "9"}),
        post("registered-models/alias", {"name": "{name}", "alias": "c", "version": "x"}), get("registered-models/get-latest-versions", name="{name}"), delete("registered-models/alias", {"name": "{name}", "alias": "a-b_c"}),
        delete("registered-models/alias", {"name": "{name}", "alias": "a-b_c"}), delete("registered-models/alias", {"name": "no such model", "alias": "a"}), delete("model-versions/delete", {"name": "{name}", "version": "2"}),
        GET_MODEL, get("registered-models/alias", name="{name}", alias="best"),
    ],
    "sources": [
        model(), NEW_RUN, *[version(source=source, run_id="{run}") for source in (
            "runs:/{run}/model", "runs:/other/model", "mlflow-artifacts:/{experiment}/{run}/artifacts/model", "mlflow-artifacts:/{experiment}/{run}/artifacts", "mlflow-artifacts:/{experiment}/{run}/other",
            "mlflow-artifacts:/{experiment}/{run}/artifacts/../../x", "mlflow-artifacts:/{experiment}/{run}/artifacts/%2e%2e/%2e%2e/x", "/etc/passwd", "file:///etc", "relative", "s3://bucket/m/../x", "s3://bucket/m%00",
            "http://h/x", "ftp://h/x", "mlflow-artifacts://h/x", "s3:relative", "models:/no such model/1", "models:/{name}/99", "models:", "models:/{name}/1/2")],
        version(source="runs:/{run}/model"), version(source="mlflow-artifacts:/{experiment}/{run}/artifacts/model"), version(source="runs:/nope/model", run_id="nope"), version(source="s3://bucket/m", run_id="no such run"),
        post("logged-models", {"experiment_id": "{experiment}", "name": "lm", "source_run_id": "{run}"}), version(source="models:/{model}", model_id="{model}"), version(source="models:/{model}"), version(source="models:/m-nope", model_id="m-nope"),
        version(source="s3://bucket/lm", model_id="{model}"), version(source="mlflow-artifacts:/{experiment}/models/{model}/artifacts/", model_id="{model}"), version(source="mlflow-artifacts:/{experiment}/models/{model}/other", model_id="{model}"),
        version(source="runs:/{run}/m", model_id="{model}"), get("logged-models/{model}"), version(source="s3://bucket/lm", model_id="m-nope"),
        model("{name}-copy"), version("{name}-copy", "models:/{name}/1"), version("{name}-copy", "models:/{name}/1", run_id="{run}"), version("{name}-copy", "models:/{name}/1", run_id="other"),
        version("{name}-copy", "models:/{name}/latest"), stage("1", "Staging"), version("{name}-copy", "models:/{name}/staging"), version("{name}-copy", "models:/{name}/Production"),
        post("registered-models/alias", {"name": "{name}", "alias": "best", "version": "1"}), version("{name}-copy", "models:/{name}@best"), version("{name}-copy", "models:/{name}@none"),
        get("model-versions/get-download-uri", name="{name}-copy", version="1"), versions(), version("{name}-copy", "models://h/{name}/1"),
    ],
    "prompts": [
        model(tags=[{"key": PROMPT, "value": "true"}]), model(), model(tags=[{"key": PROMPT, "value": "true"}]), version(tags=[{"key": PROMPT, "value": "true"}]),
        version(source="dummy-source", tags=[{"key": PROMPT, "value": "true"}, {"key": "mlflow.prompt.text", "value": "Say {{it}}"}]), version(source="prompt-template", tags=[{"key": PROMPT, "value": "true"}]), version(source="dummy-source"),
        GET_MODEL, GET_VERSION, versions(), versions(f"{BOTH}tags.`{PROMPT}` = 'true'"), models(), models(f"{BOTH}tags.`{PROMPT}` = 'true'"), models(f"{BOTH}tags.`{PROMPT}` = 'false'"),
        model("{name}-copy"), version("{name}-copy", "models:/{name}/1"),
    ],
    "registry search": [
        *SEVERAL, models(), *[models(BOTH + text) for text in (
            "tags.t = '1'", "tag.t != '1'", "tags.t = '1' AND tags.u = 'Mixed'", "tags.u ILIKE 'mix%'", "tags.u LIKE 'mix%'", "tags.none = 'x'", f"tags.`{PROMPT}` = 'true'", f"tags.`{PROMPT}` != 'true'",
            f"tags.`{PROMPT}` = 'false'", f"tags.`{PROMPT}` != 'false'")],
        models("name = '{name}-a'"), models("name != '{name}-a' AND name LIKE '{name}%'"), models("name IN ('{name}-a', '{name}-c')"), models("name NOT IN ('{name}-a') AND name LIKE '{name}%'"), models("name ILIKE '{name}-A'"),
        models("attribute.name = '{name}-b'"), *[models(order_by=order) for order in ("name DESC", "name ASC", "nope", "creation_timestamp", "name UP")], models(order_by=["last_updated_timestamp DESC", "name DESC"]),
        models(max_results=2), models(max_results=2, page_token="{token}"), models(max_results=1001), models(max_results=-1), models(max_results="x"), models(page_token="garbage"),
        *[models(text) for text in ("nope = 'x'", "name", "name = 5", "name > 'x'", "foo.bar = 'x'", "tags.t > '1'", "name = 'x' name = 'y'")],
        versions(), *[versions(BOTH + text) for text in (
            "version_number > 1", "version_number = 1", "version_number = '1'", "version_number != 1", "run_id = ''", "source_path = 's3://bucket/m'", "source_path LIKE 's3%'", "source_path ILIKE 'S3%'", "tags.t = '1'",
            "tags.t != '1'", f"tags.`{PROMPT}` = 'true'", f"tags.`{PROMPT}` != 'true'", "name IN ('{name}-a')", "run_id IN ('')")],
        get("model-versions/search", filter="name = '{name}-a'"), get("model-versions/search", filter="name LIKE '{name}%'", order_by=["version_number DESC", "name"]),
        get("model-versions/search", filter="name LIKE '{name}%'", order_by="creation_timestamp"), get("model-versions/search", order_by="run_id"), versions(max_results=1), versions(max_results=1, page_token="{token}"),
        versions(max_results=0), versions(max_results=200001), *[versions(text) for text in ("nope = 'x'", "version_number = 'x'", "version_number LIKE '1'", "version_number = 1.5", "run_id > 'x'")],
    ],
}

# Where ours answers otherwise on purpose: (case, index) -> our status.
REGISTRY_KNOWN: dict[tuple[str, int], int] = {
    ("stages", 20): 400,  # the reference answers 500 where the request is at fault
    ("sources", 29): 404,
    ("sources", 43): 404,
    ("registry search", 34): 400,  # a negative page
    ("registry search", 43): 400,  # AND is missing
}
