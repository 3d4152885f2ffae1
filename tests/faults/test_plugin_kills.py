"""A plugin in a child process killed fifty times under load."""

from __future__ import annotations

import pathlib
import statistics
import threading
import time

import requests
from processes import kill_children
from servers import ROOT, MillraceServer

SHELF = ROOT / "build/release/examples/plugins/shelf/plugins"
KILLS = 50
WORKERS = 6
LONGEST_ANSWER = 5.0  # seconds; a call of the plugin has thirty
LONGEST_OUTAGE = 1.0


class Load:
    """Clients that list and upload without a pause, and what they were answered."""

    def __init__(self, url: str) -> None:
        self.files = f"{url}/api/2.0/mlflow-artifacts/artifacts"
        self.ended = threading.Event()
        self.answers: list[tuple[float, float, int]] = []  # start, end, status; 0: no answer
        self.faults: list[str] = []
        self.workers = [threading.Thread(target=self.work, args=(number,)) for number in range(WORKERS)]

    def work(self, number: int) -> None:
        session = requests.Session()
        while not self.ended.is_set():
            start = time.monotonic()
            status = self.ask(session, number)
            self.answers.append((start, time.monotonic(), status))

    def ask(self, session: requests.Session, number: int) -> int:
        try:
            if number % 2:
                answer = session.get(self.files, timeout=30)
            else:
                answer = session.put(f"{self.files}/{number}.bin", data=bytes(200_000), timeout=30)
        except requests.RequestException as fault:
            self.faults.append(repr(fault))
            return 0
        if answer.status_code == 503 and answer.json()["error_code"] != "TEMPORARILY_UNAVAILABLE":
            self.faults.append(answer.text)
        return answer.status_code

    def served_after(self, moment: float) -> float | None:
        """When the first request that began after the moment was answered well; None when none was so far."""
        ends = [end for start, end, status in self.answers[-2000:] if start > moment and status == 200]
        return min(ends, default=None)


def wait_until_served(load: Load, moment: float) -> float:
    """Seconds from the moment to the end of the first good answer to a later request."""
    while (served := load.served_after(moment)) is None:
        assert time.monotonic() < moment + 20, "the plugin did not come back"
        time.sleep(0.002)
    return served - moment


def kill_plugin(server: MillraceServer) -> float:
    """Kills the plugin's process; the moment after, since until then the process may answer a new request."""
    while not kill_children(server.process.pid):
        time.sleep(0.001)
    return time.monotonic()


def test_a_plugin_killed_fifty_times_under_load_is_back_within_a_second_each_time(tmp_path: pathlib.Path) -> None:
    flags = ["--plugin-path", str(SHELF), "--artifacts-destination", "shelf://here"]
    with MillraceServer(tmp_path, *flags) as server:
        load = Load(server.url)
        for worker in load.workers:
            worker.start()
        try:
            wait_until_served(load, time.monotonic())
            outages = [wait_until_served(load, kill_plugin(server)) for _ in range(KILLS)]
        finally:
            load.ended.set()
            for worker in load.workers:
                worker.join()
        assert server.process.poll() is None
        assert requests.get(f"{server.url}/health", timeout=5).status_code == 200
    statuses = [status for _, _, status in load.answers]
    slowest = max(end - start for start, end, _ in load.answers)
    print(
        f"{KILLS} kills, {len(statuses)} answers, {statuses.count(503)} of them 503, the slowest after {slowest:.2f} s; "
        f"restored after {statistics.median(outages) * 1000:.0f} ms in the median, {max(outages) * 1000:.0f} ms at worst"
    )
    assert load.faults == []
    assert set(statuses) <= {200, 503}
    assert statuses.count(503) > 0, "no call was under way when the plugin was killed"
    assert slowest < LONGEST_ANSWER
    assert max(outages) < LONGEST_OUTAGE
