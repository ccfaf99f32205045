"""End-to-end encryption: between browsers, with another client, on a second device."""

import asyncio
import re
import secrets

import nio
import pytest_asyncio

from harness.waiting import eventually
from people.person import PASSWORD, Person


@pytest_asyncio.fixture
async def desktop(server, directory):
    """A matrix-nio client that encrypts, with an account of its own."""
    store = directory / secrets.token_hex(4)
    store.mkdir()
    client = nio.AsyncClient(server.client_url, store_path=str(store), config=nio.AsyncClientConfig(encryption_enabled=True, max_limit_exceeded=0, max_timeouts=1))
    answer = await client.register(f"nio{secrets.token_hex(3)}", PASSWORD)
    assert isinstance(answer, nio.RegisterResponse), answer
    await _step(client)
    yield client
    await client.close()


async def _step(client: nio.AsyncClient) -> None:
    answer = await client.sync(timeout=300, full_state=client.next_batch == "")
    assert isinstance(answer, nio.SyncResponse), answer
    await client.send_to_device_messages()
    if client.should_upload_keys:
        await client.keys_upload()
    if client.should_query_keys:
        await client.keys_query()
    if client.should_claim_keys:
        await client.keys_claim(client.get_users_for_key_claiming())


async def _until(client: nio.AsyncClient, satisfied, what: str):
    async def probe():
        await _step(client)
        return satisfied()

    return await eventually(probe, what=what, timeout_seconds=40)


async def _direct(person: Person, user_id: str) -> None:
    """Begins a conversation with somebody."""
    await person.page.evaluate("location.hash = '#/direct'")
    await person.page.get_by_role("button", name="New message").first.click()
    dialog = person.dialog()
    await dialog.get_by_label("Name or user ID").fill(user_id)
    await dialog.get_by_role("button").filter(has_text=user_id).first.click()
    await dialog.get_by_role("button", name="Start conversation").click()
    await person.composer().wait_for()


async def _accept(person: Person, sender: str) -> None:
    """Takes the invitation of somebody to a conversation."""
    await person.page.evaluate("location.hash = '#/inbox'")
    await person.page.get_by_role("tab", name=re.compile("^Invites")).click()
    await person.page.get_by_role("button", name="Accept", exact=True).first.click()
    await person.composer().wait_for()


async def _ready(person: Person) -> None:
    """Waits until encryption was set up, as it is by itself after signing up."""
    await person.page.get_by_role("complementary", name="Save your recovery key").wait_for(timeout=30_000)


async def _undecryptable(person: Person) -> int:
    return await person.timeline().get_by_text(re.compile("cannot be decrypted|has not arrived yet|cannot read the message yet|before you joined")).count()


async def test_two_browsers_write_secretly(people):
    """A conversation begun from the list is encrypted, both read all of it, the server has no word of it."""
    vera, willi = await people.visitor("vera"), await people.visitor("willi")
    await vera.sign_up()
    await willi.sign_up()
    await _ready(vera)
    await _ready(willi)
    await _direct(vera, willi.user_id)
    assert (await vera.composer().get_attribute("aria-label")).startswith("Encrypted message to")
    await vera.write("the owl flies at nine")
    await vera.received("the owl flies at nine")
    await _accept(willi, vera.user_id)
    await willi.sees("the owl flies at nine", timeout=30_000)
    await willi.write("understood")
    await vera.sees("understood", timeout=30_000)
    for number in range(3):
        await vera.write(f"secret {number}")
        await willi.sees(f"secret {number}", timeout=30_000)
    assert await _undecryptable(vera) + await _undecryptable(willi) == 0
    api = await vera.api()
    rooms = (await api.get("/joined_rooms"))["joined_rooms"]
    events = [event for room in rooms for event in (await api.messages(room))["chunk"]]
    assert [event for event in events if event["type"] == "m.room.encrypted"]
    assert not [event for event in events if event["type"] == "m.room.message"]


