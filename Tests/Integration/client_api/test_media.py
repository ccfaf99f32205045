"""Uploads, downloads in parts, and names that come before their content."""

import asyncio

import pytest

from harness.client import shared_session


async def call(client, method: str, path: str, data=None, **headers: str):
    """Status, header fields and body."""
    headers["Authorization"] = f"Bearer {client.token}"
    async with shared_session().request(method, client.base_url + path, data=data, headers=headers) as answer:
        return answer.status, answer.headers, await answer.read()


async def upload(client, content: bytes, kind: str = "application/octet-stream") -> str:
    status, _, body = await call(client, "POST", "/_matrix/media/v3/upload", content, **{"Content-Type": kind})
    assert status == 200, body
    return body.decode().split("mxc://")[1].split('"')[0]


async def test_a_large_file_and_parts_of_it(alice, bob):
    content = bytes(range(256)) * 40_000
    media = await upload(alice, content)
    status, headers, body = await call(bob, "GET", f"/_matrix/client/v1/media/download/{media}")
    assert status == 200 and body == content
    assert headers["Content-Disposition"] == "attachment"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "sandbox" in headers["Content-Security-Policy"]


@pytest.mark.martlet_only
@pytest.mark.parametrize("field, status, part", [
    ("bytes=10-19", 206, slice(10, 20)), ("bytes=1000000-", 206, slice(1_000_000, None)), ("bytes=-5", 206, slice(-5, None)),
    ("bytes=2000000-", 416, slice(0, 0)), ("bytes=9-1", 200, slice(None)), ("bytes=0-1,5-6", 200, slice(None)),
])
async def test_ranges(alice, field, status, part):
    content = bytes(range(256)) * 4_000
    media = await upload(alice, content)
    got, headers, body = await call(alice, "GET", f"/_matrix/client/v1/media/download/{media}", Range=field)
    assert got == status and body == content[part]
    if got == 206:
        assert headers["Content-Range"].endswith(f"/{len(content)}")


@pytest.mark.martlet_only
async def test_an_upload_without_announced_length_is_bounded(alice):
    async def endless():
        while True:
            yield b"\0" * 1_000_000

    try:
        status, _, body = await call(alice, "POST", "/_matrix/media/v3/upload", endless())
        assert status == 413 and b"M_TOO_LARGE" in body
    except (ConnectionError, OSError):
        pass  # Closed while sending, which is as good.


async def test_content_after_its_name(alice, bob):
    _, _, body = await call(alice, "POST", "/_matrix/media/v1/create")
    media = body.decode().split("mxc://")[1].split('"')[0]
    status, _, body = await call(bob, "GET", f"/_matrix/client/v1/media/download/{media}?timeout_ms=0")
    assert status == 504 and b"M_NOT_YET_UPLOADED" in body
    waiting = asyncio.create_task(call(bob, "GET", f"/_matrix/client/v1/media/download/{media}?timeout_ms=20000"))
    status, _, _ = await call(alice, "PUT", f"/_matrix/media/v3/upload/{media}", b"late")
    assert status == 200
    status, _, body = await waiting
    assert status == 200 and body == b"late"
    status, _, body = await call(alice, "PUT", f"/_matrix/media/v3/upload/{media}", b"again")
    assert status == 409 and b"M_CANNOT_OVERWRITE_MEDIA" in body
