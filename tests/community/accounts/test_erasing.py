"""Whoever goes leaves nothing to find: neither in a table nor in a file, whatever ends the work in the middle."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect

from cms.models import CreatorPage, CustomDocument, CustomImage, PostPage
from cms.services import create_post, delete_post, update_post
from community.accounts import services
from community.accounts.choices import Role, Status
from community.accounts.models import DataExport, DeletionRequest, User
from community.accounts.services import erasing
from community.core import holdings, idempotency, jobs
from community.core.integrity import run_checks
from community.core.models import OutboxFact
from tests.factories import PASSWORD, make_image, make_post, make_series, make_user

PAGE, API = "/account/delete/", "/api/me/deletion"
#: Words that stand for a person wherever they stand.
NAME, SECRET, NAMED, MAIL = "Zephyrine Quillfeather", "okapiwhisperer", "zephyrquill", "zephyr.quill@wherever.example"
WORDS = [NAME.lower(), "quillfeather", SECRET, NAMED, MAIL, "wherever.example", "old_zephyr"]


def ask(person, **values):
    return services.request_deletion(actor=person, **values)


def make_due(person):
    DeletionRequest.objects.filter(user=person).update(due_at=timezone.now() - timedelta(seconds=1))


def erase(person, **values):
    ask(person, **values)
    make_due(person)
    assert services.erase_due() == 1
    return User.objects.select_related("profile").get(pk=person.pk)


def dump() -> str:
    """Every row of every table as text, in small letters."""
    with connection.cursor() as cursor:
        texts = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - names of our tables
            texts += [f"{table}: {row[0]}" for row in cursor.fetchall()]
    return "\n".join(texts).lower()


def files() -> list[Path]:
    folders = (settings.MEDIA_ROOT, settings.STORAGES["private"]["OPTIONS"]["location"])
    return [path for folder in folders for path in Path(folder).rglob("*") if path.is_file()]


def left() -> list[str]:
    """Where the words still stand."""
    lines = [line[:300] for line in dump().splitlines() if any(word in line for word in WORDS)]
    for path in files():
        if any(word in str(path).lower() or word.encode() in path.read_bytes().lower() for word in WORDS):
            lines.append(str(path))
    return lines


@pytest.fixture
def somebody(settings, tmp_path, home):
    """A creator who has left traces everywhere."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "private"), "allow_overwrite": True},
        },
    }
    person = make_user("old_zephyr", email=MAIL, role=Role.CREATOR, display_name=NAME, bio=f"I am the {SECRET}.")
    person = services.change_username(actor=person, person=person, username=NAMED)
    with make_image("portrait").open_file() as file:
        services.set_avatar(actor=person, person=person, file=file)
    return User.objects.select_related("profile").get(pk=person.pk)


