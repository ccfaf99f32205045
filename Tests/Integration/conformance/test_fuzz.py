"""Every operation of the client-server API under requests made from its description: right ones, wrong ones, hostile ones."""

import asyncio
import base64
import secrets

import pytest
import requests

from conformance.accounts import new_admin
from conformance.extensions import names
from conformance.fuzzing import Fuzzer, operations
from conformance.table import endpoints
from harness.client import Client
from harness.homeserver import Homeserver

pytestmark = pytest.mark.martlet_only

# A server that is not there: asking it fails at once.
_NOWHERE = "localhost:1"
# One pixel.
_PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
# A call may end the session or the account it is made with, so each is made with an account of its own.
_SACRIFICES = frozenset((
    "POST /_matrix/client/v3/logout", "POST /_matrix/client/v3/logout/all", "POST /_matrix/client/v3/account/deactivate",
    "POST /_matrix/client/v3/account/password", "POST /_matrix/client/v3/delete_devices",
    "DELETE /_matrix/client/v3/devices/{deviceId}"))
# Nothing else is left out, but for what endpoints.tsv lists as absent.
_ABSENT = frozenset(str(endpoint) for endpoint in endpoints() if endpoint.absent)
_FUZZED = [str(endpoint) for endpoint in endpoints() if endpoint.api == "client" and str(endpoint) not in _ABSENT] + names()


async def world(server: Homeserver, user: Client) -> dict[str, list[str]]:
    """Identifiers that exist: an own room, a room of somebody else's, one that the user is not in, and what is in them."""
    other = await server.register("other")
    mine = await user.create_room(preset="public_chat", room_version="11")
    theirs = await other.create_room(preset="public_chat")
    hidden = await other.create_room(preset="private_chat")
    await user.join(theirs)
    events = [await user.say(mine, "one"), await user.say(theirs, "two"), await other.say(hidden, "three")]
    await user.send(mine, "m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": events[0], "key": "+"}})
    alias = f"#fuzz-{secrets.token_hex(4)}:{server.name}"
    await user.put(f"/directory/room/{alias.replace('#', '%23')}", {"room_id": mine})
    filter_id = (await user.post(f"/user/{user.user_id}/filter", {"room": {"timeline": {"limit": 5}}}))["filter_id"]
    backup = await user.post("/room_keys/version", {
        "algorithm": "m.megolm_backup.v1.curve25519-aes-sha2", "auth_data": {"public_key": "abcdefg", "signatures": {}}})
    await user.put("/pushrules/global/content/own", {"actions": ["notify"], "pattern": "fuzz"})
    since = (await user.sync())["next_batch"]
    start = (await user.messages(mine))["start"]
    media = (await user.request("POST", "/_matrix/media/v3/upload", raw=_PICTURE))["content_uri"].rsplit("/", 1)[1]
    return {
        "roomId": [mine, theirs, hidden, f"!gone:{_NOWHERE}"], "roomIdOrAlias": [mine, theirs, alias, f"#gone:{_NOWHERE}"],
        "roomAlias": [alias, f"#new:{server.name}", f"#gone:{_NOWHERE}"], "localpart": [f"fuzz-{secrets.token_hex(4)}"],
        "userId": [user.user_id, other.user_id, f"@gone:{_NOWHERE}", f"@nobody:{server.name}"], "eventId": [*events, "$unknown"],
        "deviceId": [user.device_id, "UNKNOWN"], "token": [since, start], "serverName": [server.name, _NOWHERE], "mediaId": [media, "unknown"],
        "filterId": [filter_id, "99"], "version": [backup["version"], "99"], "sessionId": ["session"],
        "relType": ["m.annotation", "m.thread"],
        "kind": ["content", "override", "sender", "room", "underride"], "ruleId": ["own", ".m.rule.master"],
        "width": ["32", "96"], "height": ["32", "96"], "stateKey": ["", user.user_id], "roomVersion": ["12", "11", "6", "1"],
        "keyName": ["displayname", "avatar_url", "m.tz", "org.example.field"],
        "eventType": ["m.room.message", "m.room.topic", "m.room.power_levels", "m.room.member", "m.room.join_rules", "org.example.type"],
    }


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", _FUZZED)
async def test_operation(request: pytest.FixtureRequest, subject: Homeserver, name: str):
    """As a person with rooms, and as an administrator: never a 5xx, never a hang, errors in JSON, answers of the described shape."""
    examples = request.config.getoption("--fuzz-examples")
    seed = request.config.getoption("--fuzz-seed")
    for label, user in (("a user", await subject.register("fuzz")), ("an administrator", await new_admin(subject))):
        real = await world(subject, user)
        if "/v1/admin/" in name:
            # An administrator who locks itself out could not go on.
            real["userId"] = [one for one in real["userId"] if one != user.user_id]
        fuzzer = Fuzzer(subject.client_url, user.token)

        def fresh() -> str:
            body = {"auth": {"type": "m.login.dummy"}, "password": "correct horse"}
            return requests.post(f"{subject.client_url}/_matrix/client/v3/register", json=body, timeout=10).json()["access_token"]

        await asyncio.to_thread(fuzzer.run, name, real, examples, seed, fresh if name in _SACRIFICES else None)
        print(f"{name} as {label}: {dict(sorted(fuzzer.statuses.items()))}")
        assert subject.process.alive, f"the server ended, as {label}\n{fuzzer.report()}\n{subject.process.tail()}"
        is_clean = not fuzzer.problems
        assert is_clean, f"as {label}, {fuzzer.sent} requests\n{fuzzer.report()}"
    await user.get("/account/whoami")
