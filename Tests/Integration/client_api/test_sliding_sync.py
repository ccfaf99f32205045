"""Simplified sliding sync (MSC4186), spoken as Element X does: a connection for the room list, another for encryption."""

import asyncio
import time

import pytest

from harness.client import Client

PATH = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"
FINAL_PATH = "/_matrix/client/v4/sync"

LIST_STATE = [
    ["m.room.name", ""], ["m.room.encryption", ""], ["m.room.member", "$LAZY"], ["m.room.member", "$ME"], ["m.room.topic", ""],
    ["m.room.avatar", ""], ["m.room.canonical_alias", ""], ["m.room.power_levels", ""], ["org.matrix.msc3401.call.member", "*"],
    ["m.room.join_rules", ""], ["m.room.tombstone", ""], ["m.room.create", ""], ["m.room.history_visibility", ""],
    ["io.element.functional_members", ""], ["m.space.parent", "*"], ["m.space.child", "*"], ["org.matrix.msc3672.beacon_info", "*"],
]
SUBSCRIPTION_STATE = [*LIST_STATE, ["m.room.pinned_events", ""]]


class RoomList:
    """The connection `room-list`: a list that grows, and the rooms that are open."""

    def __init__(self, client: Client):
        self.client = client
        self.pos: str | None = None
        self.last = 19
        self.open: list[str] = []
        self.rooms: dict[str, dict] = {}
        self.timelines: dict[str, list[dict]] = {}
        self.count = 0
        self.account_data: dict[str, dict] = {}
        self.receipts: dict[str, dict] = {}
        self.typing: dict[str, list[str]] = {}

    def body(self) -> dict:
        body = {
            "conn_id": "room-list",
            "lists": {"all_rooms": {"ranges": [[0, self.last]], "timeline_limit": 1, "required_state": LIST_STATE, "filters": {}}},
            "extensions": {
                "account_data": {"enabled": True},
                "receipts": {"enabled": True, "rooms": ["*"]},
                "typing": {"enabled": True},
                "io.element.msc4308.thread_subscriptions": {"enabled": True, "limit": 10},
            },
        }
        if self.open:
            body["room_subscriptions"] = {
                room: {"timeline_limit": 20, "required_state": SUBSCRIPTION_STATE} for room in self.open}
        return body

    async def ask(self, timeout: int = 0, **options) -> dict:
        """A request whose answer is not taken in."""
        return await self.client.post(PATH, self.body(), query={"pos": self.pos, "timeout": timeout, "set_presence": "online"}, **options)

    async def step(self, timeout: int = 0) -> dict:
        """A request whose answer is taken in."""
        answer = await self.ask(timeout)
        self.pos = answer["pos"]
        self.count = answer["lists"]["all_rooms"]["count"]
        for room, update in answer["rooms"].items():
            if update.get("initial"):
                self.rooms[room], self.timelines[room] = {}, []
            assert room in self.rooms, f"{room} was never told as initial"
            self.rooms[room].update(update)
            if update.get("limited"):
                self.timelines[room] = []
            known = {event["event_id"] for event in self.timelines[room]}
            self.timelines[room] += [event for event in update.get("timeline", []) if event["event_id"] not in known]
        extensions = answer["extensions"]
        for event in extensions.get("account_data", {}).get("global", []):
            self.account_data[event["type"]] = event["content"]
        for room, event in extensions.get("receipts", {}).get("rooms", {}).items():
            assert event["type"] == "m.receipt"
            self.receipts.setdefault(room, {}).update(event["content"])
        for room, event in extensions.get("typing", {}).get("rooms", {}).items():
            self.typing[room] = event["content"]["user_ids"]
        return answer

    async def grow(self) -> None:
        """As long as there are rooms beyond the range."""
        while self.last + 1 < self.count:
            self.last = min(self.last + 80 if self.last == 19 else self.last + 100, self.count - 1) if self.count > 100 else 99
            await self.step()

    def state(self, room: str) -> set[tuple[str, str]]:
        return {(event["type"], event["state_key"]) for event in self.rooms[room].get("required_state", [])}

    def bodies(self, room: str) -> list[str]:
        return [event["content"]["body"] for event in self.timelines[room] if event["type"] == "m.room.message"]


