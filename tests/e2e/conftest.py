"""Servers for the tests: ours, four of ours behind nginx (--server=cluster), or the official one to prove an expectation
against (--server=mlflow)."""

import pytest

from cluster import Cluster
from postgres import PostgresServer
from servers import MillraceServer, MlflowServer

pytest.register_assert_rewrite("database_cases")


def pytest_addoption(parser):
    parser.addoption("--server", choices=["millrace", "cluster", "mlflow"], default="millrace", help="the server under test")
    parser.addoption("--record", action="store_true", help="write golden files anew instead of comparing with them")


@pytest.fixture(scope="session")
def server(request, tmp_path_factory):
    folder, kind = tmp_path_factory.mktemp("server"), request.config.getoption("--server")
    if kind == "cluster":
        with PostgresServer() as database, Cluster(folder, database.create("cluster")) as running:
            yield running
    else:
        with {"millrace": MillraceServer, "mlflow": MlflowServer}[kind](folder) as running:
            yield running


@pytest.fixture
def client(server):
    import mlflow

    mlflow.set_tracking_uri(server.url)
    return mlflow.MlflowClient(server.url)


@pytest.fixture
def experiment(client):
    import uuid

    return client.create_experiment(f"test-{uuid.uuid4().hex}")
