"""A lively community for screenshots: several people with faces, channels, roles, threads, reactions, custom emoji."""

import asyncio
import math

from harness.client import Client, segment
from people.person import register
from people.pictures import png

_PEOPLE = {
    "ines": ("Ines", 205), "jonas": ("Jonas", 25), "leyla": ("Leyla", 330), "tomasz": ("Tomasz", 140), "aiko": ("Aiko", 270), "samuel": ("Samuel", 50), "freya": ("Freya", 180),
}
_TALK = [
    ("jonas", "Good morning! Has anybody been to the towers yet? The first swifts should be back any day."),
    ("leyla", "I heard some **over the mill** at half past six. At least three, very high."),
    ("aiko", "That would be the earliest since 2019 :swift:"),
    ("tomasz", "I can bring the spotting scope on Saturday, if somebody takes the tripod."),
    ("ines", "Saturday works. Let us meet at 7:00 at the bridge, and please sign up in the thread so that I know how many we are."),
    ("samuel", "Counting sheet from last year:\n\n| Place | Pairs | First seen |\n|---|---|---|\n| Mill | 14 | 2 May |\n| Church | 9 | 29 April |\n| Old tower | 21 | 27 April |"),
    ("freya", "The nest boxes at the school are all up now. The children painted them, they look wonderful."),
    ("leyla", "> The nest boxes at the school are all up now\n\nThat is the best news of the week 💙"),
    ("aiko", "For the counter I use\n```python\ndef passes(times, gap=90):\n    \"\"\"Birds that pass within a gap are one group.\"\"\"\n    groups = 1\n    for a, b in zip(times, times[1:]):\n        groups += b - a > gap\n    return groups\n```"),
    ("jonas", "Works nicely, thank you! :heron:"),
]


def _hsl(hue: float, saturation: float, light: float) -> tuple[int, int, int]:
    def channel(n: float) -> int:
        k = (n + hue / 30) % 12
        a = saturation * min(light, 1 - light)
        return round(255 * (light - a * max(-1, min(k - 3, 9 - k, 1))))

    return channel(0), channel(8), channel(4)


def face(hue: int, size: int = 160) -> bytes:
    """A portrait: a head before a coloured ground."""
    ground, shoulders, skin, hair = _hsl(hue, 0.4, 0.72), _hsl(hue, 0.45, 0.38), _hsl(28, 0.5, 0.55 + (hue % 50) / 250), _hsl(hue * 3 % 360, 0.3, 0.22)

    def colour(x: int, y: int) -> tuple[int, int, int]:
        u, v = x / size - 0.5, y / size - 0.5
        if math.hypot(u, v + 0.06) < 0.19:
            return hair if v + 0.06 < -0.07 + abs(u) * 0.3 else skin
        if math.hypot(u * 0.8, v - 0.52) < 0.33:
            return shoulders
        return ground

    return png(size, size, colour)


def sign(hue: int, kind: int, size: int = 96) -> bytes:
    """A small picture for an emoji: a bird's outline on nothing much."""
    ink, ground = _hsl(hue, 0.55, 0.35), _hsl(hue, 0.5, 0.88)

    def colour(x: int, y: int) -> tuple[int, int, int]:
        u, v = x / size * 2 - 1, y / size * 2 - 1
        wing = abs(v - (0.55 * abs(u) ** (1.2 + kind * 0.4) - 0.3)) < 0.16 * (1.05 - abs(u))
        body = (u * 3) ** 2 + ((v + 0.05) * (1.6 + kind * 0.3)) ** 2 < 0.35
        return ink if wing or body else ground

    return png(size, size, colour)


def landscape(width: int = 900, height: int = 560) -> bytes:
    """An evening over hills."""
    def colour(x: int, y: int) -> tuple[int, int, int]:
        u, v = x / width, y / height
        for depth, (level, light) in reversed(list(enumerate(((0.55, 0.52), (0.68, 0.38), (0.82, 0.25))))):
            if v > level + 0.06 * math.sin(u * (5 + depth * 3) + depth * 2) + 0.015 * math.sin(u * 31 + depth):
                return _hsl(200 - depth * 20, 0.25, light)
        if math.hypot((u - 0.68) * width / height, v - 0.36) < 0.07:
            return 255, 236, 196
        share = min(1, v / 0.55)
        top, low = (94, 128, 168), (245, 190, 140)
        return tuple(round(a + (b - a) * share) for a, b in zip(top, low))

    return png(width, height, colour)


