"""Finds calls that last, so that a thread may carry out short ones itself and make nobody wait for it."""

from __future__ import annotations

import threading
import time
from typing import Callable

_TICK = 0.002
_QUIET_TICKS = 25


class Watch:
    """Watches one call at a time, from `begin` until `end`.

    A call that is found at two ticks in a row, 2 ms apart, lasts: `lasts` is called on the thread of the
    watch, and `end` returns False. It sleeps while no call is announced, so that an idle server does nothing.
    """

    def __init__(self, lasts: Callable[[], None]) -> None:
        self._lasts = lasts
        # Holds its one element until one side takes it: `pop` has one winner and needs no lock.
        self._current: list[None] | None = None
        self._asleep = True
        self._stopped = False
        self._alarm = threading.Event()
        threading.Thread(target=self._run, name="millrace-ttrpc-watch", daemon=True).start()

    def begin(self) -> list[None]:
        """Announces a call. The last one has ended or was found to last."""
        self._current = call = [None]
        if self._asleep:
            self._asleep = False
            self._alarm.set()
        return call

    def end(self, call: list[None]) -> bool:
        """Whether the call ended before it was found to last."""
        if not _take(call):
            return False
        self._current = None
        return True

    def stop(self) -> None:
        """Ends the thread; a call that was announced is not found any more."""
        self._stopped = True
        self._alarm.set()

    def _run(self) -> None:
        while not self._stopped:
            self._alarm.wait()
            self._alarm.clear()
            self._watch()

    def _watch(self) -> None:
        seen, quiet = None, 0
        while quiet < _QUIET_TICKS and not self._stopped:
            time.sleep(_TICK)
            call = self._current
            if call is not None and call is seen and _take(call):
                self._lasts()
            quiet = quiet + 1 if call is seen else 0
            seen = call
            self._asleep = quiet >= _QUIET_TICKS
        # A call may have been announced before `begin` could see that nobody is awake.
        if self._current is not seen:
            self._asleep = False
            self._alarm.set()


def _take(call: list[None]) -> bool:
    try:
        call.pop()
    except IndexError:
        return False
    return True
