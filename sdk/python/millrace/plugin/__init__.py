"""Write Millrace plugins in Python.

A plugin is a module with a `Plugin` object and, for each kind that it provides, a class derived from that
kind's base class:

    from millrace.plugin import ArtifactRepository, Plugin, PluginOptions

    plugin = Plugin()

    @plugin.artifact_repository("acme")
    class AcmeRepository(ArtifactRepository):
        def __init__(self, options: PluginOptions) -> None:
            self._root = options.uri

`python -m millrace.plugin MODULE` serves it; Millrace starts that by itself.
"""

from millrace.plugin.context import CallContext
from millrace.plugin.errors import (
    AlreadyExists,
    Conflict,
    Error,
    InvalidParameter,
    InvalidState,
    NotFound,
    NotImplementedByPlugin,
    PermissionDenied,
    ResourceExhausted,
    TemporarilyUnavailable,
    Unauthenticated,
    UploadAborted,
)
from millrace.plugin.kinds import *  # noqa: F403
from millrace.plugin.kinds import KINDS, KindDecorators
from millrace.plugin.options import PluginOptions, Secret
from millrace.plugin.streams import Download


class Plugin(KindDecorators):
    """What a module provides. Decorate classes, or functions that make objects, with its kinds."""


__all__ = [  # noqa: PLE0604
    "AlreadyExists",
    "CallContext",
    "Conflict",
    "Download",
    "Error",
    "InvalidParameter",
    "InvalidState",
    "NotFound",
    "NotImplementedByPlugin",
    "PermissionDenied",
    "Plugin",
    "PluginOptions",
    "ResourceExhausted",
    "Secret",
    "TemporarilyUnavailable",
    "Unauthenticated",
    "UploadAborted",
    *(kind.__name__ for kind in KINDS.values()),
]
