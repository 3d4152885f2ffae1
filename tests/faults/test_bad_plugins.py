"""Plugins that do wrong, behind a real server: each gets a clear message and harms nobody else."""

from __future__ import annotations

import os
import pathlib
import re
import select
import sys
import time
import uuid
from collections.abc import Iterator

import pytest
import requests
from processes import children_of
from servers import ROOT, MillraceServer

BUILT = ROOT / "build/release/tests/faults/plugins"
RAW = pathlib.Path(__file__).parent / "plugins/raw_plugin.py"

RAW_MODES = [
    "huge", "impossible", "other-call", "garbage", "no-message", "data-frame", "silence", "later-minor", "noisy",
    "next-major", "last-major", "hang", "binary", "endless",
]  # fmt: skip


def manifest(id: str, run: str, protocol: str = "1.0") -> str:
    return (
        f'[plugin]\nid = "{id}"\nversion = "1.0.0"\nprotocol = "{protocol}"\nlicense = "MIT"\n'
        f'description = "A test."\n[run]\n{run}\n[[provides]]\nkind = "artifact_repository"\nschemes = ["{id}"]\n'
    )


def write_plugins(folder: pathlib.Path) -> None:
    """Plugins that are a few lines: those that speak the protocol badly, and manifests that are wrong."""
    for mode in RAW_MODES:
        patience = 20 if mode in ("later-minor", "noisy") else 2  # for those that do no wrong
        run = f'command = ["{sys.executable}", "{RAW}", "{mode}"]\nstart_timeout_seconds = {patience}\ncall_timeout_seconds = 1'
        (folder / f"raw-{mode}").mkdir(parents=True)
        (folder / f"raw-{mode}/plugin.toml").write_text(manifest(f"raw-{mode}", run))
    for id, text in {
        "toml-next-major": manifest("toml-next-major", 'command = ["./x"]', "2.0"),
        "toml-next-minor": manifest("toml-next-minor", 'command = ["./x"]', "1.7"),
        "toml-next-keys": manifest("toml-next-keys", 'command = ["./x"]\nsandbox = "strict"', "1.7"),
        "toml-typo": manifest("toml-typo", 'command = ["./x"]\nmemory_limit = 100'),
        "no-program": manifest("no-program", 'command = ["./not-there"]'),
    }.items():
        (folder / id).mkdir()
        (folder / id / "plugin.toml").write_text(text)


class Guarded:
    """A server that must be the same process, and healthy, after each fault."""

    def __init__(self, server: MillraceServer) -> None:
        self.server = server

    def artifacts(self, scheme: str, path: str = "") -> requests.Response:
        """The answer to a listing of the artifacts of a new run whose experiment keeps them in the plugin."""
        name, root = uuid.uuid4().hex, f"{scheme}:{uuid.uuid4().hex}"
        created = self.server.api("POST", "experiments/create", json={"name": name, "artifact_location": root})
        assert created.status_code == 200, created.text
        run = self.server.api("POST", "runs/create", json={"experiment_id": created.json()["experiment_id"]})
        assert run.status_code == 200, run.text
        id = run.json()["run"]["info"]["run_id"]
        return self.server.api("GET", "artifacts/list", params={"run_id": id, "path": path} if path else {"run_id": id})

    def refused(self, scheme: str, path: str = "") -> tuple[int, str, str]:
        """Status, code and message of the fault that the plugin has to be answered with, within ten seconds."""
        start = time.monotonic()
        answer = self.artifacts(scheme, path)
        assert time.monotonic() - start < 10
        assert answer.status_code >= 400, answer.text
        body = answer.json()
        assert len(answer.content) < 8000
        assert re.search(r"[\x00-\x1f\x7f]", body["message"].replace("\n", "")) is None, "control characters"
        self.check()
        return answer.status_code, body["error_code"], body["message"]

    def check(self) -> None:
        assert self.server.process.poll() is None, self.server.log_text()[-2000:]
        assert requests.get(f"{self.server.url}/health", timeout=5).status_code == 200
        assert self.server.api("POST", "experiments/search", json={"max_results": 1}).status_code == 200


def start(folder: pathlib.Path, in_process: str) -> MillraceServer:
    write_plugins(folder / "plugins")
    (folder / "millrace.toml").write_text(f"[plugins]\nin-process = {in_process}\n")
    paths = [folder / "plugins", BUILT / "libraries", BUILT / "plugins"]
    flags = [flag for path in paths for flag in ("--plugin-path", str(path))]
    return MillraceServer(folder, *flags, wrapper=("env", f"MILLRACE_CONFIG={folder}/millrace.toml"))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with start(tmp_path_factory.mktemp("bad"), '["bad-*"]') as server:
        yield Guarded(server)


