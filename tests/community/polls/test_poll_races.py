"""Many votes at the same time: one for each person, counted right, never against answers that are gone."""

from __future__ import annotations

import pytest

from community.core.errors import DomainError
from community.core.holdings import Subject
from community.core.models import OutboxFact
from community.polls.models import Ballot, Choice, Option
from community.polls.services import forget_person, set_vote, withdraw_vote
from tests.factories import make_user
from tests.support.at_once import at_once
from tests.support.polling import ids_of, poll_block, poll_of, post_with_poll, republish

pytestmark = pytest.mark.django_db(transaction=True)


def set_of(person, post, *ids):
    return lambda: set_vote(actor=person, kind="post", target_id=post.pk, option_ids=ids)


def failures(answers, besides=()):
    return [each for each in answers if isinstance(each, Exception) and not isinstance(each, besides)]


def test_two_hundred_votes_of_one_person_are_one(cast, post):
    ids = ids_of(post)
    answers = at_once([set_of(cast.fan, post, ids[number % 3]) for number in range(200)], threads=8)
    assert failures(answers) == []
    assert Ballot.objects.count() == Choice.objects.count() == poll_of(post).voters == 1
    assert sum(Option.objects.values_list("votes", flat=True)) == 1
    assert OutboxFact.objects.filter(name="poll.voted", payload__first=True).count() == 1


def test_many_people_voting_changing_withdrawing_and_leaving_are_counted_right(cast):
    post = post_with_poll(cast.creator, multiple=True)
    ids, people = ids_of(post), [make_user() for _each in range(10)]
    calls = [
        call
        for number, person in enumerate(people)
        for call in (
            set_of(person, post, *ids[: number % 3 + 1]),
            set_of(person, post, *ids[::-1][: number % 2 + 1]),
            lambda person=person: withdraw_vote(actor=person, kind="post", target_id=post.pk),
            set_of(person, post, ids[number % 3]),
            lambda person=person: forget_person(subject=Subject(person.pk, person.username, ())),
        )
    ]
    assert failures(at_once(calls, threads=10)) == []


def test_answers_change_only_while_nobody_has_voted(cast, post):
    """The author publishes other answers while people vote: whichever comes first, nobody's vote is for another."""
    ids, people = ids_of(post), [make_user() for _each in range(6)]
    calls = [set_of(person, post, ids[0]) for person in people]
    calls.insert(3, lambda: republish(cast.creator, post, poll_block("This", "That")))
    assert failures(at_once(calls, threads=7), DomainError) == []
    poll = poll_of(post)
    texts = list(poll.options.order_by("place").values_list("text", flat=True))
    assert texts == (["The old one", "The new one", "Neither"] if poll.voters else ["This", "That"])
