"""The community that most tests share, so that not each of them has to found one."""

import itertools

from people.person import People, Person

_numbers = itertools.count(1)


class House:
    """A server called "The House": mara owns it, noah is a member, both have it open."""

    def __init__(self, people: People):
        self.people = people
        self.link = ""
        self.space = ""
        self.rooms: dict[str, str] = {}
        self.mara: Person
        self.noah: Person

    async def build(self) -> None:
        """Founds it, as people would."""
        self.mara = await self.people.visitor("mara")
        await self.mara.sign_up()
        self.link = await self.mara.create_server("The House", "Friends")
        self.noah = await self.people.visitor("noah")
        await self.noah.join_by(self.link)
        for person in (self.mara, self.noah):
            await person.settle()
        api = await self.mara.api()
        for room in (await api.get("/joined_rooms"))["joined_rooms"]:
            state = await api.full_state(room)
            name = state[("m.room.name", "")]["content"]["name"]
            if state[("m.room.create", "")]["content"].get("type") == "m.space":
                self.space = room
            else:
                self.rooms[name] = room

    async def enter(self) -> None:
        """Both are in the channel "general", with nothing open over it."""
        for person in (self.mara, self.noah):
            address = f"/#/space/{self.space}/{self.rooms['general']}"
            for _ in range(3):
                # What a failed test left open.
                if await person.page.locator('[aria-modal="true"]').count() == 0:
                    break
                await person.page.keyboard.press("Escape")
            await person.page.evaluate("address => { location.hash = address }", address[1:])
            await person.composer().wait_for()

    async def channel(self, name: str = "room") -> str:
        """A new channel in which both are, by the API; gives its ID. `go` leads there."""
        api = await self.mara.api()
        room = await api.create_room(name=f"{name}-{next(_numbers)}", initial_state=[
            {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": self.space}]}},
            {"type": "m.space.parent", "state_key": self.space, "content": {"via": [api.server_name], "canonical": True}},
        ])
        await api.set_state(self.space, "m.space.child", {"via": [api.server_name]}, room)
        await (await self.noah.api()).join(room)
        return room

    async def go(self, person: Person, room: str, *rest: str) -> None:
        """Leads somebody to a channel."""
        address = "/".join(["#/space", self.space, room, *rest])
        await person.page.evaluate("address => { location.hash = address }", address)
        await person.composer().wait_for()
