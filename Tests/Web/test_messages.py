"""What people do with messages."""

import asyncio
import re

from harness.waiting import eventually
from people.person import Person


async def _content(person: Person, room: str, body: str) -> dict:
    """The newest event of a room with this text, as the server has it."""
    api = await person.api()

    async def probe():
        for event in (await api.messages(room, limit=50))["chunk"]:
            if event["content"].get("body") == body:
                return event
        return None

    return await eventually(probe, what=f"the event {body}")


async def test_text_is_formatted(house):
    """Markdown becomes HTML for everybody: emphasis, lists, links, code with colours, spoilers, tables, formulas."""
    room = await house.channel("format")
    await house.go(house.mara, room)
    await house.go(house.noah, room)
    await house.mara.write("some **bold**, *slanted*, ~~gone~~ and `code`")
    row = house.noah.message("some bold")
    await row.wait_for()
    assert await row.locator("strong").inner_text() == "bold"
    assert await row.locator("em").inner_text() == "slanted"
    assert await row.locator("code").inner_text() == "code"
    assert await row.locator("del, s").first.inner_text() == "gone"
    await house.mara.composer().fill("```python\ndef fly(height):\n    return height * 2\n```")
    await house.mara.composer().press("Control+Enter")
    block = house.noah.timeline().locator(".code-block")
    await block.locator("pre span").first.wait_for()
    assert "def fly(height):" in await block.inner_text()
    await house.mara.write("the butler was ||the gardener||")
    spoiler = house.noah.timeline().get_by_role("button", name="Spoiler, click to show")
    await spoiler.click()
    await house.noah.timeline().get_by_text("the gardener").wait_for()
    await house.mara.write("| bird | speed |\n|---|---|\n| swift | 111 |")
    await house.noah.timeline().get_by_role("cell", name="swift").wait_for()
    await house.mara.write("so $e^{i\\pi}+1=0$ holds")
    await house.noah.timeline().locator("math").first.wait_for()
    await house.mara.write("- one\n- two")
    await house.noah.timeline().get_by_role("listitem").filter(has_text="two").wait_for()
    sent = await _content(house.mara, room, "some **bold**, *slanted*, ~~gone~~ and `code`")
    assert "<strong>bold</strong>" in sent["content"]["formatted_body"]


async def test_mentions_are_completed(house):
    """A person by a few letters, the whole room by @room; the event says who is meant, and the inbox of that person has it."""
    room = await house.channel("mention")
    await house.go(house.mara, room)
    field = house.mara.composer()
    await field.press_sequentially("Hey @no")
    await house.mara.page.get_by_role("option", name=re.compile("noah")).wait_for()
    await field.press("Enter")
    await field.press_sequentially("look at this")
    await field.press("Enter")
    sent = await _content(house.mara, room, "Hey @noah look at this")
    assert sent["content"]["m.mentions"]["user_ids"] == [house.noah.user_id]
    assert "matrix.to" in sent["content"]["formatted_body"]
    await field.press_sequentially("@roo")
    await house.mara.page.get_by_role("option", name=re.compile("@room")).wait_for()
    await field.press("Enter")
    await field.press_sequentially("dinner")
    await field.press("Enter")
    assert (await _content(house.mara, room, "@room dinner"))["content"]["m.mentions"]["room"] is True
    await house.noah.page.evaluate("location.hash = '#/inbox'")
    await house.noah.page.get_by_role("tab", name=re.compile("^Mentions")).click()
    await house.noah.page.get_by_role("link").filter(has_text="look at this").first.wait_for()


