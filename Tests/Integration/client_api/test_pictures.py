"""Thumbnails: right by comparison with another library, and harmless whatever the picture is."""

import asyncio
import functools
import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from harness.client import shared_session

pytestmark = pytest.mark.martlet_only
# The data that lies beside the project on some machines.
_SHARED = Path(os.environ.get("MARTLET_SHARED_DATA", Path(__file__).resolve().parents[4] / "shared" / "data")) / "media"
# What one process that decodes may have in memory.
_DECODER_MEGABYTES = 200
_SERVER_MEGABYTES = 200


async def upload(client, content: bytes, kind: str = "image/png") -> str:
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": kind}
    async with shared_session().post(f"{client.base_url}/_matrix/media/v3/upload", data=content, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return (await answer.json())["content_uri"].removeprefix("mxc://")


async def thumbnail(client, media: str, width: int = 96, height: int = 96, **query: str):
    query = {"width": str(width), "height": str(height), "timeout_ms": "0", **query}
    headers = {"Authorization": f"Bearer {client.token}"}
    url = f"{client.base_url}/_matrix/client/v1/media/thumbnail/{media}"
    async with shared_session().get(url, params=query, headers=headers) as answer:
        return answer.status, answer.headers, await answer.read()


# Right


def difference(image: Image.Image, reference: Image.Image) -> float:
    """The mean difference of two pictures of one size, on grey, in steps of a channel."""
    def flat(picture: Image.Image) -> Image.Image:
        ground = Image.new("RGBA", picture.size, (128, 128, 128, 255))
        ground.alpha_composite(picture.convert("RGBA"))
        return ground.convert("RGB")
    return sum(ImageStat.Stat(ImageChops.difference(flat(image), flat(reference))).mean) / 3


def expected_size(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    factor = min(box[0] / size[0], box[1] / size[1], 1)
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def check_against_pillow(original: bytes, got: bytes, box: tuple[int, int], tolerance: float) -> None:
    reference = Image.open(io.BytesIO(original))
    reference = ImageOps.exif_transpose(reference).convert("RGBA")
    image = Image.open(io.BytesIO(got))
    wanted = expected_size(reference.size, box)
    assert abs(image.size[0] - wanted[0]) <= 1 and abs(image.size[1] - wanted[1]) <= 1, (image.size, wanted)
    scaled = reference.convert("RGBa").resize(image.size, Image.Resampling.LANCZOS).convert("RGBA")
    assert difference(image, scaled) <= tolerance


def drawing(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Soft gradients and one hard edge."""
    red = Image.linear_gradient("L").resize((width, height))
    green = red.rotate(90, expand=True).resize((width, height))
    image = Image.merge("RGB", (red, green, ImageOps.invert(red)))
    image.paste((255, 255, 0), (width // 2, height // 4, width, height // 2))
    if mode == "RGBA":
        image.putalpha(green)
    return image.convert(mode)


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


@pytest.mark.parametrize("kind, mode, options", [
    ("PNG", "RGB", {}), ("PNG", "RGBA", {}), ("PNG", "L", {}), ("PNG", "P", {}), ("PNG", "1", {}), ("JPEG", "RGB", {"quality": 90}),
    ("JPEG", "L", {}), ("JPEG", "RGB", {"progressive": True}), ("GIF", "P", {}), ("WEBP", "RGB", {}), ("WEBP", "RGBA", {"lossless": True}),
    *[("JPEG", "RGB", {"exif": orientation}) for orientation in range(2, 9)],
])
async def test_pictures_are_scaled_as_another_library_does(alice, kind, mode, options):
    if "exif" in options:
        exif = Image.Exif()
        exif[0x112] = options["exif"]
        options = {"exif": exif}
    content = encoded(drawing(641, 353, mode), kind, **options)
    status, headers, body = await thumbnail(alice, await upload(alice, content), 160, 160, method="scale")
    assert status == 200 and headers["Content-Type"] in ("image/jpeg", "image/png")
    # A dithered picture of two colours is scaled in another way.
    check_against_pillow(content, body, (160, 160), 12 if mode in ("1", "P") else 6)
    status, _, body = await thumbnail(alice, await upload(alice, content), 96, 96, method="crop")
    assert Image.open(io.BytesIO(body)).size == (96, 96)


@pytest.mark.timeout(900)
@pytest.mark.skipif(not _SHARED.is_dir(), reason="the pictures are not on this machine")
@pytest.mark.filterwarnings("ignore:Invalid APNG")
async def test_the_pictures_of_another_library(alice):
    # Colour profiles, orientations in XMP and which frame of a moving PNG stands for it are matters of taste.
    apart = ("pil_sample_cmyk.jpg", "xmp_tags_orientation.avif", "xmp_tags_orientation_exiftool.png")
    paths = [path for path in sorted((_SHARED / "pillow").rglob("*")) if path.is_file() and path.name not in apart and path.parent.name != "apng"]
    turns = asyncio.Semaphore(6)

    async def compare(path: Path) -> bool:
        content = path.read_bytes()
        async with turns:
            status, _, body = await thumbnail(alice, await upload(alice, content), 64, 64)
        assert status in (200, 400, 413), (path, status)
        if status != 200:
            return False
        try:
            reference = Image.open(io.BytesIO(content))
            assert reference.format in ("PNG", "JPEG", "GIF", "WEBP", "AVIF"), path
            reference.load()
        except (OSError, SyntaxError, ValueError):
            return False  # The one library is broader-minded than the other.
        check_against_pillow(content, body, (64, 64), 17)
        return True

    assert sum(await asyncio.gather(*(compare(path) for path in paths))) > 300


# Harmless


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, data: bytes | None = None, extra: bytes = b"", color: int = 0, channels: int = 1, interlace: int = 0) -> bytes:
    if data is None:
        packer = zlib.compressobj(9)
        row = b"\0" * (1 + width * channels)
        data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@functools.cache
def zeros(megabytes: int) -> bytes:
    """So many zeros, packed."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b"\0" * (1 << 20)) for _ in range(megabytes)) + packer.flush()


def gif(frames: int, width: int, height: int, screen: int | None = None) -> bytes:
    head = b"GIF89a" + struct.pack("<HH", screen or width, screen or height) + b"\xf6\0\0" + bytes(384)
    frame = b"\x21\xf9\4\0\n\0\0\0\x2c\0\0\0\0" + struct.pack("<HH", width, height) + b"\0\7\x02\x80\x81\0"
    return head + frame * frames + b";"


def apng(frames: int) -> bytes:
    still = png(10, 10)
    control = chunk(b"acTL", struct.pack(">II", frames, 0))
    parts = b"".join(
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", number * 2, 10, 10, 0, 0, 1, 1, 0, 0))
        + chunk(b"fdAT", struct.pack(">I", number * 2 + 1) + zlib.compress(b"\0" * 110)) for number in range(frames))
    return still[:33] + control + still[33:-12] + parts + still[-12:]


def segments(marker: bytes, start: bytes, count: int) -> bytes:
    """A small JPEG with many full segments of a kind."""
    still = encoded(Image.new("RGB", (300, 300)), "JPEG")
    body = b"".join(
        b"\xff" + marker + struct.pack(">H", 65_535) + start.replace(b"#", bytes([number % 255 + 1])) + b"\xff" * (65_533 - len(start))
        for number in range(count))
    return still[:2] + body + still[2:]


def isobmff(brand: bytes) -> bytes:
    return struct.pack(">I4s4sI", 16, b"ftyp", brand, 0) + b"\0\0\0\x08mdat" * 50


# Name, how to make it, and the statuses that may answer.
_HOSTILE: list[tuple[str, Callable[[], bytes], set[int]]] = [
    ("png of 49 megapixels", lambda: png(7_000, 7_000, color=6, channels=4), {200, 413}),
    ("png of 49 megapixels, interlaced", lambda: png(7_000, 7_000, zeros(190), color=6, interlace=1), {413}),
    ("png over the limit", lambda: png(20_000, 20_000, b""), {413}),
    ("png of 2^31-1 squared", lambda: png(0x7FFF_FFFF, 0x7FFF_FFFF, b""), {400, 413}),
    ("png of 2^32-1 squared", lambda: png(0xFFFF_FFFF, 0xFFFF_FFFF, b""), {400, 413}),
    ("png strip", lambda: png(10, 4_900_000), {413}),
    ("png wide", lambda: png(4_900_000, 10), {400, 413}),
    ("png with a profile of a gigabyte", lambda: png(100, 100, extra=chunk(b"iCCP", b"x\0\0" + zeros(1_000))), {200, 400}),
    ("png with texts of gigabytes", lambda: png(300, 300, extra=chunk(b"zTXt", b"x\0\0" + zeros(1_000)) * 5), {200, 400}),
    ("png with pixels of a gigabyte", lambda: png(300, 300, zeros(1_000)), {200, 400}),
    ("png cut", lambda: png(3_000, 3_000)[:200], {200, 400}),
    ("gif of 100 000 frames", lambda: gif(100_000, 100, 100), {200}),
    ("gif of 24 megapixels and 400 frames", lambda: gif(400, 4_990, 4_990), {200, 413}),
    ("gif of 65535 squared", lambda: gif(1, 1, 1, 65_535), {200, 400, 413}),
    ("gif of 499 frames", lambda: gif(499, 440, 440), {200}),
    ("apng of 50 000 frames", lambda: apng(50_000), {200}),
    ("apng that lies of its frames", lambda: apng(3).replace(b"acTL\0\0\0\3", b"acTL\xff\xff\xff\xff"), {200, 400}),
    ("jpeg of 49 megapixels, progressive", lambda: encoded(Image.new("RGB", (7_000, 7_000)), "JPEG", progressive=True, subsampling=0), {200, 413}),
    ("jpeg with 26 megabytes of Exif", lambda: segments(b"\xe1", b"Exif\0\0MM\0*\0\0\0\x08", 400), {200, 400}),
    ("jpeg with 16 megabytes of profile", lambda: segments(b"\xe2", b"ICC_PROFILE\0#\xff", 255), {200, 400}),
    ("jpeg cut", lambda: encoded(drawing(2_000, 2_000), "JPEG")[:3_000], {200, 400}),
    ("webp of 49 megapixels", lambda: encoded(Image.new("RGB", (7_000, 7_000)), "WEBP", lossless=True, method=0), {200, 413}),
    ("webp of 16383 squared", lambda: encoded(Image.new("L", (16_383, 16_383)), "WEBP", lossless=True, method=0), {400, 413}),
    ("tiff", lambda: encoded(Image.new("RGB", (100, 100)), "TIFF"), {400}),
    ("avif of nothing", lambda: isobmff(b"avif"), {400}),
    ("heic of nothing", lambda: isobmff(b"heic"), {400}),
    ("svg with a script", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script><image href='file:///a'/></svg>", {400}),
    ("svg with an entity", lambda: b"<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>", {400}),
    ("gif and html", lambda: gif(1, 100, 100) + b"<script>alert(1)</script>", {200}),
    ("jpeg and zip", lambda: encoded(drawing(300, 300), "JPEG") + b"PK\3\4" * 100, {200}),
    ("pdf that begins as a png", lambda: b"\x89PNG\r\n\x1a\n%PDF-1.7\n", {400}),
]


class Watch:
    """The most memory that the server, and that any child of it, had."""

    def __init__(self, pid: int):
        self._pid = pid
        self.children = 0
        self.seen = 0
        self._task: asyncio.Task | None = None

    async def __aenter__(self) -> "Watch":
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_) -> None:
        self._task.cancel()

    async def _look(self) -> None:
        while True:
            for child in children(self._pid):
                for process in (child, *children(child)):
                    try:
                        self.children = max(self.children, megabytes(process, "VmRSS"))
                        self.seen += 1
                    except (OSError, StopIteration):
                        continue  # It has ended.
            await asyncio.sleep(0.002)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:
        pass  # It has ended.
    return found


def megabytes(pid: int, field: str) -> int:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field + ":")) >> 10


@pytest.mark.timeout(300)
async def test_hostile_pictures_harm_nothing(subject, alice):
    small = await upload(alice, png(300, 200))
    async with Watch(subject.process.pid) as watch:
        for name, make, statuses in _HOSTILE:
            content = make()
            media = await upload(alice, content)
            for query in ({"method": "scale"}, {"method": "crop", "animated": "true"}):
                status, headers, body = await asyncio.wait_for(thumbnail(alice, media, 320, 240, **query), 40)
                assert status in statuses, (name, status, body[:200])
                if status != 200:
                    assert (b"M_TOO_LARGE" in body) == (status == 413), (name, body)
                elif body != content:
                    assert max(Image.open(io.BytesIO(body)).size) <= 320, name
                assert status != 200 or headers["X-Content-Type-Options"] == "nosniff"
        status, _, _ = await thumbnail(alice, small, 32, 32)
        assert status == 200
    assert watch.seen > 0
    assert watch.children <= _DECODER_MEGABYTES
    assert megabytes(subject.process.pid, "VmRSS") <= _SERVER_MEGABYTES


async def test_moving_pictures(alice):
    frames = [drawing(120, 80).rotate(number * 20) for number in range(5)]
    for kind in ("GIF", "WEBP", "PNG"):
        content = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        media = await upload(alice, content)
        status, headers, body = await thumbnail(alice, media, 64, 64, animated="true")
        assert status == 200 and Image.open(io.BytesIO(body)).n_frames == 5, kind
        if kind == "PNG":
            assert body == content, "frames of a PNG are not decoded: it is given as it is"
        else:
            assert headers["Content-Type"] == "image/webp"
        for box in (64, 600):
            # "When false, the server MUST NOT return an animated thumbnail", however small the picture is.
            for query in ({"animated": "false"}, {}):
                status, _, body = await thumbnail(alice, media, box, box, **query)
                assert status == 200 and getattr(Image.open(io.BytesIO(body)), "n_frames", 1) == 1, (kind, box)
    still = await upload(alice, png(300, 200))
    status, _, body = await thumbnail(alice, still, 64, 64, animated="true")
    assert status == 200 and Image.open(io.BytesIO(body)).size == (64, 43)


async def test_nothing_runs_where_it_is_shown(alice):
    script = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    for kind, disposition in [("image/svg+xml", "attachment"), ("text/html", "attachment"), ("image/png", "inline"), ("text/plain", "inline")]:
        media = await upload(alice, script, kind)
        headers = {"Authorization": f"Bearer {alice.token}"}
        async with shared_session().get(f"{alice.base_url}/_matrix/client/v1/media/download/{media}", headers=headers) as answer:
            assert answer.headers["Content-Disposition"] == disposition
            assert answer.headers["Content-Type"] == kind
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'; script-src 'none'")
