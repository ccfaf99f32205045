"""Pictures that tests and screenshots use, made by code."""

import struct
import zlib


def png(width: int, height: int, colour_at) -> bytes:
    """A PNG; `colour_at(x, y)` gives red, green, blue."""
    rows = b"".join(b"\0" + bytes(channel for x in range(width) for channel in colour_at(x, y)) for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def picture(width: int, height: int, hue: int = 0) -> bytes:
    """Hills under a sky."""
    def colour(x: int, y: int) -> tuple[int, int, int]:
        line = height * 0.6 + (height // 12) * (((x * 7 // max(1, width)) + hue) % 3 - 1)
        return (60 + hue % 60, 110 + y * 60 // height, 80) if y > line else (150 + y * 80 // height, 190, 220 - hue % 40)

    return png(width, height, colour)
