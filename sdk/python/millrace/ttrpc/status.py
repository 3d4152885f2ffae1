"""Outcomes of calls: gRPC's status codes and the exception that carries one."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from google.protobuf.any_pb2 import Any

from millrace.ttrpc.wire_pb2 import Status


class StatusCode(IntEnum):
    """gRPC's codes (google.rpc.Code)."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


class StatusError(Exception):
    """A call that did not succeed: thrown by a handler for its caller, and by a client at its caller."""

    def __init__(self, code: int, message: str, details: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = tuple(details)

    def to_status(self) -> Status:
        return Status(code=self.code, message=self.message, details=self.details)

    @staticmethod
    def from_status(status: Status) -> StatusError:
        return StatusError(status.code, status.message, tuple(status.details))


class ConnectionLost(StatusError):
    """The other end closed the connection or broke the protocol; nobody knows whether the call took place."""

    def __init__(self, message: str = "the connection is closed") -> None:
        super().__init__(StatusCode.UNAVAILABLE, message)
