"""What the server is asked for links, and keys that lead around."""

import re


async def test_previews_of_links(house, people):
    """A link's preview is asked of the own server, and in encrypted conversations of nobody."""
    room = await house.channel("preview")
    mara = house.mara
    asked: list[str] = []
    mara.page.on("request", lambda request: asked.append(request.url) if "preview_url" in request.url else None)
    foreign: list[str] = []
    mara.page.on("request", lambda request: foreign.append(request.url) if "example.org" in request.url and "preview_url" not in request.url else None)
    await house.go(mara, room)
    await mara.write("see https://example.org/bird")
    await mara.received("see https://example.org/bird")
    await mara.page.wait_for_timeout(800)
    assert asked and not foreign
    asked.clear()
    api = await mara.api()
    secret = await api.create_room(name="Secret", initial_state=[{"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}])
    await mara.page.evaluate("address => { location.hash = address }", f"#/room/{secret}")
    await mara.composer().wait_for()
    await mara.write("see https://example.org/secret-bird")
    await mara.received("see https://example.org/secret-bird")
    await mara.page.wait_for_timeout(800)
    assert not asked and not foreign


async def test_keys_lead_around(house):
    """Control+K and Control+/ open what they are for; Escape closes it and the focus comes back."""
    page = house.mara.page
    await house.mara.composer().click()
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox", name="Jump to").wait_for()
    await page.keyboard.press("Escape")
    await page.get_by_role("combobox", name="Jump to").wait_for(state="detached")
    await page.locator(".composer-input:focus").wait_for(timeout=5000)
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox", name="Jump to").fill("> inbox")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", level=1, name="Inbox").wait_for()


async def test_the_inbox_shows_what_is_unread(house):
    """An unread channel is in the inbox, and leaves it when everything is marked as read."""
    room = await house.channel("unread")
    api = await house.noah.api()
    await api.say(room, "something new")
    page = house.mara.page
    await page.evaluate("location.hash = '#/inbox'")
    await page.get_by_role("tab", name=re.compile("^Unread")).click()
    await page.get_by_role("main").get_by_role("link").filter(has_text=re.compile("unread-")).first.wait_for()
    await house.mara.click("Mark all as read")
    await page.get_by_text("You are up to date").wait_for()
