"""Says what a contract breaks for plugins that were built from an earlier one of the same protocol major."""

from __future__ import annotations

import pathlib
import subprocess
import tempfile
from collections.abc import Iterator

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

Field = descriptor_pb2.FieldDescriptorProto
PLUGIN_PACKAGE = "millrace.v1.plugin"
# Every plugin answers NOT_IMPLEMENTED to an operation of Control that it does not know, and hosts expect that.
CONTROL = f"{PLUGIN_PACKAGE}.Control"


class Contract:
    """All messages, enumerations and services of the .proto files below a folder, by full name."""

    def __init__(self, folder: pathlib.Path) -> None:
        files = descriptor_pb2.FileDescriptorSet.FromString(_compile(folder))
        self.messages: dict[str, descriptor_pb2.DescriptorProto] = {}
        self.enums: dict[str, descriptor_pb2.EnumDescriptorProto] = {}
        self.services: dict[str, descriptor_pb2.ServiceDescriptorProto] = {}
        for file in files.file:
            self._add(file.package, file.message_type, file.enum_type)
            self.services.update({f"{file.package}.{service.name}": service for service in file.service})
        self._options = _method_options(files)

    def _add(self, scope: str, messages: object, enums: object) -> None:
        for enum in enums:  # type: ignore[attr-defined]
            self.enums[f"{scope}.{enum.name}"] = enum
        for message in messages:  # type: ignore[attr-defined]
            self.messages[f"{scope}.{message.name}"] = message
            self._add(f"{scope}.{message.name}", message.nested_type, message.enum_type)

    def kinds(self) -> dict[str, descriptor_pb2.ServiceDescriptorProto]:
        """The services that plugins and hosts speak."""
        return {name: service for name, service in self.services.items() if name.startswith(f"{PLUGIN_PACKAGE}.")}

    def capability(self, method: descriptor_pb2.MethodDescriptorProto) -> str:
        return self._options(method.options)

    def messages_of_plugins(self) -> list[str]:
        """The full names of all messages that travel between host and plugins, sorted."""
        reached: set[str] = set()
        ahead = [type for service in self.kinds().values() for method in service.method
                 for type in (method.input_type[1:], method.output_type[1:])]
        while ahead:
            name = ahead.pop()
            if name in reached or name not in self.messages:
                continue
            reached.add(name)
            ahead += [field.type_name[1:] for field in self.messages[name].field if field.type == Field.TYPE_MESSAGE]
        return sorted(reached)


def _compile(folder: pathlib.Path) -> bytes:
    protos = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.proto"))
    with tempfile.NamedTemporaryFile() as output:
        command = ["protoc", f"-I{folder}", f"--descriptor_set_out={output.name}", "--include_imports", *protos]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise ValueError(done.stderr)
        return pathlib.Path(output.name).read_bytes()


def _method_options(files: descriptor_pb2.FileDescriptorSet):  # type: ignore[no-untyped-def]
    """A function from the options of a method to its capability, read as the files define that option."""
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    extension = pool.FindExtensionByName("millrace.v1.capability")
    options = message_factory.GetMessageClass(pool.FindMessageTypeByName("google.protobuf.MethodOptions"))
    return lambda of: options.FromString(of.SerializeToString()).Extensions[extension]


def breaking_changes(old: Contract, new: Contract) -> list[str]:
    """One line for each thing that a plugin built from `old` may rely on and that `new` does not keep."""
    return [*_in_services(old, new), *_in_messages(old, new), *_in_enums(old, new)]


def _in_services(old: Contract, new: Contract) -> Iterator[str]:
    for name, service in old.kinds().items():
        if name not in new.services:
            yield f"the service {name} is gone"
            continue
        methods = {method.name: method for method in new.services[name].method}
        for method in service.method:
            yield from _in_method(f"{name}/{method.name}", old, method, new, methods.pop(method.name, None))
        for method in methods.values():
            if name != CONTROL and not new.capability(method):
                yield f"{name}/{method.name} is new and has no capability: plugins of then do not have it"


def _in_method(name, old, was, new, now) -> Iterator[str]:  # type: ignore[no-untyped-def]
    if now is None:
        yield f"the operation {name} is gone"
        return
    for property in ("input_type", "output_type", "client_streaming", "server_streaming"):
        if getattr(was, property) != getattr(now, property):
            yield f"{name}: {property} was {getattr(was, property)}, is {getattr(now, property)}"
    if old.capability(was) != new.capability(now):
        yield f"{name}: the capability was '{old.capability(was)}', is '{new.capability(now)}'"


def _in_messages(old: Contract, new: Contract) -> Iterator[str]:
    for name in old.messages_of_plugins():
        if name not in new.messages:
            yield f"the message {name} is gone"
            continue
        was, now = old.messages[name], new.messages[name]
        fields = {field.number: field for field in now.field}
        for field in was.field:
            yield from _in_field(f"{name}.{field.name} = {field.number}", was, field, now, fields.get(field.number))


def _in_field(name, of_old, was, of_new, now) -> Iterator[str]:  # type: ignore[no-untyped-def]
    if now is None:
        yield f"the field {name} is gone"
        return
    for property in ("name", "type", "type_name", "label", "proto3_optional"):
        if getattr(was, property) != getattr(now, property):
            yield f"the field {name}: {property} was {getattr(was, property)}, is {getattr(now, property)}"
    if _choice(of_old, was) != _choice(of_new, now):
        yield f"the field {name}: its oneof was '{_choice(of_old, was)}', is '{_choice(of_new, now)}'"


def _choice(message: descriptor_pb2.DescriptorProto, field: Field) -> str:
    """The oneof that the author wrote; protoc makes one of its own for each optional field."""
    chosen = field.HasField("oneof_index") and not field.proto3_optional
    return message.oneof_decl[field.oneof_index].name if chosen else ""


def _in_enums(old: Contract, new: Contract) -> Iterator[str]:
    used = {field.type_name[1:] for name in old.messages_of_plugins() for field in old.messages[name].field}
    for name in sorted(used & set(old.enums)):
        values = {value.number: value.name for value in new.enums[name].value} if name in new.enums else {}
        for value in old.enums[name].value:
            if values.get(value.number) != value.name:
                yield f"the value {name}.{value.name} = {value.number} is {values.get(value.number, 'gone')}"
