"""What a data scientist does with the official client."""

import math
import threading

import mlflow
import pytest
from mlflow.entities import Metric, Param, RunStatus, RunTag, ViewType
from mlflow.exceptions import MlflowException, RestException


def test_a_run_keeps_what_was_logged(client, experiment):
    with mlflow.start_run(experiment_id=experiment, run_name="first") as run:
        mlflow.log_params({"lr": 0.1, "layers": 3})
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"acc": 0.9, "f1": 0.8})
        mlflow.set_tags({"team": "vision", "unicode ü": "naïve ☃"})
    kept = client.get_run(run.info.run_id)
    assert kept.info.status == "FINISHED" and kept.info.run_name == "first"
    assert kept.data.params == {"lr": "0.1", "layers": "3"}
    assert kept.data.metrics == {"loss": 0.2, "acc": 0.9, "f1": 0.8}
    assert kept.data.tags["unicode ü"] == "naïve ☃"
    assert [m.value for m in client.get_metric_history(run.info.run_id, "loss")] == [1 / n for n in range(1, 6)]


def test_nan_and_infinities_come_back(client, experiment):
    run = client.create_run(experiment)
    for key, value in {"nan": math.nan, "up": math.inf, "down": -math.inf}.items():
        client.log_metric(run.info.run_id, key, value)
    client.log_batch(run.info.run_id, metrics=[Metric("batch nan", math.nan, 1, 0), Metric("batch inf", math.inf, 1, 0)])
    metrics = client.get_run(run.info.run_id).data.metrics
    assert math.isnan(metrics["nan"]) and math.isnan(metrics["batch nan"])


def test_infinities_come_back_as_such_over_the_wire(server, client, experiment):
    if "mlflow" in type(server).__name__.lower():
        pytest.skip("the official server answers the largest finite value instead")
    run = client.create_run(experiment)
    client.log_metric(run.info.run_id, "up", math.inf)
    client.log_metric(run.info.run_id, "down", -math.inf)
    metrics = client.get_run(run.info.run_id).data.metrics
    assert metrics == {"up": math.inf, "down": -math.inf}
    assert [m.value for m in client.get_metric_history(run.info.run_id, "up")] == [math.inf]


def test_params_never_change(client, experiment):
    run = client.create_run(experiment)
    client.log_param(run.info.run_id, "p", 1)
    client.log_param(run.info.run_id, "p", 1)
    with pytest.raises(MlflowException, match="Changing param values is not allowed"):
        client.log_param(run.info.run_id, "p", 2)
    with pytest.raises(MlflowException, match="Changing param values is not allowed"):
        client.log_batch(run.info.run_id, params=[Param("q", "1"), Param("p", "2")])
    assert client.get_run(run.info.run_id).data.params == {"p": "1"}


def test_the_latest_metric_is_the_greatest_by_step_timestamp_value(client, experiment):
    run = client.create_run(experiment).info.run_id
    client.log_metric(run, "m", 1, timestamp=10, step=5)
    client.log_metric(run, "m", 2, timestamp=99, step=4)
    assert client.get_run(run).data.metrics == {"m": 1}
    client.log_metric(run, "m", 3, timestamp=11, step=5)
    assert client.get_run(run).data.metrics == {"m": 3}
    client.log_batch(run, metrics=[Metric("m", 9, 11, 5), Metric("m", 4, 11, 5)])
    assert client.get_run(run).data.metrics == {"m": 9}


def test_many_threads_log_to_one_run_and_nothing_is_lost(client, experiment):
    run = client.create_run(experiment).info.run_id

    def work(worker):
        for step in range(40):
            client.log_metric(run, "shared", worker * 1000 + step, step=step, timestamp=worker)
            client.log_param(run, f"p{worker}-{step}", step)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(client.get_metric_history(run, "shared")) == 16 * 40
    assert len(client.get_run(run).data.params) == 16 * 40
    assert client.get_run(run).data.metrics["shared"] == 15 * 1000 + 39


