"""People with a browser: what a test does with the client, as a person would do it."""

import itertools
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

PASSWORD = "correct horse battery staple"
_numbers = itertools.count(1)
# What a browser reports that says nothing about the client: answers of the server that a test provokes, and hints about form fields.
_HARMLESS = ("Failed to load resource", "[DOM] ")


class Person:
    """Somebody with a browser profile of their own."""

    def __init__(self, people: "People", context: BrowserContext, page: Page, name: str):
        self.people = people
        self.context = context
        self.page = page
        self.name = name
        self.problems: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.problems.append(f"{name}: {error}"))

    @property
    def user_id(self) -> str:
        return f"@{self.name}:{self.people.server.name}"

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_HARMLESS):
            self.problems.append(f"{self.name}: {message.text}")

    async def go(self, address: str) -> None:
        """Opens an address of the client, such as `/#/inbox`."""
        await self.page.goto(self.people.address + address)


class People:
    """The people of one test."""

    def __init__(self, browser: Browser, server):
        self.browser = browser
        self.server = server
        self.everybody: list[Person] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.client_port}"

    async def visitor(self, name: str | None = None, **options) -> Person:
        """Somebody who opened nothing yet; `options` go to the browser's context, such as `viewport` or `color_scheme`."""
        context = await self.browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "reduced_motion": "reduce", **options})
        context.set_default_timeout(15_000)
        person = Person(self, context, await context.new_page(), name or f"person{next(_numbers)}")
        self.everybody.append(person)
        return person

    async def photograph(self, folder: Path, label: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for person in self.everybody:
            await person.page.screenshot(path=folder / f"{label}-{person.name}.png")

    async def close(self) -> list[str]:
        """Closes all browsers; gives what their consoles complained about."""
        problems = [problem for person in self.everybody for problem in person.problems]
        for person in self.everybody:
            await person.context.close()
        self.everybody.clear()
        return problems
