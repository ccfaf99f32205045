"""From an address to a conversation, by somebody who has read nothing."""

import time


async def test_two_people_find_together(people):
    """Account, server from a template, invite link, second person, both talk: within a minute and twelve clicks."""
    began = time.monotonic()
    ada = await people.visitor("ada")
    await ada.sign_up()
    link = await ada.create_server("The Swift Society", "Friends")
    assert "/invite/" in link
    ben = await people.visitor("ben")
    await ben.join_by(link)
    await ada.write("Hello, Ben!")
    await ben.sees("Hello, Ben!")
    await ben.write("Hello, Ada!")
    await ada.sees("Hello, Ada!")
    assert time.monotonic() - began < 60
    assert ada.clicks + ben.clicks <= 12


async def test_a_link_that_is_unknown_says_so(people):
    stranger = await people.visitor()
    await stranger.go("/invite/NoSuchCode1")
    await stranger.page.get_by_role("heading", name="This invite no longer works").wait_for()
