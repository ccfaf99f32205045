"""Previews of links, from a web server of many faces."""

import asyncio
import gzip
import json
import time

import pytest
import pytest_asyncio

from harness.client import UnexpectedAnswer, shared_session
from harness.waiting import eventually
from harness.website import Website, bomb, png

pytestmark = pytest.mark.martlet_only
PREVIEW = "/_matrix/client/v1/media/preview_url"


@pytest_asyncio.fixture(scope="module")
async def previewer(start_server):
    """A server that may fetch from this machine, under 127.0.0.1 alone."""
    settings = {"media": {"url_previews": {
        "allow_private_ranges": ["127.0.0.1/32"], "denied_domains": ["denied.example"], "languages": ["de-AT", "en"]}}}
    return await start_server("martlet", "previewer", settings=settings)


@pytest_asyncio.fixture
async def site():
    website = await Website().start()
    yield website
    await website.stop()


@pytest_asyncio.fixture
async def dora(previewer):
    return await previewer.register("dora")


async def preview(client, url: str, **options):
    query = {"url": url, **options.pop("query", {})}
    return await client.get(PREVIEW, query=query, **options)


async def download(client, mxc: str):
    headers = {"Authorization": f"Bearer {client.token}"}
    path = f"{client.base_url}/_matrix/client/v1/media/download/{mxc.removeprefix('mxc://')}"
    async with shared_session().get(path, headers=headers) as answer:
        return answer.status, answer.headers, await answer.read()


async def test_open_graph_with_its_picture(dora, site):
    picture = png(320, 200)
    site.add("/pictures/a.png", picture, "image/png")
    url = site.add("/page", """<html><head><title>Plain</title>
        <meta property="og:title" content="Fish &amp; chips &#x1F41F;"><meta property="og:description" content="A long story">
        <meta property="og:site_name" content="The Site"><meta property="og:image" content="pictures/a.png">
        <meta property="og:image:width" content="9999"><meta name="twitter:title" content="Other"></head></html>""")
    answer = await preview(dora, url)
    assert answer["og:title"] == "Fish & chips 🐟"
    assert answer["og:description"] == "A long story"
    assert answer["og:site_name"] == "The Site"
    assert (answer["og:image:width"], answer["og:image:height"], answer["og:image:type"]) == (320, 200, "image/png")
    assert answer["matrix:image:size"] == len(picture)
    assert answer["og:image"].startswith(f"mxc://{dora.server_name}/")
    status, headers, body = await download(dora, answer["og:image"])
    assert status == 200 and body == picture and headers["Content-Type"] == "image/png"
    assert await preview(dora, url) == answer
    assert site.hits["/page"] == 1, "the second answer comes from what was kept"
    request = site.requests[0]
    assert request.headers["Accept-Language"].startswith("de-AT, en;q=0.")
    assert "Martlet" in request.headers["User-Agent"]
    assert "Authorization" not in request.headers


async def test_the_deprecated_path_and_the_capability(dora, site):
    url = site.add("/plain", "<title>Plain</title>")
    assert (await dora.get("/_matrix/media/v3/preview_url", query={"url": url}))["og:title"] == "Plain"
    capabilities = (await dora.get("/capabilities"))["capabilities"]
    assert capabilities["io.element.msc4452.preview_url"] == {"enabled": True}


async def test_a_page_without_open_graph(dora, site):
    site.add("/large.png", png(200, 200), "image/png")
    site.add("/icon.png", png(16, 16), "image/png")
    url = site.add("/blog/", """<html><head><title>
          A   title
        </title><meta name=description content=""><link rel=icon href=/icon.png></head><body><nav><p>Home, about, imprint and all that every page
        of the site repeats</p></nav><img src="/tiny.png" width=1 height=1><img src="/large.png"><p>The first paragraph is what a reader sees first,
        and so it tells best what the page is about.</p><script>document.write("<p>not this, not this, not this, not this, not this</p>")</script>
        </body></html>""")
    answer = await preview(dora, url)
    assert answer["og:title"] == "A title"
    assert answer["og:description"].startswith("The first paragraph is what a reader sees first, and so")
    assert "not this" not in answer["og:description"] and "imprint" not in answer["og:description"]
    assert answer["og:image:width"] == 200
    assert "/tiny.png" not in site.hits
    url = site.add("/icon-only", "<title>x</title><link rel='icon' href=/icon.png>")
    assert (await preview(dora, url))["og:image:width"] == 16


async def test_nothing_to_tell(dora, site):
    assert await preview(dora, site.add("/empty", "")) == {}
    assert await preview(dora, site.add("/archive.zip", b"PK\3\4", "application/zip")) == {}


