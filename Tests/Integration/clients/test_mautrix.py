"""A bot written with mautrix: logs in, syncs, joins where it is invited, answers, sets and reads state."""

import asyncio

from mautrix.client import Client as Mautrix
from mautrix.types import EventType, Membership, MessageEvent, MessageType, RoomAvatarStateEventContent, StateEvent, TextMessageEventContent

from harness.client import Client
from harness.homeserver import Homeserver


async def log_in(server: Homeserver, account: Client) -> Mautrix:
    """The library's client, logged in by password as a new device."""
    bot = Mautrix(mxid=account.user_id, base_url=server.client_url)
    answer = await bot.login(identifier=account.user_id, password=account.password, device_name="bot")
    assert answer.user_id == account.user_id and answer.device_id
    assert (await bot.whoami()).user_id == account.user_id
    return bot


async def test_a_bot_that_answers(subject: Homeserver, alice: Client, bob: Client):
    bot = await log_in(subject, bob)
    names: dict[str, str] = {}

    async def invited(event: StateEvent) -> None:
        if event.state_key == bot.mxid and event.content.membership == Membership.INVITE:
            await bot.join_room(event.room_id)

    async def said(event: MessageEvent) -> None:
        if event.sender != bot.mxid and event.content.msgtype == MessageType.TEXT:
            await bot.send_text(event.room_id, f"you said: {event.content.body}")
            await bot.send_receipt(event.room_id, event.event_id)

    async def named(event: StateEvent) -> None:
        names[event.room_id] = event.content.name

    bot.add_event_handler(EventType.ROOM_MEMBER, invited)
    bot.add_event_handler(EventType.ROOM_MESSAGE, said)
    bot.add_event_handler(EventType.ROOM_NAME, named)
    running = bot.start(None)
    try:
        room = await alice.create_room(name="Bots", preset="private_chat", invite=[bob.user_id])
        stream = alice.stream()
        await stream.until(lambda s: any(
            e["type"] == "m.room.member" and e["state_key"] == bob.user_id and e["content"]["membership"] == "join"
            for e in s.timeline.get(room, [])), "the bot's join")
        for number in range(10):
            sent = await alice.say(room, f"question {number}")
            await stream.until(lambda s: f"you said: question {number}" in s.bodies(room), "the bot's answer")
        await stream.until(lambda s: bob.user_id in s.ephemeral.get(room, {}).get("m.receipt", {}).get(sent, {}).get("m.read", {}), "its receipt")
        assert names.get(room) == "Bots"

        # State, read and set through the library's own types.
        members = await bot.get_joined_members(room)
        assert set(members) == {alice.user_id, bob.user_id}
        assert (await bot.get_state_event(room, EventType.ROOM_NAME)).name == "Bots"
        await alice.set_state(room, "m.room.power_levels", {"users": {alice.user_id: 100, bob.user_id: 50}} if not _creators_rule(
            await alice.get_state(room, "m.room.create")) else {"users": {bob.user_id: 50}})
        await bot.send_state_event(room, EventType.ROOM_AVATAR, RoomAvatarStateEventContent(url="mxc://example.org/avatar"))
        assert (await alice.get_state(room, "m.room.avatar"))["url"] == "mxc://example.org/avatar"
        content = TextMessageEventContent(msgtype=MessageType.NOTICE, body="done")
        last = await bot.send_message(room, content)
        assert (await bot.get_event(room, last)).content.body == "done"
        await bot.leave_room(room)
        await stream.until(lambda s: any(
            e["type"] == "m.room.member" and e["state_key"] == bob.user_id and e["content"]["membership"] == "leave"
            for e in s.timeline.get(room, [])), "the bot's leave")
    finally:
        bot.stop()
        await asyncio.wait([running], timeout=10)
        await bot.api.session.close()


def _creators_rule(create: dict) -> bool:
    """Whether the room's creator has all power without being named (room version 12 and later)."""
    return create.get("room_version") == "12"
