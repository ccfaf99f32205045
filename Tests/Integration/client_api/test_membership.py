"""Joining, inviting, leaving, kicking, banning, knocking, forgetting: on one server."""

import pytest

from harness.client import segment
from harness.rooms import membership


async def test_join_and_leave_a_public_room(alice, bob):
    room = await alice.create_room(preset="public_chat")
    assert (await bob.join(room))["room_id"] == room
    assert room in (await bob.get("/joined_rooms"))["joined_rooms"]
    await bob.join(room)
    await bob.membership("leave", room)
    assert room not in (await bob.get("/joined_rooms"))["joined_rooms"]
    await bob.send(room, "m.room.message", {"body": "x", "msgtype": "m.text"}, expect=403, error="M_FORBIDDEN")
    await bob.post(f"/rooms/{segment(room)}/join")
    assert await membership(alice, room, bob.user_id) == "join"


async def test_private_rooms_need_an_invite(alice, bob, carol):
    room = await alice.create_room(preset="private_chat")
    await bob.join(room, expect=403, error="M_FORBIDDEN")
    await bob.membership("invite", room, carol.user_id, expect=403, error="M_FORBIDDEN")
    await alice.membership("invite", room, bob.user_id, reason="come in")
    member = (await alice.full_state(room))[("m.room.member", bob.user_id)]
    assert member["content"]["membership"] == "invite" and member["content"]["reason"] == "come in"
    await bob.join(room)
    await alice.membership("invite", room, bob.user_id, expect=403, error="M_FORBIDDEN")
    await bob.membership("invite", room, carol.user_id)
    await carol.membership("leave", room)
    assert await membership(alice, room, carol.user_id) == "leave"
    await carol.join(room, expect=403, error="M_FORBIDDEN")


async def test_kick(alice, bob, carol):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    await carol.join(room)
    await bob.membership("kick", room, carol.user_id, expect=403, error="M_FORBIDDEN")
    await alice.membership("kick", room, bob.user_id, reason="too loud")
    member = (await alice.full_state(room))[("m.room.member", bob.user_id)]
    assert member["content"] == {**member["content"], "membership": "leave", "reason": "too loud"}
    assert member["sender"] == alice.user_id
    await alice.membership("kick", room, "@nobody-here:" + alice.server_name, expect=403)
    await bob.join(room)


async def test_ban_and_unban(alice, bob, carol):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    await carol.join(room)
    await bob.membership("ban", room, carol.user_id, expect=403, error="M_FORBIDDEN")
    await alice.membership("ban", room, bob.user_id, reason="spam")
    await bob.join(room, expect=403, error=("M_FORBIDDEN", "M_BAD_STATE"))
    await alice.membership("invite", room, bob.user_id, expect=403, error=("M_FORBIDDEN", "M_BAD_STATE"))
    await alice.membership("ban", room, "@stranger:" + alice.server_name)
    await carol.membership("unban", room, bob.user_id, expect=403, error="M_FORBIDDEN")
    await alice.membership("unban", room, bob.user_id)
    assert await membership(alice, room, bob.user_id) == "leave"
    await bob.join(room)


async def test_knock(alice, bob):
    room = await alice.create_room(preset="private_chat", room_version="11", initial_state=[
        {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}}])
    await bob.join(room, expect=403, error="M_FORBIDDEN")
    assert (await bob.knock(room, body={"reason": "please"}))["room_id"] == room
    assert await membership(alice, room, bob.user_id) == "knock"
    response = await bob.sync()
    assert room in response["rooms"]["knock"]
    await alice.membership("invite", room, bob.user_id)
    await bob.join(room)
    await bob.knock(room, expect=403, error="M_FORBIDDEN")


async def test_knocking_needs_the_rule(subject, alice, bob):
    room = await alice.create_room(preset="private_chat", room_version="11")
    await bob.knock(room, expect=403, error="M_FORBIDDEN")
    if subject.kind != "synapse":  # Synapse answers 500.
        old = await alice.create_room(preset="private_chat", room_version="6")
        await bob.knock(old, expect=403, error="M_FORBIDDEN")


async def test_restricted_room(alice, bob):
    club = await alice.create_room(preset="public_chat", room_version="11")
    room = await alice.create_room(preset="private_chat", room_version="11", initial_state=[
        {"type": "m.room.join_rules", "state_key": "",
         "content": {"join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": club}]}}])
    await bob.join(room, expect=403, error="M_FORBIDDEN")
    await bob.join(club)
    await bob.join(room)
    member = (await alice.full_state(room))[("m.room.member", bob.user_id)]
    assert member["content"]["join_authorised_via_users_server"] == alice.user_id


async def test_forget(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    await bob.membership("forget", room, expect=400, error="M_UNKNOWN")
    await bob.membership("leave", room)
    await bob.messages(room)
    await bob.membership("forget", room)
    await bob.messages(room, expect=403, error="M_FORBIDDEN")
    assert room not in (await bob.sync(full_state=True)).get("rooms", {}).get("leave", {})


async def test_unknown_rooms(alice):
    nowhere = f"!nothing:{alice.server_name}"
    await alice.join(nowhere, expect=404)
    await alice.join(f"#nothing:{alice.server_name}", expect=404, error="M_NOT_FOUND")
    await alice.send(nowhere, "m.room.message", {"body": "x", "msgtype": "m.text"}, expect=403, error="M_FORBIDDEN")
    await alice.join("not-a-room", expect=400)


async def test_members_of_a_room(alice, bob, carol):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    await alice.membership("invite", room, carol.user_id)
    members = (await alice.get(f"/rooms/{segment(room)}/members"))["chunk"]
    assert {e["state_key"]: e["content"]["membership"] for e in members} == {
        alice.user_id: "join", bob.user_id: "join", carol.user_id: "invite"}
    only = (await alice.get(f"/rooms/{segment(room)}/members", query={"membership": "invite"}))["chunk"]
    assert [event["state_key"] for event in only] == [carol.user_id]
    others = (await alice.get(f"/rooms/{segment(room)}/members", query={"not_membership": "join"}))["chunk"]
    assert [event["state_key"] for event in others] == [carol.user_id]
    joined = (await alice.get(f"/rooms/{segment(room)}/joined_members"))["joined"]
    assert set(joined) == {alice.user_id, bob.user_id}
    await carol.get(f"/rooms/{segment(room)}/joined_members", expect=403, error="M_FORBIDDEN")


async def test_members_at_an_earlier_point(alice, bob):
    room = await alice.create_room(preset="public_chat")
    token = (await alice.sync())["next_batch"]
    await bob.join(room)
    earlier = (await alice.get(f"/rooms/{segment(room)}/members", query={"at": token}))["chunk"]
    assert [event["state_key"] for event in earlier] == [alice.user_id]


async def test_who_left_sees_the_room_as_it_was(alice, bob):
    room = await alice.create_room(preset="public_chat", topic="before")
    await bob.join(room)
    await bob.membership("leave", room)
    await alice.set_state(room, "m.room.topic", {"topic": "after"})
    late = await alice.say(room, "after you left")
    assert (await bob.get_state(room, "m.room.topic"))["topic"] == "before"
    assert late not in [event["event_id"] for event in await bob.history(room)]


async def test_third_person_cannot_join_for_another(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await alice.set_state(room, "m.room.member", {"membership": "join"}, key=bob.user_id, expect=403,
                          error="M_FORBIDDEN")
