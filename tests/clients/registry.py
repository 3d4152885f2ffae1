"""What an official client does with the model registry, run with the Python of that client's version. Prints "ok" at the end."""

import sys

import mlflow

url = sys.argv[1]
mlflow.set_tracking_uri(url)
client = mlflow.MlflowClient(url)
HAS = tuple(int(part) for part in mlflow.__version__.split(".")[:2])
name = f"old-{mlflow.__version__}"
run = client.create_run(client.create_experiment(f"registry-{mlflow.__version__}"))
client.log_text(run.info.run_id, "weights", "model/weights.txt")
client.create_registered_model(name, tags={"a": "b"}, description="d")
version = client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id, tags={"t": "1"})
assert version.version == "1" and version.status == "READY" and version.run_id == run.info.run_id, version
if HAS < (3, 0):
    again = mlflow.register_model(f"runs:/{run.info.run_id}/model", name)
else:  # since then a run's model is a logged model
    again = client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id)
assert again.version == "2", again
client.transition_model_version_stage(name, "1", "Staging")
client.transition_model_version_stage(name, "2", "Staging", archive_existing_versions=True)
assert {v.current_stage: v.version for v in client.get_latest_versions(name)} == {"Staging": "2", "Archived": "1"}
assert [m.name for m in client.search_registered_models(f"name = '{name}' and tags.a = 'b'")] == [name]
assert sorted(v.version for v in client.search_model_versions(f"run_id = '{run.info.run_id}'")) == ["1", "2"]
if HAS >= (2, 3):
    assert client.search_model_versions(f"name = '{name}'", order_by=["version_number ASC"])[0].version == "1"
assert open(mlflow.artifacts.download_artifacts(f"models:/{name}/1") + "/weights.txt").read() == "weights"
if HAS >= (2, 3):
    client.set_registered_model_alias(name, "best", "1")
    assert client.get_model_version_by_alias(name, "best").version == "1"
    assert client.get_registered_model(name).aliases == {"best": "1"}
    assert mlflow.artifacts.download_artifacts(f"models:/{name}@best")
if HAS >= (2, 6):
    assert client.copy_model_version(f"models:/{name}/1", f"{name}-copy").source == f"models:/{name}/1"
if HAS >= (2, 22):
    prompt = mlflow.register_prompt(f"{name}-prompt", "Say {{it}}")
    assert mlflow.load_prompt(f"prompts:/{name}-prompt/1").template == "Say {{it}}" and int(prompt.version) == 1
client.rename_registered_model(name, f"{name}-new")
client.delete_model_version(f"{name}-new", "1")
client.delete_registered_model(f"{name}-new")
print("ok")
