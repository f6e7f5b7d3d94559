"""Series through the API: made, changed, ordered, filled and dissolved, by whom and by whom not."""

from __future__ import annotations

from typing import Any

import pytest

from cms import services
from cms.models import PostPage, SeriesPage
from community.core.integrity import run_checks
from tests.factories import make_image, make_post, make_section, make_series
from tests.support.api import NAUGHTY, data_of, error_of, send
from tests.support.series import SERIES, create, fields_of, moved_to, order, own_series, parts_of, patch, put_post


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMIT_SCALE = 1000


@pytest.fixture
def author(client_for, cast):
    """A verified creator at their own client."""
    return client_for(cast.verified_creator)


@pytest.mark.django_db
class TestASeries:
    def test_is_made_live_and_is_in_lists_from_its_first_part_on(self, author, client):
        data = data_of(create(author, introduction="Ten of them.\nAt night.", complete=True), 201)
        assert (data["title"], data["introduction"]) == ("Night walks", "Ten of them.\nAt night.")
        assert (data["complete"], data["published"], data["parts"], data["slug"]) == (True, True, 0, "night-walks")
        assert data["author"]["username"] == "verified_creator"
        assert data_of(client.get(f"{SERIES}/{data['id']}")) == data
        assert client.get("/creators/verified_creator/night-walks/").status_code == 200
        assert data_of(client.get(SERIES))["items"] == []
        body = {"title": "The gate", "content": "x", "published": True, "seriesId": data["id"]}
        place = data_of(send(author, "post", "/api/posts", body), 201)["series"]
        assert (place["id"], place["position"], place["count"]) == (data["id"], 1, 1)
        assert [one["title"] for one in data_of(client.get(SERIES))["items"]] == ["Night walks"]

    def test_can_be_a_draft_that_only_its_author_and_moderators_see(self, author, client, client_for, cast):
        made = data_of(create(author, published=False), 201)
        assert made["published"] is False
        for who, status in ((client, 404), (client_for(cast.fan), 404), (client_for(cast.moderator), 200)):
            assert who.get(f"{SERIES}/{made['id']}").status_code == status
        changed = data_of(patch(author, made["id"], title="Day walks"))
        assert (changed["title"], changed["published"]) == ("Day walks", False)
        assert data_of(author.get(f"{SERIES}/{made['id']}")) == changed
        assert data_of(patch(author, made["id"], published=True))["title"] == "Day walks"
        assert data_of(client.get(f"{SERIES}/{made['id']}"))["published"] is True
        assert data_of(patch(author, made["id"], published=False))["published"] is False
        assert client.get(f"{SERIES}/{made['id']}").status_code == 404

    def test_of_the_same_title_gets_an_address_of_its_own(self, author):
        slugs = [data_of(create(author), 201)["slug"] for _time in range(3)]
        assert slugs == ["night-walks", "night-walks-2", "night-walks-3"]

    def test_keeps_what_a_change_leaves_out(self, author, client):
        made = data_of(create(author, introduction="Ten.", complete=True), 201)
        changed = data_of(patch(author, made["id"], title="Day walks"))
        for name in ("introduction", "complete", "published", "slug", "url", "author"):
            assert changed[name] == made[name]
        assert changed["version"] > made["version"]
        assert data_of(patch(author, made["id"])) == changed, "an empty change changes nothing"
        assert data_of(patch(author, made["id"], introduction="", complete=False))["complete"] is False
        assert "Day walks" in client.get("/creators/verified_creator/night-walks/").content.decode()

    def test_changed_from_an_old_version_is_refused(self, author):
        made = data_of(create(author), 201)
        second = data_of(patch(author, made["id"], title="Second", version=made["version"]))
        for answer in (
            patch(author, made["id"], title="Third", version=made["version"]),
            patch(author, made["id"], headers={"If-Match": f'"{made["version"]}"'}, title="Third"),
        ):
            assert error_of(answer) == (409, "CONFLICT")
            assert answer.json()["currentVersion"] == second["version"]
        tag = author.get(f"{SERIES}/{made['id']}")["ETag"]
        assert data_of(patch(author, made["id"], headers={"If-Match": tag}, title="Third"))["title"] == "Third"

    def test_takes_ones_own_pictures_as_cover(self, author, client_for, cast, settings, tmp_path):
        settings.MEDIA_ROOT = str(tmp_path)
        image = make_image()
        address = f"http://localhost:8000{image.file.url}"
        assert fields_of(create(author, coverImage=address)) == {"coverImage"}
        image.uploaded_by_user = cast.verified_creator
        image.save()
        made = data_of(create(author, coverImage=address), 201)
        assert made["coverImage"].startswith("http://localhost:8000/media/images/")
        again = data_of(patch(author, made["id"], coverImage=made["coverImage"], title="Again"))
        assert again["coverImage"] == made["coverImage"], "what was read can be sent back"
        assert data_of(patch(client_for(cast.admin), made["id"], coverImage=made["coverImage"]))["coverImage"]
        assert data_of(patch(author, made["id"], coverImage=None))["coverImage"] is None

    def test_shows_markup_as_text_and_keeps_any_script(self, author, client):
        for title in ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', *NAUGHTY):
            made = data_of(create(author, title=title, introduction=title), 201)
            assert (made["title"], made["introduction"]) == (title, title)
            page = client.get(f"/creators/verified_creator/{made['slug']}/").content.decode()
            assert "<script>alert" not in page
            assert "<img src=x" not in page


