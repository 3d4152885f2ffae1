"""What a plugin provides: factories by kind and name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable, TypeVar

from millrace.plugin.operations import Kind
from millrace.plugin.options import PluginOptions

Factory = Callable[[PluginOptions], Kind]

_Factory = TypeVar("_Factory", bound=Callable[[PluginOptions], Kind])


class Registrations:
    """Filled while the author's module is imported, read afterwards."""

    def __init__(self) -> None:
        self._factories: dict[tuple[str, str], Factory] = {}

    def decorator(self, kind: type[Kind], names: Sequence[str]) -> Callable[[_Factory], _Factory]:
        if not names:
            raise ValueError(f"@plugin.{kind.KIND}(...) needs the scheme or name that the plugin is found by")

        def register(factory: _Factory) -> _Factory:
            for name in names:
                self._add(kind.KIND, name.lower(), factory)
            return factory

        return register

    def factories(self) -> dict[tuple[str, str], Factory]:
        """By kind and name in lower case."""
        return dict(self._factories)

    def _add(self, kind: str, name: str, factory: Factory) -> None:
        if (kind, name) in self._factories:
            raise ValueError(f"this plugin registers two of kind {kind} for '{name}'")
        self._factories[kind, name] = factory
