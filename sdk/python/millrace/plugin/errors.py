"""What a plugin throws when it cannot do what it was asked for, and how that travels.

Throw one of these with a sentence for the user: what was wrong, where, and what to do. Any other exception
reaches the user as INTERNAL_ERROR with a short message; its traceback goes to the log only.
"""

from __future__ import annotations

from typing import ClassVar

from google.protobuf.any_pb2 import Any

from millrace.ttrpc.status import StatusCode, StatusError
from millrace.v1.plugin.control_pb2 import Fault

_FAULT_TYPE = "type.googleapis.com/millrace.v1.plugin.Fault"

# Names of MLflow's error codes and the gRPC code that carries each; the first of a code is its meaning on
# the way back when no Fault says better.
_CODES = (
    ("INVALID_PARAMETER_VALUE", StatusCode.INVALID_ARGUMENT),
    ("BAD_REQUEST", StatusCode.INVALID_ARGUMENT),
    ("TEMPORARILY_UNAVAILABLE", StatusCode.UNAVAILABLE),
    ("DEADLINE_EXCEEDED", StatusCode.DEADLINE_EXCEEDED),
    ("RESOURCE_DOES_NOT_EXIST", StatusCode.NOT_FOUND),
    ("ENDPOINT_NOT_FOUND", StatusCode.NOT_FOUND),
    ("RESOURCE_ALREADY_EXISTS", StatusCode.ALREADY_EXISTS),
    ("PERMISSION_DENIED", StatusCode.PERMISSION_DENIED),
    ("RESOURCE_EXHAUSTED", StatusCode.RESOURCE_EXHAUSTED),
    ("REQUEST_LIMIT_EXCEEDED", StatusCode.RESOURCE_EXHAUSTED),
    ("INVALID_STATE", StatusCode.FAILED_PRECONDITION),
    ("RESOURCE_CONFLICT", StatusCode.ABORTED),
    ("NOT_IMPLEMENTED", StatusCode.UNIMPLEMENTED),
    ("UNAUTHENTICATED", StatusCode.UNAUTHENTICATED),
    ("CANCELLED", StatusCode.CANCELLED),
    ("INTERNAL_ERROR", StatusCode.INTERNAL),
)
_STATUS_OF_CODE = dict(_CODES)
# Last wins, so the table is turned from its end.
_CODE_OF_STATUS = {status: code for code, status in reversed(_CODES)}
_CODE_OF_STATUS[StatusCode.DEADLINE_EXCEEDED] = "TEMPORARILY_UNAVAILABLE"


class Error(Exception):
    """A fault with the code that MLflow's clients know it by, e.g. "RESOURCE_DOES_NOT_EXIST"."""

    def __init__(self, code: str, message: str) -> None:
        if code not in _STATUS_OF_CODE:
            raise ValueError(f"'{code}' is no error code; known are {', '.join(sorted(_STATUS_OF_CODE))}")
        super().__init__(message)
        self.code = code
        self.message = message

    def to_status(self) -> StatusError:
        detail = Any(type_url=_FAULT_TYPE, value=Fault(error_code=self.code).SerializeToString())
        return StatusError(_STATUS_OF_CODE[self.code], self.message, [detail])

    @staticmethod
    def from_status(status: StatusError) -> Error:
        """The fault that a plugin answered with, as the class of its code if there is one."""
        code = _CODE_OF_STATUS.get(StatusCode(status.code), "INTERNAL_ERROR")
        for detail in status.details:
            if detail.type_url == _FAULT_TYPE:
                named = Fault.FromString(detail.value).error_code
                code = named if named in _STATUS_OF_CODE else code
        return error_of(code, status.message)


class _CodedError(Error):
    CODE: ClassVar[str]

    def __init__(self, message: str) -> None:
        super().__init__(self.CODE, message)


class NotFound(_CodedError):
    """There is no such thing: RESOURCE_DOES_NOT_EXIST (404)."""

    CODE = "RESOURCE_DOES_NOT_EXIST"


class AlreadyExists(_CodedError):
    """Something has that name already: RESOURCE_ALREADY_EXISTS (400)."""

    CODE = "RESOURCE_ALREADY_EXISTS"


class InvalidParameter(_CodedError):
    """What was asked for makes no sense: INVALID_PARAMETER_VALUE (400)."""

    CODE = "INVALID_PARAMETER_VALUE"


class InvalidState(_CodedError):
    """Not in the state that this thing is in: INVALID_STATE (500)."""

    CODE = "INVALID_STATE"


class Conflict(_CodedError):
    """Somebody else changed it meanwhile: RESOURCE_CONFLICT (409)."""

    CODE = "RESOURCE_CONFLICT"


class PermissionDenied(_CodedError):
    """Not with these credentials: PERMISSION_DENIED (403)."""

    CODE = "PERMISSION_DENIED"


class Unauthenticated(_CodedError):
    """Not without credentials: UNAUTHENTICATED (401)."""

    CODE = "UNAUTHENTICATED"


class ResourceExhausted(_CodedError):
    """A quota, a disk or a limit is full: RESOURCE_EXHAUSTED (429)."""

    CODE = "RESOURCE_EXHAUSTED"


class TemporarilyUnavailable(_CodedError):
    """Might succeed when it is tried again: TEMPORARILY_UNAVAILABLE (503); clients retry by themselves."""

    CODE = "TEMPORARILY_UNAVAILABLE"


class NotImplementedByPlugin(_CodedError):
    """The plugin lacks the capability: NOT_IMPLEMENTED (501)."""

    CODE = "NOT_IMPLEMENTED"


class UploadAborted(_CodedError):
    """The sender of a file gave up, or is gone: nothing of the file may become visible."""

    CODE = "CANCELLED"


def error_of(code: str, message: str) -> Error:
    """An error of the class of its code, where there is one."""
    for kind in _CodedError.__subclasses__():
        if code == kind.CODE:
            return kind(message)
    return Error(code, message)