async def test_with_another_client(people, desktop):
    """matrix-nio and the browser read each other, text and files' keys alike."""
    xenia = await people.visitor("xenia")
    await xenia.sign_up()
    await _ready(xenia)
    await _direct(xenia, desktop.user_id)
    heard: list[nio.RoomMessageText] = []
    desktop.add_event_callback(lambda room, event: heard.append(event), nio.RoomMessageText)
    failed: list[nio.MegolmEvent] = []
    desktop.add_event_callback(lambda room, event: failed.append(event), nio.MegolmEvent)
    await _until(desktop, lambda: desktop.invited_rooms, "the invitation")
    room = next(iter(desktop.invited_rooms))
    await desktop.join(room)
    await _until(desktop, lambda: room in desktop.rooms and xenia.user_id in desktop.rooms[room].users, "the room")
    await xenia.write("from the browser")
    await _until(desktop, lambda: any(event.body == "from the browser" and event.decrypted for event in heard), "the browser's message")
    await _until(desktop, lambda: desktop.device_store[xenia.user_id], "the browser's devices")
    sent = await desktop.room_send(room, "m.room.message", {"msgtype": "m.text", "body": "from the desktop"}, ignore_unverified_devices=True)
    assert isinstance(sent, nio.RoomSendResponse), sent
    await xenia.sees("from the desktop", timeout=30_000)
    await xenia.write("and back")
    await _until(desktop, lambda: any(event.body == "and back" for event in heard), "the second message")
    assert not failed
    assert await _undecryptable(xenia) == 0


async def test_a_second_device_is_verified_by_emoji(people):
    """The old and the new device show the same emoji; then the new one reads what was written before it came."""
    yara = await people.visitor("yara")
    await yara.sign_up()
    await _ready(yara)
    zeno = await people.visitor("zeno")
    await zeno.sign_up()
    await _ready(zeno)
    await _direct(yara, zeno.user_id)
    await yara.write("written on the old device")
    await yara.received("written on the old device")
    await asyncio.sleep(2)
    second = await people.visitor("yara")
    await second.go("/#/sign-in")
    await second.fill("Username", "yara")
    await second.fill("Password", PASSWORD)
    await second.click("Sign in")
    await second.dialog().get_by_role("button").filter(has_text="Use another device").click()
    await yara.dialog().get_by_role("button", name="Begin").click(timeout=30_000)
    start = second.page.get_by_role("button", name="Compare emoji", exact=True)
    await start.click(timeout=30_000)
    lists = [person.page.locator(".verification-emoji") for person in (yara, second)]
    for shown in lists:
        await shown.wait_for(timeout=30_000)
    assert await lists[0].inner_text() == await lists[1].inner_text()
    assert await lists[0].locator("li").count() == 7
    for person in (yara, second):
        await person.page.get_by_role("button", name="They match").click()
    for person in (yara, second):
        await person.page.get_by_role("heading", name="Verified").wait_for(timeout=30_000)
        await person.dialog().get_by_role("button", name="Done").click()
    await second.page.evaluate("location.hash = '#/direct'")
    await second.page.get_by_role("link", name=re.compile("zeno")).first.click()
    await second.sees("written on the old device", timeout=40_000)
    assert await _undecryptable(second) == 0


async def test_a_recovery_key_brings_messages_back(people):
    """The key that was saved opens the old messages on a new device."""
    anna, bert = await people.visitor("anna"), await people.visitor("bert")
    await anna.sign_up()
    await bert.sign_up()
    await _ready(anna)
    await _ready(bert)
    await anna.click("Save it now")
    key = await anna.page.get_by_role("group", name="Recovery key").inner_text()
    await anna.dialog().get_by_role("checkbox", name="I have saved it").check()
    await anna.dialog().get_by_role("button", name="Done").click()
    await _direct(anna, bert.user_id)
    await anna.write("kept for later")
    await anna.received("kept for later")
    await anna.page.evaluate("location.hash = '#/settings/encryption'")
    await anna.page.get_by_text("Everything is backed up.").wait_for(timeout=40_000)
    fresh = await people.visitor("anna")
    await fresh.go("/#/sign-in")
    await fresh.fill("Username", "anna")
    await fresh.fill("Password", PASSWORD)
    await fresh.click("Sign in")
    await fresh.dialog().get_by_role("button").filter(has_text="Use your recovery key").click()
    await fresh.fill("Recovery key or passphrase", "EsTc 5rr1 4cbw 1111 2222 3333 4444 5555 6666 7777 8888 9999")
    await fresh.click("Unlock")
    await fresh.page.get_by_text("This is not the right key").wait_for()
    await fresh.fill("Recovery key or passphrase", key)
    await fresh.click("Unlock")
    await fresh.toast("Unlocked. Your older messages arrive in the background.")
    await fresh.page.evaluate("location.hash = '#/direct'")
    await fresh.page.get_by_role("link", name=re.compile("bert")).first.click()
    await fresh.sees("kept for later", timeout=40_000)
    assert await _undecryptable(fresh) == 0
