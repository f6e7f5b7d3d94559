"""What becomes of votes when people go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from community.core import holdings
from community.core.holdings import Subject
from community.core.integrity import run_checks
from community.polls.models import Ballot, Poll
from community.polls.services import forget_person
from tests.support.polling import poll_of, post_with_poll, vote

pytestmark = pytest.mark.django_db


def test_people_get_their_votes_in_words_and_take_them_along(cast, post):
    several = post_with_poll(cast.creator, multiple=True)
    vote(cast.fan, post, 1)
    vote(cast.fan, several, 0, 2)
    vote(cast.other_fan, post, 1)
    Poll.objects.filter(target_id=several.pk).update(ends_at=timezone.now() - timedelta(days=1))
    subject = Subject(cast.fan.pk, "fan", ())
    holding = next(each for each in holdings.registered() if each.model == "polls.Ballot")
    assert holding.rows is not None
    assert [(row["question"], row["answers"]) for row in holding.rows(subject)] == [
        ("Which lamp?", ["The new one"]), ("Which lamp?", ["Neither", "The old one"]),
    ]  # fmt: skip
    for _time in range(2):
        forget_person(subject=subject)
    assert [poll_of(post).voters, poll_of(several).voters, Ballot.objects.count()] == [1, 0, 1]
    assert run_checks(["polls-numbers", "polls-ballots"]) == []
