"""A thin Matrix client over plain HTTP, which shows requests and answers as they are."""

import asyncio
import itertools
import json
import secrets
from typing import Any
from urllib.parse import quote

import aiohttp

_sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}


def shared_session() -> aiohttp.ClientSession:
    """The HTTP session of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _sessions:
        _sessions[loop] = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=90)
        )
    return _sessions[loop]


async def close_session() -> None:
    """Closes the session of the running event loop."""
    session = _sessions.pop(asyncio.get_running_loop(), None)
    if session is not None:
        await session.close()


class UnexpectedAnswer(AssertionError):
    """An answer whose status or error code is not the expected one."""


class Answer(dict):
    """A JSON object with the HTTP status it came with."""

    status: int = 0


def segment(value: str) -> str:
    """A value percent-encoded as one path segment."""
    return quote(value, safe="")


class Client:
    """One device of one account (or nobody) on one server."""

    def __init__(self, base_url: str, server_name: str, user_id: str | None = None, token: str | None = None,
                 device_id: str | None = None):
        self.base_url = base_url
        self.server_name = server_name
        self.user_id = user_id
        self.token = token
        self.device_id = device_id
        self.password: str | None = None
        self._transactions = itertools.count()
        self._prefix = secrets.token_hex(4)

    # Requests

    async def request(self, method: str, path: str, body: Any = None, expect: int | tuple[int, ...] = 200,
                      error: str | tuple[str, ...] | None = None,
                      query: dict[str, Any] | None = None, raw: bytes | None = None) -> Answer:
        """Sends a request and holds the answer to the expected status (and `errcode`)."""
        url = self.base_url + (path if path.startswith("/_") else f"/_matrix/client/v3{path}")
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = raw
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        # The path is already encoded: `URL(..., encoded=True)` keeps it as it is.
        target = aiohttp.client.URL(url, encoded=True)
        if query:
            target = target.update_query({k: _text(v) for k, v in query.items() if v is not None})
        async with shared_session().request(method, target, data=data, headers=headers) as response:
            text = await response.text()
            status = response.status
        try:
            parsed = json.loads(text) if text else {}
        except json.JSONDecodeError:
            parsed = {"unparsable": text[:500]}
        answer = Answer(parsed) if isinstance(parsed, dict) else Answer(chunk=parsed)
        answer.status = status
        if status not in _several(expect) or (error is not None and answer.get("errcode") not in _several(error)):
            raise UnexpectedAnswer(
                f"{method} {target} as {self.user_id}\n  body: {json.dumps(body)[:800]}\n"
                f"  expected: {expect} {error or ''}\n  got: {status} {text[:1200]}"
            )
        return answer

    async def get(self, path: str, **options) -> Answer:
        """GET."""
        return await self.request("GET", path, **options)

    async def post(self, path: str, body: Any = None, **options) -> Answer:
        """POST, with an empty object when no body is given."""
        return await self.request("POST", path, {} if body is None else body, **options)

    async def put(self, path: str, body: Any = None, **options) -> Answer:
        """PUT, with an empty object when no body is given."""
        return await self.request("PUT", path, {} if body is None else body, **options)

    async def delete(self, path: str, **options) -> Answer:
        """DELETE."""
        return await self.request("DELETE", path, **options)

    def new_transaction(self) -> str:
        """A transaction ID this client has not used."""
        return f"{self._prefix}.{next(self._transactions)}"

    # Rooms

    async def create_room(self, **options) -> str:
        """Creates a room and returns its ID."""
        return (await self.post("/createRoom", options))["room_id"]

    async def join(self, room_or_alias: str, via: str | None = None, **options) -> Answer:
        """Joins by ID or alias, through the server `via`."""
        query = {"via": via, "server_name": via} if via else None
        return await self.post(f"/join/{segment(room_or_alias)}", query=query, **options)

    async def knock(self, room: str, via: str | None = None, body: dict | None = None, **options) -> Answer:
        """Knocks on a room."""
        query = {"via": via, "server_name": via} if via else None
        return await self.post(f"/knock/{segment(room)}", body, query=query, **options)

    async def membership(self, action: str, room: str, user: str | None = None, reason: str | None = None,
                         **options) -> Answer:
        """invite, kick, ban, unban (of `user`), leave or forget."""
        body = {key: value for key, value in (("user_id", user), ("reason", reason)) if value is not None}
        return await self.post(f"/rooms/{segment(room)}/{action}", body, **options)

    async def send(self, room: str, kind: str, content: dict, transaction: str | None = None, **options) -> Answer:
        """Sends a message event."""
        transaction = transaction or self.new_transaction()
        return await self.put(f"/rooms/{segment(room)}/send/{segment(kind)}/{segment(transaction)}", content, **options)

    async def say(self, room: str, text: str, **options) -> str:
        """Sends a text message and returns its event ID."""
        return (await self.send(room, "m.room.message", {"msgtype": "m.text", "body": text}, **options))["event_id"]

    async def redact(self, room: str, event: str, reason: str = "because", **options) -> Answer:
        """Redacts an event."""
        path = f"/rooms/{segment(room)}/redact/{segment(event)}/{self.new_transaction()}"
        return await self.put(path, {"reason": reason}, **options)

    async def set_state(self, room: str, kind: str, content: dict, key: str = "", **options) -> Answer:
        """Sets a state event."""
        return await self.put(f"/rooms/{segment(room)}/state/{segment(kind)}/{segment(key)}", content, **options)

    async def get_state(self, room: str, kind: str, key: str = "", **options) -> Answer:
        """The content of a state event."""
        return await self.get(f"/rooms/{segment(room)}/state/{segment(kind)}/{segment(key)}", **options)

    async def full_state(self, room: str) -> dict[tuple[str, str], dict]:
        """Every current state event of a room by type and state key."""
        events = (await self.get(f"/rooms/{segment(room)}/state"))["chunk"]
        return {(event["type"], event["state_key"]): event for event in events}

    async def event(self, room: str, event: str, **options) -> Answer:
        """One event."""
        return await self.get(f"/rooms/{segment(room)}/event/{segment(event)}", **options)

    async def messages(self, room: str, direction: str = "b", start: str | None = None, limit: int = 100,
                       **options) -> Answer:
        """One page of a room's history."""
        query = {"dir": direction, "from": start, "limit": limit, **options.pop("query", {})}
        return await self.get(f"/rooms/{segment(room)}/messages", query=query, **options)

    async def history(self, room: str, direction: str = "b", start: str | None = None, pages: int = 100,
                      limit: int = 100) -> list[dict]:
        """All events of a room in one direction, page by page until the end."""
        events: list[dict] = []
        for _ in range(pages):
            page = await self.messages(room, direction, start, limit)
            events += page["chunk"]
            start = page.get("end")
            if start is None or (direction == "f" and not page["chunk"]):
                return events
        raise AssertionError(f"history of {room} did not end in {pages} pages")

    # Sync

    async def sync(self, since: str | None = None, timeout: int = 0, **query) -> Answer:
        """One /sync request; `filter` may be an object."""
        if isinstance(query.get("filter"), dict):
            query["filter"] = json.dumps(query["filter"])
        return await self.get("/sync", query={"since": since, "timeout": timeout, **query})

    def stream(self, since: str | None = None, **query) -> "SyncStream":
        """A stream of sync responses, starting after `since`; timelines are long enough not to have gaps."""
        query.setdefault("filter", {"room": {"timeline": {"limit": 100}}})
        return SyncStream(self, since, query)


