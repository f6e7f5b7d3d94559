"""One's own picture: sent, shown in small sizes, replaced and taken away."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from community.accounts.selectors import author_card
from community.core import images
from community.core.models import OutboxFact
from tests.factories import make_post
from tests.support.api import data_of, error_of, fields_of
from tests.support.pictures import animation, bomb, file_of, halves, photograph

ADDRESS = "/api/me/avatar"


def put(client, file: io.BytesIO, name: str = "face.jpg", **more):
    content = SimpleUploadedFile(name, file.read(), "image/jpeg")
    return client.put(ADDRESS, encode_multipart(BOUNDARY, {"file": content, **more}), MULTIPART_CONTENT)


def stored(settings) -> set[str]:
    return {str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return settings


@pytest.mark.django_db
def test_a_photograph_becomes_a_clean_upright_square(client_for, cast, media):
    client = client_for(cast.fan)
    data = data_of(put(client, photograph()))
    assert data["username"] == "fan"
    assert data["image"].endswith(".jpg")
    cast.fan.profile.refresh_from_db()
    with cast.fan.profile.avatar.open() as file:
        image = Image.open(io.BytesIO(file.read()))
    assert image.size == (40, 40)
    assert not image.getexif()
    assert client.get("/api/users/fan").json()["data"]["image"] == data["image"]
    assert b"Secret Camera" not in b"".join(Path(name).read_bytes() for name in stored(media))


@pytest.mark.django_db
def test_everybody_sees_it_in_small_sizes_and_three_formats(client, client_for, cast, media):
    data_of(put(client_for(cast.fan), file_of(halves((900, 600)), "JPEG")))
    cast.fan.profile.refresh_from_db()
    shown = author_card(cast.fan).avatar
    assert [kind for kind, _srcset in shown.sources] == ["image/avif", "image/webp"]
    assert [part.split()[1] for part in shown.srcset.split(", ")] == ["224w", "112w", "56w"]
    assert (shown.width, shown.height) == (224, 224)
    assert shown.colour.startswith("#")
    page = client.get(make_post(cast.fan).url).content.decode()
    assert shown.sources[0][1] in page
    assert 'sizes="24px"' in page or 'sizes="44px"' in page


@pytest.mark.django_db(transaction=True)
def test_a_new_picture_and_none_leave_no_files_behind(client_for, cast, media):
    client = client_for(cast.fan)
    data_of(put(client, photograph()))
    first = stored(media)
    data_of(put(client, animation(), "face.gif"))
    second = stored(media)
    assert first
    assert not first & second
    assert client.delete(ADDRESS).status_code == 204
    assert stored(media) == set()
    assert client.get("/api/me").json()["data"]["image"] is None
    cast.fan.profile.refresh_from_db()
    assert author_card(cast.fan).avatar is None


@pytest.mark.django_db
def test_others_hear_of_it_and_the_version_rises(client_for, cast, media):
    client = client_for(cast.fan)
    version = client.get("/api/me").json()["data"]["version"]
    assert data_of(put(client, photograph()))["version"] == version + 1
    fact = OutboxFact.objects.filter(name="user.updated").get()
    assert fact.payload["changed"] == ["avatar"]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "file"), [
    ("face.jpg", io.BytesIO(b"Just words.")), ("face.svg", io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>")),
    ("face.jpg", io.BytesIO(photograph().getvalue()[:600])), ("face.png", bomb()), ("face.jpg", io.BytesIO(b"")),
])  # fmt: skip
def test_what_is_no_picture_is_refused_at_its_field(client_for, cast, media, name, file):
    file.seek(0)
    assert set(fields_of(put(client_for(cast.fan), file, name))) == {"file"}
    cast.fan.profile.refresh_from_db()
    assert not cast.fan.profile.avatar
    assert stored(media) == set()


@pytest.mark.django_db
def test_a_form_without_file_with_words_or_with_more_is_refused(client_for, cast, media):
    client = client_for(cast.fan)
    for form in ({}, {"file": "words"}):
        answer = client.put(ADDRESS, encode_multipart(BOUNDARY, form), MULTIPART_CONTENT)
        assert set(fields_of(answer)) == {"file"}
    assert set(fields_of(put(client, photograph(), other="x"))) == {"other"}
    assert client.put(ADDRESS, b"\0nonsense", MULTIPART_CONTENT).status_code == 400
    assert error_of(client.put(ADDRESS, {"file": "x"}, "application/json")) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.django_db
def test_a_form_that_is_too_large_is_refused_unread(client_for, cast, media):
    answer = put(client_for(cast.fan), io.BytesIO(bytes(11 * 1024 * 1024)))
    assert error_of(answer) == (413, "PAYLOAD_TOO_LARGE")
    assert "10 MiB" in answer.json()["error"]


@pytest.mark.django_db
def test_who_may_not_write_may_not_send_pictures(client, client_for, cast, media):
    assert put(client, photograph()).status_code == 401
    for person in (cast.new_fan, cast.suspended):
        assert put(client_for(person), photograph()).status_code == 403
        assert client_for(person).delete(ADDRESS).status_code == 403
    assert stored(media) == set()


@pytest.mark.django_db
def test_uploads_are_limited(client_for, cast, media, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "upload": (2, 3600)}
    settings.RATE_LIMIT_SCALE = 1
    client = client_for(cast.fan)
    assert [put(client, photograph()).status_code for _time in range(3)] == [200, 200, 429]


@pytest.mark.django_db
@pytest.mark.parametrize("size", [(1, 1), (3000, 20), (20, 3000), (100, 100)])
def test_a_picture_of_any_shape_becomes_a_square_and_is_never_enlarged(client_for, cast, media, size):
    data_of(put(client_for(cast.fan), file_of(halves(size), "PNG"), "face.png"))
    cast.fan.profile.refresh_from_db()
    shown = author_card(cast.fan).avatar
    assert shown.width == shown.height == min(size)
    assert max(images.PRESETS["avatar"].widths) == 224
