"""What travels with every call beside its message."""

from __future__ import annotations

from millrace.plugin.errors import Error
from millrace.ttrpc.service import Call

INSTANCE_KEY = "millrace-instance"
REQUEST_ID_KEY = "millrace-request-id"


class CallContext:
    """One call: its id in the log and how long anybody waits for the answer. Any thread may use it."""

    def __init__(self, call: Call | None = None) -> None:
        """A context without a call has no limits; for tests that call a plugin's functions themselves."""
        self._call = call

    @property
    def request_id(self) -> str:
        """The id under which the request stands in the server's log; empty when there is none."""
        return self._call.find(REQUEST_ID_KEY) if self._call else ""

    @property
    def deadline(self) -> float | None:
        """On the clock of time.monotonic(): after it nobody waits for the answer. None: no limit."""
        return self._call.deadline if self._call else None

    def remaining(self) -> float | None:
        """Seconds until the deadline, at least 0; None when there is no limit."""
        return self._call.remaining() if self._call else None

    @property
    def cancelled(self) -> bool:
        """Nobody waits for the answer any more."""
        return self._call.cancelled if self._call else False

    def check(self) -> None:
        """Throws CANCELLED when nobody waits any more; for the loops of long operations."""
        if self.cancelled:
            raise Error("CANCELLED", "nobody waits for the answer any more")