class Town:
    """The community "Swift Watch" with its people."""

    def __init__(self, server):
        self.server = server
        self.people: dict[str, Client] = {}
        self.rooms: dict[str, str] = {}
        self.space = ""
        self.link = ""
        self.thread = ""

    async def upload(self, client: Client, data: bytes, name: str) -> str:
        answer = await client.request("POST", "/_matrix/media/v3/upload", raw=data, query={"filename": name})
        return answer["content_uri"]

    async def build(self) -> None:
        for name, (shown, hue) in _PEOPLE.items():
            client = self.people[name] = await register(self.server, name)
            await client.put(f"/profile/{client.user_id}/displayname", {"displayname": shown})
            await client.put(f"/profile/{client.user_id}/avatar_url", {"avatar_url": await self.upload(client, face(hue), "face.png")})
        owner = self.people["ines"]
        via = [owner.server_name]
        self.space = await owner.create_room(name="Swift Watch", topic="Counting swifts and saving their homes, since 2014.", creation_content={"type": "m.space"}, initial_state=[
            {"type": "m.room.avatar", "state_key": "", "content": {"url": await self.upload(owner, sign(205, 1, 192), "swift.png")}},
            {"type": "chat.martlet.welcome", "state_key": "", "content": {"text": "Good to have you. Say hello in #introductions.", "rules": ["Be kind.", "No exact places of nests, please.", "Pictures only of wild birds."]}}])
        groups = {"Start here": ["announcements", "introductions"], "Birding": ["sightings", "nest-boxes", "identification"], "Around it": ["pictures", "off-topic"], "Voice": ["Hide"]}
        topics = {"sightings": "What flew where, and when? Please no exact places of nests.", "announcements": "News for everybody"}
        categories = []
        for number, (category, names) in enumerate(groups.items()):
            ids = []
            for name in names:
                options = {"creation_content": {"type": "org.matrix.msc3417.call"}} if category == "Voice" else {}
                room = self.rooms[name] = await owner.create_room(name=name, topic=topics.get(name, ""), initial_state=[
                    {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": self.space}]}},
                    {"type": "m.space.parent", "state_key": self.space, "content": {"via": via, "canonical": True}}], **options)
                await owner.set_state(self.space, "m.space.child", {"via": via, "suggested": True}, room)
                ids.append(room)
            categories.append({"id": f"c{number}", "name": category, "channels": ids})
        await owner.set_state(self.space, "chat.martlet.categories", {"categories": categories})
        await self._roles(owner)
        for client in list(self.people.values())[1:]:
            await owner.membership("invite", self.space, client.user_id)
            for room in (self.space, *self.rooms.values()):
                await client.join(room)
        await self._pack(owner)
        await self._talk()
        self.link = (await owner.post(f"/_martlet/client/v1/rooms/{segment(self.space)}/invites", {"expires_in_ms": None}))["url"]

    async def _roles(self, owner: Client) -> None:
        roles = [
            {"id": "keeper", "name": "Keeper", "colour": "#a4493d", "level": 80, "hoisted": True, "mentionable": True, "icon": "🪶"},
            {"id": "ranger", "name": "Ranger", "colour": "#2f7d5b", "level": 50, "hoisted": True, "mentionable": True},
            {"id": "painter", "name": "Painter", "colour": "#7a4d9e", "level": 0, "hoisted": False, "mentionable": True},
        ]
        await owner.set_state(self.space, "chat.martlet.roles", {"roles": roles, "permissions": {"send-messages": 0, "invite": 0, "pin": 50, "kick": 50, "ban": 80, "delete-messages": 50, "manage-emoji": 50, "manage-channels": 80, "manage-roles": 100}})
        for name, given in (("ines", ["keeper"]), ("jonas", ["ranger"]), ("leyla", ["ranger", "painter"]), ("freya", ["painter"])):
            await owner.set_state(self.space, "chat.martlet.member_roles", {"roles": given}, f"_{self.people[name].user_id}")

    async def _pack(self, owner: Client) -> None:
        images = {}
        for number, name in enumerate(("swift", "heron", "owl", "wren", "robin", "magpie", "stork", "lark")):
            data = sign(number * 45 + 10, number % 3)
            images[name] = {"url": await self.upload(owner, data, f"{name}.png"), "body": name, "info": {"w": 96, "h": 96, "mimetype": "image/png", "size": len(data)}}
        self.images = images
        await owner.set_state(self.space, "m.room.image_pack", {"images": images, "pack": {"display_name": "Birds of the valley", "attribution": "Leyla", "usage": ["emoticon", "sticker"]}}, "birds")

    def _html(self, text: str) -> dict:
        content = {"msgtype": "m.text", "body": text}
        html = text
        for name, image in self.images.items():
            html = html.replace(f":{name}:", f'<img data-mx-emoticon src="{image["url"]}" alt=":{name}:" title=":{name}:" height="32">')
        if "```" in html:
            before, code = html.split("```python\n")
            html = f'<p>{before.strip()}</p><pre><code class="language-python">{code.removesuffix("```")}</code></pre>'
        elif "|---" in html:
            head, table = html.split("\n\n")
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
            html = f"<p>{head}</p><table><thead><tr>{''.join(f'<th>{cell}</th>' for cell in rows[0])}</tr></thead><tbody>{''.join('<tr>' + ''.join(f'<td>{cell}</td>' for cell in row) + '</tr>' for row in rows[2:])}</tbody></table>"
        elif html.startswith("> "):
            quote, rest = html[2:].split("\n\n")
            html = f"<blockquote>{quote}</blockquote><p>{rest}</p>"
        html = html.replace("**over the mill**", "<strong>over the mill</strong>")
        if html != text:
            content |= {"format": "org.matrix.custom.html", "formatted_body": html}
        return content

    async def _talk(self) -> None:
        room = self.rooms["sightings"]
        ids = []
        for name, text in _TALK:
            ids.append((await self.people[name].send(room, "m.room.message", self._html(text)))["event_id"])
        self.thread = ids[4]
        for name, text in (("jonas", "I am in!"), ("leyla", "Me too, and I bring cake."), ("tomasz", "With the scope."), ("aiko", "Count me in :lark:")):
            await self.people[name].send(room, "m.room.message", {**self._html(text), "m.relates_to": {"rel_type": "m.thread", "event_id": self.thread}})
        reactions = ((1, "👀", ("jonas", "ines", "aiko")), (6, "💙", ("ines", "leyla", "tomasz", "samuel")), (6, self.images["robin"]["url"], ("aiko", "jonas")), (4, "👍", ("samuel", "freya")), (9, "🎉", ("aiko",)))
        for index, key, names in reactions:
            for name in names:
                await self.people[name].send(room, "m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": ids[index], "key": key}})
        picture = landscape()
        url = await self.upload(self.people["freya"], picture, "evening.png")
        content = {"msgtype": "m.image", "body": "The valley last night, about a minute before they came down", "filename": "evening.png", "url": url, "info": {"w": 900, "h": 560, "mimetype": "image/png", "size": len(picture)}}
        shot = (await self.people["freya"].send(room, "m.room.message", content))["event_id"]
        for name in ("ines", "jonas", "samuel"):
            await self.people[name].send(room, "m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": shot, "key": "😍"}})
        owner = self.people["ines"]
        await self.people["samuel"].send(room, "m.room.message", {"msgtype": "m.text", "body": "What a light. May I use it for the newsletter?", "m.relates_to": {"m.in_reply_to": {"event_id": shot}}, "m.mentions": {"user_ids": [self.people["freya"].user_id]}})
        await owner.set_state(room, "m.room.pinned_events", {"pinned": [self.thread]})
        await self.people["jonas"].say(self.rooms["nest-boxes"], "Two boxes at the mill need a new roof.")
        await self.people["aiko"].send(self.rooms["identification"], "m.room.message", {"msgtype": "m.text", "body": "Ines, is this a pallid swift?", "m.mentions": {"user_ids": [owner.user_id]}})
        await asyncio.sleep(0)
