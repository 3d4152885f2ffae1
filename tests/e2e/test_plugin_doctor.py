"""`millrace plugin doctor` with real plugins: well ones, and ones that fail in every way."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import time
from typing import Any

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = pathlib.Path(os.environ.get("MILLRACE_BINARY", str(ROOT / "build/release/millrace")))
SHELF = ROOT / "build/release/examples/plugins/shelf/plugins/shelf"
SECRET = "s3cret-of-the-test"

AUTH = """
import os, signal, time
from millrace.plugin import InvalidParameter, Plugin, RequestAuth, Unauthenticated
from millrace.plugin.messages import CheckReport, SignedHeaders

plugin = Plugin()


@plugin.request_auth("{name}")
class Auth(RequestAuth):
    def __init__(self, options):
        self.token = options.secret("token")
        {opening}

    def sign(self, context, request):
        return SignedHeaders()

    def check(self, context):
        {checking}
"""

MANIFEST = """
[plugin]
id = "{id}"
version = "1.0.0"
protocol = "1.0"
license = "Apache-2.0"
description = "A patient."
[run]
{run}
[[provides]]
kind = "request_auth"
names = ["{id}"]
[configuration.token]
type = "string"
required = true
secret = true
environment = "DOCTOR_TEST_TOKEN"
[configuration.retries]
type = "integer"
default = 3
[configuration.region]
type = "string"
"""


class Ward:
    """A folder of plugins, a configuration that allows them, and the program."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.plugins = folder / "plugins"
        self.plugins.mkdir()
        self.configuration = folder / "millrace.toml"
        self.configure("")
        self.environment = {
            "PATH": f"{ROOT}/build/venv-sdk/bin:{os.environ['PATH']}",
            "HOME": str(folder),
            "DOCTOR_TEST_TOKEN": SECRET,
        }

    def configure(self, more: str) -> None:
        self.configuration.write_text(f'[plugins]\npath = ["{self.plugins}"]\n{more}')

    def python(self, id: str, opening: str = "pass", checking: str = "return []") -> None:
        self.manifest(id, f'python = "{id.replace("-", "_")}"')
        code = AUTH.format(name=id, opening=opening, checking=checking)
        (self.plugins / id / f"{id.replace('-', '_')}.py").write_text(code)

    def shell(self, id: str, script: str) -> None:
        self.manifest(id, 'command = ["./run"]')
        (self.plugins / id / "run").write_text(f"#!/bin/sh\n{script}\n")
        (self.plugins / id / "run").chmod(0o755)

    def library(self, id: str, entry: str) -> None:
        self.manifest(id, f'library = "{id}.so"')
        source = self.plugins / id / f"{id}.c"
        source.write_text(f"#include <stdlib.h>\nconst void* millrace_plugin_entry_v1(const void* host) {{ {entry} }}\n")
        command = ["g++", "-x", "c", "-shared", "-fPIC", "-O0", str(source), "-o", str(source.with_suffix(".so"))]
        subprocess.run(command, check=True, timeout=60)

    def manifest(self, id: str, run: str) -> None:
        (self.plugins / id).mkdir()
        (self.plugins / id / "plugin.toml").write_text(MANIFEST.format(id=id, run=run))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(BINARY), "plugin", "doctor", *arguments, "--config", str(self.configuration)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120)

    def examine(self, *arguments: str, status: int = 0) -> dict[str, Any]:
        """The report; its plugins and their findings by name."""
        done = self.run(*arguments, "--json")
        assert done.returncode == status, done.stdout + done.stderr
        assert SECRET not in done.stdout
        report = json.loads(done.stdout)
        return {"summary": report["summary"], **{plugin["id"]: findings(plugin) for plugin in report["plugins"]}}


