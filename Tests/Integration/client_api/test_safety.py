"""Reports, blocked invites, suspension, locks, and the end of accounts."""

import hashlib
import hmac
import secrets

import pytest

from harness.client import Client, segment
from harness.waiting import eventually

PERMISSION = "m.invite_permission_config"


async def administrator(server) -> Client:
    """A new administrator, made with the shared secret."""
    anonymous = server.anonymous()
    name, password = f"root-{secrets.token_hex(4)}", secrets.token_hex(8)
    nonce = (await anonymous.get("/_synapse/admin/v1/register"))["nonce"]
    message = b"\0".join(part.encode() for part in (nonce, name, password, "admin"))
    mac = hmac.new(server.shared_secret.encode(), message, hashlib.sha1).hexdigest()
    body = {"nonce": nonce, "username": name, "password": password, "admin": True, "mac": mac}
    account = await anonymous.post("/_synapse/admin/v1/register", body)
    return Client(server.client_url, server.name, account["user_id"], account["access_token"], account["device_id"])


def password_stage(client: Client, password: str) -> dict:
    return {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": client.user_id}, "password": password}


async def test_reports(alice, bob):
    room = await alice.create_room(preset="public_chat")
    event = await alice.say(room, "rude")
    await bob.post(f"/rooms/{segment(room)}/report/{segment(event)}", {"reason": "x"}, expect=404, error="M_NOT_FOUND")
    await bob.post(f"/rooms/{segment(room)}/report", {"reason": "bad"})
    await bob.post("/rooms/!nowhere:nowhere.example/report", {"reason": "bad"})
    await bob.post(f"/users/{segment(alice.user_id)}/report", {"reason": "bad"})
    await bob.post(f"/users/{segment('@nobody:' + alice.server_name)}/report", {"reason": ""})
    await bob.post(f"/users/{segment(alice.user_id)}/report", {}, expect=400)
    await bob.join(room)
    await bob.post(f"/rooms/{segment(room)}/report/{segment(event)}", {"reason": "rude", "score": -100})
    await bob.post(f"/rooms/{segment(room)}/report/{segment(event)}", {"score": 5}, expect=400)


async def block(client: Client, action: str | None = "block") -> None:
    content = {"default_action": action} if action else {}
    await client.put(f"/user/{segment(client.user_id)}/account_data/{PERMISSION}", content)


async def test_blocked_invites(alice, bob):
    room = await alice.create_room()
    await block(bob)
    await alice.membership("invite", room, bob.user_id, expect=403, error="M_INVITE_BLOCKED")
    await alice.set_state(room, "m.room.member", {"membership": "invite"}, bob.user_id, expect=403, error="M_INVITE_BLOCKED")
    await alice.post("/createRoom", {"invite": [bob.user_id]}, expect=403, error="M_INVITE_BLOCKED")
    await block(bob, None)
    await alice.membership("invite", room, bob.user_id)
    await block(bob)
    assert room not in (await bob.sync())["rooms"].get("invite", {})
    await block(bob, None)
    assert room in (await bob.sync())["rooms"]["invite"]


async def test_blocked_invites_across_servers(subject, peer):
    mine, theirs = await subject.register("host"), await peer.register("guest")
    room = await theirs.create_room(room_version="11")
    await block(mine)
    await theirs.membership("invite", room, mine.user_id, expect=(403, 502))
    assert room not in (await mine.sync())["rooms"].get("invite", {})
    await block(mine, None)
    await theirs.membership("invite", room, mine.user_id)
    stream = mine.stream()
    await stream.until(lambda s: room in s.invited, "the invite")


async def set_standing(admin: Client, kind: str, user: str, value: bool) -> None:
    name = {"suspend": "suspended", "lock": "locked"}[kind]
    assert await admin.put(f"/_matrix/client/v1/admin/{kind}/{segment(user)}", {name: value}) == {name: value}
    assert await admin.get(f"/_matrix/client/v1/admin/{kind}/{segment(user)}") == {name: value}


async def test_suspension(subject, alice, bob):
    admin = await administrator(subject)
    room, other = await alice.create_room(preset="public_chat"), await alice.create_room(preset="public_chat")
    await bob.join(room)
    own = await bob.say(room, "before")
    theirs = await alice.say(room, "mine")
    invited = await alice.create_room(invite=[bob.user_id])
    await set_standing(admin, "suspend", bob.user_id, True)

    refused = {"expect": 403, "error": "M_USER_SUSPENDED"}
    await bob.send(room, "m.room.message", {"msgtype": "m.text", "body": "x"}, **refused)
    await bob.set_state(room, "m.room.topic", {"topic": "x"}, **refused)
    await bob.join(other, **refused)
    await bob.knock(other, **refused)
    await bob.membership("invite", room, alice.user_id, **refused)
    await bob.post("/createRoom", {}, **refused)
    await bob.put(f"/profile/{segment(bob.user_id)}/displayname", {"displayname": "x"}, **refused)
    await bob.redact(room, theirs, **refused)
    await bob.put(f"/rooms/{segment(room)}/typing/{segment(bob.user_id)}", {"typing": True}, **refused)

    assert (await bob.sync())["rooms"]["join"][room]
    await bob.messages(room)
    await bob.redact(room, own)
    await bob.put(f"/user/{segment(bob.user_id)}/account_data/org.example", {"a": 1})
    await bob.post("/keys/query", {"device_keys": {alice.user_id: []}})
    await bob.membership("leave", invited)
    await bob.membership("leave", room)

    await set_standing(admin, "suspend", bob.user_id, False)
    await bob.join(other)
    await bob.say(other, "after")


async def test_locking(subject, bob):
    admin = await administrator(subject)
    await set_standing(admin, "lock", bob.user_id, True)
    refusal = await bob.get("/account/whoami", expect=401, error="M_USER_LOCKED")
    assert refusal["soft_logout"] is True
    await set_standing(admin, "lock", bob.user_id, False)
    await bob.get("/account/whoami")
    await admin.put(f"/_matrix/client/v1/admin/lock/{segment(admin.user_id)}", {"locked": True}, expect=403, error="M_FORBIDDEN")
    await admin.put("/_matrix/client/v1/admin/lock/%40x%3Aelsewhere.example", {"locked": True}, expect=400, error="M_INVALID_PARAM")
    await bob.put(f"/_matrix/client/v1/admin/suspend/{segment(admin.user_id)}", {"suspended": True}, expect=403, error="M_FORBIDDEN")
    capabilities = (await admin.get("/capabilities"))["capabilities"]
    assert capabilities["m.account_moderation"] == {"suspend": True, "lock": True}


async def test_whois(alice, bob):
    answer = await alice.get(f"/admin/whois/{segment(alice.user_id)}")
    assert answer["user_id"] == alice.user_id and len(answer["devices"]) == 1
    await bob.get(f"/admin/whois/{segment(alice.user_id)}", expect=403, error="M_FORBIDDEN")


@pytest.mark.parametrize("erase", [False, True])
async def test_deactivation(subject, alice, erase):
    gone = await subject.register("gone", password="wonderland and more")
    early, late = await subject.register("early"), await subject.register("late")
    room = await gone.create_room(preset="public_chat")
    await early.join(room)
    said = await gone.say(room, "words of one who goes")
    invite = await alice.create_room(invite=[gone.user_id])
    await gone.put(f"/profile/{segment(gone.user_id)}/displayname", {"displayname": "Gone"})
    await gone.post("/account/deactivate", {"auth": password_stage(gone, "wonderland and more"), "erase": erase})
    await gone.get("/account/whoami", expect=401, error="M_UNKNOWN_TOKEN")
    await eventually(lambda: early.get_state(room, "m.room.member", gone.user_id), lambda c: c["membership"] == "leave", "the departure")
    await eventually(lambda: alice.get_state(invite, "m.room.member", gone.user_id), lambda c: c["membership"] == "leave", "no invite")
    await late.join(room)
    assert (await early.event(room, said))["content"]["body"] == "words of one who goes"
    seen = await late.event(room, said)
    assert ("body" in seen["content"]) is not erase
    page = await late.messages(room)
    found = next(event for event in page["chunk"] if event["event_id"] == said)
    assert ("body" in found["content"]) is not erase
    if erase:
        await late.get(f"/profile/{segment(gone.user_id)}/displayname", expect=404)


async def test_erasure_towards_other_servers(subject, peer):
    gone = await subject.register("gone", password="wonderland and more")
    keeper = await subject.register("keeper")
    room = await gone.create_room(preset="public_chat", room_version="11")
    await keeper.join(room)
    said = await gone.say(room, "not for newcomers")
    await gone.post("/account/deactivate", {"auth": password_stage(gone, "wonderland and more"), "erase": True})
    late = await peer.register("late")
    await late.join(room, via=subject.name)

    async def history():
        return {event["event_id"]: event for event in await late.history(room)}

    found = await eventually(history, lambda events: said in events, "the history")
    assert "body" not in found[said]["content"]
    assert (await keeper.event(room, said))["content"]["body"] == "not for newcomers"


async def test_profile_change_in_many_rooms(alice, bob):
    rooms = [await alice.create_room(preset="public_chat") for _ in range(20)]
    await alice.put(f"/profile/{segment(alice.user_id)}/displayname", {"displayname": "Everywhere"})
    for room in rooms:
        await eventually(lambda: alice.get_state(room, "m.room.member", alice.user_id),
                         lambda c: c.get("displayname") == "Everywhere", "the new name")


async def test_relay_and_other_networks(alice):
    assert await alice.get("/voip/turnServer") == {}
    assert await alice.get("/thirdparty/protocols") == {}
    await alice.get("/thirdparty/protocol/irc", expect=404, error="M_NOT_FOUND")
    await alice.get("/thirdparty/location/irc", expect=404, error="M_NOT_FOUND")
    await alice.get("/thirdparty/user/irc", expect=404, error="M_NOT_FOUND")
    await alice.get("/thirdparty/location", expect=400, error="M_MISSING_PARAM")
    await alice.get("/thirdparty/location", query={"alias": "#a:b.example"}, expect=404, error="M_NOT_FOUND")
    await alice.get("/thirdparty/user", query={"userid": "@a:b.example"}, expect=404, error="M_NOT_FOUND")
