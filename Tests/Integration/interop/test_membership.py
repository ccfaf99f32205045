"""Memberships that need several servers: invites by address, restricted rooms through a third door, what is sticky for who joins."""

import base64
import hashlib

import pytest
import pytest_asyncio
from aiohttp import web

from harness.client import segment, shared_session
from harness.peer import FakeServer
from harness.rooms import membership, until_membership
from harness.waiting import eventually

LOOPBACK = {"media": {"url_previews": {"allow_private_ranges": ["127.0.0.0/8"]}}}


class IdentityServer:
    """An identity server for tests: it knows who it is told to know, and signs with a key of its own."""

    def __init__(self, server: FakeServer):
        self.server = server
        self.owners: dict[str, str] = {}
        self.kept: list[dict] = []
        self.is_valid = True
        server.respond("/identity/v2/hash_details", self._details)
        server.respond("/identity/v2/lookup", self._lookup)
        server.respond("/identity/v2/store-invite", self._store)
        server.respond("/identity/v2/pubkey/isvalid", self._valid)

    @property
    def name(self) -> str:
        """Host and port."""
        return self.server.name

    async def _details(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer good":
            return web.json_response({"errcode": "M_UNAUTHORIZED", "error": "no"}, status=401)
        return web.json_response({"lookup_pepper": "salt", "algorithms": ["sha256", "none"]})

    async def _lookup(self, request: web.Request) -> web.Response:
        asked = (await request.json())["addresses"]
        known = {base64.urlsafe_b64encode(hashlib.sha256(f"{address} email salt".encode()).digest()).rstrip(b"=").decode(): owner
                 for address, owner in self.owners.items()}
        return web.json_response({"mappings": {digest: known[digest] for digest in asked if digest in known}})

    async def _store(self, request: web.Request) -> web.Response:
        self.kept.append(await request.json())
        key = {"public_key": self.server.signer.public_key,
               "key_validity_url": f"https://{self.name}/_matrix/identity/v2/pubkey/isvalid"}
        return web.json_response({"token": f"token{len(self.kept)}", "public_keys": [key], "display_name": "c...@e..."})

    async def _valid(self, request: web.Request) -> web.Response:
        return web.json_response({"valid": self.is_valid and request.query["public_key"] == self.server.signer.public_key})

    def bound(self, user: str, room: str, sender: str, token: str) -> dict:
        """What it tells a server of a user who now owns the address."""
        signed = self.server.signer.sign_json({"mxid": user, "sender": sender, "token": token})
        return {"medium": "email", "address": "carol@example.org", "mxid": user, "invites": [
            {"medium": "email", "address": "carol@example.org", "mxid": user, "room_id": room, "sender": sender, "signed": signed}]}


@pytest_asyncio.fixture
async def identity(fake):
    """An identity server."""
    return IdentityServer(fake)


@pytest_asyncio.fixture(scope="session")
async def near(start_server):
    """A server that may ask identity servers on this machine."""
    return await start_server("martlet", "near", settings=LOOPBACK)


async def _bind(server, authority, notice: dict) -> int:
    url = f"https://127.0.0.1:{server.federation_port}/_matrix/federation/v1/3pid/onbind"
    # Synapse takes what identity servers send, the specification's method it does not.
    method = "POST" if server.kind == "synapse" else "PUT"
    async with shared_session().request(
            method, url, json=notice, headers={"Host": server.name}, ssl=authority.client_context()) as answer:
        return answer.status


def _address(identity: IdentityServer, **changes) -> dict:
    return {"id_server": identity.name, "id_access_token": "good", "medium": "email", "address": "carol@example.org", **changes}


@pytest.mark.martlet_only
async def test_an_address_that_is_known_is_invited_at_once(near, identity):
    alice, carol = await near.register("alice"), await near.register("carol")
    identity.owners["carol@example.org"] = carol.user_id
    room = await alice.create_room()
    await alice.post(f"/rooms/{segment(room)}/invite", _address(identity))
    assert await membership(alice, room, carol.user_id) == "invite"
    second = await alice.create_room(invite_3pid=[_address(identity)])
    assert await membership(alice, second, carol.user_id) == "invite"


@pytest.mark.martlet_only
async def test_bad_invites_by_address(near, identity):
    alice = await near.register("alice")
    room = await alice.create_room()
    path = f"/rooms/{segment(room)}/invite"
    for missing in ("id_server", "id_access_token"):
        body = {key: value for key, value in _address(identity).items() if key != missing}
        await alice.post(path, body, expect=400, error="M_MISSING_PARAM")
    await alice.post(path, _address(identity, medium="pigeon"), expect=400, error="M_INVALID_PARAM")
    await alice.post(path, _address(identity, id_access_token="bad"), expect=403, error="M_FORBIDDEN")
    await alice.post(path, _address(identity, id_server="localhost:1"), expect=(400, 502))
    stranger = await near.register("stranger")
    await stranger.post(path, _address(identity), expect=403, error="M_FORBIDDEN")


@pytest.mark.martlet_only
async def test_an_invite_that_waited_is_exchanged_here(near, identity, authority):
    alice, carol = await near.register("alice"), await near.register("carol")
    room = await alice.create_room(name="Waiting")
    await alice.post(f"/rooms/{segment(room)}/invite", _address(identity))
    assert identity.kept[-1]["room_id"] == room and identity.kept[-1]["room_name"] == "Waiting"
    kept = await alice.get_state(room, "m.room.third_party_invite", "token1")
    assert kept["display_name"] == "c...@e..." and kept["public_key"] == identity.server.signer.public_key
    notice = identity.bound(carol.user_id, room, alice.user_id, "token1")

    forged = identity.bound(carol.user_id, room, alice.user_id, "token1")
    forged["invites"][0]["signed"]["token"] = "token2"
    assert await _bind(near, authority, forged) == 200
    identity.is_valid = False
    assert await _bind(near, authority, notice) == 200
    assert await membership(alice, room, carol.user_id) == "none"

    identity.is_valid = True
    assert await _bind(near, authority, notice) == 200
    event = (await alice.full_state(room))[("m.room.member", carol.user_id)]
    assert event["content"]["membership"] == "invite" and event["sender"] == alice.user_id
    assert event["content"]["third_party_invite"]["signed"]["token"] == "token1"
    await carol.join(room)


@pytest.mark.martlet_only
async def test_an_invite_that_waited_is_exchanged_for_another_server(near, peer, identity, authority):
    alice, carol = await near.register("alice"), await peer.register("carol")
    room = await alice.create_room(room_version="11")
    await alice.post(f"/rooms/{segment(room)}/invite", _address(identity))
    stream = carol.stream()
    await stream.step()
    assert await _bind(peer, authority, identity.bound(carol.user_id, room, alice.user_id, "token1")) == 200
    await stream.until(lambda seen: room in seen.invited, "the invite")
    await carol.join(room)
    await until_membership(alice, room, carol.user_id, "join")


@pytest.mark.martlet_only
async def test_this_server_asks_another_to_exchange(near, peer, identity, authority):
    if peer.kind == "synapse":
        pytest.skip("Synapse asks no identity server on this machine whether a key is valid")
    alice, carol = await peer.register("alice"), await near.register("carol")
    room = await alice.create_room(room_version="11")
    key = {"public_key": identity.server.signer.public_key}
    await alice.set_state(room, "m.room.third_party_invite", {"display_name": "c", "public_keys": [key], **key}, "token9")
    assert await _bind(near, authority, identity.bound(carol.user_id, room, alice.user_id, "token9")) == 200
    await until_membership(alice, room, carol.user_id, "invite")


@pytest.mark.martlet_only
async def test_an_exchange_must_be_the_invited_servers(near, fake):
    alice = await near.register("alice")
    room = await alice.create_room()
    for invitee, sender, status in [("@x:elsewhere.example", alice.user_id, 403), (f"@x:{fake.name}", "@y:elsewhere.example", 403),
                                    (f"@x:{fake.name}", alice.user_id, 403)]:
        content = {"membership": "invite", "third_party_invite": {"display_name": "x", "signed": fake.signer.sign_json(
            {"mxid": invitee, "sender": sender, "token": "nothing"})}}
        answer = await fake.request("PUT", near, f"/_matrix/federation/v1/exchange_third_party_invite/{segment(room)}", {
            "type": "m.room.member", "room_id": room, "sender": sender, "state_key": invitee, "content": content})
        assert answer.status == status, answer
    assert await membership(alice, room, f"@x:{fake.name}") == "none"


@pytest.mark.parametrize("rule", ["restricted", "knock_restricted"])
async def test_a_restricted_room_whose_guest_server_may_not_vouch(pair, host, guest, rule):
    """The second user's server is in the room, but none of its users may invite: the host's server must let them in."""
    club = await host.create_room(preset="public_chat", room_version="10")
    levels = {"invite": 50}
    room = await host.create_room(
        preset="private_chat", room_version="10", power_level_content_override=levels, initial_state=[
            {"type": "m.room.join_rules", "state_key": "",
             "content": {"join_rule": rule, "allow": [{"type": "m.room_membership", "room_id": club}]}}])
    second = await pair[1].register("second")
    for person in (guest, second):
        await person.join(club, via=host.server_name)
        await until_membership(host, club, person.user_id, "join")
    await guest.join(room, via=host.server_name)
    await until_membership(host, room, guest.user_id, "join")
    await second.join(room, via=host.server_name)
    await until_membership(host, room, second.user_id, "join")
    member = (await second.full_state(room))[("m.room.member", second.user_id)]
    assert member["content"]["join_authorised_via_users_server"] == host.user_id
    await second.say(room, "in")


@pytest.mark.martlet_only
async def test_what_is_sticky_is_sent_to_a_server_that_joins(subject, fake):
    alice = await subject.register("alice")
    room = await alice.create_room(preset="public_chat", room_version="11")
    sticky = (await alice.send(room, "org.matrix.msc4143.rtc.member", {"msc4354_sticky_key": "a"},
                               query={"org.matrix.msc4354.sticky_duration_ms": 600_000}))["event_id"]
    for number in range(5):
        await alice.say(room, f"plain {number}")
    await fake.join(subject, room)

    async def received() -> list[dict]:
        return [event for transaction in fake.received for event in transaction["pdus"] if "msc4354_sticky" in event]

    found = await eventually(received, what="the sticky event")
    assert [event["content"]["msc4354_sticky_key"] for event in found] == ["a"]
    assert found[0]["msc4354_sticky"] == {"duration_ms": 600_000} and sticky.startswith("$")
    plain = [event for transaction in fake.received for event in transaction["pdus"] if event["type"] == "m.room.message"]
    assert plain == []
