"""Accounts: registration, login, tokens, devices."""

import secrets

import pytest

from harness.client import Client, segment


def name() -> str:
    return f"account-{secrets.token_hex(4)}"


async def test_versions_and_flows_need_no_account(subject):
    anonymous = subject.anonymous()
    versions = (await anonymous.get("/_matrix/client/versions"))["versions"]
    assert "v1.11" in versions and "v1.1" in versions
    flows = (await anonymous.get("/login"))["flows"]
    assert {"type": "m.login.password"} in [{"type": flow["type"]} for flow in flows]


async def test_registration_asks_for_authentication_first(subject):
    anonymous = subject.anonymous()
    username = name()
    challenge = await anonymous.post("/register", {"username": username, "password": "correct horse"}, expect=401)
    assert challenge["session"] and ["m.login.dummy"] in [flow["stages"] for flow in challenge["flows"]]
    body = {"username": username, "password": "correct horse",
            "auth": {"type": "m.login.dummy", "session": challenge["session"]}}
    account = await anonymous.post("/register", body)
    assert account["user_id"] == f"@{username}:{subject.name}"
    assert account["access_token"] and account["device_id"]


async def test_registration_without_login(subject):
    body = {"username": name(), "password": "correct horse", "inhibit_login": True, "auth": {"type": "m.login.dummy"}}
    account = await subject.anonymous().post("/register", body)
    assert "access_token" not in account and "device_id" not in account


async def test_names_in_use_and_invalid_names(subject, alice):
    anonymous = subject.anonymous()
    taken = alice.user_id[1:].split(":")[0]
    await anonymous.get("/register/available", query={"username": taken}, expect=400, error="M_USER_IN_USE")
    assert (await anonymous.get("/register/available", query={"username": name()}))["available"] is True
    await anonymous.get("/register/available", query={"username": "Not Valid!"}, expect=400, error="M_INVALID_USERNAME")
    body = {"username": taken, "password": "correct horse", "auth": {"type": "m.login.dummy"}}
    await anonymous.post("/register", body, expect=400, error="M_USER_IN_USE")
    await anonymous.post("/register", {**body, "username": "Not Valid!"}, expect=400, error="M_INVALID_USERNAME")


async def test_unknown_kind_of_account(subject):
    answer = await subject.anonymous().request("POST", "/register", {"auth": {"type": "m.login.dummy"}}, expect=400,
                                               query={"kind": "wizard"})
    assert answer["errcode"] in ("M_UNRECOGNIZED", "M_INVALID_PARAM", "M_UNKNOWN")


@pytest.mark.parametrize("full", [False, True], ids=["localpart", "full-id"])
async def test_login_with_password(subject, alice, full):
    user = alice.user_id if full else alice.user_id[1:].split(":")[0]
    answer = await subject.anonymous().post("/login", {
        "type": "m.login.password", "identifier": {"type": "m.id.user", "user": user}, "password": alice.password,
        "device_id": "KITCHEN", "initial_device_display_name": "Kitchen tablet"})
    assert answer["user_id"] == alice.user_id and answer["device_id"] == "KITCHEN"
    device = await alice.get("/devices/KITCHEN")
    assert device["display_name"] == "Kitchen tablet"


async def test_login_refusals(subject, alice):
    anonymous = subject.anonymous()
    right = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": alice.user_id}}
    await anonymous.post("/login", {**right, "password": "wrong"}, expect=403, error="M_FORBIDDEN")
    unknown = {**right, "identifier": {"type": "m.id.user", "user": "@nobody-at-all:" + subject.name}}
    await anonymous.post("/login", {**unknown, "password": "wrong"}, expect=403, error="M_FORBIDDEN")
    answer = await anonymous.post("/login", {"type": "m.login.telepathy"}, expect=400)
    assert answer["errcode"] in ("M_UNKNOWN", "M_UNRECOGNIZED", "M_INVALID_PARAM")
    await anonymous.request("POST", "/login", raw=b"{not json", expect=400, error="M_NOT_JSON")


async def test_whoami_logout_and_dead_tokens(subject, alice):
    who = await alice.get("/account/whoami")
    assert who["user_id"] == alice.user_id and who["device_id"] == alice.device_id
    await subject.anonymous().get("/account/whoami", expect=401, error="M_MISSING_TOKEN")
    stranger = Client(subject.client_url, subject.name, alice.user_id, "not-a-token")
    await stranger.get("/account/whoami", expect=401, error="M_UNKNOWN_TOKEN")
    await alice.post("/logout")
    await alice.get("/account/whoami", expect=401, error="M_UNKNOWN_TOKEN")


async def login(subject, user, **extra) -> Client:
    answer = await subject.anonymous().post("/login", {
        "type": "m.login.password", "identifier": {"type": "m.id.user", "user": user.user_id},
        "password": user.password, **extra})
    client = Client(subject.client_url, subject.name, user.user_id, answer["access_token"], answer["device_id"])
    client.password = user.password
    client.login_answer = answer
    return client


async def test_logout_everywhere(subject, alice):
    second = await login(subject, alice)
    await second.post("/logout/all")
    await alice.get("/account/whoami", expect=401, error="M_UNKNOWN_TOKEN")
    await second.get("/account/whoami", expect=401, error="M_UNKNOWN_TOKEN")


