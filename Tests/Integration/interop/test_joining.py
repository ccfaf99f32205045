"""Ways into a room other than an open door: knocking and restricted rooms."""

import pytest

from harness.rooms import same_state, shared_room, until_membership


@pytest.mark.parametrize("version", ["9", "11", "12"])
async def test_knock_then_invite_then_join(host, guest, version):
    room = await host.create_room(preset="private_chat", room_version=version, name="Behind the door", initial_state=[
        {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}}])
    at_guest = guest.stream()
    await at_guest.step()
    await guest.join(room, via=host.server_name, expect=403)
    await guest.knock(room, via=host.server_name, body={"reason": "let me in"})
    await until_membership(host, room, guest.user_id, "knock")
    member = (await host.full_state(room))[("m.room.member", guest.user_id)]
    assert member["content"]["reason"] == "let me in"
    await at_guest.until(lambda s: room in s.knocked, "the knock section")
    assert any(event["type"] == "m.room.name" for event in at_guest.knocked[room])
    await host.membership("invite", room, guest.user_id)
    await at_guest.until(lambda s: room in s.invited, "the invite")
    await guest.join(room)
    await until_membership(host, room, guest.user_id, "join")
    await same_state(room, host, guest)


async def test_a_knock_can_be_withdrawn_and_refused(pair, host, guest):
    room = await host.create_room(preset="private_chat", room_version="11", initial_state=[
        {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}}])
    await guest.knock(room, via=host.server_name)
    await until_membership(host, room, guest.user_id, "knock")
    if pair[1].kind != "synapse":  # Synapse 1.163 withdraws its users' knocks without telling the room's server.
        await guest.membership("leave", room)
        await until_membership(host, room, guest.user_id, "leave")
        await guest.knock(room, via=host.server_name)
        await until_membership(host, room, guest.user_id, "knock")
    await host.membership("ban", room, guest.user_id)
    await guest.knock(room, via=host.server_name, expect=403)


async def test_no_knocking_on_an_invite_room(host, guest):
    room = await host.create_room(preset="private_chat", room_version="11")
    await guest.knock(room, via=host.server_name, expect=403, error="M_FORBIDDEN")


@pytest.mark.parametrize("version", ["9", "10", "11", "12"])
async def test_restricted_join_through_another_room(host, guest, version):
    club = await host.create_room(preset="public_chat", room_version=version)
    room = await host.create_room(preset="private_chat", room_version=version, initial_state=[
        {"type": "m.room.join_rules", "state_key": "",
         "content": {"join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": club}]}}])
    await guest.join(room, via=host.server_name, expect=403)
    await guest.join(club, via=host.server_name)
    await until_membership(host, club, guest.user_id, "join")
    await guest.join(room, via=host.server_name)
    await until_membership(host, room, guest.user_id, "join")
    member = (await guest.full_state(room))[("m.room.member", guest.user_id)]
    assert member["content"]["join_authorised_via_users_server"] == host.user_id
    sent = await guest.say(room, "a member of the club")
    await host.stream().until_event(room, sent)
    await same_state(room, host, guest)


async def test_knock_restricted_room_takes_knocks(host, guest):
    club = await host.create_room(preset="public_chat", room_version="10")
    room = await host.create_room(preset="private_chat", room_version="10", initial_state=[
        {"type": "m.room.join_rules", "state_key": "",
         "content": {"join_rule": "knock_restricted", "allow": [{"type": "m.room_membership", "room_id": club}]}}])
    await guest.knock(room, via=host.server_name)
    await until_membership(host, room, guest.user_id, "knock")


async def test_a_second_user_of_the_guest_server_joins_without_the_host(pair, host, guest):
    room = await shared_room(host, guest, room_version="11")
    second = await pair[1].register("second")
    await pair[0].gate.cut()
    await second.join(room)
    await pair[0].gate.open()
    sent = await second.say(room, "joined locally")
    await host.stream().until_event(room, sent, 60)
    await until_membership(host, room, second.user_id, "join")
    await same_state(room, host, guest)
