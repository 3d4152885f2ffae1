"""Data sets of real databases, of hostile queries and of hostile files."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from millrace.plugin import Error, InvalidParameter, NotFound, ResourceExhausted, TemporarilyUnavailable
from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess

DATA = Path(__file__).resolve().parent / "data"
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {} FROM n"


def opened(process: PluginProcess, folder: Path = DATA, **settings: str) -> Instance:
    return process.open("dataset_source", "sql-dataset", settings={"folder": str(folder), **settings})


@pytest.fixture
def datasets(process: PluginProcess) -> Instance:
    return opened(process)


def resolve(datasets: Instance, source: str) -> m.ResolvedDatasetSource:
    answer = datasets.call("Resolve", m.RawDatasetSource(source=source))
    assert isinstance(answer, m.ResolvedDatasetSource)
    return answer


def load(datasets: Instance, source: str) -> str:
    found = resolve(datasets, source)
    assert found.resolved
    return load_json(datasets, found.source_json)


def load_json(datasets: Instance, source: str, source_type: str = "sql_dataset") -> str:
    ref = m.DatasetSourceRef(source_type=source_type, source_json=source)
    return b"".join(datasets.call("Load", ref)).decode()


def query(sql: str, kind: str = "csv") -> str:
    return f"sql-dataset:flowers.sqlite?query={quote(sql)}&format={kind}"


def test_a_table_comes_as_csv(datasets: Instance) -> None:
    expected = (
        "species,petal_mm,picked,note\r\n"
        "setosa,14.0,1,\r\n"
        'setosa,15.5,2,"small, ""blue"""\r\n'
        "virginica,51.25,3,AP8=\r\n"
        "virginica,,4,größer\r\n"
    )
    assert load(datasets, "sql-dataset:flowers.sqlite?table=flowers") == expected
    assert (
        load(datasets, "SQL-Dataset:flowers.sqlite?table=large") == "species,petal_mm\r\nvirginica,51.25\r\n"
    )


def test_a_query_comes_as_objects(datasets: Instance) -> None:
    sql = "SELECT species, note, 9e999 AS much FROM flowers WHERE picked > 2"
    lines = [json.loads(line) for line in load(datasets, query(sql, "jsonl")).splitlines()]
    assert lines == [
        {"species": "virginica", "note": "AP8=", "much": "inf"},
        {"species": "virginica", "note": "größer", "much": "inf"},
    ]
    with pytest.raises(InvalidParameter, match="same name"):
        load(datasets, query("SELECT 1 AS a, 2 AS a", "jsonl"))


def test_the_description_says_what_to_load_and_nothing_of_this_machine(datasets: Instance) -> None:
    found = resolve(datasets, "sql-dataset:flowers.sqlite?table=flowers")
    expected = {"format": "csv", "path": "flowers.sqlite", "table": "flowers"}
    assert (found.source_type, json.loads(found.source_json)) == ("sql_dataset", expected)


@pytest.mark.parametrize("source", ["", " ", "s3://bucket/x", "sql-datasets:x?table=t", "../..", "{}", "%00"])
def test_other_sources_are_left_alone(datasets: Instance, source: str) -> None:
    assert resolve(datasets, source) == m.ResolvedDatasetSource()


@pytest.mark.parametrize(
    "source",
    [
        "sql-dataset:",
        "sql-dataset:flowers.sqlite",
        "sql-dataset:?table=flowers",
        "sql-dataset:flowers.sqlite?table=",
        "sql-dataset:flowers.sqlite?table=a&table=b",
        "sql-dataset:flowers.sqlite?table=a&query=b",
        "sql-dataset:flowers.sqlite?table=a&format=parquet",
        "sql-dataset:flowers.sqlite?table=a&password=b",
        "sql-dataset:flowers.sqlite?table=a%00",
        "sql-dataset:../other.sqlite?table=a",
        "sql-dataset:/etc/passwd?table=a",
        "sql-dataset:.?table=a",
        "sql-dataset:%2e%2e/x?table=a",
        f"sql-dataset:flowers.sqlite?table={'y' * 70000}",
        f"sql-dataset:{'x' * 300}?table=y",
        f"sql-dataset:{'x/' * 3000}?table=y",
    ],
    ids=lambda source: source[:50],
)
def test_sources_that_cannot_be_are_refused(datasets: Instance, source: str) -> None:
    with pytest.raises((InvalidParameter, NotFound)):
        load(datasets, source)


@pytest.mark.parametrize(
    "description",
    [
        "",
        '{"path": ',
        "[]",
        "[" * 60000,
        '{"path": "flowers.sqlite"}',
        '{"path": "../flowers.sqlite", "table": "flowers"}',
        '{"path": "flowers.sqlite", "table": 5}',
        '{"path": "flowers.sqlite", "table": "\\ud800"}',
        '{"path": "flowers.sqlite?mode=rwc", "table": "t"}',
        '{"path": "x\\u0000", "table": "t"}',
    ],
)
def test_descriptions_that_cannot_be_are_refused(datasets: Instance, description: str) -> None:
    with pytest.raises((InvalidParameter, NotFound)):
        load_json(datasets, description)


def test_descriptions_of_another_type_are_refused(datasets: Instance) -> None:
    with pytest.raises(InvalidParameter, match="'other'"):
        load_json(datasets, "{}", "other")


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM flowers",
        "DROP TABLE flowers",
        "CREATE TABLE t(x)",
        "ATTACH '/tmp/x.db' AS x",
        "PRAGMA query_only=OFF",
        "VACUUM INTO '/tmp/stolen'",
        "SELECT load_extension('/tmp/evil.so')",
        "SELECT * FROM pragma_database_list",
        "BEGIN EXCLUSIVE",
        "SELECT 1; DROP TABLE flowers",
        "SELECT",
        "not SQL \x01",
    ],
)
def test_what_is_no_query_is_refused(datasets: Instance, sql: str) -> None:
    before = (DATA / "flowers.sqlite").read_bytes()
    with pytest.raises(InvalidParameter, match="cannot be read"):
        load(datasets, query(sql))
    assert (DATA / "flowers.sqlite").read_bytes() == before