async def test_refresh_tokens_rotate(subject, alice):
    second = await login(subject, alice, refresh_token=True)
    answer = second.login_answer
    assert answer["refresh_token"] and answer["expires_in_ms"] > 0
    renewed = await subject.anonymous().post("/refresh", {"refresh_token": answer["refresh_token"]})
    assert renewed["access_token"] != answer["access_token"] and renewed["refresh_token"] != answer["refresh_token"]
    second.token = renewed["access_token"]
    assert (await second.get("/account/whoami"))["device_id"] == second.device_id
    # Using the new token retires the old refresh token.
    await subject.anonymous().post("/refresh", {"refresh_token": answer["refresh_token"]}, expect=(401, 403))
    await subject.anonymous().post("/refresh", {"refresh_token": "unheard-of"}, expect=401, error="M_UNKNOWN_TOKEN")


async def test_devices(subject, alice):
    second = await login(subject, alice, device_id="SECOND")
    listed = {device["device_id"] for device in (await alice.get("/devices"))["devices"]}
    assert listed == {alice.device_id, "SECOND"}
    await alice.put("/devices/SECOND", {"display_name": "renamed"})
    assert (await second.get("/devices/SECOND"))["display_name"] == "renamed"
    await alice.get("/devices/NONE", expect=404, error="M_NOT_FOUND")
    await alice.put("/devices/NONE", {"display_name": "x"}, expect=404, error="M_NOT_FOUND")

    challenge = await alice.request("DELETE", "/devices/SECOND", {}, expect=401)
    assert ["m.login.password"] in [flow["stages"] for flow in challenge["flows"]]
    proof = {"type": "m.login.password", "session": challenge["session"], "password": "wrong",
             "identifier": {"type": "m.id.user", "user": alice.user_id}}
    refused = await alice.request("DELETE", "/devices/SECOND", {"auth": proof}, expect=401)
    assert refused["errcode"] == "M_FORBIDDEN" and refused["flows"]
    await alice.request("DELETE", "/devices/SECOND", {"auth": {**proof, "password": alice.password}})
    await second.get("/account/whoami", expect=401, error="M_UNKNOWN_TOKEN")
    assert [device["device_id"] for device in (await alice.get("/devices"))["devices"]] == [alice.device_id]


async def test_changing_the_password(subject, alice):
    second = await login(subject, alice)
    body = {"new_password": "battery staple"}
    challenge = await alice.post("/account/password", body, expect=401)
    proof = {"type": "m.login.password", "session": challenge["session"], "password": alice.password,
             "identifier": {"type": "m.id.user", "user": alice.user_id}}
    await alice.post("/account/password", {**body, "auth": proof, "logout_devices": True})
    await alice.get("/account/whoami")
    await second.get("/account/whoami", expect=401, error="M_UNKNOWN_TOKEN")
    old = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": alice.user_id}}
    await subject.anonymous().post("/login", {**old, "password": alice.password}, expect=403)
    await subject.anonymous().post("/login", {**old, "password": "battery staple"})


async def test_deactivation(subject, alice, bob):
    room = await bob.create_room(preset="public_chat")
    await alice.join(room)
    challenge = await alice.post("/account/deactivate", {}, expect=401)
    proof = {"type": "m.login.password", "session": challenge["session"], "password": alice.password,
             "identifier": {"type": "m.id.user", "user": alice.user_id}}
    await alice.post("/account/deactivate", {"auth": proof})
    await alice.get("/account/whoami", expect=401, error="M_UNKNOWN_TOKEN")
    await subject.anonymous().post("/login", {
        "type": "m.login.password", "identifier": {"type": "m.id.user", "user": alice.user_id},
        "password": alice.password}, expect=403)
    stream = bob.stream()
    await stream.until(lambda s: any(e["type"] == "m.room.member" and e["state_key"] == alice.user_id
                                     and e["content"]["membership"] == "leave" for e in s.timeline.get(room, [])),
                       "the deactivated user's leave")


async def test_capabilities(alice):
    capabilities = (await alice.get("/capabilities"))["capabilities"]
    available = capabilities["m.room_versions"]["available"]
    assert {"6", "9", "10", "11", "12"} <= set(available)
    assert capabilities["m.room_versions"]["default"] in available
    assert capabilities["m.change_password"]["enabled"] is True


async def test_shared_secret_registration(subject):
    import hashlib
    import hmac

    anonymous = subject.anonymous()
    nonce = (await anonymous.get("/_synapse/admin/v1/register"))["nonce"]
    username = name()
    message = b"\0".join([nonce.encode(), username.encode(), b"correct horse", b"notadmin"])
    mac = hmac.new(subject.shared_secret.encode(), message, hashlib.sha1).hexdigest()
    body = {"nonce": nonce, "username": username, "password": "correct horse", "admin": False, "mac": mac}
    account = await anonymous.post("/_synapse/admin/v1/register", body)
    assert account["user_id"] == f"@{username}:{subject.name}"
    await anonymous.post("/_synapse/admin/v1/register", body, expect=400)
    nonce = (await anonymous.get("/_synapse/admin/v1/register"))["nonce"]
    await anonymous.post("/_synapse/admin/v1/register", {**body, "nonce": nonce, "username": name(), "mac": "00"},
                         expect=403)


async def test_unknown_endpoints_and_methods(alice):
    await alice.get("/nothing/here", expect=404, error="M_UNRECOGNIZED")
    await alice.request("PATCH", "/createRoom", {}, expect=405, error="M_UNRECOGNIZED")


async def test_cross_origin_requests_are_allowed(subject):
    from harness.client import shared_session

    async with shared_session().options(f"{subject.client_url}/_matrix/client/v3/login") as answer:
        assert answer.status in (200, 204)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
