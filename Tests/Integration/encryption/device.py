"""Devices that encrypt: matrix-nio clients, run step by step."""

import secrets
from pathlib import Path

import nio

from harness.client import Client
from harness.homeserver import Homeserver
from harness.waiting import eventually

PASSWORD = "correct horse battery"


async def open_encrypted(server: Homeserver, folder: Path, prefix: str) -> nio.AsyncClient:
    """A matrix-nio client that encrypts, with a new account, its keys uploaded."""
    store = folder / secrets.token_hex(4)
    store.mkdir()
    config = nio.AsyncClientConfig(encryption_enabled=True, max_limit_exceeded=0, max_timeouts=1)
    client = nio.AsyncClient(server.client_url, store_path=str(store), config=config)
    answer = await client.register(f"{prefix}-{secrets.token_hex(4)}", PASSWORD)
    assert isinstance(answer, nio.RegisterResponse), answer
    await step(client)
    return client


async def step(client: nio.AsyncClient) -> None:
    """One round of what a running client does: sync, upload, query, claim, send."""
    answer = await client.sync(timeout=300, full_state=client.next_batch == "")
    assert isinstance(answer, nio.SyncResponse), answer
    await client.send_to_device_messages()
    if client.should_upload_keys:
        assert isinstance(await client.keys_upload(), nio.KeysUploadResponse)
    if client.should_query_keys:
        assert isinstance(await client.keys_query(), nio.KeysQueryResponse)
    if client.should_claim_keys:
        claimed = await client.keys_claim(client.get_users_for_key_claiming())
        assert isinstance(claimed, nio.KeysClaimResponse), claimed


async def until(client: nio.AsyncClient, satisfied, what: str, timeout_seconds: float = 30):
    """Lets a client run until its own picture satisfies."""

    async def probe():
        await step(client)
        return satisfied(client)

    return await eventually(probe, what=what, timeout_seconds=timeout_seconds)


def collect(client: nio.AsyncClient, kind) -> list:
    """The events of a kind that the client sees from now on."""
    seen: list = []
    client.add_event_callback(lambda room, event: seen.append(event), kind)
    return seen


async def encrypted_room(host: nio.AsyncClient, guest: nio.AsyncClient) -> str:
    """An encrypted room with both in it, each knowing the other's device."""
    state = [{"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}]
    room = await host.room_create(name="Secret", invite=[guest.user_id], initial_state=state)
    assert isinstance(room, nio.RoomCreateResponse), room
    await until(guest, lambda c: room.room_id in c.invited_rooms, "the invite")
    assert isinstance(await guest.join(room.room_id), nio.JoinResponse)
    for one, other in ((host, guest), (guest, host)):
        await until(one, lambda c: room.room_id in c.rooms and other.user_id in c.rooms[room.room_id].users
                    and c.rooms[room.room_id].encrypted, "the encrypted room")
        await until(one, lambda c: other.device_id in c.device_store[other.user_id], "the other's device")
    return room.room_id


async def say(client: nio.AsyncClient, room: str, text: str) -> str:
    """Sends an encrypted message and returns its event ID."""
    content = {"msgtype": "m.text", "body": text}
    sent = await client.room_send(room, "m.room.message", content, ignore_unverified_devices=True)
    assert isinstance(sent, nio.RoomSendResponse), sent
    return sent.event_id


async def encrypted_room_with(host: nio.AsyncClient, guest: Client, version: str) -> str:
    """An encrypted room of a room version, with a guest in it who is another client's."""
    state = [{"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}]
    room = await host.room_create(name="Secret", invite=[guest.user_id], initial_state=state, room_version=version)
    assert isinstance(room, nio.RoomCreateResponse), room
    await guest.join(room.room_id)
    await until(host, lambda c: room.room_id in c.rooms and guest.user_id in c.rooms[room.room_id].users and c.rooms[room.room_id].encrypted,
                "the guest in the encrypted room")
    return room.room_id
