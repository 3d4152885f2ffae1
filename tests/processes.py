"""Looks at the processes that the tests' servers start."""

import os


def children_of(pid: int) -> "list[int]":
    """The processes that any thread of a process has started and that are still there."""
    children = []
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/children") as file:
                children += [int(child) for child in file.read().split()]
        except FileNotFoundError:
            pass  # the thread has just ended
    return children