async def test_direct_pictures_sounds_and_films(dora, site):
    answer = await preview(dora, site.add("/p/sunset%20at%20sea.png", png(40, 30), "image/png"))
    assert answer["og:title"] == "sunset at sea.png" and (answer["og:image:width"], answer["og:image:height"]) == (40, 30)
    answer = await preview(dora, site.add("/film.mp4", b"\0" * 100, "video/mp4"))
    assert answer["og:video"] == site.base + "/film.mp4" and answer["og:video:type"] == "video/mp4"
    answer = await preview(dora, site.add("/song.ogg", b"\0" * 100, "audio/ogg"))
    assert answer["og:audio:type"] == "audio/ogg" and "og:image" not in answer
    # What says that it is a picture and is none.
    assert await preview(dora, site.add("/fake.png", b"<script>", "image/png")) in ({}, {"og:title": "fake.png"})
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    assert "og:image" not in await preview(dora, site.add("/a.svg", svg, "image/svg+xml"))


@pytest.mark.parametrize("kind", ["photo", "video", "rich", "link"])
async def test_oembed(dora, site, kind):
    site.add("/thumb.png", png(100, 80), "image/png")
    document = {"version": "1.0", "type": kind, "title": "Embedded", "provider_name": "Provider", "author_name": "Ann"}
    if kind == "photo":
        document |= {"url": site.base + "/thumb.png", "width": 100, "height": 80}
    else:
        document |= {"thumbnail_url": site.base + "/thumb.png"}
    if kind in ("video", "rich"):
        document |= {"html": "<blockquote><p>What somebody said in so many words, and no script at all.</p></blockquote><script>x</script>"}
    site.add(f"/oembed?{kind}", json.dumps(document), "application/json")
    url = site.add(f"/embed/{kind}", f"""<link rel="alternate" type="application/json+oembed" href="/oembed?{kind}">""")
    answer = await preview(dora, url)
    assert answer["og:title"] == "Embedded" and answer["og:site_name"] == "Provider"
    assert answer["og:image:width"] == 100
    if kind == "rich":
        assert answer["og:description"].startswith("What somebody said")
    if kind == "video":
        assert answer["og:type"] == "video.other"


@pytest.mark.parametrize("name, body, kind, title", [
    ("header", "<title>Überraschung</title>".encode("latin-1"), "text/html; charset=iso-8859-1", "Überraschung"),
    ("meta", b"<meta charset='shift_jis'><title>" + "日本語".encode("shift_jis") + b"</title>", "text/html", "日本語"),
    ("equiv", b"<meta http-equiv=content-type content='text/html; charset=windows-1251'><title>" + "Привет".encode("cp1251"), "text/html",
     "Привет"),
    ("bom", b"\xff\xfe" + "<title>Zażółć</title>".encode("utf-16-le"), "text/html; charset=utf-8", "Zażółć"),
    ("guess", "<title>“Café”</title>".encode("cp1252"), "text/html", "“Café”"),
    ("none", "<title>Ünïcödé</title>".encode(), "text/html", "Ünïcödé"),
    ("wrong", "<title>fine ".encode() + b"\xff\xfe\xc0 end</title>", "text/html; charset=utf-8", "fine ��� end"),
    ("unknown", "<title>Ünïcödé</title>".encode(), "text/html; charset=klingon", "Ünïcödé"),
])
async def test_charsets(dora, site, name, body, kind, title):
    assert (await preview(dora, site.add(f"/charset/{name}", body, kind)))["og:title"] == title


async def test_compressed_pages(dora, site):
    page = b"<title>Packed</title>"
    assert (await preview(dora, site.add("/gzip", gzip.compress(page), Content_Encoding="gzip")))["og:title"] == "Packed"
    assert (await preview(dora, site.add("/cut", gzip.compress(page + b" " * 1000)[:-8], Content_Encoding="gzip"), expect=(200, 502)))


async def test_redirects(dora, site):
    site.add("/end", "<title>End</title><meta property=og:image content=relative.png>")
    site.add("/one", status=302, Location="/two")
    url = site.add("/start", status=301, Location=site.base + "/one")
    site.add("/two", status=308, Location="end")
    assert (await preview(dora, url))["og:title"] == "End"
    loop = site.add("/loop", status=302, Location="/loop")
    await preview(dora, loop, expect=502, error="M_UNKNOWN")
    assert site.hits["/loop"] == 6
    for place in ("file:///etc/passwd", "ftp://127.0.0.1/", "http://", ""):
        await preview(dora, site.add(f"/to-{len(place)}", status=302, Location=place), expect=502, error="M_UNKNOWN")


async def test_private_addresses_are_refused_at_every_step(dora, site):
    port = site.port
    private = ["http://127.0.0.2/", "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://0x7f000002/",
               "http://[::ffff:127.0.0.2]/", "http://[64:ff9b::7f00:2]/", "http://192.168.1.1:8080/", f"http://0.0.0.0:{port}/",
               "http://denied.example/", "http://sub.denied.example/", f"http://127.0.0.1:22/"]
    for url in private:
        await preview(dora, url, expect=403, error="M_FORBIDDEN")
    for number, place in enumerate(private):
        await preview(dora, site.add(f"/hop/{number}", status=302, Location=place), expect=403, error="M_FORBIDDEN")
    # Pictures are fetched by the same rules.
    answer = await preview(dora, site.add("/inside", "<title>x</title><meta property=og:image content='http://127.0.0.2/a.png'>"))
    assert answer == {"og:title": "x"}


