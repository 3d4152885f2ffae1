from __future__ import annotations

import pytest
from millrace.plugin import InvalidParameter
from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

QUERY = m.HeaderQuery(method="GET", url="http://127.0.0.1/")


def test_the_header_is_given(process: PluginProcess) -> None:
    plugin = process.open("request_header", "sample-name", settings={"header": "X-Tenant", "value": "a"})
    answer = plugin.call("GetHeaders", QUERY)
    assert answer.applies
    assert [(header.name, header.value) for header in answer.headers] == [("X-Tenant", "a")]


def test_without_a_value_it_does_not_apply(process: PluginProcess) -> None:
    answer = process.open("request_header", "sample-name").call("GetHeaders", QUERY)
    assert not answer.applies
    assert not answer.headers


@pytest.mark.parametrize("name", ["", "X Team", "Authorization", "X\r\nY"])
def test_what_cannot_be_a_name_is_refused(process: PluginProcess, name: str) -> None:
    with pytest.raises(InvalidParameter, match="set 'header'"):
        process.open("request_header", "sample-name", settings={"header": name, "value": "a"})
