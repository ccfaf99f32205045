"""What a running server offers, held against the specification's list of operations."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from conformance.accounts import new_admin, new_guest
from conformance.table import Endpoint, endpoints, named, values
from harness.client import Client, shared_session
from harness.homeserver import Homeserver

pytestmark = pytest.mark.martlet_only


class Reply:
    """Status, headers and JSON of an answer."""

    def __init__(self, request: str, status: int, headers: Any, body: bytes):
        self.request, self.status, self.headers, self.body = request, status, headers, body
        self.content_type = headers.get("Content-Type", "").split(";")[0]
        try:
            self.json = json.loads(body) if self.content_type == "application/json" else {}
        except ValueError:
            self.json = {}
        self.errcode = self.json.get("errcode") if isinstance(self.json, dict) else None

    def __str__(self) -> str:
        return f"{self.request}: {self.status} {self.body[:300]!r}"

    @property
    def unrecognized(self) -> bool:
        """Whether the server does not know the operation."""
        return self.status in (404, 405) and self.errcode in (None, "M_UNRECOGNIZED")


async def call(endpoint: Endpoint, base: str, path: str, token: str | None = None, method: str | None = None,
               headers: dict[str, str] | None = None) -> Reply:
    """Sends a request to an operation, with a body that only few of them ask for."""
    method = method or endpoint.method
    sent = {"Content-Type": "application/json"} if method in ("PUT", "POST") else {}
    if token:
        sent["Authorization"] = f"Bearer {token}"
    url = aiohttp.client.URL(base + path + ("?timeout=0" if method == "GET" else ""), encoded=True)
    data = b'{"visibility": "private"}' if method in ("PUT", "POST") else None
    async with shared_session().request(method, url, data=data, headers={**sent, **(headers or {})}, allow_redirects=False) as answer:
        return Reply(f"{method} {url}", answer.status, answer.headers, await answer.read())


def expect_error(reply: Reply, status: int, errcode: str) -> None:
    """Holds an answer to an error."""
    assert (reply.status, reply.errcode) == (status, errcode), f"expected {status} {errcode}: {reply}"


@pytest_asyncio.fixture(scope="session")
async def equipped(start_server) -> Homeserver:
    """A server with everything on that settings turn on."""
    well_known = {"client": "https://matrix.localhost", "server": "matrix.localhost:443", "support_page": "https://localhost/help"}
    return await start_server("martlet", "endpoints", settings={"well_known": well_known, "registration": {"allow_guests": True}})


@pytest_asyncio.fixture
async def server(equipped: Homeserver) -> AsyncIterator[Homeserver]:
    """That server, up again where a test before this one ended it; which fails that test."""
    if not equipped.process.alive:
        await equipped.process.start()
    yield equipped
    assert equipped.process.alive, f"the server ended:\n{equipped.process.tail()}"


async def with_room(server: Homeserver, user: Client) -> dict[str, str]:
    """Values of a user who has a room with an event in it."""
    room = await user.create_room(preset="private_chat")
    return values(server, user, room, await user.say(room, "hello"))


@pytest.mark.parametrize("endpoint", **named(lambda e: e.api == "client" and not e.absent))
async def test_the_client_server_api(server: Homeserver, endpoint: Endpoint):
    """Served, and to those only who may call."""
    # Some of these end the session or the account: each gets its own.
    user = await (new_admin(server) if endpoint.caller == "admin" else server.register("user"))
    filled = endpoint.filled(await with_room(server, user))
    base = server.client_url
    unknown = {"user": (401, "M_UNKNOWN_TOKEN"), "admin": (401, "M_UNKNOWN_TOKEN"), "service": (401, "M_UNKNOWN_TOKEN")}

    if endpoint.caller in unknown:
        expect_error(await call(endpoint, base, filled), 401, "M_MISSING_TOKEN")
        expect_error(await call(endpoint, base, filled, "unknown"), *unknown[endpoint.caller])
        guest = await new_guest(server)
        for_guest = await call(endpoint, base, endpoint.filled(values(server, guest)), guest.token)
        if endpoint.guests != "-":
            assert for_guest.errcode != "M_GUEST_ACCESS_FORBIDDEN", f"a guest may do this: {for_guest}"
        else:
            expect_error(for_guest, 403, "M_GUEST_ACCESS_FORBIDDEN")
    else:
        anonymous = await call(endpoint, base, filled)
        assert anonymous.errcode not in ("M_MISSING_TOKEN", "M_UNRECOGNIZED"), f"needs no token: {anonymous}"

    if endpoint.caller in ("admin", "service"):
        other = await server.register("other")
        expect_error(await call(endpoint, base, filled, other.token), 403, "M_FORBIDDEN")
    reply = await call(endpoint, base, filled, None if endpoint.caller == "public" else user.token)
    assert not reply.unrecognized, f"not served: {reply}"
    assert reply.status < 500, f"failed: {reply}"
    if reply.status >= 400:
        assert reply.content_type == "application/json" and (reply.errcode or "flows" in reply.json), f"no standard error: {reply}"


async def test_whois_of_another_is_for_administrators(server: Homeserver):
    one, other = await server.register_many("whois", 2)
    path = f"/admin/whois/{other.user_id}"
    await one.get(path, expect=403, error="M_FORBIDDEN")
    assert (await other.get(path))["user_id"] == other.user_id
    assert (await (await new_admin(server)).get(path))["user_id"] == other.user_id


@pytest.mark.parametrize("endpoint", **named(lambda e: e.api == "server" and not e.absent))
async def test_the_server_server_api(server: Homeserver, fake, endpoint: Endpoint):
    """Served, to signed requests only where the specification asks for a signature."""
    user = await server.register("user")
    path = endpoint.filled(await with_room(server, user))
    content = {} if endpoint.method in ("PUT", "POST") else None
    unsigned = await fake.request(endpoint.method, server, path, content, authorization="")
    if endpoint.caller == "server":
        assert unsigned.status == 401 and unsigned.get("errcode"), f"unsigned: {unsigned.status} {unsigned}"
    reply = await fake.request(endpoint.method, server, path, content)
    assert reply.status < 500 and reply.get("errcode") != "M_UNRECOGNIZED", f"{endpoint}: {reply.status} {reply}"
    assert reply.status < 400 or reply.get("errcode"), f"{endpoint}: no standard error: {reply.status} {reply}"


@pytest.mark.parametrize("endpoint", **named(lambda e: e.absent is not None))
async def test_what_is_listed_as_absent_is_absent(server: Homeserver, endpoint: Endpoint):
    """So that the list of what is missing stays true: once it is served, the line of endpoints.tsv loses its reason."""
    user = await server.register("user")
    reply = await call(endpoint, server.client_url, endpoint.filled(await with_room(server, user)), user.token)
    assert reply.unrecognized, f"listed as absent ({endpoint.absent}), yet it answers: {reply}"


@pytest.mark.parametrize("endpoint", **named(lambda e: e.api == "client" and not e.absent))
async def test_methods(server: Homeserver, endpoint: Endpoint):
    """Another method is refused as such, and a browser may ask beforehand."""
    path = endpoint.filled(values(server, server.anonymous()))
    expect_error(await call(endpoint, server.client_url, path, method="PATCH"), 405, "M_UNRECOGNIZED")
    asked = await call(endpoint, server.client_url, path, method="OPTIONS", headers={
        "Origin": "https://app.example", "Access-Control-Request-Method": endpoint.method})
    assert asked.status in (200, 204) and asked.headers.get("Access-Control-Allow-Origin") == "*", str(asked)
    assert endpoint.method in asked.headers.get("Access-Control-Allow-Methods", ""), str(dict(asked.headers))


async def test_unknown_operations(server: Homeserver, alice: Client):
    """What no specification names is 404 M_UNRECOGNIZED, with and without a token."""
    one = endpoints()[0]
    for path in ("/_matrix/client/v3/nothing", "/_matrix/client/v3/rooms/!a:b/nothing", "/_matrix/federation/v1/nothing",
                 "/_matrix/nothing", "/_matrix/client/v99/sync", "/_matrix/key/v2/nothing", "/_matrix/media/v3/nothing"):
        for token in (None, alice.token):
            expect_error(await call(one, server.client_url, path, token), 404, "M_UNRECOGNIZED")
