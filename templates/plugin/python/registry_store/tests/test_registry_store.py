from __future__ import annotations

from pathlib import Path

import pytest
from millrace.plugin import AlreadyExists, InvalidParameter, NotFound
from millrace.plugin import messages as m
from millrace.plugin.testing import Instance, PluginProcess

from .conftest import PLUGIN


def open_store(process: PluginProcess, folder: Path) -> Instance:
    return process.open("registry_store", "sample-name", uri=f"sample-name:{folder}")


@pytest.fixture
def store(process: PluginProcess, tmp_path: Path) -> Instance:
    return open_store(process, tmp_path)


def model(store: Instance, name: str = "m") -> None:
    store.call("CreateRegisteredModel", m.NewRegisteredModel(name=name, creation_time=1))


def version(store: Instance, name: str = "m") -> str:
    request = m.NewModelVersion(name=name, source="s3://bucket/model", creation_time=2)
    return str(store.call("CreateModelVersion", request).version)


def test_names_of_models_are_unique(store: Instance) -> None:
    model(store)
    with pytest.raises(AlreadyExists):
        model(store)


def test_versions_are_numbered_and_no_number_comes_again(store: Instance) -> None:
    model(store)
    assert [version(store), version(store)] == ["1", "2"]
    store.call("DeleteModelVersion", m.ModelVersionDeletion(name="m", version=2, update_time=3))
    assert version(store) == "3"


def test_an_alias_leads_to_its_version(store: Instance) -> None:
    model(store)
    version(store)
    store.call("SetRegisteredModelAlias", m.AliasWrite(name="m", alias="champion", version=1))
    lookup = m.ModelVersionLookup(name="m", alias="champion")
    assert store.call("GetModelVersion", lookup).version == "1"
    with pytest.raises(InvalidParameter):
        store.call("GetModelVersion", m.ModelVersionLookup(name="m", alias="none"))


def test_an_unknown_model_does_not_exist(store: Instance) -> None:
    with pytest.raises(NotFound, match="none"):
        store.call("GetRegisteredModel", m.RegisteredModelLookup(name="none"))


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    with PluginProcess("sample_plugin", folder=PLUGIN) as process:
        store = open_store(process, tmp_path)
        model(store)
        version(store)
        process.kill()
    with PluginProcess("sample_plugin", folder=PLUGIN) as process:
        kept = open_store(process, tmp_path).call("GetRegisteredModel", m.RegisteredModelLookup(name="m"))
    assert [each.version for each in kept.latest_versions] == ["1"]
