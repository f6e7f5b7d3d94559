"""Pictures on their way from the upload to a page: cleaned at every door, in three formats, without a query."""

from __future__ import annotations

import io
import json
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from cms import selectors
from cms.models import CustomImage, CustomRendition
from cms.selectors.pictures import picture
from cms.services.pictures import prepare_picture, prepare_pictures, prepare_post
from community.core import images
from tests.factories import make_image, make_post
from tests.support.api import data_of
from tests.support.pictures import animation, bomb, file_of, halves, photograph

pytestmark = pytest.mark.django_db


def stored(file: io.BytesIO, name: str = "picture.jpg") -> CustomImage:
    return CustomImage.objects.create(title="Picture", file=ContentFile(file.read(), name))


def pixels(image: CustomImage) -> Image.Image:
    with image.file.open() as file:
        opened = Image.open(io.BytesIO(file.read()))
    opened.load()
    return opened


def upload(client, file: io.BytesIO, name: str = "picture.jpg", **more: str):
    content = SimpleUploadedFile(name, file.read(), "image/jpeg")
    return client.post("/cms/images/add/", {"title": "Uploaded", "file": content, "collection": "1", **more})


def queries(act) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_an_editors_photograph_is_stored_upright_and_tells_nothing(client_for, cast):
    assert upload(client_for(cast.editor), photograph()).status_code == 302
    image = CustomImage.objects.get()
    assert (image.width, image.height) == pixels(image).size == (40, 80)
    assert not pixels(image).getexif()
    assert image.file_size == image.file.size
    assert len(image.blurhash) == 28
    assert image.dominant_colour.startswith("#")


@pytest.mark.parametrize(("name", "content"), [
    ("face.jpg", b"Just words."), ("face.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("face.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), ("face.jpg", photograph().getvalue()[:700]),
    ("face.png", bomb(20_000).getvalue()), ("face.avif", b"\0\0\0\x20ftypavif" + bytes(60)), ("face.gif", b"GIF89a"),
    ("face.jpg", b""),
])  # fmt: skip
def test_the_admin_refuses_what_is_no_picture_beside_the_field(client_for, cast, name, content):
    response = upload(client_for(cast.editor), io.BytesIO(content), name)
    assert response.status_code == 200
    assert "file" in response.context["form"].errors
    assert not CustomImage.objects.exists()


def test_the_upload_of_many_refuses_in_the_same_way(client_for, cast):
    desk = client_for(cast.editor)
    answers = []
    for content in (photograph().read(), b"Just words."):
        form = {"title": "Many", "files[]": SimpleUploadedFile("many.jpg", content, "image/jpeg"), "collection": "1"}
        answers.append(json.loads(desk.post("/cms/images/multiple/add/", form).content)["success"])
    assert answers == [True, False]
    assert pixels(CustomImage.objects.get()).size == (40, 80)


def test_a_file_is_named_by_what_it_is(cast):
    image = stored(file_of(halves(), "PNG"), "../../etc/holiday.JPG")
    assert image.file.name.startswith("original_images/holiday")
    assert image.file.name.endswith(".png")


def test_a_page_shows_a_picture_at_once_and_all_its_formats_after_the_job(client, cast):
    post = make_post(cast.creator, cover_image=make_image(size=(1600, 900)))
    first = client.get(post.url).content.decode()
    assert "<picture><img " in first
    assert prepare_pictures(seconds=60) == 1
    page = client.get(post.url).content.decode()
    types = re.findall(r'<source type="(image/\w+)" srcset="([^"]+)" sizes="[^"]+">', page)
    assert [kind for kind, _srcset in types] == ["image/avif", "image/webp"]
    for kind, srcset in types:
        for address, width in re.findall(r"(\S+) (\d+)w", srcset):
            answer = client.get(address)
            assert answer.headers["Content-Type"] == kind
            assert Image.open(io.BytesIO(b"".join(answer.streaming_content))).width == int(width)
    assert re.search(r'<img src="[^"]+\.jpg" srcset="[^"]+ 1280w, [^"]+ 960w, [^"]+ 640w" sizes="[^"]+" width="1280" '
                     r'height="720"', page)  # fmt: skip
    assert "background:#7c4df0 url(data:image/png;base64," in page
    assert '<link rel="preload" as="image" type="image/avif" imagesrcset="' in page


