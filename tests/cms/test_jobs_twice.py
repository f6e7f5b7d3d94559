"""A job that is taken over after a crash runs a second time: nothing may come of that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cms.models import CustomImage, PostPage
from cms.services.search import count_search
from community.accounts.models import DeletionRequest
from community.accounts.services import request_deletion, request_export
from community.comments.models import Comment
from community.comments.services import add_comment, delete_comment
from community.core import integrity, jobs, mail
from community.core.models import Job, LimitCount, OutboxFact
from tests.factories import make_image, make_post, make_user

#: Tables of the ledger itself, and what the database counts.
OWN = {"job", "job_queue", "job_slot"}


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the ledger's."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - OWN):
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')  # noqa: S608 - names of our tables
            found[table] = cursor.fetchall()
    return found


def a_mail() -> dict[str, int]:
    """A mail that waits, as its job names it."""
    with transaction.atomic():
        values = {"recipient": "fan@people.example", "subject": "Hello", "text": "Words."}
        message_id = mail.send(**values, lane="account", purpose="test")
    assert message_id is not None
    return {"message_id": message_id, "round": 1}


def an_export() -> dict[str, int]:
    """A file with somebody's data that waits, as its job names it."""
    return {"export_id": request_export(actor=make_user()).pk}


#: What jobs take that take something, with something to do.
DATA = {"email/deliver": a_mail, "media/data-export": an_export}


@pytest.fixture
def work_to_do(cast: Any) -> None:
    """Something for most jobs."""
    old = timezone.now() - timedelta(days=100)
    binned, due, stale = (make_post(cast.creator, published=False) for _ in range(3))
    PostPage.objects.filter(pk=binned.pk).update(deleted_at=old)
    PostPage.objects.filter(pk=stale.pk).update(policy_version=0)
    due.go_live_at = timezone.now() - timedelta(seconds=1)
    due.save_revision(approved_go_live_at=due.go_live_at, clean=False)
    CustomImage.objects.filter(pk=make_image().pk).update(variants_version=0)
    LimitCount.objects.create(bucket="old", key_digest="", window_start=old)
    OutboxFact.objects.update(delivered_at=old)
    request_deletion(actor=cast.other_fan)
    DeletionRequest.objects.update(due_at=old)
    said = {"target_kind": "post", "target_id": make_post(cast.creator).pk, "content": "Old."}
    delete_comment(actor=cast.other_fan, comment=add_comment(actor=cast.other_fan, **said))
    Comment.objects.update(deleted_at=old)
    count_search(text="curtain", found=True, agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")


@pytest.mark.usefixtures("work_to_do")
def test_every_job_that_runs_twice_does_nothing_the_second_time() -> None:
    before = dump()
    names = [declared.key for declared in jobs.registered()]
    assert len(names) >= 12
    for declared in jobs.registered():
        if declared.atomic:
            continue  # what it has done is undone with a run that was not finished
        data = DATA[declared.key]() if declared.data else {}
        declared.run(data)
        once = dump()
        declared.run(data)
        assert dump() == once, declared.key
    changed = {table for table, rows in dump().items() if rows != before[table]}
    did = {
        "limit_count",
        "outbox",
        "mail_message",
        "wagtailsearchpromotions_querydailyhits",
        "cms_postpage",
        "cms_customimage",
        "accounts_deletionrequest",
        "accounts_dataexport",
        "comments_comment",
    }
    assert did <= changed
    assert PostPage.objects.filter(live=True).count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_check_of_the_night_fails_with_what_it_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = jobs.start_by_hand("cleanup", "integrity").pk
    jobs.work()
    assert jobs.get_job(sound).state == "done"
    with monkeypatch.context() as patch:
        patch.setitem(integrity._checks, "own", lambda: ["Post 7 is wrong."])
        broken = jobs.start_by_hand("cleanup", "integrity").pk
        jobs.work()
    found = jobs.get_job(broken)
    assert found.state == "failed"
    assert "own: Post 7 is wrong." in found.last_error
    Job.objects.all().delete()


def test_only_jobs_that_do_something_are_declared_and_each_says_what() -> None:
    for declared in jobs.registered():
        assert declared.summary.endswith("."), declared.key
        assert declared.every or not declared.startable, f"{declared.key}: who enters it?"
