"""Spaces, summaries and jumping to a date, where one server lacks what the other has."""

from harness.client import segment
from harness.rooms import shared_room
from harness.waiting import eventually


async def hierarchy(client, room: str, **query) -> dict:
    return await client.get(f"/_matrix/client/v1/rooms/{segment(room)}/hierarchy", query=query)


async def space(client, name: str) -> str:
    return await client.create_room(name=name, preset="public_chat", room_version="11",
                                    creation_content={"type": "m.space"})


async def add(client, parent: str, child: str, via: str, **content) -> None:
    await client.set_state(parent, "m.space.child", {"via": [via], **content}, child)


async def test_rooms_of_the_other_server_in_a_space(host, guest):
    # The guest's own space holds a space of the host, which holds rooms that only the host's server knows.
    inner, secret = await space(host, "inner"), await host.create_room(name="secret", room_version="11")
    leaf = await host.create_room(name="leaf", topic="far away", preset="public_chat", room_version="11")
    await add(host, inner, leaf, host.server_name, order="a")
    await add(host, inner, secret, host.server_name, order="b")
    root = await space(guest, "root")
    await add(guest, root, inner, host.server_name)
    found = await hierarchy(guest, root)
    assert [room["room_id"] for room in found["rooms"]] == [root, inner, leaf]
    assert found["rooms"][1]["room_type"] == "m.space" and len(found["rooms"][1]["children_state"]) == 2
    assert found["rooms"][2]["name"] == "leaf" and found["rooms"][2]["topic"] == "far away"
    assert found["rooms"][2]["join_rule"] == "public" and found["rooms"][2]["num_joined_members"] == 1


async def test_restricted_rooms_of_the_other_server_show_to_members(pair, host, guest):
    root = await shared_room(host, guest, room_version="11", name="root", creation_content={"type": "m.space"})
    room = await host.create_room(name="members only", room_version="11", initial_state=[
        {"type": "m.room.join_rules", "state_key": "", "content": {
            "join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": root}]}}])
    await add(host, root, room, host.server_name)

    async def told() -> list:
        return (await hierarchy(guest, root))["rooms"]

    found = await eventually(told, lambda rooms: len(rooms) == 2, "the room for members")
    assert found[1]["room_id"] == room and found[1]["allowed_room_ids"] == [root]
    stranger = await pair[1].register("stranger")
    assert [entry["room_id"] for entry in (await hierarchy(stranger, root))["rooms"]] == [root]


async def test_summary_of_a_room_of_the_other_server(pair, host, guest):
    if pair[1].kind == "synapse":
        path = "/_matrix/client/unstable/im.nheko.summary/rooms/{}/summary"
    else:
        path = "/_matrix/client/v1/room_summary/{}"
    room = await host.create_room(name="Far plaza", topic="talk", preset="public_chat", room_version="11")
    found = await guest.get(path.format(segment(room)), query={"via": host.server_name}, expect=(200, 404))
    if pair[1].kind == "synapse" and found.status == 404:
        return  # A Synapse that has the experiment off.
    assert found["room_id"] == room and found["name"] == "Far plaza" and found["topic"] == "talk"
    assert found["membership"] == "leave" and found["join_rule"] == "public"
    secret = await host.create_room(room_version="11")
    await guest.get(path.format(segment(secret)), query={"via": host.server_name}, expect=404, error="M_NOT_FOUND")


async def test_jumping_to_a_date_before_the_join(pair, host, guest):
    room = await host.create_room(preset="public_chat", room_version="11")
    earlier = [await host.say(room, f"earlier {number}") for number in range(12)]
    times = {event: (await host.event(room, event))["origin_server_ts"] for event in earlier}
    await guest.join(room, via=host.server_name)
    path = f"/_matrix/client/v1/rooms/{segment(room)}/timestamp_to_event"
    found = await guest.get(path, query={"ts": times[earlier[4]], "dir": "f"})
    # Messages of one millisecond are all as near.
    assert found["origin_server_ts"] == times[earlier[4]]
    assert times[found["event_id"]] == times[earlier[4]]
    event = await guest.event(room, found["event_id"])
    assert event["content"]["body"].startswith("earlier")
    context = await guest.get(f"/rooms/{segment(room)}/context/{segment(found['event_id'])}")
    assert context["event"]["event_id"] == found["event_id"]
    found = await guest.get(path, query={"ts": times[earlier[8]], "dir": "b"})
    assert found["origin_server_ts"] == times[earlier[8]]


async def test_jumping_far_back_leaves_the_rest_to_be_fetched(pair, host, guest):
    if pair[1].kind == "synapse":
        return  # What Synapse fetches then is Synapse's.
    room = await host.create_room(preset="public_chat", room_version="11")
    earlier = [await host.say(room, f"earlier {number}") for number in range(420)]
    times = {event: (await host.event(room, event))["origin_server_ts"] for event in (earlier[2], earlier[3])}
    await guest.join(room, via=host.server_name)
    path = f"/_matrix/client/v1/rooms/{segment(room)}/timestamp_to_event"
    found = await guest.get(path, query={"ts": times[earlier[3]], "dir": "b"})
    assert found["origin_server_ts"] == times[earlier[3]]

    async def seen() -> list[str]:
        return [event["event_id"] for event in await guest.history(room, limit=100) if event["type"] == "m.room.message"]

    everything = await eventually(seen, lambda events: len(events) >= 420, "the whole history", 90)
    assert everything == earlier[::-1], "in order, each once"
