"""Measures media repositories one after the other under the same load and prints a Markdown table."""

import argparse
import asyncio
import io
import json
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path

import aiohttp
from PIL import Image

from harness.authority import CertificateAuthority
from harness.client import Client, close_session, shared_session
from harness.martlet import Martlet
from harness.synapse import Synapse
from meter import resident_bytes

KINDS = {"martlet": Martlet, "synapse": Synapse}
SMALL = 100_000
LARGE = 10_000_000
_TICKS = os.sysconf("SC_CLK_TCK")

# (figure, what it is, unit and digits, whether more is better, divisor)
ROWS = [
    ("upload_small_per_second", "Uploads of 100 KB, 8 clients", "{:,.0f}/s", True, 1),
    ("upload_small_cpu_ms", "CPU per upload of 100 KB", "{:.2f} ms", False, 1),
    ("upload_large_bytes_per_second", "Uploads of 10 MB, 2 clients", "{:,.0f} MB/s", True, 1e6),
    ("upload_large_cpu_ms", "CPU per upload of 10 MB", "{:.1f} ms", False, 1),
    ("download_small_per_second", "Downloads of 100 KB, 16 clients", "{:,.0f}/s", True, 1),
    ("download_small_cpu_ms", "CPU per download of 100 KB", "{:.2f} ms", False, 1),
    ("download_large_bytes_per_second", "Downloads of 10 MB, 4 clients", "{:,.0f} MB/s", True, 1e6),
    ("download_large_cpu_ms", "CPU per download of 10 MB", "{:.1f} ms", False, 1),
    ("picture_per_second", "Photos of 3 megapixels with 3 thumbnails each, 4 clients", "{:.1f}/s", True, 1),
    ("picture_cpu_ms", "CPU per photo, decoders included", "{:.0f} ms", False, 1),
    ("picture_p50_ms", "Photo uploaded and all thumbnails had, p50", "{:.0f} ms", False, 1),
    ("thumbnail_per_second", "Thumbnails made before, 16 clients", "{:,.0f}/s", True, 1),
    ("thumbnail_cpu_ms", "CPU per thumbnail made before", "{:.2f} ms", False, 1),
    ("rss_idle", "Memory (RSS), idle", "{:.0f} MB", False, 1e6),
    ("rss_peak", "Memory (RSS), most during the load, decoders apart", "{:.0f} MB", False, 1e6),
    ("decoder_peak", "Memory (RSS), most of one decoder", "{:.0f} MB", False, 1e6),
]


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, of those that it has started, and of their children that have ended."""
    ticks = 0
    for process in (pid, *children(pid)):
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / _TICKS


class Memory:
    """The most that a process, and that any child of it, had in memory."""

    def __init__(self, pid: int):
        self._pid = pid
        self.own = 0
        self.child = 0

    async def watch(self) -> None:
        """Looks until it is cancelled."""
        while True:
            self.own = max(self.own, resident_bytes(self._pid))
            for child in children(self._pid):
                for process in (child, *children(child)):
                    try:
                        self.child = max(self.child, resident_bytes(process))
                    except (OSError, RuntimeError):
                        continue  # It has ended.
            await asyncio.sleep(0.01)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:
        pass  # It has ended.
    return found


class Bench:
    """A running server, its users, and the figures found so far."""

    def __init__(self, server, seconds: float):
        self.server = server
        self.seconds = seconds
        self.figures: dict[str, float] = {}
        self._chance = random.Random(1)

    @property
    def pid(self) -> int:
        """The server's process."""
        return self.server.process.pid

    async def prepare(self) -> None:
        """Starts the server and makes accounts."""
        await self.server.start()
        await asyncio.sleep(5)
        self.figures["rss_idle"] = resident_bytes(self.pid)
        self.users = await self.server.register_many("media", 16)

    async def repeat(self, label: str, clients: int, step: Callable[[Client], Awaitable[int]]) -> None:
        """Each client takes one step after the other; notes steps and bytes a second, CPU a step and the median time of one."""
        end = time.monotonic() + self.seconds
        times: list[float] = []
        moved = 0

        async def work(client: Client) -> None:
            nonlocal moved
            while (began := time.monotonic()) < end:
                moved += await step(client)
                times.append(time.monotonic() - began)

        before, began = cpu_seconds(self.pid), time.monotonic()
        await asyncio.gather(*(work(client) for client in self.users[:clients]))
        spent, lasted = cpu_seconds(self.pid) - before, time.monotonic() - began
        self.figures[f"{label}_per_second"] = len(times) / lasted
        self.figures[f"{label}_bytes_per_second"] = moved / lasted
        self.figures[f"{label}_cpu_ms"] = 1000 * spent / len(times)
        self.figures[f"{label}_p50_ms"] = 1000 * sorted(times)[len(times) // 2]

    async def upload(self, client: Client, content: bytes, kind: str = "application/octet-stream") -> str:
        """Uploads and gives server name and media ID."""
        headers = {"Authorization": f"Bearer {client.token}", "Content-Type": kind}
        async with shared_session().post(f"{client.base_url}/_matrix/media/v3/upload", data=content, headers=headers) as answer:
            answer.raise_for_status()
            return (await answer.json())["content_uri"].removeprefix("mxc://")

    async def fetch(self, client: Client, path: str) -> int:
        """Downloads and gives how many bytes there were."""
        url = aiohttp.client.URL(f"{client.base_url}/_matrix/client/v1/media/{path}", encoded=True)
        count = 0
        async with shared_session().get(url, headers={"Authorization": f"Bearer {client.token}"}) as answer:
            answer.raise_for_status()
            async for piece in answer.content.iter_any():
                count += len(piece)
        return count

    async def uploads(self, label: str, size: int, clients: int) -> None:
        """Content that is never the same."""
        content = self._chance.randbytes(size)

        async def step(client: Client) -> int:
            await self.upload(client, self._chance.randbytes(16) + content[16:])
            return size

        await self.repeat(label, clients, step)

    async def downloads(self, label: str, size: int, clients: int) -> None:
        """The same few pieces again and again."""
        media = [await self.upload(self.users[0], self._chance.randbytes(size)) for _ in range(4)]
        await self.repeat(label, clients, lambda client: self.fetch(client, f"download/{self._chance.choice(media)}"))

    async def pictures(self) -> None:
        """A photo that nobody has seen before, and the thumbnails that clients want of it."""
        base = Image.effect_noise((1920, 1440), 40).convert("RGB")

        async def step(client: Client) -> int:
            base.putpixel((self._chance.randrange(1920), self._chance.randrange(1440)), (self._chance.randrange(256), 0, 0))
            target = io.BytesIO()
            base.save(target, "JPEG", quality=85)
            media = await self.upload(client, target.getvalue(), "image/jpeg")
            for size in ("width=96&height=96&method=crop", "width=320&height=240&method=scale", "width=800&height=600&method=scale"):
                await self.fetch(client, f"thumbnail/{media}?{size}")
            self.last = media
            return target.tell()

        await self.repeat("picture", 4, step)
        await self.repeat("thumbnail", 16, lambda client: self.fetch(client, f"thumbnail/{self.last}?width=96&height=96&method=crop"))


async def measure(kind: str, directory: Path, options: argparse.Namespace) -> dict[str, float]:
    """All figures of one server."""
    server = KINDS[kind](kind, directory / kind, CertificateAuthority(directory / "certificates"), log_level="WARNING")
    bench = Bench(server, options.seconds)
    try:
        await bench.prepare()
        memory = Memory(bench.pid)
        watch = asyncio.create_task(memory.watch())
        for name, step in (
            ("small uploads", lambda: bench.uploads("upload_small", SMALL, 8)),
            ("large uploads", lambda: bench.uploads("upload_large", LARGE, 2)),
            ("small downloads", lambda: bench.downloads("download_small", SMALL, 16)),
            ("large downloads", lambda: bench.downloads("download_large", LARGE, 4)),
            ("pictures", bench.pictures),
        ):
            print(f"{time.strftime('%H:%M:%S')} {kind}: {name}", file=sys.stderr, flush=True)
            await step()
        watch.cancel()
        bench.figures["rss_peak"] = memory.own
        if memory.child:
            bench.figures["decoder_peak"] = memory.child
    finally:
        await server.stop()
    return bench.figures


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
            ratio = (one / two if more_is_better else two / one) if one and two else None
            cells.append(f"{ratio:,.1f}" if ratio is not None else "")
        if any(cells):
            lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


async def run(options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Measures the servers one after the other."""
    directory = Path(tempfile.mkdtemp(prefix="martlet-media-benchmark-"))
    try:
        return {kind: await measure(kind, directory, options) for kind in options.servers.split(",")}
    finally:
        await close_session()
        shutil.rmtree(directory, ignore_errors=True)


def main() -> None:
    """Reads the options, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", default="martlet,synapse", help="which, and in which order")
    parser.add_argument("--seconds", type=float, default=10, help="length of each measurement")
    parser.add_argument("--output", type=Path, help="also write the raw figures there, as JSON")
    options = parser.parse_args()
    figures = asyncio.run(run(options))
    load = os.getloadavg()
    print(f"{os.cpu_count()} cores ({platform.machine()}), load {load[0]:.1f} at the end; Synapse {version('matrix-synapse')}\n")
    print(table(figures))
    if options.output:
        options.output.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")


main()
