"""The first release of the SDK, taken out of its archive, and what is built with it."""

from __future__ import annotations

import hashlib
import pathlib
import re
import shutil
import subprocess
import tarfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIRST = pathlib.Path(__file__).parent / "first-release"
ARCHIVE = FIRST / "sdk-1.0.tar.xz"
# Kept from one run to the next: only what changed is built again.
PLACE = ROOT / "build/upgrade"


def recorded_hash() -> str:
    found = re.search(r"^    ([0-9a-f]{64})  sdk-1\.0\.tar\.xz$", (FIRST / "README.md").read_text(), re.MULTILINE)
    assert found, "README.md has no SHA-256 of the archive"
    return found[1]


def release() -> pathlib.Path:
    """The folder with the release's files; checks the archive first."""
    hash = hashlib.sha256(ARCHIVE.read_bytes()).hexdigest()
    assert hash == recorded_hash(), "the frozen archive was changed"
    folder = PLACE / f"sdk-{hash[:16]}"
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(unfinished, filter="data")
        unfinished.rename(folder)
    return folder


def run(*command: object, folder: "pathlib.Path | None" = None) -> None:
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def build_plugin() -> pathlib.Path:
    """The plugin path with the program and the library `veteran`."""
    source, built = release(), PLACE / "build"
    top = source / "CMakeLists.txt"
    if not top.exists() or top.read_text() != (FIRST / "CMakeLists.txt").read_text():
        shutil.copy(FIRST / "CMakeLists.txt", top)
    start = time.monotonic()
    run("cmake", "-S", source, "-B", built, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", f"-DVETERAN={FIRST}/veteran")
    run("cmake", "--build", built, "--target", "veteran", "veteran_module")
    print(f"the plugin of the first release was built in {time.monotonic() - start:.1f} s")
    return built / "plugins"


def generate_python(python: pathlib.Path) -> pathlib.Path:
    """The folder from which the release's Python package is imported."""
    folder = release() / "sdk/python"
    if not (folder / "millrace/plugin/kinds.py").exists():
        run(python, "-m", "codegen.generate", folder=folder)
    return folder
