"""Measures servers one after the other with the same accounts and rooms and prints a Markdown table."""

import argparse
import asyncio
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from client_measurements import ClientBench
from generator import Generator
from harness.authority import CertificateAuthority
from harness.client import close_session
from harness.martlet import Martlet
from harness.ports import free_port
from harness.synapse import Synapse
from population import Population

KINDS = {"martlet": Martlet, "synapse": Synapse}
STEPS = ("initial_sync", "sliding_sync", "sliding_sync_of_many", "burst", "history", "search", "keys", "presence")
# No step takes longer, whatever the server does.
LONGEST_STEP_SECONDS = 1800


@dataclass(frozen=True)
class Row:
    """A line of the table, and what is aimed at: how many times better, or a value that is not to be exceeded."""

    figure: str
    label: str
    form: str
    more_is_better: bool = False
    times: float | None = None
    at_most: float | None = None


ROWS = [
    Row("initial_sync_cold_ms", "Initial sync, 500 rooms, after a restart", "{:,.0f} ms", times=20),
    Row("initial_sync_warm_ms", "Initial sync, 500 rooms, again", "{:,.0f} ms", times=20),
    Row("sliding_cold_ms", "Sliding sync, first answer, 500 rooms, after a restart", "{:,.1f} ms", times=20),
    Row("sliding_warm_ms", "Sliding sync, first answer, 500 rooms, again", "{:,.1f} ms", times=20),
    Row("sliding_many_cold_ms", "Sliding sync, first answer, 5,000 rooms, after a restart", "{:,.1f} ms", at_most=200),
    Row("sliding_many_warm_ms", "Sliding sync, first answer, 5,000 rooms, again", "{:,.1f} ms"),
    Row("burst_per_second", "Deliveries of a burst to 1,000 waiting clients", "{:,.0f}/s", True, times=50),
    Row("burst_cpu_us", "CPU per delivery of the burst", "{:,.0f} µs", times=50),
    Row("burst_p50_ms", "Send to sync in the burst, p50", "{:,.0f} ms"),
    Row("burst_p99_ms", "Send to sync in the burst, p99", "{:,.0f} ms"),
    Row("history_per_second", "Back through 20,000 events by /messages", "{:,.0f} events/s", True),
    Row("history_cpu_us", "CPU per event of it", "{:,.0f} µs"),
    Row("search_ms", "Search in 20,000 messages", "{:,.1f} ms"),
    Row("search_many_ms", "Search in 100,000 messages", "{:,.1f} ms"),
    Row("keys_ms", "Key query of 1,000 devices", "{:,.1f} ms"),
    Row("presence_core_percent", "What 1,000 people cost for being online, part of a core", "{:.2f} %", at_most=2),
    Row("online_core_percent", "1,000 people waiting online, part of a core", "{:.2f} %"),
    Row("waiting_core_percent", "1,000 people waiting offline, part of a core", "{:.2f} %"),
]


def say(text: str) -> None:
    """A line on what is going on."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def public_port(folder: Path, kind: str) -> int:
    """The port in the server's name, which stays with the folder."""
    file = folder / f"{kind}.port"
    if not file.exists():
        file.write_text(str(free_port()))
    return int(file.read_text())


async def measure(kind: str, folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """All figures of one server."""
    # What a folder keeps is what the server wrote; ports and certificates are of this run.
    (folder / kind / "homeserver.yaml").unlink(missing_ok=True)
    authority = CertificateAuthority(folder / "certificates")
    server = KINDS[kind](kind, folder / kind, authority, log_level="WARNING", public_port=public_port(folder, kind))
    generator = Generator(options.generator)
    population = Population(server, folder, generator, lambda text: say(f"{kind}: {text}"))
    bench = ClientBench(server, population, generator, options.scale)
    try:
        await server.start()
        for name in STEPS:
            if options.only and name not in options.only.split(","):
                continue
            say(f"{kind}: {name}")
            try:
                await asyncio.wait_for(getattr(bench, name)(), LONGEST_STEP_SECONDS)
            except Exception as error:
                say(f"{kind}: {name} failed: {error!r:.500}")
    finally:
        await server.stop()
    return bench.figures


def table(figures: dict[str, dict[str, float]]) -> str:
    """The figures side by side; the ratio says how many times better the first server is."""
    kinds = list(figures)
    lines = ["| | " + " | ".join(kind.capitalize() for kind in kinds) + " | times better | aim | |", "|---|" + "---:|" * (len(kinds) + 2) + "---|"]
    for row in ROWS:
        values = [figures[kind].get(row.figure) for kind in kinds]
        if not any(value is not None for value in values):
            continue
        cells = [row.form.format(value) if value is not None else "" for value in values]
        ratio = None
        if len(values) == 2 and values[0] and values[1]:
            ratio = values[0] / values[1] if row.more_is_better else values[1] / values[0]
        aim, verdict = "", ""
        if row.times is not None:
            aim = f"≥ {row.times:g} times"
            verdict = "" if ratio is None else "yes" if ratio >= row.times else "no"
        elif row.at_most is not None and values[0] is not None:
            aim = "≤ " + row.form.format(row.at_most)
            verdict = "yes" if values[0] <= row.at_most else "no"
        lines.append(f"| {row.label} | {' | '.join(cells)} | {f'{ratio:,.1f}' if ratio is not None else ''} | {aim} | {verdict} |")
    return "\n".join(lines)


async def run(options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Measures the servers one after the other."""
    folder = options.data or Path(tempfile.mkdtemp(prefix="martlet-client-benchmark-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return {kind: await measure(kind, folder, options) for kind in options.servers.split(",")}
    finally:
        await close_session()
        if options.data is None:
            shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Reads the options, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generator", required=True, help="the compiled load generator")
    parser.add_argument("--servers", default="martlet,synapse", help="which, and in which order")
    parser.add_argument("--scale", type=float, default=1, help="all counts times this, for a quick look")
    parser.add_argument("--data", type=Path, help="a folder for the servers' data, kept for later runs; otherwise a temporary one")
    parser.add_argument("--only", help=f"some of {','.join(STEPS)}")
    parser.add_argument("--output", type=Path, help="also write the raw figures there, as JSON")
    options = parser.parse_args()
    figures = asyncio.run(run(options))
    load = os.getloadavg()
    note = "" if options.scale == 1 else f"; ALL COUNTS TIMES {options.scale:g}"
    print(f"{os.cpu_count()} cores ({platform.machine()}), load {load[0]:.1f} at the end; SQLite both; Synapse {version('matrix-synapse')}{note}\n")
    print(table(figures))
    if options.output:
        options.output.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")


main()
