"""Profiles through the API: what everybody may know, and what only oneself sees."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.accounts import services
from community.accounts.choices import Status
from community.accounts.models import Profile
from tests.factories import make_image, make_post, make_user


def profile(client: Any, username: str) -> dict[str, Any]:
    answer = client.get(f"/api/users/{username}")
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def test_a_profile_has_the_contracts_shape(client, cast):
    services.update_profile(
        actor=cast.fan,
        person=cast.fan,
        display_name="Fan of Stars",
        bio="Grüße <script>alert(1)</script>",
        location="Köln",
        website="https://fan.example/",
        twitter="fan",
        youtube="@fan",
    )
    data = profile(client, "fan")
    assert set(data) == {
        "id", "username", "image", "role", "level", "experience", "verified", "createdAt", "updatedAt",
        "version",
        "url", "bio", "profile", "stats",
    }  # fmt: skip
    assert data["id"] == str(cast.fan.pk)
    assert data["url"] == "http://localhost:8000/@fan/"
    assert data["bio"] == "Grüße <script>alert(1)</script>", "a text, not HTML: whoever shows it escapes it"
    assert data["profile"] == {
        "displayName": "Fan of Stars",
        "location": "Köln",
        "website": "https://fan.example/",
        "socialLinks": {"twitter": "fan", "instagram": "", "tiktok": "", "discord": "", "youtube": "@fan"},
    }
    assert data["stats"] == {"posts": 0, "followers": 0, "following": 0, "reactions": 0}


def test_the_address_is_for_oneself_only(client, client_for, cast):
    assert "email" not in profile(client, cast.fan.username)
    assert "email" not in profile(client_for(cast.other_fan), "fan")
    assert profile(client_for(cast.fan), "fan")["email"] == "fan@people.example"
    own = client_for(cast.fan).get("/api/me").json()["data"]
    assert own.items() >= profile(client_for(cast.fan), "fan").items()


def test_guests_have_no_profile_of_their_own(client, db):
    assert client.get("/api/me").status_code == 401


def test_names_are_found_in_any_letter_case(client, cast):
    make_user("Mixed_Case")
    assert profile(client, "mixed_case")["username"] == "Mixed_Case"
    assert profile(client, "MIXED_CASE")["username"] == "Mixed_Case"


def test_unknown_banned_deleted_and_private_people_look_alike(client, cast):
    deleted, private = make_user("gone"), make_user("private")
    services.change_status(actor=None, person=deleted, status=Status.DELETED, system=True)
    services.update_profile(actor=private, person=private, visibility=Profile.Visibility.PRIVATE)
    answers = [client.get(f"/api/users/{name}") for name in ("nobody", cast.banned.username, "gone", "private")]
    assert {answer.status_code for answer in answers} == {404}
    bodies = [{**answer.json(), "requestId": ""} for answer in answers]
    assert all(body == bodies[0] for body in bodies)


@pytest.mark.parametrize(
    "name", ["a" * 51, "a" * 5000, "%00", "%F0%9F%92%A5", "fan'--", "..", "fan%20", "%C3%A9", "-1", "fan%0A"]
)
def test_odd_names_are_not_found(client, cast, name):
    assert cast.fan
    assert client.get(f"/api/users/{name}").status_code == 404


def test_live_posts_are_counted(client, cast):
    make_post(cast.creator)
    make_post(cast.creator)
    make_post(cast.creator, published=False)
    assert profile(client, "creator")["stats"]["posts"] == 2


def test_pictures_have_absolute_addresses(client, cast, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    settings.PUBLIC_URL = "https://stars.example"
    with make_image("Face").file.open() as file:
        cast.fan.profile.avatar.save("face.png", SimpleUploadedFile("face.png", file.read()))
    image = profile(client, "fan")["image"]
    assert image.startswith("https://stars.example/media/avatars/")


def test_fields_can_be_chosen(client, cast):
    assert cast.fan
    answer = client.get("/api/users/fan?fields=username,stats")
    assert set(answer.json()["data"]) == {"id", "username", "stats"}
    assert client.get("/api/users/fan?fields=password").status_code == 400
    assert set(client.get("/api/users/fan?fields=email").json()["data"]) == {"id"}, "no way around"


def test_the_etag_changes_with_the_profile(client, cast):
    tag = client.get("/api/users/fan" if cast.fan else "")["ETag"]
    assert client.get("/api/users/fan", headers={"If-None-Match": tag}).status_code == 304
    services.update_profile(actor=cast.fan, person=cast.fan, bio="New")
    assert client.get("/api/users/fan", headers={"If-None-Match": tag}).status_code == 200


def test_a_profile_costs_a_handful_of_queries(client, cast):
    assert cast.fan
    client.get("/api/users/fan")
    with CaptureQueriesContext(connection) as queries:
        client.get("/api/users/fan")
    assert len(queries) <= 3, [query["sql"] for query in queries]
