"""The load generator of Benchmarks/Server as a child process."""

import asyncio
import json
import os
from collections.abc import Callable

from harness.client import Client
from harness.homeserver import Homeserver

_LONGEST_FILL_SECONDS = 3600


class Generator:
    """Runs the generator; see load.c for its modes."""

    def __init__(self, program: str):
        self._program = program

    async def fill(self, server: Homeserver, talkers: list[tuple[Client, str]], count: int) -> None:
        """Sends `count` messages, each of the talkers into its room in turn."""
        # Each client is one connection; more at once than this only wait for each other.
        for start in range(0, len(talkers), 50):
            part = talkers[start:start + 50]
            lines = [f"{room} {user.token}" for user, room in part]
            await self.run(["fill", server.client_port, _LONGEST_FILL_SECONDS, count * len(part) // len(talkers)], lines)

    async def burst(self, server: Homeserver, room: str, sender: Client, waiting: list[tuple[str, Client]], count: int, seconds: float,
                    warm_up_seconds: float, begin: Callable[[], None]) -> dict:
        """A burst of messages into a room whose members wait in /sync."""
        lines = [f"{room} {sender.token}"] + [f"{since} {user.token}" for since, user in waiting]
        return await self.run(["burst", server.client_port, seconds, count], lines, begin, LOAD_WARM_UP=str(int(warm_up_seconds * 1000)))

    async def wait(self, server: Homeserver, waiting: list[tuple[str, Client]], seconds: float, presence: str) -> None:
        """Lets clients wait in /sync, one request after the other."""
        lines = [f"- {waiting[0][1].token}"] + [f"{since} {user.token}" for since, user in waiting]
        await self.run(["deliver", server.client_port, seconds, 0], lines, LOAD_PRESENCE=presence)

    async def run(self, arguments: list, lines: list[str], begin: Callable[[], None] | None = None, **environment: str) -> dict:
        """One run; `begin` is called when the generator says that it begins."""
        process = await asyncio.create_subprocess_exec(
            self._program, *map(str, arguments), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **environment})
        process.stdin.write("\n".join(lines).encode() + b"\n")
        await process.stdin.drain()
        process.stdin.close()
        result = None
        async for line in process.stdout:
            if line.strip() == b"begin":
                if begin:
                    begin()
            else:
                result = json.loads(line)
        await process.wait()
        if result is None:
            raise RuntimeError(f"the load generator ended with {process.returncode}")
        if result["failed"]:
            raise RuntimeError(f"{result['failed']} failed answers")
        return result
