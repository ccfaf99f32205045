"""What one server asks another about: profiles, aliases, the room directory; and what it tells: typing, receipts."""

from harness.client import segment
from harness.rooms import shared_room
from harness.waiting import eventually


async def test_remote_profile(host, guest):
    await guest.put(f"/profile/{segment(guest.user_id)}/displayname", {"displayname": "Guest of Honour"})
    profile = await host.get(f"/profile/{segment(guest.user_id)}")
    assert profile["displayname"] == "Guest of Honour"
    name = await host.get(f"/profile/{segment(guest.user_id)}/displayname")
    assert name["displayname"] == "Guest of Honour"
    await host.get(f"/profile/{segment('@nobody-here:' + guest.server_name)}", expect=404, error="M_NOT_FOUND")


async def test_remote_alias(host, guest):
    local = "door-" + host.new_transaction().replace(".", "")
    alias = f"#{local}:{host.server_name}"
    room = await host.create_room(preset="public_chat", room_version="11", room_alias_name=local)
    found = await guest.get(f"/directory/room/{segment(alias)}")
    assert found["room_id"] == room and host.server_name in found["servers"]
    await guest.get(f"/directory/room/{segment('#nothing:' + host.server_name)}", expect=404, error="M_NOT_FOUND")
    joined = await guest.join(alias)
    assert joined["room_id"] == room


async def test_remote_public_rooms(host, guest):
    name = f"Plaza {host.new_transaction()}"
    room = await host.create_room(preset="public_chat", visibility="public", room_version="11", name=name,
                                  topic="everyone")
    async def listed():
        found = await guest.get("/publicRooms", query={"server": host.server_name, "limit": 200})
        return [entry for entry in found["chunk"] if entry["room_id"] == room]
    entry = (await eventually(listed, what="the room in the other server's directory"))[0]
    assert entry["name"] == name and entry["topic"] == "everyone" and entry["num_joined_members"] == 1
    found = await guest.post("/publicRooms", {"filter": {"generic_search_term": name}, "limit": 10},
                             query={"server": host.server_name})
    assert [entry["room_id"] for entry in found["chunk"]] == [room]


async def test_typing_crosses(host, guest):
    room = await shared_room(host, guest, room_version="11")
    at_host = host.stream()
    await at_host.step()
    await guest.put(f"/rooms/{segment(room)}/typing/{segment(guest.user_id)}", {"typing": True, "timeout": 20000})
    await at_host.until(lambda s: s.ephemeral.get(room, {}).get("m.typing") == {"user_ids": [guest.user_id]}, "typing")
    await guest.put(f"/rooms/{segment(room)}/typing/{segment(guest.user_id)}", {"typing": False})
    await at_host.until(lambda s: s.ephemeral[room]["m.typing"] == {"user_ids": []}, "no more typing")


async def test_receipts_cross(host, guest):
    room = await shared_room(host, guest, room_version="11")
    at_host, at_guest = host.stream(), guest.stream()
    await at_host.step()
    sent = await host.say(room, "read this")
    await at_guest.until_event(room, sent)
    await guest.post(f"/rooms/{segment(room)}/receipt/m.read/{segment(sent)}")

    def read(stream) -> bool:
        receipts = stream.ephemeral.get(room, {}).get("m.receipt", {})
        return guest.user_id in receipts.get(sent, {}).get("m.read", {})

    await at_host.until(read, "the receipt")


async def test_private_receipts_stay(host, guest):
    room = await shared_room(host, guest, room_version="11")
    at_host, at_guest = host.stream(), guest.stream()
    await at_host.step()
    first = await host.say(room, "read this in private")
    second = await host.say(room, "read this in public")
    await at_guest.until_event(room, second)
    await guest.post(f"/rooms/{segment(room)}/receipt/m.read.private/{segment(first)}")
    await guest.post(f"/rooms/{segment(room)}/receipt/m.read/{segment(second)}")
    seen = []

    def read(stream) -> bool:
        receipts = stream.ephemeral.get(room, {}).get("m.receipt", {})
        seen.append(receipts)
        return guest.user_id in receipts.get(second, {}).get("m.read", {})

    await at_host.until(read, "the public receipt")
    assert not any("m.read.private" in kinds for receipts in seen for kinds in receipts.values())


async def test_profile_changes_reach_the_room(host, guest):
    room = await shared_room(host, guest, room_version="11")
    at_host = host.stream()
    await at_host.step()
    await guest.put(f"/profile/{segment(guest.user_id)}/displayname", {"displayname": "Renamed"})

    def renamed(stream) -> bool:
        return any(event["type"] == "m.room.member" and event["content"].get("displayname") == "Renamed"
                   for event in stream.timeline.get(room, []))

    await at_host.until(renamed, "the new display name")


async def test_published_keys(pair):
    for server in pair:
        keys = await server.anonymous().get("/_matrix/key/v2/server")
        assert keys["server_name"] == server.name and keys["verify_keys"] and keys["signatures"][server.name]
