"""Every main screen without violations that axe can find, in both themes; and the way in without a mouse."""

import pytest
from axe_playwright_python.async_playwright import Axe

from people.person import PASSWORD, Person

_axe = Axe()
# A tooltip belongs to what it describes, wherever it stands in the page.
_CONTEXT = {"exclude": [[".tooltip"]]}


async def _check(person: Person, what: str, found: list[str]) -> None:
    """Notes what axe says about what is on the screen."""
    await person.page.wait_for_timeout(250)
    results = await _axe.run(person.page, context=_CONTEXT)
    for violation in results.response["violations"]:
        for node in violation["nodes"][:3]:
            found.append(f"{what}: {violation['id']} at {node['target']}: {node['html'][:160]} {node.get('failureSummary', '')[-200:]}")


async def _goto(person: Person, address: str) -> None:
    await person.page.evaluate("address => { location.hash = address }", address)
    await person.page.wait_for_timeout(500)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_screens_before_signing_in(people, house, theme):
    found: list[str] = []
    person = await people.visitor(color_scheme=theme)
    await person.go("/#/sign-in")
    await person.page.get_by_role("heading", name="Welcome back").wait_for()
    await _check(person, "sign-in", found)
    await person.go("/#/sign-up")
    await person.page.get_by_role("heading", name="Create your account").wait_for()
    await _check(person, "sign-up", found)
    await person.page.goto(house.link)
    await person.page.get_by_role("heading", name="The House").wait_for()
    await _check(person, "invite", found)
    assert not found, "\n".join(found)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_screens_of_an_account(house, theme):
    found: list[str] = []
    mara = house.mara
    await mara.page.emulate_media(color_scheme=theme)
    room = await house.channel("axe")
    api = await mara.api()
    root = await api.say(room, "A message with a thread")
    await api.send(room, "m.room.message", {"msgtype": "m.text", "body": "in it", "m.relates_to": {"rel_type": "m.thread", "event_id": root}})
    await api.send(room, "m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": root, "key": "👍"}})
    await api.send(room, "m.room.message", {"msgtype": "m.text", "body": "code", "format": "org.matrix.custom.html", "formatted_body":
                   "<pre><code class=\"language-js\">let a = 1</code></pre><blockquote>quoted</blockquote><a href=\"https://example.org/\">link</a> <span data-mx-spoiler>hidden</span><table><tr><th>a</th></tr><tr><td>b</td></tr></table>"})
    await house.go(mara, room)
    await mara.message("A message with a thread").wait_for()
    await _check(mara, "channel", found)
    await house.go(mara, room, "thread", root)
    await mara.thread().wait_for()
    await _check(mara, "thread", found)
    await house.go(mara, room)
    for name in ("Threads", "Pinned messages", "Search", "About this room"):
        await mara.page.get_by_role("button", name=name, exact=True).first.click()
        await _check(mara, name, found)
        await mara.page.get_by_role("button", name=name, exact=True).first.click()
    await mara.click("Emoji and stickers")
    await mara.page.get_by_role("grid").wait_for()
    await _check(mara, "picker", found)
    await mara.page.keyboard.press("Escape")
    await mara.act("A message with a thread", "More")
    await _check(mara, "menu of a message", found)
    await mara.page.keyboard.press("Escape")
    await mara.page.keyboard.press("Control+k")
    await mara.page.get_by_role("combobox", name="Jump to").wait_for()
    await _check(mara, "quick switcher", found)
    await mara.page.keyboard.press("Escape")
    await mara.click("Create or join a server")
    await mara.dialog().wait_for()
    await _check(mara, "create a server", found)
    await mara.page.keyboard.press("Escape")
    for place in ("#/", "#/direct", "#/inbox", "#/discover"):
        await _goto(mara, place)
        await _check(mara, place, found)
    for page in ("account", "devices", "encryption", "privacy", "notifications", "appearance", "language", "accessibility", "chat", "keyboard", "data", "about"):
        await _goto(mara, f"#/settings/{page}")
        await _check(mara, f"settings: {page}", found)
    for page in ("overview", "roles", "channels", "access", "members", "emoji", "invites", "welcome", "bans", "advanced"):
        await _goto(mara, f"#/room-settings/{house.space}/{page}")
        await _check(mara, f"server: {page}", found)
    await _goto(mara, f"#/room-settings/{room}/permissions")
    await _check(mara, "channel: permissions", found)
    await mara.page.emulate_media(color_scheme="light")
    assert not found, "\n".join(found)


async def _tab_to(person: Person, name: str, limit: int = 80) -> None:
    """Presses Tab until what has this name has the focus."""
    for _ in range(limit):
        focused = await person.page.evaluate("""() => { const one = document.activeElement
          return [one?.getAttribute('aria-label') ?? '', one?.textContent ?? '', one?.labels?.[0]?.textContent ?? ''].map((text) => text.trim()) }""")
        if any(text == name or text.startswith(name) or name in text[:len(name) + 6] for text in focused if text):
            return
        await person.page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by Tab")


async def test_without_a_mouse(people):
    """Account, server, message: with the keyboard only."""
    person = await people.visitor("clara")
    keys = person.page.keyboard
    await person.go("/")
    await person.page.get_by_role("link", name="Create account").wait_for()
    await _tab_to(person, "Create account")
    await keys.press("Enter")
    await person.page.get_by_role("heading", name="Create your account").wait_for()
    await _tab_to(person, "Username")
    await keys.type("clara")
    await _tab_to(person, "Password")
    await keys.type(PASSWORD)
    await keys.press("Enter")
    await person.page.get_by_role("navigation", name="Servers").wait_for()
    await person.page.wait_for_timeout(500)
    await _tab_to(person, "Home")
    for _ in range(6):
        await keys.press("ArrowDown")
        if await person.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Create or join a server":
            break
    await keys.press("Enter")
    await person.dialog().wait_for()
    await _tab_to(person, "Friends")
    await keys.press("Enter")
    await person.page.get_by_label("Server name").wait_for()
    await _tab_to(person, "Server name")
    await keys.type("Key Court")
    await keys.press("Enter")
    await person.page.get_by_label("Invite link", exact=True).wait_for(timeout=30_000)
    await _tab_to(person, "Go to my server")
    await keys.press("Enter")
    await person.composer().wait_for()
    await _tab_to(person, "Message to")
    await keys.type("no mouse was used")
    await keys.press("Enter")
    await person.sees("no mouse was used")
