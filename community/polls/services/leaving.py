"""What goes with a person, and with a target."""

from __future__ import annotations

from django.db import connection

from community.core.holdings import Subject
from community.core.transactions import retried
from community.polls.models import Ballot, Poll
from community.polls.services.voting import take_off

#: From the ballot up: a hot poll has a hundred thousand rows, which need not be read to be deleted.
_FORGET = (
    "DELETE FROM poll_choice USING poll_ballot ballot, poll WHERE poll_choice.ballot_id = ballot.id"
    " AND ballot.poll_id = poll.id AND poll.target_kind = %s AND poll.target_id = %s",
    "DELETE FROM poll_ballot USING poll WHERE poll_ballot.poll_id = poll.id"
    " AND poll.target_kind = %s AND poll.target_id = %s",
    "DELETE FROM poll_option USING poll WHERE poll_option.poll_id = poll.id"
    " AND poll.target_kind = %s AND poll.target_id = %s",
    "DELETE FROM poll WHERE target_kind = %s AND target_id = %s",
)


def forget_target(*, kind: str, target_id: int) -> None:
    """Removes the polls of a target that goes for good, with their votes, in its transaction."""
    list(Poll.objects.select_for_update().filter(target_kind=kind, target_id=target_id).values_list("pk"))
    with connection.cursor() as cursor:
        for statement in _FORGET:
            cursor.execute(statement, [kind, target_id])


def forget_person(*, subject: Subject) -> None:
    """Takes back what somebody voted who leaves, also in polls that are over; the numbers follow."""
    for poll_id in list(
        Ballot.objects.filter(user_id=subject.id).order_by("poll_id").values_list("poll_id", flat=True)
    ):
        _forget_one(poll_id, subject.id)


@retried
def _forget_one(poll_id: int, user_id: int) -> None:
    poll = Poll.objects.select_for_update(no_key=True).filter(pk=poll_id).first()
    if poll is not None:
        take_off(poll, user_id)
