"""Files as people send them: upright and lying, broken and hostile."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

#: EXIF's numbers for "how to turn it", "the camera", and the folder of GPS.
ORIENTATION, CAMERA, GPS = 0x0112, 0x0110, 0x8825


def halves(size: tuple[int, int] = (80, 40), mode: str = "RGB") -> Image.Image:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, "#0000ff")
    image.paste("#ff0000", (0, 0, size[0] // 2, size[1]))
    return image.convert(mode)


def file_of(image: Image.Image, kind: str, **options: Any) -> io.BytesIO:
    """The picture as a file."""
    output = io.BytesIO()
    image.save(output, kind, **options)
    output.seek(0)
    return output


def photograph(kind: str = "JPEG", *, orientation: int = 6) -> io.BytesIO:
    """What a telephone makes: turned by a mark, with camera and place in it."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[CAMERA] = "Secret Camera 9"
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    return file_of(halves(), kind, exif=exif.tobytes())


def animation(kind: str = "GIF", frames: int = 4, **options: Any) -> io.BytesIO:
    """Frames of different colours, a tenth of a second each."""
    pictures = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue", "white")[:frames]]
    return file_of(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=100, loop=0, **options)


def bomb(side: int = 60_000) -> io.BytesIO:
    """A small PNG that becomes `side` × `side` pixels of one bit when it is decoded."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    data = b"".join(packer.compress(row * 1000) for _ in range(side // 1000)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b""))
