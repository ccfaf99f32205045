"""Invite links: what they lead to, who may make them, coming in by one."""

import asyncio
import hashlib
import hmac

import pytest

from harness.client import Client, segment, shared_session
from harness.waiting import eventually

pytestmark = pytest.mark.martlet_only

BASE = "/_martlet/client/v1"
NEVER_WAS = "2222222222"


async def make(client: Client, room: str, **body) -> dict:
    return await client.post(f"{BASE}/rooms/{segment(room)}/invites", body)


async def links(client: Client, room: str, **options) -> list[dict]:
    return (await client.get(f"{BASE}/rooms/{segment(room)}/invites", **options)).get("invites")


async def accept(client: Client, code: str, **options) -> dict:
    return await client.post(f"{BASE}/invites/{code}/accept", **options)


async def facts(client: Client, code: str, **options) -> dict:
    return await client.get(f"{BASE}/invites/{code}", **options)


async def member(client: Client, room: str, user: str) -> str | None:
    return (await client.get_state(room, "m.room.member", user)).get("membership")


async def space(owner: Client, name: str = "The Rookery", **options) -> str:
    return await owner.create_room(name=name, preset="private_chat", creation_content={"type": "m.space"}, **options)


async def channel(owner: Client, parent: str, name: str, rule: str = "restricted", **child) -> str:
    join_rules = {"join_rule": rule}
    if rule == "restricted":
        join_rules["allow"] = [{"type": "m.room_membership", "room_id": parent}]
    room = await owner.create_room(name=name, preset="private_chat", initial_state=[
        {"type": "m.room.join_rules", "state_key": "", "content": join_rules}])
    await owner.set_state(parent, "m.space.child", {"via": [owner.server_name], **child}, room)
    return room


async def test_coming_into_a_community(subject, alice, bob):
    home = await space(alice, topic="Birds and boats")
    general = await channel(alice, home, "general", suggested=True, order="a")
    nests = await channel(alice, home, "nests", suggested=True, order="b")
    quiet = await channel(alice, home, "quiet")
    secret = await channel(alice, home, "secret", rule="invite", suggested=True, order="c")
    link = await make(alice, home, label="for the newsletter")
    assert len(link["code"]) == 10 and link["url"] == f"{subject.client_url}/invite/{link['code']}"
    assert link["created_by"] == alice.user_id and link["uses"] == 0 and "max_uses" not in link
    week = 7 * 24 * 60 * 60 * 1000
    assert link["expires_at"] - link["created_at"] == week

    shown = await facts(subject.anonymous(), link["code"])
    assert shown["room_id"] == home and shown["room_type"] == "m.space" and shown["name"] == "The Rookery"
    assert shown["topic"] == "Birds and boats" and shown["member_count"] == 1 and shown["avatar"] is False
    assert shown["inviter"]["user_id"] == alice.user_id and shown["expires_at"] == link["expires_at"]
    assert shown["channels"] == ["general", "nests"], "of a channel that is not open even the name is kept"
    assert shown["registration"] == {"mode": "open", "allowed_with_invite": True}

    answer = await accept(bob, link["code"])
    assert answer["room_id"] == home and answer["joined"] == [general, nests] and answer["skipped"] == [secret]
    assert await member(alice, home, bob.user_id) == "join"
    assert await member(alice, general, bob.user_id) == "join"
    assert bob.user_id not in {key[1] for key in await alice.full_state(quiet) if key[0] == "m.room.member"}
    # The invite came in the name of whoever made the link.
    events = (await alice.messages(home, limit=10))["chunk"]
    invite = next(event for event in events if event.get("state_key") == bob.user_id and event["content"]["membership"] == "invite")
    assert invite["sender"] == alice.user_id

    # A member who comes again counts no use, and is not put back where they left.
    await bob.membership("leave", nests)
    again = await accept(bob, link["code"])
    assert again["joined"] == [general] and nests in again["skipped"]
    assert [found["uses"] for found in await links(alice, home)] == [1]
    # Who left it all and comes back is a newcomer.
    await bob.membership("leave", home)
    assert (await accept(bob, link["code"]))["joined"] == [general, nests]
    assert [found["uses"] for found in await links(alice, home)] == [2]


