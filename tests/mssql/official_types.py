"""Which types MLflow's migrations give to columns on SQL Server, found without one: the migrations run on the database whose
URI is the first argument, and the type that each of them asks for is put into SQL Server's words as SQLAlchemy does it."""

import json
import sys

import sqlalchemy
from alembic.ddl.postgresql import PostgresqlImpl
from sqlalchemy.dialects import mssql

DIALECT = mssql.dialect()
DIALECT.server_version_info = (15, 0)
DIALECT.deprecate_large_types = True


def main(uri):
    from mlflow.store.db import utils
    from mlflow.store.tracking.dbmodels.initial_models import Base

    types = {}

    def note(table, column, kind):
        types[f"{table}.{column}"] = kind.compile(dialect=DIALECT)

    def note_table(table):
        for column in table.columns:
            note(table.name, column.name, column.type)

    def wrap(name, look):
        original = getattr(PostgresqlImpl, name)

        def wrapped(self, *args, **kwargs):
            look(*args, **kwargs)
            return original(self, *args, **kwargs)

        setattr(PostgresqlImpl, name, wrapped)

    def look_at_change(table, column, **changes):
        if changes.get("name"):
            types[f"{table}.{changes['name']}"] = types.pop(f"{table}.{column}")
        if changes.get("type_") is not None:
            note(table, changes.get("name") or column, changes["type_"])

    wrap("create_table", lambda table, **_: note_table(table))
    wrap("add_column", lambda table, column, **_: note(table, column.name, column.type))
    wrap("alter_column", look_at_change)
    for table in Base.metadata.sorted_tables:
        note_table(table)
    utils._initialize_tables(sqlalchemy.create_engine(uri))
    json.dump(types, sys.stdout)


main(sys.argv[1])
