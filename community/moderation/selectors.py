"""Reading reports."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from community.accounts.permissions import Actor
from community.core import targets
from community.core.targets import TargetCard
from community.moderation import permissions
from community.moderation.choices import State
from community.moderation.models import Report


@dataclasses.dataclass(frozen=True)
class ReportCard:
    """A report with what it is about; None where that is gone."""

    report: Report
    target: TargetCard | None


def list_open(*, viewer: Actor) -> QuerySet[Report]:
    """Reports that wait, the newest first, with who made them: for moderators, and nothing for others."""
    rows = Report.objects.filter(state=State.OPEN).select_related("reporter").order_by("-pk")
    return rows if permissions.can_decide(viewer) else rows.none()


def list_upheld(*, viewer: Actor) -> QuerySet[Report]:
    """Reports after which something was hidden, the last decided first; for moderators, and nothing for others."""
    rows = (
        Report.objects.filter(state=State.UPHELD)
        .select_related("reporter", "decided_by")
        .order_by("-decided_at", "-pk")
    )
    return rows if permissions.can_decide(viewer) else rows.none()


def get_hiding(kind: str, target_id: int, *, viewer: Actor) -> targets.Hiding:
    """What a moderator may hide, and why it is hidden; else NotFound."""
    return targets.hiding(kind, target_id, viewer)


def report_cards(reports: Iterable[Report], *, viewer: Actor) -> list[ReportCard]:
    """The reports with cards of what they are about; a few queries for each kind of target."""
    rows = list(reports)
    kinds: dict[str, set[int]] = {}
    for row in rows:
        kinds.setdefault(row.target_kind, set()).add(row.target_id)
    known = targets.kinds()
    cards: dict[tuple[str, int], TargetCard] = {
        (kind, card.id): card
        for kind, ids in kinds.items()
        if kind in known
        for card in targets.cards(kind, ids, viewer).values()
    }
    return [ReportCard(row, cards.get((row.target_kind, row.target_id))) for row in rows]


def get_target(kind: str, target_id: int, *, viewer: Actor) -> Any:
    """The thing to report, if `viewer` may see it; else NotFound."""
    return targets.get(kind, target_id, viewer)


def has_reported(kind: str, target_id: int, *, viewer: Actor) -> bool:
    """Has `viewer` reported it already?"""
    return Report.objects.filter(
        reporter_id=getattr(viewer, "pk", None), target_kind=kind, target_id=target_id
    ).exists()