async def test_reply_edit_react_and_delete(house):
    """What is done with one message, as both see it."""
    room = await house.channel("talk")
    await house.go(house.mara, room)
    await house.go(house.noah, room)
    mara, noah = house.mara, house.noah
    await mara.write("Tea or coffee?")
    await noah.sees("Tea or coffee?")
    await noah.act("Tea or coffee?", "Reply")
    await noah.write("Tea, please")
    row = mara.message("Tea, please")
    await row.get_by_role("button", name=re.compile("^Answers: .*Tea or coffee")).wait_for()
    reply = await _content(noah, room, "Tea, please")
    assert reply["content"]["m.relates_to"]["m.in_reply_to"]["event_id"]
    assert mara.user_id in reply["content"]["m.mentions"]["user_ids"]
    await noah.act("Tea, please", "Edit")
    await noah.write("Coffee, please")
    await mara.sees("Coffee, please")
    await mara.message("Coffee, please").get_by_role("button", name="(edited)").click()
    history = mara.dialog()
    await history.get_by_text("Tea, please").wait_for()
    await history.get_by_role("button", name="Close").click()
    await mara.act("Coffee, please", "React with 👍")
    reaction = noah.message("Coffee, please").get_by_role("button", name=re.compile("reacted with 👍"))
    await reaction.click()
    await mara.message("Coffee, please").get_by_role("button", name=re.compile("reacted with 👍")).filter(has_text="2").wait_for()
    await noah.act("Coffee, please", "Delete")
    await noah.dialog().get_by_role("button", name="Delete", exact=True).click()
    await mara.timeline().get_by_text(re.compile("^Message deleted")).first.wait_for()
    assert await mara.timeline().get_by_text("Coffee, please", exact=True).count() == 0


async def test_the_last_message_is_edited_with_an_arrow(house):
    room = await house.channel("arrow")
    await house.go(house.mara, room)
    await house.mara.write("a smal typo")
    await house.mara.received("a smal typo")
    await house.mara.composer().press("ArrowUp")
    await house.mara.page.get_by_text("Editing your message").wait_for()
    await house.mara.write("a small typo")
    await house.mara.sees("a small typo")


async def test_threads(house):
    """A thread beside the channel: begun by one, answered by the other, counted in the channel."""
    room = await house.channel("thread")
    mara, noah = house.mara, house.noah
    await house.go(mara, room)
    await house.go(noah, room)
    await mara.write("Plans for the weekend")
    await noah.sees("Plans for the weekend")
    await noah.act("Plans for the weekend", "Reply in thread")
    field = noah.thread().get_by_label("Message in this thread", exact=True)
    await noah.write("Hiking!", field)
    chip = mara.message("Plans for the weekend").get_by_role("button", name=re.compile("1 reply"))
    await chip.click()
    await mara.thread().get_by_text("Hiking!", exact=True).wait_for()
    await mara.write("I am in", mara.thread().get_by_label("Message in this thread", exact=True))
    await noah.thread().get_by_text("I am in", exact=True).wait_for()
    await noah.message("Plans for the weekend").get_by_role("button", name=re.compile("2 replies")).wait_for()
    assert (await _content(noah, room, "Hiking!"))["content"]["m.relates_to"]["rel_type"] == "m.thread"
    await mara.thread().get_by_role("button", name="Close thread").click()
    await mara.page.get_by_role("button", name="Threads", exact=True).click()
    await mara.page.get_by_text("Plans for the weekend").last.wait_for()
    await mara.page.get_by_role("button", name="Threads", exact=True).click()


async def test_pins(house):
    room = await house.channel("pin")
    mara, noah = house.mara, house.noah
    await house.go(mara, room)
    await house.go(noah, room)
    await mara.write("The door code is 4711")
    await mara.act("The door code is 4711", "Pin")
    await noah.page.get_by_role("button", name="Pinned messages", exact=True).click()
    panel = noah.page.locator(".panel-message")
    await panel.filter(has_text="4711").wait_for()
    await panel.get_by_role("button", name="Go to message").click()
    await noah.page.get_by_role("button", name="Pinned messages", exact=True).click()


async def test_forward(house):
    room, other = await house.channel("from"), await house.channel("onward")
    mara = house.mara
    await house.go(mara, room)
    await mara.write("Worth reading twice")
    await mara.act("Worth reading twice", "Forward")
    dialog = mara.dialog()
    await dialog.get_by_label("Find a room or person").fill("onward")
    await dialog.get_by_role("checkbox", name=re.compile("onward")).first.check()
    await dialog.get_by_role("button", name="Forward", exact=True).click()
    await house.go(mara, other)
    await mara.sees("Worth reading twice")


