"""The audit log: entries that nobody changes, a chain that tells, and details that may go."""

from __future__ import annotations

import csv
import io
import threading

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from wagtail.models import Site

from cms.models import SiteFrame
from community.accounts import services
from community.accounts.choices import Role, Status
from community.accounts.models import StaffSafety, User
from community.core import audit, integrity
from community.core.models import AuditDetail, AuditEntry
from tests.factories import PASSWORD, make_user

ACT = "user.status_changed"


def enter(reason="Spam", **more):
    with transaction.atomic():
        return audit.record(actor=None, act=ACT, target_kind="user", target_id=7, reason=reason, **more)


def run(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def forge(sql, *parameters):
    """What somebody does who owns the database and takes the triggers away."""
    tables = ("audit_entry", "audit_detail")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    run(sql, *parameters)
    for table in tables:
        run(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.django_db
def test_entries_are_chained_and_whole():
    entries = [enter(reason=f"No. {number} ✨ é", before={"a": 1.5}, after={"b": [None, "ü"]}) for number in range(3)]
    assert [entry.pk for entry in AuditEntry.objects.order_by("pk")][-3:] == [entry.pk for entry in entries]
    assert entries[2].previous == entries[1].chained
    assert list(audit.verify()) == []
    assert integrity.run_checks(["audit-chain"]) == []
    call_command("check_audit", stdout=io.StringIO())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET act = 'x.y'",
        "DELETE FROM audit_entry",
        "UPDATE audit_detail SET reason = ''",
        "DELETE FROM audit_detail",
        "SELECT set_config('sparkle.audit_forget', 'details', true); UPDATE audit_detail SET reason = ''",
        "SELECT set_config('sparkle.audit_forget', 'entries', true); DELETE FROM audit_entry",
    ],
)
def test_the_database_refuses_to_change_it(statement):
    enter()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        run(statement)
    assert list(audit.verify()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_id = 99 WHERE id = %s",
        "UPDATE audit_entry SET occurred_at = occurred_at - interval '1 day' WHERE id = %s",
        "UPDATE audit_detail SET reason = 'Nothing at all' WHERE entry_id = %s",
        "UPDATE audit_detail SET after = '{}' WHERE entry_id = %s",
        "WITH gone AS (DELETE FROM audit_detail WHERE entry_id = %s RETURNING entry_id)"
        " DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM gone)",
    ],
)
def test_what_was_forged_is_found(statement):
    _first, middle, _last = enter(), enter(after={"status": "BANNED"}), enter()
    forge(statement, middle.pk)
    assert list(audit.verify())
    with pytest.raises(SystemExit):
        call_command("check_audit", stdout=io.StringIO())


@pytest.mark.django_db
def test_an_entry_that_was_made_anew_with_a_right_hash_breaks_the_chain():
    first, second = enter(), enter()
    first.actor_id = 99
    forge("UPDATE audit_entry SET actor_id = 99, chained = %s WHERE id = %s", audit.hash_of(first), first.pk)
    assert list(audit.verify()) == [f"entry {second.pk} does not follow entry {first.pk}"]


@pytest.mark.django_db
def test_what_is_not_declared_or_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="not a declared act"), transaction.atomic():
        audit.record(actor=None, act="user.winked")


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_entered():
    with pytest.raises(RuntimeError, match="outside a transaction"):
        audit.record(actor=None, act=ACT)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_chain_and_what_is_undone_leaves_no_gap():
    start = threading.Barrier(6)

    def work(number):
        start.wait()
        for _round in range(5):
            try:
                with transaction.atomic():
                    enter(reason=f"{number}")
                    if _round % 2:
                        raise KeyError
            except KeyError:
                pass
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))
    assert ids == list(range(1, 19))
    assert list(audit.verify()) == []


@pytest.mark.django_db
def test_details_of_a_person_go_and_the_chain_stays(cast):
    services.change_status(actor=cast.admin, person=cast.fan, status=Status.BANNED, reason="Fan is rude")
    other = enter()
    assert audit.forget_details_of(user_id=cast.fan.pk) >= 1
    assert not AuditDetail.objects.filter(reason__contains="rude").exists()
    assert AuditEntry.objects.filter(target_id=cast.fan.pk, act=ACT).exists()
    assert AuditDetail.objects.filter(pk=other.pk).exists()
    assert list(audit.verify()) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        run("DELETE FROM audit_detail")


@pytest.mark.django_db
def test_old_entries_go_after_two_years_and_the_chain_says_where_it_begins():
    for _index in range(3):
        enter()
    assert audit.forget_old() == 0
    forge("UPDATE audit_entry SET occurred_at = now() - interval '731 days'")
    rechain()
    kept = enter()
    assert list(audit.verify()) == []
    assert audit.forget_old(now=timezone.now()) == kept.pk - 1
    assert AuditEntry.objects.order_by("pk").first().pk == kept.pk
    assert list(audit.verify()) == []
    told = AuditEntry.objects.get(act=audit.FORGOTTEN)
    forge("DELETE FROM audit_detail WHERE entry_id = %s", told.pk)
    assert list(audit.verify()), "without the entry that says so, the beginning is missing"


def rechain():
    """Writes hashes that fit, as if the entries had been made long ago."""
    previous = audit.BEGINNING
    for entry in AuditEntry.objects.order_by("pk"):
        entry.previous = previous
        entry.chained = previous = audit.hash_of(entry)
        forge(
            "UPDATE audit_entry SET previous = %s, chained = %s WHERE id = %s", entry.previous, entry.chained, entry.pk
        )


