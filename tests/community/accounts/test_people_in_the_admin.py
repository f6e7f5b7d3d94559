"""People in the Wagtail admin: who sees whom, and what staff may do to whom, with a reason that is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils import timezone

from community.accounts import services
from community.accounts.choices import EDITORS, AlertKind, Role, Status
from community.accounts.models import LoginAttempt, SecurityAlert, StatusChange, User
from community.core import audit
from community.core.errors import NotAllowed
from community.core.models import AuditEntry, OutboxFact
from tests.factories import PASSWORD, make_post, make_user
from tests.support.openapi import CheckedClient

pytestmark = pytest.mark.django_db


def page(person):
    return f"/cms/people/{person.pk}/"


def act(client, person, name, **values):
    return client.post(page(person), {"act": name, "reason": "They asked for it.", **values})


def refused(answer):
    """Wagtail leads whoever may not to the admin's first page."""
    return answer.status_code == 403 or (answer.status_code == 302 and answer.headers["Location"] == "/cms/")


def fresh(person):
    return User.objects.get(pk=person.pk)


def last_entry():
    return AuditEntry.objects.select_related("detail").latest("pk")


def test_only_moderators_and_administrators_see_people(cast, client_for):
    for person in (cast.moderator, cast.admin):
        assert client_for(person).get("/cms/people/").status_code == 200
        assert client_for(person).get(page(cast.fan)).status_code == 200
    for person in (None, cast.fan, cast.creator, cast.editor, cast.suspended):
        assert client_for(person).get("/cms/people/").status_code in (302, 403, 404), person
        assert client_for(person).get(page(cast.fan)).status_code in (302, 403, 404), person


def test_the_list_is_searched_filtered_and_sorted(cast, client_for):
    make_user("zoe", display_name="Zoë Müller", email="hidden@letters.example")
    assert cast.banned.status == Status.BANNED
    office, watch = client_for(cast.admin), client_for(cast.moderator)

    def names(client, query):
        return [person.username for person in client.get(f"/cms/people/{query}").context["object_list"]]

    assert names(office, "?q=m%C3%BCller") == ["zoe"]
    assert names(office, "?q=hidden@letters") == ["zoe"]
    assert names(watch, "?q=hidden@letters") == []
    assert "hidden@letters.example" in office.get("/cms/people/").content.decode()
    assert "hidden@letters.example" not in watch.get("/cms/people/").content.decode()
    assert names(office, "?status=BANNED") == ["banned"]
    assert names(office, "?role=ADMIN&role=MODERATOR&ordering=username") == ["admin", "moderator"]
    assert names(office, f"?created_at_from={timezone.now().date() + timedelta(days=2)}") == []
    assert names(office, "?ordering=-username")[0] == "zoe"
    for odd in ("?ordering=password", "?p=x", "?role=KING", "?q=%00", "?created_at_from=yesterday", "?q=" + "a" * 5000):
        assert office.get(f"/cms/people/{odd}").status_code == 200, odd


def test_list_and_account_cost_the_same_however_many(cast, client_for, flat_cost):
    def grow(number):
        for _index in range(number):
            make_user()
            LoginAttempt.objects.create(user=cast.fan, account_key="x", source="1.2.3.4", outcome="success")
            StatusChange.objects.create(user=cast.fan, old="ACTIVE", new="SUSPENDED", actor=cast.admin)
            with_entry(cast)

    flat_cost("/cms/people/", page(cast.fan), "/cms/reports/audit/", grow=grow, by=client_for(cast.admin))


def with_entry(cast):
    return audit.record(
        actor=cast.admin, act="user.status_changed", target_kind="user", target_id=cast.fan.pk, reason="Grown"
    )