def findings(plugin: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {each["subject"]: (each["outcome"], each["message"]) for each in plugin["findings"]}


@pytest.fixture
def ward(tmp_path: pathlib.Path) -> Ward:
    return Ward(tmp_path)


def test_a_well_plugin_is_told_from_its_manifest_to_its_own_check(ward: Ward) -> None:
    ward.python("well", checking='return [CheckReport.Finding(subject="credentials", outcome=1, message="valid for 3 h")]')
    found = ward.examine()
    assert found["summary"] == {"fine": 0, "warning": 1, "failed": 0}
    well = found["well"]
    assert well["manifest"][0] == "fine"
    assert well["files"] == ("warning", well["files"][1])
    assert "nothing vouches" in well["files"][1]
    assert well["setting token"] == ("fine", "from the environment variable DOCTOR_TEST_TOKEN")
    assert well["setting retries"] == ("fine", "from the default")
    assert well["setting region"] == ("fine", "not set; it need not be")
    assert well["start"][0] == "fine"
    assert well["description"] == ("fine", "it was built for protocol 1.0, this Millrace speaks 1.0")
    assert well["open request_auth:well"][0] == "fine"
    assert well["credentials"] == ("fine", "valid for 3 h")


def test_the_text_names_every_step_and_ends_with_counts(ward: Ward) -> None:
    ward.python("well")
    ward.shell("sick", "exit 3")
    done = ward.run()
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert any(line.startswith("well 1.0.0 in ") for line in lines)
    assert any(line.split()[:2] == ["FAILED", "start"] and "ended before its handshake" in line for line in lines)
    assert lines[-1] == "2 plugins: 0 fine, 1 with warnings, 1 failed"


def test_settings_are_told_by_place_and_never_by_value(ward: Ward) -> None:
    ward.python("well")
    ward.configure(f'[plugins.settings.well]\ntoken = "{SECRET}"\nretries = "many"\nregoin = "eu"\n')
    well = ward.examine(status=1)["well"]
    assert well["setting token"] == ("fine", "from 'token' below [plugins.settings.well] in the configuration file")
    assert well["setting retries"][0] == "failed"
    assert "must be a whole number" in well["setting retries"][1]
    assert well["setting regoin"][0] == "failed"
    assert well["open"] == ("skipped", "not opened: its settings have faults")
    assert well["start"][0] == "fine"


def test_a_missing_secret_is_told_with_the_places_to_set_it(ward: Ward) -> None:
    ward.python("poor")
    del ward.environment["DOCTOR_TEST_TOKEN"]
    poor = ward.examine(status=1)["poor"]
    outcome, message = poor["setting token"]
    assert outcome == "failed"
    assert "[plugins.settings.poor]" in message
    assert "DOCTOR_TEST_TOKEN" in message


def test_credentials_that_fail_are_one_finding(ward: Ward) -> None:
    ward.python("expired", checking='raise Unauthenticated("the token has expired: set token to a new one")')
    ward.python(
        "blocked", checking='return [CheckReport.Finding(subject="reachability", outcome=3, message="port 9 is closed")]'
    )
    ward.python(
        "slow", checking='return [CheckReport.Finding(subject="reachability", outcome=2, message="it takes 2 s")]'
    )
    found = ward.examine(status=1)
    assert found["expired"]["request_auth"] == ("failed", "the token has expired: set token to a new one")
    assert found["blocked"]["reachability"] == ("failed", "port 9 is closed")
    assert found["slow"]["reachability"] == ("warning", "it takes 2 s")
    assert found["summary"] == {"fine": 0, "warning": 1, "failed": 2}


def test_a_secret_that_the_plugin_repeats_is_hidden(ward: Ward) -> None:
    ward.python("chatty", opening='raise InvalidParameter("the token " + self.token.reveal() + " is too short")')
    chatty = ward.examine(status=1)["chatty"]
    assert chatty["open request_auth:chatty"] == ("failed", "the token *** is too short")


def test_plugins_that_hang_or_crash_cost_one_finding_and_the_others_go_on(ward: Ward) -> None:
    ward.shell("crash-at-start", "kill -SEGV $$")
    ward.python("crash-at-open", opening="os.kill(os.getpid(), signal.SIGKILL)")
    ward.python("crash-at-check", checking="os.kill(os.getpid(), signal.SIGKILL)")
    ward.shell("hang-at-start", "exec sleep 600")
    ward.python("hang-at-open", opening="time.sleep(600)")
    ward.python("hang-at-check", checking="time.sleep(600)")
    ward.shell("garbage", "echo what do you want; sleep 600")
    ward.python("well")
    began = time.monotonic()
    found = ward.examine("--timeout", "2", status=1)
    assert time.monotonic() - began < 60
    assert found["summary"] == {"fine": 0, "warning": 1, "failed": 7}
    assert "ended before its handshake" in found["crash-at-start"]["start"][1]
    assert "signal 9" in found["crash-at-open"]["open request_auth:crash-at-open"][1]
    assert "signal 9" in found["crash-at-check"]["check request_auth:crash-at-check"][1]
    assert found["hang-at-start"]["start"][0] == "failed"
    assert found["hang-at-open"]["open request_auth:hang-at-open"][0] == "failed"
    assert found["hang-at-check"]["check request_auth:hang-at-check"][0] == "failed"
    assert "what do you want" in found["garbage"]["start"][1]
    assert found["well"]["open request_auth:well"][0] == "fine"


def test_a_library_that_crashes_or_hangs_does_not_take_the_doctor_along(ward: Ward) -> None:
    ward.library("crash", "*(volatile int*)0 = 1; return 0;")
    ward.library("leave", "exit(0);")
    ward.library("hang", "for (volatile int i = 0;; ++i) {}")
    ward.library("alone", "return 0;")
    ward.python("well")
    ward.configure('in-process = ["crash", "leave", "hang"]\n')
    found = ward.examine("--timeout", "1", status=1)
    assert found["crash"]["start"] == ("failed", "It crashed: signal 11.")
    assert found["leave"]["start"][0] == "failed"
    assert found["hang"]["start"] == ("failed", "It did not answer within 1 s.")
    assert "in-process" in found["alone"]["start"][1]
    assert found["well"]["start"][0] == "fine"


def test_kinds_by_scheme_are_opened_with_uris_that_are_given_or_configured(ward: Ward) -> None:
    ward.configuration.write_text(f'[plugins]\npath = ["{SHELF}"]\n')
    shelf = ward.examine("shelf")["shelf"]
    outcome, message = shelf["open artifact_repository:shelf"]
    assert outcome == "skipped"
    assert "--uri shelf:" in message
    shelf = ward.examine("shelf", "--uri", "shelf://given")["shelf"]
    assert shelf["open artifact_repository:shelf"][0] == "fine"
    assert shelf["check artifact_repository:shelf"] == ("fine", "the plugin checks nothing by itself")
    ward.configuration.write_text(
        f'[plugins]\npath = ["{SHELF}"]\nin-process = ["shelf"]\n[server]\ndefault-artifact-root = "shelf://configured"\n'
    )
    shelf = ward.examine("shelf")["shelf"]
    assert shelf["start"] == ("fine", "its library is loaded")
    assert shelf["open artifact_repository:shelf"][0] == "fine"


def test_a_uri_that_nobody_serves_is_refused_without_repeating_it(ward: Ward) -> None:
    ward.python("well")
    done = ward.run("--uri", f"other://user:{SECRET}@host")
    assert done.returncode == 1
    assert "'other'" in done.stderr
    assert SECRET not in done.stdout + done.stderr


def test_broken_collided_and_refused_plugins_are_findings(ward: Ward) -> None:
    ward.manifest("broken", "colour = 3")
    ward.python("refused")
    ward.shell("one", "exit 1")
    ward.shell("two", "exit 1")
    for id in ("one", "two"):
        manifest = ward.plugins / id / "plugin.toml"
        manifest.write_text(manifest.read_text().replace(f'names = ["{id}"]', 'names = ["both"]'))
    ward.configure('allow = ["broken", "one", "two"]\n')
    found = ward.examine(status=1)
    assert found["broken"]["manifest"][0] == "failed"
    assert "plugin.toml:" in found["broken"]["manifest"][1]
    assert list(found["broken"]) == ["manifest"]
    assert found["refused"]["manifest"][0] == "warning"
    assert "start" not in found["refused"]
    assert found["one"]["request_auth:both"][0] == "failed"


def test_files_that_were_changed_are_not_run(ward: Ward) -> None:
    ward.shell("changed", f"touch {ward.folder}/was-run")
    subprocess.run([BINARY, "plugin", "pack", ward.plugins / "changed", "-o", ward.folder / "c.mrp"], check=True)
    installed = ward.folder / "installed"
    subprocess.run([BINARY, "plugin", "install", ward.folder / "c.mrp", "--path", installed], check=True)
    ward.configuration.write_text(f'[plugins]\npath = ["{installed}"]\n')
    with (installed / "changed/run").open("a") as script:
        script.write("# changed\n")
    found = ward.examine(status=1)["changed"]
    assert found["files"][0] == "failed"
    assert "'run' was changed" in found["files"][1]
    assert found["start"][0] == "skipped"
    assert not (ward.folder / "was-run").exists()


def test_an_unknown_id_is_an_error_and_no_plugins_are_none(ward: Ward) -> None:
    done = ward.run("nobody")
    assert done.returncode == 1
    assert "There is no plugin 'nobody'" in done.stderr
    done = ward.run()
    assert done.returncode == 0
    assert "No plugins are installed" in done.stdout
