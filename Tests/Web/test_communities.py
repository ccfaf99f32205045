"""Servers: channels, roles, invite links, moderation, packs of emoji."""

import asyncio
import re

from harness.client import segment
from harness.waiting import eventually
from people.person import Person, register
from people.pictures import picture


async def _settings(person: Person, room: str, page: str) -> None:
    await person.page.evaluate("address => { location.hash = address }", f"#/room-settings/{room}/{page}")
    await person.page.locator(".room-settings-content").wait_for()


async def test_a_channel_in_a_category(house):
    """Made in a category by its button, open at once, and joined by the other with one press."""
    mara, noah = house.mara, house.noah
    await mara.click("Create a channel in Text channels")
    dialog = mara.dialog()
    await dialog.get_by_label("Name", exact=True).fill("field-notes")
    await dialog.get_by_label("Topic", exact=True).fill("What we saw")
    await dialog.get_by_role("button", name="Create channel").click()
    await mara.page.get_by_role("heading", level=1, name="field-notes").wait_for()
    api = await mara.api()
    categories = (await api.get_state(house.space, "chat.martlet.categories"))["categories"]
    rooms = {room: await api.get_state(room, "m.room.name") for category in categories for room in category["channels"]}
    assert "field-notes" in [name["name"] for name in rooms.values()]
    await noah.page.get_by_role("navigation", name="Channels").get_by_role("button", name="Join field-notes").click()
    await noah.composer().wait_for()
    await mara.write("A heron at dawn")
    await noah.sees("A heron at dawn")


async def test_roles(house):
    """A role with a colour and a level: given in a member's card, it counts in the power levels of every channel and colours the name."""
    mara, noah = house.mara, house.noah
    await _settings(mara, house.space, "roles")
    await mara.click("Add role")
    page = mara.page
    await page.get_by_label("Name", exact=True).fill("Keeper")
    await page.get_by_role("radio", name="Moss").or_(page.get_by_role("button", name="Moss")).first.click()
    await page.get_by_label("Rung on the ladder").fill("40")
    await page.get_by_role("switch", name="Own group in the list of members").click()
    await mara.click("Save")
    await page.get_by_text(re.compile("^The roles count in")).wait_for()
    api = await mara.api()
    roles = (await api.get_state(house.space, "chat.martlet.roles"))["roles"]
    keeper = next(role for role in roles if role["name"] == "Keeper")
    assert keeper["level"] == 40 and keeper["hoisted"] is True
    await house.go(mara, house.rooms["general"])
    await page.get_by_role("list", name="Members").or_(page.locator(".member-list-rows")).first.get_by_role("button", name=re.compile("^noah|noah")).first.click()
    card = page.get_by_role("dialog").filter(has_text=noah.user_id)
    await card.get_by_label("Add role").select_option("Keeper")
    await card.get_by_role("button", name="Remove the role Keeper").wait_for()
    await page.keyboard.press("Escape")

    async def compiled():
        levels = [await api.get_state(room, "m.room.power_levels") for room in (house.space, house.rooms["general"])]
        return all(one["users"].get(noah.user_id) == 40 for one in levels)

    await eventually(compiled, what="power levels of the keeper")
    await noah.write("as a keeper")
    await mara.sees("as a keeper")
    colour = await mara.message("as a keeper").locator(".message-name").first.evaluate("element => getComputedStyle(element).color")
    other = await mara.page.locator(".user-panel-name").evaluate("element => getComputedStyle(element).color")
    assert colour != other
    await page.get_by_role("heading", name=re.compile("^Keeper – 1")).wait_for()
    # A mention of the role is one of its members.
    await mara.composer().press_sequentially("@Keep")
    await page.get_by_role("option", name=re.compile("@Keeper")).wait_for()
    await mara.composer().press("Enter")
    await mara.composer().press_sequentially("on duty")
    await mara.composer().press("Enter")
    await mara.received("on duty")
    event = next(event for event in (await api.messages(house.rooms["general"]))["chunk"] if "on duty" in event["content"].get("body", ""))
    assert event["content"]["m.mentions"]["user_ids"] == [noah.user_id]


