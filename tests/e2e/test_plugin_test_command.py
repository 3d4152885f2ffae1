"""`millrace plugin test`: the conformance kits against real plugins, whole and faulty, with the real program."""

from __future__ import annotations

import json
import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import time
from typing import Any

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = pathlib.Path(os.environ.get("MILLRACE_BINARY", str(ROOT / "build/release/millrace")))
SDK = ROOT / "build/venv-sdk/bin"
SHELF = BINARY.parent / "examples/plugins/shelf/plugins/shelf"
FILE_PLUGIN = ROOT / "examples/plugins/file-plugin"
FAULTY = ROOT / "tests/e2e/plugins/faulty"


class Author:
    """Somebody who tests plugins, with a home and a place of temporary files of their own."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.temporary = pathlib.Path("/tmp") / f"mr-{os.getpid()}-{time.monotonic_ns() % 10**9}"
        self.temporary.mkdir()
        path = f"{BINARY.parent}:{SDK}:{os.environ['PATH']}"
        self.environment = {"PATH": path, "HOME": str(folder), "TMPDIR": str(self.temporary)}

    def command(self, *arguments: str | pathlib.Path) -> list[str]:
        return [str(BINARY), "plugin", "test", *map(str, arguments)]

    def run(self, *arguments: str | pathlib.Path, status: int = 0) -> str:
        """What the command printed on both outputs; it must have exited with the status and left nothing."""
        done = subprocess.run(
            self.command(*arguments), cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == status, done.stdout + done.stderr
        self.require_nothing_left()
        return done.stdout + done.stderr

    def report(self, *arguments: str | pathlib.Path, status: int = 0) -> Any:
        done = subprocess.run(
            self.command(*arguments, "--json"),
            cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True, timeout=300,
        )
        assert done.returncode == status, done.stdout
        self.require_nothing_left()
        return json.loads(done.stdout)

    def processes(self) -> list[str]:
        """What was started with our place of temporary files and runs."""
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if f"TMPDIR={self.temporary}".encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return found

    def require_nothing_left(self) -> None:
        assert self.processes() == []
        assert list(self.temporary.iterdir()) == []


@pytest.fixture
def author(tmp_path):
    author = Author(tmp_path)
    yield author
    shutil.rmtree(author.temporary)


def failures(report: Any) -> list[Any]:
    return [check for check in report["checks"] if check["verdict"] == "failed"]


def skipped(report: Any) -> dict[str, str]:
    return {check["check"]: check["reason"] for check in report["checks"] if check["verdict"] == "skipped"}


def test_a_plugin_in_cpp_passes_in_a_process_of_its_own(author):
    report = author.report(SHELF, "--quick")
    assert report["failed"] == 0 and report["passed"] >= 35
    assert "in memory" in skipped(report)["files that were acknowledged survive SIGKILL"]
    assert "keeps no files" in skipped(report)["a change without permission is refused"]


def test_what_is_kept_in_memory_without_saying_so_fails(author):
    folder = author.folder / "shelf"
    shutil.copytree(SHELF, folder)
    manifest = (folder / "plugin.toml").read_text()
    (folder / "plugin.toml").write_text(manifest.replace("in-memory = true", "in-memory = false"))
    report = author.report(folder, "--quick", status=1)
    assert {check["check"] for check in failures(report)} >= {
        "files are there when the repository is opened again",
        "files that were acknowledged survive SIGKILL",
        "an upload of 64 MiB is not held in memory",
    }


def test_a_plugin_in_python_passes_and_the_last_line_has_the_counts(author):
    output = author.run(FILE_PLUGIN, "--quick")
    assert output.startswith("Testing file-plugin 1.0.0 from ")
    assert "tracking_store 'file-plugin', correctness\n" in output
    assert "artifact_repository 'file-plugin', crash\n  pass  files that were acknowledged survive SIGKILL" in output
    assert "  pass  a write on a full disk is refused" in output
    assert "  pass  a store that may not see its data answers an error" in output
    assert re.search(r"\n\d+ passed, 0 failed, \d+ skipped\n$", output)


def test_the_report_is_json_too(author):
    report = author.report(FILE_PLUGIN, "--quick", "--only", "artifact_repository")
    assert (report["id"], report["version"], report["transport"]) == ("file-plugin", "1.0.0", "child process")
    assert report["folder"] == str(FILE_PLUGIN)
    assert report["failed"] == 0 and report["passed"] > 40
    assert len(report["checks"]) == report["passed"] + report["skipped"]
    for check in report["checks"]:
        assert set(check) == {"kind", "name", "theme", "check", "verdict", "reason", "log", "seconds"}
        assert (check["kind"], check["name"]) == ("artifact_repository", "file-plugin")
        assert check["verdict"] == "passed" or check["reason"]


@pytest.mark.parametrize(
    ("defect", "only", "check", "reason"),
    [
        ("older-content", "artifact_repository", "an overwrite gives the newer content", "bytes of a file that was"),
        ("root-files", "artifact_repository", "the root lists its files and folders", r"\[b/, m/\] instead of"),
        ("refusal-is-success", "artifact_repository", "without permission", "it succeeded instead of being refused"),
        ("refusal-is-success", "artifact_repository", "a file that finds the disk full", "it succeeded instead of being refused"),
        ("in-place", "artifact_repository", "a file that SIGKILL interrupts is not seen", "listed after the kill"),
        ("hoards", "artifact_repository", "10,000 calls leave memory as it was", "memory grew from"),
        ("crashes", "artifact_repository", "reading what is not there", "its process ended|TEMPORARILY_UNAVAILABLE"),
        ("lost-updates", "tracking_store", "16 writers of one metric lose no point", "points in the history"),
        ("nan", "tracking_store", "NaN", "NaN is not a number"),
    ],
)
def test_a_defect_is_found_and_named(author, defect, only, check, reason):
    arguments = [FAULTY, "--only", f"{only}:faulty", "--check", check]
    sound = author.report(*arguments)
    assert sound["failed"] == 0 and sound["passed"] >= 1
    spoiled = [*arguments, "--set", f"defect={defect}"]
    report = author.report(*spoiled, status=1)
    found = failures(report)
    assert report["failed"] == len(found) >= 1
    assert any(re.search(reason, failure["reason"]) for failure in found), found
    output = author.run(*spoiled, status=1)
    assert f"FAIL  {found[0]['check']} (" in output
    assert f"\nFailed:\n  {only} 'faulty': {found[0]['check']}\n" in output
    assert re.search(r"\n\d+ passed, [1-9]\d* failed, \d+ skipped\n$", output)


def test_a_failed_check_shows_what_the_plugin_logged(author):
    output = author.run(FAULTY, "--only", "artifact_repository", "--check", "unknown", "--set", "defect=crashes", status=2)
    assert "No check has 'unknown' in its name" in output
    output = author.run(FAULTY, "--check", "reading what is not there", "--set", "defect=crashes", status=1)
    assert "log: error: It ended with status 3." in output


def test_a_plugin_that_hangs_does_not_hang_the_test(author):
    begin = time.monotonic()
    report = author.report(FAULTY, "--check", "a file at the root", "--set", "defect=hangs", status=1)
    assert time.monotonic() - begin < 150
    assert failures(report)[0]["log"][-1] == "about to hang"
    assert failures(report)[0]["reason"]


@pytest.mark.parametrize(
    ("defect", "message"),
    [
        ("refuses-to-open", r"The artifact_repository 'faulty' cannot be opened\. .*there is no bucket of that name"),
        ("dies-at-open", r"cannot be opened\.(.|\n)*the disk is on fire"),
        ("hangs-at-open", r"Opening the plugin 'faulty' is not done within 15 s"),
    ],
)
def test_a_plugin_that_does_not_open_is_told_and_exits_with_2(author, defect, message):
    arguments = [FAULTY, "--only", "artifact_repository", "--set", f"defect={defect}"]
    assert re.search(message, author.run(*arguments, status=2))
    assert re.search(message, author.report(*arguments, status=2)["error"])


def program(folder: pathlib.Path, script: str, manifest: str = "") -> pathlib.Path:
    """A plugin whose program is a shell script."""
    folder.mkdir()
    (folder / "run").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "run").chmod(0o755)
    (folder / "plugin.toml").write_text(
        f'[plugin]\nid = "scripted"\nversion = "1.0.0"\nprotocol = "1.0"\nlicense = "MIT"\ndescription = "A test."\n'
        f'[run]\ncommand = ["./run"]\nstart_timeout_seconds = 1\n[[provides]]\nkind = "artifact_repository"\n'
        f'schemes = ["scripted"]\n{manifest}'
    )
    return folder


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo hello world; sleep 60", 'printed "hello world" where its handshake line was expected'),
        ("head -c 100000 /dev/zero; sleep 60", "printed no handshake line but something else"),
        ("echo no configuration >&2; exit 3", "ended before its handshake. It said: no configuration"),
        ("sleep 60", "did not answer in time after its start"),
    ],
)
def test_a_program_that_is_no_plugin_is_told_and_exits_with_2(author, script, message):
    assert message in author.run(program(author.folder / "p", script), status=2)


def test_what_cannot_be_tested_is_told(author):
    assert "There is no plugin 'nobody', and no folder 'nobody' with a plugin.toml" in author.run("nobody", status=2)
    assert "There is no plugin.toml in the folder './nobody'" in author.run("./nobody", status=2)
    assert "'stores' is no kind of plugin" in author.run(SHELF, "--only", "stores", status=2)
    assert "provides no such kind or name" in author.run(SHELF, "--only", "run_context", status=2)
    assert "--set needs KEY=VALUE, not 'x'" in author.run(SHELF, "--set", "x", status=2)
    assert "There is no setting 'x'" in author.run(SHELF, "--set", "x=y", status=2)
    assert "manifest names no 'library'" in author.run(FILE_PLUGIN, "--in-process", status=2)
    broken = program(author.folder / "p", "", '[provides.test]\nurl = "x"\n')
    assert "plugin.toml:14:1: [provides.test] has no key 'url'" in author.run(broken, status=2)


def test_a_plugin_is_found_by_its_id(author):
    report = author.report("shelf", "--path", SHELF.parent, "--check", "a file at the root")
    assert (report["id"], report["passed"]) == ("shelf", 1)


def test_a_plugin_is_tested_in_process(author):
    report = author.report(SHELF, "--in-process", "--quick")
    assert report["transport"] == "in process" and report["failed"] == 0 and report["passed"] > 30
    assert skipped(report)["a killed repository takes files again"] == "it runs inside this process, which cannot be killed"


def copy_with_test_table(author: Author, table: str) -> pathlib.Path:
    folder = author.folder / "copy"
    shutil.copytree(FAULTY, folder)
    (folder / "faulty.py").write_text(
        (FAULTY / "faulty.py").read_text().replace("pathlib.Path(__file__).resolve().parents[4]", f"pathlib.Path({str(ROOT)!r})")
    )
    manifest = (folder / "plugin.toml").read_text()
    (folder / "plugin.toml").write_text(manifest.replace("[configuration.defect]", table + "\n[configuration.defect]"))
    return folder


def test_uri_and_settings_of_the_manifest_count_for_tests(author):
    folder = copy_with_test_table(
        author, '[provides.test]\nuri = "faulty:{folder}/below"\nsettings = { defect = "older-content" }'
    )
    check = ["--only", "artifact_repository", "--check", "an overwrite gives"]
    assert author.report(folder, *check, status=1)["failed"] == 1
    assert author.report(folder, *check, "--set", "defect=")["passed"] == 1


def test_commands_of_the_manifest_make_storage_fail(author):
    folder = copy_with_test_table(
        author,
        '[provides.test]\ndeny-access = ["./turn", "off", "{folder}"]\npermit = ["./turn", "on", "{folder}"]',
    )
    script = "#!/bin/sh\nset -e\necho \"$1\" >> turned\n[ $1 = on ] && chmod 755 $2 || chmod 0 $2\n"
    (folder / "turn").write_text(script)
    (folder / "turn").chmod(0o755)
    check = ["--only", "artifact_repository", "--check", "may not be"]
    report = author.report(folder, "--only", "artifact_repository", "--check", "ermission")
    assert report["passed"] >= 1 and report["failed"] == 0
    turned = (folder / "turned").read_text().split()
    assert turned[0] == "off" and turned[-1] == "on"
    (folder / "turn").write_text("#!/bin/sh\necho no such thing here\nexit 77\n")
    (report,) = author.report(folder, *check[:2], "--check", "ermission", status=2)["checks"][:1] or [None]
    assert report["reason"] == "'deny-access' says that it does not apply: no such thing here"
    (folder / "turn").write_text("#!/bin/sh\necho oh >&2\nexit 5\n")
    report = author.report(folder, *check[:2], "--check", "ermission", status=1)
    assert "'deny-access' exited with 5: oh" in failures(report)[0]["reason"]


def test_the_commands_of_the_testing_page_work_as_written(author):
    page = (ROOT / "docs/plugins/testing.md").read_text()
    folder = author.folder / "vendor/acme-files"
    shutil.copytree(FILE_PLUGIN, folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    manifest = (folder / "plugin.toml").read_text()
    (folder / "plugin.toml").write_text(manifest.replace('id = "file-plugin"', 'id = "acme-files"'))
    commands = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    assert len(commands) == 3 and "\n".join(commands).count("millrace plugin test") == 4
    # All kits with all their effort take minutes; the commands are what is tried here.
    short = [re.sub(r"(plugin test (?:vendor/)?acme-files)", r"\1 --quick --only artifact_repository", each) for each in commands]
    short[1] = short[1].replace(" --only artifact_repository --check", " --check").replace("--quick --json", "--json")
    done = subprocess.run(
        ["sh", "-euxc", "\n".join(short)],
        cwd=author.folder, env=author.environment, capture_output=True, text=True, timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    author.require_nothing_left()


def test_the_table_of_the_testing_page_is_a_manifest(author):
    page = (ROOT / "docs/plugins/testing.md").read_text()
    (table,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    folder = program(author.folder / "p", "exit 1")
    manifest = (folder / "plugin.toml").read_text()
    (folder / "plugin.toml").write_text(manifest[: manifest.index("[[provides]]")] + table)
    assert "The artifact_repository 'oss' cannot be opened. " in author.run(folder, status=2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_test_leaves_nothing(author, number):
    process = subprocess.Popen(
        author.command(FILE_PLUGIN), cwd=author.folder, env=author.environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    while "pass" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(number)
    process.communicate(timeout=10)
    assert process.returncode == 128 + number
    author.require_nothing_left()


def test_a_terminal_shows_the_check_that_runs(author):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        author.command(SHELF, "--check", "a file at the root"), env=author.environment, stdout=theirs, cwd=author.folder
    )
    os.close(theirs)
    assert process.wait(timeout=60) == 0
    output = os.read(ours, 65536).decode()
    os.close(ours)
    assert "\r\033[2K  ...   a file at the root comes back\r\033[2K" in output
    assert output.rstrip().endswith("1 passed, 0 failed, 0 skipped")
