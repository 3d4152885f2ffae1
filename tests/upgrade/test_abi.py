"""The C interface of today is, in its first part, the one that libraries of plugins were built with."""

from __future__ import annotations

import hashlib
import pathlib
import re

import frozen

HEADER = pathlib.Path("sdk/cpp/include/millrace/plugin_abi.h")
MARKED = re.compile(r"^/\* ABI 1\.0 begins \*/\n(.*)^/\* ABI 1\.0 ends \*/$", re.MULTILINE | re.DOTALL)


def marked_lines(header: str) -> str:
    found = MARKED.search(header)
    assert found, "the marks are gone"
    return found[1]


def stated_hash(header: str) -> str:
    found = re.search(r'^#define MILLRACE_ABI_HASH "([0-9a-f]{64})"$', header, re.MULTILINE)
    assert found, "MILLRACE_ABI_HASH is gone"
    return found[1]


def test_the_stated_hash_is_that_of_the_lines_between_the_marks() -> None:
    header = (frozen.ROOT / HEADER).read_text()
    assert stated_hash(header) == hashlib.sha256(marked_lines(header).encode()).hexdigest()


def test_the_interface_of_major_1_is_still_that_of_the_first_release() -> None:
    first, today = (frozen.release() / HEADER).read_text(), (frozen.ROOT / HEADER).read_text()
    assert marked_lines(today) == marked_lines(first)
    assert stated_hash(today) == stated_hash(first)
