"""Files of pictures: what is refused, what is taken out, and what is kept."""

from __future__ import annotations

import io
import time

import pytest
from PIL import Image, ImageCms

from community.core import images
from tests.support.pictures import animation, bomb, file_of, halves, photograph


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def is_red(pixel: tuple[int, ...]) -> bool:
    return pixel[0] > 200 and pixel[2] < 60


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_lying_photograph_stands_up_and_tells_nothing_of_place_and_camera(kind):
    sent = photograph(kind)
    assert b"Secret Camera" in sent.getvalue()
    clean = images.normalise(sent)
    image = opened(clean.data)
    assert image.size == (40, 80)
    assert is_red(image.convert("RGB").getpixel((20, 5)))
    assert not is_red(image.convert("RGB").getpixel((20, 75)))
    assert not image.getexif()
    assert b"Secret Camera" not in clean.data
    assert b"Exif" not in clean.data


@pytest.mark.parametrize(("kind", "extension"), [("JPEG", "jpg"), ("PNG", "png"), ("GIF", "gif"), ("WEBP", "webp"),
                                                 ("AVIF", "avif")])  # fmt: skip
def test_a_clean_file_stays_as_it_is_byte_for_byte(kind, extension):
    sent = file_of(halves(), kind)
    assert images.normalise(sent) == images.Clean(sent.getvalue(), extension, animated=False)


def test_cleaning_what_was_cleaned_changes_nothing():
    once = images.normalise(photograph())
    assert images.normalise(io.BytesIO(once.data)) == once


