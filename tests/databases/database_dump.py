"""Reads databases whole: their schema and their rows, to be compared."""

import math
import re
import sqlite3

import sqlalchemy


def sqlite_schema(path):
    """All that makes the schema of an SQLite file, but for what is ours, blanks and quotes."""
    with sqlite3.connect(path) as database:
        made = database.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'millrace_%' AND name NOT LIKE 'sqlite_%'").fetchall()
        columns = {name: database.execute(f"PRAGMA table_xinfo('{name}')").fetchall() for kind, name, _, _ in made if kind == "table"}
        keys = {name: sorted(row[2:] for row in database.execute(f"PRAGMA foreign_key_list('{name}')")) for name in columns}
    texts = sorted((kind, name, table, words(sql)) for kind, name, table, sql in made)
    return texts, columns, keys


def words(sql):
    """The text without blanks, quotes and capitals, and the constraints of a table in order: theirs says nothing."""
    text = re.sub(r"\s+", " ", sql.lower().replace('"', ""))
    text = re.sub(r" ?([(),]) ?", r"\1", text).rstrip("; ")
    return sorted(re.split(r",(?=constraint |foreign key|primary key|check|unique)", text.replace("))", ") )")))


def plain(value):
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return repr(value)


def rows(uri, without=()):
    """The rows of all tables by column name, sorted, but for the columns in `without`."""
    engine = sqlalchemy.create_engine(uri)
    metadata = sqlalchemy.MetaData()
    metadata.reflect(engine)
    content = {}
    with engine.connect() as connection:
        for name, table in metadata.tables.items():
            columns = [column for column in table.columns if (name, column.name) not in without]
            found = connection.execute(sqlalchemy.select(*columns)).fetchall()
            names = [column.name for column in columns]
            content[name] = sorted(sorted(zip(names, map(plain, row))) for row in found)
    engine.dispose()
    return content
