"""Edits, reactions, threads and references on one server."""

import json

import pytest
import pytest_asyncio

from harness.client import Client, segment


async def relate(client: Client, room: str, parent: str, kind: str, event_type: str = "m.room.message",
                 content: dict | None = None, key: str | None = None, **options) -> str:
    relation = {"rel_type": kind, "event_id": parent}
    if key is not None:
        relation["key"] = key
    return (await client.send(room, event_type, {**(content or {}), "m.relates_to": relation}, **options)).get("event_id")


async def edit(client: Client, room: str, parent: str, text: str) -> str:
    return await relate(client, room, parent, "m.replace", content={
        "msgtype": "m.text", "body": f"* {text}", "m.new_content": {"msgtype": "m.text", "body": text}})


async def reply(client: Client, room: str, root: str, text: str, **options) -> str:
    return await relate(client, room, root, "m.thread", content={"msgtype": "m.text", "body": text}, **options)


async def children(client: Client, room: str, parent: str, rest: str = "", query: dict | None = None, **options) -> dict:
    return await client.get(f"/_matrix/client/v1/rooms/{segment(room)}/relations/{segment(parent)}{rest}",
                            query={"limit": 50, **(query or {})}, **options)


async def threads(client: Client, room: str, query: dict | None = None, **options) -> dict:
    return await client.get(f"/_matrix/client/v1/rooms/{segment(room)}/threads", query=query, **options)


async def bundle(client: Client, room: str, event: str) -> dict:
    return (await client.event(room, event)).get("unsigned", {}).get("m.relations", {})


def ids(page: dict) -> list[str]:
    return [event["event_id"] for event in page["chunk"]]


@pytest_asyncio.fixture
async def room(alice, bob) -> str:
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    return room


async def test_an_edit_is_told_wherever_the_event_is(alice, bob, room):
    event = await alice.say(room, "one")
    since = (await bob.sync())["next_batch"]
    await edit(alice, room, event, "two")
    last = await edit(alice, room, event, "three")
    await edit(bob, room, event, "not mine to edit")

    def told(events: list[dict]) -> dict:
        found = next(candidate for candidate in events if candidate["event_id"] == event)
        return found["unsigned"]["m.relations"]["m.replace"]

    one = await bundle(bob, room, event)
    assert one["m.replace"]["event_id"] == last and one["m.replace"]["content"]["m.new_content"]["body"] == "three"
    assert told((await bob.messages(room))["chunk"])["event_id"] == last
    context = await bob.get(f"/rooms/{segment(room)}/context/{segment(event)}")
    assert context["event"]["unsigned"]["m.relations"]["m.replace"]["event_id"] == last
    whole = (await bob.sync(filter={"room": {"timeline": {"limit": 4}}}))["rooms"]["join"][room]["timeline"]
    assert whole["limited"] is True and told(whole["events"])["event_id"] == last
    news = (await bob.sync(since))["rooms"]["join"][room]["timeline"]
    assert last in [event["event_id"] for event in news["events"]]


async def test_what_is_redacted_no_longer_counts(alice, bob, room):
    event = await alice.say(room, "one")
    first = await edit(alice, room, event, "two")
    second = await edit(alice, room, event, "three")
    reaction = await relate(bob, room, event, "m.annotation", "m.reaction", key="👍")
    await alice.redact(room, second)
    assert (await bundle(bob, room, event))["m.replace"]["event_id"] == first
    assert ids(await children(bob, room, event)) == [reaction, first]
    await bob.redact(room, reaction)
    assert ids(await children(bob, room, event)) == [first]
    await alice.redact(room, event)
    assert "m.replace" not in await bundle(bob, room, event)


async def test_no_annotation_twice(alice, bob, room):
    event = await alice.say(room, "hello")
    first = await relate(bob, room, event, "m.annotation", "m.reaction", key="👍", transaction="same")
    assert await relate(bob, room, event, "m.annotation", "m.reaction", key="👍", transaction="same") == first
    await relate(bob, room, event, "m.annotation", "m.reaction", key="👍", expect=400, error="M_DUPLICATE_ANNOTATION")
    await relate(bob, room, event, "m.annotation", "m.reaction", key="👎")
    await relate(alice, room, event, "m.annotation", "m.reaction", key="👍")
    await bob.redact(room, first)
    await relate(bob, room, event, "m.annotation", "m.reaction", key="👍")


async def test_references(alice, bob, room):
    event = await alice.say(room, "poll")
    votes = [await relate(bob, room, event, "m.reference", "org.example.vote") for _ in range(3)]
    assert (await bundle(alice, room, event))["m.reference"] == {"chunk": [{"event_id": vote} for vote in votes]}


async def test_children_page_by_page(alice, bob, room):
    event = await alice.say(room, "root")
    replies = [await reply(bob, room, event, f"{number}") for number in range(7)]
    reaction = await relate(bob, room, event, "m.annotation", "m.reaction", key="👍")
    assert ids(await children(alice, room, event)) == [reaction, *replies[::-1]]
    assert ids(await children(alice, room, event, "/m.thread/m.room.message")) == replies[::-1]
    assert ids(await children(alice, room, event, "/m.annotation")) == [reaction]
    for direction, expected in (("b", replies[::-1]), ("f", replies)):
        seen: list[str] = []
        token = None
        while True:
            page = await children(alice, room, event, "/m.thread", {"dir": direction, "limit": 3, "from": token})
            assert len(page["chunk"]) <= 3
            seen += ids(page)
            token = page.get("next_batch")
            if token is None:
                break
        assert seen == expected
    await children(alice, room, "$nothing", expect=404)
    await children(alice, room, event, query={"from": "gibberish"}, expect=400)


