"""What the measurements find on a server: made once, kept in a folder, and found again."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from generator import Generator
from harness.client import Client
from harness.homeserver import Homeserver

# Requests under way at once while rooms and accounts are made.
_CONCURRENCY = 8


class Population:
    """Accounts and rooms of one server; each part is made where it is first asked for and remembered in the folder."""

    def __init__(self, server: Homeserver, folder: Path, generator: Generator, say: Callable[[str], None]):
        self._server = server
        self._file = folder / f"{server.kind}.json"
        self._generator = generator
        self._say = say
        self._parts: dict = json.loads(self._file.read_text()) if self._file.exists() else {}

    async def _part(self, name: str, make: Callable[[], Awaitable[dict]]) -> dict:
        if name not in self._parts:
            self._say(f"makes {name}")
            started = time.monotonic()
            self._parts[name] = await make()
            self._file.write_text(json.dumps(self._parts))
            self._say(f"made {name} in {time.monotonic() - started:.0f} s")
        return self._parts[name]

    def client(self, account: dict) -> Client:
        """An account's client."""
        return Client(self._server.client_url, self._server.name, account["user"], account["token"], account["device"])

    async def owner_of_rooms(self, count: int, messages: int) -> Client:
        """An account with that many rooms, all its own, each with a name, a topic and some messages."""

        async def make() -> dict:
            user = await self._server.register("owner")
            rooms = await _in_parallel(
                [lambda n=n: user.create_room(name=f"Room {n}", topic=f"What number {n} is about", preset="private_chat", room_version="11")
                 for n in range(count)])
            if messages:
                await self._generator.fill(self._server, [(user, room) for room in rooms], messages * count)
            return _account(user)

        return self.client(await self._part(f"owner of {count} rooms", make))

    async def crowd(self, count: int) -> tuple[list[Client], str]:
        """That many members of one room, each with the keys of one device."""

        async def make() -> dict:
            users = await _in_parallel([lambda: self._server.register("crowd") for _ in range(count)])
            room = await users[0].create_room(preset="public_chat", room_version="11")
            await _in_parallel([lambda user=user: user.join(room) for user in users[1:]])
            await _in_parallel([lambda user=user: user.post("/keys/upload", _keys(user)) for user in users])
            return {"users": [_account(user) for user in users], "room": room}

        part = await self._part(f"crowd of {count}", make)
        return [self.client(account) for account in part["users"]], part["room"]

    async def long_room(self, events: int) -> tuple[Client, str]:
        """A room with that many messages, by ten people, whose words differ."""

        async def make() -> dict:
            users = await _in_parallel([lambda: self._server.register("talker") for _ in range(10)])
            room = await users[0].create_room(preset="public_chat", room_version="11")
            await _in_parallel([lambda user=user: user.join(room) for user in users[1:]])
            await self._generator.fill(self._server, [(user, room) for user in users], events)
            return {"user": _account(users[0]), "room": room}

        part = await self._part(f"room of {events} messages", make)
        return self.client(part["user"]), part["room"]


def _account(user: Client) -> dict:
    return {"user": user.user_id, "token": user.token, "device": user.device_id}


def _keys(user: Client) -> dict:
    key = (user.user_id * 8)[:43]
    return {"device_keys": {
        "user_id": user.user_id, "device_id": user.device_id, "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
        "keys": {f"curve25519:{user.device_id}": key, f"ed25519:{user.device_id}": key},
        "signatures": {user.user_id: {f"ed25519:{user.device_id}": key * 2}}}}


async def _in_parallel(jobs: list[Callable[[], Awaitable]]) -> list:
    """The results of all jobs in their order, a few at once."""
    gate = asyncio.Semaphore(_CONCURRENCY)

    async def run(job: Callable[[], Awaitable]):
        async with gate:
            return await job()

    return list(await asyncio.gather(*(run(job) for job in jobs)))