async def test_the_welcome_chooses_the_channels(subject, alice, bob):
    home = await space(alice)
    general = await channel(alice, home, "general", suggested=True)
    chosen = await channel(alice, home, "chosen")
    elsewhere = await alice.create_room(name="elsewhere", preset="public_chat")
    await alice.set_state(home, "chat.martlet.welcome", {
        "text": "Good to have you.", "rules": ["Be kind.", 7], "auto_join": [chosen, elsewhere, "nonsense"]})
    code = (await make(alice, home))["code"]
    shown = await facts(subject.anonymous(), code)
    assert shown["welcome"] == {"text": "Good to have you.", "rules": ["Be kind."]} and shown["channels"] == ["chosen"]
    answer = await accept(bob, code)
    assert answer["joined"] == [chosen] and answer["skipped"] == [], "a room that is no part of the community is left out"
    assert general not in (await bob.get("/joined_rooms"))["joined_rooms"]


async def test_a_plain_room(alice, bob, carol):
    room = await alice.create_room(name="Tea", preset="private_chat")
    code = (await make(alice, room, expires_in_ms=None))["code"]
    answer = await accept(bob, code)
    assert answer == {"room_id": room, "joined": [], "skipped": []}
    assert "expires_at" not in (await links(alice, room))[0]
    open_room = await alice.create_room(preset="public_chat")
    await accept(carol, (await make(alice, open_room))["code"])
    assert await member(alice, open_room, carol.user_id) == "join"


async def test_who_may_make_and_end_links(subject, alice, bob, carol):
    room = await alice.create_room(preset="private_chat", invite=[bob.user_id], power_level_content_override={"invite": 50})
    path = f"{BASE}/rooms/{segment(room)}/invites"
    await bob.post(path, expect=403, error="M_FORBIDDEN")
    await bob.join(room)
    await bob.post(path, expect=403, error="M_FORBIDDEN")
    await carol.post(path, expect=403, error="M_FORBIDDEN")
    await subject.anonymous().post(path, expect=401, error="M_MISSING_TOKEN")
    await alice.set_state(room, "m.room.power_levels", {**(await alice.get_state(room, "m.room.power_levels")), "invite": 0})
    own = await make(bob, room)
    other = await make(alice, room)
    assert [link["code"] for link in await links(bob, room)] == [own["code"]]
    assert {link["code"] for link in await links(alice, room)} == {own["code"], other["code"]}
    await carol.get(path, expect=403)
    await carol.delete(f"{BASE}/invites/{own['code']}", expect=403)
    await bob.delete(f"{BASE}/invites/{other['code']}", expect=403)
    await alice.delete(f"{BASE}/invites/{own['code']}")
    await bob.delete(f"{BASE}/invites/{own['code']}", expect=404, error="M_NOT_FOUND")
    await accept(carol, own["code"], expect=404, error="M_NOT_FOUND")


@pytest.mark.parametrize("body", [
    {"expires_in_ms": 0}, {"expires_in_ms": -5}, {"expires_in_ms": "soon"}, {"expires_in_ms": 10 ** 15}, {"max_uses": 0}, {"max_uses": 1.5},
    {"max_uses": 10 ** 9}, {"label": "x" * 500}, {"label": 7}])
async def test_bad_requests(alice, body):
    room = await alice.create_room()
    await alice.post(f"{BASE}/rooms/{segment(room)}/invites", body, expect=400)


async def test_links_end(subject, alice, bob):
    room = await alice.create_room(preset="private_chat")
    short = (await make(alice, room, expires_in_ms=300))["code"]
    single = (await make(alice, room, max_uses=1))["code"]
    revoked = (await make(alice, room))["code"]
    await alice.delete(f"{BASE}/invites/{revoked}")
    await accept(bob, single)
    nobody = subject.anonymous()

    async def status() -> int:
        return (await facts(nobody, short, expect=(200, 404))).status

    await eventually(status, lambda found: found == 404, "the link to end")
    carol = await subject.register("carol")
    texts = set()
    for code in (short, single, revoked, NEVER_WAS, "short", "%2e%2e", "0OIl0OIl0O"):
        answer = await facts(nobody, code, expect=404, error="M_NOT_FOUND")
        texts.add(answer["error"])
        texts.add((await accept(carol, code, expect=404, error="M_NOT_FOUND"))["error"])
        await nobody.get(f"{BASE}/invites/{code}/avatar", expect=404)
    assert len(texts) == 1, "nobody can tell what never was from what is over"
    assert await links(alice, room) == []
    # Whoever is in already is told where, though the link lets nobody else in.
    assert (await accept(bob, single))["room_id"] == room


