"""docs/plugins/first-plugin.md, followed from its first line to its last in an empty folder.

What its `pip install` would fetch from a registry is lent by the environments that the other tests run in.
"""

import os
import pathlib
import sys

import pytest
from servers import ROOT, free_port

import tutorial

BINARY = pathlib.Path(os.environ.get("MILLRACE_BINARY", str(ROOT / "build/release/millrace")))
PAGE = ROOT / "docs/plugins/first-plugin.md"
LENT = [pathlib.Path(sys.prefix), ROOT / "build/venv-sdk"]


def site_packages(environment):
    return environment / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


@pytest.fixture
def shell(tmp_path):
    home = tmp_path / "home"
    work = tmp_path / "work"
    for folder in (home, work):
        folder.mkdir()
    environment = {
        # The python3 that the environment of the tests was made from: what it lends fits.
        "PATH": f"{pathlib.Path(sys.base_prefix) / 'bin'}:{os.environ['PATH']}",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "MILLRACE": str(ROOT),
        "CCACHE_DIR": os.environ.get("CCACHE_DIR", str(pathlib.Path.home() / ".cache/ccache")),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it as the value of build_isolation
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    running = tutorial.Shell(work, environment, seconds=900)
    yield running
    running.close()


def test_the_tutorial_works_as_written(shell, tmp_path):
    def lend(command):
        if command.startswith("python3 -m venv "):
            folder = site_packages(tmp_path / "work" / command.split()[-1])
            (folder / "lent.pth").write_text("".join(f"{site_packages(lender)}\n" for lender in LENT))

    page = PAGE.read_text().replace("5001", str(free_port()))
    assert [info for info, _ in tutorial.blocks(page)].count("sh") >= 15
    tutorial.follow(page, shell, lend)
    assert BINARY.parent == ROOT / "build/release", "the page names the build folder"


def test_what_is_shown_is_compared():
    assert tutorial.re.fullmatch(tutorial.pattern_of("a 5 (b)\n...\nc ... d\n"), "a 17 (b)\nx\ny\nc 1 2 d\n")
    assert not tutorial.re.fullmatch(tutorial.pattern_of("a\n"), "a\nb\n")
    assert not tutorial.re.fullmatch(tutorial.pattern_of("a\n...\nb\n"), "a\nc\n")


def test_a_failing_command_fails_the_page(shell):
    with pytest.raises(AssertionError, match="ended with status 3"):
        tutorial.follow("```sh\n(exit 3)\n```\n", shell)
    with pytest.raises(AssertionError, match="printed was"):
        tutorial.follow("```sh\necho a\n```\n\n```text\nb\n```\n", shell)