async def test_roles_of_others_cannot_be_changed(house):
    """Who may not change roles sees them and a note."""
    await _settings(house.noah, house.space, "roles")
    await house.noah.page.get_by_text("You can look, but changing needs a role that may.").first.wait_for()
    assert await house.noah.page.get_by_role("button", name="Add role").count() == 0


async def test_invite_links_end(house, people):
    """Revoked, used up and expired links say so, and let nobody in."""
    mara = house.mara
    api = await mara.api()
    path = f"/_martlet/client/v1/rooms/{segment(house.space)}/invites"
    revoked = await api.post(path, {})
    used = await api.post(path, {"max_uses": 1})
    expired = await api.post(path, {"expires_in_ms": 700})
    await _settings(mara, house.space, "invites")
    await mara.click(f"Revoke link {revoked['code']}")
    await mara.page.get_by_text(revoked["code"], exact=True).wait_for(state="detached")
    guest = await register(house.people.server, "tilda")
    await guest.post(f"/_martlet/client/v1/invites/{used['code']}/accept")
    visitor = await people.visitor()
    await asyncio.sleep(0.8)
    for link in (revoked, used, expired):
        await visitor.go(f"/invite/{link['code']}")
        await visitor.page.get_by_role("heading", name="This invite no longer works").wait_for()


async def test_an_invite_for_somebody_with_an_account(house, people):
    """The landing page tells what it is; "I have an account" signs in and joins."""
    await register(house.people.server, "ulla")
    visitor = await people.visitor("ulla")
    await visitor.page.goto(house.link)
    await visitor.page.get_by_role("heading", name="The House").wait_for()
    await visitor.page.get_by_text("mara invites you to").wait_for()
    await visitor.click("I have an account")
    await visitor.fill("Username", "ulla")
    from people.person import PASSWORD
    await visitor.fill("Password", PASSWORD)
    await visitor.click("Sign in")
    await visitor.composer().wait_for(timeout=30_000)


async def test_kick_and_ban(house):
    """Removed and banned from a member's card, in the whole server; a ban is lifted in the settings."""
    mara = house.mara
    api = await mara.api()
    rude = await register(house.people.server, "rude")
    for room in (house.space, house.rooms["general"]):
        await api.membership("invite", room, rude.user_id)
        await rude.join(room)
    members = mara.page.locator(".member-list-rows")
    await members.get_by_role("button").filter(has_text="rude").first.click()
    card = mara.page.get_by_role("dialog").filter(has_text=rude.user_id)
    await card.get_by_role("button", name="Ban", exact=True).click()
    dialog = mara.dialog()
    await dialog.get_by_label("Reason (they can see it)").fill("Rudeness")
    await dialog.get_by_role("button", name="Ban", exact=True).click()
    await dialog.wait_for(state="detached")
    for room in (house.space, house.rooms["general"]):
        async def banned():
            return (await api.get_state(room, "m.room.member", rude.user_id))["membership"] == "ban"
        await eventually(banned, what="the ban")
    await _settings(mara, house.space, "bans")
    await mara.page.get_by_text("Rudeness").wait_for()
    await mara.click("Lift ban")

    async def lifted():
        return (await api.get_state(house.space, "m.room.member", rude.user_id))["membership"] == "leave"

    await eventually(lifted, what="the lifted ban")


async def test_settings_of_a_channel(house):
    """Name and topic, as others see them."""
    room = await house.channel("renamed")
    mara, noah = house.mara, house.noah
    await house.go(noah, room)
    await _settings(mara, room, "overview")
    await mara.page.get_by_label("Name", exact=True).fill("The Attic")
    await mara.page.get_by_label("Topic", exact=True).fill("Dust and treasures")
    await mara.page.get_by_role("button", name="Save", exact=True).first.click()
    await noah.page.get_by_role("heading", level=1, name="The Attic").wait_for()
    await noah.page.get_by_role("button", name="Dust and treasures").wait_for()


async def test_leaving_a_channel(house):
    room = await house.channel("leaving")
    noah = house.noah
    await house.go(noah, room)
    name = (await (await noah.api()).get_state(room, "m.room.name"))["name"]
    await noah.page.get_by_role("navigation", name="Channels").get_by_role("link", name=re.compile(f"^{name}")).click(button="right")
    await noah.page.get_by_role("menuitem", name="Leave channel").click()
    await noah.dialog().get_by_role("button", name="Leave", exact=True).click()
    api = await noah.api()

    async def left():
        return room not in (await api.get("/joined_rooms"))["joined_rooms"]

    await eventually(left, what="the left channel")


