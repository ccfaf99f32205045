"""A web server of many faces, for previews of links."""

import asyncio
import gzip
import io
import struct
import zlib

from aiohttp import web

from .ports import free_port


def png(width: int, height: int) -> bytes:
    """A grey picture."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * ((width + 1) * height))) + chunk(b"IEND", b"")


class Website:
    """Pages by path; `add` gives them, `hits` counts who came."""

    def __init__(self):
        self.port = free_port()
        self.hits: dict[str, int] = {}
        self.requests: list[web.Request] = []
        self._pages: dict[str, tuple[int, bytes, dict[str, str], float]] = {}
        self._runner: web.AppRunner | None = None

    @property
    def base(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> "Website":
        """Begins to listen."""
        application = web.Application()
        application.router.add_get("/{tail:.*}", self._answer)
        self._runner = web.AppRunner(application, auto_decompress=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, shutdown_timeout=0.1).start()
        return self

    async def stop(self) -> None:
        """Ends the server."""
        if self._runner:
            await self._runner.cleanup()

    def add(self, path: str, body: bytes | str = b"", kind: str = "text/html; charset=utf-8", status: int = 200, delay: float = 0,
            **headers: str) -> str:
        """Makes a page and gives its address."""
        data = body.encode() if isinstance(body, str) else body
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if kind:
            fields["Content-Type"] = kind
        self._pages[path] = (status, data, fields, delay)
        return self.base + path

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path_qs
        self.hits[path] = self.hits.get(path, 0) + 1
        self.requests.append(request)
        if path == "/loris":
            return await self._loris(request)
        if path == "/endless":
            return await self._endless(request)
        status, data, headers, delay = self._pages.get(path) or (404, b"", {"Content-Type": "text/plain"}, 0)
        if delay:
            await asyncio.sleep(delay)
        return web.Response(status=status, body=data, headers=headers)

    async def _loris(self, request: web.Request) -> web.StreamResponse:
        """A page that comes byte by byte and never ends."""
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        await response.prepare(request)
        try:
            for _ in range(600):
                await response.write(b" ")
                await asyncio.sleep(0.2)
        except ConnectionError:
            pass
        return response

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        """A page whose head is at its start, and which has no end."""
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        await response.prepare(request)
        try:
            await response.write(b"<title>Endless</title><body>")
            for _ in range(4_000):
                await response.write(b"<i>x</i>" * 8_000)
        except ConnectionError:
            pass
        return response


def bomb(count: int) -> bytes:
    """So many zeros, packed."""
    target = io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=9) as file:
        block = b"\0" * (1 << 20)
        for _ in range(count >> 20):
            file.write(block)
    return target.getvalue()
