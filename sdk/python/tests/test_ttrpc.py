"""Server and client together: deadlines, threads, streams, ends."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Callable

import pytest

from millrace.ttrpc import (
    Call,
    Client,
    ConnectionLost,
    Server,
    ServerStream,
    StatusCode,
    StatusError,
    StreamMethod,
    UnaryMethod,
)

from .conftest import SERVICE, Serve

Connect = Callable[..., Client]

ECHO = UnaryMethod(lambda call, payload: bytes(payload))
PIECE = b"\7" * (1 << 20)


def _count(stream: ServerStream) -> bytes:
    return b"%d" % sum(len(message) for message in stream)


COUNT = StreamMethod(_count, client_streaming=True, server_streaming=False)


def _emit(stream: ServerStream) -> None:
    message = stream.receive()
    for _ in range(int(bytes(message or b"0"))):
        stream.send(PIECE)


EMIT = StreamMethod(_emit, client_streaming=False, server_streaming=True)


def resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def test_metadata_and_time_arrive(connect: Connect) -> None:
    seen: list[Call] = []

    def see(call: Call, payload: object) -> bytes:
        seen.append(call)
        return b""

    client = connect({"See": UnaryMethod(see)})
    client.call(SERVICE, "See", b"", timeout=5, metadata={"a": "1", "b": "ü"})
    assert dict(seen[0].metadata) == {"a": "1", "b": "ü"}
    remaining = seen[0].remaining()
    assert remaining is not None and 0 < remaining <= 5
    client.call(SERVICE, "See", b"")
    assert seen[1].remaining() is None


def test_a_status_arrives_with_its_code(connect: Connect) -> None:
    def refuse(call: Call, payload: object) -> bytes:
        raise StatusError(StatusCode.PERMISSION_DENIED, "not you")

    with pytest.raises(StatusError, match="not you") as caught:
        connect({"Refuse": UnaryMethod(refuse)}).call(SERVICE, "Refuse", b"")
    assert caught.value.code == StatusCode.PERMISSION_DENIED


def test_a_call_that_takes_too_long_fails_and_the_connection_goes_on(connect: Connect) -> None:
    released = threading.Event()
    client = connect({"Wait": UnaryMethod(lambda c, p: (released.wait(30), b"")[1]), "Echo": ECHO})
    with pytest.raises(StatusError) as caught:
        client.call(SERVICE, "Wait", b"", timeout=0.05)
    assert caught.value.code == StatusCode.DEADLINE_EXCEEDED
    released.set()
    assert client.call(SERVICE, "Echo", b"x", timeout=10) == b"x"


def test_a_slow_call_does_not_hold_up_others(connect: Connect) -> None:
    released = threading.Event()
    client = connect({"Wait": UnaryMethod(lambda c, p: (released.wait(30), b"late")[1]), "Echo": ECHO})
    with ThreadPoolExecutor(8) as pool:
        slow = [pool.submit(client.call, SERVICE, "Wait", b"") for _ in range(8)]
        for _ in range(100):
            assert client.call(SERVICE, "Echo", b"x", timeout=10) == b"x"
        assert not any(future.done() for future in slow)
        released.set()
        assert [future.result(10) for future in slow] == [b"late"] * 8


def test_calls_that_come_alone_rarely_change_threads(connect: Connect) -> None:
    seen: list[int] = []

    def see(call: Call, payload: object) -> bytes:
        seen.append(threading.get_ident())
        return b""

    client = connect({"See": UnaryMethod(see)})
    for _ in range(400):
        client.call(SERVICE, "See", b"", timeout=10)
    # Never, but for calls that a busy machine makes last.
    assert sum(thread != after for thread, after in zip(seen, seen[1:])) < 100


def test_a_method_that_lasted_is_left_to_other_threads_at_once(connect: Connect) -> None:
    def sleep(call: Call, payload: object) -> bytes:
        time.sleep(0.05)
        return b""

    slow = UnaryMethod(sleep)
    client = connect({"Slow": slow, "Echo": ECHO})
    client.call(SERVICE, "Slow", b"", timeout=10)
    assert not slow.is_short
    taken = []
    with ThreadPoolExecutor(1) as pool:
        for _ in range(5):
            waits = pool.submit(client.call, SERVICE, "Slow", b"", timeout=10)
            time.sleep(0.01)
            begin = time.monotonic()
            client.call(SERVICE, "Echo", b"", timeout=10)
            taken.append(time.monotonic() - begin)
            waits.result(10)
    assert min(taken) < 0.02


def test_a_connection_that_is_led_and_silent_does_not_keep_others_waiting(serve: Serve) -> None:
    path = serve({"Echo": ECHO}, threads=1)
    with Client(path) as client, Client(path) as other:
        for _ in range(200):
            assert client.call(SERVICE, "Echo", b"x", timeout=10) == b"x"
            assert other.call(SERVICE, "Echo", b"y", timeout=10) == b"y"


def test_calls_beyond_the_threads_wait_for_one(connect: Connect) -> None:
    running, most = [], []

    def work(call: Call, payload: object) -> bytes:
        running.append(1)
        most.append(len(running))
        time.sleep(0.002)
        running.pop()
        return b"done"

    client = connect({"Work": UnaryMethod(work)}, threads=2)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: client.call(SERVICE, "Work", b"", timeout=20), range(64)))
    assert answers == [b"done"] * 64
    assert max(most) <= 2


def test_uploads_get_through_when_every_thread_waits_for_data(connect: Connect) -> None:
    client = connect({"Count": COUNT}, threads=2)
    streams = [client.stream(SERVICE, "Count", sends=True, timeout=20) for _ in range(6)]
    for stream in streams:
        stream.send(b"abc")
    assert [stream.answer() for stream in streams] == [b"3"] * 6


def test_too_many_waiting_calls_are_refused(connect: Connect) -> None:
    released = threading.Event()
    methods = {"Wait": UnaryMethod(lambda c, p: (released.wait(30), b"")[1])}
    client = connect(methods, threads=1, waiting_calls=2)
    outcomes: list[int] = []

    def call() -> None:
        try:
            client.call(SERVICE, "Wait", b"", timeout=30)
            outcomes.append(0)
        except StatusError as error:
            outcomes.append(error.code)
            released.set()

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(set(outcomes)) == [0, StatusCode.RESOURCE_EXHAUSTED]


def test_sixteen_threads_share_a_connection(connect: Connect) -> None:
    client = connect({"Echo": ECHO})

    def calls(thread: int) -> bool:
        return all(
            client.call(SERVICE, "Echo", b"%d/%d" % (thread, i), timeout=30) == b"%d/%d" % (thread, i)
            for i in range(200)
        )

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(calls, range(16)))


def test_ten_thousand_calls_leave_memory_as_it_was(connect: Connect) -> None:
    client = connect({"Echo": ECHO})
    for _ in range(2000):
        client.call(SERVICE, "Echo", b"x" * 100)
    before = resident()
    for _ in range(10_000):
        client.call(SERVICE, "Echo", b"x" * 100)
    assert resident() - before < 2 << 20


def test_a_hundred_megabytes_go_up_in_little_memory(connect: Connect) -> None:
    client = connect({"Count": COUNT})
    stream = client.stream(SERVICE, "Count", sends=True, timeout=60)
    stream.send(PIECE)
    before = resident()
    for _ in range(99):
        stream.send(PIECE)
    assert stream.answer() == b"%d" % (100 << 20)
    assert resident() - before < 32 << 20


def test_a_hundred_megabytes_come_down_in_little_memory(connect: Connect) -> None:
    client = connect({"Emit": EMIT})
    before = resident()
    stream = client.stream(SERVICE, "Emit", b"100", sends=False, timeout=60)
    assert sum(len(message) for message in stream) == 100 << 20
    assert resident() - before < 32 << 20


def test_an_upload_that_nobody_reads_stops_its_sender(serve: Serve) -> None:
    released = threading.Event()

    def lazy(stream: ServerStream) -> bytes:
        released.wait(30)
        return _count(stream)

    path = serve({"Lazy": StreamMethod(lazy, client_streaming=True, server_streaming=False), "Echo": ECHO})
    sent = []
    with Client(path) as uploading, Client(path) as other:
        stream = uploading.stream(SERVICE, "Lazy", sends=True)

        def send() -> None:
            for _ in range(40):
                stream.send(PIECE)
                sent.append(1)

        sender = threading.Thread(target=send)
        sender.start()
        for _ in range(200):
            assert other.call(SERVICE, "Echo", b"x", timeout=10) == b"x"
        assert len(sent) < 16, "the sender must wait for the reader"
        released.set()
        sender.join(30)
        assert stream.answer() == b"%d" % (40 << 20)


def test_a_handler_that_leaves_its_stream_unread_does_not_block_the_connection(connect: Connect) -> None:
    ignore = StreamMethod(lambda stream: b"enough", client_streaming=True, server_streaming=False)
    client = connect({"Ignore": ignore, "Echo": ECHO})
    stream = client.stream(SERVICE, "Ignore", sends=True, timeout=30)
    for _ in range(12):
        stream.send(PIECE)
    assert stream.answer() == b"enough"
    assert client.call(SERVICE, "Echo", b"x", timeout=10) == b"x"


def test_a_stream_that_its_caller_does_not_read_fails_alone(connect: Connect) -> None:
    def small(stream: ServerStream) -> None:
        for _ in range(1000):
            stream.send(b"x")

    method = StreamMethod(small, client_streaming=False, server_streaming=True)
    client = connect({"Small": method, "Echo": ECHO})
    stream = client.stream(SERVICE, "Small", b"", sends=False)
    for _ in range(1000):
        assert client.call(SERVICE, "Echo", b"y", timeout=10) == b"y"
    with pytest.raises(StatusError) as caught:
        list(stream)
    assert caught.value.code == StatusCode.RESOURCE_EXHAUSTED


def test_a_stream_ends_with_the_handlers_failure_after_what_it_sent(connect: Connect) -> None:
    def fail(stream: ServerStream) -> None:
        stream.send(b"one")
        raise StatusError(StatusCode.NOT_FOUND, "no more")

    client = connect({"Fail": StreamMethod(fail, client_streaming=False, server_streaming=True)})
    stream = client.stream(SERVICE, "Fail", b"", sends=False)
    assert stream.receive() == b"one"
    with pytest.raises(StatusError, match="no more"):
        stream.receive()


def test_a_caller_that_goes_away_is_noticed(serve: Serve) -> None:
    noticed: list[str] = []
    done = threading.Event()

    def watch(stream: ServerStream) -> bytes:
        try:
            return _count(stream)
        except ConnectionLost:
            noticed.append("lost")
            assert stream.call.cancelled
            done.set()
            raise

    path = serve({"Watch": StreamMethod(watch, client_streaming=True, server_streaming=False)})
    with Client(path) as client:
        client.stream(SERVICE, "Watch", sends=True).send(b"x")
    assert done.wait(10) and noticed == ["lost"]


def test_stop_waits_for_calls_and_takes_no_new_ones(tmp_path: object) -> None:
    path = f"{tmp_path}/s.sock"
    started, released = threading.Event(), threading.Event()

    def wait(call: Call, payload: object) -> bytes:
        started.set()
        released.wait(30)
        return b"finished"

    server = Server({SERVICE: {"Wait": UnaryMethod(wait), "Echo": ECHO}}, path)
    server.start()
    with Client(path) as client, ThreadPoolExecutor(2) as pool:
        slow = pool.submit(client.call, SERVICE, "Wait", b"")
        assert started.wait(10)
        stopping = pool.submit(server.stop, 20.0)
        code = 0
        while code != StatusCode.UNAVAILABLE:
            try:
                client.call(SERVICE, "Echo", b"", timeout=10)
            except StatusError as error:
                code = error.code
        released.set()
        assert slow.result(10) == b"finished"
        assert stopping.result(10)


def test_a_server_that_goes_away_fails_the_calls_in_flight(tmp_path: object) -> None:
    path = f"{tmp_path}/s.sock"
    started = threading.Event()

    def wait(call: Call, payload: object) -> bytes:
        started.set()
        while not call.cancelled:
            time.sleep(0.01)
        return b""

    server = Server({SERVICE: {"Wait": UnaryMethod(wait)}}, path)
    server.start()
    with Client(path) as client, ThreadPoolExecutor(3) as pool:
        calls = [pool.submit(client.call, SERVICE, "Wait", b"") for _ in range(3)]
        assert started.wait(10)
        assert not server.stop(0.0)
        for call in calls:
            with pytest.raises(StatusError) as caught:
                call.result(10)
            assert caught.value.code == StatusCode.UNAVAILABLE
        with pytest.raises(ConnectionLost):
            client.call(SERVICE, "Wait", b"")


def test_connecting_to_nothing_is_a_lost_connection(tmp_path: object) -> None:
    with pytest.raises(ConnectionLost, match="cannot connect"):
        Client(f"{tmp_path}/nothing.sock")


def test_an_answer_over_the_limit_is_an_error_of_the_call(connect: Connect) -> None:
    client = connect({"Big": UnaryMethod(lambda call, payload: b"x" * (5 << 20)), "Echo": ECHO})
    with pytest.raises(StatusError) as caught:
        client.call(SERVICE, "Big", b"")
    assert caught.value.code == StatusCode.RESOURCE_EXHAUSTED
    assert client.call(SERVICE, "Echo", b"x") == b"x"
    with pytest.raises(StatusError) as caught:
        client.call(SERVICE, "Echo", b"x" * (5 << 20))
    assert caught.value.code == StatusCode.RESOURCE_EXHAUSTED
    assert client.call(SERVICE, "Echo", b"x") == b"x"