def test_a_moderator_suspends_for_so_many_days_and_lifts_it(cast, client_for):
    theirs = CheckedClient()
    theirs.post("/account/login/", {"login": cast.fan.username, "password": PASSWORD})
    watch = client_for(cast.moderator)
    assert act(watch, cast.fan, "status", status="SUSPENDED", days="3", reason="  Spam  ").status_code == 302
    person = fresh(cast.fan)
    assert person.status == Status.SUSPENDED
    assert abs(person.suspended_until - timezone.now() - timedelta(days=3)) < timedelta(minutes=1)
    assert theirs.get("/api/me").status_code == 401
    assert not UserSession.objects.filter(user=cast.fan).exists()
    entry = last_entry()
    assert (entry.act, entry.actor_id, entry.target_id) == ("user.status_changed", cast.moderator.pk, person.pk)
    assert (entry.detail.reason, entry.detail.before) == ("Spam", {"status": "ACTIVE"})
    assert entry.detail.address == "127.0.0.1"
    assert entry.request_id
    assert "Spam" in watch.get(page(cast.fan)).content.decode()
    assert act(watch, cast.fan, "status", status="ACTIVE").status_code == 302
    assert fresh(cast.fan).suspended_until is None


def test_without_days_a_suspension_lasts_a_week(cast, client_for):
    act(client_for(cast.moderator), cast.fan, "status", status="SUSPENDED", days="")
    assert abs(fresh(cast.fan).suspended_until - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "values",
    [
        {"reason": ""},
        {"reason": " \u200b\n "},
        {"reason": "x" * 1001},
        {"days": "0"},
        {"days": "-1"},
        {"days": "99999999999999"},
        {"days": "many"},
        {"status": "KING"},
        {"status": "PENDING_VERIFICATION"},
        {"status": ""},
    ],
)
def test_what_is_wrong_is_said_and_nothing_happens(cast, client_for, values):
    answer = act(client_for(cast.admin), cast.fan, "status", **{"status": "SUSPENDED", "days": "3", **values})
    assert answer.status_code == 400
    assert "w-field__errors-icon" in answer.content.decode() or "error" in answer.content.decode()
    assert fresh(cast.fan).status == Status.ACTIVE
    assert not AuditEntry.objects.filter(act="user.status_changed", target_id=cast.fan.pk).exists()


def test_hostile_reasons_are_shown_as_they_were_written(cast, client_for):
    watch = client_for(cast.admin)
    act(watch, cast.fan, "status", status="BANNED", reason="<script>alert(1)</script> 👩‍👩‍👧")
    shown = watch.get(page(cast.fan)).content.decode()
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_nobody_acts_on_themselves_on_equals_or_above(cast, client_for):
    other_moderator, other_admin = make_user("mod_two", role=Role.MODERATOR), make_user("adm_two", role=Role.ADMIN)
    for actor, person in (
        (cast.moderator, cast.moderator),
        (cast.moderator, other_moderator),
        (cast.moderator, cast.admin),
        (cast.admin, cast.admin),
        (cast.admin, other_admin),
    ):
        client = client_for(actor)
        for name, values in (
            ("status", {"status": "SUSPENDED"}),
            ("standing", {"role": "USER"}),
            ("sessions", {}),
            ("locks", {}),
            ("reminder", {}),
        ):
            assert refused(act(client, person, name, **values)), (actor, person, name)
        assert 'name="reason"' not in client.get(page(person)).content.decode()
        assert (fresh(person).status, fresh(person).role) == (Status.ACTIVE, person.role)


def test_a_moderator_bans_but_only_an_administrator_lifts_a_ban_or_closes_for_good(cast, client_for):
    watch, office = client_for(cast.moderator), client_for(cast.admin)
    assert act(watch, cast.fan, "status", status="BANNED").status_code == 302
    for status in ("ACTIVE", "DELETED"):
        assert refused(act(watch, cast.fan, "status", status=status))
    assert fresh(cast.fan).status == Status.BANNED
    assert act(office, cast.fan, "status", status="ACTIVE").status_code == 302
    assert act(office, cast.fan, "status", status="DELETED").status_code == 302
    assert refused(act(office, cast.fan, "status", status="ACTIVE"))
    assert fresh(cast.fan).status == Status.DELETED


