"""A real client library, matrix-nio, on both sides."""

import secrets

import nio
import pytest_asyncio

from harness.homeserver import Homeserver
from harness.waiting import eventually


async def open_nio(server: Homeserver, prefix: str) -> nio.AsyncClient:
    """A matrix-nio client with a new account, synced once."""
    client = nio.AsyncClient(server.client_url, config=nio.AsyncClientConfig(max_limit_exceeded=0, max_timeouts=1))
    answer = await client.register(f"{prefix}-{secrets.token_hex(4)}", "correct horse battery")
    assert isinstance(answer, nio.RegisterResponse), answer
    answer = await client.sync(timeout=0, full_state=True)
    assert isinstance(answer, nio.SyncResponse), answer
    return client


@pytest_asyncio.fixture
async def clients(pair):
    """matrix-nio clients: (on the hosting server, on the other one)."""
    opened = [await open_nio(server, "nio") for server in pair]
    yield opened
    for client in opened:
        await client.close()


async def synced(client: nio.AsyncClient, satisfied, what: str, timeout_seconds: float = 30):
    """Syncs until the client's own picture satisfies."""

    async def probe():
        answer = await client.sync(timeout=500)
        assert isinstance(answer, nio.SyncResponse), answer
        return satisfied(client)

    return await eventually(probe, what=what, timeout_seconds=timeout_seconds)


def collect(client: nio.AsyncClient, kind) -> list:
    """The events of a kind that the client sees from now on."""
    seen: list = []
    client.add_event_callback(lambda room, event: seen.append((room.room_id, event)), kind)
    return seen


async def test_the_readme_example(subject):
    """Register, create a room, send, read it back."""
    client = await open_nio(subject, "reader")
    try:
        room = await client.room_create(name="First room")
        assert isinstance(room, nio.RoomCreateResponse), room
        sent = await client.room_send(room.room_id, "m.room.message", {"msgtype": "m.text", "body": "hello"})
        assert isinstance(sent, nio.RoomSendResponse), sent
        await client.sync(timeout=0)
        page = await client.room_messages(room.room_id, client.next_batch)
        assert isinstance(page, nio.RoomMessagesResponse), page
        assert [event.body for event in page.chunk if isinstance(event, nio.RoomMessageText)] == ["hello"]
    finally:
        await client.close()


async def test_log_in_again_and_log_out(subject):
    first = await open_nio(subject, "login")
    second = nio.AsyncClient(subject.client_url, first.user_id)
    try:
        answer = await second.login("correct horse battery", device_name="second")
        assert isinstance(answer, nio.LoginResponse), answer
        devices = await second.devices()
        assert {device.id for device in devices.devices} == {first.device_id, second.device_id}
        assert isinstance(await second.whoami(), nio.WhoamiResponse)
        assert isinstance(await second.logout(), nio.LogoutResponse)
        assert isinstance(await second.whoami(), nio.WhoamiError)
        assert isinstance(await first.whoami(), nio.WhoamiResponse)
    finally:
        await first.close()
        await second.close()


