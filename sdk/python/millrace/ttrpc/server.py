"""The server: a few threads that take turns at one epoll set.

Every thread waits in epoll. The kernel wakes one of them for a connection that has something to read; the
connection is silent for the others meanwhile (EPOLLONESHOT). The thread takes one request, arms the
connection again and carries the request out itself, so that a call that comes alone never changes threads,
and one that comes while another is carried out is read by the next thread. The last thread that waits
never carries a call out: it goes on reading and leaves calls to whoever is free first.

One thread at a time leads: it keeps its connection, carries out calls that are short and waits for the next
at the connection itself. No other thread then meets it at the interpreter's lock for each call, which cost
more than the call. It gives the connection back before a stream or a call that may last, and a watch takes it
away from a call that lasts all the same.
"""

from __future__ import annotations

import os
import select
import socket
import threading
from collections import deque

from millrace.ttrpc.connection import Connection, Pause, Task
from millrace.ttrpc.frames import widen_buffers
from millrace.ttrpc.service import Services
from millrace.ttrpc.status import ConnectionLost, StatusCode, StatusError
from millrace.ttrpc.watch import Watch

_ONCE = select.EPOLLIN | select.EPOLLONESHOT


class Server:
    """Listens on a Unix socket and serves until `stop`. All functions may be called by any thread."""

    def __init__(
        self, services: Services, path: str, *, threads: int = 32, waiting_calls: int = 1024
    ) -> None:
        """Binds `path`; calls are taken from `start` on.

        `threads` is the number of calls that are carried out at once, and `waiting_calls` of those that wait
        for a thread; further ones are answered with RESOURCE_EXHAUSTED.
        """
        self._services = services
        self._call_limit = max(1, threads)
        self._thread_limit = self._call_limit + 2  # one reads and one leads while the others are busy
        self._queue_limit = waiting_calls
        self._listener = _listen(path)
        self._poll = select.epoll()
        self._bell_out, self._bell_in = os.pipe()
        os.set_blocking(self._bell_out, False)
        self._connections: dict[int, Connection] = {}
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._queue: deque[Task] = deque()
        self._resumed: deque[Connection] = deque()
        self._threads = 0
        self._free = 0  # threads that neither lead nor carry a call out
        self._led: Connection | None = None
        self._watch = Watch(self._end_lead)
        self._running = 0  # calls that are carried out
        self._active = 0  # calls begun and not ended, waiting ones included
        self._draining = False
        self._stopped = False

    def start(self) -> None:
        self._poll.register(self._bell_out, select.EPOLLIN)
        self._poll.register(self._listener.fileno(), _ONCE)
        with self._lock:
            self._add_thread()
            self._add_thread()

    def stop(self, grace: float) -> bool:
        """Takes no further calls, waits up to `grace` seconds for those begun, closes all connections.

        Returns whether all calls ended in time.
        """
        with self._lock:
            self._draining = True
            ended = self._idle.wait_for(lambda: self._active == 0, grace)
            self._stopped = True
        os.write(self._bell_in, b"s")  # stays unread, so that every thread hears it
        for connection in list(self._connections.values()):
            connection.shut()
        self._listener.close()
        self._watch.stop()
        return ended

    # ---- the threads ----

    def _add_thread(self) -> None:
        self._threads += 1
        self._free += 1
        name = f"millrace-ttrpc-{self._threads}"
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def _work(self) -> None:
        while not self._stopped:
            task = self._take()
            if task is not None:
                self._carry_out(task)
                self._become_free()
                continue
            for descriptor, _ in self._poll.poll(None, 1):
                self._attend(descriptor)

    def _attend(self, descriptor: int) -> None:
        if descriptor == self._bell_out:
            self._answer_bell()
        elif descriptor in self._connections:
            self._serve(self._connections[descriptor])
        else:
            self._welcome()

    def _answer_bell(self) -> None:
        if self._stopped:
            return
        try:
            os.read(self._bell_out, 1)
        except BlockingIOError:
            return  # another thread was faster
        with self._lock:
            connection = self._resumed.popleft() if self._resumed else None
        if connection is not None:
            self._serve(connection)

    def _welcome(self) -> None:
        try:
            peer, _ = self._listener.accept()
            self._poll.modify(self._listener.fileno(), _ONCE)
        except (OSError, ValueError):
            return  # stopped
        widen_buffers(peer)
        connection = Connection(peer, self._services, self._resume)
        self._connections[connection.descriptor] = connection
        self._poll.register(connection.descriptor, _ONCE)

    def _serve(self, connection: Connection) -> None:
        """Reads a connection that is this thread's own until it is armed again or stalls."""
        if self._begin_lead(connection):
            self._lead(connection)
            self._become_free()
            return
        while (task := self._next_task(connection, wait=False)) is not None:
            if connection.has_leftover:
                self._enqueue(task)
                continue
            self._arm(connection)
            if self._claim():
                self._carry_out(task)
                self._become_free()
            else:
                self._enqueue(task)
            return

    def _lead(self, connection: Connection) -> None:
        """Carries out what is short and comes alone; ends when the connection is no longer its own."""
        while (task := self._next_task(connection, wait=True)) is not None:
            if connection.has_leftover or not self._begin_call():
                self._enqueue(task)
            elif task.is_short:
                call = self._watch.begin()
                self._carry_out(task)
                if not self._watch.end(call):
                    return
                if self._queue:  # what came while all were busy; others look when they come back
                    self._ring()
            else:
                self._end_lead()
                self._carry_out(task)
                return
        self._led = None

    def _next_task(self, connection: Connection, *, wait: bool) -> Task | None:
        """The next call that is admitted, or None when the connection has been lost, stalls or is armed."""
        while True:
            try:
                step = connection.next_task(wait=wait)
            except ConnectionLost:
                self._drop(connection)
                return None
            if step is Pause.EMPTY:
                self._arm(connection)
            if isinstance(step, Pause):
                return None
            if self._admit(step):
                return step

    def _arm(self, connection: Connection) -> None:
        self._poll.modify(connection.descriptor, _ONCE)

    def _drop(self, connection: Connection) -> None:
        del self._connections[connection.descriptor]
        self._poll.unregister(connection.descriptor)
        connection.lose()

    def _resume(self, connection: Connection) -> None:
        """A stalled connection has room again; some thread goes on reading it."""
        with self._lock:
            self._resumed.append(connection)
        self._ring()

    def _ring(self) -> None:
        """Wakes a thread that waits, for a task or a connection."""
        os.write(self._bell_in, b"r")

    # ---- who carries out what ----

    def _admit(self, task: Task) -> bool:
        with self._lock:
            if not self._draining and len(self._queue) < self._queue_limit:
                self._active += 1
                return True
        reason = "the server is stopping" if self._draining else "too many calls wait for a thread"
        code = StatusCode.UNAVAILABLE if self._draining else StatusCode.RESOURCE_EXHAUSTED
        task.refuse(StatusError(code, reason))
        return False

    def _begin_lead(self, connection: Connection) -> bool:
        with self._lock:
            if self._led is not None or not self._leave_waiting():
                return False
            self._led = connection
            return True

    def _end_lead(self) -> None:
        """Gives the connection that is led to the others."""
        connection, self._led = self._led, None
        if connection is not None:
            self._arm(connection)

    def _begin_call(self) -> bool:
        """Whether a thread that waits for nothing else may carry a call out."""
        with self._lock:
            if self._running >= self._call_limit:
                return False
            self._running += 1
            return True

    def _claim(self) -> bool:
        """Whether this thread may carry a call out and leave waiting to another one."""
        with self._lock:
            return self._leave_to_call()

    def _leave_to_call(self) -> bool:
        if self._running >= self._call_limit or not self._leave_waiting():
            return False
        self._running += 1
        return True

    def _leave_waiting(self) -> bool:
        if self._free == 1:
            if self._threads >= self._thread_limit:
                return False
            self._add_thread()
        self._free -= 1
        return True

    def _take(self) -> Task | None:
        with self._lock:
            if self._queue and self._leave_to_call():
                return self._queue.popleft()
            return None

    def _enqueue(self, task: Task) -> None:
        with self._lock:
            self._queue.append(task)
        self._ring()

    def _carry_out(self, task: Task) -> None:
        try:
            task.run()
        finally:
            with self._lock:
                self._running -= 1
                self._active -= 1
                if self._active == 0 and self._draining:
                    self._idle.notify_all()

    def _become_free(self) -> None:
        with self._lock:
            self._free += 1


def _listen(path: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    os.chmod(path, 0o600)
    listener.listen(64)
    listener.setblocking(False)
    return listener
