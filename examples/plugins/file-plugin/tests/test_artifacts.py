"""What the contract asks of an artifact repository."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from millrace.plugin import Error, InvalidParameter, NotFound
from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess


def put(repository: Instance, path: str, content: bytes, *, commit: bool = True) -> None:
    repository.call("Write", m.ArtifactWrite(path=path), content=[content], commit=commit)


def get(repository: Instance, path: str, offset: int = 0, length: int = 0) -> bytes:
    return b"".join(repository.call("Read", m.ArtifactRead(path=path, offset=offset, length=length)))


def listing(repository: Instance, path: str = "") -> list[str]:
    files = repository.call("List", m.ArtifactPath(path=path)).files
    return [f"{file.path}/" if file.is_dir else f"{file.path}:{file.file_size}" for file in files]


def remove(repository: Instance, path: str) -> None:
    repository.call("Remove", m.ArtifactPath(path=path))


def test_files_and_folders_come_back(repository: Instance) -> None:
    assert listing(repository) == []
    put(repository, "root.txt", b"at the root")
    put(repository, "a/b/deep ü.txt", b"deep")
    put(repository, "a/empty", b"")
    assert get(repository, "root.txt") == b"at the root"
    assert get(repository, "a/b/deep ü.txt") == b"deep"
    assert get(repository, "a/empty") == b""
    assert listing(repository) == ["a/", "root.txt:11"]
    assert listing(repository, "a") == ["a/b/", "a/empty:0"]
    assert listing(repository, "root.txt") == listing(repository, "none") == []
    for path in ("none", "a"):
        with pytest.raises(NotFound):
            get(repository, path)


@pytest.mark.parametrize(("offset", "length"), [(0, 3), (5, 0), (2, 4), (9, 5), (20, 1)])
def test_parts_of_a_file_come_back(repository: Instance, offset: int, length: int) -> None:
    content = b"0123456789"
    put(repository, "f", content)
    end = offset + length if length else None
    assert get(repository, "f", offset, length) == content[offset:end]


def test_a_file_is_replaced_whole(repository: Instance) -> None:
    put(repository, "f", b"o" * 3_000_000)
    put(repository, "f", b"new")
    assert get(repository, "f") == b"new"


def test_an_abandoned_write_leaves_nothing(repository: Instance, tmp_path: Path) -> None:
    put(repository, "kept", b"old")
    for path in ("kept", "folder/new"):
        with pytest.raises(Error) as caught:
            put(repository, path, b"half of it", commit=False)
        assert caught.value.code == "CANCELLED"
    assert get(repository, "kept") == b"old"
    assert listing(repository) == ["kept:3"]
    assert list((tmp_path / "artifacts/.unfinished").iterdir()) == []


def test_removal_takes_folders_along(repository: Instance, tmp_path: Path) -> None:
    put(repository, "a/b/c", b"1")
    put(repository, "a/d", b"2")
    for path in ("a/b", "none", "a/d/below a file"):
        remove(repository, path)
    assert listing(repository, "a") == ["a/d:1"]
    remove(repository, "")
    assert listing(repository) == []
    assert list((tmp_path / "artifacts/.unfinished").iterdir()) == []


def test_names_that_are_in_the_way_are_refused(repository: Instance) -> None:
    put(repository, "file", b"1")
    put(repository, "folder/file", b"1")
    for path in ("file/below", "folder", ".unfinished/x"):
        with pytest.raises(InvalidParameter):
            put(repository, path, b"2")


def test_concurrent_writers_of_one_file_leave_one_whole(repository: Instance) -> None:
    contents = [bytes([letter]) * 200_000 for letter in b"abcdefgh"]
    with ThreadPoolExecutor(8) as crew:
        list(crew.map(lambda content: put(repository, "f", content), contents))
    assert get(repository, "f") in contents


def test_what_a_crash_left_is_swept_at_the_next_start(process: PluginProcess, tmp_path: Path) -> None:
    left = tmp_path / "artifacts/.unfinished"
    (left / "folder").mkdir(parents=True)
    (left / "file").touch()
    process.open("artifact_repository", "file-plugin", uri=f"file-plugin:{tmp_path}/artifacts")
    assert list(left.iterdir()) == []
