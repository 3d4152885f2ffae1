"""The T-SQL that Millrace sends to SQL Server, to the letter: what a fixed sequence of operations sends
(src/conformance/mssql_statements_test.cpp) is parsed and compared with the golden files in tests/mssql/statements. After a
change that is meant, they are recorded anew, and the difference is reviewed as a part of it:

    build/venv-mlflow-3.17/bin/python -m pytest tests/e2e/test_mssql_statements.py --record
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys

import pytest
import sqlglot
from sqlglot import exp

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "mssql"))
import translator  # noqa: E402
from postgres import PostgresServer  # noqa: E402
from server import TsqlServer, build_folder  # noqa: E402
from servers import ROOT  # noqa: E402

GOLDEN = ROOT / "tests/mssql/statements"
RECORD = "build/venv-mlflow-3.17/bin/python -m pytest tests/e2e/test_mssql_statements.py --record"
PARTS = {
    "opening": "statements that open*",
    "tracking": "statements of the tracking*",
    "overviews": "statements of overviews*",
    "metric_walks": "statements of searches*",
    "registry": "statements of the registry*",
}
CLAUSE = re.compile(r"(?<!DELETE)(?<!LEFT) (?=(?:FROM|LEFT JOIN|JOIN|WHERE|AND|OR|GROUP BY|ORDER BY|OFFSET|UNION ALL|USING"
                    r"|WHEN MATCHED|WHEN NOT MATCHED|VALUES|OUTPUT) )")
TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE|ON) ([a-z_.]+)")
# What the parser has no grammar for, and the driver takes by its first words.
UNPARSED = ("CREATE TRIGGER ", "DECLARE @given ", "SET IDENTITY_INSERT ", "SET TRANSACTION ISOLATION LEVEL ")
SCHEMA = ROOT / "src/sql/mssql/schema.sql"


def table_of(statement):
    """The first that it names, whose name is written in small letters."""
    found = TABLE.search(statement)
    return found.group(1) if found else "no table"


def laid_out(statement):
    """A clause a line, so that a difference shows where it is. No two statements are laid out alike."""
    assert "\n" not in statement, statement
    return CLAUSE.sub("\n  ", statement)


def golden_text(statements):
    """Each statement once, by table: the order in which they were sent says nothing."""
    lines, table = [], None
    for statement in sorted(statements, key=lambda text: (table_of(text), text)):
        if table_of(statement) != table:
            table = table_of(statement)
            lines.append(f"-- {table}\n")
        lines.append(laid_out(statement) + "\n")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def sent():
    """By part, the statements that no part before has sent."""
    program = str(build_folder() / "src/conformance/mssql_conformance_test")
    parts, before = {}, 0
    with TsqlServer() as database:
        environment = {**os.environ, "MILLRACE_TEST_MSSQL_URI": database.uri("test_statements"),
                       "MILLRACE_TEST_POSTGRES_URI": PostgresServer.uri(database, "test_statements")}
        for part, case in PARTS.items():
            done = subprocess.run([program, f"--test-case={case}"], env=environment, capture_output=True, text=True, timeout=600)
            assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout[-5000:]
            recorded = database.recorded()
            parts[part], before = recorded[before:], len(recorded)
    parts["opening"].remove(SCHEMA.read_text())  # a script, which stands there to the letter
    return parts


@pytest.mark.parametrize("part", PARTS)
def test_what_is_sent_is_t_sql_and_what_was_recorded(request, sent, part):
    for statement in sent[part]:
        if not statement.startswith(UNPARSED):
            assert not any(isinstance(tree, exp.Command) for tree in sqlglot.parse(statement, read="tsql")), statement
        assert translator.Translator.translated(statement).startswith("="), statement
    path, text = GOLDEN / f"{part}.sql", golden_text(sent[part])
    if request.config.getoption("--record"):
        path.write_text(text)
    golden = path.read_text()
    if text != golden:
        name = str(path.relative_to(ROOT))
        difference = "".join(difflib.unified_diff(golden.splitlines(True), text.splitlines(True), name, "sent now"))
        pytest.fail(f"Other statements are sent than recorded. If that is meant: {RECORD}\n\n{difference}", pytrace=False)
