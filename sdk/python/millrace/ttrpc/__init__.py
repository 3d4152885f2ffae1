"""ttrpc, protobuf services over Unix sockets: a server and a client of containerd's published protocol.

Both ends work on bytes; what a payload means is the caller's. `ServerStream` and `ClientStream` carry the
messages of calls that stream, `StatusError` the failure of a call.
"""

from millrace.ttrpc.client import Client, ClientStream
from millrace.ttrpc.server import Server
from millrace.ttrpc.service import Call, Method, ServerStream, StreamMethod, UnaryMethod
from millrace.ttrpc.status import ConnectionLost, StatusCode, StatusError

__all__ = [
    "Call",
    "Client",
    "ClientStream",
    "ConnectionLost",
    "Method",
    "Server",
    "ServerStream",
    "StatusCode",
    "StatusError",
    "StreamMethod",
    "UnaryMethod",
]
