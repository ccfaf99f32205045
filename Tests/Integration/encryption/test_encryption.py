"""End-to-end encryption with a real client library, on one server and across two; keys and messages for devices that survive anything."""

import asyncio
import secrets

import aiohttp
import nio
import pytest
import pytest_asyncio

from encryption.device import PASSWORD, collect, encrypted_room, open_encrypted, say, step, until
from harness.client import Client
from harness.homeserver import Homeserver
from harness.waiting import eventually


async def converse(host: nio.AsyncClient, guest: nio.AsyncClient, room: str) -> None:
    """Encrypted messages both ways, each decrypted by the other."""
    at_host, at_guest = collect(host, nio.RoomMessageText), collect(guest, nio.RoomMessageText)
    for number in range(3):
        await say(host, room, f"to guest {number}")
        await until(guest, lambda c: f"to guest {number}" in [e.body for e in at_guest], "a decrypted message")
        await say(guest, room, f"to host {number}")
        await until(host, lambda c: f"to host {number}" in [e.body for e in at_host], "a decrypted message")
    assert all(event.decrypted for event in at_guest if event.sender == host.user_id)


@pytest_asyncio.fixture
async def opened():
    """Clients to close after the test."""
    clients: list[nio.AsyncClient] = []
    yield clients
    for client in clients:
        await client.close()


async def test_encrypted_messages_on_one_server(subject, directory, opened):
    opened += [await open_encrypted(subject, directory, name) for name in ("one", "two")]
    room = await encrypted_room(*opened)
    await converse(*opened, room)


async def test_encrypted_messages_across_servers(pair, directory, opened):
    opened += [await open_encrypted(server, directory, "far") for server in pair]
    room = await encrypted_room(*opened)
    await converse(*opened, room)


async def test_a_new_device_gets_later_messages(pair, directory, opened):
    """The other server hears of the device, its client asks for the keys, and encrypts for it."""
    host, guest = [await open_encrypted(server, directory, "device") for server in pair]
    opened += [host, guest]
    room = await encrypted_room(host, guest)
    await say(host, room, "before")
    store = directory / secrets.token_hex(4)
    store.mkdir()
    config = nio.AsyncClientConfig(encryption_enabled=True, max_limit_exceeded=0, max_timeouts=1)
    second = nio.AsyncClient(guest.homeserver, guest.user_id, store_path=str(store), config=config)
    opened.append(second)
    assert isinstance(await second.login(PASSWORD), nio.LoginResponse)
    await step(second)
    await until(host, lambda c: second.device_id in c.device_store[guest.user_id], "the new device")
    seen = collect(second, nio.RoomMessageText)
    host.invalidate_outbound_session(room)
    await say(host, room, "after")
    await until(second, lambda c: "after" in [event.body for event in seen], "a message for the new device")
    assert isinstance(await second.logout(), nio.LogoutResponse)
    await until(host, lambda c: second.device_id not in [
        device.id for device in c.device_store.active_user_devices(guest.user_id)], "the device's end")


async def to_device(client: Client, user: str, device: str, number: int) -> None:
    """Sends a numbered message to a device."""
    await client.put(f"/sendToDevice/test.number/{client.new_transaction()}", {"messages": {user: {device: {"n": number}}}})


class Inbox:
    """The numbers that a device has been sent, by the tokens that it has acknowledged."""

    def __init__(self, client: Client):
        self.client = client
        self.since: str | None = None
        self.numbers: list[int] = []

    async def step(self) -> list[int]:
        answer = await self.client.sync(self.since)
        self.numbers += [e["content"]["n"] for e in answer.get("to_device", {}).get("events", []) if e["type"] == "test.number"]
        self.since = answer["next_batch"]
        return self.numbers


async def shared_room(first: Client, second: Client) -> str:
    """A public room with both in it."""
    room = await first.create_room(preset="public_chat")
    await second.join(room, via=first.server_name)
    return room


async def test_messages_for_devices_cross_an_outage_in_order(pair, host, guest):
    """Sent while the other server cannot be reached, and over a restart of the sending one."""
    await shared_room(host, guest)
    inbox = Inbox(guest)
    await inbox.step()
    await to_device(host, guest.user_id, guest.device_id, 0)
    await eventually(inbox.step, lambda numbers: numbers == [0], "the first message")
    await pair[1].gate.cut()
    for number in range(1, 21):
        await to_device(host, guest.user_id, guest.device_id, number)
    await pair[0].stop()
    await pair[0].start()
    for number in range(21, 31):
        await to_device(host, guest.user_id, guest.device_id, number)
    await pair[1].gate.open()
    # A request of the other server tells the sender that it is back.
    await guest.post("/keys/query", {"device_keys": {host.user_id: []}}, expect=(200, 502, 503))
    await eventually(inbox.step, lambda numbers: len(numbers) >= 31, "all messages", timeout_seconds=90)
    assert inbox.numbers == list(range(31))


async def test_keys_of_the_other_server(host, guest):
    """Query, claim in order, fallback, cross-signing keys: over federation, in both directions."""
    await shared_room(host, guest)
    keys = {"user_id": guest.user_id, "device_id": guest.device_id, "algorithms": ["m.olm.v1.curve25519-aes-sha2"],
            "keys": {f"curve25519:{guest.device_id}": "c", f"ed25519:{guest.device_id}": "e"}, "signatures": {}}
    await guest.post("/keys/upload", {"device_keys": keys})
    for name in ("B", "A"):
        await guest.post("/keys/upload", {"one_time_keys": {f"signed_curve25519:{name}": {"key": name, "signatures": {}}}})
    await guest.post("/keys/upload", {"fallback_keys": {"signed_curve25519:F": {"key": "F", "fallback": True, "signatures": {}}}})
    query = {"device_keys": {guest.user_id: []}}

    async def queried():
        return (await host.post("/keys/query", query))["device_keys"].get(guest.user_id, {})

    found = await eventually(queried, lambda devices: guest.device_id in devices, "the device")
    assert found[guest.device_id]["keys"] == keys["keys"]
    claimed = []
    for _ in range(4):
        answer = await host.post("/keys/claim", {"one_time_keys": {guest.user_id: {guest.device_id: "signed_curve25519"}}})
        claimed += list(answer["one_time_keys"][guest.user_id][guest.device_id])
    assert claimed == [f"signed_curve25519:{name}" for name in ("B", "A", "F", "F")]


