"""One room on two servers: joining, inviting, talking, leaving, in every room version in use."""

import asyncio

import pytest

from harness.rooms import membership, same_state, shared_room, until_membership
from harness.waiting import eventually

VERSIONS = ["6", "9", "10", "11", "12"]


@pytest.mark.parametrize("version", VERSIONS)
async def test_public_join_and_messages_both_ways(host, guest, version):
    room = await host.create_room(preset="public_chat", room_version=version, name="Common room")
    at_host = host.stream()
    await at_host.step()
    await guest.join(room, via=host.server_name)
    at_guest = guest.stream()
    await at_guest.step()
    await until_membership(host, room, guest.user_id, "join")
    create = await guest.get_state(room, "m.room.create")
    assert create["room_version"] == version
    assert (await guest.get_state(room, "m.room.name"))["name"] == "Common room"

    for turn in range(3):
        sent = await host.say(room, f"from host {turn}")
        seen = await at_guest.until_event(room, sent)
        assert seen["content"]["body"] == f"from host {turn}" and seen["sender"] == host.user_id
        sent = await guest.say(room, f"from guest {turn}")
        seen = await at_host.until_event(room, sent)
        assert seen["content"]["body"] == f"from guest {turn}" and seen["sender"] == guest.user_id
    await same_state(room, host, guest)


@pytest.mark.parametrize("version", VERSIONS)
async def test_invite_and_join_of_a_private_room(host, guest, version):
    room = await host.create_room(preset="private_chat", room_version=version, name="Private")
    await guest.join(room, via=host.server_name, expect=403)
    at_guest = guest.stream()
    await at_guest.step()
    await host.membership("invite", room, guest.user_id)
    await at_guest.until(lambda s: room in s.invited, "the invite")
    stripped = {(event["type"], event["state_key"]): event for event in at_guest.invited[room]}
    assert stripped[("m.room.member", guest.user_id)]["content"]["membership"] == "invite"
    assert stripped[("m.room.member", guest.user_id)]["sender"] == host.user_id
    assert stripped[("m.room.name", "")]["content"]["name"] == "Private"
    await guest.join(room)
    await until_membership(host, room, guest.user_id, "join")
    sent = await guest.say(room, "thank you")
    await host.stream().until_event(room, sent)
    await same_state(room, host, guest)


async def test_an_invite_can_be_declined(host, guest):
    room = await host.create_room(preset="private_chat", room_version="11")
    at_guest = guest.stream()
    await at_guest.step()
    await host.membership("invite", room, guest.user_id)
    await at_guest.until(lambda s: room in s.invited, "the invite")
    await guest.membership("leave", room)
    await until_membership(host, room, guest.user_id, "leave")
    await at_guest.until(lambda s: room in s.left, "the declined room in the leave section")
    await guest.join(room, via=host.server_name, expect=403)


async def test_an_invite_can_be_withdrawn(host, guest):
    room = await host.create_room(preset="private_chat", room_version="11")
    at_guest = guest.stream()
    await at_guest.step()
    await host.membership("invite", room, guest.user_id)
    await at_guest.until(lambda s: room in s.invited, "the invite")
    await host.membership("kick", room, guest.user_id)
    await at_guest.until(lambda s: room in s.left, "the withdrawn invite in the leave section")


@pytest.mark.parametrize("version", ["10", "11", "12"])
async def test_redaction_crosses(host, guest, version):
    room = await shared_room(host, guest, room_version=version)
    at_guest = guest.stream()
    sent = await host.say(room, "regretted")
    await at_guest.until_event(room, sent)
    redaction = (await host.redact(room, sent, reason="typo"))["event_id"]
    seen = await at_guest.until_event(room, redaction)
    assert seen["type"] == "m.room.redaction"
    event = await guest.event(room, sent)
    assert event["content"] == {}
    assert event["unsigned"]["redacted_because"]["event_id"] == redaction

    mine = await guest.say(room, "regretted too")
    at_host = host.stream()
    await at_host.until_event(room, mine)
    redaction = (await guest.redact(room, mine))["event_id"]
    await at_host.until_event(room, redaction)
    assert (await host.event(room, mine))["content"] == {}


