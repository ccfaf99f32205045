"""Media goes from server to server, whole and as thumbnails."""

import struct
import zlib

from harness.client import shared_session


def picture(width: int, height: int) -> bytes:
    """A PNG, left half red, right half blue."""
    row = b"\0" + b"\xff\0\0" * (width // 2) + b"\0\0\xff" * (width - width // 2)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")


async def call(client, method: str, path: str, data: bytes | None = None, **headers: str):
    """Status, header fields and body."""
    headers["Authorization"] = f"Bearer {client.token}"
    async with shared_session().request(method, client.base_url + path, data=data, headers=headers) as answer:
        return answer.status, answer.headers, await answer.read()


async def upload(client, content: bytes, kind: str, name: str) -> str:
    status, _, body = await call(client, "POST", f"/_matrix/media/v3/upload?filename={name}", content, **{"Content-Type": kind})
    assert status == 200, body
    return body.decode().split("mxc://")[1].split('"')[0]


async def test_media_is_downloaded_through_the_own_server(host, guest):
    content = bytes(range(256)) * 4000
    media = await upload(host, content, "image/png", "tr%C3%B6t.png")
    for _ in range(2):
        status, headers, body = await call(guest, "GET", f"/_matrix/client/v1/media/download/{media}")
        assert status == 200 and body == content
        assert headers["Content-Type"] == "image/png"
        assert headers["Content-Disposition"] == "inline; filename*=utf-8''tr%C3%B6t.png"


async def test_thumbnails_are_made_of_remote_media(host, guest):
    media = await upload(host, picture(640, 320), "image/png", "picture.png")
    status, headers, body = await call(
        guest, "GET", f"/_matrix/client/v1/media/thumbnail/{media}?width=96&height=96&method=crop")
    assert status == 200 and headers["Content-Type"] in ("image/png", "image/jpeg")
    assert 100 < len(body) < 50_000


async def test_media_that_is_nowhere(host, guest):
    status, _, body = await call(guest, "GET", f"/_matrix/client/v1/media/download/{host.server_name}/doesNotExist?timeout_ms=0")
    assert status == 404 and b"M_NOT_FOUND" in body


async def test_nothing_without_an_account(host, guest):
    media = await upload(host, b"secret", "text/plain", "secret.txt")
    for client in (host, guest):
        async with shared_session().get(f"{client.base_url}/_matrix/media/v3/download/{media}") as answer:
            assert answer.status == 404
        async with shared_session().get(f"{client.base_url}/_matrix/client/v1/media/download/{media}") as answer:
            assert answer.status == 401
