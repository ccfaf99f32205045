"""The server as such: health, discovery, guests, several instances."""

import time

import pytest

from harness.client import Client, shared_session


@pytest.mark.martlet_only
async def test_health(subject):
    async with shared_session().get(f"{subject.client_url}/_martlet/health") as answer:
        assert answer.status == 200


@pytest.mark.martlet_only
async def test_start_to_first_answer_is_quick(start_server):
    started = time.monotonic()
    server = await start_server("martlet", "quick")
    assert time.monotonic() - started < 5, "the aim is 1 s; a busy machine and a debug build get more"
    await server.stop()


@pytest.mark.martlet_only
async def test_the_folder_can_move(start_server):
    """All state is in one folder, which may be carried elsewhere."""
    server = await start_server("martlet", "moving")
    user = await server.register("user")
    room = await user.create_room(name="Moved")
    await server.stop()
    data = server.directory / "data"
    data.rename(server.directory / "elsewhere")
    settings = (server.directory / "martlet.yaml").read_text()
    (server.directory / "martlet.yaml").write_text(settings.replace(str(data), str(server.directory / "elsewhere")))
    await server.start()
    assert (await user.get_state(room, "m.room.name"))["name"] == "Moved"
    await server.stop()


async def test_guests(subject, alice):
    account = await subject.anonymous().request("POST", "/register", {}, query={"kind": "guest"})
    guest = Client(subject.client_url, subject.name, account["user_id"], account["access_token"], account["device_id"])
    who = await guest.get("/account/whoami")
    assert who["user_id"] == account["user_id"] and who["is_guest"] is True
    room = await alice.create_room(preset="private_chat", room_version="11")
    await guest.join(room, expect=403)
    open_room = await alice.create_room(preset="public_chat", room_version="11", initial_state=[
        {"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "can_join"}}])
    await guest.join(open_room)
    await guest.say(open_room, "hello from a guest")
    closed = await alice.create_room(preset="public_chat", room_version="11", initial_state=[
        {"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "forbidden"}}])
    await guest.join(closed, expect=403)


async def test_trailing_and_encoded_paths(alice):
    room = await alice.create_room(name="Path")
    assert (await alice.get(f"/rooms/{room}/state/m.room.name"))["name"] == "Path"
    assert (await alice.get(f"/rooms/{room}/state/m.room.name/"))["name"] == "Path"


async def test_token_in_the_query_string(subject, alice):
    answer = await subject.anonymous().request("GET", "/account/whoami", query={"access_token": alice.token},
                                               expect=(200, 401))
    assert answer.get("user_id", alice.user_id) == alice.user_id