BAD_SERIES: list[tuple[Any, set[str]]] = [
    ({"title": ""}, {"title"}),
    ({"title": " \u200b\n"}, {"title"}),
    ({"title": None}, {"title"}),
    ({"title": 5, "introduction": ["x"], "complete": 1}, {"title", "introduction", "complete"}),
    ({"title": "x" * 256, "introduction": "x" * 501}, {"title", "introduction"}),
    ({"title": "x", "published": "yes", "coverImage": "//evil.example/x.png"}, {"published", "coverImage"}),
    ({"title": "x", "author": "admin", "posts": []}, {"author", "posts"}),
    ({"title": "a\x00"}, {"title"}),
    ({"title": "x", "introduction": "b\x00"}, {"introduction"}),
]


@pytest.mark.django_db
def test_bad_input_is_named_field_by_field_and_stores_nothing(author, cast):
    for body, fields in [*BAD_SERIES, ({}, {"title"}), ({"title": "x", "version": 1}, {"version"})]:
        answer = send(author, "post", SERIES, body)
        assert fields_of(answer) == fields, answer.content
    assert not SeriesPage.objects.exists()
    series, _parts = own_series(cast)
    for body, fields in [*BAD_SERIES, ({"version": -1}, {"version"})]:
        assert fields_of(send(author, "patch", f"{SERIES}/{series.pk}", body)) == fields, body
    series.refresh_from_db()
    assert (series.title, series.latest_revision_id) == ("Series", None)


@pytest.mark.django_db
def test_verified_creators_make_series_and_below_them_nobody(client, client_for, cast):
    assert error_of(create(client)) == (401, "AUTHENTICATION_ERROR")
    for person in (cast.fan, cast.creator, cast.editor):
        assert error_of(create(client_for(person))) == (403, "AUTHORIZATION_ERROR")
    assert error_of(create(client_for(cast.new_fan))) == (403, "EMAIL_NOT_VERIFIED")
    assert error_of(create(client_for(cast.suspended))) == (403, "ACCOUNT_SUSPENDED")
    for person in (cast.verified_creator, cast.moderator, cast.admin):
        assert create(client_for(person)).status_code == 201


@pytest.mark.django_db
def test_ten_series_a_minute_are_enough(author, settings):
    settings.RATE_LIMIT_SCALE = 1
    assert [create(author).status_code for _time in range(11)] == [201] * 10 + [429]


