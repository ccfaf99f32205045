"""Takes pictures of the client: `Tools/screenshots FOLDER`."""

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "Integration")]

from playwright.async_api import async_playwright  # noqa: E402

from harness.authority import CertificateAuthority  # noqa: E402
from harness.client import close_session  # noqa: E402
from harness.martlet import Martlet  # noqa: E402
from people.person import People, Person  # noqa: E402
from people.town import Town  # noqa: E402


async def _signed_in(people: People, name: str, **options) -> Person:
    person = await people.visitor(name, **options)
    await person.sign_in(waits=False)
    skip = person.page.get_by_role("button", name=re.compile("^(Skip for now|Jetzt nicht|Später|Überspringen)"))
    rail = person.page.locator(".server-rail, .mobile-tabs").first
    await rail.wait_for(timeout=30_000)
    try:
        await skip.first.click(timeout=5000)
    except Exception:  # noqa: BLE001 -- an account whose keys are not there yet is not asked
        await person.page.locator(".encryption-card button").last.click(timeout=15_000)
    return person


async def _take(folder: Path, server: Martlet) -> None:
    town = Town(server)
    await town.build()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        people = People(browser, server)
        room = town.rooms["sightings"]

        async def shoot(person: Person, name: str, address: str | None = None, wait: float = 1.2) -> None:
            if address is not None:
                await person.page.evaluate("address => { location.hash = address }", address)
            await asyncio.sleep(wait)
            await person.page.screenshot(path=folder / f"{name}.png")

        newcomer = await people.visitor("newcomer")
        await newcomer.go("/")
        await newcomer.page.get_by_role("heading").first.wait_for()
        await shoot(newcomer, "sign-in")
        await newcomer.sign_up()
        await shoot(newcomer, "first-run")
        await newcomer.click("Create or join a server")
        await shoot(newcomer, "create-server")
        guest = await people.visitor("guest")
        await guest.page.goto(town.link.replace(town.link.split("/invite/")[0], people.address))
        await guest.page.get_by_role("heading", level=1).wait_for()
        await shoot(guest, "invite")

        channel = f"#/space/{town.space}/{room}"
        for scheme in ("light", "dark"):
            ines = await _signed_in(people, "ines", color_scheme=scheme)
            await shoot(ines, f"channel-{scheme}", channel, 2.5)
            await shoot(ines, f"thread-{scheme}", f"{channel}/thread/{town.thread}")
            if scheme == "light":
                await shoot(ines, "home", "#/")
                await shoot(ines, "inbox", "#/inbox")
                await shoot(ines, "roles", f"#/room-settings/{town.space}/roles")
                await ines.page.get_by_role("button", name="Edit Ranger").click()
                await shoot(ines, "role")
                await shoot(ines, "emoji-pack", f"#/room-settings/{town.space}/emoji")
                await ines.page.get_by_role("button", name="Edit Birds of the valley").click()
                await shoot(ines, "emoji-pack-editor")
                await shoot(ines, "settings", "#/settings/appearance")
                await shoot(ines, "discover", "#/discover")
            await shoot(ines, f"channel-{scheme}", channel)
            await ines.page.get_by_role("button", name="Emoji and stickers").click()
            await shoot(ines, f"picker-{scheme}")
            await ines.page.keyboard.press("Escape")
            if scheme == "light":
                await ines.page.get_by_role("button", name=re.compile("Leyla")).last.click()
                await shoot(ines, "profile")
                await ines.page.keyboard.press("Escape")
                await ines.page.evaluate("document.documentElement.dir = 'rtl'")
                await shoot(ines, "right-to-left")
            await ines.context.close()
            people.everybody.remove(ines)
        for scheme in ("light", "dark"):
            small = await _signed_in(people, "jonas", color_scheme=scheme, viewport={"width": 390, "height": 800}, device_scale_factor=2)
            await shoot(small, f"telephone-channel-{scheme}", channel, 2.5)
            await shoot(small, f"telephone-channels-{scheme}", f"#/space/{town.space}")
            await small.context.close()
            people.everybody.remove(small)
        german = await _signed_in(people, "freya", locale="de-DE")
        await shoot(german, "german", channel, 2.5)
        await shoot(german, "german-settings", "#/settings/notifications")
        await people.close()
        await browser.close()


async def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="martlet-screenshots-") as scratch:
        directory = Path(scratch)
        settings = {"registration": {"mode": "open"}, "web": {"folder": os.environ["MARTLET_WEB_FOLDER"]}}
        server = Martlet("pictures", directory / "server", CertificateAuthority(directory / "certificates"), settings=settings)
        await server.start()
        try:
            await _take(folder, server)
        finally:
            await server.stop()
            await close_session()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    asyncio.run(main())
