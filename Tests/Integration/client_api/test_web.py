"""The web client's files as the server hands them out, and what it says of itself."""

import gzip
import html.parser
import http.client
import os
import socket
import urllib.parse

import pytest
import pytest_asyncio

from harness.client import segment

pytestmark = pytest.mark.martlet_only

INDEX = "<!doctype html><html><head><title>T</title>\n<!--martlet:head-->\n</head><body><div id=root></div></body></html>"
SCRIPT = b"console.log('a script that is long enough to be worth compressing');" * 50
FOREVER = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder as Web/build makes it. The .br file need not be real: the server does not look inside."""
    base = tmp_path_factory.mktemp("web")
    (base / "secret.txt").write_text("secret")
    folder = base / "web"
    assets = folder / "assets"
    assets.mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "index.html.gz").write_bytes(gzip.compress(INDEX.encode()))
    for name, content in (("service-worker.js", b"self"), ("manifest.webmanifest", b"{}"), ("favicon.svg", b"<svg/>"),
                          ("icon-192.png", b"png"), ("robots.txt", b"User-agent: *\n"), (".hidden", b"hidden")):
        (folder / name).write_bytes(content)
    (assets / "main-AB12.js").write_bytes(SCRIPT)
    (assets / "main-AB12.js.gz").write_bytes(gzip.compress(SCRIPT))
    (assets / "main-AB12.js.br").write_bytes(b"brotli form")
    (assets / "ping-AB12.mp3").write_bytes(bytes(range(256)) * 1000)
    for name in ("style-AB12.css", "Inter-AB12.woff2", "emoji-AB12.json"):
        (assets / name).write_bytes(b"x")
    os.symlink(base / "secret.txt", folder / "leak.txt")
    os.symlink("/etc", assets / "etc")
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served(start_server, built):
    """A server with that folder."""
    server = await start_server("martlet", "web", settings={"web": {"folder": str(built)}})
    yield server
    await server.stop()


class Found:
    def __init__(self, answer: http.client.HTTPResponse):
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()

    def __getitem__(self, name: str) -> str | None:
        return self.headers[name]


def get(server, path: str, method: str = "GET", **headers) -> Found:
    """One request with its path as it stands; underscores in the names of headers are dashes."""
    url = urllib.parse.urlsplit(server.client_url)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        return Found(connection.getresponse())
    finally:
        connection.close()


class Head(html.parser.HTMLParser):
    """The meta tags of a page, and whatever elements it has."""

    def __init__(self, text: str):
        super().__init__()
        self.meta: dict[str, str] = {}
        self.elements: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        values = dict(attributes)
        if tag == "meta" and ("property" in values or "name" in values):
            self.meta[values.get("property") or values["name"]] = values.get("content")


async def test_the_page_and_its_headers(served):
    for path in ("/", "/index.html", "/invite/2222222222", "/invite/2222222222/", "/invite/x"):
        page = get(served, path)
        assert page.status == 200 and page.body.decode() == INDEX, path
        assert page["Content-Type"] == "text/html; charset=utf-8" and page["Cache-Control"] == "no-cache"
        policy = dict(part.strip().split(" ", 1) for part in page["Content-Security-Policy"].split(";"))
        assert policy == {
            "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' blob: data:",
            "media-src": "'self' blob:", "font-src": "'self'", "connect-src": "'self' blob:", "worker-src": "'self'",
            "manifest-src": "'self'", "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'"}
        assert page["X-Content-Type-Options"] == "nosniff" and page["Referrer-Policy"] == "no-referrer"
        assert page["Cross-Origin-Opener-Policy"] == "same-origin" and page["X-Frame-Options"] == "DENY"
        assert "microphone=(self)" in page["Permissions-Policy"] and "geolocation=()" in page["Permissions-Policy"]
        assert page["Access-Control-Allow-Origin"] is None


async def test_files_and_their_types(served):
    for path, kind in (
            ("/service-worker.js", "text/javascript; charset=utf-8"), ("/manifest.webmanifest", "application/manifest+json"),
            ("/favicon.svg", "image/svg+xml"), ("/favicon.ico", "image/svg+xml"), ("/icon-192.png", "image/png"),
            ("/robots.txt", "text/plain; charset=utf-8")):
        found = get(served, path)
        assert (found.status, found["Content-Type"], found["Cache-Control"]) == (200, kind, "no-cache"), path
        assert found["X-Content-Type-Options"] == "nosniff"
    for path, kind in (
            ("main-AB12.js", "text/javascript; charset=utf-8"), ("style-AB12.css", "text/css; charset=utf-8"), ("Inter-AB12.woff2", "font/woff2"),
            ("emoji-AB12.json", "application/json"), ("ping-AB12.mp3", "audio/mpeg")):
        found = get(served, f"/assets/{path}")
        assert (found.status, found["Content-Type"], found["Cache-Control"]) == (200, kind, FOREVER), path
    # A worker obeys the policy of its own script.
    assert "default-src 'none'" in get(served, "/service-worker.js")["Content-Security-Policy"]
    assert get(served, "/assets/gone-AB12.js").status == 404
    assert get(served, "/gone.js")["Cache-Control"] is None


async def test_encodings(served):
    path = "/assets/main-AB12.js"
    forms = {"br": b"brotli form", "gzip": gzip.compress(SCRIPT), None: SCRIPT}
    for accepted, encoding in (
            ("br", "br"), ("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("gzip, br;q=0", "gzip"), ("*", "br"), ("*, br;q=0", "gzip"),
            ("identity", None), ("", None), ("br;q=0.0, gzip;q=0", None), ("BR", "br"), ("zstd", None), (";;,, =", None)):
        found = get(served, path, Accept_Encoding=accepted)
        assert (found.status, found["Content-Encoding"]) == (200, encoding), accepted
        assert found["Vary"] == "Accept-Encoding" and int(found["Content-Length"]) == len(found.body)
        assert gzip.decompress(found.body) == SCRIPT if encoding == "gzip" else found.body == forms[encoding]
    # The font has one form, and the compressed forms no names of their own.
    assert get(served, "/assets/Inter-AB12.woff2", Accept_Encoding="br")["Content-Encoding"] is None
    assert get(served, path + ".br").status == 404 and get(served, "/index.html.gz").status == 404


async def test_what_the_browser_has_already(served):
    path = "/assets/main-AB12.js"
    tags = set()
    for accepted in ("br", "gzip", "identity"):
        tag = get(served, path, Accept_Encoding=accepted)["ETag"]
        tags.add(tag)
        for sent in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            again = get(served, path, Accept_Encoding=accepted, If_None_Match=sent)
            assert again.status == 304 and again.body == b"", sent
            assert again["ETag"] == tag and again["Cache-Control"] == FOREVER and again["Vary"] == "Accept-Encoding"
        assert get(served, path, Accept_Encoding=accepted, If_None_Match='"other"').status == 200
    assert len(tags) == 3
    page = get(served, "/")
    assert get(served, "/", If_None_Match=page["ETag"]).status == 304


async def test_head_and_other_methods(served):
    for path in ("/", "/favicon.svg", "/assets/main-AB12.js", "/assets/ping-AB12.mp3", "/invite/2222222222"):
        whole, head = get(served, path), get(served, path, method="HEAD")
        assert head.status == 200 and head.body == b""
        assert {name: value for name, value in head.headers.items() if name != "Date"} == {
            name: value for name, value in whole.headers.items() if name != "Date"}
        assert int(head["Content-Length"]) == len(whole.body)
        refused = get(served, path, method="POST", Content_Length="0")
        assert refused.status == 405 and "GET" in refused["Allow"]
    # Two requests on one connection: the HEAD answer has no body that would be taken for the second answer.
    url = urllib.parse.urlsplit(served.client_url)
    with socket.create_connection((url.hostname, url.port), timeout=20) as line:
        line.sendall(b"HEAD /favicon.svg HTTP/1.1\r\nHost: x\r\n\r\nGET /favicon.svg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        data = b""
        while piece := line.recv(65536):
            data += piece
    assert data.count(b"HTTP/1.1 200") == 2 and data.count(b"<svg/>") == 1


async def test_parts_of_sounds(served):
    part = get(served, "/assets/ping-AB12.mp3", Range="bytes=10-19")
    assert part.status == 206 and part.body == bytes(range(10, 20)) and part["Content-Range"] == "bytes 10-19/256000"


@pytest.mark.parametrize("path", [
    "/assets/../index.html", "/assets/../../secret.txt", "/assets/..%2f..%2fsecret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt", "/..", "/assets/..", "/assets/", "/assets", "/assets/etc", "/assets/etc/passwd", "/assets/etc%2fpasswd",
    "/leak.txt", "/.hidden", "/assets/%00", "/index.html%00.js", "//etc/passwd", "/assets//etc/passwd", "/assets/%2fetc%2fpasswd",
    "/assets\\main-AB12.js", "/assets/main-AB12.js%20", "/assets/%ff", "/ASSETS/main-AB12.js", "/secret.txt"])
async def test_nothing_else_is_reached(served, path):
    found = get(served, path)
    assert found.status in (400, 404) and b"secret" not in found.body and b"root:" not in found.body


async def test_the_api_is_where_it_was(served):
    assert get(served, "/_matrix/client/versions").status == 200
    unknown = get(served, "/_matrix/client/v3/nothing")
    assert unknown.status == 404 and b"M_UNRECOGNIZED" in unknown.body
    assert b"M_UNRECOGNIZED" in get(served, "/nothing").body


async def test_a_new_build(served, built):
    (built / "assets" / "next-CD34.js").write_bytes(b"next")
    text = INDEX.replace("T<", "Next<")
    (built / "index.html.new").write_text(text)
    (built / "index.html.new").rename(built / "index.html")
    try:
        assert get(served, "/", Accept_Encoding="identity").body.decode() == text
        assert get(served, "/assets/next-CD34.js").body == b"next"
    finally:
        (built / "index.html").write_text(INDEX)


HOSTILE = '"><script>alert(1)</script><meta name=\'x\' content="&amp; </title> \u202eevil\n'


async def test_an_invite_link_in_a_chat(served):
    alice = await served.register("alice")
    home = await alice.create_room(name=HOSTILE, topic="Topic " + HOSTILE, preset="private_chat", creation_content={"type": "m.space"})
    code = (await alice.post(f"/_martlet/client/v1/rooms/{segment(home)}/invites"))["code"]
    for path in (f"/invite/{code}", f"/invite/{code}/"):
        page = get(served, path, Accept_Encoding="gzip, br")
        assert page.status == 200 and page["Content-Encoding"] is None
        text = page.body.decode()
        assert "<script>alert" not in text and "<!--martlet:head-->" not in text and "\u202e" not in text
        found = Head(text)
        assert "script" not in found.elements and "x" not in found.meta
        assert found.meta["og:title"] == HOSTILE.replace("\u202e", "").replace("\n", " ")
        assert found.meta["og:description"].startswith("Topic ") and found.meta["og:description"].endswith("· 1 member")
        assert found.meta["og:url"] == f"{served.client_url}/invite/{code}"
        assert found.meta["og:image"] == f"{served.client_url}/icon-512.png" and found.meta["twitter:card"] == "summary"
        assert get(served, path, If_None_Match=page["ETag"]).status == 304
    # Names change, and the page with them.
    await alice.set_state(home, "m.room.name", {"name": "Rookery"})
    assert get(served, f"/invite/{code}", If_None_Match=page["ETag"]).status == 200
    # A host that is no host does not get into the page.
    odd = get(served, f"/invite/{code}", method="GET", X_Forwarded_Proto="javascript")
    assert Head(odd.body.decode()).meta["og:url"].startswith("http://")


async def test_a_forged_host_stays_out_of_the_page(served):
    alice = await served.register("alice")
    room = await alice.create_room(name="Tea")
    code = (await alice.post(f"/_martlet/client/v1/rooms/{segment(room)}/invites"))["code"]
    url = urllib.parse.urlsplit(served.client_url)
    with socket.create_connection((url.hostname, url.port), timeout=20) as line:
        line.sendall(f'GET /invite/{code} HTTP/1.1\r\nHost: evil"><script>\r\nConnection: close\r\n\r\n'.encode())
        data = b""
        while piece := line.recv(65536):
            data += piece
    assert b"<script>" not in data
    if b" 200 " in data[:20]:
        assert "og:url" not in Head(data.split(b"\r\n\r\n", 1)[1].decode()).meta


async def test_the_operators_words(start_server, built):
    server = await start_server("martlet", "web-words", settings={
        "web": {"folder": str(built), "title": "The <Rookery>", "description": "Birds & boats", "other_homeservers": True},
        "well_known": {"client": "https://rookery.example/"}, "registration": {"mode": "token", "minimum_password_length": 12},
        "media": {"maximum_upload_bytes": 12345}})
    page = get(server, "/", Accept_Encoding="gzip")
    found = Head(page.body.decode())
    assert found.meta["og:title"] == "The <Rookery>" and found.meta["description"] == "Birds & boats"
    assert found.meta["og:url"] == "https://rookery.example/" and page["Content-Encoding"] is None
    assert "connect-src 'self' blob: https: wss:;" in page["Content-Security-Policy"]
    facts = await server.anonymous().get("/_martlet/client/v1/server")
    assert facts == {
        "server_name": server.name, "name": "Martlet", "version": facts["version"], "title": "The <Rookery>", "description": "Birds & boats",
        "registration": {"mode": "token", "email": "off", "minimum_password_length": 12, "invites": True, "guests": True}, "invites": True,
        "public_communities": 0, "limits": {"upload_bytes": 12345}, "other_homeservers": True}
    await server.stop()


async def test_facts_of_the_server(served):
    alice = await served.register("alice")
    before = (await served.anonymous().get("/_martlet/client/v1/server"))["public_communities"]
    await alice.create_room(name="Open", preset="public_chat", visibility="public", creation_content={"type": "m.space"})
    await alice.create_room(name="Closed", preset="private_chat", creation_content={"type": "m.space"})
    await alice.create_room(name="Room", preset="public_chat", visibility="public")
    facts = await served.anonymous().get("/_martlet/client/v1/server")
    assert facts["public_communities"] == before + 1 and "title" not in facts
    # Clients of other origins may call it, as they may the rest of the client API.
    answer = get(served, "/_martlet/client/v1/server")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert get(served, "/_martlet/client/v1/server", method="OPTIONS").status == 204


async def test_without_the_client(start_server, tmp_path):
    for label, web in (("web-none", {"folder": str(tmp_path / "nothing")}), ("web-off", {"enabled": False})):
        server = await start_server("martlet", label, settings={"web": web})
        page = get(server, "/")
        assert page.status == 200 and b"Matrix" in page.body and b'id="root"' not in page.body
        assert get(server, "/assets/main-AB12.js").status == 404
        await server.stop()
