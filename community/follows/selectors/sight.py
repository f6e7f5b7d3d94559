"""The answers to the core's question who sees whom (community/core/sight.py)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When

from community.core.postgres import prepared
from community.core.sight import Glance
from community.follows import permissions
from community.follows.choices import Kind, State
from community.follows.models import Block, Follow, Mute

#: By hand, as every act on somebody's things asks it: composing it takes longer than the answer.
_PARTED = """
    SELECT blocked_id FROM follows_block WHERE blocker_id = %s AND blocked_id = ANY(%s)
    UNION SELECT blocker_id FROM follows_block WHERE blocked_id = %s AND blocker_id = ANY(%s)
"""
#: By hand for the same reason: every page of a post asks it.
_GLANCE = """
    SELECT EXISTS (SELECT FROM follows_block WHERE blocker_id = %(me)s AND blocked_id = %(them)s)
        OR EXISTS (SELECT FROM follows_block WHERE blocker_id = %(them)s AND blocked_id = %(me)s),
      EXISTS (SELECT FROM follows_block WHERE blocker_id = %(me)s)
        OR EXISTS (SELECT FROM follows_block WHERE blocked_id = %(me)s)
        OR EXISTS (SELECT FROM follows_mute WHERE muter_id = %(me)s)
"""
_HIDDEN = """
    SELECT 1 FROM follows_mute WHERE muter_id = %(me)s AND muted_id = ANY(%(them)s)
    UNION ALL SELECT 1 FROM follows_block WHERE %(parted)s AND blocker_id = %(me)s AND blocked_id = ANY(%(them)s)
    UNION ALL SELECT 1 FROM follows_block WHERE %(parted)s AND blocked_id = %(me)s AND blocker_id = ANY(%(them)s)
    LIMIT 1
"""


class _Sight:
    """Blocks, mutes and follows as conditions of other queries."""

    def parted(self, viewer: Any, among: Iterable[int] | None = None) -> QuerySet[Any, int]:
        """The other side of each block that `viewer` is in; nobody for moderators."""
        if permissions.can_see_all(viewer):
            return Block.objects.none().values_list("blocked", flat=True)
        mine, others = Q(blocker=viewer.pk), Q(blocked=viewer.pk)
        if among is not None:
            ids = list(among)
            mine, others = mine & Q(blocked__in=ids), others & Q(blocker__in=ids)
        other = Case(When(blocker=viewer.pk, then=F("blocked_id")), default=F("blocker_id"))
        return Block.objects.filter(mine | others).annotate(_other=other).values_list("_other", flat=True)

    def parted_from(self, viewer: Any, people: Iterable[int]) -> set[int]:
        """Those of `people` on the other side of a block that `viewer` is in; nobody for moderators."""
        if permissions.can_see_all(viewer):
            return set()
        ids = list(people)
        return {row[0] for row in prepared.rows(_PARTED, [viewer.pk, ids, viewer.pk, ids])}

    def muted(self, viewer: Any) -> QuerySet[Any, int]:
        """Whom `viewer` has muted."""
        return Mute.objects.filter(muter=viewer.pk).values_list("muted_id", flat=True)

    def followed(self, viewer: Any, among: Iterable[int] | None = None) -> QuerySet[Any, int]:
        """Of whom `viewer` is an accepted follower."""
        rows = Follow.objects.filter(follower=viewer.pk, target_kind=Kind.USER, state=State.ACCEPTED)
        if among is not None:
            rows = rows.filter(target_id__in=list(among))
        return rows.values_list("target_id", flat=True)

    def glance(self, viewer: Any, person_id: int) -> Glance:
        """Whether the two are parted, and whether `viewer` sees everybody; one query."""
        if permissions.can_see_all(viewer):
            return Glance(sees_all=not self.muted(viewer).exists())
        [(parted, somebody)] = prepared.rows(_GLANCE, {"me": viewer.pk, "them": person_id})
        return Glance(parted=parted, sees_all=not somebody)

    def has_all(self, viewer: Any, people: Iterable[int]) -> bool:
        """Whether `viewer` has muted none of `people` and, but for moderators, is parted from none of them."""
        ids = list(people)
        return (
            prepared.row(_HIDDEN, {"me": viewer.pk, "them": ids, "parted": not permissions.can_see_all(viewer)}) is None
        )


SIGHT = _Sight()
