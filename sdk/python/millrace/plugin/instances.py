"""The open instances of a plugin: which exist, and which are in use."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from millrace.plugin.errors import InvalidState
from millrace.plugin.operations import Kind


class Instances:
    """Gives instances ids and closes each after its last call. Any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._instances: dict[int, Kind] = {}
        self._users: dict[int, int] = {}
        self._last_id = 0

    def add(self, instance: Kind) -> int:
        with self._changed:
            self._last_id += 1
            self._instances[self._last_id] = instance
            self._users[self._last_id] = 0
            return self._last_id

    @contextmanager
    def use(self, instance_id: int) -> Iterator[Kind]:
        """The instance, which stays open inside. Throws INVALID_STATE when it is not open."""
        with self._changed:
            instance = self._find(instance_id)
            self._users[instance_id] += 1
        try:
            yield instance
        finally:
            with self._changed:
                self._users[instance_id] -= 1
                self._changed.notify_all()

    def remove(self, instance_id: int) -> None:
        """Takes no more calls for it, waits for those that run, and closes it."""
        with self._changed:
            instance = self._find(instance_id)
            del self._instances[instance_id]
            self._changed.wait_for(lambda: self._users[instance_id] == 0)
            del self._users[instance_id]
        instance.close()

    def ids(self) -> list[int]:
        with self._changed:
            return list(self._instances)

    def _find(self, instance_id: int) -> Kind:
        if instance_id not in self._instances:
            raise InvalidState(f"this plugin has no open instance {instance_id}")
        return self._instances[instance_id]