class SyncStream:
    """Follows /sync and remembers what it has brought."""

    def __init__(self, client: Client, since: str | None, query: dict):
        self._client = client
        self._query = query
        self.since = since
        self.timeline: dict[str, list[dict]] = {}
        self.ephemeral: dict[str, dict[str, dict]] = {}
        self.invited: dict[str, list[dict]] = {}
        self.knocked: dict[str, list[dict]] = {}
        self.left: dict[str, list[dict]] = {}

    async def step(self, timeout: int = 0) -> Answer:
        """Takes one response in."""
        response = await self._client.sync(self.since, timeout, **self._query)
        self.since = response["next_batch"]
        rooms = response.get("rooms", {})
        for room, update in rooms.get("join", {}).items():
            self.timeline.setdefault(room, []).extend(update.get("timeline", {}).get("events", []))
            for event in update.get("ephemeral", {}).get("events", []):
                self.ephemeral.setdefault(room, {})[event["type"]] = event["content"]
        for room, update in rooms.get("invite", {}).items():
            self.invited[room] = update["invite_state"]["events"]
        for room, update in rooms.get("knock", {}).items():
            self.knocked[room] = update["knock_state"]["events"]
        for room, update in rooms.get("leave", {}).items():
            self.timeline.setdefault(room, []).extend(update.get("timeline", {}).get("events", []))
            self.left[room] = update.get("timeline", {}).get("events", [])
        return response

    async def until(self, satisfied, what: str = "the awaited update", timeout_seconds: float = 30) -> "SyncStream":
        """Follows until `satisfied(stream)` holds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        while not satisfied(self):
            left = deadline - loop.time()
            if left <= 0:
                seen = {room: [event.get("content", {}).get("body", event["type"]) for event in events][-60:]
                        for room, events in self.timeline.items()}
                raise AssertionError(f"{what} did not come by sync of {self._client.user_id} in {timeout_seconds} s; "
                                     f"seen: {seen}, {self.ephemeral}")
            await self.step(timeout=int(min(left, 10) * 1000))
        return self

    async def until_event(self, room: str, event_id: str, timeout_seconds: float = 30) -> dict:
        """Follows until an event is in the room's timeline, and returns it."""
        await self.until(lambda s: any(e["event_id"] == event_id for e in s.timeline.get(room, [])),
                         f"event {event_id} in {room}", timeout_seconds)
        return next(e for e in self.timeline[room] if e["event_id"] == event_id)

    def bodies(self, room: str) -> list[str]:
        """The message bodies seen in a room, in order."""
        return [event["content"]["body"] for event in self.timeline.get(room, [])
                if event["type"] == "m.room.message" and "body" in event["content"]]


def _several(value: Any) -> tuple:
    return value if isinstance(value, tuple) else (value,)


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
