"""What must be true of polls."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef

from community.core.integrity import integrity_check
from community.core.models import TargetCounts
from community.polls.models import Ballot, Choice, Option, Poll


@integrity_check("polls-targets")
def polls_targets() -> Iterator[str]:
    """Every poll is of something that is there."""
    there = TargetCounts.objects.filter(target_kind=OuterRef("target_kind"), target_id=OuterRef("target_id"))
    lost = Poll.objects.filter(~Exists(there)).order_by("pk")
    for pk, kind, target_id in lost.values_list("pk", "target_kind", "target_id"):
        yield f"poll {pk} is of the {kind} {target_id}, which is gone"


@integrity_check("polls-numbers")
def polls_numbers() -> Iterator[str]:
    """As many votes and voters are stored as are counted."""
    for poll_id, stored, counted in (
        Poll.objects.annotate(counted=Count("ballots"))
        .exclude(voters=F("counted"))
        .values_list("pk", "voters", "counted")
    ):
        yield f"poll {poll_id}: {stored} voters stored, {counted} counted"
    for option_id, stored, counted in (
        Option.objects.annotate(counted=Count("choices"))
        .exclude(votes=F("counted"))
        .values_list("pk", "votes", "counted")
    ):
        yield f"option {option_id}: {stored} votes stored, {counted} counted"


@integrity_check("polls-ballots")
def polls_ballots() -> Iterator[str]:
    """A ballot says something, of its own poll, and one thing only where one can be chosen."""
    for ballot_id in Ballot.objects.filter(choices=None).order_by("pk").values_list("pk", flat=True):
        yield f"ballot {ballot_id} chooses nothing"
    foreign = Choice.objects.exclude(option__poll=F("ballot__poll")).order_by("pk")
    for choice_id in foreign.values_list("pk", flat=True):
        yield f"choice {choice_id} is of another poll than its ballot"
    wrong = Choice.objects.filter(alone=F("ballot__poll__multiple")).order_by("pk")
    for choice_id in wrong.values_list("pk", flat=True):
        yield f"choice {choice_id} does not know how many its poll allows"
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM poll WHERE (SELECT count(*) FROM poll_option WHERE poll_id = poll.id) < 2")
        for (poll_id,) in cursor.fetchall():
            yield f"poll {poll_id} has nothing to choose from"
