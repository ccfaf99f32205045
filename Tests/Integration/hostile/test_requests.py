"""Requests that are not what they claim to be."""

import json

import pytest
import pytest_asyncio
from aiohttp import web

from harness.client import segment
from harness.peer import now
from harness.signing import Signer

SEND = "/_matrix/federation/v1/send/"


@pytest_asyncio.fixture
async def member(subject, fake, alice):
    """The fake server's user in a room of alice's."""
    return await fake.join(subject, await alice.create_room(preset="public_chat", room_version="11"))


async def unharmed(subject, alice, room: str) -> None:
    """The server still serves its own users."""
    assert subject.process.alive
    sent = await alice.say(room, "unharmed")
    await alice.stream().until_event(room, sent)


async def test_requests_without_a_good_signature(subject, fake, alice, member):
    identifier, event = member.event("unsigned request", advance=False)
    content = {"origin": fake.name, "origin_server_ts": now(), "pdus": [event], "edus": []}
    other = Signer(fake.name, fake.signer.key_id)
    path = SEND + "unauthorized"
    headers = {
        "none": "",
        "another key": other.authorization("PUT", path, subject.name, content),
        "another method": fake.signer.authorization("GET", path, subject.name, content),
        "another path": fake.signer.authorization("PUT", path + "x", subject.name, content),
        "another body": fake.signer.authorization("PUT", path, subject.name, {**content, "pdus": []}),
        "another destination": fake.signer.authorization("PUT", path, "elsewhere.example", content),
        "malformed": 'X-Matrix origin="',
        "not X-Matrix": "Bearer token",
        "no origin": 'X-Matrix key="ed25519:a",sig="AAAA"',
    }
    for name, header in headers.items():
        answer = await fake.request("PUT", subject, path, content, authorization=header)
        # Synapse answers 400 to a header it cannot read, and 401 to everything else.
        assert answer.status in (400, 401, 403), (name, answer.status, answer)
    assert identifier not in [e["event_id"] for e in await alice.history(member.room)]


async def test_another_servers_name_as_origin(subject, fake, alice, member):
    """A transaction signed with our key in a third server's name."""
    for origin in (subject.name, "elsewhere.example"):
        content = {"origin": origin, "origin_server_ts": now(), "pdus": [], "edus": []}
        path = SEND + "origin"
        header = fake.signer.authorization("PUT", path, subject.name, content, origin=origin)
        answer = await fake.request("PUT", subject, path, content, authorization=header)
        assert answer.status in (401, 403), answer


async def test_transactions_that_are_not_json(subject, fake, alice, member):
    bodies = [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"{}{}", b'{"pdus": [}', b"[" * 50_000,
              b'{"a":' * 50_000, b'{"pdus": [' + b'{"content":' * 5_000]
    for body in bodies:
        answer = await fake.request("PUT", subject, SEND + f"raw{len(body)}", raw=body)
        assert 400 <= answer.status < 500, (body[:20], answer.status, answer)
    await unharmed(subject, alice, member.room)


@pytest.mark.parametrize("content", [
    {}, {"pdus": 7}, {"pdus": {}}, {"pdus": [7, None, "x", []]}, {"pdus": [{}]}, {"pdus": [{"room_id": 7}]},
    {"pdus": [], "edus": 7}, {"pdus": [], "edus": [7, None, {}, {"edu_type": 7}]}, {"edus": [{"edu_type": "m.typing"}]},
    {"pdus": [{"room_id": "x" * 100_000}]},
], ids=lambda content: json.dumps(content)[:60])
async def test_transactions_of_the_wrong_shape(subject, fake, alice, member, content):
    body = {"origin": fake.name, "origin_server_ts": now(), **content}
    answer = await fake.request("PUT", subject, SEND + f"shape{now()}", body)
    if subject.kind == "synapse":  # Synapse answers 500 to some of these.
        assert answer.status in (200, 400, 403, 500), answer
    else:
        assert answer.status in (200, 400, 403), answer
    await unharmed(subject, alice, member.room)


async def test_too_many_events_in_a_transaction(subject, fake, alice, member):
    events = [member.event(f"many {number}", advance=False)[1] for number in range(51)]
    answer = await fake.send(subject, events)
    assert 400 <= answer.status < 500 or answer["pdus"] == {}, answer
    answer = await fake.send(subject, [], [{"edu_type": "org.example.nothing", "content": {}}] * 101)
    assert answer.status == 200 or 400 <= answer.status < 500
    await unharmed(subject, alice, member.room)


async def test_a_body_without_end(subject, fake, alice, member):
    try:
        answer = await fake.request("PUT", subject, SEND + "large", raw=b'{"pdus":["' + b"x" * 80_000_000 + b'"]}')
        assert 400 <= answer.status < 500
    except OSError:
        pass  # Closing the connection is an answer too.
    await unharmed(subject, alice, member.room)


