"""The plugin `veteran` in Python."""

import logging
from collections.abc import Iterator

import millrace.plugin
from millrace.plugin import ArtifactRepository, CallContext, Download, NotFound, Plugin, PluginOptions, ResourceExhausted
from millrace.plugin.messages import ArtifactListing, ArtifactPath, ArtifactRead, ArtifactWrite, FileInfo

plugin = Plugin()


@plugin.artifact_repository("veteran")
class Veteran(ArtifactRepository):
    EXTRA_CAPABILITIES = ("ranges",)

    def __init__(self, options: PluginOptions) -> None:
        self._limit = options.integer("limit")
        self._files = {
            "owner": options.string("owner").encode(),
            "pass": str(len(options.secret("pass").reveal())).encode(),
            "sdk": millrace.plugin.__file__.encode(),
        }
        logging.warning("the veteran of %s serves %s", options.string("owner"), options.uri)

    def list(self, context: CallContext, request: ArtifactPath) -> ArtifactListing:
        files = sorted(self._files.items()) if not request.path else []
        return ArtifactListing(files=[FileInfo(path=path, file_size=len(file)) for path, file in files])

    def read(self, context: CallContext, request: ArtifactRead) -> Download:
        if request.path not in self._files:
            raise NotFound(f"The veteran does not carry '{request.path}'.")
        end = request.offset + request.length if request.length else None
        file = self._files[request.path]
        return Download([file[request.offset : end]], len(file))

    def write(self, context: CallContext, request: ArtifactWrite, content: Iterator[bytes]) -> None:
        whole = b""
        for piece in content:
            whole += piece
            if len(whole) > self._limit:
                raise ResourceExhausted(f"The veteran carries no more than {self._limit}.")
        self._files[request.path] = whole

    def remove(self, context: CallContext, request: ArtifactPath) -> None:
        self._files.pop(request.path, None)
