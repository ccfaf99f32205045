"""A thousand encrypted messages across two servers; a new device reads them by the key backup alone."""

import asyncio
import secrets

import nio
import pytest

from encryption.backup import KeyBackup, plain
from encryption.device import PASSWORD, collect, encrypted_room, open_encrypted, step, until
from harness.waiting import eventually

MESSAGES = 1000
# Messages under way at once, and messages with one key: so there are several keys to keep.
_AT_ONCE, _WITH_ONE_KEY = 25, 100


async def say_many(client: nio.AsyncClient, room: str) -> set[str]:
    """Sends the messages and returns their texts."""
    texts = [f"message {number}" for number in range(MESSAGES)]
    for start in range(0, MESSAGES, _AT_ONCE):
        if start % _WITH_ONE_KEY == 0:
            client.invalidate_outbound_session(room)
            await client.share_group_session(room, ignore_unverified_devices=True)
        sent = await asyncio.gather(*(
            client.room_send(room, "m.room.message", {"msgtype": "m.text", "body": text}, ignore_unverified_devices=True)
            for text in texts[start:start + _AT_ONCE]))
        assert all(isinstance(one, nio.RoomSendResponse) for one in sent), [one for one in sent if not isinstance(one, nio.RoomSendResponse)]
    return set(texts)


async def read(client: nio.AsyncClient, room: str) -> tuple[set[str], list[str]]:
    """The texts of a room's whole history that a device can decrypt, and the keys of what it cannot."""
    texts, unread, start = set(), [], client.next_batch
    while start:
        page = await client.room_messages(room, start, limit=200)
        assert isinstance(page, nio.RoomMessagesResponse), page
        texts |= {event.body for event in page.chunk if isinstance(event, nio.RoomMessageText)}
        unread += [f"{event.session_id} {event.event_id}" for event in page.chunk if isinstance(event, nio.MegolmEvent)]
        start = page.end
    return texts, unread


@pytest.mark.timeout(300)
async def test_a_thousand_messages_by_key_backup(pair, directory):
    host, guest = [await open_encrypted(server, directory, "backup") for server in pair]
    try:
        room = await encrypted_room(host, guest)
        seen = collect(guest, nio.RoomMessageText)
        sending = asyncio.create_task(say_many(host, room))
        await until(guest, lambda c: sending.done(), "the end of sending", timeout_seconds=200)
        texts = await sending
        await until(guest, lambda c: f"message {MESSAGES - 1}" in {event.body for event in seen}, "the last message", timeout_seconds=60)

        # Where a server or a client fell behind, there was a gap: the history is what becomes whole.
        async def missing() -> tuple[set[str], list[str]]:
            await step(guest)
            found, unread = await read(guest, room)
            return texts - found, unread

        await eventually(missing, lambda found: not found[0], "the whole history (missing texts, keys not there)", timeout_seconds=60)

        account = plain(guest, pair[1].name)
        backup = await KeyBackup.create(account)
        sessions = [session for session in guest.olm.inbound_group_store if session.room_id == room]
        assert len(sessions) >= MESSAGES // _WITH_ONE_KEY
        stored = await backup.store(sessions)
        assert stored["count"] == len(sessions)
        # The same keys again are no news.
        assert (await backup.store(sessions))["etag"] == stored["etag"]

        store = directory / secrets.token_hex(4)
        store.mkdir()
        config = nio.AsyncClientConfig(encryption_enabled=True, max_limit_exceeded=0, max_timeouts=1)
        second = nio.AsyncClient(guest.homeserver, guest.user_id, store_path=str(store), config=config)
        try:
            assert isinstance(await second.login(PASSWORD), nio.LoginResponse)
            await step(second)
            assert not (await read(second, room))[0], "a new device has no keys"
            restored = await backup.opened_by(plain(second, pair[1].name))
            for session in await restored.sessions():
                assert second.olm.inbound_group_store.add(session)
            assert (await read(second, room))[0] == texts
            one = await restored.session(room, sessions[0].id)
            assert (one.id, one.first_known_index) == (sessions[0].id, sessions[0].first_known_index)
        finally:
            await second.close()
    finally:
        await host.close()
        await guest.close()
