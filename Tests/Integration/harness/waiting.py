"""Waiting for something that another process does, always with a bound."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(
    probe: Callable[[], Awaitable[T]],
    satisfied: Callable[[T], bool] = bool,
    what: str = "the condition",
    timeout_seconds: float = 30,
) -> T:
    """Probes until the result satisfies; fails with the last result when time is up."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_seconds
    pause = 0.05
    while True:
        result = await probe()
        if satisfied(result):
            return result
        if loop.time() > deadline:
            raise AssertionError(f"{what} did not come true in {timeout_seconds} s; last seen: {result!r}")
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.5)