async def test_device_lists_across_servers(host, guest):
    """The other server's users see that keys came, and that a device went."""
    since = (await host.sync())["next_batch"]
    await shared_room(host, guest)
    changed: set[str] = set()

    async def follow():
        nonlocal since
        answer = await host.sync(since)
        since = answer["next_batch"]
        changed.update(answer.get("device_lists", {}).get("changed", []))
        return guest.user_id in changed

    await eventually(follow, what="the guest's join")
    keys = {"user_id": guest.user_id, "device_id": guest.device_id, "algorithms": ["a"],
            "keys": {f"ed25519:{guest.device_id}": "first"}, "signatures": {}}
    query = {"device_keys": {guest.user_id: []}}
    changed.clear()
    await guest.post("/keys/upload", {"device_keys": keys})
    await eventually(follow, what="the guest's keys")

    async def devices():
        return (await host.post("/keys/query", query))["device_keys"].get(guest.user_id, {})

    await eventually(devices, lambda found: guest.device_id in found, "the guest's device")
    changed.clear()
    await guest.post("/logout")
    await eventually(follow, what="the end of the guest's device")
    await eventually(devices, lambda found: not found, "the end of the guest's device")


# A Synapse keeps away from a server for minutes after it could not be reached: what went before in this run would decide.
@pytest.mark.martlet_only
async def test_no_connection_is_needed_for_keys_known_before(pair, host, guest):
    """While a server is away, what is known of its users' devices is still told, and the server is named."""
    await shared_room(host, guest)
    keys = {"user_id": guest.user_id, "device_id": guest.device_id, "algorithms": ["a"],
            "keys": {f"ed25519:{guest.device_id}": "first"}, "signatures": {}}
    await guest.post("/keys/upload", {"device_keys": keys})
    query = {"device_keys": {guest.user_id: []}, "timeout": 3000}

    async def devices():
        return (await host.post("/keys/query", query))["device_keys"].get(guest.user_id, {})

    await eventually(devices, lambda found: guest.device_id in found, "the guest's device")
    await pair[1].gate.cut()
    assert guest.device_id in await devices()
    stranger = f"@nobody:{pair[1].name}"
    answer = await host.post("/keys/query", {"device_keys": {stranger: []}, "timeout": 2000})
    assert pair[1].name in answer["failures"]
    claim = {"one_time_keys": {guest.user_id: {guest.device_id: "signed_curve25519"}}, "timeout": 2000}
    assert pair[1].name in (await host.post("/keys/claim", claim))["failures"]


ROUNDS_OF_KILLING = 10


# A server may forget which keys it gave away; Martlet does not, so that a repeated upload brings none back.
@pytest.mark.martlet_only
@pytest.mark.timeout(600)
async def test_kill_9_loses_no_message_and_gives_no_key_twice(request, start_server):
    server = await start_server(request.config.getoption("--subject"), "killed-keys")
    owner = await server.register("owner")
    claimers = await server.register_many("claimer", 4)
    inbox = Inbox(owner)
    await inbox.step()
    claimed: list[str] = []
    acknowledged: list[int] = []
    number = 0
    path = "/keys/claim"
    body = {"one_time_keys": {owner.user_id: {owner.device_id: "signed_curve25519"}}}

    async def claim(client: Client) -> None:
        while True:
            try:
                answer = await client.post(path, body)
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
                return
            claimed.extend(answer["one_time_keys"].get(owner.user_id, {}).get(owner.device_id, {}))

    async def send(client: Client) -> None:
        nonlocal number
        while True:
            number += 1
            mine = number
            try:
                await to_device(client, owner.user_id, owner.device_id, mine)
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
                return
            acknowledged.append(mine)

    async def follow() -> None:
        while True:
            try:
                await inbox.step()
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
                return

    for round_number in range(ROUNDS_OF_KILLING):
        batch = {f"signed_curve25519:{round_number}_{key}": {"key": f"{round_number}_{key}", "signatures": {}} for key in range(100)}
        for _ in range(2):
            # The second upload is what a client does that did not hear the answer to the first.
            await owner.post("/keys/upload", {"one_time_keys": batch})
        work = [asyncio.ensure_future(job) for job in (
            *(claim(client) for client in claimers[:2]), *(send(client) for client in claimers[2:]), follow())]
        # The one wait that is by the clock: death comes in the middle of everything.
        await asyncio.sleep(0.3)
        await server.kill()
        await asyncio.wait(work)
        await server.start()
        await owner.post("/keys/upload", {"one_time_keys": batch})

    async def drained():
        before = len(inbox.numbers)
        await inbox.step()
        return len(inbox.numbers) == before

    await eventually(drained, what="the end of the queue")
    assert len(claimed) == len(set(claimed)), "a one-time key was given twice"
    assert claimed, "no key was claimed at all"
    assert len(inbox.numbers) == len(set(inbox.numbers)), "a message came twice"
    assert set(acknowledged) <= set(inbox.numbers), "an acknowledged message was lost"
    print(f"{len(claimed)} keys claimed, {len(acknowledged)} messages acknowledged, {len(inbox.numbers)} received")