@pytest.fixture(scope="module")
def guarded_in_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with start(tmp_path_factory.mktemp("bad-in-process"), '["moody"]') as server:
        yield Guarded(server)


@pytest.mark.parametrize(("defect", "expected"), [
    ("no-entry", "it does not export millrace_plugin_entry_v1"),
    ("other-major-entry", "built for major 2 of the plugin interface, this Millrace has major 1"),
    ("wrong-major", "built for major 7 of the plugin interface, this Millrace has major 1"),
    ("wrong-hash", "its layout of the plugin interface is not that of the major that it claims"),
    ("no-hash", "its layout of the plugin interface is not that of the major that it claims"),
    ("short-table", "its table of functions has 24 bytes"),
    ("no-call", "its table lacks one of the functions"),
    ("unresolved", "undefined symbol: millrace_test_function_of_nobody"),
    ("refuses", "it refused to start; the log tells why"),
    ("crash-at-load", "was ended by signal 11. It said: the licence server is on fire"),
    ("crash-at-entry", "was ended by signal 6"),
    ("exit-at-load", "ended with status 0"),
    ("hang-at-load", "was not done after 1000 ms"),
    ("no-answer", "The plugin did not answer."),
    ("huge-answer", "The plugin's answer is larger than the 64 MiB"),
])  # fmt: skip
def test_a_library_that_is_wrong_is_refused_by_name(guarded: Guarded, defect: str, expected: str) -> None:
    _, code, message = guarded.refused(f"bad-{defect}")
    assert expected in message
    if defect not in ("no-answer", "huge-answer"):
        assert (code, f"'bad-{defect}'" in message) == ("INVALID_STATE", True)
    else:
        assert code in ("INTERNAL_ERROR", "RESOURCE_EXHAUSTED")


def test_a_library_refused_once_is_not_tried_by_each_request(guarded: Guarded) -> None:
    guarded.refused("bad-hang-at-load")
    start = time.monotonic()
    for _ in range(5):
        assert "was not done after 1000 ms" in guarded.refused("bad-hang-at-load")[2]
    assert time.monotonic() - start < 2


def test_what_a_library_says_while_it_refuses_is_in_the_log(guarded: Guarded) -> None:
    guarded.refused("bad-refuses")
    assert "no licence for this machine" in guarded.server.log_text()


@pytest.mark.parametrize("defect", ["sound", "long-table"])
def test_a_library_of_a_later_minor_serves(guarded: Guarded, defect: str) -> None:
    assert guarded.artifacts(f"bad-{defect}").status_code == 200


@pytest.mark.parametrize(("mode", "status", "expected"), [
    ("huge", 429, "4194304"),
    ("impossible", 503, "something else than ttrpc"),
    ("garbage", 503, "something else than ttrpc"),
    ("other-call", 503, "took longer than the 1000 ms"),
    ("silence", 503, "took longer than the 1000 ms"),
    ("no-message", 500, "answered List with something that is not the message of the contract"),
    ("data-frame", 500, "with a frame of type 3"),
    ("hang", 503, "'raw-hang' did not answer in time after its start"),
    ("binary", 503, "where its handshake line was expected"),
    ("endless", 503, "printed no handshake line but something else"),
    ("next-major", 500, "speaks protocol 2.0, this Millrace speaks 1.0"),
    ("last-major", 500, "speaks protocol 0.9, this Millrace speaks 1.0"),
])  # fmt: skip
def test_a_child_that_breaks_the_protocol_is_told_and_the_server_goes_on(
    guarded: Guarded, mode: str, status: int, expected: str
) -> None:
    answered, _, message = guarded.refused(f"raw-{mode}")
    assert expected in message
    assert answered == status


@pytest.mark.parametrize("mode", ["later-minor", "noisy"])
def test_fields_of_a_later_minor_and_noise_on_stdout_do_no_harm(guarded: Guarded, mode: str) -> None:
    answer = guarded.artifacts(f"raw-{mode}")
    assert answer.status_code == 200, answer.text
    guarded.check()


