"""The demonstration's people vote: the same ones each time, and once."""

from __future__ import annotations

import pytest

from cms.demo.progress import silent
from cms.demo.votes import load_votes
from community.core import limits
from community.core.integrity import run_checks
from community.polls.models import Ballot, Choice, Option, Poll
from tests.factories import make_post, make_user
from tests.support.polling import post_with_poll

pytestmark = pytest.mark.django_db


def test_people_vote_the_same_way_each_time_and_once(cast):
    people = {person.username: person for person in (cast.creator, cast.new_fan, *(make_user() for _each in range(8)))}
    make_post(cast.creator, "Nothing asked")
    post_with_poll(cast.creator, "Yes", "No", title="Asked in a demonstration")

    def voted():
        with limits.lifted():
            load_votes(people, silent)
        return list(Choice.objects.order_by("ballot__user_id").values_list("ballot__user__username", "option__text"))

    first = voted()
    assert 2 <= len(first) < 8
    assert not Ballot.objects.filter(user__in=[cast.creator, cast.new_fan]).exists()
    assert voted() == first
    assert run_checks(["polls-numbers", "polls-ballots"]) == []
    Ballot.objects.all().delete()
    Option.objects.update(votes=0)
    Poll.objects.update(voters=0)
    assert voted() == first
