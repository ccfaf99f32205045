"""Events that lie: about their size, hash, signature, sender, authority or ancestry."""

import asyncio
import copy
import time

import pytest
import pytest_asyncio
from aiohttp import web

from harness.signing import Signer, event_id


@pytest_asyncio.fixture
async def member(subject, fake, alice):
    """The fake server's user in a room of alice's."""
    return await fake.join(subject, await alice.create_room(preset="public_chat", room_version="11"))


async def alive(subject, alice, member, fake) -> None:
    """The server still runs, and still takes honest events from the same peer into the same room."""
    assert subject.process.alive
    identifier, event = member.event("honest")
    answer = await fake.send(subject, [event])
    assert answer.status == 200 and answer["pdus"][identifier] == {}, answer
    await alice.stream().until_event(member.room, identifier)


async def in_room(alice, room: str, identifier: str) -> bool:
    """Whether an event can be seen in the room."""
    events = await alice.history(room)
    return any(event["event_id"] == identifier for event in events)


async def test_too_large_an_event(subject, fake, alice, member):
    identifier, event = member.event("x" * 66_000, advance=False)
    good_id, good = member.event("good neighbour")
    answer = await fake.send(subject, [event, good])
    assert answer.status == 200 and answer["pdus"][good_id] == {}, answer
    if subject.kind != "synapse":  # Synapse reports no error, but drops the event all the same.
        assert "error" in answer["pdus"].get(identifier, {"error": "left out"}), answer
    await alive(subject, alice, member, fake)
    assert not await in_room(alice, member.room, identifier)


@pytest.mark.parametrize("field", ["sender", "type", "state_key", "room_id"])
async def test_too_long_a_field(subject, fake, alice, member, field):
    value = "@" + "x" * 300 + ":" + fake.name if field == "sender" else "x" * 300
    identifier, event = member.event("long", advance=False, **{field: value})
    answer = await fake.send(subject, [event])
    assert answer.status < 500
    await alive(subject, alice, member, fake)
    assert not await in_room(alice, member.room, identifier)


async def test_a_wrong_content_hash_redacts(subject, fake, alice, member):
    draft = member.draft("the hash is of another text")
    signed = fake.signer.sign_event(draft, "11")
    identifier = event_id(signed, "11")
    tampered = copy.deepcopy(signed)
    tampered["content"]["body"] = "tampered with"
    answer = await fake.send(subject, [tampered])
    assert answer.status == 200, answer
    events = {event["event_id"]: event for event in await alice.history(member.room)}
    assert identifier not in events or events[identifier]["content"] == {}
    assert "tampered with" not in str(events)
    if identifier in events:
        member.tip, member.depth = identifier, tampered["depth"]
        fake.events[identifier] = tampered
    await alive(subject, alice, member, fake)


@pytest.mark.parametrize("how", ["absent", "other key", "garbage", "unknown key id"])
async def test_a_bad_signature_is_refused(subject, fake, alice, member, how):
    identifier, event = member.event("badly signed", advance=False)
    other = Signer(fake.name, fake.signer.key_id)
    event["signatures"] = {
        "absent": {},
        "other key": other.sign_event(member.draft("badly signed"), "11")["signatures"],
        "garbage": {fake.name: {fake.signer.key_id: "AAAA"}},
        "unknown key id": {fake.name: {"ed25519:unheard_of": event["signatures"][fake.name][fake.signer.key_id]}},
    }[how]
    answer = await fake.send(subject, [event])
    assert answer.status == 200 or 400 <= answer.status < 500
    await alive(subject, alice, member, fake)
    assert not await in_room(alice, member.room, identifier)


async def test_an_event_in_another_servers_name(subject, fake, alice, member):
    forged = []
    for sender in (alice.user_id, "@someone:elsewhere.example"):
        identifier, event = member.event("forged", advance=False, sender=sender)
        answer = await fake.send(subject, [event])
        assert answer.status == 200 or 400 <= answer.status < 500
        forged.append(identifier)
    await alive(subject, alice, member, fake)
    for identifier in forged:
        assert not await in_room(alice, member.room, identifier)


