"""The watch over the call of the thread that leads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from millrace.ttrpc.watch import Watch


class Found:
    """A watch, and how often it has found a call that lasts."""

    def __init__(self) -> None:
        self.times = 0
        self.heard = threading.Event()
        self.watch = Watch(self._hear)

    def _hear(self) -> None:
        self.times += 1
        self.heard.set()


@pytest.fixture
def found() -> Iterator[Found]:
    found = Found()
    yield found
    found.watch.stop()


def test_a_call_that_ends_at_once_is_not_found(found: Found) -> None:
    kept = sum(found.watch.end(found.watch.begin()) for _ in range(1000))
    assert kept == 1000 - found.times
    assert kept > 900  # the machine may make one last


def test_a_call_that_lasts_is_found_once(found: Found) -> None:
    call = found.watch.begin()
    assert found.heard.wait(10)
    time.sleep(0.05)
    assert found.times == 1
    assert not found.watch.end(call)


def test_a_call_is_found_after_the_watch_has_gone_to_sleep(found: Found) -> None:
    for _ in range(3):
        found.heard.clear()
        time.sleep(0.1)
        call = found.watch.begin()
        assert found.heard.wait(10)
        assert not found.watch.end(call)


def test_the_end_of_a_call_that_lasted_leaves_the_next_one_watched(found: Found) -> None:
    first = found.watch.begin()
    assert found.heard.wait(10)
    found.heard.clear()
    second = found.watch.begin()
    assert not found.watch.end(first)
    assert found.heard.wait(10)
    assert not found.watch.end(second)


def test_it_sleeps_while_nothing_happens(found: Found) -> None:
    found.watch.end(found.watch.begin())
    time.sleep(0.2)
    begin = time.process_time()
    time.sleep(0.3)
    assert time.process_time() - begin < 0.02