async def test_several_are_deleted_at_once(house):
    room = await house.channel("sweep")
    mara = house.mara
    await house.go(mara, room)
    for number in range(4):
        await mara.write(f"spam {number}")
    await mara.act("spam 0", "Select messages")
    for number in (1, 2):
        await mara.message(f"spam {number}").get_by_role("checkbox", name="Select this message").check()
    await mara.page.get_by_role("toolbar", name="Selected messages").get_by_role("button", name="Delete 3").click()
    await mara.dialog().get_by_role("button", name="Delete", exact=True).click()
    await mara.dialog().wait_for(state="detached")
    api = await mara.api()

    async def gone():
        bodies = [event["content"].get("body") for event in (await api.messages(room))["chunk"]]
        return [body for body in bodies if body and body.startswith("spam")] == ["spam 3"]

    await eventually(gone, what="three deleted messages")


async def test_polls(house):
    room = await house.channel("poll")
    mara, noah = house.mara, house.noah
    await house.go(mara, room)
    await house.go(noah, room)
    await mara.click("Add something")
    await mara.page.get_by_role("menuitem", name="Create a poll").click()
    dialog = mara.dialog()
    await dialog.get_by_label("Question", exact=True).fill("Where to?")
    await dialog.get_by_label("Answer 1", exact=True).fill("The lake")
    await dialog.get_by_label("Answer 2", exact=True).fill("The hills")
    await dialog.get_by_role("button", name="Create poll").click()
    poll = noah.timeline().get_by_role("group", name="Poll")
    await poll.get_by_role("radio", name="The lake").click()
    await mara.timeline().get_by_role("group", name="Poll").get_by_text("1 person voted").wait_for()
    await mara.timeline().get_by_role("group", name="Poll").get_by_role("radio", name=re.compile("^The hills")).click()
    await poll.get_by_text("2 people voted").wait_for()
    await mara.timeline().get_by_role("button", name="End poll").click()
    await mara.dialog().get_by_role("button", name="End poll").click()
    await poll.get_by_text("Ended, 2 people voted").wait_for()


async def test_voice_message(house):
    room = await house.channel("voice")
    mara, noah = house.mara, house.noah
    await house.go(mara, room)
    await house.go(noah, room)
    await mara.click("Record a voice message")
    recorder = mara.page.get_by_role("group", name="Recording")
    await recorder.wait_for()
    await asyncio.sleep(1.2)
    await recorder.get_by_role("button", name="Send").click()
    player = noah.timeline().get_by_role("group", name="Voice message")
    await player.wait_for()
    await player.get_by_role("button", name="Play").click()
    await player.get_by_role("button", name="Pause").or_(player.get_by_text("could not be loaded")).first.wait_for()
    assert await player.get_by_text("could not be loaded").count() == 0
    event = await _content(mara, room, "Voice message")
    assert "org.matrix.msc3245.voice" in event["content"]
    assert event["content"]["info"]["duration"] > 500


_PASTE = """([name, type, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))
  const transfer = new DataTransfer()
  transfer.items.add(new File([bytes], name, { type }))
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }))
}"""
_DROP = """([selector, name, type, text]) => {
  const transfer = new DataTransfer()
  transfer.items.add(new File([text], name, { type }))
  const target = document.querySelector(selector)
  for (const kind of ["dragenter", "dragover", "drop"]) target.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }))
}"""


async def test_files(house):
    """A picture by pasting, with a caption, looked at large; a text file by dragging."""
    import base64

    from people.pictures import picture
    room = await house.channel("files")
    mara, noah = house.mara, house.noah
    await house.go(mara, room)
    await house.go(noah, room)
    await mara.composer().click()
    await mara.page.evaluate(_PASTE, ["lake.png", "image/png", base64.b64encode(picture(640, 400)).decode()])
    await mara.page.get_by_role("list", name="Files to send").get_by_text("lake.png").wait_for()
    await mara.write("The lake **today**")
    shown = noah.timeline().get_by_role("button", name=re.compile("^Open picture"))
    await shown.locator("img").wait_for()
    assert await noah.message("The lake today").locator("strong").inner_text() == "today"
    await shown.click()
    viewer = noah.page.get_by_role("dialog", name=re.compile("^Picture "))
    await viewer.locator("img").first.wait_for()
    await noah.page.keyboard.press("Escape")
    await viewer.wait_for(state="detached")
    await mara.page.evaluate(_DROP, [".conversation", "notes.txt", "text/plain", "milk, bread"])
    await mara.page.get_by_role("list", name="Files to send").get_by_text("notes.txt").wait_for()
    await mara.composer().press("Enter")
    await noah.timeline().get_by_text("notes.txt").first.wait_for()
    sent = (await _content(mara, room, "The lake **today**"))["content"]
    assert sent["msgtype"] == "m.image" and sent["filename"] == "lake.png" and sent["info"]["w"] == 640


