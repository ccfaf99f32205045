"""/sync: incremental, limited, filtered, in all its sections."""

import asyncio
import time

from harness.client import segment

LAZY = {"room": {"state": {"lazy_load_members": True}, "timeline": {"limit": 6}}}


def ids(section: dict) -> list[str]:
    return [event["event_id"] for event in section["events"]]


def slots(events: list[dict]) -> set[tuple[str, str]]:
    return {(event["type"], event["state_key"]) for event in events}


async def test_initial_sync_has_state_and_timeline(alice):
    room = await alice.create_room(name="Room", topic="Topic")
    sent = await alice.say(room, "hello")
    update = (await alice.sync())["rooms"]["join"][room]
    seen = update["state"]["events"] + [e for e in update["timeline"]["events"] if "state_key" in e]
    assert {("m.room.create", ""), ("m.room.member", alice.user_id), ("m.room.name", ""), ("m.room.topic", "")} <= slots(seen)
    assert len(slots(seen)) == len(seen), "no state event both before and inside the timeline"
    assert ids(update["timeline"])[-1] == sent
    assert update["timeline"]["events"][-1].keys() >= {"type", "event_id", "sender", "content", "origin_server_ts"}
    assert "room_id" not in update["timeline"]["events"][-1]
    assert update["summary"] is not None and update["unread_notifications"] is not None


async def test_incremental_sync_brings_only_what_is_new(alice, bob):
    room = await alice.create_room(preset="public_chat")
    quiet = await alice.create_room()
    since = (await alice.sync())["next_batch"]
    assert "rooms" not in (nothing := await alice.sync(since)) or not nothing["rooms"].get("join")
    sent = await alice.say(room, "one")
    response = await alice.sync(since)
    assert set(response["rooms"]["join"]) == {room} and quiet not in response["rooms"]["join"]
    update = response["rooms"]["join"][room]
    assert ids(update["timeline"]) == [sent] and update["timeline"].get("limited", False) is False
    assert update.get("state", {"events": []})["events"] == []
    again = await alice.sync(since)
    assert ids(again["rooms"]["join"][room]["timeline"]) == [sent], "a token can be used twice"


async def test_waiting_ends_with_an_event_or_the_timeout(alice):
    room = await alice.create_room()
    since = (await alice.sync())["next_batch"]
    started = time.monotonic()
    response = await alice.sync(since, timeout=700)
    assert 0.5 < time.monotonic() - started < 5
    waiting = asyncio.create_task(alice.sync(response["next_batch"], timeout=20_000))
    done, _ = await asyncio.wait({waiting}, timeout=0.3)
    assert not done
    sent = await alice.say(room, "wake up")
    started = time.monotonic()
    response = await waiting
    assert time.monotonic() - started < 5
    assert ids(response["rooms"]["join"][room]["timeline"]) == [sent]


async def test_limited_timeline_has_the_state_of_the_gap(alice, bob):
    room = await alice.create_room(preset="public_chat", topic="old")
    await bob.join(room)
    since = (await bob.sync())["next_batch"]
    topic = (await alice.set_state(room, "m.room.topic", {"topic": "new"}))["event_id"]
    sent = [await alice.say(room, f"m{number}") for number in range(12)]
    update = (await bob.sync(since, filter={"room": {"timeline": {"limit": 4}}}))["rooms"]["join"][room]
    assert update["timeline"]["limited"] is True and update["timeline"]["prev_batch"]
    assert ids(update["timeline"]) == sent[-4:]
    assert ids(update["state"]) == [topic]


async def test_state_changes_inside_the_timeline_are_not_repeated(alice):
    room = await alice.create_room()
    since = (await alice.sync())["next_batch"]
    topic = (await alice.set_state(room, "m.room.topic", {"topic": "new"}))["event_id"]
    update = (await alice.sync(since))["rooms"]["join"][room]
    assert ids(update["timeline"]) == [topic]
    assert update.get("state", {"events": []})["events"] == []


async def test_full_state(alice):
    room = await alice.create_room(topic="here")
    first = await alice.sync()
    response = await alice.sync(first["next_batch"], full_state=True)
    update = response["rooms"]["join"][room]
    assert {("m.room.create", ""), ("m.room.topic", ""), ("m.room.member", alice.user_id)} <= slots(
        update["state"]["events"] + [e for e in update["timeline"]["events"] if "state_key" in e])


async def test_invite_section(alice, bob):
    since = (await bob.sync())["next_batch"]
    room = await alice.create_room(preset="private_chat", name="Secret", invite=[bob.user_id])
    response = await bob.sync(since, 5000)
    stripped = response["rooms"]["invite"][room]["invite_state"]["events"]
    assert {("m.room.member", bob.user_id), ("m.room.name", ""), ("m.room.join_rules", "")} <= slots(stripped)
    assert all("content" in event and "sender" in event for event in stripped)
    assert room not in response["rooms"].get("join", {})
    await bob.join(room)
    response = await bob.sync(response["next_batch"], 5000)
    assert room in response["rooms"]["join"] and room not in response["rooms"].get("invite", {})
    update = response["rooms"]["join"][room]
    assert ("m.room.create", "") in slots(update["state"]["events"]
                                          + [e for e in update["timeline"]["events"] if "state_key" in e])


