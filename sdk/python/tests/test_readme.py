"""The files of the README, put in a folder, do what its commands promise; the package is the built one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
REPOSITORY = PROJECT.parent.parent

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Lets pip install into a folder of the test, with what is installed already and without a network."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(tmp_path / "installed"),
        "PIP_TARGET": str(tmp_path / "installed"),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it as the value of build_isolation
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def run(command: str, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-euc", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_plugin_of_the_readme_passes_its_test(tmp_path: Path, environment: dict[str, str]) -> None:
    install, test = blocks("sh")
    module, module_test = blocks("python")
    run(install, REPOSITORY, environment)
    folder = tmp_path / "note"
    folder.mkdir()
    (folder / "plugin.toml").write_text(blocks("toml")[0], encoding="utf-8")
    (folder / "note_plugin.py").write_text(module, encoding="utf-8")
    (folder / "test_note.py").write_text(module_test, encoding="utf-8")
    assert "1 passed" in run(test, folder, environment)
    where = run('python -c "import millrace; print(millrace.__file__)"', folder, environment)
    assert where.startswith(str(tmp_path)), "the built package is not the one that was tested"


def test_the_files_of_the_readme_have_the_names_it_says() -> None:
    for name in ("plugin.toml", "note_plugin.py", "test_note.py"):
        assert f"`{name}`" in README