def test_notes_in_a_png_and_what_hides_behind_a_picture_go():
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Author", "Jane Hidden")
    for sent in (file_of(halves(), "PNG", pnginfo=notes), io.BytesIO(file_of(halves(), "JPEG").read() + b"Jane Hidden"),
                 io.BytesIO(file_of(halves(), "PNG").read() + b"Jane Hidden"),
                 file_of(halves(), "JPEG", comment=b"Jane Hidden"),
                 animation("GIF", comment=b"Jane Hidden"), file_of(halves(), "WEBP", xmp=b"<x>Jane Hidden</x>"),
                 file_of(halves(), "AVIF", xmp=b"<x>Jane Hidden</x>")):  # fmt: skip
        assert b"Jane Hidden" in sent.getvalue()
        clean = images.normalise(sent)
        assert b"Jane Hidden" not in clean.data
        assert opened(clean.data).size == Image.open(sent).size


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning")
def test_broken_exif_does_no_harm():
    sent = file_of(halves(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12")
    assert opened(images.normalise(sent).data).size == (80, 40)


def test_a_bomb_is_refused_before_it_is_decoded():
    sent = bomb()
    assert len(sent.getvalue()) < 1_000_000
    begun = time.perf_counter()
    with pytest.raises(images.TooLarge):
        images.check(sent)
    assert time.perf_counter() - begun < 0.5


def test_an_animation_counts_all_of_its_frames(monkeypatch):
    from community.core.images import cleaning

    monkeypatch.setattr(cleaning, "MOST_PIXELS_IN_MOTION", 40 * 30 * 3)
    images.check(animation(frames=3))
    with pytest.raises(images.TooLarge):
        images.check(animation(frames=4))


def test_fifty_megapixels_are_the_most():
    images.check(file_of(Image.new("1", (10_000, 5_000)), "PNG"))
    with pytest.raises(images.TooLarge):
        images.check(file_of(Image.new("1", (10_000, 5_001)), "PNG"))


@pytest.mark.parametrize("content", [
    b"", b"x", b"Just words in a file called face.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    b"<!doctype html><script>alert(1)</script>", b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a",
    b"RIFF\x10\0\0\0WEBPVP8 ", b"\0\0\0\x20ftypavif" + bytes(60), b"BM" + bytes(100), b"8BPS" + bytes(100),
])  # fmt: skip
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(images.Refused):
        images.check(io.BytesIO(content))
    with pytest.raises(images.Refused):
        images.normalise(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "ICO", "PPM", "TGA", "JPEG2000"])
def test_other_kinds_of_pictures_are_refused(kind):
    with pytest.raises(images.Refused):
        images.check(file_of(halves(), kind))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_a_file_cut_off_anywhere_is_refused(kind):
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    whole = file_of(noise, kind).getvalue()
    for part in range(1, 20):
        half = io.BytesIO(whole[: len(whole) * part // 20])
        with pytest.raises(images.Refused):
            images.normalise(half)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_no_flipped_byte_makes_anything_but_a_picture_or_a_refusal(kind):
    whole = photograph(kind).getvalue() if kind != "GIF" else animation().getvalue()
    for place in range(0, len(whole), max(1, len(whole) // 150)):
        broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        try:
            opened(images.normalise(io.BytesIO(broken)).data)
        except images.Refused:
            pass


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_an_animation_keeps_frames_times_and_loop(kind):
    for sent in (
        animation(kind),
        animation(kind, **({"comment": b"x"} if kind == "GIF" else {"exif": photograph_exif()})),
    ):
        clean = images.normalise(sent)
        assert clean.animated
        image = Image.open(io.BytesIO(clean.data))
        assert image.n_frames == 4
        colours, times = [], []
        for frame in range(4):
            image.seek(frame)
            colours.append(image.convert("RGB").getpixel((5, 5)))
            times.append(image.info.get("duration"))
        assert is_red(colours[0])
        assert min(colours[3]) > 240
        assert times == [100] * 4
        assert image.info.get("loop", 0) == 0


def photograph_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0110] = "Secret Camera 9"
    return exif.tobytes()


def test_a_see_through_png_stays_so_and_has_no_colour_behind_it():
    image = halves(mode="RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    exif = Image.Exif()
    exif[0x0112] = 3
    clean = images.normalise(file_of(image, "PNG", exif=exif.tobytes()))
    assert opened(clean.data).getchannel("A").getextrema()[0] < 10
    assert images.placeholders(clean.data) == ("", "")
    assert next(images.encode(clean.data, images.PRESETS["avatar"])).kind == "jpeg"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_a_png_is_let_in_and_shown(mode):
    clean = images.normalise(file_of(halves(mode=mode), "PNG"))
    hashed, colour = images.placeholders(clean.data)
    assert len(hashed) == 28
    assert colour.startswith("#")
    made = list(images.encode(clean.data, images.PRESETS["avatar"]))
    assert {one.kind for one in made} == {"jpeg", "webp", "avif"}
    assert all(opened(one.data).size == (one.width, one.height) == (40, 40) for one in made)


def test_sixteen_bits_of_grey_become_eight_and_not_white():
    grey = Image.new("I;16", (20, 20), 128 * 256)
    assert 126 <= opened(images.normalise(file_of(grey, "PNG")).data).getpixel((5, 5)) <= 129


def test_a_printers_jpeg_gets_the_colours_of_the_web():
    image = opened(images.normalise(file_of(halves(mode="CMYK"), "JPEG")).data)
    assert image.mode == "RGB"
    assert is_red(image.getpixel((10, 20)))


def test_a_large_profile_is_worked_in_and_a_small_one_kept():
    small = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert len(small) < 4096
    assert opened(images.normalise(file_of(halves(), "JPEG", icc_profile=small)).data).info["icc_profile"] == small
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        clean = images.normalise(file_of(halves(), kind, icc_profile=small + bytes(5000)))
        assert "icc_profile" not in opened(clean.data).info, kind
        assert is_red(opened(clean.data).convert("RGB").getpixel((10, 20)))


def test_the_placeholder_of_any_picture_is_short_and_shows_its_colours():
    for image in (halves(), Image.effect_noise((90, 160), 90).convert("RGB"), Image.new("RGB", (1, 1), "#7c4df0")):
        hashed, colour = images.placeholders(file_of(image, "PNG").getvalue())
        assert len(hashed) <= 40
        uri = images.tiny(hashed)
        assert uri.startswith("data:image/png;base64,")
        assert len(uri) <= 300
    assert colour == "#7c4df0"
    assert images.tiny("") == images.tiny("nonsense") == ""


@pytest.mark.parametrize(("preset", "size", "expected"), [
    ("card", (1600, 900), (640, 320)), ("card", (640, 360), (640, 320)), ("card", (500, 500), (640, 320)),
    ("card", (300, 300), (320,)), ("card", (1, 1), (320,)), ("card", (12_000, 10), (320,)),
    ("cover", (900, 1600), (960, 640)), ("article", (4000, 3000), (1280, 900, 450)),
    ("article", (1000, 10), (1280, 900, 450)), ("article", (900, 10), (900, 450)), ("article", (600, 900), (1280,)),
])  # fmt: skip
def test_no_size_is_larger_than_the_picture_gives(preset, size, expected):
    assert images.widths(images.PRESETS[preset], *size) == expected
