"""Comments at the same time: numbers stay right, places too, and nobody is refused by a lock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from community.comments.models import Comment
from community.comments.services import delete_comment, hide_comment
from community.core.counts import numbers
from community.core.errors import DomainError
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def together(works: list[Callable[[], Any]]) -> list[Exception]:
    """Does all of it at the same time; answers what went wrong, except refusals that people may read."""
    wrong: list[Exception] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            work()
        except DomainError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is told
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return wrong


def test_numbers_stay_right_when_many_write_answer_and_delete_at_once(cast, post, say):
    people = [make_user() for _person in range(4)]
    first = say(cast.fan, "First")
    doomed = [say(people[0], "Doomed", parent=first) for _time in range(3)]
    works: list[Callable[[], Any]] = [lambda person=person: say(person) for person in people]
    works += [lambda person=person: say(person, parent=first) for person in people]
    works += [lambda one=one: say(cast.fan, "Too late?", parent=one) for one in doomed]
    works += [lambda one=one: delete_comment(actor=people[0], comment=one) for one in doomed]
    works += [lambda: hide_comment(actor=cast.moderator, comment=first, reason="Rude")]
    assert cast.moderator
    assert together(works) == []
    assert numbers("post", [post.pk])[post.pk].comments == Comment.objects.standing().count()
    # What else must be true is asked by the check of the committed data that ends every such test.
    first.refresh_from_db()
    assert first.thread_size == Comment.objects.standing().filter(root=first).count()


def test_with_a_post_that_goes_for_good_goes_what_was_said(cast, post, say):
    first = say(cast.fan)
    say(cast.creator, parent=first)
    post.delete()
    assert not Comment.objects.exists()