@pytest.mark.django_db
def test_only_those_who_may_change_order_and_delete(client, client_for, cast):
    series, (post,) = own_series(cast, "One")
    for who, status in (
        (client, (401, "AUTHENTICATION_ERROR")),
        (client_for(cast.other_fan), (403, "AUTHORIZATION_ERROR")),
        (client_for(cast.editor), (403, "AUTHORIZATION_ERROR")),
    ):
        for answer in (
            patch(who, series.pk, title="x"),
            order(who, series.pk, post),
            who.delete(f"{SERIES}/{series.pk}"),
        ):
            assert error_of(answer) == status
    assert error_of(patch(client_for(cast.moderator), series.pk, title="x")) == (403, "AUTHORIZATION_ERROR")
    assert patch(client_for(cast.admin), series.pk, title="By admin").status_code == 200
    SeriesPage.objects.filter(pk=series.pk).update(live=False)
    for answer in (
        patch(client_for(cast.fan), series.pk, title="x"),
        order(client_for(cast.fan), series.pk, post),
        client_for(cast.fan).get(f"{SERIES}/{series.pk}/parts"),
    ):
        assert answer.status_code == 404, "not even that it exists"


@pytest.mark.django_db
def test_editors_change_the_series_of_sections(client_for, cast):
    letters = services.add_page(parent=make_section(), page=SeriesPage(title="Letters"))
    one, two = (make_post(cast.editor, title, parent=letters) for title in ("One", "Two"))
    desk = client_for(cast.editor)
    assert data_of(patch(desk, letters.pk, title="Old letters"))["section"] == "News"
    assert data_of(order(desk, letters.pk, two, one))["parts"] == 2
    assert parts_of(desk, letters.pk) == ["Two", "One"]
    assert error_of(patch(client_for(cast.verified_creator), letters.pk, title="x")) == (403, "AUTHORIZATION_ERROR")


@pytest.mark.django_db
class TestADissolvedSeries:
    def test_leaves_its_posts_drafts_too_to_the_author_page(self, author, client, cast):
        series, (one, gone, two) = own_series(cast, "One", "Gone", "Two")
        draft = make_post(cast.verified_creator, "Unfinished", parent=series, published=False)
        make_post(cast.verified_creator, "Two")
        services.delete_post(actor=cast.verified_creator, post=gone)
        answer = author.delete(f"{SERIES}/{series.pk}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert PostPage.objects.count() == 5
        for post, slug in ((one, "one"), (two, "two-2")):
            data = data_of(client.get(f"/api/posts/{post.pk}"))
            assert (data["slug"], data["series"]) == (slug, None)
            assert moved_to(client, post.url) == f"/creators/verified_creator/{slug}/"
        assert data_of(author.get(f"/api/posts/{draft.pk}"))["published"] is False
        assert not run_checks(["page-tree", "page-slugs", "series", "page-revisions"])
        services.restore_post(actor=cast.verified_creator, post=PostPage.objects.get(pk=gone.pk))
        assert data_of(put_post(author, gone, published=True))["title"] == "Gone"

    def test_is_gone_and_twice_is_not_there_any_more(self, author, client, cast):
        series, (one,) = own_series(cast, "One")
        assert author.delete(f"{SERIES}/{series.pk}").status_code == 204
        for answer in (
            author.delete(f"{SERIES}/{series.pk}"),
            author.get(f"{SERIES}/{series.pk}"),
            author.get(f"{SERIES}/{series.pk}/parts"),
            patch(author, series.pk, title="x"),
            order(author, series.pk, one),
        ):
            assert error_of(answer) == (404, "NOT_FOUND")
        assert fields_of(put_post(author, one, seriesId=str(series.pk))) == {"seriesId"}
        assert client.get(series.url).status_code == 404

    def test_can_be_dissolved_by_moderators(self, client_for, cast):
        series, (one,) = own_series(cast, "One")
        assert client_for(cast.moderator).delete(f"{SERIES}/{series.pk}").status_code == 204
        assert PostPage.objects.get(pk=one.pk).live


@pytest.mark.django_db
def test_ones_own_series_are_listed_with_drafts_and_empty_ones(author, client, client_for, cast):
    assert error_of(client.get("/api/me/series")) == (401, "AUTHENTICATION_ERROR")
    make_series(cast.verified_creator, "Empty")
    make_series(cast.verified_creator, "Draft", live=False)
    make_series(cast.fan, "Foreign")
    items = data_of(author.get("/api/me/series"))["items"]
    assert [(one["title"], one["published"], one["parts"]) for one in items] == [
        ("Draft", False, 0),
        ("Empty", True, 0),
    ]
    assert data_of(client_for(cast.other_fan).get("/api/me/series"))["items"] == []
