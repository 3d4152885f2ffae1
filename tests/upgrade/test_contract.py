"""The contract of today still is that of the first release, with additions."""

from __future__ import annotations

import pathlib
import shutil

import frozen
import pytest
from contract_changes import Contract, breaking_changes

KINDS = {
    "Control", "TrackingStore", "RegistryStore", "ArtifactRepository", "RequestAuth", "RequestHeader", "RunContext",
    "DefaultExperiment", "ProjectBackend", "ModelEvaluator", "DeploymentTarget", "ServerApp", "DatasetSource",
}  # fmt: skip


@pytest.fixture(scope="module")
def first() -> Contract:
    return Contract(frozen.release() / "api")


def test_nothing_of_the_first_release_is_gone_or_changed(first: Contract) -> None:
    assert {name.rsplit(".", 1)[1] for name in first.kinds()} == KINDS
    assert len(first.messages_of_plugins()) > 100
    assert breaking_changes(first, Contract(frozen.ROOT / "api")) == []


# A file, what is replaced in it, by what, and the one complaint that must come of it.
BREAKS = [
    ("artifact_repository", "  int64 length = 3;", "  int64 length = 4;", "ArtifactRead.length = 3 is gone"),
    ("artifact_repository", "  int64 offset = 2;", "  int64 start = 2;", "name was offset, is start"),
    ("artifact_repository", "  bytes data = 1;", "  string data = 1;", "ArtifactPiece.data = 1: type was"),
    ("artifact_repository", "  repeated FileInfo files = 1;", "  FileInfo files = 1;", "ArtifactListing.files = 1: label"),
    ("artifact_repository", "optional int64 file_size = 2", "int64 file_size = 2", "proto3_optional was True, is False"),
    ("artifact_repository", "  rpc Remove(ArtifactPath) returns (ArtifactRemoved);", "", "ArtifactRepository/Remove is gone"),
    ("artifact_repository", "rpc List(ArtifactPath)", "rpc List(ArtifactRead)", "ArtifactRepository/List: input_type was"),
    ("artifact_repository", "returns (stream ArtifactPiece)", "returns (ArtifactPiece)", "Read: server_streaming was True"),
    ("artifact_repository", "  rpc Remove(ArtifactPath) returns (ArtifactRemoved);",
     "  rpc Remove(ArtifactPath) returns (ArtifactRemoved);\n  rpc Copy(ArtifactPath) returns (ArtifactRemoved);",
     "ArtifactRepository/Copy is new and has no capability"),
    ("artifact_repository", '  rpc Remove(ArtifactPath) returns (ArtifactRemoved);',
     '  rpc Remove(ArtifactPath) returns (ArtifactRemoved) {\n    option (capability) = "removal";\n  }',
     "Remove: the capability was '', is 'removal'"),
    ("control", "    OUTCOME_WARNING = 2;", "    OUTCOME_WARNING = 4;", "OUTCOME_WARNING = 2 is gone"),
    ("control", "  int64 instance = 1;                // positive", "  sint64 instance = 1;  // positive",
     "OpenedInstance.instance = 1: type was"),
    ("control", "  string kind = 1;\n  string name = 2;                    // scheme",
     "  oneof what {\n    string kind = 1;\n  }\n  string name = 2;  // scheme", "its oneof was '', is 'what'"),
    ("request_header", "service RequestHeader {", "service RequestHeaders {", "RequestHeader is gone"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "before", "after", "expected"), BREAKS, ids=[case[3] for case in BREAKS])
def test_a_change_that_breaks_plugins_of_then_is_found(
    first: Contract, tmp_path: pathlib.Path, file: str, before: str, after: str, expected: str
) -> None:
    changed = changed_contract(tmp_path, file, before, after)
    complaints = breaking_changes(first, changed)
    assert len(complaints) == 1 and expected in complaints[0], complaints


ADDITIONS = [
    ("artifact_repository", "  int64 length = 3;", "  int64 length = 3;\n  bool verify = 4;"),
    ("control", "    OUTCOME_FAILED = 3;", "    OUTCOME_FAILED = 3;\n    OUTCOME_SKIPPED = 4;"),
    ("control", "  rpc Health(HealthRequest) returns (HealthReport);",
     "  rpc Health(HealthRequest) returns (HealthReport);\n  rpc Rest(HealthRequest) returns (HealthReport);"),
    ("artifact_repository", "message ArtifactWritten {}", "message ArtifactWritten {\n  string etag = 1;\n}"),
    ("artifact_repository", "  rpc Remove(ArtifactPath) returns (ArtifactRemoved);",
     "  rpc Remove(ArtifactPath) returns (ArtifactRemoved);\n  rpc Copy(ArtifactPath) returns (ArtifactRemoved) {\n"
     '    option (capability) = "copies";\n  }'),
]  # fmt: skip


@pytest.mark.parametrize(("file", "before", "after"), ADDITIONS)
def test_an_addition_breaks_nobody(first: Contract, tmp_path: pathlib.Path, file: str, before: str, after: str) -> None:
    assert breaking_changes(first, changed_contract(tmp_path, file, before, after)) == []


def changed_contract(folder: pathlib.Path, file: str, before: str, after: str) -> Contract:
    """The first release's contract with one piece of one file replaced."""
    shutil.copytree(frozen.release() / "api", folder / "api")
    path = folder / f"api/millrace/v1/plugin/{file}.proto"
    text = path.read_text()
    assert text.count(before) == 1, f"{file}.proto has '{before}' {text.count(before)} times"
    path.write_text(text.replace(before, after))
    return Contract(folder / "api")