async def test_an_event_without_authority(subject, fake, alice, member):
    forbidden = [
        member.event("", advance=False, type="m.room.power_levels", state_key="", content={"users": {member.user: 100}}),
        member.event("", advance=False, type="m.room.topic", state_key="", content={"topic": "mine now"}),
        member.event("", advance=False, type="m.room.create", state_key="", content={"room_version": "11"}),
        member.event("", advance=False, type="m.room.member", state_key=alice.user_id, content={"membership": "ban"}),
        member.event("stranger", advance=False, sender=f"@stranger:{fake.name}"),
    ]
    for identifier, event in forbidden:
        answer = await fake.send(subject, [event])
        assert answer.status == 200 or 400 <= answer.status < 500
    await alive(subject, alice, member, fake)
    for identifier, event in forbidden:
        assert not await in_room(alice, member.room, identifier), event["type"]
    state = await alice.full_state(member.room)
    assert state[("m.room.power_levels", "")]["sender"] == alice.user_id
    assert ("m.room.topic", "") not in state
    assert state[("m.room.member", alice.user_id)]["content"]["membership"] == "join"


async def test_unknown_auth_events(subject, fake, alice, member):
    unheard_of = ["$" + "A" * 43, "$" + "B" * 43]
    identifier, event = member.event("unknown authority", advance=False, auth_events=[*member.auth, *unheard_of])
    started = time.monotonic()
    answer = await fake.send(subject, [event])
    assert answer.status == 200 or 400 <= answer.status < 500
    assert time.monotonic() - started < 30
    await alive(subject, alice, member, fake)
    assert not await in_room(alice, member.room, identifier)


async def test_auth_events_of_another_room(subject, fake, alice, member):
    other = await fake.join(subject, await alice.create_room(preset="public_chat", room_version="11"), "other")
    identifier, event = member.event("wrong room", advance=False, auth_events=other.auth)
    answer = await fake.send(subject, [event])
    assert answer.status == 200 or 400 <= answer.status < 500
    await alive(subject, alice, member, fake)
    assert not await in_room(alice, member.room, identifier)


@pytest.mark.parametrize("changes", [
    {"prev_events": []}, {"auth_events": []}, {"prev_events": ["not-an-id"]}, {"prev_events": [["$a", {}]]},
    {"prev_events": ["$" + "C" * 43] * 30}, {"auth_events": ["$" + "D" * 43] * 30}, {"depth": -1}, {"depth": 2**62},
    {"depth": "deep"}, {"origin_server_ts": "noon"}, {"content": []}, {"content": "text"}, {"type": 7}, {"sender": 7},
    {"room_id": "!elsewhere:nowhere.example"}, {"hashes": {}}, {"hashes": "none"}, {"signatures": []},
    {"content": {"membership": "join"}, "type": "m.room.member", "state_key": "not a user"},
    {"content": {"membership": 3}, "type": "m.room.member", "state_key": "@x:y"},
], ids=str)
async def test_events_of_the_wrong_shape(subject, fake, alice, member, changes):
    draft = member.draft("misshapen", **changes)
    keep = "hashes" in changes
    try:
        event = fake.signer.sign_event(draft, "11", keep_hash=keep)
    except Exception:  # The honest half of the test cannot even sign it; send it as it is.
        event = {**draft, "signatures": {fake.name: {fake.signer.key_id: "A" * 86}}}
    if "signatures" in changes:
        event["signatures"] = changes["signatures"]
    answer = await fake.send(subject, [event])
    assert answer.status < 500, answer
    assert subject.process.alive
    later = await alice.say(member.room, "still here")
    await alice.stream().until_event(member.room, later)
    assert all(e["content"].get("body") != "misshapen" or "depth" in changes or "hashes" in changes
               for e in await alice.history(member.room))


