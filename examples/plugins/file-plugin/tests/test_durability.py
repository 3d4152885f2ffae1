"""What is left after crashes, and what two servers see of each other."""

from __future__ import annotations

import os
import resource
import threading
from pathlib import Path

import pytest
from millrace.plugin import ResourceExhausted, TemporarilyUnavailable
from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

from .conftest import MODULE, PLUGIN
from .registry_subject import RegistrySubject
from .subject import Subject, latest, params


def start() -> PluginProcess:
    return PluginProcess(MODULE, folder=PLUGIN)


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    answered = 0
    with start() as process:
        store = Subject(process, tmp_path)
        run = store.run(store.experiment())

        def write() -> None:
            nonlocal answered
            for step in range(100_000):
                store.write(run, m.Metric(key="m", value=step, step=step), params={str(step): "x"})
                answered = step + 1
                enough.set()

        def write_until_the_end() -> None:
            with pytest.raises(TemporarilyUnavailable):
                write()

        enough = threading.Event()
        writer = threading.Thread(target=write_until_the_end)
        writer.start()
        assert enough.wait(10)
        process.kill()
        writer.join(10)
    with start() as process:
        found = Subject(process, tmp_path).get(run)
        # The write under way may have been kept, but whole.
        assert latest(found)["m"] in (answered - 1, answered)
        assert len(params(found)) == latest(found)["m"] + 1


@pytest.mark.parametrize("damage", ["cut", "garbage"])
def test_an_unfinished_record_is_dropped_and_writing_goes_on(tmp_path: Path, damage: str) -> None:
    with start() as process:
        store = Subject(process, tmp_path)
        run = store.run(store.experiment())
        store.metric(run, "kept", 1)
        whole = (tmp_path / "tracking.journal").stat().st_size
        store.write(run, m.Metric(key="lost", value=1), params={"lost": "1"})
    if damage == "cut":
        os.truncate(tmp_path / "tracking.journal", whole + 15)
    else:
        with (tmp_path / "tracking.journal").open("r+b") as file:
            file.seek(whole + 15)
            file.write(b"\xff\xff")
    for _ in range(2):
        with start() as process:
            store = Subject(process, tmp_path)
            assert latest(store.get(run)) in ({"kept": 1.0}, {"kept": 1.0, "new": 2.0})
            assert not params(store.get(run))
            store.metric(run, "new", 2)
            assert latest(store.get(run)) == {"kept": 1.0, "new": 2.0}


def test_two_servers_share_a_folder(tmp_path: Path) -> None:
    with start() as one, start() as other:
        stores = [Subject(one, tmp_path), Subject(other, tmp_path)]
        run = stores[0].run(stores[0].experiment())

        def write(writer: int) -> None:
            for step in range(50):
                stores[writer].metric(run, "m", writer, step)

        threads = [threading.Thread(target=write, args=[writer]) for writer in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [len(store.history(run)) for store in stores] == [100, 100]


def test_a_full_disk_is_told_and_harms_nothing(tmp_path: Path) -> None:
    with start() as process:
        store = Subject(process, tmp_path)
        registry = RegistrySubject(process, tmp_path)
        repository = process.open(
            "artifact_repository", "file-plugin", uri=f"file-plugin:{tmp_path}/artifacts"
        )
        run = store.run(store.experiment())
        store.metric(run, "kept", 1)
        registry.model("kept")
        limits = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, limits[1]))
        for write in (
            lambda: store.metric(run, "lost", 1),
            lambda: registry.model("lost"),
            lambda: repository.call("Write", m.ArtifactWrite(path="lost"), content=[b"text"]),
        ):
            with pytest.raises(ResourceExhausted, match="cannot be written: File too large"):
                write()
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)
        store.metric(run, "new", 2)
        assert latest(store.get(run)) == {"kept": 1.0, "new": 2.0}
        assert registry.models() == ["kept"]
        assert not repository.call("List", m.ArtifactPath()).files
