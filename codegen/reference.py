"""Writes the reference of the plugin kinds, docs/plugins/reference/, from the contract and its comments.

    python3 codegen/reference.py [FOLDER]

needs protoc and the Python package protobuf (Debian: protobuf-compiler python3-protobuf). There is a page for each kind of
plugin, one for what every plugin answers, one for the entities that several kinds share, and an index. A test fails when
what is checked in is not what this writes.
"""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/plugins/reference"
PLUGINS = "millrace.v1.plugin"
ENTITIES = "entities"
NOTE = "<!-- Made by codegen/reference.py from the files in api/: change the comments there. -->\n\n"

# Numbers of fields in descriptor.proto, of which the paths of comments consist.
PACKAGE, FILE_MESSAGES, FILE_ENUMS, FILE_SERVICES = 2, 4, 5, 6
FIELDS, NESTED_MESSAGES, NESTED_ENUMS, VALUES, METHODS = 2, 3, 4, 2, 2

Path = tuple[int, ...]
FieldProto = descriptor_pb2.FieldDescriptorProto
FileProto = descriptor_pb2.FileDescriptorProto


@dataclass
class Type:
    """A message or an enumeration, where it is described and with the comments of its file."""

    name: str  # "CheckReport.Finding"
    page: str
    descriptor: Any
    path: Path
    comments: Comments

    def is_enum(self) -> bool:
        return isinstance(self.descriptor, descriptor_pb2.EnumDescriptorProto)

    def link(self, page: str) -> str:
        where = "" if self.page == page else f"{self.page}.md"
        return f"[{self.name}]({where}#{self.name.lower().replace('.', '')})"


class Comments:
    """The comments of a file, as Markdown, by the path of what they stand beside."""

    def __init__(self, file: FileProto) -> None:
        self._texts = {
            tuple(place.path): "\n".join(text for text in (place.leading_comments, place.trailing_comments) if text)
            for place in file.source_code_info.location
        }

    def of(self, path: Path) -> str:
        return markdown(self._texts.get(path, ""))


def markdown(comment: str) -> str:
    """Lines of a paragraph and of an item of a list are joined; what looks like HTML is meant as it stands."""
    lines: list[str] = []
    for line in comment.strip().splitlines():
        text = line.strip()
        if not text or not lines or not lines[-1] or text.startswith("- "):
            lines.append(text)
        else:
            lines[-1] += " " + text
    return "`".join(part if i % 2 else part.replace("<", "&lt;") for i, part in enumerate("\n".join(lines).split("`")))


def snake_case(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() and i > 0 else c.lower() for i, c in enumerate(name))


# ---- reading ----


def read_files() -> list[FileProto]:
    api = ROOT / "api"
    protos = sorted(str(path.relative_to(api)) for path in api.rglob("plugin/*.proto"))
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder, "contract")
        flags = [f"--proto_path={api}", f"--descriptor_set_out={output}", "--include_imports", "--include_source_info"]
        subprocess.run(["protoc", *flags, *protos], check=True)
        return list(descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes()).file)


@dataclass
class Contract:
    files: list[FileProto]
    types: dict[str, Type] = field(default_factory=dict)  # by full name with a dot in front, as descriptors have it
    pool: Any = field(default_factory=descriptor_pool.DescriptorPool)

    def __post_init__(self) -> None:
        for file in self.files:
            self.pool.Add(file)
            page = page_of(file)
            for name, found, path in types_of(file):
                self.types[f".{file.package}.{name}"] = Type(name, page, found, path, Comments(file))

    def capability_of(self, method: descriptor_pb2.MethodDescriptorProto) -> str:
        """Options are read with the contract's own descriptors: no generated code is needed."""
        options = message_factory.GetMessageClass(self.pool.FindMessageTypeByName("google.protobuf.MethodOptions"))
        known = options.FromString(method.options.SerializeToString())
        return str(known.Extensions[self.pool.FindExtensionByName("millrace.v1.capability")])


def page_of(file: FileProto) -> str:
    return pathlib.PurePath(file.name).stem if file.package == PLUGINS else ENTITIES


def types_of(file: FileProto) -> Iterator[tuple[str, Any, Path]]:
    for index, enum in enumerate(file.enum_type):
        yield enum.name, enum, (FILE_ENUMS, index)
    for index, message in enumerate(file.message_type):
        yield from types_within(message, message.name, (FILE_MESSAGES, index))


def types_within(message: Any, name: str, path: Path) -> Iterator[tuple[str, Any, Path]]:
    yield name, message, path
    for index, enum in enumerate(message.enum_type):
        yield f"{name}.{enum.name}", enum, (*path, NESTED_ENUMS, index)
    for index, nested in enumerate(message.nested_type):
        if not nested.options.map_entry:
            yield from types_within(nested, f"{name}.{nested.name}", (*path, NESTED_MESSAGES, index))


# ---- types ----


def type_text(entry: FieldProto, message: Any, contract: Contract, page: str) -> str:
    entries = {f".{nested.name}": nested for nested in message.nested_type if nested.options.map_entry}
    for suffix, nested in entries.items():
        if entry.type_name.endswith(suffix):
            key, value = (type_text(each, nested, contract, page) for each in nested.field)
            return f"map from {key} to {value}"
    name = FieldProto.Type.Name(entry.type)[len("TYPE_") :].lower()
    if entry.type_name:
        name = contract.types[entry.type_name].link(page)
    return f"list of {name}" if entry.label == FieldProto.LABEL_REPEATED else name