async def test_previous_events_in_a_cycle(subject, fake, alice):
    """Rooms of version 1 have given event IDs, so two events can name each other."""
    room = await alice.create_room(preset="public_chat", room_version="1")
    member = await fake.join(subject, room)
    first, second = f"$first:{fake.name}", f"$second:{fake.name}"
    for own, other in ((first, second), (second, first)):
        _, fake.events[own] = member.event("round and round", advance=False, event_id=own,
                                           prev_events=[member.reference(other)])

    async def missing(request: web.Request) -> web.Response:
        return web.json_response({"events": [fake.events[first], fake.events[second]]})

    fake.respond("get_missing_events", missing)
    started = time.monotonic()
    answer = await fake.send(subject, [fake.events[first], fake.events[second]])
    assert answer.status == 200 or 400 <= answer.status < 500
    assert time.monotonic() - started < 60
    assert sum(fake.requests.values()) < 500, fake.requests
    assert subject.process.alive
    later = await alice.say(room, "still here")
    await alice.stream().until_event(room, later)


@pytest.mark.timeout(240)
async def test_a_very_deep_chain_of_previous_events(subject, fake, alice, member):
    """The peer claims 5,000 events in between, and always has more when asked."""
    start = member.tip
    chain = [member.event(f"link {number}") for number in range(5000)]
    order = [identifier for identifier, _ in chain]
    place = {identifier: number for number, identifier in enumerate(order)}

    async def missing(request: web.Request) -> web.Response:
        body = await request.json()
        latest = max((place[identifier] for identifier in body["latest_events"] if identifier in place), default=0)
        count = max(1, min(int(body.get("limit", 10)), 100))
        return web.json_response({"events": [event for _, event in chain[max(0, latest - count):latest]]})

    async def nothing(request: web.Request) -> web.Response:
        return web.json_response({"errcode": "M_NOT_FOUND", "error": "ask for the events"}, status=404)

    fake.respond("get_missing_events", missing)
    fake.respond("state", nothing)
    started = time.monotonic()
    sending = asyncio.create_task(fake.send(subject, [chain[-1][1]], timeout_seconds=200))
    slowest = 0.0
    while not sending.done():
        before = time.monotonic()
        await subject.anonymous().get("/_matrix/client/versions")
        slowest = max(slowest, time.monotonic() - before)
        await asyncio.sleep(0.2)
    answer = await sending
    assert answer.status == 200 or 400 <= answer.status < 500
    assert time.monotonic() - started < 120
    assert slowest < 5, f"others waited {slowest:.1f} s"
    assert sum(fake.requests.values()) < 2000, fake.requests
    fake.responders.clear()
    member.tip, member.depth = start, chain[0][1]["depth"] - 1
    assert subject.process.alive
    later = await alice.say(member.room, "still here")
    await alice.stream().until_event(member.room, later)


async def test_missing_events_answered_with_rubbish(subject, fake, alice, member):
    unseen_id, unseen = member.event("unseen")
    identifier, event = member.event("after the unseen")
    answers = [b"not json", b'{"events": 7}', b'{"events": [7, null, {}]}', b"[" * 20_000, b'{"events": []}']

    async def rubbish(request: web.Request) -> web.Response:
        return web.Response(body=answers[fake.requests.total() % len(answers)], content_type="application/json")

    for path in ("get_missing_events", "/event/", "/state_ids/", "/state/", "/event_auth/", "/backfill/"):
        fake.respond(path, rubbish)
    for _ in range(5):
        answer = await fake.send(subject, [event])
        assert answer.status == 200 or 400 <= answer.status < 500
    fake.responders.clear()
    answer = await fake.send(subject, [unseen])
    assert answer.status == 200
    assert subject.process.alive
    later = await alice.say(member.room, "still here")
    await alice.stream().until_event(member.room, later)


async def test_the_same_transaction_twice(subject, fake, alice, member):
    identifier, event = member.event("once")
    first = await fake.send(subject, [event], transaction="twice")
    second = await fake.send(subject, [event], transaction="twice")
    third = await fake.send(subject, [event])
    assert first.status == second.status == third.status == 200
    assert first["pdus"] == second["pdus"] == {identifier: {}}
    await alive(subject, alice, member, fake)
    events = [e["event_id"] for e in await alice.history(member.room)]
    assert events.count(identifier) == 1