def test_nobody_but_the_owner_confirms_an_address(cast, client_for):
    answer = act(client_for(cast.admin), cast.new_fan, "status", status="ACTIVE")
    assert refused(answer) or answer.status_code == 400
    assert fresh(cast.new_fan).status == Status.PENDING_VERIFICATION


def test_standing_is_changed_with_groups_fact_and_entry(cast, client_for):
    office = client_for(cast.admin)
    values = {"role": "MODERATOR", "verified": "on", "editor": "on", "trust": "3"}
    assert act(office, cast.fan, "standing", **values).status_code == 302
    person = fresh(cast.fan)
    assert (person.role, person.verified, person.trust_fixed, person.trust) == (Role.MODERATOR, True, 3, 3)
    assert set(person.groups.values_list("name", flat=True)) == {"Moderators", EDITORS}
    assert last_entry().detail.before == {"role": "USER", "verified": False, "editor": False, "trust": None}
    fact = OutboxFact.objects.filter(name="user.updated").latest("pk")
    assert fact.payload["changed"] == ["editor", "role", "trust", "verified"]
    count = AuditEntry.objects.count()
    assert act(office, cast.fan, "standing", **values).status_code == 302
    assert AuditEntry.objects.count() == count, "nothing changed"
    assert act(office, cast.fan, "standing", role="USER", trust="").status_code == 302
    assert not fresh(cast.fan).groups.exists()
    assert fresh(cast.fan).trust_fixed is None


@pytest.mark.parametrize("values", [{"role": "KING"}, {"role": ""}, {"role": "USER", "trust": "5"}, {"trust": "-1"}])
def test_standing_refuses_what_is_not_there(cast, client_for, values):
    assert act(client_for(cast.admin), cast.fan, "standing", **values).status_code == 400
    assert fresh(cast.fan).role == Role.USER


def test_a_lowered_role_holds_from_the_next_request_on(cast, client_for):
    watch = client_for(cast.moderator)
    assert watch.get("/cms/people/").status_code == 200
    act(client_for(cast.admin), cast.moderator, "standing", role="USER")
    assert watch.get("/cms/people/").status_code in (302, 403)
    assert watch.get("/api/users?status=BANNED").status_code == 403


def test_the_last_administrator_stays(cast, client_for):
    root = services.agree_to_terms(actor=User.objects.create_superuser("root_person", "root@people.example", PASSWORD))
    top, second = client_for(root), make_user("adm_two", role=Role.ADMIN)
    assert act(top, second, "standing", role="USER").status_code == 302
    with pytest.raises(NotAllowed):
        services.change_standing(actor=root, person=root, role=Role.USER, reason="Alone")
    User.objects.filter(pk=root.pk).update(role=Role.MODERATOR)
    for status in (Status.SUSPENDED, Status.BANNED):
        with pytest.raises(services.LastAdministrator):
            services.change_status(actor=fresh(root), person=cast.admin, status=status, reason="Mutiny")
    assert (fresh(cast.admin).status, fresh(cast.admin).role) == (Status.ACTIVE, Role.ADMIN)


def test_sessions_are_closed_and_locks_lifted(cast, client_for):
    theirs = CheckedClient()
    theirs.post("/account/login/", {"login": cast.fan.username, "password": PASSWORD})
    office = client_for(cast.admin)
    assert act(office, cast.fan, "sessions").status_code == 302
    assert theirs.get("/api/me").status_code == 401
    assert last_entry().detail.after == {"sessions": 1}
    for _index in range(5):
        CheckedClient().post("/account/login/", {"login": cast.fan.username, "password": "wrong"})
    locked = CheckedClient()
    locked.post("/account/login/", {"login": cast.fan.username, "password": PASSWORD})
    assert "_auth_user_id" not in locked.session
    assert act(office, cast.fan, "locks").status_code == 302
    CheckedClient().post("/account/login/", {"login": cast.fan.username, "password": PASSWORD})
    assert UserSession.objects.filter(user=cast.fan).exists()


