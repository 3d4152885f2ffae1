"""The CMake package of the C++ SDK, as somebody outside uses it: installed, moved, and from the build folder."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import time

import pytest
import requests
from processes import children_of
from servers import ROOT, MillraceServer

BUILD = pathlib.Path(os.environ.get("MILLRACE_BUILD", ROOT / "build/release"))
# In the same place each time, so that the compiler's cache knows what is compiled there.
PLACE = ROOT / "build/sdk-package"
PROJECT = pathlib.Path(__file__).parent / "project"
HEADERS_OF_AUTHORS = {"byte_stream.h", "call_context.h", "capability.h", "error.h", "reply.h", "secret.h"}


def cmake(*arguments: object) -> str:
    """What a run of cmake printed; it must succeed."""
    done = subprocess.run(["cmake", *map(str, arguments)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def install(component: str, prefix: pathlib.Path) -> None:
    cmake("--install", BUILD, "--component", component, "--prefix", prefix)


@pytest.fixture(scope="module")
def prefix() -> pathlib.Path:
    """A prefix that was moved after the installation: nothing in it may know where it lies."""
    shutil.rmtree(PLACE, ignore_errors=True)
    install("sdk", PLACE / "first")
    (PLACE / "first").rename(PLACE / "moved")
    return PLACE / "moved"


def build_project(name: str, *where: str) -> pathlib.Path:
    """Builds the outside project; the folder that has its plugin."""
    folder = PLACE / name
    shutil.rmtree(folder, ignore_errors=True)
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    cmake("-S", PROJECT, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", *launcher, *where)
    start = time.monotonic()
    cmake("--build", folder)
    print(f"a plugin of one file was built in {time.monotonic() - start:.1f} s")
    return folder / "plugins"


def round_trip(folder: pathlib.Path, plugins: pathlib.Path, in_process: bool) -> None:
    """Bytes through a server that keeps its artifacts in the plugin."""
    allowed = "pinboard" if in_process else "nobody"
    (folder / "millrace.toml").write_text(f'[plugins]\nin-process = ["{allowed}"]\n')
    flags = ["--plugin-path", str(plugins), "--artifacts-destination", "pinboard:x"]
    with MillraceServer(folder, *flags, wrapper=("env", f"MILLRACE_CONFIG={folder}/millrace.toml")) as server:
        files = f"{server.url}/api/2.0/mlflow-artifacts/artifacts"
        content = os.urandom(2_500_000)
        assert requests.put(f"{files}/data.bin", data=content, timeout=30).status_code == 200
        assert requests.get(f"{files}/data.bin", timeout=30).content == content
        assert requests.get(f"{files}/greeting", timeout=30).text == "hello"
        assert "Nothing is pinned at 'none'" in requests.get(f"{files}/none", timeout=30).text
        assert len(children_of(server.process.pid)) == (0 if in_process else 1)
    assert "a pinboard at pinboard:x" in server.log_text()


def test_an_outside_project_builds_against_a_moved_prefix_and_both_its_forms_serve(
    prefix: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    plugins = build_project("against-prefix", f"-DCMAKE_PREFIX_PATH={prefix}")
    assert {path.name for path in (plugins / "pinboard").iterdir()} == {"pinboard", "pinboard.so", "plugin.toml"}
    for in_process in (False, True):
        folder = tmp_path / f"server-{in_process}"
        folder.mkdir()
        round_trip(folder, plugins, in_process)


def test_the_same_project_builds_straight_from_the_build_folder(tmp_path: pathlib.Path) -> None:
    plugins = build_project("against-build", f"-Dmillrace_DIR={BUILD}/sdk/cpp")
    round_trip(tmp_path, plugins, in_process=False)


def test_what_is_installed_is_what_authors_need_and_knows_no_place(prefix: pathlib.Path) -> None:
    headers = prefix / "include/millrace-sdk"
    assert {path.name for path in (headers / "base").iterdir()} == HEADERS_OF_AUTHORS
    assert {path.name for path in headers.iterdir()} == {"base", "millrace"}
    assert {path.name for path in (headers / "millrace").glob("*.h")} == {
        "cancellation.h", "dispatcher.h", "plugin.h", "plugin_abi.h", "registration.h", "search.h"
    }
    assert not list(headers.rglob("*.proxy.gen.h")), "the host's side is not for authors"
    contract = {path.relative_to(ROOT / "api") for path in (ROOT / "api").rglob("*.proto")}
    assert {path.relative_to(prefix / "share/millrace/api") for path in prefix.rglob("*.proto")} == contract
    texts = [path for path in prefix.rglob("*") if path.is_file() and path.suffix != ".a"]
    assert texts
    for path in texts:
        text = path.read_text()
        for place in (str(ROOT), str(BUILD)):
            assert place not in text, f"{path} knows {place}"


@pytest.mark.parametrize(("wanted", "found"), [("1", True), ("1.0", True), ("1.9", False), ("2", False), ("0.9", False)])
def test_the_package_is_found_for_its_own_major_up_to_its_own_minor(
    prefix: pathlib.Path, tmp_path: pathlib.Path, wanted: str, found: bool
) -> None:
    (tmp_path / "CMakeLists.txt").write_text(
        f"cmake_minimum_required(VERSION 3.25)\nproject(wants CXX)\nfind_package(millrace {wanted} CONFIG)\n"
        'message(STATUS "found: ${millrace_FOUND} ${millrace_VERSION}")\n'
    )
    output = cmake("-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
    assert f"found: {'1 1.0.0' if found else '0 '}" in output


def test_a_call_of_millrace_add_plugin_with_a_mistake_says_what_is_wrong(
    prefix: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(wrong CXX)\nfind_package(millrace CONFIG REQUIRED)\n"
        "millrace_add_plugin(wrong SOURCE wrong.cpp)\n"
    )
    done = subprocess.run(
        ["cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}"], capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "millrace_add_plugin(wrong): SOURCES names no file." in done.stderr


def test_the_program_is_installed_by_itself(tmp_path: pathlib.Path) -> None:
    install("runtime", tmp_path)
    assert [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()] == [pathlib.Path("bin/millrace")]
    done = subprocess.run([tmp_path / "bin/millrace", "--help"], capture_output=True, text=True, timeout=10)
    assert done.returncode == 0 and "server" in done.stdout
