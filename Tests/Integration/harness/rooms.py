"""What the tests ask of a room on several servers."""

from .client import Client
from .waiting import eventually


async def same_state(room: str, first: Client, second: Client, timeout_seconds: float = 60) -> dict:
    """Waits until two servers have the same current state, and returns it."""

    async def difference() -> list:
        one = {slot: event["event_id"] for slot, event in (await first.full_state(room)).items()}
        two = {slot: event["event_id"] for slot, event in (await second.full_state(room)).items()}
        return sorted((slot, one.get(slot), two.get(slot)) for slot in one.keys() | two.keys()
                      if one.get(slot) != two.get(slot))

    await eventually(difference, lambda found: not found, f"the same state of {room} (slot, first, second)",
                     timeout_seconds)
    return await first.full_state(room)


async def membership(observer: Client, room: str, user: str) -> str:
    """A user's membership as an observer's server has it."""
    return (await observer.full_state(room)).get(("m.room.member", user), {}).get("content", {}).get("membership", "none")


async def until_membership(observer: Client, room: str, user: str, wanted: str, timeout_seconds: float = 30) -> None:
    """Waits until an observer's server has a user's membership."""
    await eventually(lambda: membership(observer, room, user), lambda found: found == wanted,
                     f"membership {wanted} of {user}", timeout_seconds)


async def shared_room(host: Client, *guests: Client, **options) -> str:
    """A public room of `host` which every guest has joined, known on both sides."""
    room = await host.create_room(**{"preset": "public_chat", **options})
    for guest in guests:
        await guest.join(room, via=host.server_name)
        await until_membership(host, room, guest.user_id, "join")
    return room
