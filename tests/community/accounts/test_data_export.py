"""Taking one's data home: asked for once a day, made by a job, for nobody else, and gone after seven days."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone

from cms.models import CustomImage
from cms.services import create_post
from community.accounts import services
from community.accounts.choices import Status
from community.accounts.models import DataExport, User
from community.core import holdings, jobs
from community.core.errors import DomainError
from community.core.models import OutboxFact
from tests.factories import PASSWORD, make_image, make_post, make_user
from tests.support.api import data_of, error_of

PAGE, FILE, API = "/account/export/", "/account/export/download/", "/api/me/export"
NONE = {"state": "none", "askedAt": None, "readyAt": None, "expiresAt": None, "size": 0, "nextAt": None, "url": None}


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "private"), "allow_overwrite": True},
        },
    }


def private_files() -> list[str]:
    folder = Path(settings.STORAGES["private"]["OPTIONS"]["location"])
    return [path.name for path in folder.rglob("*") if path.is_file()]


def made_for(person) -> zipfile.ZipFile:
    """The file of a person, made as a worker makes it."""
    services.request_export(actor=person)
    jobs.work()
    row = DataExport.objects.get(user=person)
    path = Path(settings.STORAGES["private"]["OPTIONS"]["location"]) / row.file_name
    assert path.stat().st_size == row.size
    return zipfile.ZipFile(path)


def rows(archive, model):
    return json.loads(archive.read(f"data/{model.lower()}.json"))


def signed_in(person):
    """Somebody who has just shown who they are."""
    browser = Client()
    browser.post("/account/login/", {"login": person.username, "password": PASSWORD})
    return browser


def prove(browser):
    """What the page before the file asks for."""
    asked = browser.get(FILE)
    assert asked.status_code == 302
    assert asked["Location"].startswith("/account/reauthenticate/")
    return browser.post(asked["Location"], {"password": PASSWORD}, follow=True)


def test_the_page_makes_a_file_tells_by_mail_and_gives_it_after_one_more_proof(cast, mailoutbox):
    browser = signed_in(cast.fan)
    assert "Make my file" in browser.get(PAGE).content.decode()
    asked = browser.post(PAGE, follow=True).content.decode()
    assert "You get a mail when it is ready" in asked
    assert browser.get(FILE).status_code == 302
    (letter,) = mailoutbox
    assert letter.to == [cast.fan.email]
    assert PAGE in letter.body
    assert "Your file is ready" in browser.get(PAGE).content.decode()
    answer = prove(browser)
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    assert rows(archive, "accounts.User")[0]["email"] == cast.fan.email
    assert OutboxFact.objects.filter(name="user.data_exported").count() == 1


def test_programs_ask_once_a_day(cast, client_for):
    mine = client_for(cast.fan)
    assert data_of(mine.get(API)) == NONE
    asked = data_of(mine.post(API), 202)
    assert (asked["state"], asked["url"]) == ("waiting", None)
    assert error_of(mine.post(API)) == (409, "CONFLICT")
    jobs.work()
    ready = data_of(mine.get(API))
    assert ready["state"] == "ready"
    assert ready["url"].endswith(FILE)
    assert ready["size"] > 500
    again = mine.post(API)
    assert error_of(again) == (429, "RATE_LIMIT_ERROR")
    assert 86000 < int(again["Retry-After"]) <= 86400
    DataExport.objects.update(asked_at=timezone.now() - timedelta(days=1, seconds=1))
    assert data_of(mine.get(API))["nextAt"] is None
    assert data_of(mine.post(API), 202)["state"] == "waiting"


def test_the_file_holds_what_is_known_and_no_secret(cast, client_for):
    browser = signed_in(cast.creator)
    person = services.update_profile(
        actor=cast.creator, person=cast.creator, bio="I like <b>herons</b>.", birthday=None, location="Köln"
    ).user
    post = make_post(person, "The heron")
    create_post(actor=person, title="A draft", content="<p>Not yet</p>")
    with make_image("portrait").open_file() as file:
        services.set_avatar(actor=person, person=person, file=file)
    CustomImage.objects.filter(pk=make_image("Mine").pk).update(uploaded_by_user=person)
    _token, key = services.make_token(actor=person, name="Script", scopes=["read"], days=7)
    make_post(cast.admin, "Of somebody else")
    archive = made_for(User.objects.get(pk=person.pk))
    assert rows(archive, "accounts.Profile")[0]["location"] == "Köln"
    assert {row["title"] for row in rows(archive, "cms.PostPage")} == {post.title, "A draft"}
    assert "Not yet" in json.dumps(rows(archive, "cms.PostPage"))
    assert rows(archive, "accounts.LoginAttempt")[0]["outcome"] == "success"
    assert rows(archive, "accounts.PersonalAccessToken")[0]["name"] == "Script"
    folders = {name.split("/")[1] for name in archive.namelist() if name.startswith("media/")}
    assert folders == {"avatars", "original_images"}
    page = archive.read("index.html").decode()
    assert "I like &lt;b&gt;herons&lt;/b&gt;." in page
    assert "Of somebody else" not in page
    everything = b"".join(archive.read(name) for name in archive.namelist())
    stored = User.objects.get(pk=person.pk)
    for secret in (key, stored.password, str(browser.session.session_key), stored.personal_tokens.get().digest):
        assert secret.encode() not in everything
    given = {holding.model.lower() for holding in holdings.registered() if holding.rows}
    assert {f"data/{model}.json" for model in given} <= set(archive.namelist())


@pytest.mark.parametrize("name", ["original_images/../../../gone.png", "/etc/passwd", "original_images/lost.png"])
def test_a_file_that_is_lost_or_lies_elsewhere_is_passed_over(cast, name):
    CustomImage.objects.filter(pk=make_image("Mine").pk).update(uploaded_by_user=cast.fan, file=name)
    archive = made_for(cast.fan)
    assert rows(archive, "cms.CustomImage")[0]["file"] == name
    assert not [each for each in archive.namelist() if each.startswith(("media/", "/")) or ".." in each]


def test_nobody_else_gets_the_file_and_no_token_opens_it(cast, client, client_for):
    made_for(cast.fan)
    assert client.get(FILE).status_code == 302
    assert client.get(API).status_code == 401
    other = signed_in(cast.other_fan)
    assert prove(other).status_code == 404
    assert data_of(client_for(cast.other_fan).get(API)) == NONE
    key = services.make_token(actor=cast.fan, name="All", scopes=["read", "write"], days=7)[1]
    for method in ("get", "post"):
        assert getattr(client, method)(API, headers={"authorization": f"Bearer {key}"}).status_code == 403
    assert not list(Path(settings.MEDIA_ROOT).rglob("*.zip"))


def test_after_seven_days_the_file_is_gone(cast, client_for):
    made_for(cast.fan)
    row = DataExport.objects.get()
    assert timedelta(days=6, hours=23) < row.expires_at - timezone.now() <= timedelta(days=7)
    DataExport.objects.update(expires_at=timezone.now(), asked_at=timezone.now() - timedelta(days=7))
    browser = signed_in(cast.fan)
    assert prove(browser).status_code == 404
    assert data_of(client_for(cast.fan).get(API)) == NONE
    assert len(private_files()) == 1
    assert services.forget_exports() == 1
    assert private_files() == []
    assert not DataExport.objects.exists()


def test_what_could_not_be_made_is_not_in_the_way_for_ever(cast, client_for):
    mine = client_for(cast.fan)
    mine.post(API)
    DataExport.objects.update(asked_at=timezone.now() - timedelta(days=1, seconds=1))
    assert data_of(mine.get(API))["state"] == "none"
    assert data_of(mine.post(API), 202)["state"] == "waiting"
    DataExport.objects.update(asked_at=timezone.now() - timedelta(days=2, seconds=1))
    assert services.forget_exports() == 2


def test_suspended_and_unconfirmed_people_may_and_closed_accounts_may_not(cast, client_for):
    for person in (cast.suspended, cast.new_fan):
        assert data_of(client_for(person).post(API), 202)["state"] == "waiting"
    for person in (cast.banned, None):
        with pytest.raises(DomainError):
            services.request_export(actor=person)


def test_made_twice_or_by_two_it_is_one_file_one_mail_and_one_fact(cast, mailoutbox):
    made_for(cast.fan)
    before = private_files()
    assert services.make_export(export_id=DataExport.objects.get().pk) is False
    # A try that ended between the file and its mark leaves the file; the next one takes its place.
    DataExport.objects.update(ready_at=None, expires_at=None)
    assert services.make_export(export_id=DataExport.objects.get().pk) is True
    assert private_files() == before
    assert services.make_export(export_id=0) is False


def test_whoever_goes_meanwhile_leaves_no_file(cast):
    services.request_export(actor=cast.fan)
    row = DataExport.objects.get()
    services.change_status(actor=None, person=cast.fan, status=Status.DELETED, system=True)
    assert services.make_export(export_id=row.pk) is False
    assert private_files() == []


@pytest.mark.django_db(transaction=True)
def test_an_account_nobody_confirmed_takes_its_file_along(cast):
    person = make_user("late", verified_email=False)
    made_for(person)
    User.objects.filter(pk=person.pk).update(created_at=timezone.now() - timedelta(days=8))
    assert len(private_files()) == 1
    assert services.forget_unfinished() == 1
    assert private_files() == []


@pytest.mark.django_db(transaction=True)
def test_asked_for_at_the_same_moment_one_is_made(cast):
    outcomes = []
    person = cast.fan

    def ask():
        try:
            services.request_export(actor=person)
            outcomes.append("asked")
        except DomainError as error:
            outcomes.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["ExportWaiting"] * 3 + ["asked"]
    assert DataExport.objects.count() == 1
