"""Who is there: on one server, and across to a real Synapse."""

import asyncio

from harness.client import segment
from harness.rooms import shared_room
from harness.waiting import eventually


def status(user: str) -> str:
    return f"/presence/{segment(user)}/status"


def told(response: dict) -> dict[str, dict]:
    """What a sync says of presence, by user."""
    return {event["sender"]: event["content"] for event in response.get("presence", {}).get("events", [])}


async def until_told(client, since: str | None, user: str, satisfied, timeout_seconds: float = 30) -> dict:
    """Follows sync until it tells something satisfying of a user."""
    last = {}

    async def probe():
        nonlocal since, last
        response = await client.sync(since, timeout=2000)
        since = response["next_batch"]
        last = told(response).get(user, last)
        return last

    return await eventually(probe, lambda content: bool(content) and satisfied(content), f"presence of {user}", timeout_seconds)


async def test_presence_by_sync(alice, bob, carol):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    since = (await alice.sync())["next_batch"]
    await bob.sync()
    content = await until_told(alice, since, bob.user_id, lambda c: c["presence"] == "online")
    assert content["currently_active"] is True and content["last_active_ago"] >= 0
    assert (await alice.get(status(bob.user_id)))["presence"] == "online"
    await carol.get(status(bob.user_id), expect=403, error="M_FORBIDDEN")
    assert bob.user_id in told(await alice.sync()), "an initial sync tells of those who are there"
    assert bob.user_id not in told(await carol.sync())


async def test_status_text(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    since = (await alice.sync())["next_batch"]
    await bob.put(status(bob.user_id), {"presence": "unavailable", "status_msg": "lunch"})
    await until_told(alice, since, bob.user_id, lambda c: c == {**c, "presence": "unavailable", "status_msg": "lunch"})
    await bob.put(status(alice.user_id), {"presence": "online"}, expect=403, error="M_FORBIDDEN")
    await bob.put(status(bob.user_id), {"presence": "away"}, expect=400)
    await bob.put(status(bob.user_id), {}, expect=400)


async def test_a_waiting_sync_is_woken(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    stream = alice.stream()
    await stream.step()
    await stream.step(timeout=1500)

    async def follow() -> dict:
        while True:
            content = told(await stream.step(timeout=20000)).get(bob.user_id, {})
            if content.get("status_msg") == "here":
                return content

    waiting = asyncio.create_task(follow())
    await asyncio.sleep(0.5)
    await bob.put(status(bob.user_id), {"presence": "online", "status_msg": "here"})
    # Far sooner than a sync that nothing wakes would end.
    assert (await asyncio.wait_for(waiting, 10))["presence"] == "online"


async def test_hidden_and_filtered(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    await bob.sync(set_presence="offline")
    assert bob.user_id not in told(await alice.sync())
    await bob.sync(set_presence="unavailable")
    await eventually(lambda: alice.sync(), lambda r: told(r).get(bob.user_id, {}).get("presence") == "unavailable", "idle")
    filtered = await alice.sync(filter={"presence": {"not_senders": [bob.user_id]}})
    assert bob.user_id not in told(filtered)
    ignored = f"/user/{segment(alice.user_id)}/account_data/m.ignored_user_list"
    await alice.put(ignored, {"ignored_users": {bob.user_id: {}}})
    assert bob.user_id not in told(await alice.sync())


async def test_status_survives_a_kill(start_server):
    server = await start_server("martlet", "presence-kill")
    alice, bob = await server.register("alice"), await server.register("bob")
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    since = (await alice.sync())["next_batch"]
    await bob.put(status(bob.user_id), {"presence": "online", "status_msg": "still here"})
    await until_told(alice, since, bob.user_id, lambda c: c["presence"] == "online")
    since = (await alice.sync())["next_batch"]
    await server.kill()
    await server.process.start()
    assert (await alice.get(status(bob.user_id)))["status_msg"] == "still here"
    # Bob does not come back: those who saw him online are told.
    await until_told(alice, since, bob.user_id, lambda c: c["presence"] == "offline", timeout_seconds=60)


async def test_presence_crosses(host, guest):
    room = await shared_room(host, guest, room_version="11")
    assert room
    since = (await host.sync())["next_batch"]
    await guest.put(status(guest.user_id), {"presence": "online", "status_msg": "over there"})
    await guest.sync()
    await until_told(host, since, guest.user_id, lambda c: c["presence"] == "online" and c.get("status_msg") == "over there")
    await host.put(status(host.user_id), {"presence": "online", "status_msg": "at home"})
    await host.sync()
    since = (await guest.sync())["next_batch"]
    await eventually(lambda: guest.get(status(host.user_id)), lambda c: c.get("status_msg") == "at home", "the host's status", 60)


async def test_presence_of_strangers_is_refused(subject, fake, alice):
    room = await alice.create_room(preset="public_chat", room_version="11")
    member = await fake.join(subject, room)

    async def push(user: str, state: str) -> None:
        await fake.send(subject, edus=[{"edu_type": "m.presence", "content": {
            "push": [{"user_id": user, "presence": state, "last_active_ago": 10, "currently_active": True}]}}])

    await push(member.user, "online")
    await eventually(lambda: alice.get(status(member.user)), lambda c: c["presence"] == "online", "the member online")
    # Nobody speaks for another server's users, nor tells nonsense.
    await push(alice.user_id, "online")
    await push(member.user, "somewhere")
    await push(member.user, 7)
    await fake.send(subject, edus=[{"edu_type": "m.presence", "content": {"push": "everybody"}}])
    assert (await alice.get(status(member.user)))["presence"] == "online"
