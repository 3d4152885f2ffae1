"""Puts T-SQL into PostgreSQL's words, behind a Unix socket, for driver.cpp: a question is a letter and a text, the answer
"=" and a text, or "!", a SQLSTATE, a number of SQL Server's and what is wrong. `translator.py SOCKET [RECORD]`; what it was
asked to translate is written into the file RECORD, each text once."""

import contextlib
import os
import pathlib
import re
import socketserver
import sys
import threading

import psycopg2
import sqlglot
from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import SqlglotError

import strict

TEMPLATE = "kits"  # what databases of kits begin as
NOTHING = "SELECT 1 WHERE FALSE"
# What there are no words for, each in its own: what SQL Server keeps of itself, locks and settings.
SPECIAL = [
    (re.compile(r"^SELECT CAST\(COALESCE\(SERVERPROPERTY"),
     "SELECT 16 AS v, 3 AS e, 160 AS l, 'Latin1_General_100_BIN2_UTF8'::text AS c, 1 AS s"),
    (re.compile(r"^SELECT (TOP \(1\) )?1 FROM sys\.tables"), "SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = ?"),
    (re.compile(r"^SELECT (TOP \(1\) )?1 FROM sys\.indexes"), "SELECT 1 FROM pg_indexes WHERE tablename = ? AND indexname = ?"),
    (re.compile(r"^DECLARE @given INT; EXEC @given = sp_getapplock "), "SELECT pg_advisory_xact_lock(7)::text"),
    (re.compile(r"^SET TRANSACTION ISOLATION LEVEL SNAPSHOT$"),
     "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ"),
    (re.compile(r"^SET TRANSACTION ISOLATION LEVEL READ COMMITTED$"),
     "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED"),
    (re.compile(r"^SET IDENTITY_INSERT \w+ (ON|OFF)$"), NOTHING),
    (re.compile(r"^CREATE TRIGGER \w+ ON \w+ AFTER UPDATE AS IF EXISTS \(.*\) THROW \d{5}, '[^']*', 1;$"), NOTHING),
    (re.compile(r"^WAITFOR DELAY '00:00:(\d+)'$"), r"SELECT pg_sleep(\1)::text"),
]
SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "src/sql/mssql/schema.sql"
KIND = exp.DataType.Type
JSON_TYPES = {KIND.BIGINT: "bigint", KIND.DOUBLE: "double precision", KIND.SMALLINT: "smallint"}


def json_table(self, node):
    columns = []
    for number, column in enumerate(node.expressions):
        value = f"(e.j->>{number})"
        kind = JSON_TYPES.get(column.args["kind"].this, "text")
        if column.args["path"].name != f"$[{number}]":
            raise strict.Refused(0, "a path of OPENJSON is not that of its column")
        if kind == "smallint":
            value = f"(CASE {value} WHEN 'true' THEN 1 ELSE 0 END)"
        columns.append(f"{value}::{kind} AS {self.sql(column, 'this')}")
    text = self.sql(node.this.this if isinstance(node.this, exp.Cast) else node.this)
    return f"(SELECT {', '.join(columns)} FROM jsonb_array_elements(CAST({text} AS jsonb)) AS e(j))"


class Generator(Postgres.Generator):
    TRANSFORMS = {
        **Postgres.Generator.TRANSFORMS,
        exp.OpenJSON: json_table,
        exp.Placeholder: lambda self, node: "?",
        exp.National: lambda self, node: self.sql(exp.Literal.string(node.name)),
    }


def data_type(node):
    if node.this in (exp.DataType.Type.NVARCHAR, exp.DataType.Type.VARCHAR):
        if any(size.name.upper() == "MAX" for size in node.expressions):
            return exp.DataType.build("TEXT")
        return exp.DataType(this=exp.DataType.Type.VARCHAR, expressions=node.expressions)
    if node.this == exp.DataType.Type.BIT:
        return exp.DataType.build("SMALLINT")
    if node.this in (exp.DataType.Type.FLOAT, exp.DataType.Type.DOUBLE):
        return exp.DataType.build("DOUBLE")
    if node.this == exp.DataType.Type.VARBINARY:
        return exp.DataType.build("BYTEA", dialect="postgres")
    return node


def is_text(node):
    if isinstance(node, exp.Cast):
        return node.to.this in (exp.DataType.Type.NVARCHAR, exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT)
    if isinstance(node, exp.Collate):
        return is_text(node.this)
    return isinstance(node, (exp.National, exp.Substring, exp.DPipe)) or (isinstance(node, exp.Literal) and node.is_string)


def column_types():
    """By table and column, those of the schema."""
    types = {}
    for tree in sqlglot.parse(SCHEMA.read_text(), read="tsql"):
        if isinstance(tree, exp.Create) and tree.kind == "TABLE":
            for column in tree.find_all(exp.ColumnDef):
                if column.args.get("kind"):
                    types[tree.find(exp.Table).name, column.name] = data_type(column.args["kind"])
    return types


TYPES = column_types()


def type_values(merge):
    """A value that takes the type of what it is put into, in SQL Server, has it from the start."""
    table = merge.this.name
    for column in merge.args["using"].this.expressions:
        if isinstance(column, exp.Alias) and isinstance(column.this, exp.Placeholder):
            column.set("this", exp.Cast(this=column.this, to=TYPES[table, column.alias].copy()))


def keep_order(select):
    """TOP (?) is said first and LIMIT last, where its value would take the place of another."""
    limit = select.args.get("limit")
    if not isinstance(limit, exp.Limit) or not isinstance(strict.bare(limit.expression), exp.Placeholder):
        return
    select.set("limit", exp.Limit(expression=sqlglot.parse_one("(SELECT n FROM most)")))
    select.with_("most", as_="SELECT CAST(? AS BIGINT) AS n", copy=False)


