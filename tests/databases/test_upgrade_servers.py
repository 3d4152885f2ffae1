"""PostgreSQL and MariaDB databases of official versions of MLflow, upgraded by us and by the newest MLflow."""

import database_dump
import pytest
from mariadb import MariadbServer
from postgres import PostgresServer
from test_upgrade import TIMES, as_the_newest_client_reads, fill, upgrade, upgrade_officially


class Postgres(PostgresServer):
    def copy(self, source, target):
        self.query(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        return self.uri(target)


class Mariadb(MariadbServer):
    def copy(self, source, target):
        self.create(target)
        tables = [name for [name] in self.query("SHOW TABLES", source)]
        with self.connect(database=target) as connection, connection.cursor() as cursor:
            cursor.execute("SET foreign_key_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
            for table in tables:
                cursor.execute(self.query(f"SHOW CREATE TABLE `{table}`", source)[0][1])
                cursor.execute(f"INSERT INTO `{table}` SELECT * FROM `{source}`.`{table}`")
        return self.uri(target)


@pytest.fixture(scope="module", params=[Postgres, Mariadb])
def server(request):
    with request.param() as running:
        yield running


@pytest.fixture(scope="module", params=["2.0", "2.22"])
def made(request, server, tmp_path_factory):
    """The name of a database that a version of MLflow made."""
    name = "made" + request.param.replace(".", "_")
    fill(request.param, server.create(name), tmp_path_factory.mktemp("fill"))
    return name


def test_databases_become_what_the_newest_mlflow_makes_of_them(server, made):
    ours, official = server.copy(made, f"{made}_ours"), server.copy(made, f"{made}_official")
    done = upgrade(ours)
    assert "backup" in done.stdout
    upgrade_officially(official)
    assert server.schema(f"{made}_ours") == server.schema(f"{made}_official")
    assert database_dump.rows(ours, TIMES) == database_dump.rows(official, TIMES)
    assert as_the_newest_client_reads(ours) == as_the_newest_client_reads(official)
    assert "already" in upgrade(ours).stdout
