"""The measurements, each of one running server."""

import asyncio
import json
import time
from collections.abc import Iterable

from harness.client import Client
from harness.homeserver import Homeserver
from harness.peer import FakeServer
from harness.waiting import eventually
from meter import cpu_seconds, resident_bytes, size_of

EVENTS_IN_TRANSACTION = 50
ROOMS_OF_MANY = 10


class Bench:
    """A server with its accounts and rooms, and the figures found so far."""

    def __init__(self, server: Homeserver, generator: str, seconds: float):
        self.server = server
        self.figures: dict[str, float] = {}
        self._generator = generator
        self._seconds = seconds

    @property
    def pid(self) -> int:
        """The server's process."""
        return self.server.process.pid

    async def prepare(self) -> None:
        """Starts the server, notes the idle memory, makes the accounts."""
        started = time.monotonic()
        await self.server.start()
        self.figures["start_seconds"] = time.monotonic() - started
        # Start-up work should be over before memory counts as idle.
        await asyncio.sleep(5)
        self.figures["rss_idle"] = resident_bytes(self.pid)
        self.users = []
        for _ in range(10):
            self.users += await self.server.register_many("load", 10)

    async def sends(self, label: str, clients: list[Client], rooms: list[str]) -> None:
        """Messages a second, CPU a message and answer times, every client sending in a closed loop."""
        lines = [f"{rooms[index % len(rooms)]} {client.token}" for index, client in enumerate(clients)]
        before = cpu_seconds(self.pid)
        result = await self._load(["send", self.server.client_port, self._seconds], lines)
        spent = cpu_seconds(self.pid) - before
        answers = result["answers"]
        self.figures[f"{label}_per_second"] = answers["count"] / result["seconds"]
        self.figures[f"{label}_cpu_ms"] = 1000 * spent / answers["count"]
        self.figures[f"{label}_p50_ms"] = answers["p50"] / 1000
        self.figures[f"{label}_p99_ms"] = answers["p99"] / 1000
        self.figures[f"{label}_count"] = answers["count"]

    async def single_sender(self) -> None:
        """One client."""
        room = await self.users[0].create_room(preset="public_chat", room_version="11")
        await self.sends("send_1", self.users[:1], [room])

    async def fifty_senders(self) -> None:
        """Fifty clients in ten rooms; also what the messages take on disk."""
        rooms = [await self.users[0].create_room(preset="public_chat", room_version="11") for _ in range(ROOMS_OF_MANY)]
        for index, user in enumerate(self.users[1:50], start=1):
            await user.join(rooms[index % len(rooms)])
        before = await self._database_at_rest()
        await self.sends("send_50", self.users[:50], rooms)
        after = await self._database_at_rest()
        self.figures["disk_mb_per_10000"] = (after - before) / self.figures["send_50_count"] * 10_000 / 1e6

    async def deliveries(self, rate: float, label: str) -> None:
        """From a send to the sync responses of 100 members."""
        if not hasattr(self, "crowd"):
            self.crowd = await self.users[0].create_room(preset="public_chat", room_version="11")
            for user in self.users[1:]:
                await user.join(self.crowd)
        tokens = [(await user.sync(set_presence="offline"))["next_batch"] for user in self.users]
        lines = [f"{self.crowd} {self.users[0].token}"]
        lines += [f"{since} {user.token}" for since, user in zip(tokens, self.users, strict=True)]
        before = cpu_seconds(self.pid)
        result = await self._load(["deliver", self.server.client_port, max(self._seconds, 20), rate], lines)
        found = result["deliveries"]
        self.figures[f"{label}_p50_ms"] = found["p50"] / 1000
        self.figures[f"{label}_p99_ms"] = found["p99"] / 1000
        self.figures[f"{label}_count"] = found["count"]
        self.figures[f"{label}_cpu_us"] = 1e6 * (cpu_seconds(self.pid) - before) / max(1, found["count"])

    async def waiting_syncs(self, count: int) -> None:
        """Memory of a sync request that waits."""
        tokens = [(await user.sync(set_presence="offline"))["next_batch"] for user in self.users]
        before = resident_bytes(self.pid)
        lines = [f"- {self.users[0].token}"]
        lines += [f"{tokens[index % len(self.users)]} {self.users[index % len(self.users)].token}" for index in range(count)]
        waiting = asyncio.create_task(self._load(["deliver", self.server.client_port, 15, 0], lines))
        highest = before
        while not waiting.done():
            highest = max(highest, resident_bytes(self.pid))
            await asyncio.sleep(0.25)
        result = await waiting
        self.figures["waiting_sync_kb"] = (highest - before) / count / 1000
        self.figures["waiting_sync_answers"] = result["sync_answers"]

    async def inbound(self, fake: FakeServer, transactions: int) -> None:
        """Events a second that another server sends in transactions of 50, built and signed before."""
        owner = self.users[0]
        room = await owner.create_room(preset="public_chat", room_version="11")
        member = await fake.join(self.server, room)
        batches = [[member.event(f"inbound {batch}.{number}")[1] for number in range(EVENTS_IN_TRANSACTION)]
                   for batch in range(transactions)]
        last_of_batch = [member.identifier(batch[-1]) for batch in batches]
        before, started = cpu_seconds(self.pid), time.monotonic()
        for batch, last in zip(batches, last_of_batch, strict=True):
            answer = await fake.send(self.server, batch)
            assert answer.status == 200, answer

            async def arrived(last: str = last) -> bool:
                return (await owner.event(room, last, expect=(200, 404))).status == 200

            # An answer may come before the events are dealt with: they count when the last can be read.
            await eventually(arrived, what="the last event of a transaction", timeout_seconds=120)
        elapsed = time.monotonic() - started
        events = transactions * EVENTS_IN_TRANSACTION
        self.figures["inbound_per_second"] = events / elapsed
        self.figures["inbound_cpu_ms"] = 1000 * (cpu_seconds(self.pid) - before) / events

    async def finish(self) -> None:
        """Notes the memory after the load and ends the server."""
        self.figures["rss_after"] = resident_bytes(self.pid)
        await self.server.stop()

    async def _database_at_rest(self) -> int:
        """The size of the database after a clean end, which empties write-ahead logs."""
        await self.server.stop()
        size = size_of(self.server.database_paths())
        await self.server.start()
        return size

    async def _load(self, arguments: Iterable, lines: list[str]) -> dict:
        process = await asyncio.create_subprocess_exec(
            self._generator, *map(str, arguments), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate("\n".join(lines).encode() + b"\n")
        if not output:
            raise RuntimeError(f"the load generator ended with {process.returncode}")
        result = json.loads(output)
        if result["failed"]:
            raise RuntimeError(f"{result['failed']} failed answers")
        return result
