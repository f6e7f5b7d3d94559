"""Reading reactions: their types, how many of each a target has, who reacted, what somebody did."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext

from community.accounts.permissions import Actor
from community.accounts.selectors import AuthorCard, author_card, list_everybody
from community.core import counts, sight, targets
from community.core.errors import NotFound
from community.core.generations import SITE
from community.core.marks import AMONG, Target, columns
from community.core.postgres import prepared
from community.core.remembered import remembered
from community.reactions import permissions
from community.reactions.choices import ICONS
from community.reactions.models import Reaction, ReactionType


@dataclasses.dataclass(frozen=True)
class TypeCard:
    """A type of reaction as people see it; `icon` is a sign of the site, or empty where only the emoji is there."""

    code: str
    emoji: str
    stored_label: str
    icon: str
    active: bool

    @property
    def label(self) -> str:
        """Its name in the reader's language, where that is known."""
        return gettext(self.stored_label)


@dataclasses.dataclass(frozen=True)
class Standing:
    """How a target stands: how many reactions of each type, and which are the viewer's own."""

    by_type: Mapping[str, int]
    own: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.by_type.values())


@dataclasses.dataclass(frozen=True)
class ReactionCard:
    """One reaction, for a list of who reacted."""

    id: int
    person: AuthorCard
    type: str
    created_at: datetime


def list_types() -> tuple[TypeCard, ...]:
    """All types in their order, also those that are offered no more; one query, remembered while pages are read."""

    def make() -> tuple[TypeCard, ...]:
        rows = ReactionType.objects.values_list("code", "emoji", "label", "active")
        return tuple(TypeCard(code, emoji, label, ICONS.get(code, ""), active) for code, emoji, label, active in rows)

    return remembered(("reactions", "types"), (SITE,), make)


def find_target(kind: str, target_id: int, *, viewer: Actor) -> Any:
    """The thing people can react to, if `viewer` may see it and its reactions; else NotFound."""
    if not counts.has_numbers(kind) or not 0 < target_id < 2**63:
        raise NotFound()
    thing = targets.get(kind, target_id, viewer)
    if not permissions.can_view_reactions(viewer, thing):
        raise NotFound()
    return thing


def standing(kind: str, target_id: int, *, viewer: Actor) -> Standing:
    """The numbers of a target that was found, and the viewer's own; two queries."""
    row = counts.numbers(kind, [target_id]).get(target_id)
    own = own_reactions(viewer, [(kind, target_id)]).get((kind, target_id), [])
    return Standing(row.reactions_by_type if row else {}, tuple(own))


_OWN = f"""
    SELECT target_kind, target_id, type FROM reaction WHERE user_id = %s AND {AMONG} ORDER BY id
"""  # noqa: S608 - our own words


def own_reactions(viewer: Any, things: list[Target]) -> dict[Target, list[str]]:
    """The codes of what `viewer` gave to each of these (kind, id), in the order they were given; one query."""
    if not getattr(viewer, "is_authenticated", False):
        return {}
    found: dict[Target, list[str]] = defaultdict(list)
    for kind, target_id, code in prepared.rows(_OWN, [viewer.pk, *columns(things)]):
        found[kind, target_id].append(code)
    return dict(found)


def list_reactions(kind: str, target_id: int, *, viewer: Actor, code: str | None = None) -> QuerySet[Reaction]:
    """Who reacted to a target that was found, the newest first; of one type, if given.

    Without people whose profile `viewer` may not see, or whom they do not want to see: the numbers count them.
    """
    rows: QuerySet[Reaction] = Reaction.objects.filter(target_kind=kind, target_id=target_id).order_by("-pk")
    if code is not None:
        rows = rows.filter(type__code=code)
    rows = sight.in_sight(rows, viewer, by="user_id")
    return rows.filter(user__in=list_everybody(viewer=viewer).select_related(None)).select_related("user__profile")


def reaction_cards(rows: Iterable[Reaction]) -> list[ReactionCard]:
    """Cards of the rows of `list_reactions`; no query."""
    return [ReactionCard(row.pk, author_card(row.user), str(row.type_id), row.created_at) for row in rows]


def count_reactions(kind: str, ids: list[int]) -> dict[int, int]:
    """Reactions of each of these targets; one query."""
    return dict(_rows(kind, ids).values_list("target_id").annotate(number=Count("pk")))


def count_by_type(kind: str, ids: list[int]) -> dict[int, dict[str, int]]:
    """Reactions of each type of each of these targets; one query."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for target_id, code, number in _rows(kind, ids).values_list("target_id", "type__code").annotate(number=Count("pk")):
        found[target_id][code] = number
    return dict(found)


def count_weight(kind: str, ids: list[int]) -> dict[int, int]:
    """What the reactions of each of these targets weigh; one query."""
    return dict(_rows(kind, ids).values_list("target_id").annotate(number=Sum("type__weight")))


def _rows(kind: str, ids: list[int]) -> QuerySet[Reaction]:
    return Reaction.objects.filter(target_kind=kind, target_id__in=ids).order_by()
