"""Measures servers one after the other under the same load and prints a Markdown table."""

import argparse
import asyncio
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from harness.authority import CertificateAuthority
from harness.client import close_session
from harness.martlet import Martlet
from harness.peer import FakeServer
from harness.synapse import Synapse
from measurements import Bench

KINDS = {"martlet": Martlet, "synapse": Synapse}

# (figure, what it is, unit and digits, whether more is better, divisor)
ROWS = [
    ("start_seconds", "Start to first answer", "{:.2f} s", False, 1),
    ("rss_idle", "Memory (RSS), idle", "{:.0f} MB", False, 1e6),
    ("rss_after", "Memory (RSS), after the load", "{:.0f} MB", False, 1e6),
    ("waiting_sync_kb", "Memory per waiting sync", "{:.1f} KB", False, 1),
    ("send_1_per_second", "Sends, 1 client", "{:,.0f}/s", True, 1),
    ("send_1_cpu_ms", "CPU per send, 1 client", "{:.3f} ms", False, 1),
    ("send_1_p99_ms", "Send answered, 1 client, p99", "{:.1f} ms", False, 1),
    ("send_50_per_second", "Sends, 50 clients in 10 rooms", "{:,.0f}/s", True, 1),
    ("send_50_cpu_ms", "CPU per send, 50 clients", "{:.3f} ms", False, 1),
    ("send_50_p50_ms", "Send answered, 50 clients, p50", "{:.1f} ms", False, 1),
    ("send_50_p99_ms", "Send answered, 50 clients, p99", "{:.1f} ms", False, 1),
    ("delivery_p50_ms", "Send to sync, 100 syncing clients, 1 send/s, p50", "{:.1f} ms", False, 1),
    ("delivery_p99_ms", "Send to sync, 100 syncing clients, 1 send/s, p99", "{:.1f} ms", False, 1),
    ("delivery_cpu_us", "CPU per delivery (waiting included)", "{:.0f} µs", False, 1),
    ("delivery_fast_p50_ms", "Send to sync, 100 syncing clients, 50 sends/s, p50", "{:.1f} ms", False, 1),
    ("delivery_fast_p99_ms", "Send to sync, 100 syncing clients, 50 sends/s, p99", "{:.1f} ms", False, 1),
    ("inbound_per_second", "Inbound federation events", "{:,.0f}/s", True, 1),
    ("inbound_cpu_ms", "CPU per inbound event", "{:.3f} ms", False, 1),
    ("disk_mb_per_10000", "Database per 10,000 messages", "{:.1f} MB", False, 1),
]


async def measure(kind: str, directory: Path, options: argparse.Namespace) -> dict[str, float]:
    """All figures of one server."""
    authority = CertificateAuthority(directory / "certificates")
    server = KINDS[kind](kind, directory / kind, authority, log_level="WARNING")
    bench = Bench(server, options.generator, options.seconds)
    fake = FakeServer(authority)
    try:
        for name, step in (
            ("start", bench.prepare),
            ("one sender", bench.single_sender),
            ("fifty senders", bench.fifty_senders),
            ("deliveries", lambda: bench.deliveries(1, "delivery")),
            ("fast deliveries", lambda: bench.deliveries(50, "delivery_fast")),
            ("waiting syncs", lambda: bench.waiting_syncs(options.waiting)),
            ("inbound", lambda: inbound(bench, fake, kind)),
            ("end", bench.finish),
        ):
            if name == "fast deliveries" and kind == "synapse":
                continue  # 5,000 deliveries a second are far beyond it.
            print(f"{time.strftime('%H:%M:%S')} {kind}: {name}", file=sys.stderr, flush=True)
            try:
                await step()
            except Exception as error:
                if name == "start":
                    raise
                print(f"{kind}: {name} failed: {error}", file=sys.stderr, flush=True)
    finally:
        await fake.stop()
        await server.stop()
    return bench.figures


async def inbound(bench: Bench, fake: FakeServer, kind: str) -> None:
    """Inbound federation; the slower server gets fewer events, so that the run stays short."""
    await fake.start()
    await bench.inbound(fake, 4 if kind == "synapse" else 100)


def table(figures: dict[str, dict[str, float]]) -> str:
    """The figures side by side; the ratio says how many times better the first server is."""
    kinds = list(figures)
    heads = [kind.capitalize() for kind in kinds]
    lines = ["| | " + " | ".join(heads) + (" | times better |" if len(kinds) == 2 else " |"),
             "|---|" + "---:|" * (len(kinds) + (len(kinds) == 2))]
    for name, label, form, more_is_better, divisor in ROWS:
        values = [figures[kind].get(name) for kind in kinds]
        cells = [form.format(value / divisor) if value is not None else "" for value in values]
        if len(kinds) == 2:
            one, two = values
            ratio = None
            if one and two:
                ratio = one / two if more_is_better else two / one
            cells.append(f"{ratio:,.1f}" if ratio is not None else "")
        if any(cells):
            lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


async def run(options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Measures the servers one after the other."""
    directory = Path(tempfile.mkdtemp(prefix="martlet-benchmark-"))
    try:
        return {kind: await measure(kind, directory, options) for kind in options.servers.split(",")}
    finally:
        await close_session()
        if options.keep:
            print(f"kept: {directory}", file=sys.stderr)
        else:
            shutil.rmtree(directory, ignore_errors=True)


def main() -> None:
    """Reads the options, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generator", required=True, help="the compiled load generator")
    parser.add_argument("--servers", default="martlet,synapse", help="which, and in which order")
    parser.add_argument("--seconds", type=float, default=15, help="length of each sending measurement")
    parser.add_argument("--waiting", type=int, default=1000, help="how many syncs wait at once")
    parser.add_argument("--output", type=Path, help="also write the raw figures there, as JSON")
    parser.add_argument("--keep", action="store_true", help="keep the servers' folders")
    options = parser.parse_args()
    figures = asyncio.run(run(options))
    load = os.getloadavg()
    print(f"{os.cpu_count()} cores ({platform.machine()}), load {load[0]:.1f} at the end; "
          f"SQLite both; Synapse {version('matrix-synapse')}\n")
    print(table(figures))
    if options.output:
        options.output.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")


main()
