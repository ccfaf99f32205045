"""Small screens, German, and writing from right to left."""

import json
import re
import subprocess
from pathlib import Path

from people.person import Person

_LANGUAGES = Path(__file__).resolve().parents[2] / "Web" / "source" / "ui" / "language"


async def _fits(person: Person, what: str) -> None:
    wide = await person.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{what}: {wide} pixels too wide"


async def test_a_telephone(house, people):
    """390 pixels: sign up, join, write, look at members, inbox, settings; nothing scrolls sideways."""
    person = await people.visitor("emma", viewport={"width": 390, "height": 780})
    await person.page.goto(house.link)
    await person.page.get_by_role("heading", name="The House").wait_for()
    await _fits(person, "invite")
    await person.join_by(house.link)
    await _fits(person, "channel")
    await person.write("written on a telephone")
    await house.mara.sees("written on a telephone")
    await house.mara.write("W" * 300)
    await person.sees("W" * 300)
    await _fits(person, "a long word")
    await person.settle()
    await person.page.get_by_role("button", name=re.compile("^(Show|Hide) members")).click()
    await person.page.get_by_text("mara", exact=True).last.wait_for()
    await _fits(person, "members")
    await person.page.keyboard.press("Escape")
    await person.click("Back")
    await person.page.get_by_role("link", name=re.compile("^general")).first.wait_for()
    await _fits(person, "channels")
    for place in ("#/", "#/direct", "#/inbox", "#/discover", "#/settings", *[f"#/settings/{page}" for page in ("account", "devices", "encryption", "notifications", "appearance", "chat", "data", "about")],
                  *[f"#/room-settings/{house.space}/{page}" for page in ("overview", "roles", "members", "emoji", "invites")]):
        await person.page.evaluate("address => { location.hash = address }", place)
        await person.page.wait_for_timeout(350)
        await _fits(person, place)


def _texts(language: str) -> dict[str, str]:
    """The texts of the client in a language, by key."""
    script = "const { readFileSync, readdirSync } = require('fs'); const out = {}; const folder = process.argv[1];" \
             "for (const name of readdirSync(folder)) { if (name === 'index.ts') continue; const text = readFileSync(folder + '/' + name, 'utf8');" \
             "for (const found of text.matchAll(/^\\s*\"([^\"]+)\": (\"(?:[^\"\\\\]|\\\\.)*\")/gm)) out[found[1]] = JSON.parse(found[2]) }" \
             "console.log(JSON.stringify(out))"
    return json.loads(subprocess.run(["node", "-e", script, str(_LANGUAGES / language)], check=True, capture_output=True, text=True).stdout)


async def test_german(house, people):
    """On the main screens no text is left in English, and no key shows through."""
    english, german = _texts("en"), _texts("de")
    only_english = {text for key, text in english.items() if german.get(key) != text and not key.startswith(("template.", "settings.language.")) and "{" not in text and len(text) > 5} - set(german.values())
    person = await people.visitor("fritz", locale="de-DE")
    left: list[str] = []

    async def look(what: str) -> None:
        found = await person.page.evaluate("""() => {
          const all = new Set()
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
          while (walker.nextNode()) all.add(walker.currentNode.textContent.trim())
          for (const one of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) for (const name of ["aria-label", "placeholder", "title", "alt"]) if (one.hasAttribute(name)) all.add(one.getAttribute(name).trim())
          return [...all]
        }""")
        left.extend(f"{what}: {text}" for text in found if text in only_english or re.fullmatch(r"(shell|chat|settings|accounts|communities|common|emoji|app)\.[a-zA-Z.]+", text))

    await person.go("/")
    await person.page.get_by_role("link", name=german["accounts.signUp.action"]).wait_for()
    await look("sign-in")
    await person.page.goto(house.link)
    await person.page.get_by_role("heading", name="The House").wait_for()
    await look("invite")
    await person.fill(german["communities.landing.username"], "fritz")
    await person.fill(german["communities.landing.password"], "correct horse battery staple")
    await person.click(german["communities.landing.register"])
    await person.page.get_by_role("navigation", name=german["shell.servers"]).wait_for(timeout=30_000)
    await person.page.wait_for_timeout(1500)
    await look("channel")
    for place in ("#/", "#/direct", "#/inbox", "#/discover", *[f"#/settings/{page}" for page in ("account", "devices", "encryption", "privacy", "notifications", "appearance", "language", "accessibility", "chat", "keyboard", "data", "about")],
                  *[f"#/room-settings/{house.space}/{page}" for page in ("overview", "roles", "access", "members", "emoji", "welcome", "bans", "advanced")]):
        await person.page.evaluate("address => { location.hash = address }", place)
        await person.page.wait_for_timeout(350)
        await look(place)
    assert await person.page.evaluate("document.documentElement.lang") == "de"
    assert not left, "\n".join(sorted(set(left)))


async def test_right_to_left(house):
    """With the page turned around the columns stand side by side, in the other order."""
    page = house.mara.page
    await page.evaluate("document.documentElement.dir = 'rtl'")
    await page.wait_for_timeout(300)
    names = (".server-rail", ".shell-list", ".shell-main", ".shell-side")
    boxes = [await page.locator(name).first.bounding_box() for name in names]
    await page.evaluate("document.documentElement.dir = 'ltr'")
    places = [(box["x"], box["x"] + box["width"]) for box in boxes if box is not None]
    assert len(places) >= 3
    for (start, _), (_, end) in zip(places, places[1:]):
        assert end <= start + 1, places
