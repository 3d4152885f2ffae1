from __future__ import annotations

import pytest
from millrace.plugin import InvalidParameter, Unauthenticated
from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess


def test_a_request_gets_the_token(process: PluginProcess) -> None:
    auth = process.open("request_auth", "sample-name", settings={"token": "abc"})
    signed = auth.call("Sign", m.RequestToSign(method="GET", url="http://127.0.0.1/"))
    assert [(header.name, header.value) for header in signed.set] == [("Authorization", "Bearer abc")]


def test_a_refused_token_is_not_used_again(process: PluginProcess) -> None:
    auth = process.open("request_auth", "sample-name", settings={"token": "abc"})
    with pytest.raises(Unauthenticated, match="set 'token'"):
        auth.call("Sign", m.RequestToSign(method="GET", url="http://127.0.0.1/", rejected=True))


def test_a_token_that_would_break_the_header_is_refused(process: PluginProcess) -> None:
    with pytest.raises(InvalidParameter) as caught:
        process.open("request_auth", "sample-name", settings={"token": "abc\r\nX-Evil: 1"})
    assert "abc" not in str(caught.value)
