"""The measurements, each of one running server."""

import asyncio
import statistics
import time
from collections.abc import Callable

import aiohttp

from generator import Generator
from harness.client import Client, segment, shared_session
from harness.homeserver import Homeserver
from meter import cpu_seconds
from population import Population

WARM_ROUNDS = 5
PAGE = 100
BURST = 20
KEY_QUERIES = 5
SEARCHES = 10
# What a client asks of the list of its rooms when it starts: twenty rooms, the latest message, what a row shows.
SLIDING_START = {
    "lists": {"all": {
        "ranges": [[0, 19]], "timeline_limit": 1,
        "required_state": [
            ["m.room.name", ""], ["m.room.avatar", ""], ["m.room.encryption", ""], ["m.room.member", "$LAZY"], ["m.room.member", "$ME"],
            ["m.room.topic", ""], ["m.room.canonical_alias", ""], ["m.room.power_levels", ""], ["m.room.join_rules", ""],
            ["m.room.create", ""], ["m.room.tombstone", ""], ["org.matrix.msc3401.call.member", "*"]]}},
    "extensions": {name: {"enabled": True} for name in ("account_data", "receipts", "typing", "to_device", "e2ee")},
}
_SLIDING = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"


class ClientBench:
    """A server, what lives on it, and the figures found so far."""

    def __init__(self, server: Homeserver, population: Population, generator: Generator, scale: float):
        self.server = server
        self.figures: dict[str, float] = {}
        self._population = population
        self._generator = generator
        self._scale = scale

    @property
    def _is_slow(self) -> bool:
        return self.server.kind == "synapse"

    def _scaled(self, count: int) -> int:
        return max(10, int(count * self._scale))

    # Starting up

    async def initial_sync(self) -> None:
        """/sync without a token, of an account with 500 rooms: right after a restart, and again."""
        user = await self._population.owner_of_rooms(self._scaled(500), 10)
        await self._cold_and_warm("initial_sync", lambda: self._timed(user, "GET", "/_matrix/client/v3/sync?timeout=0&set_presence=offline"))

    async def sliding_sync(self) -> None:
        """The first answer of sliding sync for the same account."""
        user = await self._population.owner_of_rooms(self._scaled(500), 10)
        await self._cold_and_warm("sliding", lambda: self._timed(user, "POST", _SLIDING, SLIDING_START))

    async def sliding_sync_of_many(self) -> None:
        """The same of an account with 5,000 rooms; making them would take Synapse most of an hour."""
        if self._is_slow:
            return
        user = await self._population.owner_of_rooms(self._scaled(5000), 0)
        await self._cold_and_warm("sliding_many", lambda: self._timed(user, "POST", _SLIDING, SLIDING_START))

    async def _cold_and_warm(self, label: str, measure: Callable) -> None:
        await self.server.stop()
        await self.server.start()
        self.figures[f"{label}_cold_ms"], self.figures[f"{label}_bytes"] = await measure()
        self.figures[f"{label}_warm_ms"] = statistics.median([(await measure())[0] for _ in range(WARM_ROUNDS)])

    # Deliveries

    async def burst(self) -> None:
        """Twenty messages as fast as they are taken, to 1,000 members who wait in /sync."""
        users, room = await self._population.crowd(self._scaled(1000))
        waiting = [((await user.sync(set_presence="offline"))["next_batch"], user) for user in users[1:]]
        before = 0.0

        def begin() -> None:
            nonlocal before
            before = cpu_seconds(self.server.process.pid)

        result = await self._generator.burst(
            self.server, room, users[0], waiting, BURST, seconds=180, warm_up_seconds=20 if self._is_slow else 3, begin=begin)
        spent = cpu_seconds(self.server.process.pid) - before
        found = result["deliveries"]
        if found["count"] < BURST * len(waiting):
            raise RuntimeError(f"only {found['count']} of {BURST * len(waiting)} deliveries came in time")
        self.figures["burst_per_second"] = found["count"] / result["seconds"]
        self.figures["burst_cpu_us"] = 1e6 * spent / found["count"]
        self.figures["burst_p50_ms"] = found["p50"] / 1000
        self.figures["burst_p99_ms"] = found["p99"] / 1000

    async def presence(self) -> None:
        """What 1,000 people cost who are online and do nothing, in one room that all share: beyond what their waiting costs."""
        users, _ = await self._population.crowd(self._scaled(1000))
        cost = {}
        # Their coming online is told to all of them: that is not what is measured.
        settle, measured = 40.0, 30.0
        for presence in ("offline", "online"):
            waiting = [((await user.sync(set_presence="offline"))["next_batch"], user) for user in users]
            run = asyncio.create_task(self._generator.wait(self.server, waiting, settle + measured + 2, presence))
            await asyncio.sleep(settle)
            before = cpu_seconds(self.server.process.pid)
            await asyncio.sleep(measured)
            cost[presence] = 100 * (cpu_seconds(self.server.process.pid) - before) / measured
            await run
        self.figures["waiting_core_percent"] = cost["offline"]
        self.figures["online_core_percent"] = cost["online"]
        self.figures["presence_core_percent"] = max(0.0, cost["online"] - cost["offline"])

    # Reading

    async def history(self) -> None:
        """/messages backwards through 20,000 events, a hundred at a time."""
        user, room = await self._population.long_room(self._scaled(20_000))
        path, start, events = f"/_matrix/client/v3/rooms/{segment(room)}/messages?dir=b&limit={PAGE}", None, 0
        started, before = time.monotonic(), cpu_seconds(self.server.process.pid)
        while True:
            page = await user.get(path + (f"&from={segment(start)}" if start else ""))
            events += len(page["chunk"])
            start = page.get("end")
            if start is None or not page["chunk"]:
                break
        self.figures["history_per_second"] = events / (time.monotonic() - started)
        self.figures["history_cpu_us"] = 1e6 * (cpu_seconds(self.server.process.pid) - before) / events
        if events < self._scaled(20_000):
            raise RuntimeError(f"only {events} events")

    async def search(self) -> None:
        """Messages with one word, of 20,000 and (Martlet alone) of 100,000."""
        await self._search("search", self._scaled(20_000))
        if not self._is_slow:
            await self._search("search_many", self._scaled(100_000))

    async def _search(self, label: str, messages: int) -> None:
        user, room = await self._population.long_room(messages)
        times = []
        for number in range(SEARCHES):
            category = {"search_term": f"w{100 + number}", "order_by": "recent", "keys": ["content.body"], "filter": {"rooms": [room]}}
            body = {"search_categories": {"room_events": category}}
            spent, length = await self._timed(user, "POST", "/_matrix/client/v3/search", body)
            times.append(spent)
        self.figures[f"{label}_ms"] = statistics.median(times)
        self.figures[f"{label}_bytes"] = length

    async def keys(self) -> None:
        """/keys/query for 1,000 people with a device each."""
        users, _ = await self._population.crowd(self._scaled(1000))
        body = {"device_keys": {user.user_id: [] for user in users}}
        times = [await self._timed(users[0], "POST", "/_matrix/client/v3/keys/query", body) for _ in range(KEY_QUERIES)]
        self.figures["keys_ms"], self.figures["keys_bytes"] = statistics.median(time for time, _ in times), times[0][1]

    async def _timed(self, user: Client, method: str, path: str, body: dict | None = None) -> tuple[float, int]:
        """Milliseconds to the last byte of an answer, and its length."""
        headers = {"Authorization": f"Bearer {user.token}"}
        url = aiohttp.client.URL(user.base_url + path, encoded=True)
        started = time.perf_counter()
        async with shared_session().request(method, url, json=body, headers=headers) as answer:
            content = await answer.read()
        elapsed = 1000 * (time.perf_counter() - started)
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return elapsed, len(content)
