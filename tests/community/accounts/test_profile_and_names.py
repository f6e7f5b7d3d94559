"""One's profile and user name: changed, told, kept for their owner; people are found without their secrets."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from community.accounts import services
from community.accounts.choices import Status
from community.accounts.models import Profile, User
from community.accounts.services import NAME_LEADS_ON, NameTaken
from community.core.models import OutboxFact
from tests.factories import PASSWORD, make_user
from tests.support.api import data_of, error_of, fields_of
from tests.support.pictures import photograph

pytestmark = pytest.mark.django_db
JSON = "application/json"
TOLD = {
    "displayName": "Fan of Stars",
    "bio": "I watch at night.",
    "location": "Köln",
    "website": "https://fan.example/",
    "socialLinks": {"twitter": "fan", "instagram": "fan", "youtube": "@fan"},
}


def rename(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.put("/api/me/username", {"username": username, "password": password}, JSON)


def facts(name: str) -> int:
    return OutboxFact.objects.filter(name=name).count()


def test_a_profile_is_changed_in_parts(client_for, cast):
    client = client_for(cast.fan)
    data_of(client.put("/api/me", TOLD, JSON))
    data = data_of(client.patch("/api/me", {"skills": ["Cutting"], "birthday": "2001-02-03", "bio": ""}, JSON))
    assert (data["skills"], data["birthday"], data["bio"]) == (["Cutting"], "2001-02-03", "")
    assert data["profile"]["displayName"] == "Fan of Stars"
    assert data == data_of(client.get("/api/me"))
    assert "birthday" not in data_of(Client().get("/api/users/fan"))


def test_a_change_from_an_old_version_is_refused(client_for, cast):
    client = client_for(cast.fan)
    version = data_of(client.get("/api/me"))["version"]
    data_of(client.put("/api/me", {"location": "Bonn", "version": version}, JSON))
    late = client.put("/api/me", {"location": "Ulm"}, JSON, headers={"If-Match": str(version)})
    assert late.status_code == 409
    assert data_of(client.get("/api/me"))["profile"]["location"] == "Bonn"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"website": "javascript:alert(1)"}, "website"),
        ({"timeZone": "Mars/Base"}, "timeZone"),
        ({"language": "xx"}, "language"),
        ({"birthday": "3000-01-01"}, "birthday"),
        ({"interests": ["x" * 41]}, "interests"),
        ({"visibility": "nobody"}, "visibility"),
        ({"status": "ACTIVE"}, "status"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(client_for, cast, body, field):
    answer = client_for(cast.fan).put("/api/me", body, JSON)
    assert answer.status_code == 400
    assert any(name.startswith(field) for name in fields_of(answer)), answer.content


def test_a_profile_is_complete_from_80_points_and_told_once(client_for, cast):
    client = client_for(cast.fan)
    assert data_of(client.get("/api/me"))["completeness"] == 35, "the account and the confirmed address"
    data_of(client.put("/api/me", {**TOLD, "socialLinks": {"twitter": "fan", "instagram": "fan"}}, JSON))
    assert (data_of(client.get("/api/me"))["completeness"], facts("profile.completed")) == (75, 0)
    assert data_of(client.put("/api/me", TOLD, JSON))["completeness"] == 85
    assert data_of(client.put("/api/me", {"bio": ""}, JSON))["completeness"] == 75, "what is cleared counts no more"
    data_of(client.put("/api/me", TOLD, JSON))
    assert facts("profile.completed") == 1


def test_the_old_name_leads_to_its_person_for_90_days(client, client_for, cast):
    data = data_of(rename(client_for(cast.fan), "star_fan"))
    assert (data["username"], data["profile"]["displayName"]) == ("star_fan", "star_fan"), "it was the name"
    moved = client.get("/@Fan/")
    assert (moved.status_code, moved["Location"]) == (301, "/@star_fan/")
    assert client.get("/de/@fan/")["Location"] == "/de/@star_fan/"
    assert data_of(client.get("/api/users/fan"))["username"] == "star_fan"
    assert client.get("/@star_fan/").status_code == 200
    with time_machine.travel(cast.fan.date_joined + NAME_LEADS_ON * 1.1):
        assert client.get("/api/users/fan").status_code == 404


def test_nobody_else_takes_a_name_that_leads_on(client, client_for, cast):
    ada = client_for(make_user("ada_star"))
    data_of(rename(ada, "ada_night"))
    assert error_of(rename(client_for(cast.other_fan), "ADA_star"))[0] == 409
    with pytest.raises(NameTaken):
        make_user("ada_star", email="another@people.example")
    assert data_of(client.get("/api/users/availability?username=Ada_Star"))["available"] is False
    assert data_of(rename(ada, "ada_star"))["username"] == "ada_star", "its person may take it back"


def test_a_name_is_free_again_after_90_days(client, client_for, cast):
    data_of(rename(client_for(make_user("ada_star")), "ada_night"))
    with time_machine.travel(cast.fan.date_joined + NAME_LEADS_ON * 1.1):
        assert data_of(client.get("/api/users/availability?username=ada_star"))["available"] is True
        assert data_of(rename(client_for(cast.other_fan), "ada_star"))["username"] == "ada_star"


def test_a_name_that_somebody_has_is_refused_and_the_password_is_needed(client_for, cast):
    client = client_for(cast.fan)
    assert rename(client, "Creator").status_code in {400, 409}
    assert fields_of(rename(client, "star_fan", "Wrong-Password-1!")) == {"password": "That is not your password."}
    assert User.objects.get(pk=cast.fan.pk).username == "fan"


def test_names_change_three_times_in_90_days(client_for, cast):
    client = client_for(cast.fan)
    for name in ("one_fan", "two_fan", "three_fan"):
        data_of(rename(client, name))
    assert error_of(rename(client, "four_fan"))[0] == 409


@pytest.mark.parametrize("name", ["somebody", "SomeBody", "admin", "deleted_7", "ab", "x y", "availability"])
def test_names_that_cannot_be_chosen_are_told_alike(client, cast, name):
    make_user("somebody")
    answer = client.get("/api/users/availability", {"username": name})
    assert data_of(answer) == {"username": name, "available": False}
    assert data_of(client.get("/api/users/availability?username=brand_new"))["available"] is True


def test_people_are_found_without_their_secrets(client, client_for, cast):
    services.update_profile(actor=cast.fan, person=cast.fan, bio="Zebrafish and more")
    make_user("zebrafish_hidden", email="zebra@people.example")
    hidden = make_user("zebrafish_shy")
    Profile.objects.filter(user=hidden).update(visibility=Profile.Visibility.PRIVATE)
    banned = make_user("zebrafish_gone")
    User.objects.filter(pk=banned.pk).update(status=Status.BANNED, is_active=False)
    User.objects.filter(pk=cast.fan.pk).update(verified=True)
    page = data_of(client.get("/api/users?q=ZEBRAFISH"))
    assert [item["username"] for item in page["items"]] == ["fan", "zebrafish_hidden"]
    assert b"people.example" not in client.get("/api/users?q=zebra").content
    assert data_of(client.get("/api/users?q=people.example"))["total"] == 0
    assert client.get("/api/users?limit=101").status_code == 400
    assert client.get("/api/users?status=BANNED").status_code == 403
    found = data_of(client_for(cast.moderator).get("/api/users?status=BANNED&q=zebra"))["items"]
    assert [item["username"] for item in found] == ["zebrafish_gone"]


def test_finding_people_costs_the_same_for_many(flat_cost, db):
    numbers = iter(range(1000))
    flat_cost("/api/users?limit=100&q=many_", grow=lambda n: [make_user(f"many_{next(numbers)}") for _ in range(n)])


def test_the_page_of_the_profile_saves_and_shows_mistakes(client_for, cast):
    client = client_for(cast.fan)
    shown = client.get("/account/profile/")
    sent = {name: field.value() or "" for name, field in ((f.name, f) for f in shown.context["form"])}
    sent |= {"display_name": "Fan of Stars", "interests": "Stars,  Night , Stars", "visibility": "private"}
    assert client.post("/account/profile/", sent | {"website": "nowhere at all"}).status_code == 400
    assert client.post("/account/profile/", sent).status_code == 302
    profile = Profile.objects.get(user=cast.fan)
    assert (profile.display_name, profile.interests, profile.visibility) == (
        "Fan of Stars",
        ["Stars", "Night"],
        "private",
    )
    late = client.post("/account/profile/", sent | {"display_name": "Late"})
    assert (late.status_code, Profile.objects.get(user=cast.fan).display_name) == (400, "Fan of Stars")
    assert Client().get("/@fan/").status_code == 404


def test_the_page_of_the_name_changes_it(client_for, cast):
    client = client_for(cast.fan)
    assert client.post("/account/username/", {"username": "admin", "password": PASSWORD}).status_code == 400
    assert client.post("/account/username/", {"username": "star_fan", "password": PASSWORD}).status_code == 302
    assert User.objects.get(pk=cast.fan.pk).username == "star_fan"


def test_the_page_of_the_profile_takes_a_picture_and_removes_it(client_for, cast, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    client = client_for(cast.fan)
    no_picture = SimpleUploadedFile("face.jpg", b"no picture at all", "image/jpeg")
    assert client.post("/account/profile/", {"picture": "1", "file": no_picture}).status_code == 400
    face = SimpleUploadedFile("face.jpg", photograph().read(), "image/jpeg")
    assert client.post("/account/profile/", {"picture": "1", "file": face}).status_code == 302
    assert Profile.objects.get(user=cast.fan).avatar
    assert client.post("/account/profile/", {"remove": "1"}).status_code == 302
    assert not Profile.objects.get(user=cast.fan).avatar