async def test_leave_and_return(host, guest):
    room = await shared_room(host, guest, room_version="11")
    await guest.membership("leave", room, reason="tired")
    await until_membership(host, room, guest.user_id, "leave")
    await guest.send(room, "m.room.message", {"msgtype": "m.text", "body": "no"}, expect=403, error="M_FORBIDDEN")
    while_away = await host.say(room, "while you were away")
    await guest.join(room, via=host.server_name)
    await until_membership(host, room, guest.user_id, "join")
    sent = await guest.say(room, "back")
    await host.stream().until_event(room, sent)
    await eventually(lambda: guest.history(room, limit=50), lambda found: while_away in [e["event_id"] for e in found],
                     "the message sent while the guest was away")
    await same_state(room, host, guest)


async def test_kick_ban_and_unban(host, guest):
    room = await shared_room(host, guest, room_version="11")
    at_guest = guest.stream()
    await at_guest.step()
    await host.membership("kick", room, guest.user_id, reason="out")
    await at_guest.until(lambda s: room in s.left, "the kick")
    await guest.join(room, via=host.server_name)
    await until_membership(host, room, guest.user_id, "join")
    await at_guest.step()
    at_guest.left.clear()

    await host.membership("ban", room, guest.user_id, reason="enough")
    await at_guest.until(lambda s: room in s.left, "the ban")
    await guest.join(room, via=host.server_name, expect=403, error="M_FORBIDDEN")
    assert await membership(host, room, guest.user_id) == "ban"
    await host.membership("unban", room, guest.user_id)
    assert await membership(host, room, guest.user_id) == "leave"
    await guest.join(room, via=host.server_name)
    await until_membership(host, room, guest.user_id, "join")
    await same_state(room, host, guest)


async def test_a_guest_with_power_changes_state_on_the_host(host, guest):
    room = await shared_room(host, guest, room_version="11")
    at_guest = guest.stream()
    await at_guest.step()
    levels = dict(await host.get_state(room, "m.room.power_levels"))
    levels["users"] = {**levels.get("users", {}), guest.user_id: 50}
    changed = (await host.set_state(room, "m.room.power_levels", levels))["event_id"]
    await at_guest.until_event(room, changed)
    topic = (await guest.set_state(room, "m.room.topic", {"topic": "set by the guest"}))["event_id"]
    await host.stream().until_event(room, topic)
    assert (await host.get_state(room, "m.room.topic"))["topic"] == "set by the guest"
    await guest.set_state(room, "m.room.power_levels", {**levels, "users": {guest.user_id: 100}}, expect=403)
    await same_state(room, host, guest)


async def test_many_members_of_both_servers(pair):
    hosts = await pair[0].register_many("member", 4)
    guests = await pair[1].register_many("member", 4)
    room = await shared_room(hosts[0], *guests, room_version="11")
    for other in hosts[1:]:
        await other.join(room)
    streams = {member.user_id: member.stream() for member in (*hosts, *guests)}
    sent = [await member.say(room, f"hello from {member.user_id}") for member in (*hosts, *guests)]
    for stream in streams.values():
        for event in sent:
            await stream.until_event(room, event)
    await same_state(room, hosts[0], guests[0])
    joined = (await guests[0].get(f"/rooms/{room}/joined_members"))["joined"]
    assert sorted(joined) == sorted(streams)


async def test_both_sides_talking_at_once(host, guest):
    room = await shared_room(host, guest, room_version="11")
    streams = [host.stream(), guest.stream()]
    for stream in streams:
        await stream.step()

    async def talk(speaker, name: str) -> list[str]:
        return [await speaker.say(room, f"{name} {number}") for number in range(40)]

    sent = await asyncio.gather(talk(host, "host"), talk(guest, "guest"))
    for stream in streams:
        await stream.until(lambda s: len(s.bodies(room)) >= 80, "80 messages", 60)
        bodies = stream.bodies(room)
        assert len(bodies) == len(set(bodies)) == 80, "each once"
        for name in ("host", "guest"):
            own = [body for body in bodies if body.startswith(name)]
            assert own == [f"{name} {number}" for number in range(40)], "each speaker in order"
    for reader in (host, guest):
        history = {event["event_id"] for event in await reader.history(room)}
        assert history >= {event for events in sent for event in events}
    await same_state(room, host, guest)
