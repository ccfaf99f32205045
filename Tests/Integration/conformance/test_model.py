"""Four people do what people do, at random; what their clients put together from increments is what a fresh one is told at once."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from conformance.model import Follower, SlidingFollower
from harness.client import Client, segment
from harness.homeserver import Homeserver

_LONGEST_SECONDS = 60
_REFUSALS = (200, 400, 403, 404, 409, 429)


class Person:
    """Somebody who acts at random, in rooms that everybody knows of."""

    def __init__(self, client: Client, chance: random.Random, rooms: list[str], events: dict[str, list[str]], sent_to: dict[str, list]):
        self.client = client
        self._chance = chance
        self._rooms = rooms
        self._events = events
        self._sent_to = sent_to
        self.others: list[Client] = []
        self.done: dict[str, int] = {}

    async def act(self) -> None:
        """One action; that the room's rules refuse it is part of the game."""
        actions: list[tuple[int, Callable[[str], Awaitable]]] = [
            (2, self._create), (20, self._say), (6, self._join), (3, self._leave), (5, self._invite), (2, self._kick), (2, self._ban),
            (2, self._unban), (8, self._set_state), (4, self._redact), (6, self._receipt), (3, self._read_marker), (4, self._account_data),
            (4, self._room_data), (3, self._tag), (3, self._to_device), (2, self._name_oneself), (2, self._knock), (1, self._change_power)]
        action = self._chance.choices([one for _, one in actions], [weight for weight, _ in actions])[0]
        if not self._rooms:
            action = self._create
        room = self._chance.choice(self._rooms) if self._rooms else ""
        await action(room)
        self.done[action.__name__] = self.done.get(action.__name__, 0) + 1

    def _somebody(self) -> Client:
        return self._chance.choice(self.others)

    def _number(self) -> int:
        return self._chance.randrange(1_000_000)

    async def _create(self, _: str) -> None:
        if len(self._rooms) < 12:
            options = {"preset": self._chance.choice(["public_chat", "private_chat", "trusted_private_chat"])}
            if self._chance.random() < 0.5:
                options["name"] = f"Room {self._number()}"
            if self._chance.random() < 0.3:
                options |= {"invite": [self._somebody().user_id], "is_direct": True}
            if self._chance.random() < 0.3:
                options["initial_state"] = [{"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}}]
            self._rooms.append(await self.client.create_room(**options))

    async def _say(self, room: str) -> None:
        text = f"{self._number()}" + (f" {self._somebody().user_id}" if self._chance.random() < 0.2 else "")
        answer = await self.client.send(room, "m.room.message", {"msgtype": "m.text", "body": text}, expect=_REFUSALS)
        if answer.status == 200:
            self._events.setdefault(room, []).append(answer["event_id"])

    async def _join(self, room: str) -> None:
        await self.client.join(room, expect=_REFUSALS)

    async def _knock(self, room: str) -> None:
        await self.client.knock(room, expect=_REFUSALS)

    async def _leave(self, room: str) -> None:
        await self.client.membership("leave", room, expect=_REFUSALS)

    async def _invite(self, room: str) -> None:
        await self.client.membership("invite", room, self._somebody().user_id, expect=_REFUSALS)

    async def _kick(self, room: str) -> None:
        await self.client.membership("kick", room, self._somebody().user_id, expect=_REFUSALS)

    async def _ban(self, room: str) -> None:
        await self.client.membership("ban", room, self._somebody().user_id, expect=_REFUSALS)

    async def _unban(self, room: str) -> None:
        await self.client.membership("unban", room, self._somebody().user_id, expect=_REFUSALS)

    async def _set_state(self, room: str) -> None:
        kind, content = self._chance.choice([
            ("m.room.name", {"name": f"Name {self._number()}"}), ("m.room.topic", {"topic": f"Topic {self._number()}"}),
            ("org.example.state", {"n": self._number()}), ("m.room.join_rules", {"join_rule": self._chance.choice(["public", "invite", "knock"])}),
            ("m.room.history_visibility", {"history_visibility": self._chance.choice(["shared", "joined", "invited", "world_readable"])})])
        key = self._chance.choice(["", "a", "b"]) if kind == "org.example.state" else ""
        await self.client.set_state(room, kind, content, key, expect=_REFUSALS)

    async def _change_power(self, room: str) -> None:
        found = await self.client.get_state(room, "m.room.power_levels", expect=_REFUSALS)
        if found.status == 200:
            users = {**found.get("users", {}), self._somebody().user_id: self._chance.choice([0, 50])}
            await self.client.set_state(room, "m.room.power_levels", {**found, "users": users}, expect=_REFUSALS)

    async def _redact(self, room: str) -> None:
        if events := self._events.get(room):
            await self.client.redact(room, self._chance.choice(events), expect=_REFUSALS)

    async def _receipt(self, room: str) -> None:
        if events := self._events.get(room):
            kind = self._chance.choice(["m.read", "m.read", "m.read.private"])
            body = self._chance.choice([{}, {}, {"thread_id": "main"}])
            await self.client.post(f"/rooms/{segment(room)}/receipt/{kind}/{segment(events[-1])}", body, expect=_REFUSALS)

    async def _read_marker(self, room: str) -> None:
        if events := self._events.get(room):
            body = {"m.fully_read": events[-1], "m.read": events[-1]}
            await self.client.post(f"/rooms/{segment(room)}/read_markers", body, expect=_REFUSALS)

    async def _account_data(self, _: str) -> None:
        kind = self._chance.choice(["org.example.one", "org.example.two", "m.ignored_user_list_not"])
        await self.client.put(f"/user/{self.client.user_id}/account_data/{kind}", {"n": self._number()})

    async def _room_data(self, room: str) -> None:
        await self.client.put(
            f"/user/{self.client.user_id}/rooms/{segment(room)}/account_data/org.example.room", {"n": self._number()}, expect=_REFUSALS)

    async def _tag(self, room: str) -> None:
        path = f"/user/{self.client.user_id}/rooms/{segment(room)}/tags/u.tag{self._chance.randrange(3)}"
        if self._chance.random() < 0.5:
            await self.client.put(path, {"order": 0.5}, expect=_REFUSALS)
        else:
            await self.client.delete(path, expect=_REFUSALS)

    async def _to_device(self, _: str) -> None:
        other, content = self._somebody(), {"from": self.client.user_id, "n": self._number()}
        await self.client.put(
            f"/sendToDevice/org.example/{self.client.new_transaction()}", {"messages": {other.user_id: {other.device_id: content}}})
        self._sent_to[other.user_id].append(content)

    async def _name_oneself(self, _: str) -> None:
        await self.client.put(f"/profile/{self.client.user_id}/displayname", {"displayname": f"Name {self._number()}"})


async def follow_until(follower: Follower | SlidingFollower, ended: asyncio.Event) -> None:
    """Follows while things happen, and then until nothing new comes."""
    while not ended.is_set():
        await follower.step(timeout=500)
    quiet = 0
    while quiet < 3:
        quiet = 0 if await follower.step(timeout=100) else quiet + 1


def differences(one: object, other: object, path: str = "") -> list[str]:
    """Where two pictures differ: path, by increments, fresh."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [line for key in sorted(one.keys() | other.keys()) for line in differences(one.get(key), other.get(key), f"{path}/{key}")]
    return [] if one == other else [f"{path}: by increments {one!r:.300}, fresh {other!r:.300}"]


def by_sender(messages: list[dict]) -> dict[str, list[int]]:
    """Each sender's messages in their order; whose of two came first that were sent at the same time, nobody can say."""
    return {sender: [message["n"] for message in messages if message["from"] == sender] for sender in {message["from"] for message in messages}}


def ends_alike(followed: list[str], fresh: list[str]) -> bool:
    """Whether two timelines agree as far back as both go."""
    length = min(len(followed), len(fresh))
    return followed[len(followed) - length:] == fresh[len(fresh) - length:]


@pytest.mark.timeout(300)
async def test_increments_add_up_to_a_fresh_sync(request: pytest.FixtureRequest, subject: Homeserver):
    seed, actions = request.config.getoption("--model-seed"), request.config.getoption("--model-actions")
    clients = await subject.register_many("model", 4)
    rooms: list[str] = []
    events: dict[str, list[str]] = {}
    sent_to: dict[str, list] = {client.user_id: [] for client in clients}
    people = [Person(client, random.Random(f"{seed} {number}"), rooms, events, sent_to) for number, client in enumerate(clients)]
    for person in people:
        person.others = [client for client in clients if client is not person.client]
    classic = [Follower(client, state_after=number % 2 == 1) for number, client in enumerate(clients)]
    sliding = [SlidingFollower(client) for client in clients]
    ended = asyncio.Event()
    following = [asyncio.create_task(follow_until(follower, ended)) for follower in [*classic, *sliding]]

    async def live(person: Person) -> None:
        deadline = asyncio.get_running_loop().time() + _LONGEST_SECONDS
        for _ in range(actions):
            if asyncio.get_running_loop().time() > deadline:
                return
            await person.act()

    try:
        await asyncio.gather(*(live(person) for person in people))
    finally:
        ended.set()
        await asyncio.wait(following, timeout=60)
    for task in following:
        task.result()
    for number, client in enumerate(clients):
        told = f"seed {seed}, {client.user_id}, {people[number].done}"
        fresh = Follower(client, state_after=number % 2 == 1)
        await fresh.step()
        # Synapse tells what was read before a join to a fresh client only.
        leave_out = ("receipts",) if subject.kind == "synapse" else ()
        found = differences(classic[number].picture(leave_out), fresh.picture(leave_out))
        assert not found, f"/sync, {told}\n" + "\n".join(found)
        assert by_sender(classic[number].to_device) == by_sender(sent_to[client.user_id]), f"messages for devices, {told}"
        for identifier, room in fresh.joined.items():
            assert ends_alike(classic[number].joined[identifier].timeline, room.timeline), f"the timeline of {identifier} by /sync, {told}"
        fresh_sliding = SlidingFollower(client)
        await fresh_sliding.step()
        followed = sliding[number].picture()
        # Synapse does not tell when an invite is no more.
        if subject.kind == "synapse":
            followed["invited"] = fresh_sliding.picture()["invited"]
        found = differences(followed, fresh_sliding.picture())
        assert not found, f"sliding sync, {told}\n" + "\n".join(found)
        assert fresh_sliding.count == len(fresh_sliding.rooms), f"the length of the list of a fresh connection, {told}"
        timelines = sliding[number].timelines()
        for identifier, timeline in fresh_sliding.timelines().items():
            assert ends_alike(timelines[identifier], timeline), f"the timeline of {identifier} by sliding sync, {told}"
        assert set(fresh.joined) == set(fresh_sliding.picture()["joined"]), f"joined rooms by either, {told}"
