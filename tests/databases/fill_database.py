"""Fills a database with what the installed MLflow, any from 2.0 to 3.17, can keep in it.

Usage: python fill_database.py URI
"""

import json
import sys

import sqlalchemy
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag


def fill_runs(client):
    experiments = [client.create_experiment(name, f"s3://bucket/{name}", tags={"team": "blue"}) for name in ("a", "b", "c")]
    client.delete_experiment(experiments[2])
    runs = []
    for number in range(4):
        run = client.create_run(experiments[number % 2], start_time=1_600_000_000_000 + number, tags={"mlflow.runName": f"r{number}"})
        runs.append(run.info.run_id)
        client.log_batch(
            run.info.run_id,
            [Metric("loss", value, 10 + step, step) for step, value in enumerate(
                (1.5, float("nan"), float("inf"), float("-inf"), -0.0, 1e-300))] + [Metric("nan", float("nan"), 1, 0)],
            [Param("width", "3"), Param("long", "x" * 500), Param("ä", "ü")],
            [RunTag("k", "v"), RunTag("note", "line\nline")])
    client.set_terminated(runs[0], "FINISHED", 1_600_000_100_000)
    client.delete_run(runs[3])
    return experiments, runs


def fill_datasets(client, run):
    try:
        from mlflow.entities import Dataset, DatasetInput, InputTag
    except ImportError:
        return
    client.log_inputs(run, [DatasetInput(Dataset("d", "digest", "local", "{}", '{"columns": []}', "{}"), [InputTag("mlflow.data.context", "train")])])


def fill_models(client, run):
    for name in ("m", "n"):
        client.create_registered_model(name, tags={"owner": "me"}, description="a model")
        for version in range(2):
            client.create_model_version(name, f"s3://bucket/{version}", run, tags={"v": str(version)}, description="a version")
    try:
        client.transition_model_version_stage("m", "1", "Production")
    except Exception:  # noqa: BLE001 - newer versions have done away with stages
        pass
    if hasattr(client, "set_registered_model_alias"):
        client.set_registered_model_alias("m", "champion", "2")


def fill_logged_models(client, experiment, run):
    if not hasattr(client, "create_logged_model"):
        return
    for number in range(2):
        model = client.create_logged_model(experiment, f"lm{number}", run, tags={"t": "v"}, params={"depth": "3"}, model_type="sklearn")
        client.log_metric(run, "accuracy", 0.5, model_id=model.model_id)


ROWS = {
    "trace_info": [
        {"request_id": f"tr-{n}", "experiment_id": 1, "timestamp_ms": 1000 + n, "execution_time_ms": 5, "status": "OK"} for n in range(5)],
    "trace_tags": [
        {"request_id": "tr-0", "key": "mlflow.traceName", "value": "ü" * 5000},
        {"request_id": "tr-0", "key": "kept", "value": "v"},
        {"request_id": "tr-1", "key": "mlflow.traceName", "value": "one"}],
    "trace_request_metadata": [
        {"request_id": "tr-0", "key": "mlflow.trace.session", "value": "s"},
        {"request_id": "tr-0", "key": "mlflow.trace.tokenUsage", "value": json.dumps(
            {"input_tokens": 3, "output_tokens": "4", "total_tokens": 7.0, "cache_read_input_tokens": 1.5})},
        {"request_id": "tr-1", "key": "mlflow.trace.cost", "value": json.dumps({"input_cost": 0.5, "output_cost": float("nan"), "total_cost": "1.25"})},
        {"request_id": "tr-2", "key": "mlflow.trace.tokenUsage", "value": "no JSON"},
        {"request_id": "tr-3", "key": "mlflow.gateway.endpointId", "value": "e"},
        {"request_id": "tr-3", "key": "kept", "value": "v"}],
    "trace_metrics": [
        {"request_id": "tr-0", "key": "input_tokens", "value": 30.0},
        {"request_id": "tr-0", "key": "other", "value": 1.0}],
    "assessments": [
        {"assessment_id": f"a-{n}", "trace_id": "tr-0", "name": "q", "assessment_type": "feedback", "value": value, "created_timestamp": 1,
         "last_updated_timestamp": 2, "source_type": "HUMAN", "valid": True}
        for n, value in enumerate(('true', '"yes"', '" No "', '3.5', 'NaN', '{"a": 1}', '"plain"'))],
    "spans": [
        {"trace_id": f"tr-{n}", "experiment_id": 1, "span_id": f"s{n}", "name": "span", "type": "LLM", "status": "OK", "start_time_unix_nano": 1,
         "end_time_unix_nano": 5, "content": "{}", "dimension_attributes": {"mlflow.llm.model": "gpt", "mlflow.llm.provider": None}}
        for n in (0, 3)],
    "span_metrics": [
        {"trace_id": "tr-3", "span_id": "s3", "key": "total_cost", "value": 2.5}, {"trace_id": "tr-3", "span_id": "s3", "key": "kept", "value": 1.0}],
    "webhooks": [{"webhook_id": "w", "name": "hook", "url": "https://example.com", "status": "ACTIVE", "creation_timestamp": 1, "last_updated_timestamp": 1}],
    "webhook_events": [{"webhook_id": "w", "entity": "REGISTERED_MODEL", "action": "CREATED"}],
    "jobs": [
        {"id": f"j{n}", "creation_time": 1, "function_fullname": "f", "job_name": "f", "params": "{}", "status": n, "retry_count": 0, "last_update_time": 1}
        for n in range(3)],
    "evaluation_datasets": [{"dataset_id": "ed", "name": "evaluation", "created_time": 1, "last_update_time": 1}],
    "scorers": [{"experiment_id": 1, "scorer_name": "s", "scorer_id": "sc"}],
}


def fill_tables(uri):
    """Rows that take too much of the newer parts of MLflow to be made by its client."""
    engine = sqlalchemy.create_engine(uri)
    metadata = sqlalchemy.MetaData()
    metadata.reflect(engine)
    with engine.begin() as connection:
        for name, rows in ROWS.items():
            if name in metadata.tables:
                table = metadata.tables[name]
                for row in rows:
                    known = {key: value for key, value in row.items() if key in table.columns}
                    connection.execute(table.insert().values(**known))
    engine.dispose()


def main():
    uri = sys.argv[1]
    client = MlflowClient(uri, uri)
    experiments, runs = fill_runs(client)
    fill_datasets(client, runs[0])
    fill_models(client, runs[1])
    fill_logged_models(client, experiments[0], runs[0])
    fill_tables(uri)


if __name__ == "__main__":
    main()
