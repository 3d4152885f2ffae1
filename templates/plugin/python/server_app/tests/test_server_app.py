from __future__ import annotations

import pytest
from millrace.plugin import InvalidParameter
from millrace.plugin import messages as m
from millrace.plugin.testing import PluginProcess

ALICE = "0123456789abcdef"
BOB = "fedcba9876543210"


def ask(process: PluginProcess, authorization: str) -> m.Authentication:
    settings = {"tokens": f"alice={ALICE}, bob={BOB}"}
    answer = process.open("server_app", "sample-name", settings=settings).call(
        "Authenticate", m.Credentials(authorization=authorization)
    )
    assert isinstance(answer, m.Authentication)
    return answer


def test_a_token_names_its_user(process: PluginProcess) -> None:
    assert ask(process, f"Bearer {ALICE}").principal == "alice"
    assert ask(process, f"bearer {BOB}").principal == "bob"


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", f"Basic {ALICE}", f"Bearer {ALICE}x", ALICE]
)
def test_everything_else_is_refused(process: PluginProcess, authorization: str) -> None:
    answer = ask(process, authorization)
    assert not answer.authenticated
    assert not answer.principal
    assert answer.challenges == ['Bearer realm="millrace"']


@pytest.mark.parametrize("tokens", ["", "alice", "alice=short", f"={ALICE}", f"alice={ALICE},"])
def test_tokens_that_are_none_are_refused(process: PluginProcess, tokens: str) -> None:
    with pytest.raises(InvalidParameter, match="USER=TOKEN"):
        process.open("server_app", "sample-name", settings={"tokens": tokens})
