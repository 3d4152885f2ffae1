from __future__ import annotations

import re
from pathlib import Path

import pytest
from millrace.plugin import InvalidParameter, NotFound
from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess


@pytest.fixture
def repository(process: PluginProcess, tmp_path: Path) -> Instance:
    return process.open("artifact_repository", "sample-name", uri=f"sample-name:{tmp_path}")


def put(repository: Instance, path: str, content: bytes) -> None:
    repository.call("Write", m.ArtifactWrite(path=path), content=[content])


def get(repository: Instance, path: str, **part: int) -> bytes:
    return b"".join(repository.call("Read", m.ArtifactRead(path=path, **part)))


def names(repository: Instance, path: str = "") -> list[str]:
    return [file.path for file in repository.call("List", m.ArtifactPath(path=path)).files]


def test_files_come_back(repository: Instance) -> None:
    put(repository, "root.txt", b"old content")
    put(repository, "root.txt", b"content")
    put(repository, "a/b/deep.txt", b"deep")
    assert get(repository, "root.txt") == b"content"
    assert get(repository, "root.txt", offset=3, length=2) == b"te"
    assert names(repository) == ["a", "root.txt"]
    assert names(repository, "a/b") == ["a/b/deep.txt"]


def test_an_upload_that_is_given_up_leaves_nothing(repository: Instance) -> None:
    with pytest.raises(Exception):  # noqa: B017  however the transport says that there is no answer
        repository.call("Write", m.ArtifactWrite(path="half.txt"), content=[b"half"], commit=False, timeout=1)
    assert names(repository) == []


def test_a_folder_is_removed_with_all_below(repository: Instance) -> None:
    put(repository, "a/b/c", b"x")
    put(repository, "d", b"x")
    repository.call("Remove", m.ArtifactPath(path="a"))
    assert names(repository) == ["d"]
    with pytest.raises(NotFound):
        get(repository, "a/b/c")


def test_a_uri_without_a_folder_is_refused(process: PluginProcess) -> None:
    with pytest.raises(InvalidParameter, match=re.escape("sample-name:/absolute")):
        process.open("artifact_repository", "sample-name", uri="sample-name:relative")