async def test_ephemeral_events_in_others_names(subject, fake, alice, bob, member):
    await bob.join(member.room)
    stream = alice.stream()
    await stream.step()
    sent = await alice.say(member.room, "who reads this?")
    edus = [
        {"edu_type": "m.typing", "content": {"room_id": member.room, "user_id": bob.user_id, "typing": True}},
        {"edu_type": "m.receipt", "content": {member.room: {"m.read": {bob.user_id: {
            "data": {"ts": now()}, "event_ids": [sent]}}}}},
        {"edu_type": "m.typing", "content": {"room_id": member.room, "user_id": member.user, "typing": True}},
    ]
    answer = await fake.send(subject, [], edus)
    assert answer.status == 200
    await stream.until(lambda s: member.user in s.ephemeral.get(member.room, {}).get("m.typing", {}).get("user_ids", []),
                       "the honest typing notice")
    assert bob.user_id not in stream.ephemeral[member.room]["m.typing"]["user_ids"]
    assert bob.user_id not in str(stream.ephemeral[member.room].get("m.receipt", {}))


async def test_a_server_outside_the_room_sees_nothing(subject, fake, alice):
    room = await alice.create_room(preset="private_chat", room_version="11")
    sent = await alice.say(room, "not for you")
    room_path, event_path = segment(room), segment(sent)
    for path, query in ((f"state/{room_path}", {"event_id": sent}), (f"state_ids/{room_path}", {"event_id": sent}),
                        (f"event/{event_path}", None), (f"event_auth/{room_path}/{event_path}", None),
                        (f"backfill/{room_path}", {"v": sent, "limit": 10}),
                        (f"make_join/{room_path}/{segment('@m:' + fake.name)}", {"ver": "11"})):
        answer = await fake.request("GET", subject, f"/_matrix/federation/v1/{path}", query=query)
        assert answer.status in (401, 403, 404), (path, answer.status, answer)
        assert "not for you" not in str(answer)
    answer = await fake.request("POST", subject, f"/_matrix/federation/v1/get_missing_events/{room_path}",
                                {"earliest_events": [], "latest_events": [sent], "limit": 10})
    assert answer.status in (401, 403, 404), answer


async def test_a_banned_servers_requests(subject, fake, alice, member):
    await alice.set_state(member.room, "m.room.server_acl",
                          {"allow": ["*"], "deny": ["localhost"], "allow_ip_literals": False})
    identifier, event = member.event("denied")
    answer = await fake.send(subject, [event])
    assert answer.status == 200 and answer["pdus"].get(identifier, {}).get("error"), answer
    assert identifier not in [e["event_id"] for e in await alice.history(member.room)]
    answer = await fake.request("GET", subject, f"/_matrix/federation/v1/state_ids/{segment(member.room)}",
                                query={"event_id": event["prev_events"][0]})
    assert answer.status == 403, answer


async def test_a_join_that_was_not_offered(subject, fake, alice):
    room = await alice.create_room(preset="private_chat", room_version="11")
    state = await alice.full_state(room)
    draft = {"type": "m.room.member", "room_id": room, "sender": f"@m:{fake.name}", "state_key": f"@m:{fake.name}",
             "content": {"membership": "join"}, "origin_server_ts": now(), "depth": 50,
             "prev_events": [state[("m.room.member", alice.user_id)]["event_id"]],
             "auth_events": [state[(kind, "")]["event_id"] for kind in
                             ("m.room.create", "m.room.power_levels", "m.room.join_rules")]}
    event = fake.signer.sign_event(draft, "11")
    path = f"/_matrix/federation/v2/send_join/{segment(room)}/{segment('$' + 'E' * 43)}"
    answer = await fake.request("PUT", subject, path, event)
    assert answer.status in (400, 403, 404), answer
    assert ("m.room.member", f"@m:{fake.name}") not in await alice.full_state(room)


@pytest.mark.parametrize("answer", ["nothing", "rubbish", "another room", "no create event"])
async def test_joining_a_room_of_a_lying_server(subject, fake, alice, answer):
    room = f"!trap:{fake.name}"
    create = fake.signer.sign_event({
        "type": "m.room.create", "room_id": room, "sender": f"@m:{fake.name}", "state_key": "", "depth": 1,
        "content": {"room_version": "11"}, "origin_server_ts": now(), "prev_events": [], "auth_events": []}, "11")

    async def make_join(request: web.Request) -> web.Response:
        if answer == "nothing":
            return web.json_response({"errcode": "M_NOT_FOUND", "error": "gone"}, status=404)
        user = request.path.rsplit("/", 1)[1]
        return web.json_response({"room_version": "11", "event": {
            "type": "m.room.member", "room_id": "!other:x" if answer == "another room" else room, "sender": user,
            "state_key": user, "content": {"membership": "join"}, "depth": 2, "origin_server_ts": now(),
            "prev_events": ["$" + "F" * 43], "auth_events": ["$" + "F" * 43]}})

    async def send_join(request: web.Request) -> web.Response:
        if answer == "rubbish":
            return web.Response(body=b'{"state": [7, {}, null], "auth_chain": "x"', content_type="application/json")
        bad = {**create, "room_id": "!yet-another:x"}
        return web.json_response({"state": [bad] if answer == "another room" else [], "auth_chain": [], "event": None,
                                  "origin": fake.name, "members_omitted": False})

    fake.respond("make_join", make_join)
    fake.respond("send_join", send_join)
    # Any error will do, in bounded time, and no room.
    result = await alice.request("POST", f"/join/{segment(room)}", {}, query={"via": fake.name, "server_name": fake.name},
                                 expect=(400, 401, 403, 404, 500, 502, 504))
    assert result.status >= 400
    assert room not in (await alice.get("/joined_rooms"))["joined_rooms"]
    assert subject.process.alive
