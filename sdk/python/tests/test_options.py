"""Typed settings and secrets."""

from __future__ import annotations

import json
import pickle

import pytest

from millrace.plugin import InvalidParameter, PluginOptions, Secret

OPTIONS = PluginOptions(
    "artifact_repository",
    "acme",
    "acme://user:sesame@host/x",
    {"text": "a", "count": "3", "rate": "0.5", "on": "True", "off": "0", "key": "sesame"},
)


def test_settings_have_types() -> None:
    assert OPTIONS.string("text") == "a"
    assert OPTIONS.integer("count") == 3
    assert OPTIONS.number("rate") == 0.5
    assert OPTIONS.boolean("on") is True
    assert OPTIONS.boolean("off", True) is False
    assert OPTIONS.secret("key").reveal() == "sesame"


def test_defaults_stand_in_for_what_is_not_set() -> None:
    assert OPTIONS.string("other", "x") == "x"
    assert OPTIONS.integer("other", 0) == 0
    assert not OPTIONS.has("other")


def test_what_is_missing_is_named() -> None:
    with pytest.raises(InvalidParameter, match="'other'"):
        OPTIONS.string("other")


@pytest.mark.parametrize("read", [OPTIONS.integer, OPTIONS.number, OPTIONS.boolean])
def test_a_wrong_type_is_named_and_its_value_is_not(read: object) -> None:
    with pytest.raises(InvalidParameter, match="'key'") as caught:
        read("key")  # type: ignore[operator]
    assert "sesame" not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_a_secret_does_not_print() -> None:
    secret = Secret("sesame")
    for text in (str(secret), repr(secret), f"{secret}", f"{secret!r}", str([secret])):
        assert text.strip("[]") == "***"
    with pytest.raises(TypeError):
        json.dumps(secret)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert secret == Secret("sesame") and secret != Secret("other") and secret != "sesame"


def test_printing_options_shows_neither_values_nor_the_uri() -> None:
    assert "sesame" not in repr(OPTIONS) + str(vars(OPTIONS)["kind"])
