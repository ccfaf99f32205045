"""History from before the join, fetched from the other server."""

import pytest

from harness.rooms import shared_room
from harness.waiting import eventually


@pytest.mark.parametrize("version", ["10", "12"])
async def test_backfill_of_history_from_before_the_join(host, guest, version):
    room = await host.create_room(preset="public_chat", room_version=version)
    earlier = [await host.say(room, f"earlier {number}") for number in range(60)]
    await guest.join(room, via=host.server_name)

    async def seen() -> list[str]:
        events = await guest.history(room, limit=20)
        return [event["event_id"] for event in events if event["type"] == "m.room.message"]

    found = await eventually(seen, lambda found: len(found) >= 60, "60 messages from before the join", 40)
    assert found == earlier[::-1], "in order, each once"


async def test_history_visibility_joined_hides_what_was_before(host, guest):
    room = await host.create_room(preset="public_chat", room_version="11", initial_state=[
        {"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": "joined"}}])
    hidden = [await host.say(room, f"hidden {number}") for number in range(5)]
    await guest.join(room, via=host.server_name)
    shown = await host.say(room, "shown")
    await guest.stream().until_event(room, shown)
    seen = [event["event_id"] for event in await guest.history(room)]
    assert shown in seen
    assert not set(hidden) & set(seen)
    await guest.event(room, hidden[0], expect=404)


async def test_context_and_event_of_backfilled_history(pair, host, guest):
    room = await host.create_room(preset="public_chat", room_version="11")
    earlier = [await host.say(room, f"earlier {number}") for number in range(20)]
    await guest.join(room, via=host.server_name)
    await eventually(lambda: guest.history(room), lambda found: earlier[0] in [event["event_id"] for event in found],
                     "the first message")
    assert (await guest.event(room, earlier[10]))["content"]["body"] == "earlier 10"
    context = await guest.get(f"/rooms/{room}/context/{earlier[10]}", query={"limit": 6})
    assert [event["event_id"] for event in context["events_after"]] == [earlier[11], earlier[12], earlier[13]]
    before = [event["event_id"] for event in context["events_before"]]
    if pair[1].kind == "synapse":  # Synapse may leave out the event right before one that it backfilled.
        assert before == sorted(before, key=earlier.index, reverse=True)
    else:
        assert before == [earlier[9], earlier[8], earlier[7]]


async def test_redacted_history_arrives_redacted(host, guest):
    room = await host.create_room(preset="public_chat", room_version="11")
    sent = await host.say(room, "secret")
    await host.redact(room, sent)
    await host.say(room, "after")
    await guest.join(room, via=host.server_name)

    async def bodies() -> dict:
        return {event["event_id"]: event["content"] for event in await guest.history(room)}

    found = await eventually(bodies, lambda found: sent in found, "the redacted message")
    assert found[sent] == {}


async def test_a_gap_is_filled_after_a_missed_stretch(pair, host, guest):
    room = await shared_room(host, guest, room_version="11")
    stream = guest.stream()
    await stream.step()
    await pair[1].gate.cut()
    missed = [await host.say(room, f"missed {number}") for number in range(30)]
    await pair[1].gate.open()
    sent = await guest.say(room, "anything new?")
    await host.stream().until_event(room, sent)
    last = await host.say(room, "yes")
    await stream.until_event(room, last, 60)
    seen = [event["event_id"] for event in await guest.history(room) if event["type"] == "m.room.message"]
    assert [event for event in seen if event in missed] == missed[::-1]
