"""What one server is tested for, asked of four on one PostgreSQL behind nginx."""

import pytest
from cluster import Cluster
from postgres import PostgresServer
from test_artifacts import *  # noqa: F403
from test_client import *  # noqa: F403
from test_official_clients import test_the_java_client  # noqa: F401
from test_registry import *  # noqa: F403

# It looks at the memory of one server.
del test_a_large_file_passes_in_little_memory  # noqa: F821


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with PostgresServer() as database, Cluster(tmp_path_factory.mktemp("cluster"), database.create("cluster")) as cluster:
        yield cluster
