"""kill -9 in a stream of sends: what was acknowledged is there, exactly once."""

import asyncio
import random
from dataclasses import dataclass, field

import aiohttp
import pytest

from harness.client import Client

SPEAKERS = 8


@dataclass
class Sent:
    """What one speaker has asked for and what was acknowledged."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)


async def _talk(speaker: Client, room: str, sent: Sent, label: str) -> None:
    """Sends until the server dies; the last request stays unanswered."""
    for number in range(100_000):
        body = f"{label} {number}"
        try:
            answer = await speaker.send(room, "m.room.message", {"msgtype": "m.text", "body": body}, transaction=body)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            sent.unanswered.append(body)
            return
        sent.acknowledged[body] = answer["event_id"]


async def _since(reader: Client, room: str, token: str) -> list[dict]:
    """All messages after a sync token: by sync, and the gap by /messages."""
    update = (await reader.sync(token))["rooms"]["join"][room]["timeline"]
    events = list(update["events"])
    start = update.get("prev_batch")
    while update.get("limited") and start:
        page = await reader.messages(room, "b", start, query={"to": token})
        events = page["chunk"][::-1] + events
        start = page.get("end") if page["chunk"] else None
    return [event for event in events if event["type"] == "m.room.message"]


@pytest.mark.timeout(1800)
async def test_nothing_acknowledged_is_lost_by_kill_9(request, start_server):
    rounds = request.config.getoption("--kill-rounds")
    server = await start_server(request.config.getoption("--subject"), "killed")
    speakers = await server.register_many("speaker", SPEAKERS)
    reader = await server.register("reader")
    room = await speakers[0].create_room(preset="public_chat", room_version="11")
    for member in (*speakers[1:], reader):
        await member.join(room)
    chance = random.Random(20_26)
    acknowledged = 0
    for round_number in range(rounds):
        token = (await reader.sync())["next_batch"]
        sent = [Sent() for _ in speakers]
        talking = [asyncio.create_task(_talk(speaker, room, record, f"r{round_number}s{number}"))
                   for number, (speaker, record) in enumerate(zip(speakers, sent, strict=True))]
        # Not a wait for something to happen: the moment of death is the test's input.
        await asyncio.sleep(chance.uniform(0.02, 0.5))
        server.process.kill()
        await asyncio.gather(*talking)
        await server.process.start()

        # Transaction IDs are still idempotent, and finish what was left unanswered.
        for speaker, record in zip(speakers, sent, strict=True):
            for body in record.unanswered:
                answer = await speaker.send(room, "m.room.message", {"msgtype": "m.text", "body": body}, transaction=body)
                record.acknowledged[body] = answer["event_id"]
            body, event = next(reversed(record.acknowledged.items()))
            again = await speaker.send(room, "m.room.message", {"msgtype": "m.text", "body": body}, transaction=body)
            assert again["event_id"] == event, f"round {round_number}: {body} has a second event"

        wanted = {body: event for record in sent for body, event in record.acknowledged.items()}
        acknowledged += len(wanted)
        found = await _since(reader, room, token)
        bodies = [event["content"]["body"] for event in found]
        assert sorted(bodies) == sorted(wanted), f"round {round_number}: lost {set(wanted) - set(bodies)}, " \
            f"unasked {set(bodies) - set(wanted)}, doubled {sorted({b for b in bodies if bodies.count(b) > 1})}"
        assert {event["content"]["body"]: event["event_id"] for event in found} == wanted
    print(f"\n{rounds} kills, {acknowledged} events acknowledged, each there once")


@pytest.mark.timeout(300)
async def test_a_clean_end_keeps_everything(request, start_server):
    server = await start_server(request.config.getoption("--subject"), "stopped")
    user = await server.register("user")
    room = await user.create_room(name="Kept")
    token = (await user.sync())["next_batch"]
    sent = [await user.say(room, f"kept {number}") for number in range(10)]
    status = await server.stop()
    assert status in (0, -15), f"ended with {status}"
    await server.start()
    assert [event["event_id"] for event in await _since(user, room, token)] == sent
    assert (await user.get_state(room, "m.room.name"))["name"] == "Kept"
    assert (await user.get("/account/whoami"))["device_id"] == user.device_id
