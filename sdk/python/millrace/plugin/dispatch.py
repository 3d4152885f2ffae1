"""From the bytes of a call to a function of the author's class and back."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, Callable, cast

from google.protobuf.message import Message

from millrace.plugin import streams
from millrace.plugin.context import INSTANCE_KEY, CallContext
from millrace.plugin.errors import Error, InvalidParameter, UploadAborted
from millrace.plugin.instances import Instances
from millrace.plugin.operations import Kind, Operation, Shape
from millrace.ttrpc.frames import Bytes
from millrace.ttrpc.service import Call, Method, ServerStream, StreamMethod, UnaryMethod
from millrace.ttrpc.status import StatusCode, StatusError

log = logging.getLogger("millrace.plugin")

_CLIENT_STREAMS = (Shape.UPLOAD, Shape.COLLECT, Shape.DIALOGUE)
_SERVER_STREAMS = (Shape.DOWNLOAD, Shape.EMIT, Shape.DIALOGUE)


def methods_of(kind: type[Kind], instances: Instances) -> dict[str, Method]:
    """The ttrpc methods of a kind's service; each finds its instance by the metadata of the call."""
    return {operation.rpc: _method(operation, kind, instances) for operation in kind.OPERATIONS}


def answering_faults(what: str, action: Callable[[], Any]) -> Any:
    """Runs what an author wrote; whatever it throws becomes a status that tells the caller enough."""
    try:
        return action()
    except StatusError:
        raise
    except Exception as error:
        raise _status_of(what, error) from error


def _status_of(what: str, error: Exception) -> StatusError:
    if isinstance(error, Error):
        return error.to_status()
    log.exception("%s failed", what)
    reason = f"{what} failed: {type(error).__name__}; the log of the plugin tells more"
    return Error("INTERNAL_ERROR", reason).to_status()


def _method(operation: Operation, kind: type[Kind], instances: Instances) -> Method:
    what = f"{kind.KIND}.{operation.function}"
    if operation.shape is Shape.UNARY:
        return UnaryMethod(_unary(operation, kind, instances, what))
    run = _STREAMS[operation.shape]

    def handle(stream: ServerStream) -> bytes | None:
        def perform() -> bytes | None:
            with instances.use(_instance_id(stream.call)) as instance:
                return run(operation, _function(instance, kind, operation), stream)

        return cast("bytes | None", answering_faults(what, perform))

    return StreamMethod(handle, operation.shape in _CLIENT_STREAMS, operation.shape in _SERVER_STREAMS)


def _unary(
    operation: Operation, kind: type[Kind], instances: Instances, what: str
) -> Callable[[Call, Bytes], bytes]:
    # Not by `answering_faults`: a function made for each call would cost a short one a microsecond.
    def handle(call: Call, payload: Bytes) -> bytes:
        try:
            with instances.use(_instance_id(call)) as instance:
                request = streams.parse(operation.request, payload)
                return _answer(operation, _function(instance, kind, operation)(CallContext(call), request))
        except StatusError:
            raise
        except Exception as error:
            raise _status_of(what, error) from error

    return handle


def _instance_id(call: Call) -> int:
    text = call.find(INSTANCE_KEY)
    if not text.isdecimal():
        raise InvalidParameter(f"the call names no instance in its metadata '{INSTANCE_KEY}'")
    return int(text)


def _function(instance: Kind, kind: type[Kind], operation: Operation) -> Callable[..., Any]:
    if kind not in type(instance).__mro__:  # isinstance asks an abstract class, which takes much longer
        raise InvalidParameter(f"the instance is a {instance.KIND}, not a {kind.KIND}")
    return cast("Callable[..., Any]", getattr(instance, operation.function))


def _answer(operation: Operation, result: Message | None) -> bytes:
    if result is None and not operation.response.DESCRIPTOR.fields:
        return b""
    if not isinstance(result, operation.response):
        raise TypeError(
            f"{operation.function} returned {type(result).__name__} instead of {operation.response.__name__}"
        )
    return result.SerializeToString()


def _upload(operation: Operation, function: Callable[..., Any], stream: ServerStream) -> bytes:
    upload = streams.Upload(stream, operation.request)
    result = function(CallContext(stream.call), upload.request, iter(upload))
    if upload.committed:
        return _answer(operation, result)
    if upload.broken:
        raise UploadAborted("the upload was not committed")
    raise RuntimeError(f"{operation.function} returned before it had read its content to the end")


def _download(operation: Operation, function: Callable[..., Any], stream: ServerStream) -> None:
    content = function(CallContext(stream.call), _request(operation, stream))
    try:
        head = _head(operation, content)
        for data in streams.pieces(content):
            if data:
                stream.send(head, streams.before_data(operation.response, len(data)), data)
                head = b""
        if head:
            stream.send(head)
    finally:
        streams.close(content)


def _head(operation: Operation, content: object) -> bytes:
    """What the first piece says beside its bytes, encoded."""
    size = streams.file_size(content) if "file_size" in operation.response.DESCRIPTOR.fields_by_name else None
    piece = cast("Callable[..., Message]", operation.response)
    return b"" if size is None else piece(file_size=size).SerializeToString()


def _emit(operation: Operation, function: Callable[..., Any], stream: ServerStream) -> None:
    _send_all(operation, function(CallContext(stream.call), _request(operation, stream)), stream)


def _collect(operation: Operation, function: Callable[..., Any], stream: ServerStream) -> bytes:
    return _answer(operation, function(CallContext(stream.call), _requests(operation, stream)))


def _dialogue(operation: Operation, function: Callable[..., Any], stream: ServerStream) -> None:
    _send_all(operation, function(CallContext(stream.call), _requests(operation, stream)), stream)


def _request(operation: Operation, stream: ServerStream) -> Message:
    payload = stream.receive()
    if payload is None:
        raise StatusError(StatusCode.INVALID_ARGUMENT, "the request is missing")
    return streams.parse(operation.request, payload)


def _requests(operation: Operation, stream: ServerStream) -> Iterator[Message]:
    return (streams.parse(operation.request, payload) for payload in stream)


def _send_all(operation: Operation, messages: Any, stream: ServerStream) -> None:
    try:
        for message in messages:
            stream.send(_answer(operation, message))
    finally:
        streams.close(messages)


_STREAMS: dict[Shape, Callable[[Operation, Callable[..., Any], ServerStream], bytes | None]] = {
    Shape.UPLOAD: _upload,
    Shape.DOWNLOAD: _download,
    Shape.EMIT: _emit,
    Shape.COLLECT: _collect,
    Shape.DIALOGUE: _dialogue,
}