async def test_leave_section(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    since = (await bob.sync())["next_batch"]
    before = await alice.say(room, "before")
    await alice.membership("kick", room, bob.user_id)
    await alice.say(room, "after")
    response = await bob.sync(since, 5000)
    update = response["rooms"]["leave"][room]
    events = update["timeline"]["events"]
    assert events[0]["event_id"] == before
    assert events[-1]["type"] == "m.room.member" and events[-1]["content"]["membership"] == "leave"
    assert room not in response["rooms"].get("join", {})
    later = await bob.sync(response["next_batch"])
    assert room not in later.get("rooms", {}).get("leave", {})


async def test_rooms_left_long_ago_come_only_when_asked_for(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    await bob.membership("leave", room)
    assert room not in (await bob.sync()).get("rooms", {}).get("leave", {})
    kept = await bob.sync(filter={"room": {"include_leave": True}})
    assert room in kept["rooms"]["leave"]


async def test_join_after_leave_between_two_syncs(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    since = (await bob.sync())["next_batch"]
    await bob.membership("leave", room)
    missed = await alice.say(room, "while away")
    await bob.join(room)
    response = await bob.sync(since)
    assert room in response["rooms"]["join"] and room not in response["rooms"].get("leave", {})
    assert missed in [event["event_id"] for event in await bob.history(room)]


async def test_lazy_loaded_members(subject, alice, bob):
    others = await subject.register_many("other", 5)
    room = await alice.create_room(preset="public_chat", name="A name, so that nobody is needed to name it")
    for user in (bob, *others):
        await user.join(room)
    for number in range(12):
        await alice.say(room, f"only alice speaks {number}")
    update = (await bob.sync(filter=LAZY))["rooms"]["join"][room]
    members = {event["state_key"] for event in update["state"]["events"] if event["type"] == "m.room.member"}
    assert alice.user_id in members and bob.user_id in members
    assert not members & {other.user_id for other in others}
    assert update["summary"]["m.joined_member_count"] == 7

    response = await bob.sync(filter=LAZY)
    await others[0].say(room, "I speak too")
    update = (await bob.sync(response["next_batch"], filter=LAZY))["rooms"]["join"][room]
    members = {event["state_key"] for event in update.get("state", {"events": []})["events"]
               if event["type"] == "m.room.member"}
    assert members == {others[0].user_id}


async def test_room_summary_heroes(alice, bob):
    room = await alice.create_room(preset="private_chat", invite=[bob.user_id])
    summary = (await alice.sync(filter=LAZY))["rooms"]["join"][room]["summary"]
    assert summary["m.heroes"] == [bob.user_id]
    assert summary["m.joined_member_count"] == 1 and summary["m.invited_member_count"] == 1


async def test_filters_in_sync(alice):
    room, other = await alice.create_room(room_version="11"), await alice.create_room(room_version="11")
    await alice.say(room, "text")
    await alice.send(room, "org.example.kind", {"x": 1})
    only = await alice.sync(filter={"room": {"rooms": [room], "timeline": {"types": ["org.example.kind"]}}})
    assert set(only["rooms"]["join"]) == {room}
    assert [event["type"] for event in only["rooms"]["join"][room]["timeline"]["events"]] == ["org.example.kind"]
    excluded = await alice.sync(filter={"room": {"not_rooms": [room]}})
    assert room not in excluded["rooms"]["join"] and other in excluded["rooms"]["join"]
    reduced = await alice.sync(filter={"event_fields": ["type", "content.body"], "room": {"rooms": [room]}})
    event = reduced["rooms"]["join"][room]["timeline"]["events"][0]
    assert set(event) <= {"type", "content"}


async def test_bad_sync_requests(alice, subject):
    await alice.get("/sync", query={"since": "gibberish"}, expect=400)
    await alice.get("/sync", query={"timeout": "soon"}, expect=400)
    await alice.get("/sync", query={"filter": "{bad"}, expect=400)
    await subject.anonymous().get("/sync", expect=401, error="M_MISSING_TOKEN")


async def test_every_event_comes_once_while_many_speak(subject, alice):
    speakers = await subject.register_many("speaker", 5)
    room = await alice.create_room(preset="public_chat")
    for speaker in speakers:
        await speaker.join(room)
    stream = alice.stream()
    await stream.step()
    seen_before = len(stream.timeline[room])

    async def talk(speaker) -> list[str]:
        return [await speaker.say(room, f"{speaker.user_id} {number}") for number in range(20)]

    talking = asyncio.gather(*(talk(speaker) for speaker in speakers))
    await stream.until(lambda s: len(s.timeline[room]) >= seen_before + 100, "100 messages")
    sent = [event for events in await talking for event in events]
    seen = [event["event_id"] for event in stream.timeline[room][seen_before:]]
    assert sorted(seen) == sorted(sent)


async def test_old_tokens_stay_valid(alice):
    room = await alice.create_room()
    tokens = [(await alice.sync())["next_batch"]]
    sent = []
    for number in range(5):
        sent.append(await alice.say(room, f"m{number}"))
        tokens.append((await alice.sync(tokens[-1]))["next_batch"])
    for number, token in enumerate(tokens):
        update = (await alice.sync(token)).get("rooms", {}).get("join", {}).get(room, {"timeline": {"events": []}})
        assert ids(update["timeline"]) == sent[number:]