async def test_search(house):
    """Words, and a filter for who wrote them."""
    room = await house.channel("search")
    mara, noah = house.mara, house.noah
    await house.go(mara, room)
    await house.go(noah, room)
    await mara.write("The peregrine is fast")
    await noah.write("A peregrine again")
    await mara.sees("A peregrine again")
    await mara.page.get_by_role("button", name="Search", exact=True).click()
    field = mara.page.get_by_role("search").get_by_role("textbox")
    await field.fill("peregrine")
    await field.press("Enter")
    hits = mara.page.locator(".search-hits").get_by_role("link")
    await hits.filter(has_text="is fast").wait_for()
    await hits.filter(has_text="again").wait_for()
    await field.fill("peregrine from:noah ")
    await field.press("Enter")
    await hits.filter(has_text="is fast").wait_for(state="detached")
    await hits.filter(has_text="again").click()
    await mara.page.locator(".message-highlighted").filter(has_text="again").wait_for()
    await mara.page.get_by_role("button", name="Search", exact=True).click()


async def test_quick_switcher(house):
    room = await house.channel("birdhouse")
    await house.mara.page.get_by_role("navigation", name="Channels").get_by_role("link", name=re.compile("^birdhouse")).wait_for()
    await house.mara.page.keyboard.press("Control+k")
    field = house.mara.page.get_by_role("combobox", name="Jump to")
    await field.fill("birdho")
    await house.mara.page.get_by_role("option", name=re.compile("birdhouse")).first.wait_for()
    await field.press("Enter")
    await house.mara.page.wait_for_url(re.compile(re.escape(room.split(":")[0].lstrip("!"))))
    await house.mara.page.get_by_role("heading", level=1, name=re.compile("^birdhouse")).wait_for()


async def test_drafts_stay(house):
    """What is not sent is there after going elsewhere, and after a reload; the list marks it."""
    room = await house.channel("draft")
    mara = house.mara
    await house.go(mara, room)
    await mara.composer().fill("half a thought")
    await mara.open_channel("general")
    await mara.page.get_by_role("navigation", name="Channels").get_by_label("Draft").first.wait_for()
    await house.go(mara, room)
    assert await mara.composer().input_value() == "half a thought"
    await mara.page.reload()
    await mara.composer().wait_for()
    assert await mara.composer().input_value() == "half a thought"
    await mara.composer().fill("")


async def test_read_marker_and_typing(house):
    """Who was away sees where the new ones begin; who writes is shown as writing."""
    room = await house.channel("marker")
    mara, noah = house.mara, house.noah
    await house.go(mara, room)
    await house.go(noah, room)
    await mara.write("before")
    await noah.sees("before")
    await asyncio.sleep(1)
    await noah.open_channel("general")
    await mara.write("after")
    await mara.received("after")
    name = (await (await mara.api()).get_state(room, "m.room.name"))["name"]
    await noah.page.get_by_role("navigation", name="Channels").get_by_role("link", name=re.compile(f"^{name}.*Unread")).wait_for()
    await house.go(noah, room)
    await noah.timeline().get_by_role("separator", name="New messages").wait_for()
    await noah.composer().press_sequentially("hm")
    await mara.page.get_by_text("noah is typing …").wait_for()
    await noah.composer().fill("")


async def test_commands(house):
    """`/me`, `/shrug`, and one that does not exist."""
    room = await house.channel("command")
    mara = house.mara
    await house.go(mara, room)
    await mara.write("/me waves")
    assert (await _content(mara, room, "waves"))["content"]["msgtype"] == "m.emote"
    await mara.write("/frobnicate now")
    await mara.page.get_by_role("alert").filter(has_text="There is no command").wait_for()
    await mara.composer().fill("")