def test_one_of_many_creators_of_a_name_wins(client):
    winners, losers = [], []

    def create():
        try:
            winners.append(client.create_experiment("contested"))
        except MlflowException as error:
            losers.append(error.error_code)

    threads = [threading.Thread(target=create) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(winners) == 1 and losers == ["RESOURCE_ALREADY_EXISTS"] * 11


def test_pages_cover_every_run_once(client, experiment):
    made = {client.create_run(experiment, start_time=7).info.run_id for _ in range(57)}
    seen, token = [], None
    while True:
        page = client.search_runs([experiment], max_results=10, page_token=token)
        seen += [run.info.run_id for run in page]
        token = page.token
        if not token:
            break
    assert len(seen) == 57 and set(seen) == made
    assert seen == sorted(seen)  # equal start times: by id


def test_history_pages(client, experiment):
    run = client.create_run(experiment).info.run_id
    client.log_batch(run, metrics=[Metric("m", i, i, i) for i in range(1000)])
    assert [m.step for m in client.get_metric_history(run, "m")] == list(range(1000))


def test_deleted_runs_and_experiments_can_be_restored(client, experiment):
    run = client.create_run(experiment).info.run_id
    client.delete_run(run)
    assert [r.info.run_id for r in client.search_runs([experiment], run_view_type=ViewType.DELETED_ONLY)] == [run]
    client.restore_run(run)
    client.delete_experiment(experiment)
    assert client.get_run(run).info.lifecycle_stage == "deleted"
    client.restore_experiment(experiment)
    assert client.get_run(run).info.lifecycle_stage == "active"
    client.set_terminated(run, "KILLED")
    assert client.get_run(run).info.status == RunStatus.to_string(RunStatus.KILLED)


def test_nested_runs_are_found_by_their_parent(client, experiment):
    with mlflow.start_run(experiment_id=experiment) as parent:
        with mlflow.start_run(experiment_id=experiment, nested=True) as child:
            mlflow.log_metric("m", 1)
    found = client.search_runs([experiment], f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
    assert [run.info.run_id for run in found] == [child.info.run_id]


def test_datasets_are_logged_with_their_context(client, experiment):
    import pandas

    data = mlflow.data.from_pandas(pandas.DataFrame({"x": [1, 2, 3]}), name="numbers")
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_input(data, context="training")
    inputs = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert inputs[0].dataset.name == "numbers" and inputs[0].tags[0].value == "training"
    assert client.search_runs([experiment], "dataset.name = 'numbers' and dataset.context = 'training'")


def test_a_model_is_logged_found_and_loaded(client, experiment):
    import numpy
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(numpy.array([[0.0], [1.0]]), [0, 1])
    with mlflow.start_run(experiment_id=experiment):
        info = mlflow.sklearn.log_model(model, name="classifier", params={"c": "1"})
        mlflow.log_metric("acc", 0.75, model_id=info.model_id)
    logged = client.search_logged_models([experiment], filter_string="name = 'classifier' AND metrics.acc > 0.5")
    assert [m.model_id for m in logged] == [info.model_id]
    assert logged[0].status == "READY" and logged[0].params == {"c": "1"}
    loaded = mlflow.sklearn.load_model(f"models:/{info.model_id}")
    assert list(loaded.predict([[0.0], [1.0]])) == [0, 1]


def test_unknown_things_are_not_found(client):
    for call in (lambda: client.get_run("0" * 32), lambda: client.get_experiment("987654321"), lambda: client.get_logged_model("m-0")):
        with pytest.raises((RestException, MlflowException)) as fault:
            call()
        assert fault.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    assert client.get_experiment_by_name("there is no such experiment") is None


def test_async_logging_arrives(client, experiment):
    with mlflow.start_run(experiment_id=experiment) as run:
        for step in range(100):
            mlflow.log_metric("m", step, step=step, synchronous=False)
        mlflow.flush_async_logging()
    assert len(client.get_metric_history(run.info.run_id, "m")) == 100


def test_tags_of_experiments(client, experiment):
    client.set_experiment_tag(experiment, "owner", "me")
    assert client.get_experiment(experiment).tags == {"owner": "me"}
    assert [e.experiment_id for e in client.search_experiments(filter_string="tags.owner = 'me'")] == [experiment]
    client.delete_experiment_tag(experiment, "owner")
    assert client.get_experiment(experiment).tags == {}


def test_log_batch_of_everything(client, experiment):
    run = client.create_run(experiment).info.run_id
    client.log_batch(
        run,
        metrics=[Metric(f"m{i}", i, 1, 0) for i in range(800)],
        params=[Param(f"p{i}", str(i)) for i in range(100)],
        tags=[RunTag(f"t{i}", str(i)) for i in range(100)],
    )
    data = client.get_run(run).data
    assert len(data.metrics) == 800 and len(data.params) == 100 and data.params["p99"] == "99"
