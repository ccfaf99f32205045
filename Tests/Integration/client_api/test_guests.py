"""Guests, and looking into rooms without being in them."""

import asyncio

import pytest
import pytest_asyncio

from harness.client import Client, segment
from harness.waiting import eventually

pytestmark = pytest.mark.martlet_only
OPEN = [{"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "can_join"}},
        {"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": "world_readable"}}]


@pytest_asyncio.fixture(scope="session")
async def hospitable(start_server):
    """A server that takes guests."""
    return await start_server("martlet", "hospitable", settings={"registration": {"allow_guests": True}})


async def _guest(server) -> Client:
    answer = await server.anonymous().post("/register?kind=guest", {})
    return Client(server.client_url, server.name, answer["user_id"], answer["access_token"], answer["device_id"])


async def test_a_guest_talks_where_guests_may(hospitable):
    owner = await hospitable.register("owner")
    guest = await _guest(hospitable)
    room = await owner.create_room(preset="public_chat", initial_state=OPEN)
    closed = await owner.create_room(preset="public_chat")
    await guest.join(closed, expect=403, error="M_GUEST_ACCESS_FORBIDDEN")
    await guest.join(room)
    await guest.say(room, "hello")
    await guest.send(room, "org.example.anything", {})
    await guest.sync()
    assert (await guest.get("/account/whoami"))["is_guest"] is True
    await guest.put(f"/profile/{segment(guest.user_id)}/displayname", {"displayname": "Visitor"})
    for method, path, body in [
        ("POST", "/createRoom", {}), ("POST", f"/rooms/{segment(room)}/invite", {"user_id": owner.user_id}),
        ("PUT", f"/profile/{segment(guest.user_id)}/avatar_url", {"avatar_url": "mxc://x/y"}),
        ("POST", f"/rooms/{segment(room)}/kick", {"user_id": owner.user_id}),
        ("POST", "/account/password", {"new_password": "x"}), ("GET", "/initialSync", None),
        ("PUT", f"/directory/room/{segment('#x:' + hospitable.name)}", {"room_id": room}),
    ]:
        await guest.request(method, path, body, expect=403, error="M_GUEST_ACCESS_FORBIDDEN")


async def test_guests_go_when_the_door_closes(hospitable):
    owner = await hospitable.register("owner")
    friend = await hospitable.register("friend")
    guest = await _guest(hospitable)
    room = await owner.create_room(preset="public_chat", initial_state=OPEN)
    for member in (friend, guest):
        await member.join(room)
    await owner.set_state(room, "m.room.guest_access", {"guest_access": "forbidden"})

    async def membership() -> str:
        return (await owner.get_state(room, "m.room.member", guest.user_id))["membership"]

    await eventually(membership, lambda found: found == "leave", "the guest's leaving")
    assert (await owner.get_state(room, "m.room.member", friend.user_id))["membership"] == "join"


async def test_guests_go_at_the_start_too(start_server):
    server = await start_server("martlet", "closing", settings={"registration": {"allow_guests": True}})
    owner = await server.register("owner")
    guest = await _guest(server)
    room = await owner.create_room(preset="public_chat", initial_state=OPEN)
    await guest.join(room)
    await owner.set_state(room, "m.room.guest_access", {})
    server.process.kill()
    await server.process.start()

    async def membership() -> str:
        return (await owner.get_state(room, "m.room.member", guest.user_id))["membership"]

    await eventually(membership, lambda found: found == "leave", "the guest's leaving")


async def test_a_guest_becomes_a_person(hospitable):
    guest = await _guest(hospitable)
    localpart = guest.user_id[1:].split(":")[0]
    other = await _guest(hospitable)
    await hospitable.anonymous().post("/register", {
        "username": localpart, "password": "secret-enough", "guest_access_token": other.token, "auth": {"type": "m.login.dummy"},
    }, expect=403)
    answer = await hospitable.anonymous().post("/register", {
        "username": localpart, "password": "secret-enough", "guest_access_token": guest.token, "auth": {"type": "m.login.dummy"}})
    assert answer["user_id"] == guest.user_id
    person = Client(hospitable.client_url, hospitable.name, answer["user_id"], answer["access_token"], answer["device_id"])
    assert (await person.get("/account/whoami"))["is_guest"] is False
    await person.create_room()


async def test_looking_in_without_joining(hospitable):
    owner = await hospitable.register("owner")
    guest = await _guest(hospitable)
    room = await owner.create_room(preset="public_chat", name="Open", initial_state=OPEN)
    private = await owner.create_room()
    event = await owner.say(room, "seen")
    path = f"/rooms/{segment(room)}"
    assert (await guest.get_state(room, "m.room.name"))["name"] == "Open"
    assert any(entry["state_key"] == owner.user_id for entry in (await guest.get(f"{path}/members"))["chunk"])
    assert (await guest.event(room, event))["content"]["body"] == "seen"
    assert (await guest.get(f"{path}/context/{segment(event)}"))["event"]["event_id"] == event
    assert "seen" in [found["content"].get("body") for found in await guest.history(room)]
    whole = await guest.get(f"{path}/initialSync")
    assert whole["room_id"] == room and whole["messages"]["chunk"][-1]["event_id"] == event
    assert {"type": "m.room.name", "content": {"name": "Open"}}.items() <= next(
        entry for entry in whole["state"] if entry["type"] == "m.room.name").items()
    for closed in (f"/rooms/{segment(private)}/initialSync", f"/rooms/{segment(private)}/state", f"/events?room_id={segment(private)}&timeout=0"):
        await guest.get(closed, expect=403, error="M_FORBIDDEN")

    # Waits, and is told what comes next, once.
    waiting = asyncio.create_task(guest.get("/events", query={"room_id": room, "from": whole["messages"]["end"], "timeout": 20_000}))
    await eventually(lambda: _sent(owner, room), what="a message")
    told = await waiting
    assert [found["content"]["body"] for found in told["chunk"]][:1] == ["news"]
    quiet = await guest.get("/events", query={"room_id": room, "from": told["end"], "timeout": 0})
    assert [found["event_id"] for found in quiet["chunk"] if found["event_id"] in [e["event_id"] for e in told["chunk"]]] == []


async def _sent(owner: Client, room: str) -> bool:
    return bool(await owner.say(room, "news"))


async def test_the_ways_of_before_sync(alice, bob):
    room = await alice.create_room(preset="public_chat", invite=[bob.user_id])
    whole = await bob.get("/initialSync")
    assert [entry["membership"] for entry in whole["rooms"]] == ["invite"]
    assert whole["rooms"][0]["inviter"] == alice.user_id
    await bob.join(room)
    whole = await bob.get("/initialSync", query={"limit": 3})
    entry = next(entry for entry in whole["rooms"] if entry["room_id"] == room)
    assert entry["membership"] == "join" and len(entry["messages"]["chunk"]) == 3 and entry["visibility"] == "private"
    event = await alice.say(room, "after")
    told = await bob.get("/events", query={"from": whole["end"], "timeout": 10_000})
    assert event in [found["event_id"] for found in told["chunk"]]
    assert (await bob.get(f"/events/{segment(event)}"))["content"]["body"] == "after"
    stranger = await alice.create_room()
    hidden = await alice.say(stranger, "hidden")
    await bob.get(f"/events/{segment(hidden)}", expect=404, error="M_NOT_FOUND")
    await bob.get("/events", query={"from": "nonsense", "timeout": 0}, expect=400)