class Encryption:
    """The connection `encryption`: messages for the device and news of keys."""

    def __init__(self, client: Client):
        self.client = client
        self.pos: str | None = None
        self.since: str | None = None
        self.messages: list[dict] = []

    async def step(self, timeout: int = 0) -> dict:
        to_device = {"enabled": True} | ({"since": self.since} if self.since else {})
        answer = await self.client.post(
            PATH, {"conn_id": "encryption", "extensions": {"to_device": to_device, "e2ee": {"enabled": True}}},
            query={"pos": self.pos, "timeout": timeout})
        self.pos = answer["pos"]
        self.since = answer["extensions"]["to_device"]["next_batch"]
        self.messages += answer["extensions"]["to_device"].get("events", [])
        return answer


async def _to_device(sender: Client, receiver: Client, text: str) -> None:
    path = f"/sendToDevice/org.example.note/{sender.new_transaction()}"
    await sender.put(path, {"messages": {receiver.user_id: {receiver.device_id: {"text": text}}}})


async def test_the_server_offers_sliding_sync(alice):
    answer = await alice.get("/_matrix/client/versions")
    assert answer["unstable_features"]["org.matrix.simplified_msc3575"] is True


@pytest.mark.timeout(600)
async def test_a_day_with_element_x(request, start_server):
    server = await start_server(request.config.getoption("--subject"), "sliding")
    alice, bob = await server.register_many("person", 2)
    rooms = []
    for number in range(30):
        rooms.append(await alice.create_room(preset="public_chat", name=f"Room {number}"))
        await alice.say(rooms[-1], f"hello {number}")
    for room in rooms[:3]:
        await bob.join(room)
    secret = await bob.create_room(preset="private_chat", name="Secret", invite=[alice.user_id], is_direct=True)

    listing, encryption = RoomList(alice), Encryption(alice)
    first, keys = await asyncio.gather(listing.step(), encryption.step())
    assert len(first["rooms"]) == 20 and listing.count == 31
    assert keys["extensions"]["e2ee"]["device_one_time_keys_count"] is not None
    assert isinstance(keys["extensions"]["e2ee"]["device_unused_fallback_key_types"], list)
    assert "m.push_rules" in listing.account_data
    invitation = listing.rooms[secret]
    assert {"m.room.name", "m.room.member", "m.room.join_rules"} <= {event["type"] for event in invitation["invite_state"]}
    assert invitation["bump_stamp"] > 0 and "timeline" not in invitation

    newest = listing.rooms[rooms[-1]]
    assert newest["name"] == "Room 29" and newest["joined_count"] == 1 and newest["limited"] is True and newest["prev_batch"]
    assert {("m.room.create", ""), ("m.room.power_levels", ""), ("m.room.member", alice.user_id)} <= listing.state(rooms[-1])
    assert newest["notification_count"] == 0

    # The list grows, page by page, and nothing comes twice.
    await listing.grow()
    assert len(listing.rooms) == 31
    assert not (await listing.ask())["rooms"]

    # A room is opened: a screen of history.
    for number in range(25):
        await bob.say(rooms[0], f"talk {number}")
    listing.open = [rooms[0]]
    answer = await listing.step()
    told = answer["rooms"][rooms[0]]
    assert listing.bodies(rooms[0]) == [f"talk {number}" for number in range(5, 25)]
    assert told["notification_count"] == 25 and told.get("initial") is None and told["num_live"] == 20
    assert ("m.room.member", bob.user_id) in listing.state(rooms[0])
    earlier = await alice.messages(rooms[0], "b", told["prev_batch"], limit=1)
    assert earlier["chunk"][0]["content"]["body"] == "talk 4"

    # Live: messages, typing, receipts; the encryption connection sleeps through them.
    sleeping = asyncio.create_task(encryption.step(timeout=20_000))
    waiting = asyncio.create_task(listing.step(timeout=20_000))
    await asyncio.sleep(0.2)
    sent = await bob.say(rooms[0], "live")
    started = time.monotonic()
    await waiting
    assert time.monotonic() - started < 5
    assert listing.bodies(rooms[0])[-1] == "live"
    waiting = asyncio.create_task(listing.step(timeout=20_000))
    await asyncio.sleep(0.1)
    await bob.put(f"/rooms/{rooms[0]}/typing/{bob.user_id}", {"typing": True, "timeout": 20_000})
    await waiting
    assert listing.typing[rooms[0]] == [bob.user_id]
    await bob.post(f"/rooms/{rooms[0]}/receipt/m.read/{sent}")
    await listing.step(timeout=5_000)
    assert bob.user_id in listing.receipts[rooms[0]][sent]["m.read"]
    await alice.post(f"/rooms/{rooms[0]}/receipt/m.read.private/{sent}")
    answer = await listing.step(timeout=5_000)
    assert answer["rooms"][rooms[0]]["notification_count"] == 0
    assert not sleeping.done()
    await _to_device(bob, alice, "wake")
    await sleeping
    assert [message["content"]["text"] for message in encryption.messages] == ["wake"]

    # The answer to this request gets lost with the server.
    lost = await bob.say(rooms[1], "before the end")
    before = await listing.ask()
    assert before["rooms"][rooms[1]]["timeline"][-1]["event_id"] == lost
    await _to_device(bob, alice, "in the queue")
    server.process.kill()
    await server.process.start()

    # The same position goes on, and tells the same again.
    await bob.say(rooms[2], "after the start")
    answer = await listing.step()
    assert set(answer["rooms"]) == {rooms[1], rooms[2]}
    assert all("initial" not in update for update in answer["rooms"].values())
    assert listing.bodies(rooms[1])[-1] == "before the end" and listing.bodies(rooms[2])[-1] == "after the start"
    await encryption.step()
    assert [message["content"]["text"] for message in encryption.messages] == ["wake", "in the queue"]
    await encryption.step()
    assert len(encryption.messages) == 2

    # Joining by invitation, leaving, being removed.
    await alice.join(secret)
    answer = await listing.step()
    assert answer["rooms"][secret]["initial"] is True and "invite_state" not in answer["rooms"][secret]
    assert answer["rooms"][secret]["name"] == "Secret"
    await bob.membership("kick", secret, alice.user_id)
    answer = await listing.step()
    assert answer["rooms"][secret]["timeline"][-1]["content"]["membership"] == "leave"
    await alice.membership("leave", rooms[5])
    answer = await listing.step()
    assert [event["content"]["membership"] for event in answer["rooms"][rooms[5]]["timeline"]] == ["leave"]

    # A name that goes, an expired position, a device that goes.
    await alice.set_state(rooms[0], "m.room.name", {})
    answer = await listing.step()
    assert answer["rooms"][rooms[0]]["name"] is None
    assert [hero["user_id"] for hero in answer["rooms"][rooms[0]]["heroes"]] == [bob.user_id]
    old, listing.pos = listing.pos, "p999999_1_1_1_0"
    await listing.ask(expect=400, error="M_UNKNOWN_POS")
    listing.pos = old
    await listing.ask()