def test_what_was_made_costs_a_page_no_query(cast):
    image = make_image(size=(1600, 900))
    picture(image, "card")
    again = CustomImage.objects.get(pk=image.pk)
    assert queries(lambda: picture(again, "card")) == 0
    prepare_pictures(seconds=60)
    again.refresh_from_db()
    assert queries(lambda: picture(again, "card")) == 0
    assert len(picture(again, "card").sources) == 2


def test_cards_with_covers_cost_two_queries(cast):
    posts = [make_post(cast.creator, cover_image=make_image(f"Cover {number}")).pk for number in range(3)]
    selectors.post_cards(posts)
    assert queries(lambda: selectors.post_cards(posts)) == 2


def test_the_job_does_nothing_twice(cast):
    image = make_image(size=(1600, 900))
    prepare_picture(image_id=image.pk, presets=["card", "social"])
    rows = set(CustomRendition.objects.values_list("pk", "file"))
    image.refresh_from_db()
    assert set(image.variants["card"]["sources"]) == {"jpeg", "webp", "avif"}
    assert list(image.variants["social"]["sources"]) == ["jpeg"]
    assert image.variants_version == images.VERSION
    assert prepare_pictures(seconds=60) == 0
    assert queries(lambda: prepare_picture(image_id=image.pk, presets=["card"])) == 1
    CustomImage.objects.update(variants_version=0)
    assert prepare_pictures(seconds=60) == 1
    assert set(CustomRendition.objects.values_list("pk", "file")) == rows


def test_a_published_post_has_its_pictures_quickly_and_keeps_what_it_had(cast):
    cover, inner = make_image("Cover", size=(1600, 900)), make_image("Inner", size=(1600, 900))
    post = make_post(cast.creator, content=None, cover_image=cover, body=[("image", {"image": inner, "alt": ""})])
    prepare_post(post_id=post.pk)
    for image, preset in ((cover, "cover"), (inner, "article")):
        image.refresh_from_db()
        assert set(image.variants[preset]["sources"]) == {"jpeg", "webp"}
    assert prepare_pictures(seconds=60) == 2
    prepare_post(post_id=post.pk)
    cover.refresh_from_db()
    assert set(cover.variants["cover"]["sources"]) == {"jpeg", "webp", "avif"}
    assert cover.variants_version == images.VERSION


def test_what_a_page_asks_for_while_the_job_works_is_done_by_the_next(cast, monkeypatch):
    from cms.services import pictures as service

    image = make_image(size=(1600, 900))
    make = service.make_variant

    def slow(at_work, name, kinds):
        picture(CustomImage.objects.get(pk=image.pk), "banner")
        return make(at_work, name, kinds)

    monkeypatch.setattr(service, "make_variant", slow)
    prepare_picture(image_id=image.pk, presets=["thumb"])
    image.refresh_from_db()
    assert set(image.variants) == {"thumb", "banner"}
    monkeypatch.undo()
    assert prepare_pictures(seconds=60) == 1
    image.refresh_from_db()
    assert "avif" in image.variants["banner"]["sources"]


def test_a_file_that_changes_while_the_job_works_wins(cast, monkeypatch):
    from cms.services import pictures as service

    image = make_image(size=(1600, 900))
    make = service.make_variant

    def slow(at_work, name, kinds):
        made = make(at_work, name, kinds)
        other = CustomImage.objects.get(pk=image.pk)
        other.file = ContentFile(file_of(halves(), "PNG").read(), "other.png")
        other.save()
        return made

    monkeypatch.setattr(service, "make_variant", slow)
    prepare_picture(image_id=image.pk, presets=["thumb"])
    image.refresh_from_db()
    assert image.variants == {}


def test_another_focal_point_cuts_anew_around_it(cast):
    image = stored(file_of(halves((1600, 400)), "PNG"))
    prepare_picture(image_id=image.pk, presets=["card", "article"])
    image.refresh_from_db()
    old = picture(image, "card")
    image.focal_point_x, image.focal_point_y, image.focal_point_width, image.focal_point_height = 10, 200, 20, 20
    image.save()
    image.refresh_from_db()
    assert set(image.variants) == {"article"}, "nothing is cut off there"
    assert prepare_pictures(seconds=60) == 1
    new = picture(image, "card")
    assert new.src != old.src
    shown = CustomRendition.objects.get(file=image.variants["card"]["sources"]["jpeg"][0][0])
    with shown.file.open() as file:
        opened = Image.open(file).convert("RGB")
        assert opened.getpixel((opened.width - 5, 5))[0] > 200, "the left of the picture is red"


