"""SQL Server as the database of the stores, as far as that can be had without one: Millrace speaks T-SQL through ODBC to a
driver that checks it, puts it into PostgreSQL's words and has PostgreSQL run it (tests/mssql). What is T-SQL is said by a parser
of T-SQL and the rules in strict.py."""

import json
import os
import pathlib
import re
import subprocess
import sys

import mlflow
import pytest
import sqlglot
from sqlglot import exp

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "mssql"))
import translator  # noqa: E402
from database_cases import (  # noqa: E402, F401
    millrace, name_of, told, uri,
    test_a_connection_that_the_database_ends_is_made_anew_unseen,
    test_a_database_of_another_revision_is_refused,
    test_a_database_that_restarts_loses_nothing_acknowledged_and_is_found_again,
    test_a_param_gets_one_value_whichever_server_is_asked,
    test_of_many_who_create_the_same_thing_exactly_one_wins,
    test_searches_filter_and_order,
    test_sixteen_writers_of_the_same_metrics_do_not_get_in_each_others_way,
    test_the_registry_may_have_a_database_of_its_own,
    test_two_servers_make_the_schema_of_one_new_database,
)
from database_user import PASSWORD, USER  # noqa: E402
from postgres import PostgresServer  # noqa: E402
from round_trip import fill, look  # noqa: E402
from server import TsqlServer, build_folder  # noqa: E402
from servers import ROOT, MillraceServer, free_port  # noqa: E402


@pytest.fixture(scope="module")
def database():
    with TsqlServer() as server:
        yield server


def test_what_was_written_is_read_after_a_restart(tmp_path, uri):  # noqa: F811
    with millrace(tmp_path, uri) as server:
        made = fill(server)
        seen = look(server, made)
    with millrace(tmp_path, uri) as server:
        assert look(server, made) == seen


@pytest.fixture(scope="module")
def kits(tmp_path_factory, database):
    """The database with our schema that the kits take copies of; each of a hundred would take seconds otherwise."""
    database.query(f"CREATE DATABASE {translator.TEMPLATE}")
    root = ("--default-artifact-root", "root:/artifacts")
    with MillraceServer(tmp_path_factory.mktemp("kits"), "--backend-store-uri", database.uri(translator.TEMPLATE), *root):
        pass
    return database.uri("kit_first")