async def test_nothing_outside_the_windows_wakes_a_client(alice, bob):
    room = await alice.create_room(preset="public_chat")
    other = await alice.create_room(preset="public_chat")
    body = {"conn_id": "one", "room_subscriptions": {room: {"timeline_limit": 5, "required_state": []}}}
    pos = (await alice.post(PATH, body))["pos"]
    waiting = asyncio.create_task(alice.post(PATH, body, query={"pos": pos, "timeout": 1500}))
    await asyncio.sleep(0.2)
    for number in range(5):
        await alice.say(other, f"elsewhere {number}")
    started = time.monotonic()
    answer = await waiting
    assert time.monotonic() - started > 0.8 and answer["rooms"] == {}


async def test_the_final_form(alice, bob):
    space = await alice.create_room(creation_content={"type": "m.space"}, name="Space")
    room = await alice.create_room(preset="public_chat", name="Child")
    await alice.set_state(space, "m.space.child", {"via": [alice.server_name]}, key=room)
    await bob.join(room)
    body = {
        "conn_id": "final", "timeout": 0, "set_presence": "offline",
        "lists": {
            "spaces": {"timeline_limit": 0, "required_state": {"include": [{"type": "m.space.child"}]}, "filters": {"room_types": ["m.space"]}},
            "children": {
                "range": [0, 9], "timeline_limit": 10, "filters": {"spaces": [space]},
                "required_state": {"include": [{}], "exclude": [{"type": "m.room.topic"}], "lazy_members": True}},
        },
    }
    answer = await alice.post(FINAL_PATH, body)
    assert answer["rooms"][space]["lists"] == ["spaces"] and answer["rooms"][room]["lists"] == ["children"]
    assert [event["state_key"] for event in answer["rooms"][space]["required_state"]] == [room]
    assert answer["rooms"][room]["membership"] == "join"
    await bob.say(room, "hello")
    answer = await alice.post(FINAL_PATH, body | {"pos": answer["pos"], "timeout": 5000})
    assert [event["content"]["body"] for event in answer["rooms"][room]["timeline"]] == ["hello"]
    newest = await alice.messages(room, "b", answer["pos"], limit=1)
    assert newest["chunk"][0]["content"]["body"] == "hello"
    for wrong, error in (({"lists": {"a": {}}}, "M_MISSING_PARAM"), ({"set_presence": "asleep"}, "M_INVALID_PARAM"),
                         ({"lists": {"a": {"timeline_limit": "1"}}}, "M_BAD_JSON"), ({"pos": "zebra"}, "M_UNKNOWN_POS")):
        await alice.post(FINAL_PATH, wrong, expect=400, error=error)