async def test_the_last_use_is_used_once(subject, alice):
    room = await alice.create_room(preset="private_chat")
    code = (await make(alice, room, max_uses=3))["code"]
    people = await subject.register_many("visitor", 12)
    answers = await asyncio.gather(*(accept(person, code, expect=(200, 404)) for person in people))
    assert sorted(answer.status for answer in answers) == [200] * 3 + [404] * 9
    members = [key[1] for key, event in (await alice.full_state(room)).items()
               if key[0] == "m.room.member" and event["content"]["membership"] == "join"]
    assert len(members) == 4


async def test_a_failed_entry_is_given_back(subject, alice, bob, carol):
    room = await alice.create_room(preset="private_chat", room_version="11", invite=[bob.user_id], power_level_content_override={
        "invite": 50, "users": {alice.user_id: 100, bob.user_id: 50}})
    await bob.join(room)
    code = (await make(bob, room, max_uses=1))["code"]
    banned = await subject.register("banned")
    await alice.membership("ban", room, banned.user_id)
    await accept(banned, code, expect=403, error="M_FORBIDDEN")
    # Whoever made the link may not invite any more: it leads nowhere, and keeps its use.
    levels = await alice.get_state(room, "m.room.power_levels")
    await alice.set_state(room, "m.room.power_levels", {**levels, "users": {alice.user_id: 100}})
    refused = await accept(carol, code, expect=403, error="M_FORBIDDEN")
    assert "may no longer invite" in refused["error"]
    assert [link["uses"] for link in await links(alice, room)] == [0]
    # What the room's own rules allow, they allow still.
    await alice.set_state(room, "m.room.join_rules", {"join_rule": "public"})
    assert (await accept(carol, code))["room_id"] == room


async def test_a_creator_who_left(alice, bob, carol):
    room = await alice.create_room(preset="private_chat", invite=[bob.user_id])
    await bob.join(room)
    code = (await make(bob, room))["code"]
    await bob.membership("leave", room)
    await accept(carol, code, expect=403, error="M_FORBIDDEN")


async def test_a_creator_who_is_gone(subject, alice, bob, carol):
    room = await alice.create_room(preset="private_chat", invite=[bob.user_id])
    await bob.join(room)
    code = (await make(bob, room))["code"]
    await bob.post("/account/deactivate", {"auth": {
        "type": "m.login.password", "identifier": {"type": "m.id.user", "user": bob.user_id}, "password": bob.password}})
    await facts(subject.anonymous(), code, expect=404)
    await accept(carol, code, expect=404)


async def test_two_hundred_at_once(subject, alice):
    home = await space(alice)
    general = await channel(alice, home, "general", suggested=True)
    code = (await make(alice, home))["code"]
    people = []
    for _ in range(10):
        people += await subject.register_many("guest", 20)
    answers = await asyncio.gather(*(accept(person, code) for person in people))
    assert all(answer["joined"] == [general] for answer in answers)
    shown = await facts(subject.anonymous(), code)
    assert shown["member_count"] == 201
    assert (await links(alice, home))[0]["uses"] == 200


async def test_guests_stay_out(subject, alice):
    room = await alice.create_room(preset="public_chat")
    code = (await make(alice, room))["code"]
    account = await subject.anonymous().request("POST", "/register", {}, query={"kind": "guest"})
    guest = Client(subject.client_url, subject.name, account["user_id"], account["access_token"], account["device_id"])
    await accept(guest, code, expect=403, error="M_GUEST_ACCESS_FORBIDDEN")


PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082")


async def test_the_picture(subject, alice):
    room = await alice.create_room(preset="private_chat")
    code = (await make(alice, room))["code"]
    await subject.anonymous().get(f"{BASE}/invites/{code}/avatar", expect=404, error="M_NOT_FOUND")
    async with shared_session().post(f"{alice.base_url}/_matrix/media/v3/upload", data=PICTURE, headers={
            "Authorization": f"Bearer {alice.token}", "Content-Type": "image/png"}) as response:
        uri = (await response.json())["content_uri"]
    await alice.set_state(room, "m.room.avatar", {"url": uri})
    shown = await facts(subject.anonymous(), code)
    assert shown["avatar"] is True
    async with shared_session().get(subject.client_url + shown["avatar_path"]) as response:
        assert response.status == 200 and response.content_type in ("image/png", "image/jpeg")
        assert "sandbox" in response.headers["Content-Security-Policy"] and response.headers["X-Content-Type-Options"] == "nosniff"
        assert len(await response.read()) > 0
    # Other pictures are not had this way.
    await subject.anonymous().get(f"/_matrix/client/v1/media/download/{uri.removeprefix('mxc://')}", expect=401)


