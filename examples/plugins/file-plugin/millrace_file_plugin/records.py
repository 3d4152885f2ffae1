"""What the two stores share: a state in memory that follows a journal of messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Generic, TypeVar

from google.protobuf.message import Message

from millrace_file_plugin.journal import Journal

Record = Callable[[Message], None]

# The place of a message in such a list is the kind of a record in the journal: add at the end only.
Appliers = tuple[tuple[type[Message], Callable[[Any], object]], ...]


class Records:
    """A state that is what its records amount to.

    Whether something may happen is decided before it is recorded, so applying a record never fails.
    """

    def __init__(self, appliers: Appliers) -> None:
        self._appliers = appliers

    def kind_of(self, record: Message) -> int:
        return [kind for kind, _ in self._appliers].index(type(record))

    def apply(self, kind: int, content: bytes) -> None:
        message, applier = self._appliers[kind]
        applier(message.FromString(content))


_State = TypeVar("_State", bound=Records)


class Kept(Generic[_State]):
    """A state with the journal that keeps it. Any thread may call."""

    def __init__(self, path: Path, state: _State) -> None:
        self._state = state
        self._journal = Journal(path, state.apply)
        with self.reading():
            pass  # what was written before is read now, not by the first call

    @contextmanager
    def reading(self) -> Iterator[_State]:
        """Inside, the state is current and does not change."""
        with self._journal.reading():
            yield self._state

    @contextmanager
    def writing(self) -> Iterator[tuple[_State, Record]]:
        """As `reading`, with the function that makes a record durable and applies it."""
        with self._journal.writing() as append:
            yield (
                self._state,
                lambda record: append(self._state.kind_of(record), record.SerializeToString()),
            )

    def close(self) -> None:
        self._journal.close()
