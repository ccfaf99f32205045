"""Accounts and devices: coming in and going out, being offline, several tabs."""

import re

from harness.waiting import eventually
from people.person import PASSWORD


async def test_sign_out_and_in(people):
    """Out, a wrong password is told, in with the right one."""
    person = await people.visitor("olga")
    await person.sign_up()
    await person.settle()
    await person.click("Settings")
    await person.click("Sign out")
    await person.dialog().get_by_role("button", name=re.compile("^Sign out")).click()
    await person.page.get_by_role("heading", name="Welcome back").wait_for()
    await person.fill("Username", "olga")
    await person.fill("Password", "not it at all")
    await person.click("Sign in")
    await person.page.get_by_text("Username or password is not right").wait_for()
    await person.fill("Password", PASSWORD)
    await person.click("Sign in")
    await person.dialog().get_by_role("heading", name="One more step").wait_for()
    await person.dialog().get_by_role("button", name="Skip for now").click()
    await person.page.evaluate("location.hash = '#/'")
    await person.page.get_by_role("navigation", name="Servers").wait_for()


async def test_names_that_are_taken_are_told(people, house):
    person = await people.visitor("paula")
    await person.go("/#/sign-up")
    await person.fill("Username", "mara")
    await person.page.get_by_text("This name is taken").wait_for()
    await person.fill("Username", "paula")
    await person.page.get_by_text("This name is free").wait_for()


async def test_several_accounts(people):
    """Two accounts in one browser, from one to the other and back."""
    person = await people.visitor("quinn")
    await person.sign_up()
    await person.settle()
    other = f"rosa-{person.name}"
    await people.server.anonymous().post("/register", {"username": other, "password": PASSWORD, "auth": {"type": "m.login.dummy"}})
    await person.go("/#/settings/account")
    await person.click("Add an account")
    await person.fill("Username", other)
    await person.fill("Password", PASSWORD)
    await person.click("Sign in")
    panel = person.page.get_by_role("region", name="You and your status")
    await panel.get_by_text(other, exact=True).wait_for()
    await person.page.evaluate("location.hash = '#/settings/account'")
    await person.click("Switch")
    await panel.get_by_text(person.name, exact=True).wait_for()
    person.forgive("AbortError")
    await person.page.reload()
    await panel.get_by_text(person.name, exact=True).wait_for()


async def test_offline_and_back(house):
    """What is written without a connection waits, and arrives in order, each once."""
    room = await house.channel("offline")
    mara, noah = house.mara, house.noah
    await house.go(mara, room)
    await house.go(noah, room)
    await mara.write("still here")
    await noah.sees("still here")
    await mara.context.set_offline(True)
    try:
        for number in range(1, 4):
            await mara.write(f"from the tunnel {number}")
        await mara.timeline().get_by_text("Waiting for a connection").first.wait_for(timeout=45_000)
    finally:
        # The next test, or another try, has a connection whatever happened here.
        await mara.context.set_offline(False)
    await noah.sees("from the tunnel 3", timeout=40_000)
    await mara.received("from the tunnel 3")
    api = await mara.api()
    sent = [event["content"].get("body", "") for event in reversed((await api.messages(room))["chunk"])]
    assert [body for body in sent if body.startswith("from")] == [f"from the tunnel {number}" for number in range(1, 4)]
    assert await noah.timeline().get_by_text("from the tunnel 2", exact=True).count() == 1
    assert await mara.timeline().get_by_text("from the tunnel 2", exact=True).count() == 1
    mara.forgive("Failed to fetch")


async def test_a_reload_shows_what_is_stored(house):
    """Without a server to answer, a reload still shows the rooms and the messages."""
    room = await house.channel("stored")
    mara = house.mara
    await house.go(mara, room)
    await mara.write("kept in the drawer")
    await mara.received("kept in the drawer")
    blocked: list[str] = []

    async def block(route):
        blocked.append(route.request.url)
        await route.abort("internetdisconnected")

    await mara.page.route(re.compile("/_matrix/"), block)
    try:
        await mara.page.reload()
        await mara.sees("kept in the drawer")
        await mara.page.get_by_role("navigation", name="Channels").get_by_role("link", name="general").first.wait_for()
        assert blocked
    finally:
        await mara.page.unroute(re.compile("/_matrix/"))
    await mara.write("and online again")
    await mara.received("and online again")
    mara.forgive("Failed to fetch")


async def test_two_tabs_share_one_sync(house):
    """Two tabs of one account show the same; only one of them asks the server; the other takes over when it is closed."""
    room = await house.channel("tabs")
    mara, noah = house.mara, house.noah
    await house.go(mara, room)
    await house.go(noah, room)
    syncs = {"first": 0, "second": 0}

    def count(which: str):
        def counted(request):
            if "/sync" in request.url:
                syncs[which] += 1
        return counted

    second = await mara.context.new_page()
    try:
        mara.page.on("request", count("first"))
        second.on("request", count("second"))
        await second.goto(mara.page.url)
        feed = second.get_by_role("log", name="Messages", exact=True)
        for number in range(3):
            await noah.write(f"for both tabs {number}")
            await feed.get_by_text(f"for both tabs {number}", exact=True).wait_for()
            await mara.sees(f"for both tabs {number}")
        assert (syncs["first"] > 0) != (syncs["second"] > 0), syncs
        own = second.get_by_role("main").get_by_label(re.compile("^Message to")).first
        await own.fill("from the second tab")
        await own.press("Enter")
        await noah.sees("from the second tab")
        await mara.sees("from the second tab")
        await mara.page.goto("about:blank")
        await noah.write("the first is gone")
        await feed.get_by_text("the first is gone", exact=True).wait_for(timeout=30_000)
    finally:
        await second.close()
        await mara.go(f"/#/space/{house.space}/{room}")
        await mara.composer().wait_for()


async def test_a_link_leads_to_a_message(house):
    """A link to an old message opens the room there and marks it; from there one gets back to now."""
    room = await house.channel("links")
    mara = house.mara
    api = await mara.api()
    first = await api.say(room, "the very first one")
    for number in range(120):
        await api.say(room, f"chatter {number}")
    await house.go(mara, room)
    await mara.sees("chatter 119")
    await mara.page.evaluate("address => { location.hash = address }", f"#/space/{house.space}/{room}/event/{first}")
    await mara.page.locator(".message-highlighted").filter(has_text="the very first one").wait_for()
    await mara.page.get_by_role("button", name=re.compile("^(Back to now|To the newest messages)")).click()
    await mara.sees("chatter 119")


async def test_profile_and_password(people):
    """A new name is what others see; a new password is asked for the old one."""
    person = await people.visitor("sven")
    await person.sign_up()
    await person.go("/#/settings/account")
    await person.page.get_by_label("Display name").or_(person.page.get_by_label("Name", exact=True)).first.fill("Sven the Swift")
    await person.page.get_by_role("button", name="Save", exact=True).click()
    api = await person.api()

    async def renamed():
        return (await api.get(f"/profile/{person.user_id}")).get("displayname") == "Sven the Swift"

    await eventually(renamed, what="the new name")
