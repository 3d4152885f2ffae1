from __future__ import annotations

from pathlib import Path

import pytest
from millrace.plugin import InvalidParameter, NotFound
from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess


def described(plugin: Instance, source: str) -> m.DatasetSourceRef:
    answer = plugin.call("Resolve", m.RawDatasetSource(source=source))
    assert answer.resolved
    return m.DatasetSourceRef(source_type=answer.source_type, source_json=answer.source_json)


def test_a_file_comes_back(process: PluginProcess, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(b"a,b\n1,2\n")
    plugin = process.open("dataset_source", "sample-name", settings={"root": str(tmp_path)})
    source = described(plugin, f"sample-name:{tmp_path}/data.csv")
    assert b"".join(plugin.call("Load", source)) == b"a,b\n1,2\n"


def test_what_is_gone_does_not_exist(process: PluginProcess, tmp_path: Path) -> None:
    plugin = process.open("dataset_source", "sample-name")
    with pytest.raises(NotFound, match="any more"):
        list(plugin.call("Load", described(plugin, f"sample-name:{tmp_path}/none.csv")))


def test_files_outside_the_root_are_refused(process: PluginProcess, tmp_path: Path) -> None:
    plugin = process.open("dataset_source", "sample-name", settings={"root": str(tmp_path)})
    with pytest.raises(InvalidParameter, match="root"):
        list(plugin.call("Load", described(plugin, f"sample-name:{tmp_path}/../../etc/passwd")))


def test_other_sources_are_left_to_others(process: PluginProcess) -> None:
    plugin = process.open("dataset_source", "sample-name")
    assert not plugin.call("Resolve", m.RawDatasetSource(source="s3://bucket/data.csv")).resolved