async def test_two_people_on_two_servers(pair, clients):
    """Invite, join, messages both ways, redaction, typing, receipts, leave, ban: all through the library."""
    host, guest = clients
    room = await host.room_create(name="Two servers", topic="interop", invite=[guest.user_id],
                                  power_level_override={"users": {host.user_id: 100}}, room_version="11")
    assert isinstance(room, nio.RoomCreateResponse), room
    room_id = room.room_id
    await synced(guest, lambda c: room_id in c.invited_rooms, "the invite")
    assert guest.invited_rooms[room_id].inviter == host.user_id
    assert isinstance(await guest.join(room_id), nio.JoinResponse)
    await synced(guest, lambda c: room_id in c.rooms and host.user_id in c.rooms[room_id].users, "the joined room")
    assert guest.rooms[room_id].name == "Two servers" and guest.rooms[room_id].topic == "interop"
    await synced(host, lambda c: guest.user_id in c.rooms[room_id].users, "the guest's membership")

    at_host, at_guest = collect(host, nio.RoomMessageText), collect(guest, nio.RoomMessageText)
    sent = await host.room_send(room_id, "m.room.message", {"msgtype": "m.text", "body": "to guest"})
    await synced(guest, lambda c: ("to guest", host.user_id) in [(e.body, e.sender) for _, e in at_guest], "a message")
    await guest.room_send(room_id, "m.room.message", {"msgtype": "m.text", "body": "to host"})
    await synced(host, lambda c: ("to host", guest.user_id) in [(e.body, e.sender) for _, e in at_host], "a message")

    redactions = collect(guest, nio.RedactionEvent)
    assert isinstance(await host.room_redact(room_id, sent.event_id, "oops"), nio.RoomRedactResponse)
    await synced(guest, lambda c: redactions, "the redaction")
    assert redactions[0][1].redacts == sent.event_id
    got = await guest.room_get_event(room_id, sent.event_id)
    assert isinstance(got, nio.RoomGetEventResponse) and isinstance(got.event, nio.RedactedEvent)

    assert isinstance(await guest.room_typing(room_id, True), nio.RoomTypingResponse)
    await synced(host, lambda c: guest.user_id in c.rooms[room_id].typing_users, "typing")
    assert isinstance(await guest.room_read_markers(room_id, sent.event_id, sent.event_id), nio.RoomReadMarkersResponse)
    await synced(host, lambda c: guest.user_id in c.rooms[room_id].read_receipts, "the receipt")

    assert isinstance(await guest.room_leave(room_id), nio.RoomLeaveResponse)
    await synced(host, lambda c: guest.user_id not in c.rooms[room_id].users, "the leave")
    assert isinstance(await host.room_ban(room_id, guest.user_id, "goodbye"), nio.RoomBanResponse)
    assert isinstance(await guest.join(room_id), nio.JoinError)


async def test_public_room_by_alias(pair, clients):
    host, guest = clients
    alias = f"nio-{secrets.token_hex(4)}"
    room = await host.room_create(visibility=nio.RoomVisibility.public, alias=alias, name="By alias",
                                  preset=nio.RoomPreset.public_chat)
    assert isinstance(room, nio.RoomCreateResponse), room
    resolved = await guest.room_resolve_alias(f"#{alias}:{pair[0].name}")
    assert isinstance(resolved, nio.RoomResolveAliasResponse), resolved
    assert resolved.room_id == room.room_id and pair[0].name in resolved.servers
    joined = await guest.join(f"#{alias}:{pair[0].name}")
    assert isinstance(joined, nio.JoinResponse) and joined.room_id == room.room_id
    seen = collect(host, nio.RoomMessageText)
    await guest.room_send(room.room_id, "m.room.message", {"msgtype": "m.text", "body": "found you"})
    await synced(host, lambda c: [e.body for _, e in seen] == ["found you"], "the message")
    members = await host.joined_members(room.room_id)
    assert {member.user_id for member in members.members} == {host.user_id, guest.user_id}


async def test_profiles_and_state_through_the_library(pair, clients):
    host, guest = clients
    assert isinstance(await guest.set_displayname("Nio Guest"), nio.ProfileSetDisplayNameResponse)
    profile = await host.get_profile(guest.user_id)
    assert isinstance(profile, nio.ProfileGetResponse) and profile.displayname == "Nio Guest"
    room = await host.room_create(name="State")
    put = await host.room_put_state(room.room_id, "org.example.note", {"note": 1}, "key")
    assert isinstance(put, nio.RoomPutStateResponse), put
    got = await host.room_get_state_event(room.room_id, "org.example.note", "key")
    assert isinstance(got, nio.RoomGetStateEventResponse) and got.content == {"note": 1}
    assert isinstance(await host.room_kick(room.room_id, guest.user_id), nio.RoomKickError)
    assert isinstance(await host.room_forget(room.room_id), nio.RoomForgetError | nio.RoomForgetResponse)