def test_a_name_of_a_table_is_no_query(datasets: Instance) -> None:
    with pytest.raises(NotFound, match="no table"):
        load(datasets, "sql-dataset:flowers.sqlite?table=" + quote('flowers" WHERE 0; --'))


def test_data_that_are_gone_do_not_exist(process: PluginProcess, tmp_path: Path) -> None:
    path = tmp_path / "gone.sqlite"
    make(
        path,
        "CREATE TABLE 'odd \"name\"'(x)",
        "INSERT INTO 'odd \"name\"' VALUES(1)",
        "CREATE TABLE other(x)",
    )
    datasets = opened(process, tmp_path)
    source = "sql-dataset:gone.sqlite?table=" + quote('odd "name"')
    assert load(datasets, source) == "x\r\n1\r\n"
    make(path, "DROP TABLE other")
    for missing in ("?table=other", "?query=SELECT%20x%20FROM%20other"):
        with pytest.raises(NotFound):
            load(datasets, f"sql-dataset:gone.sqlite{missing}")
    path.unlink()
    with pytest.raises(NotFound, match="no database"):
        load(datasets, source)


def test_an_endless_query_is_stopped_in_time(process: PluginProcess) -> None:
    datasets = opened(process, time_limit_seconds="0.2")
    began = time.monotonic()
    with pytest.raises(Error, match=r"stopped after 0\.2 s"):
        load(datasets, query(ENDLESS.format("sum(i)")))
    assert time.monotonic() - began < 10


def test_a_reader_that_goes_stops_the_query(datasets: Instance, process: PluginProcess) -> None:
    ref = m.DatasetSourceRef(
        source_type="sql_dataset", source_json=resolve(datasets, query(ENDLESS.format("i"))).source_json
    )
    pieces = datasets.call("Load", ref)
    assert next(pieces).startswith(b"i\r\n1\r\n")
    pieces.close()
    # Closing an instance waits for its calls.
    closing = threading.Thread(target=datasets.close)
    closing.start()
    closing.join(10)
    assert not closing.is_alive()


def test_a_data_set_has_a_largest_size(process: PluginProcess) -> None:
    datasets = opened(process, size_limit_mb="1")
    with pytest.raises(ResourceExhausted, match="1 MiB"):
        load(datasets, query(ENDLESS.format("hex(zeroblob(1000))")))


@pytest.mark.parametrize(
    "sql", ["SELECT hex(zeroblob(400000000))", "SELECT group_concat(x) FROM ({} LIMIT 300)"]
)
def test_a_query_does_not_get_all_memory(datasets: Instance, sql: str) -> None:
    with pytest.raises((ResourceExhausted, InvalidParameter), match=r"memory|too big"):
        load(datasets, query(sql.format(ENDLESS.format("hex(zeroblob(1000000)) AS x"))))
    assert load(datasets, query("SELECT 1")) == "1\r\n1\r\n"


def test_a_file_that_is_no_database_is_refused(process: PluginProcess, tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 20)
    (tmp_path / "folder").mkdir()
    datasets = opened(process, tmp_path)
    with pytest.raises(InvalidParameter):
        load(datasets, "sql-dataset:noise?table=t")
    with pytest.raises(NotFound):
        load(datasets, "sql-dataset:folder?table=t")


def test_a_link_does_not_lead_out_of_the_folder(process: PluginProcess, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside/link.sqlite").symlink_to(DATA / "flowers.sqlite")
    with pytest.raises(InvalidParameter, match="not below"):
        load(opened(process, tmp_path / "inside"), "sql-dataset:link.sqlite?table=flowers")


def test_text_that_is_no_utf_8_is_readable(process: PluginProcess, tmp_path: Path) -> None:
    make(tmp_path / "old.sqlite", "CREATE TABLE t AS SELECT CAST(X'67FC6E' AS TEXT) AS word")
    assert load(opened(process, tmp_path), "sql-dataset:old.sqlite?table=t") == "word\r\ng\ufffdn\r\n"


def test_a_locked_database_is_to_be_tried_again(process: PluginProcess, tmp_path: Path) -> None:
    path = tmp_path / "busy.sqlite"
    make(path, "CREATE TABLE t(x)")
    with sqlite3.connect(path) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TemporarilyUnavailable, match="locked"):
            load(opened(process, tmp_path, time_limit_seconds="0.3"), "sql-dataset:busy.sqlite?table=t")
    writer.close()


@pytest.mark.parametrize(
    "settings",
    [{"folder": "relative"}, {"folder": "/no/such"}, {"time_limit_seconds": "0"}, {"size_limit_mb": "-1"}],
)
def test_settings_that_cannot_be_are_refused(process: PluginProcess, settings: dict[str, str]) -> None:
    with pytest.raises(InvalidParameter, match=next(iter(settings))):
        process.open("dataset_source", "sql-dataset", settings={"folder": str(DATA), **settings})


def test_the_database_of_the_tests_is_what_its_script_says() -> None:
    connection = sqlite3.connect(DATA / "flowers.sqlite")
    assert list(connection.iterdump()) == [
        statement for statement in (DATA / "flowers.sql").read_text().splitlines() if statement
    ]
    connection.close()


def make(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
