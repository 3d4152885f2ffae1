"""Measures what plugins cost on this machine; prints a Markdown table.

Calls and streams through a plugin that keeps nothing, in process, as a child process and in Python, beside a bare socket
and gRPC; log-batch through such a store beside the built-in one; the start with 200 manifests. Figures are medians of the
rounds, who is measured takes turns. Loopback only. Usage: ./dev bench-plugins [--rounds 3] [--seconds 2]
"""

import argparse
import contextlib
import json
import pathlib
import subprocess
import tempfile

import run as bench
from servers import ROOT, MillraceServer

NOOP = ROOT / "build/release/bench/noop/plugins"
TOOLS = bench.TOOLS
TARGETS = ["load", "ttrpc_bench", "plugin_bench", "plugin_calls_bench"]


def build_tools():
    targets = subprocess.run(["ninja", "-C", ROOT / "build/release", "-t", "targets", "all"], capture_output=True, text=True, check=True).stdout
    wanted = TARGETS + ["grpc_bench"] * ("\ngrpc_bench:" in targets)
    subprocess.run(["ninja", "-C", ROOT / "build/release", "millrace", *wanted], check=True, stdout=subprocess.DEVNULL)
    return "grpc_bench" in wanted


def printed(*command):
    return json.loads(subprocess.run([str(word) for word in command], capture_output=True, check=True).stdout)


def calls(table, has_grpc):
    ways = {"in process": (NOOP, "noop", "in-process"), "child, C++": (NOOP, "noop", "child"), "child, Python": (ROOT / "bench/noop_python", "noop-python", "child")}
    for who, way in ways.items():
        figures = printed(TOOLS / "plugin_calls_bench", *way)
        table.add("small call, p50 us", who, figures["call_p50_us"])
        table.add("stream to the host, MB/s", who, figures["read_mb_s"])
        table.add("stream to the plugin, MB/s", who, figures["write_mb_s"])
        table.add("memory that 8 GB of streams add, MB", who, figures["memory_growth_mb"])
    table.add("small call, p50 us", "bare socket", printed(TOOLS / "ttrpc_bench", 20_000, 100)["socket_p50_us"])
    if has_grpc:
        table.add("small call, p50 us", "gRPC", printed(TOOLS / "grpc_bench")["call_p50_us"])


class InProcessServer(MillraceServer):
    """One that lets the plugin into its own process."""

    def command(self):
        binary, *rest = super().command()
        config = self.folder / "in-process.toml"
        config.write_text('[plugins]\nin-process = ["bench-noop"]\n')
        return [binary, "--config", str(config), *rest]


def servers(stack, folder):
    noop = ["--plugin-path", str(NOOP), "--backend-store-uri", "noop:x"]
    kinds = {"built in": (MillraceServer, []), "in process": (InProcessServer, noop), "child, C++": (MillraceServer, noop)}
    for who, (kind, flags) in kinds.items():
        place = folder / who.replace(" ", "-").replace(",", "")
        place.mkdir()
        yield who, stack.enter_context(kind(place, *flags))


def log_batches(table, running, seconds):
    for who, (server, requests) in running.items():
        for connections in (1, 8):
            rate = bench.load(server, connections, seconds, requests)["per_second"] * 1000
            table.add(f"log-batch of 1000, metrics/s, {connections} connection{'s' * (connections > 1)}", who, rate)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=2)
    chosen = options.parse_args()
    has_grpc = build_tools()
    table = bench.Table()
    with tempfile.TemporaryDirectory(prefix="millrace-bench-") as name, contextlib.ExitStack() as stack:
        running = {who: (server, bench.fresh_batches(server)) for who, server in servers(stack, pathlib.Path(name))}
        for _ in range(chosen.rounds):
            calls(table, has_grpc)
            log_batches(table, running, chosen.seconds)
    print(table.markdown(["built in", "in process", "child, C++", "child, Python", "bare socket", "gRPC"]))
    print()
    print(subprocess.run([TOOLS / "plugin_bench"], capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    main()
