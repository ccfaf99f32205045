"""A desktop client as a person uses it: it starts, sets up encryption, shows a room, and a typed line arrives."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import nio
import pytest
import pytest_asyncio

from clients.desktop import Desktop, NoDisplay
from clients.nheko import Nheko
from encryption.device import collect, encrypted_room_with, open_encrypted, say, until
from harness.client import Client
from harness.homeserver import Homeserver
from harness.waiting import eventually

# Room versions that nheko 0.11 knows end with 11; its makers recommend 10.
_VERSION = "10"


@pytest_asyncio.fixture
async def desktop(directory: Path) -> AsyncIterator[Desktop]:
    """A display."""
    folder = directory / f"desktop-{secrets.token_hex(4)}"
    folder.mkdir()
    desktop = Desktop(folder)
    try:
        await desktop.start()
    except NoDisplay as reason:
        pytest.skip(str(reason))
    yield desktop
    desktop.stop()


async def set_up_encryption(desktop: Desktop, account: Client, observer: Client) -> None:
    """Accepts what nheko proposes to a new account, by the button at the lower right of its first dialog."""
    rows = iter(range(desktop.HEIGHT - 20, desktop.HEIGHT - 120, -10))

    async def signed() -> bool:
        keys = await observer.post("/keys/query", {"device_keys": {account.user_id: []}})
        if account.user_id in keys["master_keys"]:
            return True
        row = next(rows, None)
        assert row is not None, "no button was found that sets up encryption"
        await desktop.click(desktop.WIDTH - 150, row)
        return False

    await eventually(signed, what="cross-signing keys")


async def read_up_to(observer: Client, reader: str, room: str, event: str) -> None:
    """Waits until a person's read receipt is at an event."""
    await observer.stream().until(
        lambda stream: reader in stream.ephemeral.get(room, {}).get("m.receipt", {}).get(event, {}).get("m.read", {}), f"a receipt of {reader}")


@pytest.mark.timeout(240)
async def test_nheko(subject: Homeserver, desktop: Desktop, directory: Path, bob: Client):
    account = await subject.register("nheko")
    room = await bob.create_room(name="Swallows", topic="On the wing", preset="public_chat", room_version=_VERSION)
    await account.join(room)
    last = [await bob.say(room, f"hello number {number}") for number in range(5)][-1]
    home = directory / f"nheko-{secrets.token_hex(4)}"
    nheko = Nheko(home, desktop, account)
    friend = await open_encrypted(subject, directory, "friend")
    try:
        # It uploads the keys of its device, with a good number of keys for others to begin with.
        async def device_keys() -> dict:
            return (await bob.post("/keys/query", {"device_keys": {account.user_id: []}}))["device_keys"].get(account.user_id, {})

        device = (await eventually(device_keys, what="nheko's device keys"))[account.device_id]
        assert device["signatures"][account.user_id]
        await eventually(lambda: _one_time_keys(account), lambda count: count >= 20, "one-time keys")
        await desktop.window("nheko")
        await set_up_encryption(desktop, account, bob)
        for kind in ("m.secret_storage.default_key", "m.cross_signing.master", "m.cross_signing.self_signing", "m.megolm_backup.v1"):
            await eventually(lambda kind=kind: _has_account_data(account, kind), what=f"account data {kind}")
        assert (await account.get("/room_keys/version"))["algorithm"] == "m.megolm_backup.v1.curve25519-aes-sha2"

        # It has synced, shows the room, and says what has been read.
        await eventually(lambda: _known(nheko, room), what="the room in nheko's database")
        nheko.show(room)
        await read_up_to(bob, account.user_id, room, last)

        # A line that is typed arrives.
        window = await desktop.window("nheko")
        await desktop.click(desktop.WIDTH * 5 // 8, desktop.HEIGHT - 20)
        await desktop.type("typed in nheko")
        await bob.stream().until(lambda stream: "typed in nheko" in stream.bodies(room), "the typed line")
        picture = home / "nheko.png"
        assert await desktop.photograph(picture) > 50, f"the screen is empty: {picture}"

        # The same in an encrypted room, with a friend whose client can read it.
        secret = await encrypted_room_with(friend, account, _VERSION)
        await eventually(lambda: _known(nheko, secret), what="the encrypted room in nheko's database")
        await until(friend, lambda c: account.device_id in c.device_store[account.user_id], "nheko's device")
        first = await say(friend, secret, "can you read this?")
        nheko.show(secret)
        # Only what is shown is marked as read: from then on what is typed goes to that room.
        await read_up_to(account, account.user_id, secret, first)
        seen = collect(friend, nio.RoomMessageText)
        await desktop.do("windowfocus", window)
        await desktop.click(desktop.WIDTH * 5 // 8, desktop.HEIGHT - 20)
        await desktop.type("typed in secret")
        await until(friend, lambda c: "typed in secret" in [event.body for event in seen], "the decrypted line")
        assert all(event.decrypted for event in seen)
        assert nheko.alive
    except BaseException:
        await desktop.photograph(home / "failed.png")
        print(nheko.tail())
        raise
    finally:
        nheko.stop()
        await friend.close()


async def _one_time_keys(account: Client) -> int:
    return (await account.post("/keys/upload"))["one_time_key_counts"].get("signed_curve25519", 0)


async def _has_account_data(account: Client, kind: str) -> bool:
    return (await account.get(f"/user/{account.user_id}/account_data/{kind}", expect=(200, 404))).status == 200


async def _known(nheko: Nheko, room: str) -> bool:
    assert nheko.alive, nheko.tail()
    return nheko.knows(room)
