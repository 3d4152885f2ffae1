"""`millrace plugin new`: what it makes builds, passes its own tests and the conformance kit of its kind."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = pathlib.Path(os.environ.get("MILLRACE_BINARY", str(ROOT / "build/release/millrace")))
SDK = ROOT / "build/venv-sdk"
KINDS = [
    "tracking_store",
    "registry_store",
    "artifact_repository",
    "request_auth",
    "request_header",
    "run_context",
    "default_experiment",
    "project_backend",
    "model_evaluator",
    "deployment_target",
    "server_app",
    "dataset_source",
]


class Bench:
    """A folder to work in and an environment with the program and the Python package."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.environment = {
            **{name: os.environ[name] for name in ("LANG", "CCACHE_DIR") if name in os.environ},
            "PATH": f"{BINARY.parent}:{SDK}/bin:{os.environ['PATH']}",
            "HOME": str(folder / "home"),
            "PYTHONDONTWRITEBYTECODE": "1",
            # Equal files in other folders are in the compiler cache already.
            "CCACHE_DIR": os.environ.get("CCACHE_DIR", os.path.expanduser("~/.cache/ccache")),
            "CCACHE_BASEDIR": str(folder),
            "CCACHE_NOHASHDIR": "1",
        }

    def run(self, *command: object, at: pathlib.Path | None = None, status: int = 0, timeout: float = 300) -> str:
        """What the command printed; it must have ended with the status."""
        words = [str(word) for word in command]
        done = subprocess.run(
            words, cwd=at or self.folder, env=self.environment, capture_output=True, text=True, timeout=timeout
        )
        assert done.returncode == status, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def new(self, name: str, kind: str, language: str, *flags: str, status: int = 0) -> str:
        command = [BINARY, "plugin", "new", name, "--kind", kind, "--language", language, *flags]
        return self.run(*command, status=status)

    def conformance(self, target: pathlib.Path, *flags: str) -> None:
        """All checks of the kit pass, but for those that say why they do not apply."""
        self.run(BINARY, "plugin", "test", target, "--quick", *flags)

    def doctor(self, plugin: pathlib.Path, example: pathlib.Path, uri: str) -> None:
        """The example configuration does for the plugin."""
        flags = ["--uri", uri] if uri else []
        name = example.parent.parent.name
        findings = json.loads(
            self.run(BINARY, "plugin", "doctor", name, "--json", "--config", example, *flags, at=plugin)
        )
        assert findings["summary"]["failed"] == 0, findings


def uri_for(name: str, kind: str, folder: pathlib.Path) -> str:
    by_scheme = kind in ("tracking_store", "registry_store", "artifact_repository", "deployment_target")
    return f"{name}:{folder}" if by_scheme else ""


@pytest.fixture
def bench(tmp_path: pathlib.Path) -> Bench:
    return Bench(tmp_path)


# ---- Python ----


