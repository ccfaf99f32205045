"""Reading a room: messages in both directions, context, events, filters."""

import json

from harness.client import segment


async def filled(alice, count: int = 25) -> tuple[str, list[str]]:
    room = await alice.create_room(preset="public_chat")
    return room, [await alice.say(room, f"message {number}") for number in range(count)]


def ids(events: list[dict]) -> list[str]:
    return [event["event_id"] for event in events if event["type"] == "m.room.message"]


async def test_backwards_page_by_page(alice):
    room, sent = await filled(alice)
    first = await alice.messages(room, "b", limit=10)
    assert ids(first["chunk"]) == sent[:-11:-1]
    second = await alice.messages(room, "b", first["end"], limit=10)
    assert ids(second["chunk"]) == sent[-11:-21:-1]
    everything = await alice.history(room, "b", limit=7)
    assert ids(everything) == sent[::-1]
    assert everything[-1]["type"] == "m.room.create", "the first event of the room ends the history"
    assert len({event["event_id"] for event in everything}) == len(everything)


async def test_forwards_page_by_page(alice):
    room, sent = await filled(alice)
    everything = await alice.history(room, "f", limit=7)
    assert everything[0]["type"] == "m.room.create"
    assert ids(everything) == sent


async def test_forwards_from_a_sync_token(alice):
    room, _ = await filled(alice, 3)
    token = (await alice.sync())["next_batch"]
    later = [await alice.say(room, f"later {number}") for number in range(5)]
    page = await alice.messages(room, "f", token)
    assert ids(page["chunk"]) == later
    # `end` may be absent when nothing is left; then the same token keeps its meaning.
    more = [await alice.say(room, "even later")]
    page = await alice.messages(room, "f", page.get("end", token))
    assert ids(page["chunk"])[-1:] == more


async def test_the_gap_before_a_limited_timeline(alice, bob):
    room, _ = await filled(alice, 1)
    await bob.join(room)
    since = (await bob.sync())["next_batch"]
    missed = [await alice.say(room, f"missed {number}") for number in range(30)]
    update = (await bob.sync(since, filter={"room": {"timeline": {"limit": 5}}}))["rooms"]["join"][room]["timeline"]
    assert update["limited"] is True and ids(update["events"]) == missed[-5:]
    page = await bob.messages(room, "b", update["prev_batch"], query={"to": since})
    assert ids(page["chunk"]) == missed[:-5][::-1]


async def test_context(alice):
    room, sent = await filled(alice, 11)
    context = await alice.get(f"/rooms/{segment(room)}/context/{segment(sent[5])}", query={"limit": 4})
    assert context["event"]["event_id"] == sent[5]
    assert ids(context["events_before"]) == [sent[4], sent[3]]
    assert ids(context["events_after"]) == [sent[6], sent[7]]
    before = await alice.messages(room, "b", context["start"], limit=2)
    assert ids(before["chunk"]) == [sent[2], sent[1]]
    after = await alice.messages(room, "f", context["end"], limit=2)
    assert ids(after["chunk"]) == [sent[8], sent[9]]
    assert any(event["type"] == "m.room.create" for event in context["state"])
    alone = await alice.get(f"/rooms/{segment(room)}/context/{segment(sent[5])}", query={"limit": 0})
    assert alone["events_before"] == [] and alone["events_after"] == []
    await alice.get(f"/rooms/{segment(room)}/context/$nothing", expect=404, error="M_NOT_FOUND")


async def test_event(alice, bob):
    room, sent = await filled(alice, 2)
    event = await alice.event(room, sent[0])
    assert event["room_id"] == room and event["sender"] == alice.user_id and event["content"]["body"] == "message 0"
    assert event["unsigned"]["age"] >= 0
    await alice.event(room, "$nothing", expect=404, error="M_NOT_FOUND")
    other = await alice.create_room()
    elsewhere = await alice.say(other, "elsewhere")
    await alice.event(room, elsewhere, expect=404, error="M_NOT_FOUND")