def rewritten(tree):
    """The tree with what PostgreSQL says otherwise, from the leaves on."""
    if isinstance(tree, exp.Merge):
        type_values(tree)
    for select in list(tree.find_all(exp.Select)):
        keep_order(select)
    for node in tree.find_all(exp.EQ):
        # A value that is compared with a smaller number is not made smaller.
        if isinstance(node.expression, exp.Placeholder) and node.this.name in ("experiment_id", "version"):
            node.set("expression", exp.Cast(this=node.expression, to=exp.DataType.build("BIGINT")))
    for node in reversed(list(tree.find_all(exp.DataType, exp.Add, exp.Collate, exp.Table, exp.Returning))):
        if isinstance(node, exp.DataType):
            node.replace(data_type(node))
        elif isinstance(node, exp.Add) and (is_text(node.this) or is_text(node.expression)):
            node.replace(exp.DPipe(this=node.this, expression=node.expression, safe=True))
        elif isinstance(node, exp.Collate):
            if node.expression.name != "Latin1_General_100_BIN2":
                raise strict.Refused(448, f"Invalid collation '{node.expression.name}'")
            node.set("expression", exp.to_identifier("C", quoted=True))
        elif isinstance(node, exp.Table) and isinstance(node.this, exp.OpenJSON) and not node.alias:
            node.set("alias", exp.TableAlias(this=exp.to_identifier("j")))
        elif isinstance(node, exp.Returning):
            node.set("expressions", [exp.column(e.name) for e in node.expressions])
    return tree


def translate(sql):
    for pattern, words in SPECIAL:
        found = pattern.match(sql)
        if found:
            return found.expand(words)
    statements = []
    trees = [tree for tree in sqlglot.parse(sql, read="tsql") if tree is not None]
    pieces = [sql] if len(trees) == 1 else [piece for piece in sql.split(";\n") if piece.strip()]
    if len(pieces) != len(trees):
        raise strict.Refused(102, "a script's statements end with a semicolon at the end of a line")
    for piece, tree in zip(pieces, trees):
        if isinstance(tree, exp.Command):
            raise strict.Refused(102, f"no words for '{sql[:60]}'")
        strict.check(re.sub(r"--.*\n", "", piece).strip(), tree)
        words = Generator(dialect="postgres").generate(rewritten(tree))
        if isinstance(tree, exp.Create):
            words = re.sub(r" NULLS (FIRST|LAST)", "", words).replace("duration_ns GENERATED", "duration_ns BIGINT GENERATED")
        statements.append(words)
    return "; ".join(statements)


def attributes(string):
    return {name.lower(): braced or plain
            for name, braced, plain in re.findall(r"(\w+)=(?:\{((?:[^}]|\}\})*)\}|([^;]*));?", string)}


class Databases:
    """Those of a name that tests give are made when they are first asked for, as there is no CREATE DATABASE in between."""

    def __init__(self):
        self.lock = threading.Lock()
        self.known = set()

    def connect(self, string):
        asked = attributes(string)
        host, _, port = asked["server"].partition(",")
        login = {"host": host, "port": port, "user": asked["uid"], "password": asked["pwd"].replace("}}", "}"), "connect_timeout": 5}
        name = asked.get("database", "")
        try:
            with self.lock, contextlib.closing(psycopg2.connect(dbname="postgres", **login)) as server:
                self.make(server, name, (port, name))
        except psycopg2.OperationalError as error:
            if "authentication failed" in str(error):
                return f"!28000 18456 Login failed for user '{asked['uid']}'."
            return f"!08001 0 {' '.join(str(error).split())}"
        if name not in {known for _, known in self.known}:
            return f"!42000 4060 Cannot open database \"{name}\" requested by the login. The login failed."
        password = "{" + asked["pwd"] + "}"
        return (f"=Servername={host};Port={port};Database={name};UID={asked['uid']};PWD={password};UseServerSidePrepare=0;"
                "Protocol=7.4-2;MaxVarcharSize=8000;UnknownSizes=2;ByteaAsLongVarBinary=1;BoolsAsChar=0")

    def make(self, server, name, known):
        if known in self.known:
            return
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if cursor.fetchone():
                self.known.add(known)
            elif name.startswith(("kit_", "test_")):
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,))
                template = f" TEMPLATE {TEMPLATE}" if name.startswith("kit_") and cursor.fetchone() else ""
                cursor.execute(f'CREATE DATABASE "{name}"{template}')
                self.known.add(known)


class Translator:
    def __init__(self, record):
        self.record = record
        self.lock = threading.Lock()
        self.answers = {}
        self.databases = Databases()

    def answer(self, question):
        kind, text = question[:1], question[1:]
        if kind == "C":
            return self.databases.connect(text)
        with self.lock:
            if text not in self.answers:
                self.answers[text] = self.translated(text)
                if self.record:
                    with self.record.open("a") as record:
                        record.write(text + "\n\x1e\n")
            return self.answers[text]

    @staticmethod
    def translated(text):
        try:
            return "=" + translate(text)
        except strict.Refused as refused:
            return f"!42000 {refused.number} {refused}"
        except SqlglotError as error:
            return f"!42000 102 {' '.join(str(error).split())}"


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        question = bytearray()
        while part := self.request.recv(65536):
            question += part
        self.request.sendall(self.server.translator.answer(question.decode()).encode())


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128


def main(socket, record=None):
    with Server(socket, Handler) as server:
        os.chmod(socket, 0o777)  # those who ask may be others than who started this
        server.translator = Translator(pathlib.Path(record) if record else None)
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
