"""The hostile tests are worth something only if a well-formed event of the same peer is accepted."""

import pytest


@pytest.mark.parametrize("version", ["10", "11", "12"])
async def test_a_well_formed_event_arrives(subject, fake, alice, version):
    room = await alice.create_room(preset="public_chat", room_version=version)
    stream = alice.stream()
    await stream.step()
    member = await fake.join(subject, room)
    identifier, event = member.event("good morning")
    answer = await fake.send(subject, [event])
    assert answer.status == 200, answer
    assert answer["pdus"] == {identifier: {}}, answer
    seen = await stream.until_event(room, identifier)
    assert seen["content"]["body"] == "good morning"
