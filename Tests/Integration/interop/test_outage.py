"""Servers that were down or cut off from each other."""

import asyncio

import pytest

from harness.rooms import membership, same_state, shared_room


async def _fifty_while_down(awake, asleep, speaker, listener, room):
    stream, at_speaker = listener.stream(), speaker.stream()
    await stream.step()
    await at_speaker.step()
    await asleep.stop()
    sent = [await speaker.say(room, f"message {number}") for number in range(50)]
    await asleep.start()
    # A peer that is heard from again is worth trying again at once.
    back = await listener.say(room, "back")
    await stream.until_event(room, sent[-1], timeout_seconds=90)
    history = [event["event_id"] for event in await listener.history(room) if event["event_id"] in sent]
    assert history == sent[::-1], "all 50, in order, each once"
    await at_speaker.until_event(room, back, timeout_seconds=60)
    await same_state(room, speaker, listener)


@pytest.mark.timeout(300)
async def test_fifty_messages_sent_while_the_guest_server_was_down(pair, host, guest):
    room = await shared_room(host, guest, room_version="11")
    await _fifty_while_down(pair[0], pair[1], host, guest, room)


@pytest.mark.timeout(300)
async def test_fifty_messages_sent_while_the_host_server_was_down(pair, host, guest):
    room = await shared_room(host, guest, room_version="11")
    await _fifty_while_down(pair[1], pair[0], guest, host, room)


async def test_an_outage_ends_without_anyone_saying_a_word(pair, host, guest):
    room = await shared_room(host, guest, room_version="11")
    stream = guest.stream()
    await stream.step()
    await pair[1].gate.cut()
    await host.say(room, "lost at first")
    await pair[1].gate.open()
    last = await host.say(room, "and another")
    await stream.until_event(room, last, timeout_seconds=60)
    assert stream.bodies(room)[-2:] == ["lost at first", "and another"]


async def _cut(pair):
    await asyncio.gather(*(server.gate.cut() for server in pair))


async def _heal(pair):
    await asyncio.gather(*(server.gate.open() for server in pair))


async def _give_power(host, room, *users):
    levels = dict(await host.get_state(room, "m.room.power_levels"))
    levels["users"] = {**levels.get("users", {}), **{user.user_id: 100 for user in users}}
    await host.set_state(room, "m.room.power_levels", levels)


async def _agree(room, host, guest):
    """Both sides speak, which makes each see the other's branch; then both have the same state."""
    at_host, at_guest = host.stream(), guest.stream()
    await host.say(room, "host after healing")
    await guest.say(room, "guest after healing")
    await at_host.until(lambda s: "guest after healing" in s.bodies(room), "the guest's message", 60)
    await at_guest.until(lambda s: "host after healing" in s.bodies(room), "the host's message", 60)
    return await same_state(room, host, guest)


@pytest.mark.parametrize("version", ["6", "10", "11", "12"])
async def test_state_changed_on_both_sides_of_a_cut_agrees_after_healing(pair, host, guest, version):
    room = await shared_room(host, guest, room_version=version)
    await _give_power(host, room, guest)
    await same_state(room, host, guest)
    await _cut(pair)
    await host.set_state(room, "m.room.topic", {"topic": "host's topic"})
    await guest.set_state(room, "m.room.topic", {"topic": "guest's topic"})
    await host.set_state(room, "m.room.name", {"name": "host's name"})
    await guest.set_state(room, "org.example.note", {"note": "guest's"}, key="guest")
    await host.set_state(room, "org.example.note", {"note": "host's"}, key="host")
    await guest.set_state(room, "org.example.note", {"note": "both"}, key="shared")
    await host.set_state(room, "org.example.note", {"note": "both too"}, key="shared")
    for number in range(5):
        await host.say(room, f"alone {number}")
        await guest.say(room, f"alone as well {number}")
    await _heal(pair)
    state = await _agree(room, host, guest)
    assert state[("m.room.name", "")]["content"]["name"] == "host's name"
    assert state[("org.example.note", "guest")]["content"]["note"] == "guest's"
    assert state[("org.example.note", "host")]["content"]["note"] == "host's"
    assert state[("m.room.topic", "")]["content"]["topic"] in ("host's topic", "guest's topic")


@pytest.mark.parametrize("version", ["10", "12"])
async def test_a_ban_on_one_side_of_a_cut_holds_after_healing(pair, host, guest, version):
    bystander = await pair[1].register("bystander")
    room = await shared_room(host, guest, bystander, room_version=version)
    levels = dict(await host.get_state(room, "m.room.power_levels"))
    levels["users"] = {**levels.get("users", {}), guest.user_id: 50, bystander.user_id: 50}
    await host.set_state(room, "m.room.power_levels", levels)
    await same_state(room, host, bystander)
    await _cut(pair)
    await host.membership("ban", room, guest.user_id)
    await guest.set_state(room, "m.room.topic", {"topic": "by someone banned elsewhere"})
    await bystander.set_state(room, "org.example.note", {"note": "kept"})
    await guest.say(room, "not yet banned here")
    await _heal(pair)
    state = await _agree(room, host, bystander)
    assert await membership(bystander, room, guest.user_id) == "ban"
    assert ("m.room.topic", "") not in state
    assert state[("org.example.note", "")]["content"]["note"] == "kept"


async def test_power_levels_changed_on_both_sides_of_a_cut(pair, host, guest):
    third = await pair[1].register("third")
    room = await shared_room(host, guest, third, room_version="11")
    await _give_power(host, room, guest)
    await same_state(room, host, guest)
    levels = dict(await host.get_state(room, "m.room.power_levels"))
    await _cut(pair)
    await host.set_state(room, "m.room.power_levels", {**levels, "events_default": 10})
    await guest.set_state(room, "m.room.power_levels", {**levels, "users": {**levels["users"], third.user_id: 75}})
    await third.set_state(room, "m.room.topic", {"topic": "with new power"})
    await host.set_state(room, "m.room.join_rules", {"join_rule": "invite"})
    await _heal(pair)
    await _agree(room, host, guest)


async def test_members_come_and_go_on_both_sides_of_a_cut(pair, host, guest):
    at_home = await pair[0].register_many("athome", 2)
    abroad = await pair[1].register_many("abroad", 2)
    room = await shared_room(host, guest, room_version="11")
    await same_state(room, host, guest)
    await _cut(pair)
    for member in (*at_home, *abroad):
        await member.join(room)
    await at_home[0].membership("leave", room)
    await abroad[0].membership("leave", room)
    await _heal(pair)
    state = await _agree(room, host, guest)
    assert state[("m.room.member", at_home[1].user_id)]["content"]["membership"] == "join"
    assert state[("m.room.member", abroad[1].user_id)]["content"]["membership"] == "join"
    assert state[("m.room.member", at_home[0].user_id)]["content"]["membership"] == "leave"