@pytest.mark.parametrize(("scheme", "expected"), [
    ("toml-next-major", "needs plugin protocol 2.0, this host speaks 1.0"),
    ("toml-next-minor", "needs plugin protocol 1.7, this host speaks 1.0"),
    ("toml-next-keys", "plugin.toml:9:1: [run] has no key 'sandbox'"),
    ("toml-next-keys", "needs protocol 1.7, this host speaks 1.0"),
    ("toml-typo", "plugin.toml:9:1: [run] has no key 'memory_limit'"),
    ("no-program", "not-there: No such file or directory"),
])  # fmt: skip
def test_a_manifest_that_is_wrong_or_too_new_is_told_with_its_place(guarded: Guarded, scheme: str, expected: str) -> None:
    name = uuid.uuid4().hex
    created = guarded.server.api("POST", "experiments/create", json={"name": name, "artifact_location": f"{scheme}:x"})
    message = created.text if created.status_code != 200 else guarded.refused(scheme)[2]
    assert expected in message
    guarded.check()


EXCEPTIONS = [
    ("throw-std", "INTERNAL_ERROR", "The plugin met an unexpected fault; the log tells more."),
    ("throw-int", "INTERNAL_ERROR", "The plugin met an unexpected fault; the log tells more."),
    ("throw-no-memory", "RESOURCE_EXHAUSTED", "The plugin is out of memory."),
    ("throw-error", "PERMISSION_DENIED", "The bucket is closed on Sundays."),
]


@pytest.mark.parametrize(("path", "code", "expected"), EXCEPTIONS)
@pytest.mark.parametrize("way", ["guarded", "guarded_in_process"])
def test_exceptions_become_answers_whichever_way_the_plugin_runs(
    request: pytest.FixtureRequest, way: str, path: str, code: str, expected: str
) -> None:
    guarded: Guarded = request.getfixturevalue(way)
    assert guarded.refused("moody", path)[1:] == (code, expected)
    log = guarded.server.log_text()
    assert path != "throw-std" or "unexpected fault: the password is hunter2" in log, "the operator is told, nobody else"


@pytest.mark.parametrize("way", ["guarded", "guarded_in_process"])
def test_what_libraries_define_is_there_for_plugins_too(request: pytest.FixtureRequest, way: str) -> None:
    answer = request.getfixturevalue(way).artifacts("moody", "surroundings")
    assert answer.status_code == 200, answer.text


def test_a_huge_listing_of_a_child_is_refused_and_the_next_call_is_answered(guarded: Guarded) -> None:
    status, code, _ = guarded.refused("moody", "huge")
    assert (status, code) == (429, "RESOURCE_EXHAUSTED")
    assert guarded.artifacts("moody").status_code == 200


@pytest.mark.parametrize(("path", "in_log"), [
    ("die", "It was ended by signal 6."),
    ("leave", "It ended with status 0."),
    ("grow", "MiB of memory, more than the 200 MiB of its manifest, and is ended"),
])  # fmt: skip
def test_a_child_that_ends_itself_or_grows_fails_its_calls_and_is_back_at_once(
    guarded: Guarded, path: str, in_log: str
) -> None:
    status, code, _ = guarded.refused("moody", path)
    assert (status, code) == (503, "TEMPORARILY_UNAVAILABLE")
    end = time.monotonic() + 1
    while (answer := guarded.artifacts("moody")).status_code != 200:
        assert answer.status_code == 503
        assert time.monotonic() < end, answer.text
    assert in_log in guarded.server.log_text()


def test_a_call_that_hangs_is_given_up_at_its_deadline_and_others_go_on(guarded: Guarded) -> None:
    start = time.monotonic()
    assert "took longer than the 2000 ms" in guarded.refused("moody", "hang")[2]
    assert time.monotonic() - start < 4
    assert guarded.artifacts("moody").status_code == 200


def test_a_child_in_a_call_that_hangs_does_not_outlive_a_killed_server(tmp_path: pathlib.Path) -> None:
    with start(tmp_path, '["bad-*"]') as server:
        guarded = Guarded(server)
        assert guarded.artifacts("moody").status_code == 200
        (child,) = children_of(server.process.pid)
        assert "took longer than the 2000 ms" in guarded.refused("moody", "hang")[2]
        its_end = os.pidfd_open(child)
        server.process.kill()
        server.process.wait()
        assert select.select([its_end], [], [], 15)[0], "the plugin still runs"
        os.close(its_end)


def test_a_child_may_babble_on_stdout_while_it_works(guarded: Guarded) -> None:
    assert guarded.artifacts("moody", "babble").status_code == 200
    assert "\x1b[2J" not in guarded.server.log_text(), "a plugin wrote to the operator's terminal"
    guarded.check()
