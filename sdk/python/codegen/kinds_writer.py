"""Writes millrace/plugin/kinds.py: base classes of all kinds of plugins and decorators that register them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from google.protobuf import descriptor_pb2

from .contract import FieldType, Kind, MessageType, Operation, read_contract

_WIDTH = 106

_HEADER = '''"""Base classes for every kind of plugin and the decorators that register them.

Generated from the contract; do not edit. What an operation has to do stands in its docstring.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import BinaryIO, Callable, ClassVar, Iterable, Iterator, Optional, Tuple, TypeVar, Union

from millrace.plugin import messages
from millrace.plugin.context import CallContext
from millrace.plugin.operations import Kind, Operation, Shape, missing_capability
from millrace.plugin.options import PluginOptions
from millrace.plugin.registrations import Registrations
'''

_SCALARS = {
    FieldType.TYPE_BOOL: "bool",
    FieldType.TYPE_BYTES: "bytes",
    FieldType.TYPE_DOUBLE: "float",
    FieldType.TYPE_FLOAT: "float",
    FieldType.TYPE_STRING: "str",
}


def write_kinds(files: descriptor_pb2.FileDescriptorSet) -> str:
    kinds = read_contract(files).kinds
    parts = [_HEADER, *(_kind_class(kind) for kind in kinds), _decorators(kinds)]
    parts.append(_table(kinds))
    return "".join(parts)


def _kind_class(kind: Kind) -> str:
    lines = [
        f"\n\nclass {kind.service}(Kind):",
        *_docstring(kind.comment, "    "),
        "",
        f'    KIND: ClassVar[str] = "{kind.name}"',
        f'    SERVICE: ClassVar[str] = "millrace.v1.plugin.{kind.service}"',
        "    OPERATIONS: ClassVar[Tuple[Operation, ...]] = (",
        *(_operation_row(operation) for operation in kind.operations),
        "    )",
        *(line for operation in kind.operations for line in _method(kind, operation)),
    ]
    return "\n".join(lines) + "\n"


def _operation_row(operation: Operation) -> str:
    return (
        f'        Operation("{operation.rpc}", "{operation.name}", Shape.{operation.shape}, '
        f'{_type(operation.request)}, {_type(operation.response)}, "{operation.capability}"),'
    )


def _method(kind: Kind, operation: Operation) -> Iterator[str]:
    yield ""
    if not operation.capability:
        yield "    @abstractmethod"
    yield f"    def {operation.name}({_parameters(operation)}) -> {_result(operation)}:"
    yield from _docstring(_documentation(operation), "        ")
    if operation.capability:
        yield f'        raise missing_capability("{kind.service}", "{operation.capability}")'


def _parameters(operation: Operation) -> str:
    request = _type(operation.request)
    parameters = ["self", "context: CallContext"]
    if operation.shape in ("COLLECT", "DIALOGUE"):
        parameters.append(f"requests: Iterator[{request}]")
    else:
        parameters.append(f"request: {request}")
    if operation.shape == "UPLOAD":
        parameters.append("content: Iterator[bytes]")
    return ", ".join(parameters)


def _result(operation: Operation) -> str:
    response = _type(operation.response)
    if operation.shape == "DOWNLOAD":
        return "Union[Iterable[bytes], BinaryIO]"
    if operation.shape in ("EMIT", "DIALOGUE"):
        return f"Iterable[{response}]"
    return response if operation.response.fields() else f"Optional[{response}]"


def _type(message: MessageType) -> str:
    return f"messages.{message.name}"


def _documentation(operation: Operation) -> str:
    paragraphs = [operation.comment or f"See `{operation.rpc}` in the contract."]
    if operation.capability:
        paragraphs.append(f'Capability "{operation.capability}"; a plugin without it leaves this out.')
    fields = {
        name: entry
        for name, entry in operation.request.fields().items()
        if operation.shape != "UPLOAD" or name not in ("data", "commit")
    }
    lines = [_field_line(entry, operation.request.comments.get(name, "")) for name, entry in fields.items()]
    if lines:
        paragraphs.append("Request:\n" + "\n".join(lines))
    return "\n\n".join(paragraphs)


def _field_line(entry: FieldType, comment: str) -> str:
    line = f"    {entry.name}: {_field_type(entry)}"
    return f"{line} - {' '.join(comment.split())}" if comment else line


def _field_type(entry: FieldType) -> str:
    name = entry.type_name.rsplit(".", 1)[-1] if entry.type_name else _SCALARS.get(entry.type, "int")
    return f"[{name}]" if entry.label == FieldType.LABEL_REPEATED else name


def _docstring(text: str, indent: str) -> list[str]:
    text = text.replace("\\", "\\\\").replace('"""', "'''")
    lines = [line for entry in _paragraphs(text) for line in _wrapped(entry, _WIDTH - len(indent))]
    if len(lines) == 1:
        return [f'{indent}"""{_closed(lines[0])}"""']
    return [f'{indent}"""{lines[0]}', *(indent + line if line else "" for line in lines[1:]), f'{indent}"""']


def _paragraphs(text: str) -> Iterator[str]:
    """Lines that belong together joined to one; list items and indented lines stay apart."""
    gathered = ""
    for line in text.splitlines():
        if gathered and line and not line.startswith((" ", "- ")):
            gathered += " " + line
            continue
        if gathered or line == "":
            yield gathered
        gathered = line
    yield gathered


def _wrapped(line: str, width: int) -> list[str]:
    lead = line[: len(line) - len(line.lstrip())] + (
        "  " if line.lstrip() != line or line[:2] == "- " else ""
    )
    return textwrap.wrap(line, width, subsequent_indent=lead) or [""]


def _closed(line: str) -> str:
    return line + " " if line.endswith('"') else line


def _decorators(kinds: Sequence[Kind]) -> str:
    variables = "".join(
        f'_{kind.service}Factory = TypeVar("_{kind.service}Factory", '
        f"bound=Callable[[PluginOptions], {kind.service}])\n"
        for kind in kinds
    )
    methods = "".join(_decorator(kind) for kind in kinds)
    return (
        f"\n\n{variables}\n\n"
        "class KindDecorators(Registrations):\n"
        '    """One decorator a kind. Each takes the schemes or names under which the plugin is found."""\n'
        f"{methods}"
    )


def _decorator(kind: Kind) -> str:
    factory = f"_{kind.service}Factory"
    return (
        f"\n    def {kind.name}(self, *names: str) -> Callable[[{factory}], {factory}]:\n"
        f'        """Registers a class or function that makes a {kind.service} from its PluginOptions."""\n'
        f"        return self.decorator({kind.service}, names)\n"
    )


def _table(kinds: Sequence[Kind]) -> str:
    rows = "".join(f"    {kind.service}.KIND: {kind.service},\n" for kind in kinds)
    return f"\n\nKINDS = {{\n{rows}}}\n"
