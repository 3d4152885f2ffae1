"""The values of one metric of one run, in order of time."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import NamedTuple

from millrace.plugin.messages import Metric, MetricWithRunId


class Point(NamedTuple):
    """A value in the order of a history. NaN counts as 0, so that points can be compared."""

    timestamp: int
    step: int
    number: float
    is_nan: bool

    @staticmethod
    def of(metric: Metric) -> Point:
        is_nan = math.isnan(metric.value)
        return Point(metric.timestamp, metric.step, 0.0 if is_nan else metric.value, is_nan)

    @property
    def value(self) -> float:
        return math.nan if self.is_nan else self.number

    @property
    def age(self) -> tuple[int, int, float, bool]:
        """The greatest is the latest."""
        return self.step, self.timestamp, self.number, not self.is_nan


class Points:
    """All points of a metric, each once."""

    def __init__(self) -> None:
        self._sorted: list[Point] = []
        self.latest: Point | None = None

    def add(self, point: Point) -> None:
        place = bisect_left(self._sorted, point)
        if place < len(self._sorted) and self._sorted[place] == point:
            return
        self._sorted.insert(place, point)
        if self.latest is None or point.age > self.latest.age:
            self.latest = point

    def delete_after(self, step: int | None) -> None:
        """All points, or those of later steps."""
        self._sorted = [] if step is None else [point for point in self._sorted if point.step <= step]
        self.latest = max(self._sorted, key=lambda point: point.age, default=None)

    def count_after(self, step: int | None) -> int:
        return len(self._sorted) if step is None else sum(point.step > step for point in self._sorted)

    def history(self, run_id: str, key: str) -> list[MetricWithRunId]:
        """In order of time, step and value."""
        return [
            MetricWithRunId(
                run_id=run_id, key=key, value=point.value, timestamp=point.timestamp, step=point.step
            )
            for point in self._sorted
        ]
