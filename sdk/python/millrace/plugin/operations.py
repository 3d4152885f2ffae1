"""What all kinds of plugins share: the operations of a kind and the base class of its base class."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from typing import ClassVar, NamedTuple

from google.protobuf.message import Message

from millrace.plugin.context import CallContext
from millrace.plugin.errors import NotImplementedByPlugin
from millrace.v1.plugin.control_pb2 import CheckReport


class Shape(Enum):
    """How an operation looks to its author."""

    UNARY = auto()  # message in, message out
    DOWNLOAD = auto()  # message in, bytes out
    UPLOAD = auto()  # message and bytes in, message out
    EMIT = auto()  # message in, messages out
    COLLECT = auto()  # messages in, message out
    DIALOGUE = auto()  # messages in and out


class Operation(NamedTuple):
    """One operation of the contract."""

    rpc: str  # its name there
    function: str  # the function of the base class
    shape: Shape
    request: type[Message]
    response: type[Message]
    capability: str  # empty: every plugin of the kind has it


class Kind(ABC):
    """Base of the base classes of all kinds. Operations are called by many threads at once."""

    KIND: ClassVar[str]
    SERVICE: ClassVar[str]
    OPERATIONS: ClassVar[tuple[Operation, ...]]

    # Capabilities that show in no operation of their own, e.g. "ranges". Those that do need not be named.
    EXTRA_CAPABILITIES: ClassVar[Sequence[str]] = ()

    def check(self, context: CallContext) -> Iterable[CheckReport.Finding]:  # noqa: ARG002
        """Tries what the configuration promises, credentials and reachability, and changes nothing.

        Returns what it found, or throws Error with what is wrong and what to set. `millrace plugin doctor`
        calls it.
        """
        return ()

    def close(self) -> None:
        """Frees what the instance holds. No operation runs any more, none follows."""

    @classmethod
    def capabilities(cls) -> tuple[str, ...]:
        """Those of which this class has every operation, in the order of the contract, and the extra ones."""
        derived = dict.fromkeys(name for name in _named(cls) if cls._has(name))
        return (*derived, *cls.EXTRA_CAPABILITIES)

    @classmethod
    def _has(cls, capability: str) -> bool:
        base = next(entry for entry in cls.__mro__ if "OPERATIONS" in vars(entry))
        return all(
            getattr(cls, operation.function) is not getattr(base, operation.function)
            for operation in cls.OPERATIONS
            if operation.capability == capability
        )


def _named(kind: type[Kind]) -> Iterator[str]:
    return (operation.capability for operation in kind.OPERATIONS if operation.capability)


def missing_capability(service: str, capability: str) -> NotImplementedByPlugin:
    return NotImplementedByPlugin(f'this {service} does not have the capability "{capability}"')
