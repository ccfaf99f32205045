"""Profiles, account data, tags, filters, typing, receipts and read markers."""

from harness.client import segment


async def test_profile(subject, alice, bob):
    path = f"/profile/{segment(alice.user_id)}"
    await alice.put(f"{path}/displayname", {"displayname": "Alice"})
    await alice.put(f"{path}/avatar_url", {"avatar_url": "mxc://example.org/face"})
    profile = await bob.get(path)
    assert profile["displayname"] == "Alice" and profile["avatar_url"] == "mxc://example.org/face"
    assert await bob.get(f"{path}/displayname") == {"displayname": "Alice"}
    assert await subject.anonymous().get(f"{path}/avatar_url") == {"avatar_url": "mxc://example.org/face"}
    await bob.put(f"{path}/displayname", {"displayname": "Mallory"}, expect=(400, 403), error="M_FORBIDDEN")
    await bob.get(f"/profile/{segment('@nobody-at-all:' + alice.server_name)}", expect=404, error=("M_NOT_FOUND", "M_UNKNOWN"))


async def test_profile_changes_show_in_rooms(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    await alice.put(f"/profile/{segment(alice.user_id)}/displayname", {"displayname": "Renamed"})
    stream = bob.stream()
    await stream.until(lambda s: any(e["type"] == "m.room.member" and e["content"].get("displayname") == "Renamed"
                                     for e in s.timeline.get(room, [])), "the new name in the room")
    other = await alice.create_room()
    assert (await alice.get_state(other, "m.room.member", alice.user_id))["displayname"] == "Renamed"


async def test_account_data(alice, bob):
    path = f"/user/{segment(alice.user_id)}/account_data/org.example.data"
    await alice.get(path, expect=404, error="M_NOT_FOUND")
    since = (await alice.sync())["next_batch"]
    await alice.put(path, {"a": 1})
    assert await alice.get(path) == {"a": 1}
    events = (await alice.sync(since))["account_data"]["events"]
    assert {"type": "org.example.data", "content": {"a": 1}} in events
    await bob.get(path, expect=403, error="M_FORBIDDEN")
    await bob.put(path, {}, expect=403, error="M_FORBIDDEN")


async def test_room_account_data_and_tags(alice):
    room = await alice.create_room()
    user = f"/user/{segment(alice.user_id)}/rooms/{segment(room)}"
    since = (await alice.sync())["next_batch"]
    await alice.put(f"{user}/account_data/org.example.data", {"b": 2})
    assert await alice.get(f"{user}/account_data/org.example.data") == {"b": 2}
    await alice.put(f"{user}/tags/m.favourite", {"order": 0.25})
    assert await alice.get(f"{user}/tags") == {"tags": {"m.favourite": {"order": 0.25}}}
    events = (await alice.sync(since))["rooms"]["join"][room]["account_data"]["events"]
    assert {event["type"] for event in events} == {"org.example.data", "m.tag"}
    await alice.delete(f"{user}/tags/m.favourite")
    assert await alice.get(f"{user}/tags") == {"tags": {}}
    await alice.put(f"{user}/account_data/m.fully_read", {"event_id": "$x"}, expect=405, error="M_BAD_JSON")


async def test_filters(alice, bob):
    path = f"/user/{segment(alice.user_id)}/filter"
    wanted = {"room": {"timeline": {"limit": 3, "types": ["m.room.message"]}}}
    stored = (await alice.post(path, wanted))["filter_id"]
    assert await alice.get(f"{path}/{stored}") == wanted
    await alice.get(f"{path}/987654", expect=404, error="M_NOT_FOUND")
    await bob.get(f"{path}/{stored}", expect=403)
    await bob.post(path, wanted, expect=403)
    room = await alice.create_room()
    sent = [await alice.say(room, f"m{number}") for number in range(5)]
    timeline = (await alice.sync(filter=stored))["rooms"]["join"][room]["timeline"]
    assert [event["event_id"] for event in timeline["events"]] == sent[-3:]


async def test_typing(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    stream = alice.stream()
    await stream.step()
    path = f"/rooms/{segment(room)}/typing/{segment(bob.user_id)}"
    await bob.put(path, {"typing": True, "timeout": 30000})
    await stream.until(lambda s: s.ephemeral.get(room, {}).get("m.typing") == {"user_ids": [bob.user_id]}, "typing")
    await bob.put(path, {"typing": False})
    await stream.until(lambda s: s.ephemeral[room]["m.typing"] == {"user_ids": []}, "typing ended")
    await bob.put(path, {"typing": True, "timeout": 300})
    await stream.until(lambda s: s.ephemeral[room]["m.typing"] == {"user_ids": [bob.user_id]}, "typing again")
    await stream.until(lambda s: s.ephemeral[room]["m.typing"] == {"user_ids": []}, "typing timed out", timeout_seconds=8)
    await alice.put(path, {"typing": True}, expect=(400, 403), error="M_FORBIDDEN")


async def test_receipts(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    stream = alice.stream()
    await stream.step()
    sent = await alice.say(room, "read me")
    await bob.post(f"/rooms/{segment(room)}/receipt/m.read/{segment(sent)}")
    await stream.until(lambda s: bob.user_id in s.ephemeral.get(room, {}).get("m.receipt", {}).get(sent, {}).get("m.read", {}),
                       "the receipt")
    await bob.post(f"/rooms/{segment(room)}/receipt/m.nonsense/{segment(sent)}", expect=400)


async def test_private_receipts_are_private(alice, bob):
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    sent = await alice.say(room, "read me")
    since_alice, since_bob = (await alice.sync())["next_batch"], (await bob.sync())["next_batch"]
    await bob.post(f"/rooms/{segment(room)}/receipt/m.read.private/{segment(sent)}")
    own = (await bob.sync(since_bob, 1000))["rooms"]["join"][room]["ephemeral"]["events"]
    assert bob.user_id in own[0]["content"][sent]["m.read.private"]
    assert room not in (await alice.sync(since_alice)).get("rooms", {}).get("join", {})


async def test_read_markers(alice):
    room = await alice.create_room()
    sent = await alice.say(room, "read up to here")
    since = (await alice.sync())["next_batch"]
    await alice.post(f"/rooms/{segment(room)}/read_markers", {"m.fully_read": sent, "m.read": sent})
    update = (await alice.sync(since, 1000))["rooms"]["join"][room]
    assert {"type": "m.fully_read", "content": {"event_id": sent}} in update["account_data"]["events"]
    assert alice.user_id in update["ephemeral"]["events"][0]["content"][sent]["m.read"]


async def test_openid_token(alice):
    token = await alice.post(f"/user/{segment(alice.user_id)}/openid/request_token")
    assert token["token_type"] == "Bearer" and token["matrix_server_name"] == alice.server_name
