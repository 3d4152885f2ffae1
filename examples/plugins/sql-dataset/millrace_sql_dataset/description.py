"""How a data set is named: as a URI by users, as JSON beside a run.

sql-dataset:sales/2024.db?table=orders
sql-dataset:sales/2024.db?query=SELECT%20day%2C%20total%20FROM%20orders&format=jsonl
"""

from __future__ import annotations

import json
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from millrace.plugin import InvalidParameter

SOURCE_TYPE = "sql_dataset"  # kept with runs: never change it
FORMATS = ("csv", "jsonl")

_SCHEME = "sql-dataset:"
_LONGEST = 1 << 16


class Description(NamedTuple):
    path: str  # of the database, relative to the folder of databases
    query: str  # empty: the whole table
    table: str
    format: str

    @staticmethod
    def of_uri(uri: str) -> Description:
        """Throws INVALID_PARAMETER_VALUE for what is no such URI."""
        path, _, rest = uri[len(_SCHEME) :].partition("?")
        try:
            pairs = parse_qsl(rest, keep_blank_values=True, strict_parsing=True, max_num_fields=4)
        except ValueError:
            pairs = []
        if not pairs or len(dict(pairs)) != len(pairs):
            raise _fault(f"'{uri[:200]}' names no data set")
        return _checked({"path": unquote(path), **dict(pairs)})

    @staticmethod
    def of_json(text: str) -> Description:
        """Throws INVALID_PARAMETER_VALUE for what to_json() did not write."""
        try:
            fields = json.loads(text[: _LONGEST + 1])
        except (ValueError, RecursionError):
            raise InvalidParameter("the description of the data set is no JSON") from None
        if not isinstance(fields, dict):
            raise InvalidParameter("the description of the data set is no JSON object")
        return _checked(fields)

    def to_json(self) -> str:
        return json.dumps({key: value for key, value in self._asdict().items() if value}, sort_keys=True)


def is_ours(uri: str) -> bool:
    return uri[: len(_SCHEME)].lower() == _SCHEME


def _checked(fields: dict[str, object]) -> Description:
    known = {"format": "csv", **fields}
    if set(known) - set(Description._fields) or not all(
        isinstance(value, str) and value and "\0" not in value and _is_text(value) for value in known.values()
    ):
        raise _fault("the data set has a part that is empty or not known")
    made = Description(**{name: str(known.get(name, "")) for name in Description._fields})
    if not made.path or bool(made.query) == bool(made.table):
        raise _fault("the data set needs a database and either a table or a query")
    if made.format not in FORMATS:
        raise _fault(f"'{made.format[:20]}' is no format; known are {', '.join(FORMATS)}")
    if len(made.to_json()) > _LONGEST:
        raise InvalidParameter(f"the description of the data set is longer than {_LONGEST} characters")
    return made


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False  # half a character
    return True


def _fault(what: str) -> InvalidParameter:
    return InvalidParameter(f"{what}: write sql-dataset:FILE?table=NAME or sql-dataset:FILE?query=SELECT...")
