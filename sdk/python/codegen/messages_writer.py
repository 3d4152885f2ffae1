"""Writes millrace/plugin/messages.py: every message and enumeration that plugins meet, under one roof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from google.protobuf import descriptor_pb2

from .contract import PLUGIN_PACKAGE, module_of

_HEADER = '''"""The messages of the contract that plugins meet, under one roof. Generated; do not edit."""

'''

_OPTIONS = "/options.proto"


def write_messages(files: descriptor_pb2.FileDescriptorSet) -> str:
    wanted = _files_of_plugins(files)
    of_clients = _messages_of_rest_services(files)
    _refuse_doubles(files, wanted, of_clients)
    modules = [
        f"from {module_of(file.name)} import (\n"
        + "".join(f"    {name} as {name},\n" for name in names)
        + ")\n"
        for file in files.file
        if file.name in wanted and (names := sorted(set(_names(file)) - of_clients))
    ]
    return _HEADER + "".join(sorted(modules))


def _refuse_doubles(files: descriptor_pb2.FileDescriptorSet, wanted: set[str], hidden: set[str]) -> None:
    names = [n for file in files.file if file.name in wanted for n in _names(file) if n not in hidden]
    doubles = sorted(name for name, count in Counter(names).items() if count > 1)
    if doubles:
        raise ValueError(f"names that two files of the contract define: {', '.join(doubles)}")


def _names(file: descriptor_pb2.FileDescriptorProto) -> Iterator[str]:
    if not file.name.endswith(_OPTIONS):  # its messages are for generators alone
        yield from (message.name for message in file.message_type)
    for enumeration in file.enum_type:
        yield enumeration.name
        yield from (value.name for value in enumeration.value)


def _files_of_plugins(files: descriptor_pb2.FileDescriptorSet) -> set[str]:
    """Files that a kind's contract needs, itself included."""
    imports = {file.name: list(file.dependency) for file in files.file}
    waiting = [file.name for file in files.file if file.package == PLUGIN_PACKAGE]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found or name not in imports:
            continue
        found.add(name)
        waiting.extend(imports[name])
    return found


def _messages_of_rest_services(files: descriptor_pb2.FileDescriptorSet) -> set[str]:
    """Requests and responses that only clients meet; kinds may share some."""
    rest = [file for file in files.file if file.package != PLUGIN_PACKAGE]
    kinds = [file for file in files.file if file.package == PLUGIN_PACKAGE]
    ends = {name for name in _messages_of_services(rest) if name.endswith(("Request", "Response"))}
    return ends - set(_messages_of_services(kinds))


def _messages_of_services(files: list[descriptor_pb2.FileDescriptorProto]) -> Iterator[str]:
    for file in files:
        for service in file.service:
            for method in service.method:
                yield from (name.rsplit(".", 1)[1] for name in (method.input_type, method.output_type))
