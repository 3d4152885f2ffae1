"""What an official client does with runs, run with the Python of that client's version. Prints "ok" at the end."""

import sys

import mlflow
from mlflow.entities import Metric, Param, RunTag, ViewType

url = sys.argv[1]
mlflow.set_tracking_uri(url)
client = mlflow.MlflowClient(url)
experiment = client.create_experiment(f"old-{mlflow.__version__}")
with mlflow.start_run(experiment_id=experiment, run_name="r") as run:
    mlflow.log_param("p", 1)
    for step in range(3):
        mlflow.log_metric("m", step / 2, step=step)
    mlflow.set_tag("t", "v")
    mlflow.log_text("hello", "a/b.txt")
    mlflow.log_dict({"x": 1}, "d.json")
run_id = run.info.run_id
client.log_batch(run_id, [Metric("b", 1.5, 1, 0)], [Param("q", "2")], [RunTag("u", "w")])
kept = client.get_run(run_id)
assert kept.data.metrics == {"m": 1.0, "b": 1.5}, kept.data.metrics
assert kept.data.params == {"p": "1", "q": "2"} and kept.data.tags["u"] == "w" and kept.info.status == "FINISHED"
assert [m.value for m in client.get_metric_history(run_id, "m")] == [0.0, 0.5, 1.0]
assert [r.info.run_id for r in client.search_runs([experiment], "metrics.m >= 1 and params.p = '1'")] == [run_id]
assert [f.path for f in client.list_artifacts(run_id)] == ["a", "d.json"]
assert mlflow.artifacts.load_text(f"{kept.info.artifact_uri}/a/b.txt") == "hello"
assert any(e.experiment_id == experiment for e in client.search_experiments())
client.delete_run(run_id)
assert [r.info.run_id for r in client.search_runs([experiment], run_view_type=ViewType.DELETED_ONLY)] == [run_id]
client.restore_run(run_id)
client.rename_experiment(experiment, f"old-{mlflow.__version__}-renamed")
client.delete_experiment(experiment)
print("ok")
