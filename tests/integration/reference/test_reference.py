"""docs/plugins/reference against the contract that it is made from."""

import re
import sys

import pytest
from servers import ROOT

sys.path.insert(0, str(ROOT / "codegen"))
import reference  # noqa: E402

FOLDER = ROOT / "docs/plugins/reference"


@pytest.fixture(scope="module")
def contract():
    return reference.Contract(reference.read_files())


def test_the_pages_are_those_that_the_contract_gives():
    written = {path.name: path.read_text() for path in FOLDER.iterdir()}
    expected = reference.pages()
    stale = sorted(name for name in written.keys() | expected.keys() if written.get(name) != expected.get(name))
    assert not stale, f"{', '.join(stale)}: run ./dev reference"


def test_every_operation_and_message_is_described(contract):
    bare = [type_.name for type_ in contract.types.values()
            if type_.page != reference.ENTITIES and not type_.comments.of(type_.path)]
    for file in contract.files:
        if file.package == reference.PLUGINS:
            comments = reference.Comments(file)
            bare += [method.name for index, method in enumerate(file.service[0].method)
                     if not comments.of((reference.FILE_SERVICES, 0, reference.METHODS, index))]
    assert not bare


def test_every_kind_has_a_page_and_links_lead_somewhere():
    kinds = re.findall(r'\{Kind::k\w+, "(\w+)"', (ROOT / "src/plugin/kind.cpp").read_text())
    assert len(kinds) == 12
    index = (FOLDER / "README.md").read_text()
    assert sorted(re.findall(r"^\| \[(\w+)\]", index, re.MULTILINE)) == sorted(kinds)
    for page in FOLDER.iterdir():
        for target, anchor in re.findall(r"\]\(([\w./-]*)#?([\w.-]*)\)", page.read_text()):
            linked = FOLDER / target if target else page
            assert linked.is_file(), f"{page.name} links to {target}"
            headings = re.findall(r"^#+ (.*)$", linked.read_text(), re.MULTILINE)
            assert not anchor or anchor in {heading.lower().replace(".", "") for heading in headings}, f"{page.name}: #{anchor}"
