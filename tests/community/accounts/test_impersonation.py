"""An administrator looks at the site as somebody else: for an hour, seen, entered, and without their secrets."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.utils import timezone

from community.accounts import services, tasks
from community.accounts.choices import EDITORS, Role, Status
from community.accounts.models import Impersonation, LoginAttempt, PersonalAccessToken, User
from community.core.models import AuditEntry, OutboxFact
from tests.factories import PASSWORD, make_post, make_user
from tests.support.openapi import SITE_API, CheckedClient, documented
from tests.support.permission_table import SITE

pytestmark = pytest.mark.django_db

STOP = "/account/impersonation/"
#: What stays open of accounts and of one's own things.
OPEN_PAGES = {"/account/profile/", "/account/suspended/", STOP}
OPEN_API = {"/api/me", "/api/me/avatar", "/api/me/bin", "/api/me/series", "/api/me/drafts", "/api/me/feed"}


@pytest.fixture
def office(cast):
    """An administrator's browser."""
    client = CheckedClient()
    client.post("/account/login/", {"login": cast.admin.email, "password": PASSWORD})
    return client


def begin(client, person, reason="They see no posts."):
    return client.post(f"/cms/people/{person.pk}/impersonation/", {"reason": reason})


def acts():
    return list(AuditEntry.objects.order_by("pk").values_list("act", "actor_id", "target_id"))


def test_it_begins_with_a_reason_shows_a_banner_and_leads_back(cast, office):
    own = office.session.session_key
    answer = begin(office, cast.fan)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    page = office.get("/")
    assert 'id="impersonation"' in page.content.decode()
    assert "You see the site as fan" in page.content.decode()
    assert "private" in page.headers["Cache-Control"]
    assert office.get("/api/me").json()["data"]["username"] == "fan"
    row = Impersonation.objects.get()
    assert (row.actor, row.person, row.reason) == (cast.admin, cast.fan, "They see no posts.")
    assert row.ends_at - row.began_at == timedelta(minutes=60)
    back = office.post(STOP)
    assert back.headers["Location"] == f"/cms/people/{cast.fan.pk}/"
    assert office.session.session_key == own
    assert office.get("/api/me").json()["data"]["username"] == "admin"
    assert 'id="impersonation"' not in office.get("/").content.decode()
    assert acts()[-2:] == [
        ("user.impersonation_began", cast.admin.pk, cast.fan.pk),
        ("user.impersonation_ended", cast.admin.pk, cast.fan.pk),
    ]
    assert AuditEntry.objects.get(act="user.impersonation_began").detail.reason == "They see no posts."
    assert Session.objects.count() == 1


def test_the_banner_is_on_every_page_also_in_other_languages(cast, office):
    begin(office, cast.fan)
    assert cast.creator.pk
    for path in ("/", "/de/", "/latest/", "/creators/", "/search/?q=x", "/account/profile/", "/@creator/", "/@fan/"):
        answer = office.get(path, follow=True)
        assert 'id="impersonation"' in answer.content.decode(), path


@pytest.mark.parametrize("who", ["moderator", "admin", "banned", "editor", "superuser", "self"])
def test_nobody_signs_in_as_staff_or_as_a_closed_account(cast, office, who):
    if who == "superuser":
        person = User.objects.create_superuser("root_person", "root@people.example", PASSWORD)
        User.objects.filter(pk=person.pk).update(role=Role.USER)
    elif who == "admin":
        person = make_user("adm_two", role=Role.ADMIN)
    else:
        person = cast.admin if who == "self" else getattr(cast, who)
    assert begin(office, person).headers.get("Location") == "/cms/"
    assert office.get("/api/me").json()["data"]["username"] == "admin"
    assert not Impersonation.objects.exists()


def test_moderators_and_others_may_not(cast, client_for):
    for person in (cast.moderator, cast.editor, cast.fan, None):
        client = client_for(person)
        assert begin(client, cast.creator).status_code in (302, 403)
        assert not Impersonation.objects.exists()
    assert client_for(cast.admin).get(f"/cms/people/{cast.fan.pk}/impersonation/").status_code == 200
    assert client_for(cast.admin).get("/cms/people/0/impersonation/").status_code == 404


@pytest.mark.parametrize("reason", ["", "  ", "\u200b", "x" * 1001])
def test_without_a_good_reason_nothing_begins(cast, office, reason):
    assert begin(office, cast.fan, reason).status_code == 400
    assert not Impersonation.objects.exists()


def test_every_page_of_the_account_is_closed(cast, office):
    begin(office, cast.fan)
    addresses = {row.address.partition("?")[0] for row in SITE if row.address.startswith(("/account/", "/_allauth/"))}
    assert len(addresses) > 30
    # A form without a class is hidden by the style sheet of forms.
    assert '<form class="impersonation" method="post"' in office.get("/account/2fa/").content.decode()
    for address in [*sorted(addresses - OPEN_PAGES), "/cms/account/", "/django-admin/", "/de/account/2fa/"]:
        assert office.get(address).status_code == 403, address
        assert office.post(address, {}).status_code == 403, address
    assert "Stop" in office.get("/account/2fa/").content.decode()


