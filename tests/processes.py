"""Looks at the processes that the tests' servers start."""

import contextlib
import os
import signal


def children_of(pid: int) -> "list[int]":
    """The processes that any thread of a process has started and that still run: no zombie that waits to be asked about."""
    children = []
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/children") as file:
                children += [int(child) for child in file.read().split()]
        except (FileNotFoundError, ProcessLookupError):
            pass  # the thread has just ended
    return [child for child in children if runs(child)]


def runs(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def kill_children(pid: int) -> "list[int]":
    """SIGKILL to each process that a process has started; those that it was sent to. One may end by itself meanwhile."""
    children = children_of(pid)
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    return children
