"""Reading polls: what is asked, what came out as far as the viewer may know, what they chose."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from community.accounts.models import User
from community.accounts.permissions import Actor
from community.core import targets
from community.core.errors import NotFound
from community.polls import permissions, rules
from community.polls.models import Choice, Option


@dataclasses.dataclass(frozen=True)
class OptionCard:
    """An answer; its numbers are None where the viewer may not know them. `share` is of a hundred voters."""

    id: int
    text: str
    votes: int | None
    share: int | None
    own: bool


@dataclasses.dataclass(frozen=True)
class PollCard:
    """A poll as one viewer sees it."""

    id: int
    question: str
    multiple: bool
    ends_at: datetime | None
    over: bool
    results: str
    voters: int
    options: tuple[OptionCard, ...]
    #: The viewer sees the numbers; and sees them although others do not yet.
    open: bool
    early: bool

    @property
    def own(self) -> tuple[int, ...]:
        """The ids of what the viewer has chosen."""
        return tuple(option.id for option in self.options if option.own)


def find_target(kind: str, target_id: int, *, viewer: Actor) -> Any:
    """The thing with a poll, if `viewer` may see it and its poll; else NotFound."""
    thing = targets.get(kind, target_id, viewer)
    if not permissions.can_view_poll(viewer, thing):
        raise NotFound()
    return thing


def get_poll(kind: str, target_id: int, *, viewer: Actor) -> PollCard:
    """The poll of a thing that `viewer` may see; NotFound where there is none."""
    thing = find_target(kind, target_id, viewer=viewer)
    card = card_of(kind, target_id, viewer=viewer, author_id=targets.author_id(thing))
    if card is None:
        raise NotFound()
    return card


def card_of(kind: str, target_id: int, *, viewer: Actor, author_id: int | None) -> PollCard | None:
    """The poll that stands in a target which was found and is by `author_id`; None without one. One query."""
    rows = Option.objects.filter(poll__target_kind=kind, poll__target_id=target_id, poll__shown=True)
    rows = rows.select_related("poll").order_by("place")
    if isinstance(viewer, User):
        own = Choice.objects.filter(option=OuterRef("pk"), ballot__user=viewer, ballot__poll=OuterRef("poll"))
        rows = rows.annotate(own=Exists(own))
    options = list(rows)
    if not options:
        return None
    poll, over = options[0].poll, options[0].poll.is_over(timezone.now())
    voted = any(getattr(option, "own", False) for option in options)
    public = permissions.can_view_results(None, poll.results, author_id=None, voted=voted, over=over)
    seen = public or permissions.can_view_results(
        viewer, poll.results, author_id=author_id, voted=voted, over=over
    )  # fmt: skip
    return PollCard(
        id=poll.pk,
        question=poll.question,
        multiple=poll.multiple,
        ends_at=poll.ends_at,
        over=over,
        results=poll.results,
        voters=poll.voters,
        options=tuple(
            OptionCard(
                option.pk,
                option.text,
                option.votes if seen else None,
                rules.share(option.votes, poll.voters) if seen else None,
                getattr(option, "own", False),
            )
            for option in options
        ),
        open=seen,
        early=seen and not public,
    )
