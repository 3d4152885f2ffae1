"""Adds a header to the requests of a client."""

from __future__ import annotations

import re

from millrace.plugin import CallContext, InvalidParameter, PluginOptions, RequestHeader
from millrace.plugin.messages import HeaderList, HeaderQuery, HttpHeader

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# Those that others set: credentials are for request_auth plugins.
_TAKEN = {"authorization", "content-length", "cookie", "host", "proxy-authorization", "transfer-encoding"}


class SamplePlugin(RequestHeader):
    def __init__(self, options: PluginOptions) -> None:
        self._name = options.string("header", "X-Team")
        self._value = options.string("value", "")
        if not _NAME.fullmatch(self._name) or self._name.lower() in _TAKEN:
            raise InvalidParameter(f"'{self._name}' cannot be the name of the header: set 'header'")
        if not self._value.isprintable():
            raise InvalidParameter("the setting 'value' has characters that no header may have")

    def get_headers(self, context: CallContext, request: HeaderQuery) -> HeaderList:
        if not self._value:
            return HeaderList(applies=False)
        return HeaderList(applies=True, headers=[HttpHeader(name=self._name, value=self._value)])
