"""What an instance of a plugin is made from: its URI and its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable, NoReturn, TypeVar

from millrace.plugin.errors import InvalidParameter

_T = TypeVar("_T")

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class Secret:
    """A credential. It prints as "***" wherever it ends up; `reveal` is for the call that needs it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(("Secret", self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled")


class PluginOptions:
    """How one instance was asked for. Printing it shows no value of the configuration."""

    def __init__(
        self, kind: str = "", name: str = "", uri: str = "", settings: Mapping[str, str] | None = None
    ) -> None:
        self.kind = kind  # e.g. "artifact_repository"
        self.name = name  # the scheme or name that it was found by
        self.uri = uri  # the root URI; empty for kinds that are found by name
        self._settings = dict(settings or {})

    def __repr__(self) -> str:
        return f"PluginOptions(kind={self.kind!r}, name={self.name!r}, settings={sorted(self._settings)})"

    def has(self, key: str) -> bool:
        return key in self._settings

    def string(self, key: str, default: str | None = None) -> str:
        """Throws INVALID_PARAMETER_VALUE naming the key when it is neither set nor has a default."""
        return self._get(key, default, str)

    def integer(self, key: str, default: int | None = None) -> int:
        return self._get(key, default, int)

    def number(self, key: str, default: float | None = None) -> float:
        return self._get(key, default, float)

    def boolean(self, key: str, default: bool | None = None) -> bool:
        """Reads true, false, 1 and 0, in any case."""
        return self._get(key, default, lambda text: _BOOLEANS[text.lower()])

    def secret(self, key: str, default: Secret | None = None) -> Secret:
        return self._get(key, default, Secret)

    def _get(self, key: str, default: _T | None, parse: Callable[[str], _T]) -> _T:
        text = self._settings.get(key)
        if text is None:
            if default is None:
                raise InvalidParameter(f"the configuration of this plugin needs '{key}', which is not set")
            return default
        try:
            return parse(text)
        except (ValueError, KeyError):
            # The value may be a credential by mistake, so it is not repeated, not even as the cause.
            raise InvalidParameter(f"the value of '{key}' in the configuration has another type") from None
