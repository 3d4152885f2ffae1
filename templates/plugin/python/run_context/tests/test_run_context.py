from __future__ import annotations

import socket

from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess


def tags_of(process: PluginProcess, environment: dict[str, str]) -> dict[str, str]:
    plugin = process.open("run_context", "sample-name")
    answer = plugin.call("GetTags", m.RunContextQuery(environment=environment))
    assert answer.applies
    return {tag.key: tag.value for tag in answer.tags}


def test_variables_of_the_job_become_tags(process: PluginProcess) -> None:
    tags = tags_of(process, {"CI_COMMIT_SHA": "abc", "HOME": "/"})
    assert tags == {"host": socket.gethostname(), "ci.commit_sha": "abc"}


def test_long_values_are_cut_between_characters(process: PluginProcess) -> None:
    tags = tags_of(process, {"CI_MESSAGE": "ä" * 8000})
    assert tags["ci.message"] == "ä" * 4000
