"""Tags runs with where they were made."""

from __future__ import annotations

import socket

from millrace.plugin import CallContext, PluginOptions, RunContext
from millrace.plugin.messages import RunContextQuery, RunContextTags, RunTag

# Bytes that the key and the value of a tag may have.
_LONGEST_KEY = 250
_LONGEST_VALUE = 8000


class SamplePlugin(RunContext):
    def __init__(self, options: PluginOptions) -> None:
        self._prefix = options.string("prefix", "ci.")

    def get_tags(self, context: CallContext, request: RunContextQuery) -> RunContextTags:
        tags = {"host": socket.gethostname()}
        for name, value in sorted(request.environment.items()):
            if name.startswith("CI_"):
                key = self._prefix + name[len("CI_") :].lower()
                tags[_cut(key, _LONGEST_KEY)] = _cut(value, _LONGEST_VALUE)
        return RunContextTags(
            applies=True, tags=[RunTag(key=key, value=value) for key, value in tags.items()]
        )


def _cut(text: str, limit: int) -> str:
    """The beginning of a text that has at most so many bytes."""
    return text.encode()[:limit].decode(errors="ignore")
