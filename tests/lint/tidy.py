"""Runs clang-tidy over the sources of src/ and codegen/, remembering which passed in the user's cache, so that clones share it.

Usage: tidy.py BUILD_DIR. A source is looked at again when it, a header of ours or the checks change. Tests
are left out, and the source that includes Asio: it takes as long as all the others together.
"""

import concurrent.futures
import hashlib
import os
import pathlib
import subprocess
import sys

LEFT_OUT = {"src/server/http/server.cpp"}


def headers_digest():
    digest = hashlib.sha256(pathlib.Path(".clang-tidy").read_bytes())
    for pattern in ("src/**/*.h", "codegen/*.h", "api/**/*.proto"):
        for path in sorted(pathlib.Path(".").glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def sources():
    for pattern in ("src/**/*.cpp", "codegen/*.cpp"):
        for path in sorted(pathlib.Path(".").glob(pattern)):
            if not path.name.endswith("_test.cpp") and "testing" not in path.parts and str(path) not in LEFT_OUT:
                yield path


def main():
    build = pathlib.Path(sys.argv[1])
    memory = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "millrace-tidy"
    memory.mkdir(parents=True, exist_ok=True)
    headers = headers_digest()

    def look_at(path):
        mark = memory / hashlib.sha256(headers.encode() + str(path).encode() + path.read_bytes()).hexdigest()
        if mark.exists():
            return path, None
        result = subprocess.run(["clang-tidy-16", "-p", str(build), "--quiet", str(path)], capture_output=True, text=True)
        if result.returncode == 0:
            mark.touch()
            return path, None
        return path, result.stdout

    failed = 0
    total = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, fault in pool.map(look_at, sources()):
            total += 1
            if fault is not None:
                failed += 1
                print(fault)
    print(f"clang-tidy: {total - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
