"""Whom to follow: a plain formula over what one follows, described in docs/decisions/0020-follows.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, QuerySet

from community.accounts.models import User
from community.accounts.selectors import list_everybody
from community.core import sight
from community.follows.choices import Kind
from community.follows.models import Follow, FollowCounts

#: What each person whom one follows, and who follows the suggested one, counts for; what each topic in common does.
FRIEND, TOPIC = 3, 1
#: So many of one's newest follows are looked at, and so many of those that lead on from them.
LOOKED_AT, LED_TO = 200, 2000
#: So many of the best, and of those with the most followers who fill up what is missing, are asked for.
ASKED_FOR = 100


def suggest_people(*, viewer: User, limit: int = 6) -> list[User]:
    """People, with profiles, whom `viewer` may like to follow, the best first; six queries at most.

    Nobody they follow, have asked, muted or are parted from, nobody whose profile is not public, never themselves.
    """
    points = Counter[int]()
    own = list(
        Follow.objects.filter(follower=viewer).order_by("-pk").values_list("target_kind", "target_id")[:LOOKED_AT]
    )
    people = [pk for kind, pk in own if kind == Kind.USER]
    if people:
        points.update({pk: FRIEND * n for pk, n in _followed_by(people).items()})
    if topics := [pair for pair in own if pair[0] != Kind.USER]:
        points.update({pk: TOPIC * n for pk, n in _who_follow(topics, viewer=viewer).items()})
    best = [pk for pk, _points in sorted(points.items(), key=lambda each: (-each[1], each[0])) if pk not in people]
    found = _people(best[:ASKED_FOR], viewer=viewer, limit=limit)
    if len(found) < limit:
        known = {person.pk for person in found}
        popular = FollowCounts.objects.filter(target_kind=Kind.USER, followers__gt=0).order_by(
            "-followers", "-target_id"
        )
        others = [pk for pk in popular.values_list("target_id", flat=True)[:ASKED_FOR] if pk not in known]
        found += _people(others, viewer=viewer, limit=limit - len(found))
    return found


def _followed_by(people: Iterable[int]) -> dict[int, int]:
    """How many of `people` follow whom; among their newest follows."""
    rows = Follow.objects.accepted().filter(follower__in=list(people), target_kind=Kind.USER)
    newest = rows.order_by("-pk").values("pk")[:LED_TO]
    counted = Follow.objects.filter(pk__in=newest).order_by().values_list("target_id").annotate(count=Count("pk"))
    return dict(counted)


def _who_follow(topics: list[tuple[str, int]], *, viewer: User) -> dict[int, int]:
    """How many of these categories, tags and series somebody follows; among their newest followers."""
    rows = Follow.objects.none()
    for kind in sorted({kind for kind, _pk in topics}):
        rows = rows | Follow.objects.filter(target_kind=kind, target_id__in=[pk for of, pk in topics if of == kind])
    newest = rows.exclude(follower=viewer).order_by("-pk").values("pk")[:LED_TO]
    counted = Follow.objects.filter(pk__in=newest).order_by().values_list("follower").annotate(count=Count("pk"))
    return dict(counted)


def _people(ids: list[int], *, viewer: User, limit: int) -> list[User]:
    """The first `limit` of `ids` who may be suggested."""
    if not ids:
        return []
    people = {person.pk: person for person in _to_suggest(viewer=viewer).filter(pk__in=ids)}
    return [people[pk] for pk in ids if pk in people][:limit]


def _to_suggest(*, viewer: User) -> QuerySet[User]:
    followed = Follow.objects.filter(follower=viewer, target_kind=Kind.USER).values("target_id")
    people = list_everybody(viewer=viewer).filter(status="ACTIVE", profile__visibility="public")
    return sight.in_sight(people.exclude(pk=viewer.pk).exclude(pk__in=followed), viewer, by="pk")
