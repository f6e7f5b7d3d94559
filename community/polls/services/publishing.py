"""A poll becomes what the published text has: as far as those who have voted are not cheated."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.core import generations
from community.core.transactions import retried
from community.polls.models import Option, Poll
from community.polls.rules import Refusals, Wanted


def find_refusals(*, kind: str, target_id: int | None, wanted: Wanted, hold: bool = False) -> Refusals:
    """What stands against publishing this poll in a target, which may be new: a message for each part.

    While a poll runs in which somebody has voted, its answers stay. A new end must not be over. With `hold`, in a
    transaction, nobody votes until its end, so that the answer stays true.
    """
    now = timezone.now()
    poll = _shown(kind, target_id, hold=hold) if target_id is not None else None
    found: Refusals = {}
    if poll is not None and _is_bound(poll, now):
        if _texts(poll) != wanted.options:
            found["options"] = _("People are voting: the answers stay as they are until the poll is over.")
        if poll.multiple != wanted.multiple:
            found["multiple"] = _("People are voting: this stays as it is until the poll is over.")
    if wanted.ends_at is not None and wanted.ends_at <= now:
        before = poll if poll is not None and _fits(poll, wanted) else None
        if before is None and target_id is not None:
            before = _stood_before(kind, target_id, wanted)
        if before is None or before.ends_at != wanted.ends_at:
            found["ends_at"] = _("This time is over already.")
    return found


@retried
def publish_poll(*, kind: str, target_id: int, wanted: Wanted | None) -> None:
    """Makes the poll of a target what its published text has; None where it has none.

    A poll that is taken out is hidden with its votes, and comes back with the same answers. Where other answers are
    published all the same while people vote (by a schedule, say), those they vote on stay. After the end, or while
    nobody has voted, other answers make another poll.
    """
    poll = _shown(kind, target_id, hold=True)
    if wanted is None:
        if poll is not None:
            Poll.objects.filter(pk=poll.pk).update(shown=False)
            generations.bump(f"{kind}:{target_id}")
        return
    if poll is not None and not _fits(poll, wanted) and not _is_bound(poll, timezone.now()):
        _put_away(poll)
        poll = None
    if poll is None:
        poll = _stood_before(kind, target_id, wanted) or _make(kind, target_id, wanted)
    Poll.objects.filter(pk=poll.pk).update(
        shown=True, question=wanted.question, ends_at=wanted.ends_at, results=wanted.results
    )
    generations.bump(f"{kind}:{target_id}")


def _shown(kind: str, target_id: int, *, hold: bool) -> Poll | None:
    rows = Poll.objects.filter(target_kind=kind, target_id=target_id, shown=True)
    return (rows.select_for_update() if hold else rows).first()


def _is_bound(poll: Poll, now: datetime) -> bool:
    """Has somebody voted who would be cheated by other answers?"""
    return poll.voters > 0 and not poll.is_over(now)


def _texts(poll: Poll) -> tuple[str, ...]:
    return tuple(poll.options.order_by("place").values_list("text", flat=True))


def _fits(poll: Poll, wanted: Wanted) -> bool:
    return poll.multiple == wanted.multiple and _texts(poll) == wanted.options


def _stood_before(kind: str, target_id: int, wanted: Wanted) -> Poll | None:
    """The newest poll with these answers that stood in the target before."""
    before = Poll.objects.filter(target_kind=kind, target_id=target_id, shown=False).order_by("-pk")
    return next((poll for poll in before.prefetch_related("options") if _fits(poll, wanted)), None)


def _put_away(poll: Poll) -> None:
    """Out of its target; without votes for good."""
    if poll.voters:
        Poll.objects.filter(pk=poll.pk).update(shown=False)
    else:
        poll.delete()


def _make(kind: str, target_id: int, wanted: Wanted) -> Poll:
    poll = Poll.objects.create(
        target_kind=kind, target_id=target_id, question=wanted.question, multiple=wanted.multiple,
        ends_at=wanted.ends_at, results=wanted.results,
    )  # fmt: skip
    Option.objects.bulk_create(
        Option(poll=poll, place=place, text=text) for place, text in enumerate(wanted.options, 1)
    )
    return poll
