"""Media that another server has elsewhere: `Location` in place of the content."""

import pytest
import pytest_asyncio
from aiohttp import web

from harness.client import shared_session
from harness.website import Website

pytestmark = pytest.mark.martlet_only


@pytest_asyncio.fixture(scope="module")
async def follower(start_server):
    """A server that may fetch from this machine, under 127.0.0.1 alone."""
    return await start_server("martlet", "follower", settings={
        "media": {"maximum_remote_bytes": 100_000, "url_previews": {"allow_private_ranges": ["127.0.0.1/32"]}}})


@pytest_asyncio.fixture
async def site():
    website = await Website().start()
    yield website
    await website.stop()


async def download(server, fake, media: str):
    user = await server.register("fay")
    headers = {"Authorization": f"Bearer {user.token}"}
    url = f"{user.base_url}/_matrix/client/v1/media/download/{fake.name}/{media}?timeout_ms=0"
    async with shared_session().get(url, headers=headers) as answer:
        return answer.status, answer.headers, await answer.read()


def elsewhere(fake, media: str, location: str) -> None:
    async def respond(request: web.Request) -> web.Response:
        body = (f"--b\r\nContent-Type: application/json\r\n\r\n{{}}\r\n--b\r\nLocation: {location}\r\n\r\n\r\n--b--\r\n").encode()
        return web.Response(body=body, headers={"Content-Type": "multipart/mixed; boundary=b"})
    fake.respond(f"/media/download/{media}", respond)


async def test_content_is_fetched_from_where_it_is(follower, fake, site):
    content = bytes(range(256)) * 100
    url = site.add("/cdn/a", content, "image/webp", Content_Disposition="attachment; filename=fish.webp")
    elsewhere(fake, "there", site.add("/moved", status=307, Location=url))
    for _ in range(2):
        status, headers, body = await download(follower, fake, "there")
        assert status == 200 and body == content
        assert headers["Content-Type"] == "image/webp" and headers["Content-Disposition"] == "inline; filename=fish.webp"
    assert site.hits["/cdn/a"] == 1, "it is kept like any copy"


@pytest.mark.parametrize("location", [
    "http://127.0.0.2/x", "http://169.254.169.254/latest", "file:///etc/passwd", "", "http://[::1]/", "/relative",
])
async def test_content_that_is_said_to_be_where_nobody_may_look(follower, fake, location):
    elsewhere(fake, "nowhere", location)
    status, _, body = await download(follower, fake, "nowhere")
    assert status == 502 and b"M_UNKNOWN" in body


async def test_content_elsewhere_that_is_too_large_or_gone(follower, fake, site):
    elsewhere(fake, "large", site.add("/large", b"\0" * 100_001))
    status, _, body = await download(follower, fake, "large")
    assert status == 502 and b"M_TOO_LARGE" in body
    elsewhere(fake, "gone", site.base + "/gone")
    status, _, body = await download(follower, fake, "gone")
    assert status == 404 and b"M_NOT_FOUND" in body