async def test_localhost_by_name_is_checked_by_address(dora, site):
    # The name has addresses of which one may be connected to: it is the address that counts.
    site.add("/named", "<title>Named</title>")
    answer = await preview(dora, f"http://localhost:{site.port}/named")
    assert answer["og:title"] == "Named"


async def test_bad_addresses(dora, site):
    for url in ("", "x", "file:///etc/passwd", "javascript:alert(1)", "http://", "https://a b/", "http://" + "a" * 5_000):
        await preview(dora, url, expect=400, error="M_INVALID_PARAM")
    await dora.get(PREVIEW, expect=400, error="M_MISSING_PARAM")
    await preview(dora, site.base + "/nowhere", expect=404, error="M_NOT_FOUND")
    await preview(dora, site.add("/ill", status=500), expect=502, error="M_UNKNOWN")
    await preview(dora, "http://127.0.0.1:1/", expect=403)
    await preview(dora, "http://nowhere.invalid/", expect=502, error="M_UNKNOWN")
    await preview(dora, site.base + "/nowhere", expect=404, error="M_NOT_FOUND")
    assert site.hits["/nowhere"] == 1, "failures are remembered for a while"


async def test_a_slow_page_is_given_up(dora, site):
    began = time.monotonic()
    await preview(dora, site.base + "/loris", expect=502, error="M_UNKNOWN")
    assert 5 < time.monotonic() - began < 15


async def test_a_page_without_end_is_read_at_its_start(dora, site):
    assert (await preview(dora, site.base + "/endless"))["og:title"] == "Endless"


async def test_bombs(dora, site, previewer):
    await preview(dora, site.add("/bomb", bomb(1 << 30), Content_Encoding="gzip"), expect=(200, 502))
    await preview(dora, site.add("/bomb.png", bomb(1 << 28), "image/png", Content_Encoding="gzip"), expect=(200, 502))
    deep = "<div>" * 200_000 + "<p>deep"
    assert (await preview(dora, site.add("/deep", "<title>Deep</title>" + deep))).status == 200
    many = "<meta property=og:x content=" + "a" * 100 + ">"
    answer = await preview(dora, site.add("/many", "<title>Many</title>" + many * 8_000))
    assert len(json.dumps(answer)) < 10_000
    huge = "<title>" + "x" * 900_000 + "</title>"
    assert len((await preview(dora, site.add("/huge", huge)))["og:title"]) <= 1_001
    bombs = png(20_000, 20_000)
    answer = await preview(dora, site.add("/page-of-bomb", f"<title>b</title><meta property=og:image content=/b.png>"))
    assert answer["og:title"] == "b"
    site.add("/b2.png", bombs, "image/png")
    answer = await preview(dora, site.add("/page-of-bomb2", "<title>b</title><meta property=og:image content=/b2.png>"))
    assert "og:image" not in answer
    assert resident_megabytes(previewer) < 400, "a debug build; the bound of a release build is in the benchmark"


def resident_megabytes(server) -> int:
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) >> 10


async def test_one_fetch_for_all_who_ask_at_once(dora, site):
    url = site.add("/slow", "<title>Slow</title>", delay=1)
    answers = await asyncio.gather(*(preview(dora, url) for _ in range(8)))
    assert all(answer["og:title"] == "Slow" for answer in answers)
    assert site.hits["/slow"] == 1


async def test_a_picture_is_fetched_once_for_several_pages(dora, site):
    site.add("/shared.png", png(100, 100), "image/png")
    page = "<title>x</title><meta property=og:image content=/shared.png>"
    first = await preview(dora, site.add("/s1", page))
    second = await preview(dora, site.add("/s2", page))
    assert first["og:image"] == second["og:image"] and site.hits["/shared.png"] == 1


async def test_a_preview_of_another_time(dora, site):
    url = site.add("/changing", "<title>Before</title>")
    before = await preview(dora, url)
    now = int(time.time() * 1000)
    site.add("/changing", "<title>After</title>")
    assert await preview(dora, url, query={"ts": now}) == before
    # No version of that time is known, and a newer one may be given.
    assert await preview(dora, url, query={"ts": 1_500_000_000_000}) == before
    await preview(dora, url, query={"ts": "yesterday"}, expect=400, error="M_INVALID_PARAM")


async def test_previews_can_be_turned_off(start_server):
    server = await start_server("martlet", "unpreviewed", settings={"media": {"url_previews": {"enabled": False}}})
    user = await server.register("eve")
    await preview(user, "https://example.org/", expect=403, error="M_FORBIDDEN")
    capabilities = (await user.get("/capabilities"))["capabilities"]
    assert capabilities["io.element.msc4452.preview_url"] == {"enabled": False}
    user.token = None
    await preview(user, "https://example.org/", expect=401, error="M_MISSING_TOKEN")