async def test_a_pack_of_emoji(house):
    """Many pictures at once become a pack; its emoji complete, are in the message as the specification says, react, and stickers are sent."""
    mara, noah = house.mara, house.noah
    await _settings(mara, house.space, "emoji")
    await mara.page.get_by_role("button", name="New pack").first.click()
    await mara.page.get_by_label("Name of the pack").fill("House pack")
    files = [{"name": f"{name}.png", "mimeType": "image/png", "buffer": picture(64, 64, hue)} for name, hue in (("heron", 1), ("owl", 20), ("wren", 40), ("swift", 55))]
    await mara.page.get_by_label("Choose pictures or drop them here").set_input_files(files)
    await mara.page.get_by_role("textbox", name="Shortcode").nth(3).wait_for()
    await mara.page.get_by_role("button", name="Save", exact=True).click()
    await mara.page.get_by_role("heading", name="House pack").wait_for()
    api = await mara.api()
    state = await api.full_state(house.space)
    pack = next(event["content"] for (kind, _), event in state.items() if kind == "m.room.image_pack")
    assert set(pack["images"]) == {"heron", "owl", "wren", "swift"}
    await house.go(mara, house.rooms["general"])
    await mara.composer().press_sequentially("a :hero")
    await mara.page.get_by_role("option", name=re.compile("heron")).first.wait_for()
    await mara.composer().press("Enter")
    await mara.composer().press_sequentially("flew by")
    await mara.composer().press("Enter")
    row = noah.message("flew by")
    await row.locator('img[alt=":heron:"], img[alt="heron"]').first.wait_for()
    event = next(event for event in (await api.messages(house.rooms["general"]))["chunk"] if "flew by" in event["content"].get("body", ""))
    html = event["content"]["formatted_body"]
    assert "data-mx-emoticon" in html and pack["images"]["heron"]["url"] in html and 'alt=":heron:"' in html and 'height="32"' in html
    assert event["content"]["body"] == "a :heron: flew by"
    await noah.act("flew by", "Add reaction")
    picker = noah.page.get_by_role("dialog", name="Add reaction")
    await picker.get_by_role("combobox", name="Search emoji").fill("owl")
    await picker.get_by_role("gridcell").filter(has=noah.page.locator("img")).first.click()
    await mara.message("flew by").get_by_role("button", name=re.compile("reacted with :owl:")).wait_for()
    relations = (await api.get(f"/_matrix/client/v1/rooms/{segment(house.rooms['general'])}/relations/{segment(event['event_id'])}/m.annotation"))["chunk"]
    assert relations[0]["content"]["m.relates_to"]["key"] == pack["images"]["owl"]["url"]
    await mara.click("Emoji and stickers")
    picker = mara.page.get_by_role("dialog", name="Emoji and stickers")
    await picker.get_by_role("tab", name="Stickers").click()
    await picker.get_by_role("gridcell").filter(has=mara.page.locator("img")).first.click()

    async def sticker():
        return any(one["type"] == "m.sticker" for one in (await api.messages(house.rooms["general"]))["chunk"])

    await eventually(sticker, what="the sticker")


async def test_a_public_server_is_found(house, people):
    """Listed by its owner, it is in "Discover" of somebody else, who joins there."""
    api = await house.mara.api()
    space = await api.create_room(name="Public Aviary", preset="public_chat", visibility="public", room_alias_name="aviary", creation_content={"type": "m.space"})
    room = await api.create_room(name="perch", preset="public_chat")
    await api.set_state(space, "m.space.child", {"via": [api.server_name]}, room)
    noah = house.noah
    await noah.page.evaluate("location.hash = '#/discover'")
    await noah.page.get_by_label("Search communities").fill("aviary")
    await noah.click("Join Public Aviary")
    await noah.page.get_by_role("navigation", name="Servers").get_by_role("link", name=re.compile("Public Aviary")).wait_for()