def test_who_waits_is_reminded_and_nobody_else(cast, client_for, mailoutbox):
    office = client_for(cast.admin)
    assert act(office, cast.new_fan, "reminder").status_code == 302
    assert mailoutbox[-1].to == [cast.new_fan.email]
    assert "/account/email/" in mailoutbox[-1].body
    assert refused(act(office, cast.fan, "reminder"))


def test_who_is_gone_or_unknown_is_not_found(cast, client_for):
    office = client_for(cast.admin)
    for number in (0, 10**9, 10**30):
        assert office.get(f"/cms/people/{number}/").status_code == 404
        assert office.post(f"/cms/people/{number}/", {"act": "status"}).status_code == 404
    assert refused(act(office, cast.fan, "nonsense"))
    assert refused(office.post(page(cast.fan)))


def test_addresses_and_the_log_are_for_administrators(cast, client_for):
    with_entry(cast)
    watch, office = client_for(cast.moderator), client_for(cast.admin)
    assert cast.fan.email in office.get(page(cast.fan)).content.decode()
    assert "Grown" in office.get(page(cast.fan)).content.decode()
    shown = watch.get(page(cast.fan)).content.decode()
    assert cast.fan.email not in shown
    assert "Grown" not in shown


def test_no_form_of_wagtail_or_django_writes_past_the_services(cast, client_for):
    root = services.agree_to_terms(actor=User.objects.create_superuser("root_person", "root@people.example", PASSWORD))
    top = client_for(root)
    assert top.get("/cms/users/").status_code == 404
    assert top.get("/cms/people/new/").status_code == 404
    for name in ("delete", "set_active_state", "assign_role"):
        address = f"/cms/bulk/accounts/user/{name}/?id={cast.fan.pk}"
        for active in ("", "on"):
            top.post(address, {"mark_as_active": active, "role": Group.objects.get(name=EDITORS).pk})
    assert fresh(cast.fan).is_active
    assert not fresh(cast.fan).groups.exists()
    labels = {model._meta.app_label for model in admin.site._registry}
    assert not labels & {"account", "accounts", "auth", "mfa", "socialaccount", "usersessions"}


def test_moderators_learn_of_no_draft_by_the_admin(cast, client_for):
    make_post(cast.creator, "Quixotry nobody has read", published=False)
    watch = client_for(cast.moderator)
    for path in (
        "/cms/", "/cms/pages/", "/cms/choose-page/", "/cms/choose-page/search/?q=quixotry", "/cms/api/main/pages/",
        "/cms/pages/search/?q=quixotry", "/cms/reports/site-history/", "/cms/reports/locked/", "/cms/posts/",
    ):  # fmt: skip
        answer = watch.get(path, follow=True)
        assert "Quixotry" not in answer.content.decode(), path


def test_administrators_see_the_alerts_of_an_account_page_by_page(cast, client_for, flat_cost):
    office = client_for(cast.admin)

    def grow(number):
        for _each in range(number):
            cause = SecurityAlert.objects.count()
            services.raise_alert(person=cast.fan, kind=AlertKind.NEW_IP_LOGIN, cause=cause)

    flat_cost(page(cast.fan), grow=grow, by=office)
    services.raise_alert(person=cast.other_fan, kind=AlertKind.TWO_FACTOR_DISABLED, cause="x")
    title = str(AlertKind.NEW_IP_LOGIN.label)
    first = office.get(page(cast.fan)).content.decode()
    assert first.count(f"<td>{title}</td>") == 20
    assert 'rel="next" href="?alerts=2#alerts"' in first
    for number in ("2", "99"):
        assert office.get(f"{page(cast.fan)}?alerts={number}").content.decode().count(f"<td>{title}</td>") == 10
    assert str(AlertKind.TWO_FACTOR_DISABLED.label) not in first
    assert title not in client_for(cast.moderator).get(page(cast.fan)).content.decode()
