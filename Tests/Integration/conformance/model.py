"""What a client knows of its rooms after a number of sync answers, by /sync and by sliding sync."""

import json
from dataclasses import dataclass, field
from typing import Any

from harness.client import Client

TIMELINE = 50
_SLIDING = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"


@dataclass
class Room:
    """A joined room as a client has put it together."""

    state: dict[str, str] = field(default_factory=dict)
    timeline: list[str] = field(default_factory=list)
    account_data: dict[str, Any] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)

    def take_state(self, events: list[dict]) -> None:
        """Overwrites slots of the state."""
        for event in events:
            if "state_key" in event:
                self.state[f"{event['type']}/{event['state_key']}"] = event["event_id"]

    def take_receipts(self, content: dict) -> None:
        """The latest receipt of each person, kind and thread."""
        for event, kinds in content.items():
            for kind, people in kinds.items():
                for person, receipt in people.items():
                    self.receipts[f"{kind} {person} {receipt.get('thread_id', '')}"] = event


class Follower:
    """A client that follows /sync, and can be held against one that has just begun."""

    def __init__(self, client: Client, state_after: bool):
        self._client = client
        self._state_after = state_after
        self._since: str | None = None
        self.joined: dict[str, Room] = {}
        self.invited: set[str] = set()
        self.knocked: set[str] = set()
        self.account_data: dict[str, Any] = {}
        self.to_device: list[Any] = []

    async def step(self, timeout: int = 0) -> bool:
        """Takes an answer in, and tells whether it held anything."""
        query = {"filter": json.dumps({"room": {"timeline": {"limit": TIMELINE}}, "presence": {"types": []}}), "since": self._since,
                 "timeout": timeout, "use_state_after": True if self._state_after else None}
        answer = await self._client.get("/sync", query=query)
        self._since = answer["next_batch"]
        for event in answer.get("account_data", {}).get("events", []):
            self.account_data[event["type"]] = event["content"]
        self.to_device += [event["content"] for event in answer.get("to_device", {}).get("events", [])]
        rooms = answer.get("rooms", {})
        for identifier, update in rooms.get("join", {}).items():
            self._take_joined(identifier, update)
        for section, update in ((section, update) for section in ("invite", "knock", "leave") for update in rooms.get(section, {}).items()):
            identifier, content = update
            self.joined.pop(identifier, None)
            self.invited.discard(identifier)
            self.knocked.discard(identifier)
            if section == "invite":
                assert any(event["type"] == "m.room.member" for event in content["invite_state"]["events"]), content
                self.invited.add(identifier)
            elif section == "knock":
                self.knocked.add(identifier)
        return any(rooms.values()) or any(answer.get(section, {}).get("events") for section in ("account_data", "to_device"))

    def _take_joined(self, identifier: str, update: dict) -> None:
        self.invited.discard(identifier)
        self.knocked.discard(identifier)
        room = self.joined.setdefault(identifier, Room())
        timeline = update.get("timeline", {})
        events = timeline.get("events", [])
        if timeline.get("limited"):
            room.timeline.clear()
        room.timeline += [event["event_id"] for event in events]
        if self._state_after:
            room.take_state(update.get("state_after", {}).get("events", []))
        else:
            room.take_state(update.get("state", {}).get("events", []))
            room.take_state(events)
        for event in update.get("account_data", {}).get("events", []):
            room.account_data[event["type"]] = event["content"]
        for event in update.get("ephemeral", {}).get("events", []):
            if event["type"] == "m.receipt":
                room.take_receipts(event["content"])
        room.counts.update(update.get("unread_notifications", {}))
        room.counts.update({key: value for key, value in update.get("summary", {}).items() if key != "m.heroes"})

    def picture(self, leave_out: tuple[str, ...] = ()) -> dict:
        """Everything that a client shows, as one comparable value."""
        rooms = {}
        for identifier, room in self.joined.items():
            # No tags and tags that are all gone are the same.
            data = {kind: content for kind, content in room.account_data.items() if content != {"tags": {}}}
            parts = {"state": room.state, "account data": data, "receipts": room.receipts, "counts": room.counts}
            rooms[identifier] = {name: part for name, part in parts.items() if name not in leave_out}
        return {"joined": rooms, "invited": sorted(self.invited), "knocked": sorted(self.knocked), "account data": self.account_data}


class SlidingFollower:
    """The same by sliding sync, with one list that holds every room."""

    def __init__(self, client: Client):
        self._client = client
        self._position: str | None = None
        self.count = 0
        self.rooms: dict[str, dict[str, Any]] = {}

    async def step(self, timeout: int = 0) -> bool:
        """Takes an answer in, and tells whether it held anything."""
        body = {
            "lists": {"all": {"ranges": [[0, 999]], "timeline_limit": TIMELINE, "required_state": [["*", "*"]]}},
            "extensions": {name: {"enabled": True} for name in ("account_data", "receipts")},
        }
        query = {"pos": self._position, "timeout": timeout}
        answer = await self._client.post(_SLIDING, body, query=query)
        self._position = answer["pos"]
        self.count = answer.get("lists", {}).get("all", {}).get("count", self.count)
        for identifier, update in answer.get("rooms", {}).items():
            if update.get("initial") or identifier not in self.rooms:
                self.rooms[identifier] = {"state": Room(), "fields": {}, "stripped": []}
            room = self.rooms[identifier]
            room["state"].take_state(update.get("required_state", []))
            for event in [*update.get("required_state", []), *update.get("timeline", [])]:
                if event["type"] == "m.room.member" and event.get("state_key") == self._client.user_id:
                    room["membership"] = event["content"]["membership"]
            if "invite_state" in update or "stripped_state" in update:
                room["membership"] = "invite"
            room["membership"] = update.get("membership", room.get("membership"))
            if update.get("limited"):
                room["state"].timeline.clear()
            room["state"].timeline += [event["event_id"] for event in update.get("timeline", [])]
            for name in ("name", "joined_count", "invited_count", "notification_count", "highlight_count", "is_dm"):
                if name in update:
                    room["fields"][name] = update[name]
        return bool(answer.get("rooms"))

    def timelines(self) -> dict[str, list[str]]:
        """The timeline of each joined room."""
        return {identifier: room["state"].timeline for identifier, room in self.rooms.items() if room.get("membership") == "join"}

    def picture(self) -> dict:
        """What the list shows, as one comparable value."""
        joined = {identifier: {"state": room["state"].state, **room["fields"]} for identifier, room in self.rooms.items()
                  if room.get("membership") == "join"}
        invited = sorted(identifier for identifier, room in self.rooms.items() if room.get("membership") == "invite")
        return {"joined": joined, "invited": invited}