def field_row(type_: Type, index: int, contract: Contract) -> str:
    entry = type_.descriptor.field[index]
    text = type_text(entry, type_.descriptor, contract, type_.page)
    if entry.proto3_optional:
        text = f"optional {text}"
    elif entry.HasField("oneof_index"):
        text += f", one of `{type_.descriptor.oneof_decl[entry.oneof_index].name}`"
    comment = type_.comments.of((*type_.path, FIELDS, index)).replace("\n", " ").replace("|", "\\|")
    return f"| `{entry.name}` | {entry.number} | {text} | {comment} |\n"


def type_section(type_: Type, contract: Contract) -> str:
    text = f"### {type_.name}\n\n"
    if comment := type_.comments.of(type_.path):
        text += comment + "\n\n"
    if type_.is_enum():
        text += "| value | number | |\n|---|---|---|\n"
        for index, value in enumerate(type_.descriptor.value):
            text += f"| `{value.name}` | {value.number} | {type_.comments.of((*type_.path, VALUES, index))} |\n"
    elif type_.descriptor.field:
        text += "| field | number | type | |\n|---|---|---|---|\n"
        text += "".join(field_row(type_, index, contract) for index in range(len(type_.descriptor.field)))
    else:
        text += "No fields.\n"
    return text + "\n"


# ---- pages ----


def way_of(method: descriptor_pb2.MethodDescriptorProto, contract: Contract) -> str:
    if method.client_streaming:
        return "bytes in, a message out"
    if not method.server_streaming:
        return "a message in, a message out"
    fields = {entry.name for entry in contract.types[method.output_type].descriptor.field}
    return "a message in, bytes out" if fields <= {"data", "file_size"} else "a message in, messages out"


def method_section(method: Any, comment: str, page: str, contract: Contract) -> str:
    takes, gives = contract.types[method.input_type], contract.types[method.output_type]
    capability = contract.capability_of(method)
    facts = [
        f"takes {'a stream of ' if method.client_streaming else ''}{takes.link(page)}",
        f"answers {'a stream of ' if method.server_streaming else ''}{gives.link(page)}",
        way_of(method, contract),
        *([f'capability "{capability}"'] if capability else []),
        *([f"`{snake_case(method.name)}` in C++ and Python"] if page != "control" else []),
    ]
    return f"### {method.name}\n\n{comment}\n\n*{'; '.join(facts)}*\n\n"


def overview(service: Any, contract: Contract) -> str:
    groups: dict[str, list[str]] = {}
    for method in service.method:
        link = f"[{method.name}](#{method.name.lower()})"
        groups.setdefault(contract.capability_of(method), []).append(link)
    rows = (f"| {f'capability `{name}`' if name else 'every plugin'} | {', '.join(links)} |\n" for name, links in groups.items())
    return "| asked of | operations |\n|---|---|\n" + "".join(rows) + "\n"


def kind_page(file: FileProto, contract: Contract) -> str:
    (service,) = file.service
    page, comments = page_of(file), Comments(file)
    text = f"# {page}\n\n{NOTE}{comments.of((PACKAGE,))}\n\nService `{PLUGINS}.{service.name}`, `{file.name}`.\n\n"
    text += overview(service, contract) + "## Operations\n\n"
    for index, method in enumerate(service.method):
        text += method_section(method, comments.of((FILE_SERVICES, 0, METHODS, index)), page, contract)
    text += "## Messages\n\n"
    text += "".join(type_section(each, contract) for each in contract.types.values() if each.page == page)
    return text.rstrip("\n") + "\n"


def used_entities(contract: Contract) -> list[Type]:
    """What messages of plugins mention, and what that mentions."""
    left = [each for each in contract.types.values() if each.page != ENTITIES]
    used: dict[str, Type] = {}
    methods = [method for file in contract.files if file.package == PLUGINS for method in file.service[0].method]
    left += [contract.types[name] for method in methods for name in (method.input_type, method.output_type)]
    while left:
        type_ = left.pop()
        if type_.page == ENTITIES:
            if type_.name in used:
                continue
            used[type_.name] = type_
        for entry in [] if type_.is_enum() else type_.descriptor.field:
            if entry.type_name in contract.types:
                left.append(contract.types[entry.type_name])
    return [used[name] for name in sorted(used)]


def entities_page(contract: Contract) -> str:
    text = f"# Entities\n\n{NOTE}What several kinds of plugins speak of, and what the REST API shows of it too.\n\n"
    text += "".join(type_section(each, contract) for each in used_entities(contract))
    return text.rstrip("\n") + "\n"


def index_page(kinds: list[FileProto]) -> str:
    text = (
        f"# Reference\n\n{NOTE}Operations and messages of each kind of plugin. How they travel is told in [the protocol](../protocol.md);"
        " in C++ and Python they are functions of a base class.\n\n| kind | |\n|---|---|\n"
    )
    for file in kinds:
        purpose = Comments(file).of((PACKAGE,)).split("\n")[0]
        first = re.split(r"\. (?=[A-Z])", purpose)[0].rstrip(".") + "."
        text += f"| [{page_of(file)}]({page_of(file)}.md) | {first} |\n"
    return text + "\n[control](control.md) is what every plugin answers beside, [entities](entities.md) what several kinds share.\n"


def pages() -> dict[str, str]:
    """The texts of all pages by the names of their files."""
    contract = Contract(read_files())
    files = sorted((file for file in contract.files if file.package == PLUGINS), key=page_of)
    texts = {f"{page_of(file)}.md": kind_page(file, contract) for file in files}
    texts[f"{ENTITIES}.md"] = entities_page(contract)
    texts["README.md"] = index_page([file for file in files if page_of(file) != "control"])
    return texts


def main() -> None:
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
