"""Creating rooms, sending events and state, redacting."""

import pytest

from harness.client import segment

PRESETS = {
    "private_chat": ("invite", "shared", "can_join"),
    "trusted_private_chat": ("invite", "shared", "can_join"),
    "public_chat": ("public", "shared", "forbidden"),
}


@pytest.mark.parametrize("preset", sorted(PRESETS))
async def test_presets(alice, bob, preset):
    room = await alice.create_room(preset=preset, invite=[bob.user_id], room_version="11")
    join_rule, visibility, guests = PRESETS[preset]
    assert (await alice.get_state(room, "m.room.join_rules"))["join_rule"] == join_rule
    assert (await alice.get_state(room, "m.room.history_visibility"))["history_visibility"] == visibility
    state = await alice.full_state(room)
    access = state.get(("m.room.guest_access", ""), {}).get("content", {}).get("guest_access", "forbidden")
    assert access == guests
    levels = state[("m.room.power_levels", "")]["content"]
    assert levels["users"][alice.user_id] == 100
    assert levels["users"].get(bob.user_id, 0) == (100 if preset == "trusted_private_chat" else 0)
    assert state[("m.room.member", bob.user_id)]["content"]["membership"] == "invite"


async def test_visibility_chooses_the_preset(alice):
    public = await alice.create_room(visibility="public")
    assert (await alice.get_state(public, "m.room.join_rules"))["join_rule"] == "public"
    private = await alice.create_room()
    assert (await alice.get_state(private, "m.room.join_rules"))["join_rule"] == "invite"


async def test_everything_at_once(alice, bob):
    alias = "full-" + alice.new_transaction().replace(".", "-")
    room = await alice.create_room(
        preset="private_chat", room_version="10", name="Named", topic="Topical", room_alias_name=alias,
        invite=[bob.user_id], is_direct=True, creation_content={"m.federate": False, "type": "org.example.kind"},
        initial_state=[{"type": "org.example.first", "state_key": "k", "content": {"a": 1}},
                       {"type": "m.room.history_visibility", "content": {"history_visibility": "joined"}}],
        power_level_content_override={"events": {"m.room.name": 60}, "users_default": 5})
    state = {slot: event["content"] for slot, event in (await alice.full_state(room)).items()}
    create = state[("m.room.create", "")]
    assert create["creator"] == alice.user_id and create["room_version"] == "10"
    assert create["m.federate"] is False and create["type"] == "org.example.kind"
    assert state[("m.room.name", "")] == {"name": "Named"}
    assert state[("m.room.topic", "")]["topic"] == "Topical"
    assert state[("m.room.canonical_alias", "")]["alias"] == f"#{alias}:{alice.server_name}"
    assert state[("org.example.first", "k")] == {"a": 1}
    assert state[("m.room.history_visibility", "")] == {"history_visibility": "joined"}
    assert state[("m.room.power_levels", "")]["events"]["m.room.name"] == 60
    assert state[("m.room.power_levels", "")]["users_default"] == 5
    assert state[("m.room.member", bob.user_id)]["membership"] == "invite"
    assert state[("m.room.member", bob.user_id)]["is_direct"] is True
    assert (await alice.get(f"/directory/room/{segment('#' + alias + ':' + alice.server_name)}"))["room_id"] == room


async def test_version_12_rooms(alice, bob):
    room = await alice.create_room(preset="public_chat", room_version="12",
                                   creation_content={"additional_creators": [bob.user_id]})
    state = await alice.full_state(room)
    create = state[("m.room.create", "")]
    assert room == "!" + create["event_id"][1:], "the room ID is the create event's hash"
    assert "creator" not in create["content"]
    assert alice.user_id not in state[("m.room.power_levels", "")]["content"].get("users", {})
    await bob.join(room)
    await bob.set_state(room, "m.room.name", {"name": "by the other creator"})


async def test_creation_refusals(alice):
    await alice.post("/createRoom", {"room_version": "nonsense"}, expect=400, error="M_UNSUPPORTED_ROOM_VERSION")
    await alice.post("/createRoom", {"preset": "nonsense"}, expect=400)
    await alice.post("/createRoom", {"invite": ["nobody"]}, expect=400)
    alias = "taken-" + alice.new_transaction().replace(".", "-")
    await alice.create_room(room_alias_name=alias)
    await alice.post("/createRoom", {"room_alias_name": alias}, expect=400, error="M_ROOM_IN_USE")


async def test_send_is_idempotent_by_transaction(subject, alice):
    room = await alice.create_room()
    content = {"msgtype": "m.text", "body": "once"}
    first = await alice.send(room, "m.room.message", content, "same")
    again = await alice.send(room, "m.room.message", content, "same")
    assert first["event_id"] == again["event_id"]
    other = await alice.send(room, "m.room.message", content, "different")
    assert other["event_id"] != first["event_id"]
    stream = alice.stream()
    await stream.until_event(room, other["event_id"])
    event = next(e for e in stream.timeline[room] if e["event_id"] == first["event_id"])
    assert event["unsigned"]["transaction_id"] == "same"
    assert [e["event_id"] for e in stream.timeline[room]].count(first["event_id"]) == 1


async def test_transaction_ids_belong_to_a_device(subject, alice):
    room = await alice.create_room()
    login = await subject.anonymous().post("/login", {
        "type": "m.login.password", "identifier": {"type": "m.id.user", "user": alice.user_id},
        "password": alice.password})
    from harness.client import Client
    second = Client(subject.client_url, subject.name, alice.user_id, login["access_token"], login["device_id"])
    content = {"msgtype": "m.text", "body": "once"}
    assert ((await alice.send(room, "m.room.message", content, "same"))["event_id"]
            != (await second.send(room, "m.room.message", content, "same"))["event_id"])