@pytest.mark.django_db
def test_settings_of_the_site_are_entered_with_before_and_after(cast, client_for, home):
    office = client_for(cast.admin)
    site = Site.objects.get(is_default_site=True)
    body = {"tagline": "Made with care", "main_menu-count": "0", "footer-count": "0"}
    assert office.post(f"/cms/settings/cms/siteframe/{site.pk}/", body).status_code == 302
    assert SiteFrame.objects.get().tagline == "Made with care"
    entry = AuditEntry.objects.select_related("detail").filter(act="site.setting_changed").latest("pk")
    assert (entry.actor_id, entry.target_kind) == (cast.admin.pk, "cms.siteframe")
    assert entry.detail.after["tagline"] == "Made with care"
    count = AuditEntry.objects.count()
    office.post(f"/cms/settings/cms/siteframe/{site.pk}/", body)
    assert AuditEntry.objects.count() == count, "nothing was changed"


@pytest.mark.django_db
def test_staff_need_a_second_factor_from_the_moment_the_setting_says_so(cast, client_for):
    root = services.agree_to_terms(actor=User.objects.create_superuser("root_person", "root@people.example", PASSWORD))
    top, watch = client_for(root), client_for(cast.moderator)
    assert watch.get("/cms/").status_code == 200
    settings_page = "/cms/settings/accounts/staffsafety/"
    address = top.get(settings_page, follow=True).redirect_chain[-1][0]
    assert top.post(address, {"second_factor": "on"}).status_code == 302
    assert StaffSafety.objects.get().second_factor
    # In the test the transaction never ends, and with it what is remembered: as after the commit.
    from django.core.cache import cache

    cache.clear()
    assert watch.get("/cms/").headers["Location"].endswith("/account/2fa/")
    assert client_for(cast.fan).get("/").status_code == 200
    assert AuditEntry.objects.filter(act="site.setting_changed", target_kind="accounts.staffsafety").exists()


@pytest.mark.django_db
def test_rights_of_groups_are_entered(cast, client_for):
    root = services.agree_to_terms(actor=User.objects.create_superuser("root_person", "root@people.example", PASSWORD))
    top = client_for(root)
    body = {
        "name": "Helpers",
        "permissions": [],
        "page_permissions-TOTAL_FORMS": 0, "page_permissions-INITIAL_FORMS": 0, "page_permissions-MAX_NUM_FORMS": 1000,
    }  # fmt: skip
    for prefix in ("collection_permissions", "image_permissions", "document_permissions", "collection_managements"):
        body |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0, f"{prefix}-MAX_NUM_FORMS": 1000}
    top.post("/cms/groups/new/", body)
    from django.contrib.auth.models import Group, Permission

    group = Group.objects.get(name="Helpers")
    right = Permission.objects.get(codename="access_admin")
    answer = top.post(f"/cms/groups/edit/{group.pk}/", {**body, "permissions": [right.pk]})
    assert answer.status_code == 302, answer.content
    entry = AuditEntry.objects.select_related("detail").filter(act="group.changed").latest("pk")
    assert (entry.actor_id, entry.detail.after["added"]) == (root.pk, ["wagtailadmin.access_admin"])


@pytest.mark.django_db
def test_the_log_is_for_administrators_with_filters_and_a_safe_table(cast, client_for):
    services.change_status(actor=cast.moderator, person=cast.fan, status=Status.SUSPENDED, reason='=HYPERLINK("x")')
    services.change_role(actor=cast.admin, person=cast.other_fan, role=Role.CREATOR, reason="<b>Good</b>")
    office = client_for(cast.admin)
    assert "&lt;b&gt;Good" in office.get("/cms/reports/audit/").content.decode()

    def reasons(query):
        return {entry.detail.reason for entry in office.get(f"/cms/reports/audit/{query}").context["object_list"]}

    assert reasons("?by=moderator") == {'=HYPERLINK("x")'}
    assert reasons("?about=other_fan&act=user.standing_changed") == {"<b>Good</b>"}
    assert reasons("?occurred_at_to=2020-01-01") == set()
    for odd in ("?by=%00", "?act=x", "?p=x", "?occurred_at_from=x", "?export=exe"):
        assert office.get(f"/cms/reports/audit/{odd}").status_code == 200, odd
    table = b"".join(office.get("/cms/reports/audit/?export=csv").streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert '\'=HYPERLINK("x")' in [row["reason"] for row in rows]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]
    for person in (cast.moderator, cast.editor, cast.fan, None):
        for path in ("/cms/reports/audit/", "/cms/reports/audit/results/", "/cms/reports/audit/?export=csv"):
            assert client_for(person).get(path).status_code in (302, 403), (person, path)


@pytest.mark.django_db
def test_what_the_site_closes_by_itself_is_entered_and_a_confirmed_address_is_nobodys_act():
    person = make_user("waiting", verified_email=False)
    services.confirm_email(user=person)
    assert not AuditEntry.objects.filter(act=ACT, target_id=person.pk).exists()
    services.change_status(actor=None, person=person, status=Status.DELETED, system=True)
    entry = AuditEntry.objects.get(act=ACT, target_id=person.pk)
    assert (entry.actor_id, entry.detail.after) == (None, {"status": "DELETED"})


@pytest.mark.django_db
def test_what_administrators_do_to_jobs_is_entered(cast, client_for):
    office = client_for(cast.admin)
    body = {"queue": "cleanup", "job": "bin"}
    assert office.post("/api/admin/jobs", body, content_type="application/json").status_code == 202
    put = office.put("/api/admin/jobs/queues/media", {"paused": True}, content_type="application/json")
    assert put.status_code == 200
    acts = AuditEntry.objects.filter(actor_id=cast.admin.pk).order_by("pk").values_list("act", flat=True)
    assert list(acts)[-2:] == ["job.started", "queue.paused"]
