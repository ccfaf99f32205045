"""Unread counts by push rules, threads and receipts; the list of notifications."""

import json

from harness.client import segment

THREADS = {"room": {"timeline": {"unread_thread_notifications": True, "limit": 1}}}


async def pair(alice, bob) -> str:
    room = await alice.create_room(preset="public_chat")
    await bob.join(room)
    return room


async def counts(client, room: str) -> tuple[int, int]:
    unread = (await client.sync())["rooms"]["join"][room]["unread_notifications"]
    return unread["notification_count"], unread["highlight_count"]


async def by_thread(client, room: str) -> tuple[int, dict[str, int]]:
    answer = await client.get("/sync", query={"filter": json.dumps(THREADS)})
    update = answer["rooms"]["join"][room]
    threads = update.get("unread_thread_notifications", {})
    return (update["unread_notifications"]["notification_count"],
            {root: unread["notification_count"] for root, unread in threads.items() if unread["notification_count"]})


async def read(client, room: str, event: str, kind: str = "m.read", thread: str | None = None) -> None:
    body = {"thread_id": thread} if thread else {}
    await client.post(f"/rooms/{segment(room)}/receipt/{kind}/{segment(event)}", body)


def reply(root: str, text: str) -> dict:
    return {"msgtype": "m.text", "body": text, "m.relates_to": {"rel_type": "m.thread", "event_id": root}}


async def test_counts_rise_with_messages_and_fall_with_receipts(alice, bob):
    room = await pair(alice, bob)
    first = await alice.say(room, "one")
    content = {"msgtype": "m.text", "body": "you", "m.mentions": {"user_ids": [bob.user_id]}}
    mention = (await alice.send(room, "m.room.message", content))["event_id"]
    assert await counts(bob, room) == (2, 1)
    assert await counts(alice, room) == (0, 0)
    await read(bob, room, first)
    assert await counts(bob, room) == (1, 1)
    await read(bob, room, mention, "m.read.private")
    assert await counts(bob, room) == (0, 0)


async def test_a_count_comes_with_its_event(alice, bob):
    room = await pair(alice, bob)
    since = (await bob.sync())["next_batch"]
    event = await alice.say(room, "one")
    answer = await bob.sync(since, timeout=10_000)
    update = answer["rooms"]["join"][room]
    assert [e["event_id"] for e in update["timeline"]["events"]] == [event]
    assert update["unread_notifications"]["notification_count"] == 1


async def test_threads_have_counts_of_their_own(alice, bob):
    room = await pair(alice, bob)
    root = await alice.say(room, "root")
    await alice.send(room, "m.room.message", reply(root, "a"))
    last = (await alice.send(room, "m.room.message", reply(root, "b")))["event_id"]
    assert await by_thread(bob, room) == (1, {root: 2})
    assert await counts(bob, room) == (3, 0)
    await read(bob, room, root, thread="main")
    assert await by_thread(bob, room) == (0, {root: 2})
    await read(bob, room, last, thread=root)
    assert await by_thread(bob, room) == (0, {})


async def test_rules_decide_what_counts(alice, bob):
    room = await pair(alice, bob)
    await bob.put("/pushrules/global/content/cake", {"pattern": "cak?", "actions": ["notify", {"set_tweak": "highlight"}]})
    await alice.say(room, "more CAKE, please")
    await alice.say(room, "cheesecake")
    await alice.send(room, "m.room.message", {"msgtype": "m.notice", "body": "beep"})
    assert await counts(bob, room) == (2, 1)
    await bob.put(f"/pushrules/global/room/{segment(room)}", {"actions": []})
    await alice.say(room, "quiet")
    await alice.say(room, "cake")
    assert (await counts(bob, room))[1] == 2


async def test_an_initial_sync_has_the_default_rules(alice):
    data = {event["type"]: event["content"] for event in (await alice.sync())["account_data"]["events"]}
    rules = {rule["rule_id"] for kind in data["m.push_rules"]["global"].values() for rule in kind}
    assert {".m.rule.master", ".m.rule.message", ".m.rule.is_user_mention", ".org.matrix.msc3930.rule.poll_start"} <= rules


async def test_notifications_are_listed_newest_first(alice, bob):
    room = await pair(alice, bob)
    other = await pair(alice, bob)
    sent = []
    for number in range(4):
        sent.append(await alice.say(room if number % 2 else other, f"{number}"))
    content = {"msgtype": "m.text", "body": "you", "m.mentions": {"user_ids": [bob.user_id]}}
    sent.append((await alice.send(room, "m.room.message", content))["event_id"])
    await bob.say(room, "mine")
    await read(bob, room, sent[1])
    page = await bob.get("/notifications", query={"limit": "3"})
    assert [n["event"]["event_id"] for n in page["notifications"]] == sent[:1:-1]
    newest = page["notifications"][0]
    assert newest["room_id"] == room and "notify" in newest["actions"] and isinstance(newest["ts"], int)
    rest = await bob.get("/notifications", query={"from": page["next_token"]})
    listed = rest["notifications"]
    assert [n["event"]["event_id"] for n in listed][:2] == [sent[1], sent[0]]
    assert listed[0]["read"] is True
    highlights = await bob.get("/notifications", query={"only": "highlight"})
    assert [n["event"]["event_id"] for n in highlights["notifications"]] == [sent[-1]]