async def test_positions_outlive_the_server_however_it_ends(request, start_server):
    server = await start_server(request.config.getoption("--subject"), "sliding-ends")
    alice, bob = await server.register_many("person", 2)
    rooms = [await alice.create_room(name=f"Room {number}") for number in range(30)]
    listing, encryption = RoomList(alice), Encryption(alice)
    sent = []

    async def note(text: str) -> None:
        await _to_device(bob, alice, text)
        sent.append(text)

    await note("first")
    await listing.step()
    await encryption.step()
    # An orderly end: what was answered last is known afterwards, and tells nothing twice.
    listing.last = 24
    await listing.step()
    await server.process.stop()
    await server.process.start()
    answer = await listing.ask()
    assert answer["rooms"] == {}
    await note("second")
    await encryption.step()
    assert [message["content"]["text"] for message in encryption.messages] == sent

    # A kill right after an answer: its position goes on, or the client begins anew. Nothing is lost or comes twice either way.
    outcomes = []
    for round_number in range(6):
        await note(f"note {round_number}")
        await alice.say(rooms[round_number], f"before {round_number}")
        before = listing.pos
        await asyncio.gather(listing.step(), encryption.step())
        server.process.kill()
        await server.process.start()
        await note(f"later {round_number}")
        await alice.say(rooms[round_number], f"after {round_number}")
        for connection in (listing, encryption):
            query = {"pos": connection.pos, "timeout": 0}
            body = listing.body() if connection is listing else {"conn_id": "encryption"}
            answer = await alice.post(PATH, body, query=query, expect=(200, 400))
            outcomes.append(answer.status)
            if answer.status == 400:
                assert answer["errcode"] == "M_UNKNOWN_POS"
                if connection is listing:
                    # The position before it goes on.
                    assert (await alice.post(PATH, body, query={"pos": before, "timeout": 0}))["rooms"]
                connection.pos = None
        await asyncio.gather(listing.step(), encryption.step())
        assert [message["content"]["text"] for message in encryption.messages] == sent
        assert listing.bodies(rooms[round_number])[-1] == f"after {round_number}"
    await encryption.step()
    assert [message["content"]["text"] for message in encryption.messages] == sent
    assert len(outcomes) == 12
