"""Somebody votes, chooses something else, takes the vote back.

All that changes a poll's votes begins with the lock of its row, and takes options after it: nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.accounts.permissions import Actor, require_writer
from community.accounts.services import count_act
from community.core import generations, outbox, targets
from community.core.errors import Conflict, Invalid, NotFound, Text
from community.core.transactions import retried
from community.facts.polls import PollVoted, PollVoteWithdrawn
from community.polls import permissions, selectors
from community.polls.models import Ballot, Choice, Option, Poll
from community.polls.selectors import PollCard


class PollOver(Conflict):
    """Nobody can vote any more."""

    code = "POLL_OVER"
    message = _("This poll is over.")


@retried
def set_vote(*, actor: Actor, kind: str, target_id: int, option_ids: Sequence[int]) -> PollCard:
    """Makes these answers the vote of `actor` in the poll of a target, and answers how it stands.

    Sent twice, it is one. While the poll runs, the vote can be changed. Raises NotFound, PollOver, TooMany,
    Invalid with a message for `option_ids`, or why `actor` may not write.
    """
    person, thing, poll = _enter(actor, kind, target_id)
    wanted = _checked(poll, option_ids)
    ballot, first = Ballot.objects.get_or_create(poll=poll, user=person)
    before = set(Choice.objects.filter(ballot=ballot).values_list("option_id", flat=True))
    if wanted != before:
        Choice.objects.filter(ballot=ballot, option_id__in=before - wanted).delete()
        Choice.objects.bulk_create(
            Choice(ballot=ballot, option_id=option_id, alone=not poll.multiple) for option_id in sorted(wanted - before)
        )
        outbox.record(
            PollVoted(
                user_id=person.pk, poll_id=poll.pk, target_kind=kind, target_id=target_id,
                author_id=targets.author_id(thing), first=first,
            ),
            actor_id=person.pk,
        )  # fmt: skip
        count(poll, added=wanted - before, removed=before - wanted, voters=int(first))
    return _standing(person, thing, kind, target_id)


@retried
def withdraw_vote(*, actor: Actor, kind: str, target_id: int) -> PollCard:
    """Takes the vote of `actor` back while the poll runs, and answers how it stands. Without one it is no error.

    Raises NotFound, PollOver, TooMany, or why `actor` may not write.
    """
    person, thing, poll = _enter(actor, kind, target_id)
    if take_off(poll, person.pk):
        outbox.record(
            PollVoteWithdrawn(
                user_id=person.pk, poll_id=poll.pk, target_kind=kind, target_id=target_id,
                author_id=targets.author_id(thing),
            ),
            actor_id=person.pk,
        )  # fmt: skip
    return _standing(person, thing, kind, target_id)


def take_off(poll: Poll, user_id: int) -> bool:
    """Removes somebody's ballot from a poll that is locked, and from its numbers; False when there was none."""
    chosen = set(Choice.objects.filter(ballot__poll=poll, ballot__user_id=user_id).values_list("option_id", flat=True))
    deleted, _by_model = Ballot.objects.filter(poll=poll, user_id=user_id).delete()
    if deleted:
        count(poll, added=(), removed=chosen, voters=-1)
    return bool(deleted)


def count(poll: Poll, *, added: Collection[int], removed: Collection[int], voters: int) -> None:
    """Changes the numbers of a poll that is locked; pages that show them become old."""
    for ids, step in ((added, 1), (removed, -1)):
        if ids:
            Option.objects.filter(poll=poll, pk__in=ids).update(votes=F("votes") + step)
    if voters:
        Poll.objects.filter(pk=poll.pk).update(voters=F("voters") + voters)
    generations.bump(f"{poll.target_kind}:{poll.target_id}")


def _enter(actor: Actor, kind: str, target_id: int) -> tuple[User, Any, Poll]:
    """Who acts, on which thing, and its poll, locked, which runs."""
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    thing = selectors.find_target(kind, target_id, viewer=person)
    if not permissions.can_vote(person, thing):
        raise NotFound()
    poll = (
        Poll.objects.select_for_update(no_key=True)
        .filter(target_kind=kind, target_id=target_id, shown=True)
        .first()
    )  # fmt: skip
    if poll is None:
        raise NotFound()
    if poll.is_over(timezone.now()):
        raise PollOver()
    return person, thing, poll


def _checked(poll: Poll, option_ids: Sequence[int]) -> set[int]:
    """The ids, if a ballot of this poll can have them; raises Invalid."""
    there = set(Option.objects.filter(poll=poll).values_list("pk", flat=True))
    problem: Text = ""
    if not option_ids:
        problem = _("Choose an answer.")
    elif not set(option_ids) <= there:
        problem = _("There is no such answer.")
    elif len(set(option_ids)) < len(option_ids):
        problem = _("Choose each answer once.")
    elif len(option_ids) > 1 and not poll.multiple:
        problem = _("Choose one answer only.")
    if problem:
        raise Invalid(fields={"option_ids": problem})
    return set(option_ids)


def _standing(person: User, thing: Any, kind: str, target_id: int) -> PollCard:
    card = selectors.card_of(kind, target_id, viewer=person, author_id=targets.author_id(thing))
    if card is None:
        raise NotFound()
    return card
