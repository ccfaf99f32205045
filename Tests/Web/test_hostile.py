"""What evil people send: nothing of it runs, nothing of it makes the browser ask another server, nothing of it breaks the layout."""

import asyncio
import re
from urllib.parse import urlsplit

from people.hostile import html, texts
from people.house import House
from people.person import Person

_HIT = """window.hits = []
window.hit = (...values) => { window.hits.push(values.join(" ")); return true }
window.alert = window.hit"""


async def _watch(person: Person) -> list[str]:
    """Counts what runs and which addresses are asked, from now on."""
    own = urlsplit(person.people.address).netloc
    foreign: list[str] = []

    def asked(request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("blob", "data") and parts.netloc != own:
            foreign.append(request.url)

    await person.context.add_init_script(_HIT)
    person.page.on("request", asked)
    return foreign


async def _sound(person: Person, foreign: list[str], what: str) -> None:
    """Nothing ran, nothing was asked elsewhere, and the page is as wide as the window."""
    page = person.page
    facts = await page.evaluate("""() => ({ hits: window.hits ?? [], wide: document.documentElement.scrollWidth - innerWidth,
      tags: [...document.querySelectorAll("#root script, #root iframe, #root object, #root embed, #root base, #root meta, #root form[action], #root link, #root style, #root portal")].map((one) => one.outerHTML.slice(0, 200)),
      handlers: [...document.querySelectorAll("#root *")].filter((one) => [...one.attributes].some((attribute) => /^on/i.test(attribute.name) || /^\\s*(javascript|vbscript|data:text)/i.test(attribute.value.replace(/[\\x00-\\x20]/g, "")) && attribute.name !== "aria-label" && attribute.name !== "title" && attribute.name !== "value" && attribute.name !== "alt" && attribute.name !== "data-key")).map((one) => one.outerHTML.slice(0, 200)) })""")
    assert facts["hits"] == [], f"{what}: ran {facts['hits']}"
    assert facts["tags"] == [], f"{what}: {facts['tags']}"
    assert facts["handlers"] == [], f"{what}: {facts['handlers']}"
    assert facts["wide"] <= 0, f"{what}: {facts['wide']} pixels too wide"
    assert foreign == [], f"{what}: asked {foreign}"


async def _victim(house: House, people, name: str) -> tuple[Person, list[str]]:
    """Somebody with a browser who is in the house."""
    victim = await people.visitor(name)
    foreign = await _watch(victim)
    await victim.join_by(house.link)
    await victim.settle()
    return victim, foreign


async def test_messages(house, people):
    """All of it as HTML and as text of messages, read from the newest to the oldest."""
    victim, foreign = await _victim(house, people, "victim1")
    api = await house.mara.api()
    room = await house.channel("evil")
    await api.membership("invite", room, victim.user_id)
    await (await victim.api()).join(room)
    pieces, plain = html(), texts()
    assert len(pieces) + len(plain) >= 200
    contents = [{"msgtype": "m.text", "body": f"piece {number}", "format": "org.matrix.custom.html", "formatted_body": f"{number} {piece}"} for number, piece in enumerate(pieces)]
    contents += [{"msgtype": "m.text", "body": text} for text in plain]
    contents += [{"msgtype": kind, "body": text[:200], "filename": text[:200], "url": text[:200], "info": {"mimetype": text[:100], "w": "1e9", "h": -5, "size": text[:30]}}
                 for kind in ("m.image", "m.file", "m.audio", "m.video") for text in plain[-40:]]
    contents += [{"msgtype": "m.location", "body": text[:200], "geo_uri": text[:200]} for text in plain[-20:]]
    gate = asyncio.Semaphore(8)

    async def send(content: dict) -> None:
        async with gate:
            await api.send(room, "m.room.message", content, expect=(200, 400, 413))

    await asyncio.gather(*(send(content) for content in contents))
    await api.say(room, "the end")
    await house.go(victim, room)
    await victim.sees("the end", timeout=30_000)
    await _sound(victim, foreign, "the newest messages")
    seen: set[str] = set()
    scroller = victim.page.locator(".timeline-scroller")
    for step in range(400):
        keys = await victim.page.evaluate("""() => [...document.querySelectorAll(".timeline-row")].map((one) => one.dataset.key)""")
        seen.update(keys)
        at = await scroller.evaluate("element => { element.scrollTop -= element.clientHeight * 0.9; return element.scrollTop }")
        await victim.page.wait_for_timeout(40)
        if step % 25 == 0:
            await _sound(victim, foreign, f"step {step}")
        if at <= 0 and await victim.page.get_by_text(re.compile("^This is where")).count() > 0:
            break
    assert len(seen) > 200
    await _sound(victim, foreign, "all messages")
    assert await victim.composer().is_visible()
    # What can be pressed is pressed.
    await victim.page.evaluate("""() => document.querySelectorAll(".spoiler[role=button], .picture, summary").forEach((one) => one.click())""")
    await victim.page.wait_for_timeout(300)
    await _sound(victim, foreign, "after pressing")
    victim.forgive("")


async def test_names(house, people):
    """Names of people and rooms, topics, in lists, heads, settings, notices; packs of emoji; the landing page of an invite."""
    victim, foreign = await _victim(house, people, "victim2")
    api = await house.mara.api()
    room = await house.channel("evil")
    await api.membership("invite", room, victim.user_id)
    await (await victim.api()).join(room)
    villain = await house.noah.api()
    await house.go(victim, room)
    own = (await villain.get(f"/profile/{house.noah.user_id}")).get("displayname")
    try:
        for number, text in enumerate((texts() + html())[::4]):
            name = text[:240]
            await api.set_state(room, "m.room.name", {"name": name}, expect=(200, 400))
            await api.set_state(room, "m.room.topic", {"topic": name}, expect=(200, 400))
            await villain.put(f"/rooms/{room.replace('!', '%21').replace(':', '%3A')}/state/m.room.member/{house.noah.user_id.replace('@', '%40').replace(':', '%3A')}", {"membership": "join", "displayname": name, "avatar_url": text[:200]}, expect=(200, 400))
            await villain.send(room, "m.room.message", {"msgtype": "m.text", "body": f"called {number}"})
            if number % 10 == 9:
                await victim.sees(f"called {number}")
                await _sound(victim, foreign, f"names up to {number}")
        images = {text[:60]: {"url": text[:100], "body": text[:100], "info": {"w": -1, "h": "x"}} for text in texts()[-60:]}
        await api.set_state(room, "m.room.image_pack", {"images": images, "pack": {"display_name": "<img src=x onerror=window.hit(1)>", "attribution": "javascript:window.hit(1)"}}, "evil", expect=(200, 400))
        await victim.page.wait_for_timeout(300)
        await victim.click("Emoji and stickers")
        await victim.page.get_by_role("grid").wait_for()
        await _sound(victim, foreign, "picker")
        await victim.page.keyboard.press("Escape")
        await victim.composer().press_sequentially(":im")
        await victim.page.wait_for_timeout(400)
        await _sound(victim, foreign, "completion")
        await victim.composer().fill("")
        for page in ("overview", "members", "emoji", "advanced"):
            await victim.page.evaluate("address => { location.hash = address }", f"#/room-settings/{room}/{page}")
            await victim.page.wait_for_timeout(300)
            await _sound(victim, foreign, page)
        evil = "<img src=x onerror=window.hit(1)>" * 3
        space = await api.create_room(name=evil, topic=evil, creation_content={"type": "m.space"}, initial_state=[
            {"type": "chat.martlet.welcome", "state_key": "", "content": {"text": evil, "rules": [evil, "javascript:window.hit(1)", "W" * 500]}}])
        child = await api.create_room(name="<script>window.hit(1)</script>" + "W" * 100, preset="public_chat")
        await api.set_state(space, "m.space.child", {"via": [api.server_name], "suggested": True}, child)
        link = await api.post(f"/_martlet/client/v1/rooms/{space.replace('!', '%21').replace(':', '%3A')}/invites", {})
        stranger = await people.visitor()
        elsewhere = await _watch(stranger)
        await stranger.go(f"/invite/{link['code']}")
        await stranger.page.get_by_role("heading", level=1).wait_for()
        await _sound(stranger, elsewhere, "landing page")
        head = await stranger.page.evaluate("fetch(location.href).then((answer) => answer.text())")
        assert "<img src=x" not in head
    finally:
        if own:
            await villain.put(f"/profile/{house.noah.user_id}/displayname", {"displayname": own})
    victim.forgive("")
