"""Writes what the package derives from the contract: message modules, their type stubs, base classes.

    python -m codegen.generate        from sdk/python, in an environment with grpcio-tools

The build of the package does the same. Files are replaced only when their content changes.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from google.protobuf import descriptor_pb2
from grpc_tools import protoc  # type: ignore[import-untyped]
from grpc_tools._proto import __path__ as well_known  # type: ignore[import-untyped]

from .kinds_writer import write_kinds
from .messages_writer import write_messages


def generate(project: Path) -> None:
    """Generates into `project`/millrace from the contract beside it (in an sdist) or in the repository."""
    contract = _contract(project)
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder)
        descriptors = _run_protoc(contract, project, output)
        _add_package_marks(output / "millrace/v1")
        with _importable(output):
            files = descriptor_pb2.FileDescriptorSet.FromString(descriptors)
            _write(output / "millrace/plugin/kinds.py", write_kinds(files))
            _write(output / "millrace/plugin/messages.py", write_messages(files))
        _publish(output, project)


def _contract(project: Path) -> Path:
    for candidate in (project / "api", project.parent.parent / "api"):
        if (candidate / "millrace/v1/options.proto").is_file():
            return candidate
    raise FileNotFoundError(f"the contract is neither in {project}/api nor in the repository of {project}")


def _run_protoc(contract: Path, project: Path, output: Path) -> bytes:
    protos = sorted(str(path.relative_to(contract)) for path in contract.glob("millrace/v1/**/*.proto"))
    descriptors = output / "contract.descriptors"
    status = protoc.main(
        [
            "protoc",
            f"-I{contract}",
            f"-I{project}",
            f"-I{next(iter(well_known))}",
            f"--python_out={output}",
            f"--pyi_out={output}",
            f"--descriptor_set_out={descriptors}",
            "--include_source_info",
            *protos,
            "millrace/ttrpc/wire.proto",
        ]
    )
    if status != 0:
        raise RuntimeError(f"protoc failed with status {status}")
    content = descriptors.read_bytes()
    descriptors.unlink()
    return content


@contextmanager
def _importable(output: Path) -> Iterator[None]:
    """Lets the options of the contract be imported, so that descriptors parsed inside know them."""
    mark = output / "millrace/__init__.py"
    mark.touch()
    shadowed = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "millrace"}
    sys.path.insert(0, str(output))
    try:
        importlib.import_module("millrace.v1.options_pb2")
        yield
    finally:
        sys.path.remove(str(output))
        for name in [name for name in sys.modules if name.split(".")[0] == "millrace"]:
            del sys.modules[name]
        sys.modules.update(shadowed)
        mark.unlink()


def _add_package_marks(package: Path) -> None:
    for folder in (package, *(path for path in package.rglob("*") if path.is_dir())):
        _write(folder / "__init__.py", '"""Generated from the contract."""\n')


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _publish(output: Path, project: Path) -> None:
    for source in sorted(
        path for path in output.rglob("*.py*") if "__pycache__" not in path.parts and path.is_file()
    ):
        target = project / source.relative_to(output)
        content = source.read_bytes()
        if target.is_file() and target.read_bytes() == content:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.new")
        beside.write_bytes(content)
        beside.replace(target)


if __name__ == "__main__":
    generate(Path(__file__).resolve().parent.parent)