async def test_filters_on_messages(alice):
    room, sent = await filled(alice, 3)
    await alice.send(room, "org.example.other", {"x": 1})
    only = await alice.messages(room, query={"filter": json.dumps({"types": ["org.example.*"]})})
    assert [event["type"] for event in only["chunk"]] == ["org.example.other"]
    without = await alice.messages(room, query={"filter": json.dumps({"not_types": ["m.room.message"]})})
    assert not ids(without["chunk"])
    nobody = await alice.messages(room, query={"filter": json.dumps({"not_senders": [alice.user_id]})})
    assert nobody["chunk"] == []
    await alice.messages(room, query={"filter": "{bad"}, expect=400)


async def test_bad_pages(alice):
    room, _ = await filled(alice, 1)
    await alice.get(f"/rooms/{segment(room)}/messages", query={"dir": "sideways"}, expect=400)
    await alice.get(f"/rooms/{segment(room)}/messages", query={"dir": "b", "from": "gibberish"}, expect=400)
    await alice.get(f"/rooms/{segment(room)}/messages", query={"dir": "b", "limit": "many"}, expect=400)


async def test_history_visibility(alice, bob):
    def rule(value: str) -> dict:
        return {"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": value}}

    for value, sees_before_invite, sees_before_join in (("shared", True, True), ("invited", False, True),
                                                        ("joined", False, False)):
        room = await alice.create_room(initial_state=[rule(value)])
        before_invite = await alice.say(room, "before the invite")
        await alice.membership("invite", room, bob.user_id)
        before_join = await alice.say(room, "before the join")
        await bob.join(room)
        after = await alice.say(room, "after")
        seen = ids(await bob.history(room))
        assert (before_invite in seen, before_join in seen, after in seen) == (sees_before_invite, sees_before_join, True), value


async def test_peeking_into_a_world_readable_room(alice, bob):
    open_to_all = await alice.create_room(initial_state=[
        {"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": "world_readable"}}])
    sent = [await alice.say(open_to_all, f"{number}") for number in range(3)]
    assert ids((await bob.messages(open_to_all))["chunk"]) == sent[::-1]
    context = await bob.get(f"/rooms/{segment(open_to_all)}/context/{segment(sent[1])}")
    assert ids(context["events_before"])[:1] == [sent[0]] and ids(context["events_after"]) == [sent[2]]
    assert (await bob.event(open_to_all, sent[0]))["content"]["body"] == "0"
    closed = await alice.create_room()
    hidden = await alice.say(closed, "hidden")
    await bob.messages(closed, expect=403, error="M_FORBIDDEN")
    await bob.get(f"/rooms/{segment(closed)}/context/{segment(hidden)}", expect=(403, 404))


async def test_lazy_loading_tells_the_senders_of_the_page(alice, bob, carol):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    await carol.join(room)
    sent = await bob.say(room, "hello")
    lazy = json.dumps({"lazy_load_members": True})
    page = await alice.messages(room, limit=1, query={"filter": lazy})
    assert ids(page["chunk"]) == [sent]
    assert [event["state_key"] for event in page["state"]] == [bob.user_id]
    context = await alice.get(f"/rooms/{segment(room)}/context/{segment(sent)}", query={"limit": 0, "filter": lazy})
    members = [event["state_key"] for event in context["state"] if event["type"] == "m.room.member"]
    assert members == [bob.user_id]
    assert any(event["type"] == "m.room.create" for event in context["state"])


async def test_the_end_of_history_has_no_end_token(alice, subject):
    room, sent = await filled(alice, 2)
    page = await alice.messages(room, "b", limit=100)
    if subject.kind == "synapse" and "end" in page:  # Synapse notices on the page after.
        assert "end" not in await alice.messages(room, "b", page["end"])
    else:
        assert "end" not in page
    assert ids(page["chunk"]) == sent[::-1]
    page = await alice.messages(room, "f", limit=100)
    assert ids(page["chunk"]) == sent
