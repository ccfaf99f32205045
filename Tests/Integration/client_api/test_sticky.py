"""Events that stick (MSC4354), as a client of a call sees them."""

import asyncio

import pytest

from harness.client import segment

pytestmark = pytest.mark.martlet_only
KIND = "org.matrix.msc4143.rtc.member"


async def _stick(sender, room: str, key: str, duration: int = 600_000) -> str:
    answer = await sender.send(room, KIND, {"msc4354_sticky_key": key}, query={"org.matrix.msc4354.sticky_duration_ms": duration})
    return answer["event_id"]


def _sticky(update: dict, room: str) -> list[dict]:
    return update["rooms"]["join"].get(room, {}).get("msc4354_sticky", {}).get("events", [])


async def test_sticky_events_reach_a_client_once(alice, bob):
    assert (await alice.get("/_matrix/client/versions"))["unstable_features"]["org.matrix.msc4354"] is True
    room = await alice.create_room(preset="public_chat")
    before = await _stick(alice, room, "before")
    for number in range(15):
        await alice.say(room, f"{number}")
    start = (await bob.sync())["next_batch"]
    await bob.join(room)
    joined = await bob.sync(start)
    events = _sticky(joined, room)
    assert [event["event_id"] for event in events] == [before]
    assert events[0]["msc4354_sticky"]["duration_ms"] == 600_000
    assert 0 < events[0]["unsigned"]["msc4354_sticky_duration_ttl_ms"] <= 600_000
    waiting = asyncio.create_task(bob.sync(joined["next_batch"], timeout=20_000))
    after = await _stick(alice, room, "after")
    update = await waiting
    timeline = [event["event_id"] for event in update["rooms"]["join"][room]["timeline"]["events"]]
    # In the timeline, and therefore not beside it.
    assert after in timeline and _sticky(update, room) == []
    again = await bob.sync(update["next_batch"])
    assert _sticky(again, room) == []


async def test_stickiness_ends(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await _stick(alice, room, "short", 300)
    for number in range(15):
        await alice.say(room, f"{number}")
    await asyncio.sleep(0.4)
    await bob.join(room)
    assert _sticky(await bob.sync(), room) == []


@pytest.mark.parametrize("duration", ["-1", "3600001", "soon"])
async def test_durations_out_of_bounds(alice, duration):
    room = await alice.create_room()
    path = f"/rooms/{segment(room)}/send/{KIND}/t?org.matrix.msc4354.sticky_duration_ms={duration}"
    await alice.put(path, {}, expect=400, error="M_INVALID_PARAM")