@pytest.fixture(scope="module")
def type_cache(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return tmp_path_factory.mktemp("mypy")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_made_in_python_passes_its_tests_and_the_kit(bench: Bench, kind: str, type_cache: pathlib.Path) -> None:
    name = f"acme-{kind.replace('_', '-')}"
    bench.new(name, kind, "python")
    folder = bench.folder / name
    bench.run("ruff", "check", ".", at=folder)
    bench.run("mypy", "--cache-dir", type_cache, at=folder)
    assert " passed" in bench.run("python", "-m", "pytest", at=folder)
    bench.conformance(folder)
    bench.doctor(folder, folder / "examples/millrace.toml", uri_for(name, kind, bench.folder / "data"))


def test_what_is_made_in_python_is_installed_by_the_printed_commands(bench: Bench) -> None:
    printed = bench.new("acme-files", "artifact_repository", "python", "--scheme", "acme+files")
    lines = commands_in(printed)
    assert lines[1] == f"pip install {ROOT}/sdk/python"
    del lines[1]
    # What pip would fetch is in the environment of the package's tests.
    bench.run(sys.executable, "-m", "venv", "environment")
    (site,) = bench.folder.glob("environment/lib/python*/site-packages")
    (sdk_site,) = SDK.glob("lib/python*/site-packages")
    (site / "sdk.pth").write_text("".join(f"{path}\n" for path in (sdk_site, ROOT / "sdk/python")))
    bench.environment |= {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "False", "PIP_NO_INDEX": "1"}
    bench.environment["PATH"] = f"{bench.folder}/environment/bin:{bench.environment['PATH']}"
    bench.run("bash", "-euc", "\n".join(lines))
    assert "acme-files" in bench.run(BINARY, "plugin", "list")


# ---- C++ ----


class Scaffolds:
    """All kinds in C++, built as one project."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        source = bench.folder
        lines = ["cmake_minimum_required(VERSION 3.25)", "project(scaffolds CXX)", "enable_testing()"]
        for kind in KINDS:
            bench.new(self.name(kind), kind, "cpp")
            lines.append(f"add_subdirectory({self.name(kind)})")
        (source / "CMakeLists.txt").write_text("\n".join(lines) + "\n")
        generator = ["-G", "Ninja"] if shutil.which("ninja") else []
        bench.run("cmake", "-S", ".", "-B", "build", f"-Dmillrace_DIR={BINARY.parent}/sdk/cpp", *generator)
        log = bench.run("cmake", "--build", "build", "-j2", timeout=1200)
        assert "warning:" not in log, log

    @staticmethod
    def name(kind: str) -> str:
        return f"acme-{kind.replace('_', '-')}"

    def plugin(self, kind: str) -> pathlib.Path:
        return self.bench.folder / f"build/{self.name(kind)}/plugins/{self.name(kind)}"


@pytest.fixture(scope="module")
def scaffolds(tmp_path_factory: pytest.TempPathFactory) -> Scaffolds:
    return Scaffolds(Bench(tmp_path_factory.mktemp("scaffolds")))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_made_in_cpp_passes_its_tests_and_the_kit(scaffolds: Scaffolds, kind: str) -> None:
    bench, name = scaffolds.bench, scaffolds.name(kind)
    told = bench.run("ctest", "--test-dir", "build", "--output-on-failure", "-R", f"^{name}_")
    assert "100% tests passed, 0 tests failed out of 2" in told
    bench.conformance(scaffolds.plugin(kind), "--in-process")
    # The example names the folder where the project by itself is built.
    example = bench.folder / name / "examples/millrace.toml"
    example.write_text(example.read_text().replace('"../build/plugins"', f'"{scaffolds.plugin(kind).parent}"'))
    bench.doctor(bench.folder, example, uri_for(name, kind, bench.folder / "data" / kind))


def test_what_is_made_in_cpp_is_built_and_installed_by_the_printed_commands(bench: Bench) -> None:
    lines = commands_in(bench.new("acme-files", "mlflow.artifact_repository", "cpp"))
    bench.run("bash", "-euc", "\n".join(lines), timeout=600)
    assert "acme-files" in bench.run(BINARY, "plugin", "list")
    uri = f"acme-files:{bench.folder}/artifacts"
    assert "can be written" in bench.run(BINARY, "plugin", "doctor", "acme-files", "--uri", uri)


# ---- names and layout ----


def commands_in(printed: str) -> list[str]:
    lines = [line.strip() for line in printed.splitlines() if line.startswith("  ")]
    assert lines[0].startswith("cd ")
    return [line + " --quick" * line.startswith("millrace plugin test") for line in lines]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["cpp", "python"])
def test_the_layout_is_the_one_that_authors_know(bench: Bench, kind: str, language: str) -> None:
    name = "some-thing"
    bench.new(name, kind, language)
    folder = bench.folder / name
    for file in ("README.md", "LICENSE", ".gitignore", "plugin.toml", "docs/index.md", "examples/millrace.toml", "tests"):
        assert (folder / file).exists(), file
    package = {"cpp": ("CMakeLists.txt", "CMakePresets.json", "src"), "python": ("pyproject.toml", "some_thing")}
    for file in package[language]:
        assert (folder / file).exists(), file
    for file in folder.rglob("*"):
        text = file.read_text() if file.is_file() else file.name
        assert not re.search(r"sample.(plugin|name)|SamplePlugin|@[A-Z_]+@", text), file
    assert f'kind = "{kind}"' in (folder / "plugin.toml").read_text()
    assert bench.run(BINARY, "plugin", "info", name, "--path", folder).startswith(name) or language == "cpp"


def test_names_and_licences_are_taken_over(bench: Bench) -> None:
    bench.new("acme-sql", "tracking_store", "cpp", "--scheme", "ACME+sql", "--licence", "MIT", "--output", ".")
    folder = bench.folder / "acme-sql"
    assert 'schemes = ["acme+sql"]' in (folder / "plugin.toml").read_text()
    assert 'license = "MIT"' in (folder / "plugin.toml").read_text()
    assert "MIT" in (folder / "LICENSE").read_text()
    bench.new("acme-login", "mlflow.app", "python", "--provides", "Acme.Login")
    assert 'names = ["Acme.Login"]' in (bench.folder / "acme-login/plugin.toml").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Acme", "server_app", "cpp"), "lower case"),
        (("1acme", "server_app", "cpp"), "a letter first"),
        (("-acme", "server_app", "cpp"), ""),
        (("../acme", "server_app", "python"), "lower case"),
        (("a" * 65, "server_app", "python"), "64 characters"),
        (("json", "server_app", "python"), "several words"),
        (("import", "server_app", "python"), "several words"),
        (("tests", "server_app", "python"), "several words"),
        (("test", "server_app", "cpp"), "several words"),
        (("acme", "store", "cpp"), "Kinds are: tracking_store"),
        (("acme", "server_app", "rust"), "cpp or python"),
        (("a", "tracking_store", "cpp"), "--scheme"),
        (("acme", "tracking_store", "cpp", "--scheme", "a b"), "scheme"),
        (("acme", "tracking_store", "cpp", "--provides", "acme"), "--scheme instead of --provides"),
        (("acme", "server_app", "cpp", "--scheme", "acme"), "--provides instead of --scheme"),
        (("acme", "server_app", "cpp", "--provides", "a/b"), "cannot be a name"),
        (("acme", "server_app", "cpp", "--licence", 'MIT"\n'), "SPDX"),
        (("acme", "server_app", "cpp", "--output", "none"), "No such file"),
    ],
)
def test_what_makes_no_plugin_is_refused_with_a_reason(bench: Bench, arguments: tuple[str, ...], message: str) -> None:
    name, kind, language, *flags = arguments
    command = [BINARY, "plugin", "new", name, "--kind", kind, "--language", language, *flags]
    done = subprocess.run([str(word) for word in command], cwd=bench.folder, capture_output=True, text=True, timeout=30)
    assert done.returncode != 0
    assert message in done.stderr + done.stdout
    assert list(bench.folder.iterdir()) == []


def test_what_is_there_is_never_overwritten(bench: Bench) -> None:
    for make in (lambda path: path.mkdir(), lambda path: path.write_text("kept"), lambda path: path.symlink_to("nowhere")):
        place = bench.folder / "acme"
        make(place)
        assert "is there already" in bench.new("acme", "server_app", "python", status=1)
        if place.is_file():
            assert place.read_text() == "kept"
        shutil.rmtree(place) if place.is_dir() and not place.is_symlink() else place.unlink()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_an_error(bench: Bench) -> None:
    (bench.folder / "closed").mkdir(mode=0o500)
    assert "denied" in bench.new("acme", "server_app", "python", "--output", "closed", status=1)


def test_a_place_where_no_folder_can_be_made_is_an_error(bench: Bench) -> None:
    (bench.folder / "file").write_text("")
    assert "Not a directory" in bench.new("acme", "server_app", "python", "--output", "file", status=1)
