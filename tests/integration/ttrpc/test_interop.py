"""Millrace's ttrpc against the official libraries in Go and Rust, each as client and as server.

The programs of this folder speak one service; a client prints a line for each thing that went as expected.
They are built below build/interop, which keeps what was built for the next time.
"""

import os
import pathlib
import shutil
import subprocess
from typing import Callable

import pytest

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parents[2]
BUILT = ROOT / "build" / "interop"
PAIRS = [("cpp", "cpp"), ("cpp", "go"), ("cpp", "rust"), ("go", "cpp"), ("rust", "cpp")]


def build(command: "list[str]", folder: pathlib.Path) -> None:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900)
    assert result.returncode == 0, result.stderr


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed, so the official {name} library is not tested")
    return found


def cpp_program() -> pathlib.Path:
    path = pathlib.Path(os.environ.get("MILLRACE_TTRPC_INTEROP", ROOT / "build/release/tests/integration/ttrpc/ttrpc_interop"))
    assert path.exists(), f"{path} is not built"
    return path


def go_program() -> pathlib.Path:
    build([tool("go"), "build", "-o", str(BUILT / "go-interop"), "."], FOLDER / "go")
    return BUILT / "go-interop"


def rust_program() -> pathlib.Path:
    cargo = tool("cargo")
    version = subprocess.run([cargo, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    if tuple(int(part) for part in version.split(".")[:2]) < (1, 71):
        pytest.skip(f"cargo {version} is older than the 1.71 that the official Rust library's dependencies need")
    build([cargo, "build", "--quiet", "--target-dir", str(BUILT / "rust")], FOLDER / "rust")
    return BUILT / "rust" / "debug" / "interop"


@pytest.fixture(scope="module")
def programs() -> "Callable[[str], pathlib.Path]":
    """Name of a language to its program, built when first asked for."""
    builders = {"cpp": cpp_program, "go": go_program, "rust": rust_program}
    built: "dict[str, pathlib.Path]" = {}

    def program(name: str) -> pathlib.Path:
        if name not in built:
            built[name] = builders[name]()
        return built[name]

    BUILT.mkdir(parents=True, exist_ok=True)
    return program


@pytest.mark.parametrize(("client", "server"), PAIRS, ids=[f"{client}-client-{server}-server" for client, server in PAIRS])
def test_pair(
    programs: "Callable[[str], pathlib.Path]", tmp_path: pathlib.Path, client: str, server: str
) -> None:
    client_program = programs(client)
    socket = tmp_path / "s"
    serving = subprocess.Popen([programs(server), "serve", socket], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert serving.stdin and serving.stdout
    try:
        assert serving.stdout.readline() == "ready\n"
        result = subprocess.run([client_program, "check", socket], capture_output=True, text=True, timeout=60)
        assert result.returncode == 0, result.stdout + result.stderr
        assert result.stdout.count("ok ") >= 16
    finally:
        serving.stdin.close()
        try:
            assert serving.wait(10) == 0
        finally:
            serving.kill()
