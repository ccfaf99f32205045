"""People with a browser: what a test does with the client, as a person would do it."""

import itertools
import re
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, TimeoutError

from harness.client import Client

PASSWORD = "correct horse battery staple"
_numbers = itertools.count(1)
# How many tests, or tries of a test, had somebody of a name: each has an account of their own.
_tries: dict[str, int] = {}
# What a browser reports that says nothing about the client: answers of the server that a test provokes, and hints about form fields.
_HARMLESS = ("Failed to load resource", "[DOM] ")
# How the field to write in is called: in a channel, in an encrypted room, in a thread.
_COMPOSER = re.compile("^(Message to|Encrypted message to|Message in this thread)")


class Person:
    """Somebody with a browser profile of their own."""

    def __init__(self, people: "People", context: BrowserContext, page: Page, name: str):
        self.people = people
        self.context = context
        self.page = page
        self.name = name
        self.problems: list[str] = []
        self.clicks = 0
        self._api: Client | None = None
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.problems.append(f"{name}: {error}"))

    @property
    def user_id(self) -> str:
        return f"@{self.name}:{self.people.server.name}"

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_HARMLESS):
            self.problems.append(f"{self.name}: {message.text}")

    def forgive(self, text: str) -> None:
        """Takes complaints of the console that a test provoked as harmless."""
        self.problems[:] = [problem for problem in self.problems if text not in problem]

    async def go(self, address: str) -> None:
        """Opens an address of the client, such as `/#/inbox`."""
        await self.page.goto(self.people.address + address)

    async def click(self, name: str, role: str = "button", exact: bool = True) -> None:
        """Presses what has this name, and counts it."""
        self.clicks += 1
        await self.page.get_by_role(role, name=name, exact=exact).first.click()

    async def fill(self, label: str, text: str) -> None:
        await self.page.get_by_label(label, exact=True).first.fill(text)

    async def sign_up(self) -> None:
        """Makes an account, as somebody who opens the address for the first time."""
        await self.go("/")
        await self.click("Create account", "link")
        await self.fill("Username", self.name)
        await self.fill("Password", PASSWORD)
        await self.click("Create account")
        await self.page.get_by_role("navigation", name="Servers").wait_for(timeout=40_000)

    async def sign_in(self, waits: bool = True) -> None:
        """Comes back to an account, in whatever language the page is."""
        await self.go("/#/sign-in")
        await self.page.locator('input[autocomplete="username"]').fill(self.name)
        await self.page.locator('input[autocomplete="current-password"]').fill(PASSWORD)
        await self.page.keyboard.press("Enter")
        if not waits:
            return
        await self.page.get_by_role("navigation", name="Servers").wait_for()

    async def create_server(self, name: str, template: str = "Friends") -> str:
        """Makes a server from a template and opens it; gives its invite link."""
        await self.click("Create or join a server")
        await self.page.get_by_role("dialog").get_by_role("button").filter(has_text=template).first.click()
        self.clicks += 1
        await self.fill("Server name", name)
        await self.click("Create")
        link = self.page.get_by_label("Invite link", exact=True)
        await link.wait_for(timeout=30_000)
        address = await link.input_value()
        await self.click("Go to my server")
        await self.composer().wait_for()
        return address

    async def join_by(self, link: str) -> None:
        """Takes an invite link with a new account."""
        await self.page.goto(link)
        await self.fill("Username", self.name)
        await self.fill("Password", PASSWORD)
        await self.click("Create account and join")
        await self.composer().wait_for(timeout=30_000)

    def composer(self) -> Locator:
        """Where messages are written, in the room that is open."""
        return self.page.get_by_role("main").get_by_label(_COMPOSER).first

    def thread(self) -> Locator:
        """The panel of the thread that is open."""
        return self.page.get_by_role("complementary", name="Thread", exact=True)

    def timeline(self) -> Locator:
        """The messages of the room that is open."""
        return self.page.get_by_role("log", name="Messages", exact=True)

    def message(self, text: str) -> Locator:
        """The newest message with this text in it."""
        return self.timeline().get_by_role("article").filter(has_text=text).last

    def dialog(self) -> Locator:
        """The dialog on top."""
        return self.page.locator('[role="dialog"][aria-modal="true"], [role="alertdialog"], dialog').last

    async def write(self, text: str, place: Locator | None = None) -> None:
        """Sends a message into the room that is open, or where `place` says."""
        field = place or self.composer()
        await field.fill(text)
        await field.press("Enter")

    async def sees(self, text: str, timeout: float = 15_000) -> Locator:
        """Waits for a message in the room that is open."""
        found = self.timeline().get_by_text(re.compile(rf"^\s*{re.escape(text)}\s*(\(edited\))?\s*$")).first
        await found.wait_for(timeout=timeout)
        return found

    async def act(self, text: str, action: str) -> None:
        """Does something with a message, from the buttons that appear when one points at it or from its menu."""
        message = self.message(text)
        await message.wait_for()
        await self.received(text)
        await self.page.mouse.move(1, 1)
        await message.hover()
        tools = message.get_by_role("toolbar", name="Actions for this message")
        await tools.wait_for()
        button = tools.get_by_role("button", name=action, exact=True)
        if await button.count() > 0:
            await button.click()
            return
        await tools.get_by_role("button", name="More", exact=True).click()
        await self.page.get_by_role("menuitem", name=re.compile(f"^{re.escape(action)}")).first.click()

    async def received(self, text: str) -> None:
        """Waits until the server has a message that was sent here."""
        await self.page.locator('article[data-sending="received"]').filter(has_text=text).last.wait_for()

    async def open_channel(self, name: str) -> None:
        """Goes to a channel of the server that is open."""
        await self.page.get_by_role("navigation", name="Channels").get_by_role("link", name=re.compile(f"^{re.escape(name)}(,|$)")).first.click()
        await self.page.get_by_role("heading", level=1, name=name, exact=True).wait_for()

    async def toast(self, text: str) -> None:
        """Waits for a notice."""
        await self.page.get_by_text(text, exact=True).first.wait_for()

    async def settle(self) -> None:
        """Saves the recovery key, so that the card about it is gone for good."""
        card = self.page.get_by_role("complementary", name="Save your recovery key")
        try:
            await card.wait_for(timeout=20_000)
        except TimeoutError:
            return
        await card.get_by_role("button", name="Save it now").click()
        await self.dialog().get_by_role("checkbox", name="I have saved it").check()
        await self.dialog().get_by_role("button", name="Done").click()
        await self.page.get_by_role("heading", name="Your recovery key").wait_for(state="detached")

    async def api(self) -> Client:
        """This person at the server's API, with a device of its own."""
        if self._api is None:
            self._api = await login(self.people.server, self.name)
        return self._api


