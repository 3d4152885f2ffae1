"""Keeps nothing: what is left to measure is the way to a plugin in Python and back."""

from collections.abc import Iterator

from millrace.plugin import ArtifactRepository, CallContext, Plugin, PluginOptions
from millrace.plugin.messages import ArtifactListing, ArtifactPath, ArtifactRead, ArtifactWrite

plugin = Plugin()
PIECE = bytes(1 << 20)


@plugin.artifact_repository("noop-python")
class NoopRepository(ArtifactRepository):
    def __init__(self, options: PluginOptions) -> None:
        pass

    def list(self, context: CallContext, request: ArtifactPath) -> ArtifactListing:
        return ArtifactListing()

    def read(self, context: CallContext, request: ArtifactRead) -> Iterator[bytes]:
        left = int(request.path)
        while left > 0:
            yield PIECE[:left]
            left -= len(PIECE)

    def write(self, context: CallContext, request: ArtifactWrite, content: Iterator[bytes]) -> None:
        for _ in content:
            pass

    def remove(self, context: CallContext, request: ArtifactPath) -> None:
        pass
