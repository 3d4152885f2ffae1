"""What plugins and serving processes leave when they are killed."""

from __future__ import annotations

import os
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

from .conftest import PLUGIN
from .subject import MODULE, Target, wait_for
from .test_deployments import ONE


@contextmanager
def opened(folder: Path) -> Iterator[tuple[PluginProcess, Target]]:
    with PluginProcess(MODULE, folder=PLUGIN) as process:
        yield process, Target(process, folder)


def test_models_are_served_on_while_no_plugin_is_there(tmp_path: Path) -> None:
    with opened(tmp_path) as (process, target):
        target.create()
        before = target.serving()
        process.kill()
    with urllib.request.urlopen(f"{before.attributes['address']}/ping", timeout=10) as answer:
        assert answer.status == 200
    with opened(tmp_path) as (_, target), target:
        assert target.get() == before
        assert target.predict(ONE) == [3.0]


def test_what_went_down_is_served_again_by_the_next_plugin(tmp_path: Path) -> None:
    with opened(tmp_path) as (process, target):
        target.create()
        target.serving()
        (server,) = children_of(process.pid)
        os.kill(server, signal.SIGKILL)
        wait_for(lambda: target.get().state == m.Deployment.DEPLOYMENT_STATE_FAILED)
        assert target.get().message == "its process has ended without a word"
    with opened(tmp_path) as (_, target), target:
        target.serving()
        assert target.predict(ONE) == [3.0]


def test_an_update_starts_a_process_that_was_killed(tmp_path: Path) -> None:
    with opened(tmp_path) as (process, target), target:
        target.create()
        target.serving()
        (server,) = children_of(process.pid)
        os.kill(server, signal.SIGKILL)
        wait_for(lambda: target.get().state == m.Deployment.DEPLOYMENT_STATE_FAILED)
        target.update()
        target.serving()


def test_what_a_crash_left_unfinished_is_not_seen_and_swept(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, target):
        target.create()
        target.delete()
        for name in (".new-0123", ".gone-0123"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "deployment.json").write_text("{}")
            assert target.names() == []
            os.utime(tmp_path / name, (0, 0))
    with opened(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_two_plugins_share_a_folder(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, one), opened(tmp_path) as (_, other), one:
        one.create()
        other.serving()
        assert other.predict(ONE) == [3.0]
        other.delete()
        assert one.names() == []


def children_of(pid: int) -> list[int]:
    threads = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]