async def login(server, name: str) -> Client:
    """Somebody of this suite at the server's API."""
    body = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": name}, "password": PASSWORD, "initial_device_display_name": "Test"}
    answer = await server.anonymous().post("/login", body)
    return Client(server.client_url, server.name, answer["user_id"], answer["access_token"], answer["device_id"])


async def register(server, name: str) -> Client:
    """An account that is used by the API only."""
    answer = await server.anonymous().post("/register", {"username": name, "password": PASSWORD, "auth": {"type": "m.login.dummy"}})
    return Client(server.client_url, server.name, answer["user_id"], answer["access_token"], answer["device_id"])


class People:
    """The people of one test."""

    def __init__(self, browser: Browser, server):
        self.browser = browser
        self.server = server
        self.everybody: list[Person] = []
        self._accounts: dict[str, str] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.client_port}"

    async def visitor(self, name: str | None = None, **options) -> Person:
        """Somebody who opened nothing yet; `options` go to the browser's context, such as `viewport` or `color_scheme`."""
        context = await self.browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "reduced_motion": "reduce", **options})
        context.set_default_timeout(25_000)
        person = Person(self, context, await context.new_page(), self._account(name) if name else f"person{next(_numbers)}")
        self.everybody.append(person)
        return person

    def _account(self, name: str) -> str:
        """The name of the account: the same for the devices of one person in a test, another one in another try."""
        if name not in self._accounts:
            _tries[name] = _tries.get(name, 0) + 1
            self._accounts[name] = name if _tries[name] == 1 else f"{name}{_tries[name]}"
        return self._accounts[name]

    async def photograph(self, folder: Path, label: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for person in self.everybody:
            await person.page.screenshot(path=folder / f"{label}-{person.name}.png")

    def problems(self) -> list[str]:
        """What the consoles complained about since they were asked last."""
        problems = [problem for person in self.everybody for problem in person.problems]
        for person in self.everybody:
            person.problems.clear()
        return problems

    async def close(self) -> list[str]:
        """Closes all browsers; gives what their consoles complained about."""
        problems = self.problems()
        for person in self.everybody:
            await person.context.close()
        self.everybody.clear()
        return problems
