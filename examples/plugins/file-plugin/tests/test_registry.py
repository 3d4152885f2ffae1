"""What the contract asks of a registry store."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from millrace.plugin import AlreadyExists, InvalidParameter, NotFound, TemporarilyUnavailable
from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

from .conftest import MODULE, PLUGIN
from .registry_subject import RegistrySubject
from .subject import by, where

ATTRIBUTE = m.FIELD_KIND_ATTRIBUTE
TAG = m.FIELD_KIND_TAG


@pytest.fixture
def store(process: PluginProcess, tmp_path: Path) -> RegistrySubject:
    return RegistrySubject(process, tmp_path)


def test_models_keep_what_they_were_made_with(store: RegistrySubject) -> None:
    name = "größe 'model' %_"
    tags = [m.RegisteredModelTag(key="k", value="")]
    new = m.NewRegisteredModel(name=name, description="d☃", tags=tags, creation_time=1234)
    store.instance.call("CreateRegisteredModel", new)
    found = store.get(name)
    assert (found.name, found.description, list(found.tags)) == (name, "d☃", tags)
    assert (found.creation_timestamp, found.last_updated_timestamp) == (1234, 1234)
    with pytest.raises(NotFound, match="Registered Model with name=none not found"):
        store.get("none")


def test_names_of_models_are_unique(store: RegistrySubject) -> None:
    store.model("m")
    store.model("M")
    with pytest.raises(AlreadyExists):
        store.model("m")
    with pytest.raises(AlreadyExists):
        store.change("M", new_name="m")
    assert store.models() == ["M", "m"]


def test_numbers_of_versions_rise_and_are_not_given_twice(store: RegistrySubject) -> None:
    store.model()
    assert (store.version(), store.version(time=5)) == (1, 2)
    assert store.get().last_updated_timestamp == 5
    store.alias("best", 2)
    store.remove(2)
    assert not store.get().aliases
    assert store.get().last_updated_timestamp == 9
    for refused in (
        store.find,
        store.remove,
        lambda n: store.alias("a", n),
        lambda n: store.stage(n, "None"),
    ):
        with pytest.raises(NotFound, match=r"Model Version \(name=m, version=2\) not found"):
            refused(2)
    assert store.version() == 3
    assert store.versions() == ["m/3", "m/1"]
    with pytest.raises(NotFound, match="Registered Model with name=none not found"):
        store.version("none")


def test_a_new_version_is_ready_and_in_no_stage(store: RegistrySubject) -> None:
    store.model()
    store.version()
    found = store.find(1)
    assert (found.source, found.run_id, found.current_stage) == ("s3://b/m", "run", "None")
    assert found.status == m.READY
    key = m.ModelVersionKey(name="m", version=1)
    assert store.instance.call("GetModelVersionLocation", key).storage_location == "s3://b/m/kept"


def test_concurrent_versions_get_numbers_of_their_own(store: RegistrySubject) -> None:
    store.model()
    with ThreadPoolExecutor(16) as crew:
        numbers = list(crew.map(lambda _: store.version(), range(100)))
    assert sorted(numbers) == list(range(1, 101))


def test_a_new_name_takes_all_along(store: RegistrySubject) -> None:
    store.model("old")
    store.version("old")
    store.tag("k", "v", "old")
    store.tag_version(1, "vk", "vv", "old")
    store.alias("best", 1, "old")
    assert store.change("old", new_name="new").last_updated_timestamp == 5
    with pytest.raises(NotFound):
        store.get("old")
    found = store.get("new")
    assert (len(found.tags), len(found.aliases), len(found.latest_versions)) == (1, 1, 1)
    version = store.find_alias("best", "new")
    assert (version.name, version.last_updated_timestamp, len(version.tags)) == ("new", 5, 1)


def test_a_deleted_model_takes_all_along(store: RegistrySubject) -> None:
    store.model()
    store.version()
    store.tag_version(1, "k", "v")
    store.alias("best", 1)
    lookup = m.RegisteredModelLookup(name="m")
    store.instance.call("DeleteRegisteredModel", lookup)
    for refused in (lambda: store.find(1), lambda: store.instance.call("DeleteRegisteredModel", lookup)):
        with pytest.raises(NotFound):
            refused()
    assert store.versions() == []
    store.model()
    assert store.version() == 1
    assert not store.get().aliases
    assert not store.find(1).tags


def test_descriptions_are_set_and_taken_away(store: RegistrySubject) -> None:
    store.model()
    store.version()
    assert store.change(description="text").description == "text"
    change = m.ModelVersionDescription(name="m", version=1, description="d", update_time=4)
    assert store.instance.call("UpdateModelVersion", change).description == "d"
    assert store.find(1).last_updated_timestamp == 4
    change.ClearField("description")
    assert not store.instance.call("UpdateModelVersion", change).HasField("description")


def test_tags_replace_and_go(store: RegistrySubject) -> None:
    store.model()
    store.version()
    for value in ("1", "2"):
        store.tag("k", value)
        store.tag_version(1, "k", value)
    assert [tag.value for tag in store.get().tags] == ["2"]
    assert [tag.value for tag in store.find(1).tags] == ["2"]
    assert store.get().last_updated_timestamp == store.find(1).last_updated_timestamp == 1
    for _ in range(2):
        store.drop_tag("k")
        store.drop_version_tag(1, "k")
    assert not store.get().tags
    assert not store.find(1).tags
    with pytest.raises(NotFound):
        store.tag("k", "v", "none")


def test_an_alias_points_to_one_version(store: RegistrySubject) -> None:
    store.model()
    store.version()
    store.version()
    store.alias("best", 1)
    store.alias("best", 2)
    store.alias("other", 2)
    assert store.find_alias("best").version == "2"
    assert list(store.find(1).aliases) == []
    assert list(store.find(2).aliases) == ["best", "other"]
    store.drop_alias("other")
    store.drop_alias("other")
    assert [alias.alias for alias in store.get().aliases] == ["best"]
    with pytest.raises(InvalidParameter, match=r"Registered model alias none not found\."):
        store.find_alias("none")
    with pytest.raises(NotFound):
        store.drop_alias("best", "none")


def test_stages_make_room(store: RegistrySubject) -> None:
    store.model()
    for _ in range(4):
        store.version()
    store.stage(1, "Production")
    store.stage(2, "Production")
    store.stage(3, "Staging")
    with pytest.raises(NotFound):
        store.stage(9, "Production", archive=True)
    assert store.find(1).current_stage == "Production"
    moved = store.stage(4, "Production", archive=True)
    assert (moved.current_stage, moved.last_updated_timestamp) == ("Production", 7)
    latest = [(version.version, version.current_stage) for version in store.get().latest_versions]
    assert latest == [("2", "Archived"), ("3", "Staging"), ("4", "Production")]


def test_models_are_searched(store: RegistrySubject) -> None:
    for time, name in enumerate(["apple", "Apple", "banana", "100%"]):
        store.model(name, time)
    store.tag("k", "Red", "apple")
    store.tag("k", "yellow", "banana")
    assert store.models(where(ATTRIBUTE, "name", m.COMPARATOR_LIKE, text="app%")) == ["apple"]
    assert store.models(where(ATTRIBUTE, "name", m.COMPARATOR_ILIKE, text="APP__")) == ["Apple", "apple"]
    assert store.models(where(TAG, "k", m.COMPARATOR_NOT_EQUAL, text="Red")) == ["banana"]
    assert store.models(where(TAG, "k", m.COMPARATOR_IS_NULL)) == ["100%", "Apple"]
    newest = [by("last_updated_timestamp", descending=True)]
    assert store.models(order=newest, limit=3) == ["100%", "banana", "Apple", "apple"]
    with pytest.raises(InvalidParameter, match="nonsense"):
        store.models(where(ATTRIBUTE, "nonsense", m.COMPARATOR_EQUAL, text="x"))


def test_versions_are_searched(store: RegistrySubject) -> None:
    for name in ("a", "b"):
        store.model(name)
        for number in range(3):
            store.version(name, time=number, source=f"s3://{name}{number}")
    store.tag_version(2, "k", "v", "a")
    late = where(ATTRIBUTE, "version_number", m.COMPARATOR_GREATER, integer=2)
    assert store.versions(late) == ["a/3", "b/3"]
    assert store.versions(where(ATTRIBUTE, "source_path", m.COMPARATOR_EQUAL, text="s3://b0")) == ["b/1"]
    assert len(store.versions(where(ATTRIBUTE, "run_id", m.COMPARATOR_EQUAL, text="run"))) == 6
    assert store.versions(where(TAG, "k", m.COMPARATOR_EQUAL, text="v")) == ["a/2"]
    oldest = [by("creation_timestamp")]
    assert store.versions(order=oldest, limit=4) == ["a/1", "b/1", "a/2", "b/2", "a/3", "b/3"]


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    answered = 0
    enough = threading.Event()
    with PluginProcess(MODULE, folder=PLUGIN) as process:
        store = RegistrySubject(process, tmp_path)
        store.model()

        def write() -> None:
            nonlocal answered
            while True:
                answered = store.version()
                store.alias("newest", answered)
                if answered == 20:
                    enough.set()

        def write_until_the_end() -> None:
            with pytest.raises(TemporarilyUnavailable):
                write()

        writer = threading.Thread(target=write_until_the_end)
        writer.start()
        assert enough.wait(10)
        process.kill()
        writer.join(10)
    with PluginProcess(MODULE, folder=PLUGIN) as process:
        store = RegistrySubject(process, tmp_path)
        # The write under way may have been kept, but whole.
        assert len(store.versions(limit=1000)) in (answered, answered + 1)
        assert int(store.find_alias("newest").version) in (answered - 1, answered)
        assert store.version() > answered


def test_two_servers_share_a_registry(tmp_path: Path) -> None:
    with PluginProcess(MODULE, folder=PLUGIN) as one, PluginProcess(MODULE, folder=PLUGIN) as other:
        stores = [RegistrySubject(one, tmp_path), RegistrySubject(other, tmp_path)]
        stores[0].model()
        with ThreadPoolExecutor(2) as crew:
            numbers = crew.map(lambda turn: stores[turn % 2].version(), range(50))
            assert sorted(numbers) == list(range(1, 51))
        assert stores[0].versions() == stores[1].versions()
