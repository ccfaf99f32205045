"""A conversation with edits, reactions and a thread across two servers: both tell the same of it."""

from harness.client import Client, segment
from harness.rooms import shared_room
from harness.waiting import eventually


async def relate(client: Client, room: str, parent: str, kind: str, content: dict, event_type: str = "m.room.message",
                 key: str | None = None) -> str:
    relation = {"rel_type": kind, "event_id": parent}
    if key is not None:
        relation["key"] = key
    return (await client.send(room, event_type, {**content, "m.relates_to": relation}))["event_id"]


def text(body: str) -> dict:
    return {"msgtype": "m.text", "body": body}


def edited(body: str) -> dict:
    return {**text(f"* {body}"), "m.new_content": text(body)}


async def bundle(client: Client, room: str, event: str) -> dict:
    return (await client.event(room, event)).get("unsigned", {}).get("m.relations", {})


async def children(client: Client, room: str, parent: str, rest: str = "") -> list[str]:
    page = await client.get(f"/_matrix/client/v1/rooms/{segment(room)}/relations/{segment(parent)}{rest}", query={"limit": 50})
    return [event["event_id"] for event in page["chunk"]]


async def test_both_servers_tell_the_same_of_a_conversation(host, guest):
    room = await shared_room(host, guest, room_version="11")
    host_stream, guest_stream = host.stream(), guest.stream()
    root = await host.say(room, "root")
    await guest_stream.until_event(room, root)
    first = await relate(guest, room, root, "m.thread", text("first"))
    await host_stream.until_event(room, first)
    second = await relate(host, room, root, "m.thread", text("second"))
    root_edit = await relate(host, room, root, "m.replace", edited("better root"))
    second_edit = await relate(host, room, second, "m.replace", edited("better second"))
    await guest_stream.until_event(room, second_edit)
    reaction = await relate(guest, room, root, "m.annotation", {}, "m.reaction", "👍")
    reference = await relate(guest, room, root, "m.reference", {}, "org.example.vote")
    await host_stream.until_event(room, reference)

    for client in (host, guest):
        async def told() -> dict:
            return await bundle(client, room, root)

        found = await eventually(told, lambda found: {"m.thread", "m.replace", "m.reference"} <= found.keys(), "all of the bundle")
        assert found["m.replace"]["event_id"] == root_edit
        assert [event["event_id"] for event in found["m.reference"]["chunk"]] == [reference]
        thread = found["m.thread"]
        assert thread["count"] == 2 and thread["current_user_participated"] is True
        assert thread["latest_event"]["event_id"] == second
        assert thread["latest_event"]["unsigned"]["m.relations"]["m.replace"]["event_id"] == second_edit
        assert set(await children(client, room, root)) == {first, second, root_edit, reaction, reference}
        assert await children(client, room, root, "/m.thread") == [second, first]
        page = await client.get(f"/_matrix/client/v1/rooms/{segment(room)}/threads")
        assert [event["event_id"] for event in page["chunk"]] == [root]

    await guest.redact(room, reaction)
    await host.redact(room, root_edit)
    for client in (host, guest):
        async def remaining() -> set[str]:
            return set(await children(client, room, root))

        await eventually(remaining, lambda found: found == {first, second, reference}, "the redacted children to be gone")
        assert "m.replace" not in await bundle(client, room, root)


async def test_a_thread_from_before_the_join_is_told_once_its_history_is_here(host, guest):
    room = await host.create_room(preset="public_chat", room_version="11")
    root = await host.say(room, "root")
    replies = [await relate(host, room, root, "m.thread", text(f"{number}")) for number in range(5)]
    correction = await relate(host, room, replies[-1], "m.replace", edited("four"))
    await host.say(room, "and then")
    await guest.join(room, via=host.server_name)
    await eventually(lambda: guest.history(room), lambda found: root in [event["event_id"] for event in found], "the root")

    async def thread() -> dict:
        return (await bundle(guest, room, root)).get("m.thread", {})

    found = await eventually(thread, lambda found: found.get("count") == 5, "the thread")
    assert found["latest_event"]["event_id"] == replies[-1]
    assert found["latest_event"]["unsigned"]["m.relations"]["m.replace"]["event_id"] == correction
    assert found["current_user_participated"] is False
    assert await children(guest, room, root, "/m.thread") == replies[::-1]
