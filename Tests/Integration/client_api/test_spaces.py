"""Spaces and room summaries on one server."""

from harness.client import segment


async def space(client, name: str, **options) -> str:
    return await client.create_room(**{"name": name, "preset": "public_chat", "creation_content": {"type": "m.space"},
                                       **options})


async def add(client, parent: str, child: str, **content) -> None:
    await client.set_state(parent, "m.space.child", {"via": [client.server_name], **content}, child)


async def hierarchy(client, room: str, expect: int = 200, error: str | None = None, **query) -> dict:
    return await client.get(f"/_matrix/client/v1/rooms/{segment(room)}/hierarchy", query=query, expect=expect,
                            error=error)


def rooms(answer: dict) -> list[str]:
    return [room["room_id"] for room in answer["rooms"]]


async def test_a_tree(alice, bob):
    root, inner = await space(alice, "root"), await space(alice, "inner")
    leaf = await alice.create_room(name="leaf", preset="public_chat")
    other = await alice.create_room(name="other", preset="public_chat")
    await add(alice, root, inner, order="a")
    await add(alice, root, other, order="b", suggested=True)
    await add(alice, inner, leaf)
    await add(alice, inner, root)
    found = await hierarchy(bob, root)
    assert rooms(found) == [root, inner, leaf, other]
    assert found["rooms"][0]["room_type"] == "m.space" and found["rooms"][2]["children_state"] == []
    assert [event["state_key"] for event in found["rooms"][0]["children_state"]] == [inner, other]
    assert rooms(await hierarchy(bob, root, max_depth=0)) == [root]
    assert rooms(await hierarchy(bob, root, suggested_only="true")) == [root, other]


async def test_pages(alice):
    root = await space(alice, "root")
    children = []
    for number in range(5):
        children.append(await alice.create_room(name=f"child {number}", preset="public_chat"))
        await add(alice, root, children[-1], order=f"{number}")
    seen, token = [], None
    while True:
        found = await hierarchy(alice, root, limit=2, **({"from": token} if token else {}))
        assert len(found["rooms"]) <= 2
        seen += rooms(found)
        token = found.get("next_batch")
        if not token:
            break
    assert seen == [root, *children]
    token = (await hierarchy(alice, root, limit=2))["next_batch"]
    await hierarchy(alice, root, 400, "M_INVALID_PARAM", **{"from": token, "max_depth": 1})
    await hierarchy(alice, root, 400, "M_INVALID_PARAM", **{"from": "nonsense"})


async def test_hidden_rooms(alice, bob):
    root = await space(alice, "root")
    secret = await alice.create_room(name="secret", preset="private_chat")
    await add(alice, root, secret)
    assert rooms(await hierarchy(alice, root)) == [root, secret]
    assert rooms(await hierarchy(bob, root)) == [root]
    await hierarchy(bob, secret, 403, "M_FORBIDDEN")
    await alice.membership("invite", secret, bob.user_id)
    assert rooms(await hierarchy(bob, root)) == [root, secret]


async def test_restricted_rooms_show_to_members_of_the_space(alice, bob):
    root = await space(alice, "root")
    room = await alice.create_room(name="members only", room_version="10", initial_state=[
        {"type": "m.room.join_rules", "state_key": "", "content": {
            "join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": root}]}}])
    await add(alice, root, room)
    assert rooms(await hierarchy(bob, root)) == [root]
    await bob.join(root)
    found = await hierarchy(bob, root)
    assert rooms(found) == [root, room] and found["rooms"][1]["allowed_room_ids"] == [root]


async def test_room_summary(alice, bob, subject):
    alias = f"summary-{alice.new_transaction().replace('.', '-')}"
    room = await alice.create_room(name="Plaza", topic="talk", preset="public_chat", room_alias_name=alias)
    name = segment(f"#{alias}:{alice.server_name}")
    found = await bob.get(f"/_matrix/client/v1/room_summary/{name}")
    assert found["room_id"] == room and found["name"] == "Plaza" and found["topic"] == "talk"
    assert found["num_joined_members"] == 1 and found["join_rule"] == "public" and found["membership"] == "leave"
    found = await alice.get(f"/_matrix/client/v1/room_summary/{segment(room)}")
    assert found["membership"] == "join"
    await subject.anonymous().get(f"/_matrix/client/v1/room_summary/{segment(room)}")
    secret = await alice.create_room(preset="private_chat")
    await bob.get(f"/_matrix/client/v1/room_summary/{segment(secret)}", expect=404, error="M_NOT_FOUND")
    await subject.anonymous().get(f"/_matrix/client/v1/room_summary/{segment(secret)}", expect=404)
