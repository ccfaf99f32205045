"""Measures the web client: sizes, time to the first message, frames while scrolling, input to echo."""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

_TESTS = Path(__file__).resolve().parents[2] / "Tests"
sys.path[:0] = [str(_TESTS / "Web"), str(_TESTS / "Integration")]

from playwright.async_api import async_playwright  # noqa: E402

from harness.authority import CertificateAuthority  # noqa: E402
from harness.client import Client, close_session  # noqa: E402
from harness.martlet import Martlet  # noqa: E402
from people.person import People, Person, register  # noqa: E402

_FRAMES = """(milliseconds) => new Promise((done) => {
  const scroller = document.querySelector(".timeline-scroller")
  const frames = []
  const began = performance.now()
  let last = began
  const step = (now) => {
    frames.push(now - last)
    last = now
    scroller.scrollTop -= 60
    if (now - began < milliseconds) requestAnimationFrame(step)
    else done(frames.slice(1))
  }
  requestAnimationFrame(step)
})"""
_ECHO = """() => new Promise((done) => {
  const area = document.querySelector(".composer-input")
  area.focus()
  const began = performance.now()
  document.execCommand("insertText", false, "x")
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began), 0))
})"""
_SENT = """(text) => new Promise((done) => {
  const began = performance.now()
  const look = () => {
    if ([...document.querySelectorAll(".message-text")].some((one) => one.textContent.trim() === text)) done(performance.now() - began)
    else requestAnimationFrame(look)
  }
  document.querySelector(".composer-send, .composer [aria-label=Send]").click()
  look()
})"""


async def _fill_rooms(owner: Client, friend: Client, count: int, have: int) -> list[str]:
    """Small rooms with a message each."""
    gate = asyncio.Semaphore(12)

    async def one(number: int) -> str:
        async with gate:
            room = await owner.create_room(name=f"Room {number}", preset="private_chat")
            await owner.say(room, f"hello from room {number}")
            return room

    return list(await asyncio.gather(*(one(number) for number in range(have, count))))


async def _fill_messages(client: Client, room: str, count: int, limit: float) -> int:
    """As many messages as are wanted, or as fit into the time."""
    began = time.monotonic()
    gate = asyncio.Semaphore(24)
    sent = 0

    async def one(number: int) -> None:
        nonlocal sent
        async with gate:
            if time.monotonic() - began > limit:
                return
            await client.say(room, f"Message {number}. " + "The swifts are back over the mill and over the old tower. " * (number % 4))
            sent += 1

    await asyncio.gather(*(one(number) for number in range(count)))
    return sent


async def _until_message(person: Person, address: str, text: str) -> float:
    began = time.perf_counter()
    await person.page.goto(address)
    await person.timeline().get_by_text(text, exact=True).first.wait_for(timeout=120_000)
    return (time.perf_counter() - began) * 1000


async def _measure(server: Martlet, rooms: list[int], messages: int) -> list[tuple[str, str]]:
    table: list[tuple[str, str]] = []
    folder = Path(os.environ["MARTLET_WEB_FOLDER"])
    sizes = json.loads((folder / "sizes.json").read_text())
    table.append(("first bundle, gzip", f"{sizes['initial_gzip'] / 1000:.0f} KB"))
    scripts = sorted(((path.stat().st_size, path.name) for path in (folder / "assets").glob("*.js")), reverse=True)
    table.append(("all scripts, raw", f"{sum(size for size, _ in scripts) / 1000:.0f} KB in {len(scripts)} files"))
    owner = await register(server, "bench")
    friend = await register(server, "friend")
    made: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        people = People(browser, server)
        for count in rooms:
            began = time.monotonic()
            made += await _fill_rooms(owner, friend, count, len(made))
            table.append((f"filled {count} rooms", f"{time.monotonic() - began:.0f} s"))
            person = await people.visitor("bench")
            await person.go("/#/sign-in")
            await person.page.locator('input[autocomplete="username"]').wait_for()
            address = f"{people.address}/#/room/{made[-1]}"
            await person.page.locator('input[autocomplete="username"]').fill("bench")
            await person.page.locator('input[autocomplete="current-password"]').fill("correct horse battery staple")
            began_cold = time.perf_counter()
            await person.page.keyboard.press("Enter")
            await person.page.locator(".server-rail").wait_for(timeout=120_000)
            await person.page.evaluate("address => { location.hash = address }", "#" + address.split("#")[1])
            await person.timeline().get_by_text(f"hello from room {count - 1}", exact=True).first.wait_for(timeout=120_000)
            table.append((f"{count} rooms: pressing “Sign in” on a new device to the first message", f"{(time.perf_counter() - began_cold) * 1000:.0f} ms"))
            await asyncio.sleep(5)
            warm = []
            for _ in range(3):
                await person.page.goto("about:blank")
                warm.append(await _until_message(person, address, f"hello from room {count - 1}"))
            table.append((f"{count} rooms: opening again to the first message (median of 3)", f"{statistics.median(warm):.0f} ms"))
            await person.context.close()
            people.everybody.clear()
        room = await owner.create_room(name="Long", preset="private_chat")
        began = time.monotonic()
        sent = await _fill_messages(owner, room, messages, 240)
        table.append(("filled one room with messages", f"{sent} in {time.monotonic() - began:.0f} s"))
        await owner.say(room, "the newest")
        person = await people.visitor("bench")
        await person.sign_in(waits=False)
        await person.page.locator(".server-rail").wait_for(timeout=60_000)
        try:
            await person.page.get_by_role("button", name="Skip for now").click(timeout=8000)
        except Exception:  # noqa: BLE001 -- not asked
            pass
        table.append(("long room: to the newest message", f"{await _until_message(person, f'{people.address}/#/room/{room}', 'the newest'):.0f} ms"))
        await person.page.wait_for_timeout(1500)
        frames = sorted(await person.page.evaluate(_FRAMES, 12_000))
        table.append(("scrolling back for 12 s, 60 pixels a frame", f"{len(frames)} frames, median {statistics.median(frames):.1f} ms, 95 % {frames[int(len(frames) * 0.95)]:.1f} ms, longest {frames[-1]:.0f} ms"))
        rows = await person.page.locator(".timeline-row").count()
        table.append(("rows in the page after that", str(rows)))
        await person.page.goto("about:blank")
        await _until_message(person, f"{people.address}/#/room/{room}", "the newest")
        echoes = [await person.page.evaluate(_ECHO) for _ in range(40)]
        table.append(("a key to its letter on the screen (median, 95 %)", f"{statistics.median(echoes):.1f} ms, {sorted(echoes)[37]:.1f} ms"))
        await person.composer().fill("")
        shown = []
        for number in range(10):
            await person.composer().fill(f"echo {number}")
            shown.append(await person.page.evaluate(_SENT, f"echo {number}"))
        table.append(("Send to the message in the list (median)", f"{statistics.median(shown):.1f} ms"))
        await people.close()
        await browser.close()
    return table


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", default="500,2000")
    parser.add_argument("--messages", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="martlet-bench-") as scratch:
        directory = Path(scratch)
        settings = {"registration": {"mode": "open"}, "web": {"folder": os.environ["MARTLET_WEB_FOLDER"]}}
        server = Martlet("bench", directory / "server", CertificateAuthority(directory / "certificates"), settings=settings)
        await server.start()
        try:
            table = await _measure(server, [int(count) for count in options.rooms.split(",")], options.messages)
        finally:
            await server.stop()
            await close_session()
    width = max(len(name) for name, _ in table)
    for name, value in table:
        print(f"{name:<{width}}  {value}")


if __name__ == "__main__":
    asyncio.run(main())