async def test_recursion(alice, bob, room):
    event = await alice.say(room, "root")
    first = await reply(bob, room, event, "reply")
    second = await edit(bob, room, first, "better")
    page = await children(alice, room, event, query={"recurse": "true"})
    assert ids(page) == [second, first] and page["recursion_depth"] >= 2
    assert ids(await children(alice, room, event)) == [first]


async def test_threads(alice, bob, carol, room):
    await carol.join(room)
    roots = [await alice.say(room, f"{number}") for number in range(4)]
    for root in roots:
        await reply(bob, room, root, "first")
    last = await reply(carol, room, roots[0], "second")
    page = await threads(bob, room)
    assert ids(page) == [roots[0], roots[3], roots[2], roots[1]] and "next_batch" not in page
    thread = page["chunk"][0]["unsigned"]["m.relations"]["m.thread"]
    assert thread["count"] == 2 and thread["latest_event"]["event_id"] == last and thread["current_user_participated"] is True
    seen: list[str] = []
    token = None
    while True:
        part = await threads(bob, room, {"limit": 3, "from": token})
        seen += ids(part)
        token = part.get("next_batch")
        if token is None:
            break
    assert seen == ids(page)
    assert ids(await threads(carol, room, {"include": "participated"})) == [roots[0]]
    assert (await bundle(carol, room, roots[1]))["m.thread"]["current_user_participated"] is False
    inside = await reply(bob, room, roots[1], "inside")
    await reply(bob, room, inside, "nested", expect=400, error="M_UNKNOWN")


async def test_ignored_people_do_not_count(alice, bob, room):
    root = await alice.say(room, "root")
    mine = await reply(alice, room, root, "mine")
    await reply(bob, room, root, "bob's")
    path = f"/user/{segment(alice.user_id)}/account_data/m.ignored_user_list"
    await alice.put(path, {"ignored_users": {bob.user_id: {}}})
    thread = (await bundle(alice, room, root))["m.thread"]
    assert thread["count"] == 1 and thread["latest_event"]["event_id"] == mine
    assert (await bundle(bob, room, root))["m.thread"]["count"] == 2


async def test_following_threads(subject, alice, bob, room):
    if subject.kind == "synapse":
        pytest.skip("Synapse has it turned off unless configured")
    root = await alice.say(room, "root")
    path = f"/_matrix/client/unstable/io.element.msc4306/rooms/{segment(room)}/thread/{segment(root)}/subscription"
    assert (await alice.get("/_matrix/client/versions"))["unstable_features"].get("org.matrix.msc4306") is True
    cause = await reply(bob, room, root, "@alice")
    await alice.get(path, expect=404, error="M_NOT_FOUND")
    await alice.put(path, {"automatic": cause})
    assert (await alice.get(path))["automatic"] is True
    await alice.put(path, {})
    assert (await alice.get(path))["automatic"] is False
    await alice.delete(path)
    await alice.get(path, expect=404)
    await alice.put(path, {"automatic": cause}, expect=409, error="IO.ELEMENT.MSC4306.M_CONFLICTING_UNSUBSCRIPTION")
    await alice.put(path, {"automatic": await bob.say(room, "elsewhere")}, expect=400,
                    error="IO.ELEMENT.MSC4306.M_NOT_IN_THREAD")
    await alice.put(path, {"automatic": await reply(bob, room, root, "@alice again")})
    assert (await alice.get(path))["automatic"] is True


async def test_filters_by_children(alice, bob, room):
    plain = await alice.say(room, "plain")
    edited = await alice.say(room, "edited")
    await edit(alice, room, edited, "better")
    threaded = await alice.say(room, "threaded")
    await reply(bob, room, threaded, "in")

    async def found(**rules) -> list[str]:
        page = await alice.messages(room, query={"filter": json.dumps({"types": ["m.room.message"], **rules})})
        return [event for event in ids(page) if event in (plain, edited, threaded)]

    assert await found() == [threaded, edited, plain]
    assert await found(related_by_rel_types=["m.thread"]) == [threaded]
    assert await found(related_by_rel_types=["m.thread", "m.replace"]) == [threaded, edited]
    assert await found(related_by_senders=[bob.user_id]) == [threaded]
    assert await found(related_by_rel_types=["m.replace"], related_by_senders=[bob.user_id]) == []


async def test_image_packs(subject, alice, room):
    if subject.kind == "synapse":
        pytest.skip("Synapse takes packs of any shape and leaves them behind in an upgrade")
    pack = {"images": {"cat": {"url": "mxc://example.org/cat"}}}
    await alice.set_state(room, "m.room.image_pack", pack, "cats")
    await alice.set_state(room, "m.room.image_pack", {"images": {"a cat": {"url": "mxc://example.org/cat"}}}, "cats",
                          expect=400, error="M_BAD_JSON")
    path = f"/user/{segment(alice.user_id)}/account_data/m.image_pack.rooms"
    await alice.put(path, {"rooms": {room: {"cats": {}}}})
    await alice.put(path, {"rooms": {room: ["cats"]}}, expect=400, error="M_BAD_JSON")
    successor = (await alice.post(f"/rooms/{segment(room)}/upgrade", {"new_version": "12"}))["replacement_room"]
    assert await alice.get_state(successor, "m.room.image_pack", "cats") == pack
