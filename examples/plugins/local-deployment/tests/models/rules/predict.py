"""A model in a few lines of Python."""

from __future__ import annotations

from typing import Any

LARGE = 40


def predict(rows: list[dict[str, Any]]) -> list[str]:
    return ["large" if row["mm"] > LARGE else "small" for row in rows]