async def test_sending_bad_things(alice):
    room = await alice.create_room()
    path = f"/rooms/{segment(room)}/send/m.room.message/"
    await alice.request("PUT", path + "a", raw=b"{", expect=400, error="M_NOT_JSON")
    await alice.request("PUT", path + "b", raw=b"[]", expect=400)
    await alice.send(room, "m.room.message", {"body": "x" * 70_000, "msgtype": "m.text"}, expect=413, error="M_TOO_LARGE")
    await alice.send(room, "m.room.message", {"body": "x", "n": 1.5}, expect=400)
    await alice.send(room, "m.room.message", {"body": "x", "n": 2**60}, expect=400)
    await alice.send(room, "m" * 300, {"body": "x"}, expect=(400, 413))


async def test_state_events(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    first = (await alice.set_state(room, "m.room.topic", {"topic": "one"}))["event_id"]
    assert (await alice.get_state(room, "m.room.topic")) == {"topic": "one"}
    same = (await alice.set_state(room, "m.room.topic", {"topic": "one"}))["event_id"]
    assert same == first, "unchanged state makes no new event"
    await bob.set_state(room, "m.room.topic", {"topic": "two"}, expect=403, error="M_FORBIDDEN")
    await alice.get_state(room, "m.room.nothing", expect=404, error="M_NOT_FOUND")
    await alice.set_state(room, "org.example.keyed", {"v": 1}, key="a key/with slash")
    assert (await bob.get_state(room, "org.example.keyed", "a key/with slash")) == {"v": 1}
    whole = await bob.get_state(room, "org.example.keyed", "a key/with slash", query={"format": "event"})
    assert whole["content"] == {"v": 1} and whole["sender"] == alice.user_id
    await alice.set_state(room, "org.example.mine", {"v": 1}, key=bob.user_id, expect=403, error="M_FORBIDDEN")


async def test_strangers_see_nothing(alice, bob):
    room = await alice.create_room()
    sent = await alice.say(room, "private")
    await bob.get(f"/rooms/{segment(room)}/state", expect=403, error="M_FORBIDDEN")
    await bob.get_state(room, "m.room.create", expect=403, error="M_FORBIDDEN")
    await bob.messages(room, expect=403, error="M_FORBIDDEN")
    await bob.get(f"/rooms/{segment(room)}/members", expect=403, error="M_FORBIDDEN")
    await bob.set_state(room, "m.room.topic", {"topic": "x"}, expect=403, error="M_FORBIDDEN")


async def test_world_readable_rooms(alice, bob):
    room = await alice.create_room(preset="public_chat", initial_state=[
        {"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": "world_readable"}}])
    sent = await alice.say(room, "for the world")
    assert sent in [event["event_id"] for event in (await bob.messages(room))["chunk"]]
    assert (await bob.get_state(room, "m.room.history_visibility"))["history_visibility"] == "world_readable"


async def test_redaction(alice, bob):
    room = await alice.create_room(preset="public_chat", room_version="11")
    await bob.join(room)
    sent = await alice.say(room, "regretted")
    redaction = (await alice.redact(room, sent, reason="typo"))["event_id"]
    event = await bob.event(room, sent)
    assert event["content"] == {} and event["unsigned"]["redacted_because"]["event_id"] == redaction
    assert event["unsigned"]["redacted_because"]["content"]["reason"] == "typo"
    whole = await bob.event(room, redaction)
    assert whole["content"]["redacts"] == sent
    page = await bob.messages(room)
    assert next(e for e in page["chunk"] if e["event_id"] == sent)["content"] == {}
    mine = await bob.say(room, "bob's")
    await alice.redact(room, mine)
    assert (await bob.event(room, mine))["content"] == {}


async def test_a_member_cannot_redact_another_member(alice, bob):
    room = await alice.create_room(preset="public_chat", room_version="11")
    await bob.join(room)
    sent = await alice.say(room, "stays")
    await bob.redact(room, sent, expect=403, error="M_FORBIDDEN")
    assert (await alice.event(room, sent))["content"]["body"] == "stays"


async def test_redacted_state_keeps_what_the_rules_need(alice):
    room = await alice.create_room(room_version="11", topic="secret topic")
    state = await alice.full_state(room)
    await alice.redact(room, state[("m.room.topic", "")]["event_id"])
    assert (await alice.get_state(room, "m.room.topic")) == {}
    await alice.redact(room, state[("m.room.member", alice.user_id)]["event_id"])
    assert (await alice.get_state(room, "m.room.member", alice.user_id)) == {"membership": "join"}


async def test_power_levels_bind(alice, bob):
    room = await alice.create_room(preset="public_chat", room_version="11")
    await bob.join(room)
    levels = dict(await alice.get_state(room, "m.room.power_levels"))
    await alice.set_state(room, "m.room.power_levels", {**levels, "events_default": 50})
    await bob.send(room, "m.room.message", {"msgtype": "m.text", "body": "x"}, expect=403, error="M_FORBIDDEN")
    raised = {**levels, "users": {**levels["users"], bob.user_id: 50}}
    await alice.set_state(room, "m.room.power_levels", raised)
    await bob.say(room, "now I may")
    await bob.set_state(room, "m.room.power_levels", {**raised, "users": {**raised["users"], bob.user_id: 100}},
                        expect=403, error="M_FORBIDDEN")