def write_everything(person):
    """Posts, drafts, versions, uploads, a page with words, redirects, a log."""
    post = make_post(person, "The heron")
    update_post(actor=person, post=post, title="The heron again")
    draft = create_post(actor=person, title=f"Draft of {SECRET}", content="<p>Words</p>")
    binned = make_post(person, f"Binned by {SECRET}")
    delete_post(actor=person, post=binned)
    page = CreatorPage.objects.get(person=person)
    assert page.slug == "zephyrquill"
    page.about, page.headline, page.seo_title = f"<p>{SECRET}</p>", NAME, NAME
    page.save_revision(user=person, log_action=True).publish(user=person, skip_permission_checks=True)
    page = CreatorPage.objects.get(pk=page.pk)
    page.slug = "zephyrquill-2"
    page.save()
    Redirect.objects.create(old_path="/creators/zephyrquill/the-heron", redirect_page=post)
    private = make_image(f"Portrait of {SECRET}")
    shown = make_image("Meadow")
    CustomImage.objects.filter(pk__in=[private.pk, shown.pk]).update(uploaded_by_user=person)
    CustomDocument.objects.create(
        title=f"Diary of {SECRET}", uploaded_by_user=person, file=ContentFile(b"okapiwhisperer", name="diary.txt")
    )
    update_post(actor=person, post=post, cover_image=shown)
    return post, draft, binned, shown


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("with_content", [False, True])
def test_nothing_is_left_to_find(somebody, client, with_content):
    browser = Client(headers={"user-agent": f"Mozilla/5.0 {SECRET}"})
    browser.post("/account/login/", {"login": NAMED, "password": PASSWORD})
    browser.post("/account/login/", {"login": MAIL, "password": "wrong"})
    post, draft, binned, shown = write_everything(somebody)
    services.make_token(actor=somebody, name=f"For {SECRET}", scopes=["read"], days=7)
    services.set_up_totp(person=somebody, secret=pyotp.random_base32())
    services.change_status(actor=None, person=somebody, status=Status.SUSPENDED, reason=f"{NAME} wrote", system=True)
    services.change_status(actor=None, person=somebody, status=Status.ACTIVE, system=True)
    answer = idempotency.Answer(200, {}, NAME.encode())
    idempotency.once(owner=f"user:{somebody.pk}", key="one", fingerprint="x", work=lambda: answer)
    services.request_export(actor=somebody)
    jobs.work()
    assert DataExport.objects.get().ready_at is not None
    assert len(left()) > 20
    person = erase(somebody, with_content=with_content)
    jobs.work()
    assert left() == []
    assert person.status == Status.DELETED
    assert (person.username, person.email) == (f"deleted_{person.pk}", f"deleted_{person.pk}@deleted.invalid")
    assert (person.profile.display_name, person.profile.bio) == ("Deleted User", "")
    assert not person.has_usable_password()
    assert not person.groups.exists()
    assert PostPage.objects.filter(pk__in=[draft.pk, binned.pk]).count() == 0
    assert PostPage.objects.filter(pk=post.pk).exists() is not with_content
    assert CreatorPage.objects.filter(person=person).exists() is not with_content
    assert CustomImage.objects.filter(pk=shown.pk).exists() is not with_content
    assert OutboxFact.objects.filter(name="user.deleted").count() == 1
    assert not Redirect.objects.exists()
    if not with_content:
        kept = PostPage.objects.get(pk=post.pk)
        page = client.get(kept.url)
        assert page.status_code == 200
        assert "Deleted User" in page.content.decode()
        assert kept.url == f"/creators/deleted_{person.pk}/the-heron/"
    assert client.get("/creators/zephyrquill-2/").status_code == 404
    assert client.get(f"/@{NAMED}/").status_code == 404
    assert client.get("/@old_zephyr/").status_code == 404
    assert client.get(f"/@deleted_{person.pk}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_crash_in_the_middle_is_made_up_and_nothing_undoes_what_has_begun(somebody, monkeypatch):
    write_everything(somebody)
    ask(somebody)
    make_due(somebody)
    going = [holding.model for holding in holdings.registered() if holding.forget]
    assert len(going) > 30
    real, calls = holdings.registered(), []

    def failing_at(place):
        def forget(*, subject):
            raise RuntimeError("Power cut.")

        steps = [holding for holding in real if holding.forget]
        broken = type(steps[place])(**{**vars(steps[place]), "forget": forget})
        return [*steps[:place], broken, *steps[place + 1 :]]

    for place in range(0, len(going), 7):
        monkeypatch.setattr(holdings, "registered", lambda place=place: failing_at(place))
        with pytest.raises(RuntimeError, match="Power cut"):
            services.erase_due()
        calls.append(place)
        assert User.objects.get(pk=somebody.pk).status == Status.DELETED
        assert not services.undo_deletion(person=somebody)
    monkeypatch.setattr(holdings, "registered", lambda: real)
    assert services.erase_due() == 1
    assert services.erase_due() == 0
    assert left() == []
    assert OutboxFact.objects.filter(name="user.deleted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_who_cannot_be_erased_holds_up_nobody(cast, monkeypatch):
    for person in (cast.fan, cast.other_fan):
        ask(person)
        make_due(person)
    real = erasing.erase

    def erase_all_but_one(*, person_id):
        if person_id == cast.fan.pk:
            raise RuntimeError("It broke.")
        return real(person_id=person_id)

    with monkeypatch.context() as patch:
        patch.setattr(erasing, "erase", erase_all_but_one)
        with pytest.raises(RuntimeError, match="It broke"):
            services.erase_due()
    assert set(User.objects.filter(status=Status.DELETED)) == {cast.other_fan}
    assert services.erase_due() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_erase_once(cast):
    ask(cast.fan)
    make_due(cast.fan)
    done = []

    def work():
        try:
            done.append(services.erase(person_id=cast.fan.pk))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, True]
    assert OutboxFact.objects.filter(name="user.deleted").count() == 1


def test_posts_of_others_and_series_with_them_stay(cast):
    series = make_series(cast.verified_creator)
    mine = make_post(cast.verified_creator, parent=series)
    theirs = make_post(cast.admin, parent=series)
    erase(cast.verified_creator, with_content=True)
    assert not PostPage.objects.filter(pk=mine.pk).exists()
    assert PostPage.objects.get(pk=theirs.pk).url.startswith(f"/creators/deleted_{cast.verified_creator.pk}/")


def test_who_is_deleted_by_another_door_goes_by_the_same_way(cast):
    services.change_status(actor=cast.admin, person=cast.fan, status=Status.DELETED, reason="Asked for by letter")
    assert services.erase_due() == 1
    cast.fan.refresh_from_db()
    assert cast.fan.username == f"deleted_{cast.fan.pk}"
    assert services.erase_due() == 0


def test_somebody_who_should_be_gone_is_found_by_the_check_of_the_night(cast):
    ask(cast.fan)
    assert run_checks(["accounts-gone"]) == []
    DeletionRequest.objects.update(due_at=timezone.now() - timedelta(days=2))
    assert [finding.check for finding in run_checks(["accounts-gone"])] == ["accounts-gone"]
