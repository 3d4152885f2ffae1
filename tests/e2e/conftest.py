"""Servers for the tests: ours, or the official one to prove an expectation against (--server=mlflow)."""

import pytest

from servers import MillraceServer, MlflowServer

pytest.register_assert_rewrite("database_cases")


def pytest_addoption(parser):
    parser.addoption("--server", choices=["millrace", "mlflow"], default="millrace", help="the server under test")


@pytest.fixture(scope="session")
def server(request, tmp_path_factory):
    kind = {"millrace": MillraceServer, "mlflow": MlflowServer}[request.config.getoption("--server")]
    with kind(tmp_path_factory.mktemp("server")) as running:
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
