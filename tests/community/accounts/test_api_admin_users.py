"""Accounts for staff, by the API: the same services, the same rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from community.accounts import selectors, services
from community.accounts.choices import Role, Status
from community.accounts.models import User
from community.core.models import AuditEntry
from tests.factories import make_user
from tests.support.api import data_of, error_of

pytestmark = pytest.mark.django_db


def put(client, path, **body):
    return client.put(f"/api/admin/users/{path}", body, content_type="application/json")


def test_accounts_are_listed_searched_and_filtered(cast, client_for, flat_cost):
    make_user("zoe", email="hidden@letters.example", display_name="Zoë")
    assert cast.banned.status == Status.BANNED
    office, watch = client_for(cast.admin), client_for(cast.moderator)

    def names(client, query):
        return [each["username"] for each in data_of(client.get(f"/api/admin/users?{query}"))["items"]]

    assert names(office, "q=zo%C3%AB") == ["zoe"]
    assert names(office, "q=hidden@") == ["zoe"]
    assert names(watch, "q=hidden@") == []
    assert names(office, "status=BANNED") == ["banned"]
    assert names(office, "role=ADMIN") == ["admin"]
    assert names(office, "verified=true") == []
    assert data_of(watch.get("/api/admin/users?q=zoe"))["items"][0]["email"] is None
    assert data_of(office.get("/api/admin/users?q=zoe"))["items"][0]["email"] == "hidden@letters.example"
    for wrong in ("role=KING", "status=x", "page=0", "limit=1000", "verified=perhaps"):
        assert office.get(f"/api/admin/users?{wrong}").status_code == 400, wrong
    flat_cost("/api/admin/users?limit=100", grow=lambda number: [make_user() for _ in range(number)], by=office)


def test_a_status_is_changed_and_the_record_answers(cast, client_for):
    watch = client_for(cast.moderator)
    found = data_of(put(watch, "FAN/status" if cast.fan else "", status="SUSPENDED", reason="Spam", days=2))
    assert found["user"]["status"] == "SUSPENDED"
    assert found["statusChanges"][0]["reason"] == "Spam"
    assert found["statusChanges"][0]["by"] == "moderator"
    assert (found["attempts"], found["audit"], found["roles"]) == ([], [], [])
    assert abs(User.objects.get(pk=cast.fan.pk).suspended_until - timezone.now() - timedelta(days=2)) < timedelta(
        minutes=1
    )
    assert error_of(put(watch, "fan/status", status="SUSPENDED", reason="Again")) == (409, "CONFLICT")
    office = client_for(cast.admin)
    found = data_of(put(office, "fan/status", status="BANNED", reason="More spam"))
    assert [line["act"] for line in found["audit"]] == ["user.status_changed"] * 2
    assert error_of(put(watch, "fan/status", status="ACTIVE", reason="Sorry")) == (403, "AUTHORIZATION_ERROR")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": "KING", "reason": "x"}, "status"),
        ({"status": "SUSPENDED"}, "reason"),
        ({"status": "SUSPENDED", "reason": "  "}, "reason"),
        ({"status": "SUSPENDED", "reason": "x" * 1001}, "reason"),
        ({"status": "SUSPENDED", "reason": "x", "days": 0}, "days"),
        ({"status": "SUSPENDED", "reason": "x", "days": 10**12}, "days"),
        ({"status": "SUSPENDED", "reason": "x", "days": "3"}, "days"),
        ({"status": "SUSPENDED", "reason": ["x"]}, "reason"),
        ({"status": "SUSPENDED", "reason": "x", "more": 1}, "more"),
    ],
)
def test_bad_input_names_its_field(cast, client_for, body, field):
    answer = put(client_for(cast.admin), f"{cast.fan.username}/status", **body)
    assert error_of(answer) == (400, "VALIDATION_ERROR")
    assert field in answer.json()["fields"]
    assert not AuditEntry.objects.filter(target_id=cast.fan.pk).exists()


def test_roles_trust_and_versions(cast, client_for):
    office, name = client_for(cast.admin), cast.fan.username
    version = data_of(office.get(f"/api/admin/users/{name}"))["user"]["version"]
    found = data_of(put(office, f"{name}/role", role="CREATOR", verified=True, trust=4, reason="Good", version=version))
    assert (found["user"]["role"], found["user"]["verified"], found["user"]["trustLevel"]) == ("CREATOR", True, 4)
    assert error_of(put(office, f"{name}/role", role="USER", reason="Old", version=version)) == (409, "CONFLICT")
    assert error_of(put(office, f"{name}/status", status="BANNED", reason="Old", version=version)) == (409, "CONFLICT")
    assert data_of(put(office, f"{name}/role", trust=None, reason="As reached"))["trustFixed"] is None
    for wrong in ({"role": "KING"}, {"trust": 5}, {"trust": -1}, {"editor": "yes"}):
        assert put(office, f"{name}/role", reason="x", **wrong).status_code == 400, wrong
    assert put(office, "nobody_here/role", role="USER", reason="x").status_code == 404
    assert put(office, "admin/role", role="USER", reason="x").status_code == 403


def test_trust_begins_after_a_day_with_a_confirmed_address_and_staff_may_fix_it(cast):
    def level(person, **fields):
        User.objects.filter(pk=person.pk).update(**fields)
        return selectors.trust_level_of(User.objects.get(pk=person.pk))

    day = timezone.now() - timedelta(hours=24)
    assert level(cast.fan) == 0
    assert level(cast.fan, created_at=day + timedelta(minutes=1)) == 0
    assert level(cast.fan, created_at=day) == 1
    assert level(cast.new_fan, created_at=day) == 0, "the address is not confirmed"
    assert level(cast.fan, trust_level=3) == 3
    assert level(cast.fan, trust_fixed=0) == 0
    assert level(cast.fan, trust_fixed=4) == 4


def test_trust_opens_writing_and_raises_its_limits(cast, client_for, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "write": (2, 60)}
    body = {"title": "New", "content": "<p>Words</p>"}

    def posts(person, number):
        client = client_for(person)
        return [client.post("/api/posts", body, content_type="application/json").status_code for _ in range(number)]

    assert posts(cast.new_fan, 1) == [403]
    services.change_standing(actor=cast.admin, person=cast.new_fan, trust=1, reason="Known from the fair")
    assert posts(User.objects.get(pk=cast.new_fan.pk), 1) == [201]
    assert posts(cast.fan, 3) == [201, 201, 429]
    services.change_standing(actor=cast.admin, person=cast.creator, trust=3, reason="Busy and kind")
    assert posts(User.objects.get(pk=cast.creator.pk), 5) == [201, 201, 201, 201, 429]


def test_roles_are_at_least_and_programs_get_no_redirect(cast, client_for):
    services.change_role(actor=cast.admin, person=cast.creator, role=Role.MODERATOR, reason="Helps")
    for person, status in (
        (cast.admin, 200),
        (User.objects.get(pk=cast.creator.pk), 200),
        (cast.fan, 403),
        (None, 401),
    ):
        assert client_for(person).get("/api/admin/users").status_code == status
