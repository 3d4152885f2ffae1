"""The open instances of a plugin: which exist, and which are in use."""

from __future__ import annotations

import threading

from millrace.plugin.errors import InvalidState
from millrace.plugin.operations import Kind


class Instances:
    """Gives instances ids and closes each after its last call. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Calls enter the lock itself, which costs them less than the condition would.
        self._changed = threading.Condition(self._lock)
        self._instances: dict[int, Kind] = {}
        self._users: dict[int, int] = {}
        self._last_id = 0

    def add(self, instance: Kind) -> int:
        with self._changed:
            self._last_id += 1
            self._instances[self._last_id] = instance
            self._users[self._last_id] = 0
            return self._last_id

    def use(self, instance_id: int) -> Use:
        """A context in which the instance stays open. Throws INVALID_STATE when it is not open."""
        return Use(self, instance_id)

    def enter(self, instance_id: int) -> Kind:
        with self._lock:
            instance = self._find(instance_id)
            self._users[instance_id] += 1
            return instance

    def leave(self, instance_id: int) -> None:
        with self._lock:
            self._users[instance_id] -= 1
            if instance_id not in self._instances:  # somebody waits to close it
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
        instance = self._instances.get(instance_id)
        if instance is None:
            raise InvalidState(f"this plugin has no open instance {instance_id}")
        return instance


class Use:
    """See Instances.use. A class, since what contextlib makes of a function costs each call microseconds."""

    __slots__ = ("_id", "_instances")

    def __init__(self, instances: Instances, instance_id: int) -> None:
        self._instances = instances
        self._id = instance_id

    def __enter__(self) -> Kind:
        return self._instances.enter(self._id)

    def __exit__(self, *_: object) -> None:
        self._instances.leave(self._id)
