"""Events that are sent later (MSC4140), through real time and kill -9."""

import asyncio
import random

import aiohttp
import pytest

from harness.client import Client, segment, shared_session
from harness.waiting import eventually

pytestmark = pytest.mark.martlet_only
UNSTABLE = "/_matrix/client/unstable/org.matrix.msc4140"


async def _delay(sender: Client, room: str, text: str, milliseconds: int, transaction: str | None = None) -> str:
    answer = await sender.send(room, "m.room.message", {"msgtype": "m.text", "body": text}, transaction=transaction,
                               query={"org.matrix.msc4140.delay": milliseconds})
    assert set(answer) == {"delay_id"}
    return answer["delay_id"]


async def _waiting(owner: Client) -> list[dict]:
    return (await owner.get(f"{UNSTABLE}/delayed_events"))["delayed_events"]


async def test_a_message_comes_when_its_time_has_come(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    stream = bob.stream((await bob.sync())["next_batch"])
    transaction = alice.new_transaction()
    delay_id = await _delay(alice, room, "later", 400, transaction)
    listed = await _waiting(alice)
    assert [event["delay_id"] for event in listed] == [delay_id]
    assert listed[0]["delay"] == 400 and listed[0]["content"]["body"] == "later" and listed[0]["room_id"] == room
    await stream.until(lambda seen: "later" in seen.bodies(room), "the delayed message")
    event = next(event for event in await bob.history(room) if event["content"].get("body") == "later")
    assert event["sender"] == alice.user_id
    assert "org.matrix.msc4140.delay_id" not in event["unsigned"]
    own = await alice.event(room, event["event_id"])
    assert own["unsigned"]["transaction_id"] == transaction
    assert await _waiting(alice) == []
    ended = await alice.get(f"{UNSTABLE}/delayed_events/{segment(delay_id)}")
    assert ended["event_id"] == event["event_id"]
    assert ended["finalised_ts"] >= ended["scheduled_at"] + 400


async def test_a_call_that_loses_its_client_ends(alice, bob):
    """What Element Call does: a leave event that waits, kept back by a heartbeat, until the heartbeats stop."""
    room = await alice.create_room(preset="private_chat", invite=[bob.user_id])
    await bob.join(room)
    levels = await alice.get_state(room, "m.room.power_levels")
    levels.setdefault("events", {})["org.matrix.msc3401.call.member"] = 0
    await alice.set_state(room, "m.room.power_levels", levels)
    key = f"_{bob.user_id}_{bob.device_id}"
    path = f"/rooms/{segment(room)}/state/org.matrix.msc3401.call.member/{segment(key)}"
    leave = await bob.put(path, {}, query={"org.matrix.msc4140.delay": 1500})
    await bob.put(path, {"application": "m.call", "device_id": bob.device_id})
    nobody = Client(alice.base_url, alice.server_name)
    for beat in range(4):
        await asyncio.sleep(0.5)
        # The service that watches over the call knows the identifier alone.
        keeper = nobody if beat % 2 else bob
        await keeper.post(f"{UNSTABLE}/delayed_events/{segment(leave['delay_id'])}/restart")
    assert (await alice.get_state(room, "org.matrix.msc3401.call.member", key))["application"] == "m.call"
    await eventually(lambda: _is_empty(alice, room, key), timeout_seconds=10)
    await bob.post(f"{UNSTABLE}/delayed_events/{segment(leave['delay_id'])}/restart", expect=409)
    await bob.post(f"{UNSTABLE}/delayed_events/{segment(leave['delay_id'])}/send")


async def _is_empty(reader: Client, room: str, key: str) -> bool:
    return await reader.get_state(room, "org.matrix.msc3401.call.member", key) == {}


async def test_managing(alice, bob):
    room = await alice.create_room()
    first = await _delay(alice, room, "first", 3_600_000)
    second = await _delay(alice, room, "second", 3_600_000)
    await bob.post(f"{UNSTABLE}/delayed_events/{first}", {"action": "cancel"}, expect=404, error="M_NOT_FOUND")
    await alice.post(f"{UNSTABLE}/delayed_events/{first}", {"action": "explode"}, expect=400, error="M_INVALID_PARAM")
    await alice.post(f"{UNSTABLE}/delayed_events/{first}", {}, expect=400, error="M_MISSING_PARAM")
    await alice.post(f"{UNSTABLE}/delayed_events/{first}", {"action": "cancel"})
    await alice.post(f"/_matrix/client/v1/delayed_events/{second}/send")
    bodies = [event["content"].get("body") for event in await alice.history(room)]
    assert "second" in bodies and "first" not in bodies
    await alice.post(f"{UNSTABLE}/delayed_events/{first}/send", expect=409, error="M_UNKNOWN")


async def test_what_is_told_about_it(alice):
    features = (await alice.get("/_matrix/client/versions"))["unstable_features"]
    assert features["org.matrix.msc4140"] is True and features["org.matrix.msc4143"] is True
    limits = (await alice.get("/capabilities"))["capabilities"]["org.matrix.msc4140.delayed_events"]
    assert limits["max_delay_ms"] >= 86_400_000 and limits["max_scheduled"] >= 10
    room = await alice.create_room()
    refusal = await alice.send(room, "m.room.message", {}, query={"org.matrix.msc4140.delay": limits["max_delay_ms"] + 1}, expect=400)
    assert refusal["org.matrix.msc4140.max_delay"] == limits["max_delay_ms"]
    assert (await alice.get("/_matrix/client/v1/rtc/transports"))["rtc_transports"] == []


async def test_transports_and_foci(start_server):
    transport = {"type": "livekit", "livekit_service_url": "https://rtc.example.org"}
    server = await start_server("martlet", "calls", settings={
        "rtc": {"transports": [transport]}, "well_known": {"client": "https://matrix.example.org"}})
    user = await server.register("caller")
    for path in ("v1", "unstable/org.matrix.msc4143"):
        assert await user.get(f"/_matrix/client/{path}/rtc/transports") == {"rtc_transports": [transport]}
    async with shared_session().get(f"{server.client_url}/.well-known/matrix/client") as response:
        assert (await response.json())["org.matrix.msc4143.rtc_foci"] == [transport]
    await server.anonymous().get("/_matrix/client/v1/rtc/transports", expect=401, error="M_MISSING_TOKEN")


@pytest.mark.timeout(600)
async def test_kill_9_neither_loses_nor_doubles_a_delayed_event(start_server):
    server = await start_server("martlet", "delaying")
    sender = await server.register("sender")
    room = await sender.create_room()
    chance = random.Random(41_40)
    acknowledged: set[str] = set()
    for round_number in range(8):
        unanswered: list[tuple[str, int]] = []

        async def schedule(label: str) -> None:
            for number in range(10):
                body = f"{label}.{number}"
                delay = chance.randint(1, 700)
                try:
                    await _delay(sender, room, body, delay, transaction=body)
                except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
                    unanswered.append((body, delay))
                    return
                acknowledged.add(body)

        talking = [asyncio.create_task(schedule(f"r{round_number}s{lane}")) for lane in range(6)]
        # Not a wait for something to happen: the moment of death is the test's input.
        await asyncio.sleep(chance.uniform(0.1, 0.6))
        server.process.kill()
        await asyncio.gather(*talking)
        await server.process.start()
        for body, delay in unanswered:
            await _delay(sender, room, body, delay, transaction=body)
            acknowledged.add(body)
        await eventually(lambda: _is_idle(sender), timeout_seconds=30)
    bodies = [event["content"]["body"] for event in await sender.history(room) if event["type"] == "m.room.message"]
    assert sorted(bodies) == sorted(acknowledged), (
        f"lost {acknowledged - set(bodies)}, doubled {sorted({b for b in bodies if bodies.count(b) > 1})}")
    assert len(acknowledged) > 100


async def _is_idle(owner: Client) -> bool:
    return not await _waiting(owner)
