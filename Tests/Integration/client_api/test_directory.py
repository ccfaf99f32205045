"""Aliases and the room directory."""

from harness.client import segment


def alias(client) -> str:
    return f"#alias-{client.new_transaction().replace('.', '-')}:{client.server_name}"


async def test_aliases(subject, alice, bob):
    room, name = await alice.create_room(preset="public_chat"), alias(alice)
    path = f"/directory/room/{segment(name)}"
    await bob.get(path, expect=404, error="M_NOT_FOUND")
    await alice.put(path, {"room_id": room})
    found = await subject.anonymous().get(path)
    assert found["room_id"] == room and found["servers"] == [alice.server_name]
    await alice.put(path, {"room_id": room}, expect=409)
    assert (await alice.get(f"/rooms/{segment(room)}/aliases"))["aliases"] == [name]
    await bob.delete(path, expect=403, error="M_FORBIDDEN")
    await bob.join(name)
    await alice.delete(path)
    await alice.get(path, expect=404, error="M_NOT_FOUND")
    await alice.delete(path, expect=404, error="M_NOT_FOUND")


async def test_alias_refusals(alice):
    room = await alice.create_room()
    await alice.put(f"/directory/room/{segment('#x:elsewhere.example')}", {"room_id": room}, expect=400)
    await alice.put(f"/directory/room/{segment('no-alias')}", {"room_id": room}, expect=400)


async def test_canonical_alias_must_exist_and_point_here(alice):
    room, other, name = await alice.create_room(), await alice.create_room(), alias(alice)
    await alice.set_state(room, "m.room.canonical_alias", {"alias": name}, expect=400, error="M_BAD_ALIAS")
    await alice.put(f"/directory/room/{segment(name)}", {"room_id": other})
    await alice.set_state(room, "m.room.canonical_alias", {"alias": name}, expect=400, error="M_BAD_ALIAS")
    await alice.set_state(other, "m.room.canonical_alias", {"alias": name})


async def test_publishing_and_listing(alice, bob, subject):
    name = f"Listed {alice.new_transaction()}"
    room = await alice.create_room(preset="public_chat", name=name, topic="to be found")
    path = f"/directory/list/room/{segment(room)}"
    assert (await bob.get(path))["visibility"] == "private"
    await bob.put(path, {"visibility": "public"}, expect=403, error="M_FORBIDDEN")
    await alice.put(path, {"visibility": "public"})
    assert (await subject.anonymous().get(path))["visibility"] == "public"
    found = await bob.post("/publicRooms", {"filter": {"generic_search_term": name.lower()}})
    entry = found["chunk"][0]
    assert len(found["chunk"]) == 1 and entry["room_id"] == room and entry["name"] == name
    assert entry["topic"] == "to be found" and entry["num_joined_members"] == 1
    assert entry["world_readable"] is False and entry["guest_can_join"] is False and entry["join_rule"] == "public"
    await alice.put(path, {"visibility": "private"})
    assert (await bob.post("/publicRooms", {"filter": {"generic_search_term": name}}))["chunk"] == []


async def test_paging_through_the_directory(alice):
    marker = f"paged {alice.new_transaction()}"
    rooms = {await alice.create_room(preset="public_chat", visibility="public", name=f"{marker} {n}") for n in range(5)}
    seen: list[str] = []
    since = None
    for _ in range(5):
        body = {"limit": 2, "filter": {"generic_search_term": marker}, **({"since": since} if since else {})}
        page = await alice.post("/publicRooms", body)
        assert len(page["chunk"]) <= 2
        seen += [entry["room_id"] for entry in page["chunk"]]
        since = page.get("next_batch")
        if not since:
            break
    assert len(seen) == 5 and set(seen) == rooms
