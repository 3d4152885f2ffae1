"""What tests of one database under two servers write and read."""

import mlflow


def fill(server):
    mlflow.set_tracking_uri(server.url)
    client = mlflow.MlflowClient(server.url)
    experiment = client.create_experiment("trip", tags={"a": "b"})
    run = client.create_run(experiment, run_name="r").info.run_id
    client.log_metric(run, "m", float("nan"), step=1)
    client.log_metric(run, "m", 2.5, step=2)
    client.log_param(run, "p", "ü")
    client.set_tag(run, "t", "v")
    client.log_text(run, "hello", "a.txt")
    model = client.create_logged_model(experiment, name="lm", source_run_id=run, params={"x": "1"})
    client.finalize_logged_model(model.model_id, "READY")
    client.set_terminated(run)
    client.create_registered_model("rm", tags={"a": "b"}, description="ü")
    for _ in range(3):
        client.create_model_version("rm", f"runs:/{run}/model", run_id=run, tags={"t": "1"}, description="v")
    client.delete_model_version("rm", "3")
    client.set_registered_model_alias("rm", "best", 2)
    mlflow.genai.register_prompt("prompt", "Say {{it}}")
    deleted = client.create_run(experiment).info.run_id
    client.delete_run(deleted)
    return {"experiment": experiment, "run": run, "deleted": deleted, "model": model.model_id}


def look(server, made):
    mlflow.set_tracking_uri(server.url)
    client = mlflow.MlflowClient(server.url)
    run = client.get_run(made["run"])
    experiment = client.get_experiment(made["experiment"])
    model = client.get_logged_model(made["model"])
    return {
        "run": run.to_dictionary(),
        "experiment": (experiment.name, experiment.tags, experiment.artifact_location, experiment.creation_time),
        "history": [(m.step, str(m.value), m.timestamp) for m in client.get_metric_history(made["run"], "m")],
        "search": [r.info.run_id for r in client.search_runs([made["experiment"]], "metrics.m > 2 and params.p = 'ü'")],
        "deleted": client.get_run(made["deleted"]).info.lifecycle_stage,
        "model": (model.name, model.params, str(model.status), model.artifact_location),
        "artifact": mlflow.artifacts.load_text(f"{run.info.artifact_uri}/a.txt"),
        "registered": [dict(m, latest_versions=[dict(v) for v in m.latest_versions]) for m in client.search_registered_models()],
        "version": dict(client.get_model_version_by_alias("rm", "best")),
        "versions": [dict(v) for v in client.search_model_versions("name = 'rm'")],
        "prompt": mlflow.genai.load_prompt("prompt", version=1).template,
        "experiments": sorted(e.name for e in client.search_experiments()),
    }
