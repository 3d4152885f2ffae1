"""docs/plugins/protocol.md against the server: the frames that it shows are those that the server sends."""

import json
import pathlib
import re
import sys

import pytest
import requests
from servers import ROOT, MillraceServer

from replay import conversations, without_chance

FOLDER = pathlib.Path(__file__).resolve().parent
PAGE = ROOT / "docs/plugins/protocol.md"

MANIFEST = """
[plugin]
id = "replay"
version = "1.0.0"
protocol = "1.0"
license = "Apache-2.0"
description = "Answers what the page shows."
[run]
command = {command}
[[provides]]
kind = "artifact_repository"
schemes = ["memory"]
"""


@pytest.fixture
def server(tmp_path):
    folder = tmp_path / "plugins/replay"
    folder.mkdir(parents=True)
    command = [sys.executable, str(FOLDER / "replay.py"), str(PAGE), str(tmp_path / "heard")]
    (folder / "plugin.toml").write_text(MANIFEST.format(command=json.dumps(command)))
    with MillraceServer(tmp_path, "--plugin-path", str(tmp_path / "plugins"), "--artifacts-destination", "memory:x") as running:
        yield running


def test_the_server_says_what_the_page_shows_and_understands_its_answers(server, tmp_path):
    files = f"{server.url}/api/2.0/mlflow-artifacts/artifacts"
    assert requests.get(files, params={"path": ""}, timeout=10).json().get("files", []) == []
    assert requests.put(f"{files}/a", data=b"hello", timeout=10).status_code == 200
    assert requests.get(f"{files}/a", timeout=10).content == b"hello"
    missing = requests.get(f"{files}/b", timeout=10)
    assert (missing.status_code, missing.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert missing.json()["message"] == "there is no file 'b'"
    shown = [without_chance(frame) for turns in conversations(PAGE.read_text()) for speaker, frame in turns if speaker == ">"]
    heard = [bytes.fromhex(line) for line in (tmp_path / "heard").read_text().split()]
    assert [frame.hex(" ") for frame in heard] == [frame.hex(" ") for frame in shown]


def test_codes_of_the_page_are_those_of_the_host():
    source = (ROOT / "src/plugin/ttrpc/status.cpp").read_text()
    known = re.findall(r"\{(\d+), ErrorCode::k(\w+)\}", source.split("kFromGrpc{{")[1].split("}};")[0])
    named = {constant: (name, status) for constant, name, status in re.findall(
        r'\{ErrorCode::k(\w+), "([A-Z_]+)", (\d+)\}', (ROOT / "src/base/error.cpp").read_text())}
    rows = re.findall(r"^\| (\d+) \| [A-Z_]+ \| `([A-Z_]+)` \| (\d+)", PAGE.read_text(), re.MULTILINE)
    assert rows == [(code, *named[constant]) for code, constant in known]
