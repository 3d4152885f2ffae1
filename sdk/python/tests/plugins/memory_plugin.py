"""A plugin that keeps files in memory, with misbehaviour on demand. It prints where it should not."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from typing import cast

from millrace.plugin import ArtifactRepository, CallContext, Error, NotFound, Plugin, PluginOptions
from millrace.plugin.messages import (
    ArtifactListing,
    ArtifactPath,
    ArtifactRead,
    ArtifactWrite,
    CheckReport,
    FileInfo,
)

print("printed at import")
os.write(1, b"written to file descriptor 1 at import\n")
os.system("echo printed by a child process")
sys.__stdout__.write("printed behind our back\n") if sys.__stdout__ else None

plugin = Plugin()


@plugin.artifact_repository("memory", "mem")
class MemoryRepository(ArtifactRepository):
    def __init__(self, options: PluginOptions) -> None:
        self._files: dict[str, bytes] = {}
        self._options = options
        if options.boolean("broken", False):
            raise Error("TEMPORARILY_UNAVAILABLE", "the memory is away")

    def list(self, context: CallContext, request: ArtifactPath) -> ArtifactListing:
        return ArtifactListing(
            files=[
                FileInfo(path=path, is_dir=False, file_size=len(data)) for path, data in self._files.items()
            ]
        )

    def read(self, context: CallContext, request: ArtifactRead) -> Iterator[bytes]:
        if request.path == "endless":
            while True:
                context.check()
                yield b"\0" * (1 << 20)
        if request.path == "huge":
            yield b"\1" * (100 << 20)
        if request.path == "text":
            yield cast(bytes, "not bytes")
        if request.path not in self._files:
            raise NotFound(f"there is no file '{request.path}'")
        yield self._files[request.path]

    def write(self, context: CallContext, request: ArtifactWrite, content: Iterator[bytes]) -> None:
        if request.path == "hasty":
            return
        if request.path == "sink":
            print(sum(len(piece) for piece in content))
            return
        if request.path == "swallowing":
            try:
                for _ in content:
                    pass
            except Exception:
                return
        self._files[request.path] = b"".join(content)

    def remove(self, context: CallContext, request: ArtifactPath) -> None:
        if request.path == "slow":
            time.sleep(float(self._options.number("sleep", 1.0)))
            self._files["slow finished"] = b""
        if request.path == "crash":
            os._exit(70)
        if request.path == "bug":
            raise RuntimeError("the secret is sesame")
        if request.path == "wrong":
            return cast(None, 5)
        return None

    def check(self, context: CallContext) -> Sequence[CheckReport.Finding]:
        if not self._options.secret("password"):
            raise Error("UNAUTHENTICATED", "set MEMORY_PASSWORD")
        fine = CheckReport.OUTCOME_FINE
        return [CheckReport.Finding(subject="credentials", outcome=fine, message="accepted")]


def not_a_plugin() -> None:
    """The attribute that a careless command names."""


empty = Plugin()
