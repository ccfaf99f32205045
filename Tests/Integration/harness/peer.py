"""A federation peer written for tests: it has a key, a TLS listener, and no rules."""

import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from aiohttp import web

from .authority import CertificateAuthority
from .client import Answer, shared_session
from .ports import free_port
from .signing import Signer, event_id

Responder = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FakeServer:
    """Serves its keys and the events it is given; sends whatever a test wants to send."""

    def __init__(self, authority: CertificateAuthority):
        self._authority = authority
        self.port = free_port()
        self.name = f"localhost:{self.port}"
        self.signer = Signer(self.name)
        self.events: dict[str, dict] = {}
        self.requests: Counter[str] = Counter()
        self.responders: dict[str, Responder] = {}
        self.received: list[dict] = []
        self._runner: web.AppRunner | None = None
        self._counter = int(time.time() * 1000)

    async def start(self) -> None:
        """Starts listening."""
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        context = self._authority.server_context(self._authority.issue(f"fake-{self.port}"))
        await web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=context, shutdown_timeout=0.2).start()

    async def stop(self) -> None:
        """Stops listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    # Answering

    def respond(self, fragment: str, responder: Responder) -> None:
        """Answers requests whose path contains `fragment` with `responder`."""
        self.responders[fragment] = responder

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        endpoint = next((part for part in ("get_missing_events", "state_ids", "state", "event_auth", "event", "backfill",
                                           "query", "send", "key", "version") if f"/{part}" in path), path)
        self.requests[endpoint] += 1
        for fragment, responder in self.responders.items():
            if fragment in path:
                return await responder(request)
        if "/_matrix/key/v2/server" in path:
            return web.json_response(self.key_document())
        if "/_matrix/federation/v1/send/" in path:
            self.received.append(await request.json())
            return web.json_response({"pdus": {}})
        if "/_matrix/federation/v1/event/" in path:
            wanted = self.events.get(path.rsplit("/", 1)[1])
            if wanted is not None:
                return web.json_response({"origin": self.name, "origin_server_ts": now(), "pdus": [wanted]})
        if "/_matrix/federation/v1/version" in path:
            return web.json_response({"server": {"name": "fake", "version": "1"}})
        return web.json_response({"errcode": "M_NOT_FOUND", "error": "not here"}, status=404)

    def key_document(self) -> dict:
        """What /_matrix/key/v2/server answers."""
        return self.signer.sign_json({
            "server_name": self.name,
            "valid_until_ts": now() + 86_400_000,
            "verify_keys": {self.signer.key_id: {"key": self.signer.public_key}},
            "old_verify_keys": {},
        })

    # Sending

    async def request(self, method: str, server: Any, path: str, content: Any = None, query: Any = None,
                      authorization: str | None = None, raw: bytes | None = None, timeout_seconds: float = 60) -> Answer:
        """Sends a signed request to a homeserver and returns its answer, whatever it is."""
        uri = path + ("?" + urlencode(query, doseq=True) if query else "")
        header = authorization
        if header is None:
            header = self.signer.authorization(method, uri, server.name, content)
        body = raw if raw is not None else (json.dumps(content).encode() if content is not None else None)
        url = aiohttp.client.URL(f"https://127.0.0.1:{server.federation_port}{uri}", encoded=True)
        headers = {"Content-Type": "application/json", "Host": server.name}
        if header:
            headers["Authorization"] = header
        async with shared_session().request(method, url, data=body, headers=headers, ssl=self._authority.client_context(),
                                            timeout=aiohttp.ClientTimeout(total=timeout_seconds)) as response:
            text = await response.text()
            try:
                parsed = json.loads(text) if text else {}
            except json.JSONDecodeError:
                parsed = {"unparsable": text[:500]}
            answer = Answer(parsed) if isinstance(parsed, dict) else Answer(list=parsed)
            answer.status = response.status
            return answer

    async def send(self, server: Any, pdus: list = (), edus: list = (), transaction: str | None = None, **options) -> Answer:
        """Sends a transaction."""
        self._counter += 1
        path = f"/_matrix/federation/v1/send/{transaction or self._counter}"
        content = {"origin": self.name, "origin_server_ts": now(), "pdus": list(pdus), "edus": list(edus)}
        return await self.request("PUT", server, path, content, **options)

    async def join(self, server: Any, room: str, localpart: str = "mallory") -> "FakeMember":
        """Joins a room through a homeserver."""
        user = f"@{localpart}:{self.name}"
        versions = [("ver", str(version)) for version in range(1, 13)]
        path = f"/_matrix/federation/v1/make_join/{quote(room, safe='')}/{quote(user, safe='')}"
        template = await self.request("GET", server, path, query=versions)
        assert template.status == 200, f"make_join: {template.status} {template}"
        version = template.get("room_version", "1")
        draft = {**template["event"], "origin_server_ts": now()}
        if int(version) <= 2:
            draft["event_id"] = f"$join-{self._counter}:{self.name}"
        event = self.signer.sign_event(draft, version)
        own_id = event.get("event_id") or event_id(event, version)
        path = f"/_matrix/federation/v2/send_join/{quote(room, safe='')}/{quote(own_id, safe='')}"
        answer = await self.request("PUT", server, path, event)
        assert answer.status == 200, f"send_join: {answer.status} {answer}"
        self.events[own_id] = event
        return FakeMember(self, server, room, version, user, own_id, event, answer["state"])


class FakeMember:
    """A member of a room on the fake server, able to write events into it."""

    def __init__(self, fake: FakeServer, server: Any, room: str, version: str, user: str, join_id: str, join: dict,
                 state: list[dict]):
        self.fake = fake
        self.server = server
        self.room = room
        self.version = version
        self.user = user
        self.tip = join_id
        self.depth = join["depth"]
        wanted = ["m.room.power_levels"] if int(version) >= 12 else ["m.room.create", "m.room.power_levels"]
        self.auth = [self.identifier(event) for event in state if event["type"] in wanted and event["state_key"] == ""]
        self.auth.append(join_id)

    def identifier(self, event: dict) -> str:
        """The ID of an event in this room's version."""
        return event["event_id"] if int(self.version) <= 2 else event_id(event, self.version)

    def reference(self, identifier: str) -> Any:
        """An event as `prev_events` and `auth_events` name it."""
        return [identifier, {}] if int(self.version) <= 2 else identifier

    def draft(self, body: str = "hello", **changes) -> dict:
        """A message event after the current tip, not yet hashed or signed."""
        event = {
            "type": "m.room.message",
            "room_id": self.room,
            "sender": self.user,
            "content": {"msgtype": "m.text", "body": body},
            "origin_server_ts": now(),
            "depth": self.depth + 1,
            "prev_events": [self.reference(self.tip)],
            "auth_events": [self.reference(identifier) for identifier in self.auth],
        }
        event.update(changes)
        return event

    def event(self, body: str = "hello", advance: bool = True, **changes) -> tuple[str, dict]:
        """A message event, hashed and signed, with its ID; it becomes the tip unless told otherwise."""
        signed = self.fake.signer.sign_event(self.draft(body, **changes), self.version)
        identifier = self.identifier(signed)
        if advance:
            self.tip, self.depth = identifier, signed["depth"]
            self.fake.events[identifier] = signed
        return identifier, signed


def now() -> int:
    """The time in milliseconds."""
    return int(time.time() * 1000)
