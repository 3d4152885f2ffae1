"""Reads services, operations and comments out of the descriptors of the contract."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from google.protobuf import descriptor_pb2

PLUGIN_PACKAGE = "millrace.v1.plugin"
CONTROL = "Control"

_PACKAGE_FIELD = 2
_MESSAGE_FIELD = 4
_SERVICE_FIELD = 6
_NESTED_FIELD = 2

Message = descriptor_pb2.DescriptorProto
FieldType = descriptor_pb2.FieldDescriptorProto


@dataclass(frozen=True)
class MessageType:
    """A message with the module it is generated into."""

    file: str
    descriptor: Message
    comments: dict[str, str]  # of the fields, by name

    @property
    def name(self) -> str:
        return self.descriptor.name

    def fields(self) -> dict[str, FieldType]:
        return {entry.name: entry for entry in self.descriptor.field}


@dataclass(frozen=True)
class Operation:
    """One rpc of a plugin kind."""

    rpc: str
    request: MessageType
    response: MessageType
    client_streaming: bool
    server_streaming: bool
    capability: str
    comment: str

    @property
    def name(self) -> str:
        return safe_name(snake_case(self.rpc))

    @property
    def shape(self) -> str:
        """How the operation looks to an author; names a member of millrace.plugin.operations.Shape."""
        if self.client_streaming and self.server_streaming:
            return "DIALOGUE"
        if self.client_streaming:
            return "UPLOAD" if {"data", "commit"} <= self.request.fields().keys() else "COLLECT"
        if self.server_streaming:
            fields = set(self.response.fields())
            return "DOWNLOAD" if "data" in fields and fields <= {"data", "file_size"} else "EMIT"
        return "UNARY"


@dataclass(frozen=True)
class Kind:
    """One service of the plugin package."""

    service: str
    comment: str
    operations: Sequence[Operation]

    @property
    def name(self) -> str:
        return snake_case(self.service)


@dataclass
class Contract:
    """All kinds of plugins and all messages of a descriptor set."""

    messages: dict[str, MessageType] = field(default_factory=dict)
    kinds: list[Kind] = field(default_factory=list)


def read_contract(files: descriptor_pb2.FileDescriptorSet) -> Contract:
    contract = Contract()
    for file in files.file:
        comments = _comments(file)
        for name, message, path in _messages(file):
            contract.messages[name] = MessageType(
                file.name, message, _field_comments(message, path, comments)
            )
    for file in files.file:
        if file.package == PLUGIN_PACKAGE:
            contract.kinds.extend(_kinds(file, contract.messages))
    return contract


def snake_case(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() and i > 0 else c.lower() for i, c in enumerate(name))


def safe_name(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def module_of(file: str) -> str:
    """The Python module that protoc generates from a file: "millrace.v1.runs_pb2"."""
    return file[: -len(".proto")].replace("/", ".") + "_pb2"


Path = tuple[int, ...]


def _comments(file: descriptor_pb2.FileDescriptorProto) -> dict[Path, str]:
    result = {}
    for location in file.source_code_info.location:
        text = location.leading_comments or location.trailing_comments
        if text.strip():
            result[tuple(location.path)] = "\n".join(line.strip() for line in text.strip().splitlines())
    return result


def _messages(file: descriptor_pb2.FileDescriptorProto) -> Iterator[tuple[str, Message, Path]]:
    for index, message in enumerate(file.message_type):
        yield f".{file.package}.{message.name}", message, (_MESSAGE_FIELD, index)


def _field_comments(message: Message, path: Path, comments: dict[Path, str]) -> dict[str, str]:
    return {
        entry.name: comments[(*path, _NESTED_FIELD, index)]
        for index, entry in enumerate(message.field)
        if (*path, _NESTED_FIELD, index) in comments
    }


def _kinds(file: descriptor_pb2.FileDescriptorProto, messages: dict[str, MessageType]) -> Iterator[Kind]:
    comments = _comments(file)
    for index, service in enumerate(file.service):
        if service.name == CONTROL:
            continue
        path = (_SERVICE_FIELD, index)
        comment = comments.get(path) or comments.get((_PACKAGE_FIELD,), "")
        operations = [
            _operation(method, comments.get((*path, _NESTED_FIELD, position), ""), messages)
            for position, method in enumerate(service.method)
        ]
        yield Kind(service.name, comment, operations)


def _operation(
    method: descriptor_pb2.MethodDescriptorProto, comment: str, messages: dict[str, MessageType]
) -> Operation:
    from millrace.v1 import options_pb2  # noqa: PLC0415  exists only while the generator runs

    return Operation(
        rpc=method.name,
        request=messages[method.input_type],
        response=messages[method.output_type],
        client_streaming=method.client_streaming,
        server_streaming=method.server_streaming,
        capability=str(method.options.Extensions[cast(Any, options_pb2.capability)]),
        comment=comment,
    )
