"""The pages about plugins: what they say of the program is so, and their links lead somewhere."""

import os
import pathlib
import re
import subprocess

import pytest
from servers import ROOT

PAGES = ROOT / "docs/plugins"
BINARY = pathlib.Path(os.environ.get("MILLRACE_BINARY", str(ROOT / "build/release/millrace")))


def anchors(page):
    """As GitHub makes them from headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)", text):
        linked = (page.parent / target).resolve() if target else page
        assert linked.is_file(), f"{target} is not there"
        assert not anchor or anchor in anchors(linked), f"{linked.name} has no #{anchor}"


def test_the_index_names_all_pages():
    named = set(re.findall(r"\]\((\w[\w-]*\.md)\)", (PAGES / "README.md").read_text()))
    assert named == {page.name for page in PAGES.glob("*.md")} - {"README.md"}


def test_kinds_and_groups_are_those_of_the_program():
    rows = re.findall(r"^\| \[(\w+)\]\(\S+\) \| `(mlflow\.\w+)` \| (scheme|name) \|$", (PAGES / "README.md").read_text(), re.MULTILINE)
    source = (ROOT / "src/plugin/kind.cpp").read_text()
    known = re.findall(r'\{Kind::k\w+, "(\w+)", "([\w.]+)", (true|false)\}', source)
    assert len(known) == 12
    assert rows == [(kind, group, "scheme" if by_scheme == "true" else "name") for kind, group, by_scheme in known]


def test_settings_of_the_security_page_are_understood(tmp_path):
    (settings,) = re.findall(r"^```toml\n(.*?)^```", (PAGES / "security.md").read_text(), re.DOTALL | re.MULTILINE)
    (tmp_path / "millrace.toml").write_text(settings)
    command = [str(BINARY), "plugin", "list", "--config", "millrace.toml"]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "millrace.toml").write_text(settings.replace("in-process", "in-proces"))
    assert subprocess.run(command, cwd=tmp_path, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, timeout=30).returncode != 0