def test_the_admin_is_looked_at_as_the_person_sees_it_and_not_written_in(cast, office):
    post = make_post(cast.creator, "Theirs")
    others = make_post(cast.fan, "Not theirs", published=False)
    begin(office, cast.creator)
    edit = f"/cms/pages/{post.pk}/edit/"
    for address in ("/cms/", "/cms/posts/", edit):
        page = office.get(address, follow=True)
        assert page.status_code == 200, address
        assert "You see the admin as creator" in page.content.decode()
    assert office.get(f"/cms/pages/{others.pk}/edit/").status_code == 404
    assert 'id="impersonation"' in office.get(f"/cms/pages/{others.pk}/edit/").content.decode()
    for method, address in (
        ("post", edit),
        ("post", f"/cms/pages/{post.pk}/delete/"),
        ("post", "/cms/images/add/"),
        ("put", "/cms/"),
        ("patch", "/cms/dismissibles/"),
        ("get", "/cms/account/"),
        ("get", "/cms/people/"),
        ("get", "/cms/logout/"),
    ):
        answer = getattr(office, method)(address)
        assert answer.status_code == 403, address
        assert ("Nothing was changed" in answer.content.decode()) == (method != "get")
    post.refresh_from_db()
    assert post.title == "Theirs"
    assert "You see the admin as" not in office.post(STOP, follow=True).content.decode()


def test_pages_of_errors_show_the_banner(cast, office):
    begin(office, cast.fan)
    page = office.get("/nothing-here/")
    assert page.status_code == 404
    assert 'id="impersonation"' in page.content.decode()
    assert 'name="csrfmiddlewaretoken"' in page.content.decode()
    office.post(STOP)
    assert 'id="impersonation"' not in office.get("/nothing-here/").content.decode()


def test_every_operation_upon_security_is_closed_in_the_api(cast, office, settings):
    settings.RATE_LIMIT_SCALE = 100
    begin(office, cast.fan)
    closed = 0
    for path, found in documented(SITE_API).document["paths"].items():
        if not f"{path}/".startswith(("/api/auth/", "/api/me/", "/api/admin/")) or path in OPEN_API:
            continue
        for method in found:
            for address in (path, path.replace("/api/", "/api/v1/") + "/"):
                address = re.sub(r"\{\w+\}", "1", address)
                answer = office.generic(method.upper(), address, b"{}", "application/json")
                assert answer.status_code == 403, (method, address)
                closed += 1
    assert closed > 30
    assert not PersonalAccessToken.objects.exists()


def test_what_becomes_of_it_is_the_administrators_alone(cast, office, client_for):
    theirs = CheckedClient()
    theirs.post("/account/login/", {"login": cast.fan.username, "password": PASSWORD})
    before = User.objects.values("last_seen_at", "last_login").get(pk=cast.fan.pk)
    attempts, facts = LoginAttempt.objects.count(), OutboxFact.objects.filter(name="auth.login").count()
    sessions = UserSession.objects.filter(user=cast.fan).count()
    begin(office, cast.fan)
    office.get("/")
    office.get("/account/profile/")
    assert User.objects.values("last_seen_at", "last_login").get(pk=cast.fan.pk) == before
    assert LoginAttempt.objects.count() == attempts
    assert OutboxFact.objects.filter(name="auth.login").count() == facts
    assert UserSession.objects.filter(user=cast.fan).count() == sessions
    assert len(theirs.get("/api/me/sessions").json()["data"]["items"]) == 1


def ended(office):
    """Is the next request nobody's, or the administrator's own again?"""
    office.get("/")
    answer = office.get("/api/me")
    return answer.status_code == 401 or answer.json()["data"]["username"] == "admin"


def test_it_ends_after_its_hour_by_itself(cast, office):
    begin(office, cast.fan)
    assert not ended(office)
    Impersonation.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    answer = office.get("/latest/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert office.get("/api/me").json()["data"]["username"] == "admin"
    assert acts()[-1][0] == "user.impersonation_ended"


def test_a_job_ends_what_nobody_came_back_to(cast, office):
    begin(office, cast.fan)
    key = Impersonation.objects.get().session_key
    assert tasks.end_impersonations() == 0
    Impersonation.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert tasks.end_impersonations() == 1
    assert tasks.end_impersonations() == 0
    assert not Session.objects.filter(session_key=key).exists()
    assert ended(office)


@pytest.mark.parametrize("cause", ["closed sessions", "lowered", "banned", "person becomes staff", "person banned"])
def test_it_ends_with_the_administrators_powers(cast, office, cause):
    begin(office, cast.fan)
    assert not ended(office)
    root = User.objects.create_superuser("root_person", "root@people.example", PASSWORD)
    if cause == "closed sessions":
        services.close_sessions_of(actor=root, person=cast.admin, reason="Lost laptop")
    elif cause == "lowered":
        services.change_role(actor=root, person=cast.admin, role=Role.USER, reason="Gone")
    elif cause == "banned":
        services.change_status(actor=root, person=cast.admin, status=Status.BANNED, reason="Gone")
    elif cause == "person becomes staff":
        cast.fan.groups.add(Group.objects.get(name=EDITORS))
    else:
        services.change_status(actor=root, person=cast.fan, status=Status.BANNED, reason="Spam")
    assert ended(office)
    assert Impersonation.objects.get().ended_at is not None


def test_the_stop_button_does_nothing_for_others(cast, client, client_for):
    for visitor in (client, client_for(cast.fan)):
        for answer in (visitor.get(STOP), visitor.post(STOP)):
            assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_made_up_mark_opens_nothing(cast, client_for):
    visitor = client_for(cast.fan)
    for marked in ({"id": 1, "back": "x"}, {"id": 10**9, "back": None}):
        session = visitor.session
        session["accounts.impersonation"] = marked
        session.save()
        assert visitor.get("/").status_code == 302
        visitor = client_for(cast.fan)