def test_a_new_file_in_the_admin_replaces_the_old_ones_sizes(client_for, cast):
    image = stored(file_of(halves((1600, 900)), "JPEG"))
    prepare_picture(image_id=image.pk, presets=["card"])
    form = {"title": "Another", "collection": "1", "file": SimpleUploadedFile("b.png", file_of(halves(), "PNG").read())}
    assert client_for(cast.admin).post(f"/cms/images/{image.pk}/", form).status_code == 302
    image.refresh_from_db()
    assert (image.width, image.height, image.variants) == (80, 40, {})
    assert not image.renditions.exists()
    assert picture(image, "card").width == 72


def test_deleted_renditions_are_not_pointed_to(cast):
    image = make_image(size=(1600, 900))
    old = picture(image, "card")
    call_command("wagtail_update_image_renditions", purge_only=True, verbosity=0)
    image.refresh_from_db()
    assert image.variants == {}
    assert CustomRendition.objects.count() == 0
    assert picture(image, "card").src
    assert old.src


def test_an_animation_moves_in_texts_and_stands_still_on_cards(client, cast):
    image = stored(animation(), "wave.gif")
    prepare_picture(image_id=image.pk, presets=["article", "card"])
    image.refresh_from_db()
    assert picture(image, "article").src == image.file.url
    assert pixels(image).n_frames == 4
    assert picture(image, "card").src.endswith(".jpg")
    image.renditions.all().delete()
    image.refresh_from_db()
    assert picture(image, "article").src == image.file.url


@pytest.mark.parametrize("size", [(1, 1), (12_000, 10), (10, 12_000), (3, 2), (900, 1600), (641, 361)])
@pytest.mark.parametrize("preset", sorted(set(images.PRESETS) - {"portrait"}))
def test_a_picture_of_any_shape_is_shown_and_never_enlarged(cast, size, preset):
    image = make_image(size=size)
    prepare_picture(image_id=image.pk, presets=[preset])
    image.refresh_from_db()
    shown = picture(image, preset)
    assert 1 <= shown.width <= size[0]
    assert 1 <= shown.height <= size[1]
    assert image.variants_version == images.VERSION


@pytest.mark.parametrize(("mode", "kind"), [
    ("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("RGBA", "PNG"), ("I;16", "PNG"), ("CMYK", "JPEG"),
    ("L", "JPEG"), ("P", "GIF"), ("RGBA", "WEBP"), ("RGBA", "AVIF"),
])  # fmt: skip
def test_a_picture_of_any_mode_gets_all_formats(cast, mode, kind):
    image = stored(file_of(halves((700, 400), mode), kind))
    prepare_picture(image_id=image.pk, presets=["card"])
    image.refresh_from_db()
    assert set(image.variants["card"]["sources"]) == {"jpeg", "webp", "avif"}


def test_a_picture_whose_file_is_gone_breaks_no_page(client, cast):
    image = make_image()
    post = make_post(cast.creator, cover_image=image)
    image.file.storage.delete(image.file.name)
    page = client.get(post.url)
    assert page.status_code == 200
    assert image.file.url in page.content.decode()
    assert prepare_pictures(seconds=60) == 1
    assert prepare_pictures(seconds=60) == 0, "it is not tried every minute"


def test_the_api_tells_what_to_show_while_the_cover_loads(client, cast):
    bare, covered = make_post(cast.creator), make_post(cast.creator, cover_image=make_image())
    with_cover, without = data_of(client.get("/api/posts"))["items"]
    assert (with_cover["id"], without["id"]) == (str(covered.pk), str(bare.pk))
    assert with_cover["coverColour"] == "#7c4df0"
    assert len(with_cover["coverBlurhash"]) == 28
    assert with_cover["coverImage"].endswith(".jpg")
    assert without["coverColour"] is without["coverBlurhash"] is without["coverImage"] is None


def test_a_see_through_cover_has_nothing_behind_it(client, cast):
    image = halves((640, 360), "RGBA")
    image.putalpha(0)
    post = make_post(cast.creator, cover_image=stored(file_of(image, "PNG")))
    page = client.get(post.url).content.decode()
    assert "<picture>" in page
    assert "background:#" not in page


def test_a_picture_from_before_gets_its_colours_by_the_job(cast):
    image = make_image()
    CustomImage.objects.update(blurhash="", dominant_colour="")
    prepare_pictures(seconds=60)
    image.refresh_from_db()
    assert (len(image.blurhash), image.dominant_colour) == (28, "#7c4df0")