@pytest.mark.parametrize("theme", ["the store on*", "the registry on*", "the stores on*"])
def test_the_stores_pass_the_kits(kits, theme):
    done = subprocess.run(
        [str(build_folder() / "src/conformance/mssql_conformance_test"), f"--test-case={theme}"],
        env={**os.environ, "MILLRACE_TEST_MSSQL_URI": kits}, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stdout[-5000:]


# What SQL Server would refuse, each with what it is told.
BROKEN = [
    ("SELECT a FROM t LIMIT 5", 102),
    ("SELECT a FRM t", 102),
    ("SELECT a, FROM t", 102),
    ("INSERT INTO t(a) VALUES (?) RETURNING a", 102),
    ("INSERT INTO t(a) VALUES (?) ON CONFLICT DO NOTHING", 102),
    ("SELECT key FROM t", 156),
    ("SELECT a FROM t WHERE b = TRUE", 102),
    ("SELECT a FROM t WHERE is_nan AND b = 1", 4145),
    ("SELECT a FROM t WHERE (a, b) > (1, 2)", 4145),
    ("SELECT a FROM t ORDER BY a IS NULL", 102),
    ("SELECT a FROM t ORDER BY a, b, a", 169),
    ("SELECT a FROM t ORDER BY NULL", 408),
    ("SELECT a FROM t WHERE b IN (SELECT c FROM u ORDER BY c)", 1033),
    ("SELECT count(*) FROM (SELECT 1 FROM t) AS n", 8155),
    ("SELECT DISTINCT a FROM t ORDER BY b", 145),
    ("SELECT a || b FROM t", 102),
    ("SELECT a FROM t WHERE b LIKE ? COLLATE Latin1_General_99_BIN3", 448),
    ("MERGE INTO t WITH (HOLDLOCK) AS t USING (SELECT ? AS a) AS s ON t.a = s.a WHEN NOT MATCHED THEN INSERT (a) VALUES (s.a)", 10713),
]


@pytest.mark.parametrize("sql, number", BROKEN)
def test_what_is_no_t_sql_is_found(sql, number):
    assert translator.Translator.translated(sql).startswith(f"!42000 {number} ")


def test_a_statement_that_is_no_t_sql_fails_as_sql_server_says(tmp_path, database, uri):  # noqa: F811
    with millrace(tmp_path, uri) as server:
        run = mlflow.MlflowClient(server.url).create_run("0").info.run_id
        database.query("ALTER TABLE runs RENAME TO ran", name_of(uri))
        answer = server.api("GET", "runs/get", params={"run_id": run})
        assert answer.status_code == 500 and "runs" in answer.json()["message"]


def test_wrong_users_databases_and_ports_are_told_without_the_password(tmp_path, database):
    assert "Login failed for user" in told(tmp_path, database.uri("test_x", password="s3cr3t"))
    assert "Cannot connect to the database 'nowhere'" in told(tmp_path, database.uri("nowhere"))
    assert "Cannot connect" in told(tmp_path, database.uri("test_x", port=free_port()))
    assert "Installed ODBC drivers: " in told(tmp_path, f"mssql+pyodbc://{USER}:s3cr3t@h/d?driver=No+Such+Driver")


def test_a_statement_that_takes_too_long_is_ended(tmp_path, database, uri):  # noqa: F811
    with millrace(tmp_path, uri + "&query_timeout=1") as server:
        client = mlflow.MlflowClient(server.url)
        run = client.create_run("0").info.run_id
        with database.hold(f"UPDATE tags SET value = value WHERE run_uuid = '{run}'", name_of(uri)):
            answer = server.api("POST", "runs/set-tag", json={"run_id": run, "key": "mlflow.runName", "value": "x"})
            assert answer.status_code == 504, answer.text
            assert answer.json()["error_code"] == "DEADLINE_EXCEEDED"
        client.set_tag(run, "mlflow.runName", "y")
        assert client.get_run(run).data.tags["mlflow.runName"] == "y"


def test_every_statement_that_was_run_is_parsed(tmp_path, database, uri):  # noqa: F811
    """What the driver was given, not only what it was expected to be given."""
    with millrace(tmp_path, uri) as server:
        look(server, fill(server))
    recorded = database.recorded()
    assert len(recorded) > 60
    kinds = {text.split()[0] for text in recorded}
    assert {"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "SET", "DECLARE", "CREATE"} <= kinds
    for text in recorded:
        assert translator.Translator.translated(text).startswith("="), text


# A number that the database gives is a matter of the type in PostgreSQL, and what is computed there has a type of its own.
NUMBERED = (exp.GeneratedAsIdentityColumnConstraint, exp.AutoIncrementColumnConstraint, exp.ComputedColumnConstraint,
            exp.GeneratedAsRowColumnConstraint)


def default_of(constraint):
    value = re.sub(r"CAST\((.*) AS \w+\)", r"\1", constraint.this.sql()).strip("'")
    return "DEFAULT " + {"FALSE": "0", "TRUE": "1"}.get(value, value)


def structure(script, dialect):
    """Of each table: columns with type, whether they may be NULL and their default; then keys, constraints and indexes."""
    tables = {}
    for tree in sqlglot.parse(script, read=dialect):
        if not isinstance(tree, exp.Create) or tree.kind not in ("TABLE", "INDEX"):
            continue
        if tree.kind == "INDEX":
            index = tree.this
            # PostgreSQL's may leave rows out and keep columns beside the key, which MLflow has nowhere else.
            key = re.sub(r" (INCLUDE|WHERE) .*| NULLS (FIRST|LAST)", "", index.args["params"].sql())
            tables[index.args["table"].name].add(("INDEX", bool(tree.args.get("unique")), index.name, key.replace('"', "")))
            continue
        table = tables.setdefault(tree.find(exp.Table).name, set())
        for part in tree.this.expressions:
            if isinstance(part, exp.ColumnDef):
                kinds = [default_of(c.kind) if isinstance(c.kind, exp.DefaultColumnConstraint) else type(c.kind).__name__
                         for c in part.constraints if not isinstance(c.kind, NUMBERED)]
                table.add(("COLUMN", part.name, *sorted(kinds)))
            else:
                text = part.sql().replace('"', "")
                text = re.sub(r"CONSTRAINT \w+_(fkey|check) (?=(FOREIGN|CHECK))", lambda m: m.group(0) if named(m, part) else "", text)
                table.add(("CONSTRAINT", re.sub(r" NULLS (FIRST|LAST)", "", text)))
    return tables


def named(found, part):
    """Whether MLflow gave that name, which PostgreSQL would not have made up from table and columns."""
    return found.group(0).split()[1] not in made_up(part)


def made_up(part):
    table = part.find_ancestor(exp.Create).find(exp.Table).name
    columns = [identifier.name for identifier in part.find_all(exp.Identifier)]
    return {f"{table}_{'_'.join(columns[1:n])}_{end}" for n in range(2, len(columns) + 1) for end in ("fkey", "check")}


def test_our_schema_has_the_structure_that_official_migrations_leave_elsewhere():
    ours = structure((ROOT / "src/sql/mssql/schema.sql").read_text(), "tsql")
    theirs = structure((ROOT / "src/sql/postgres/schema.sql").read_text().partition("-- A secret's")[0], "postgres")
    assert len(ours) == 65
    numbered = re.findall(r"(\w+) (?:INTEGER|BIGINT)(?: NOT NULL)? IDENTITY", (ROOT / "src/sql/mssql/schema.sql").read_text())
    assert numbered == ["experiment_id", "id", "id", "id"]
    assert ours.keys() == theirs.keys()
    for table, parts in theirs.items():
        assert ours[table] == parts, table


def test_our_columns_have_the_types_that_official_migrations_ask_for_on_sql_server():
    with PostgresServer() as server:
        done = subprocess.run([sys.executable, str(ROOT / "tests/mssql/official_types.py"), server.create("migrated")],
                              check=True, capture_output=True, text=True)
    theirs = {name: kind.upper().replace("FLOAT(53)", "FLOAT").replace("INTEGER", "INT")
              for name, kind in json.loads(done.stdout.splitlines()[-1]).items()}
    theirs.pop("spans.duration_ns")  # computed, which has the type of what it is computed from
    ours = {}
    for tree in sqlglot.parse((ROOT / "src/sql/mssql/schema.sql").read_text(), read="tsql"):
        if isinstance(tree, exp.Create) and tree.kind == "TABLE":
            for column in tree.find_all(exp.ColumnDef):
                if column.args.get("kind"):
                    ours[f"{tree.find(exp.Table).name}.{column.name}"] = column.args["kind"].sql("tsql").upper().replace("INTEGER", "INT")
    assert ours.pop("alembic_version.version_num") == "VARCHAR(32)"
    assert len(ours) > 480
    assert ours == {name: theirs[name] for name in ours}
