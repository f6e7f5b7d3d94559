"""What the tables of polls hold about people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from community.core import holdings
from community.core.holdings import CHUNK, Holding, Leaves, Subject, goes_with, kept
from community.polls.models import Ballot
from community.polls.services import forget_person


def register() -> None:
    """Called when the app is ready."""
    holdings.register(
        Holding(
            "polls.Ballot", ("user",), Leaves.DELETED, title=_("Your votes in polls"), rows=_votes,
            forget=forget_person,
        ),
        goes_with("polls.Choice", "ballot", owner="polls.Ballot"),
        kept("polls.Poll", "target_id", because="A poll belongs to its post and goes with it."),
    )  # fmt: skip


def _votes(subject: Subject) -> Iterator[Mapping[str, Any]]:
    """Each vote, with the question and the answers in words."""
    rows = Ballot.objects.filter(user_id=subject.id).order_by("pk").select_related("poll")
    for ballot in rows.prefetch_related("choices__option").iterator(chunk_size=CHUNK):
        yield {
            "id": ballot.pk,
            "target_kind": ballot.poll.target_kind,
            "target_id": ballot.poll.target_id,
            "question": ballot.poll.question,
            "answers": sorted(choice.option.text for choice in ballot.choices.all()),
            "created_at": ballot.created_at,
        }