async def test_links_outlive_a_kill(start_server):
    server = await start_server("martlet", "links-killed")
    alice, bob = await server.register("alice"), await server.register("bob")
    room = await alice.create_room(preset="private_chat")
    code = (await make(alice, room, max_uses=2))["code"]
    await accept(bob, code)
    await server.kill()
    await server.start()
    carol = await server.register("carol")
    await accept(carol, code)
    await accept(await server.register("dora"), code, expect=404)
    await server.stop()


async def test_registration(start_server):
    server = await start_server("martlet", "links-register", settings={"registration": {"mode": "token"}})
    admin = server.anonymous()
    alice = await _with_secret(server, "alice")
    room = await alice.create_room(preset="private_chat")
    code = (await make(alice, room, max_uses=1))["code"]
    assert (await facts(admin, code))["registration"] == {"mode": "token", "allowed_with_invite": True}
    validity = "/_matrix/client/v1/register/m.login.registration_token/validity"
    assert (await admin.get(validity, query={"token": code}))["valid"] is True
    assert (await admin.get(validity, query={"token": NEVER_WAS}))["valid"] is False
    bob = await _with_token(server, "bob", code)
    # Registering uses nothing up; coming in does.
    carol = await _with_token(server, "carol", code)
    await accept(bob, code)
    await accept(carol, code, expect=404)
    assert (await admin.get(validity, query={"token": code}))["valid"] is False
    await admin.post("/register", {"username": "dora", "password": "correct horse", "auth": {
        "type": "m.login.registration_token", "token": code}}, expect=401)
    await server.stop()


async def test_no_registration_where_the_operator_wants_none(start_server):
    for label, settings in (("links-no-register", {"mode": "token", "invites": False}), ("links-closed", {"mode": "closed"})):
        server = await start_server("martlet", label, settings={"registration": settings})
        alice = await _with_secret(server, "alice")
        code = (await make(alice, await alice.create_room()))["code"]
        assert (await facts(server.anonymous(), code))["registration"]["allowed_with_invite"] is False
        await server.anonymous().post("/register", {"username": "bob", "password": "correct horse", "auth": {
            "type": "m.login.registration_token", "token": code}}, expect=(401, 403))
        await server.stop()


async def test_looking_is_limited_by_address(start_server):
    server = await start_server("martlet", "links-limited", settings={
        "rate_limits": {"enabled": True, "read": {"per_second": 0.01, "burst": 3}}}, behind_proxy=True)

    async def look(address: str) -> int:
        async with shared_session().get(f"{server.client_url}{BASE}/invites/{NEVER_WAS}", headers={"X-Forwarded-For": address}) as answer:
            return answer.status

    assert [await look("192.0.2.1") for _ in range(5)] == [404, 404, 404, 429, 429]
    assert await look("192.0.2.2") == 404
    await server.stop()


async def _with_token(server, name: str, token: str) -> Client:
    answer = await server.anonymous().post("/register", {"username": name, "password": "correct horse", "auth": {
        "type": "m.login.registration_token", "token": token}})
    return Client(server.client_url, server.name, answer["user_id"], answer["access_token"], answer["device_id"])


async def _with_secret(server, name: str) -> Client:
    """An account of a server whose registration is closed to strangers."""
    path = "/_synapse/admin/v1/register"
    nonce = (await server.anonymous().get(path))["nonce"]
    text = "\0".join([nonce, name, "correct horse", "notadmin"])
    mac = hmac.new(server.shared_secret.encode(), text.encode(), hashlib.sha1).hexdigest()
    answer = await server.anonymous().post(path, {"nonce": nonce, "username": name, "password": "correct horse", "admin": False, "mac": mac})
    return Client(server.client_url, server.name, answer["user_id"], answer["access_token"], answer["device_id"])
