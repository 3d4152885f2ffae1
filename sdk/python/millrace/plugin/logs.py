"""What a plugin logs, as lines that the host takes apart: one JSON object a line on standard error."""

from __future__ import annotations

import json
import logging
import sys
from typing import TextIO


class JsonLines(logging.Formatter):
    """`level`, `message` and `logger`; the traceback of an exception belongs to the message."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + self.formatException(record.exc_info)
        line = {"level": _level(record.levelno), "message": message, "logger": record.name}
        return json.dumps(line, ensure_ascii=False)


def log_as_json(stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """Sends all that is logged to `stream`, in place of what was set up before."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(True)


def _level(number: int) -> str:
    if number >= logging.ERROR:
        return "error"
    if number >= logging.WARNING:
        return "warning"
    return "info" if number >= logging.INFO else "debug"
