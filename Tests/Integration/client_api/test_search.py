"""Server-side search, jumping to a date, mutual rooms."""

import pytest

from harness.client import segment


async def search(client, term: str, next_batch: str | None = None, **criteria) -> dict:
    body = {"search_categories": {"room_events": {"search_term": term, **criteria}}}
    answer = await client.post("/search", body, query={"next_batch": next_batch})
    return answer["search_categories"]["room_events"]


def ids(found: dict) -> list[str]:
    return [result["result"]["event_id"] for result in found["results"]]


async def test_what_was_just_said_is_found(alice, bob, carol):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    sent = [await alice.say(room, f"the quick brown fox number {number}") for number in range(3)]
    found = await search(alice, "quick fox", order_by="recent")
    assert ids(found) == sent[::-1]
    assert found["count"] == 3 and set(found["highlights"]) == {"quick", "fox"}
    assert all(isinstance(result["rank"], (int, float)) for result in found["results"])
    assert ids(await search(bob, "fox number", order_by="recent")) == sent[::-1]
    assert ids(await search(carol, "fox")) == []


async def test_names_and_topics(alice):
    room = await alice.create_room(name="Zeppelin works", topic="airships and zeppelins")
    found = await search(alice, "zeppelin", keys=["content.name"])
    assert [result["result"]["type"] for result in found["results"]] == ["m.room.name"]
    found = await search(alice, "airships", keys=["content.topic"])
    assert [result["result"]["room_id"] for result in found["results"]] == [room]


async def test_filters_groups_and_pages(alice, bob):
    one, two = await alice.create_room(preset="public_chat"), await alice.create_room()
    await bob.join(one)
    for number in range(6):
        await alice.say(one, f"marmalade {number}")
        await bob.say(one, f"marmalade of bob {number}")
        await alice.say(two, f"marmalade two {number}")
    found = await search(alice, "marmalade", filter={"senders": [bob.user_id], "limit": 50})
    assert len(found["results"]) == 6
    found = await search(alice, "marmalade", filter={"rooms": [two], "limit": 50})
    assert {result["result"]["room_id"] for result in found["results"]} == {two} and found["count"] == 6
    seen, token = [], None
    while True:
        found = await search(alice, "marmalade", token, order_by="recent", filter={"limit": 5},
                             groupings={"group_by": [{"key": "room_id"}, {"key": "sender"}]})
        seen += ids(found)
        # Synapse groups by one key at a time.
        assert set(found["groups"].get("sender", {})) <= {alice.user_id, bob.user_id}
        grouped = [event for group in found["groups"]["room_id"].values() for event in group["results"]]
        assert sorted(grouped) == sorted(ids(found))
        token = found.get("next_batch")
        if not token:
            break
    assert len(seen) == len(set(seen)) == 18


async def test_context_and_state(alice):
    room = await alice.create_room()
    for number in range(3):
        await alice.say(room, f"before {number}")
    target = await alice.say(room, "the aardvark itself")
    for number in range(3):
        await alice.say(room, f"after {number}")
    found = await search(alice, "aardvark", include_state=True,
                         event_context={"before_limit": 2, "after_limit": 1, "include_profile": True})
    assert ids(found) == [target]
    context = found["results"][0]["context"]
    assert [event["content"]["body"] for event in context["events_before"]] == ["before 2", "before 1"]
    assert [event["content"]["body"] for event in context["events_after"]] == ["after 0"]
    assert alice.user_id in context["profile_info"]
    assert any(event["type"] == "m.room.create" for event in found["state"][room])
    page = await alice.messages(room, "b", context["start"], limit=1)
    assert [event["content"]["body"] for event in page["chunk"]] == ["before 0"]


async def test_redacted_messages_are_not_found(alice):
    room = await alice.create_room()
    sent = await alice.say(room, "xylophone confession")
    assert ids(await search(alice, "xylophone")) == [sent]
    await alice.redact(room, sent)
    assert ids(await search(alice, "xylophone")) == []


async def test_refusals(alice, subject):
    await subject.anonymous().post("/search", {}, expect=401)
    await alice.post("/search", {}, expect=400)
    await alice.post("/search", {"search_categories": {"room_events": {"search_term": "x", "order_by": "size"}}},
                     expect=400)


async def test_timestamp_to_event(alice, bob):
    room = await alice.create_room(preset="public_chat")
    sent = [await alice.say(room, f"message {number}") for number in range(3)]
    times = [(await alice.event(room, event))["origin_server_ts"] for event in sent]
    path = f"/_matrix/client/v1/rooms/{segment(room)}/timestamp_to_event"
    found = await alice.get(path, query={"ts": times[1], "dir": "f"})
    assert found["event_id"] in sent and found["origin_server_ts"] == times[1]
    found = await alice.get(path, query={"ts": times[2] + 10_000, "dir": "b"})
    assert found["event_id"] == sent[2] and found["origin_server_ts"] == times[2]
    context = await alice.get(f"/rooms/{segment(room)}/context/{segment(found['event_id'])}")
    assert context["start"] and context["end"]
    await alice.get(path, query={"ts": times[2] + 10_000, "dir": "f"}, expect=404, error="M_NOT_FOUND")
    await bob.get(path, query={"ts": times[1], "dir": "f"}, expect=403, error="M_FORBIDDEN")


@pytest.mark.martlet_only
async def test_mutual_rooms(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    for path in ("v1/mutual_rooms", "unstable/uk.half-shot.msc2666/user/mutual_rooms"):
        found = await alice.get(f"/_matrix/client/{path}", query={"user_id": bob.user_id})
        assert found["joined"] == [room] and found["count"] == 1
        await alice.get(f"/_matrix/client/{path}", query={"user_id": alice.user_id}, expect=400, error="M_INVALID_PARAM")
