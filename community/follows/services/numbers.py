"""The stored numbers of followers and followed: changed in the transaction of the follow, mended by a command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import connection, transaction
from django.db.models import Count

from community.accounts.models import User
from community.core import generations
from community.follows.choices import Kind
from community.follows.models import Follow, FollowCounts

#: Of a target: so many more followers, and for people so many more whom they follow.
Change = tuple[int, int]


def change_counts(changes: Mapping[tuple[str, int], Change]) -> None:
    """Adds to the numbers of each (kind, id), in two statements.

    Rows are made and locked in the order of kind and id, so that two such writes never wait for each other in a circle.
    """
    if not changes:
        return
    kinds, ids = zip(*sorted(changes), strict=True)
    followers, following = zip(*(changes[key] for key in sorted(changes)), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO follow_counts (target_kind, target_id, followers, following)
            SELECT kind, id, 0, 0 FROM unnest(%s::text[], %s::bigint[]) AS new (kind, id) ORDER BY kind, id
            ON CONFLICT DO NOTHING
            """,
            [list(kinds), list(ids)],
        )
        cursor.execute(
            """
            WITH rows AS (
              SELECT counts.id, added.followers, added.following
              FROM follow_counts counts
              JOIN unnest(%s::text[], %s::bigint[], %s::int[], %s::int[]) AS added (kind, id, followers, following)
                ON counts.target_kind = added.kind AND counts.target_id = added.id
              ORDER BY counts.target_kind, counts.target_id
              FOR NO KEY UPDATE OF counts
            )
            UPDATE follow_counts
            SET followers = follow_counts.followers + rows.followers,
                following = follow_counts.following + rows.following
            FROM rows WHERE follow_counts.id = rows.id
            """,
            [list(kinds), list(ids), list(followers), list(following)],
        )


def count_follows(rows: Iterable[Follow], *, step: int) -> None:
    """Counts accepted follows in (`step` 1) or out (-1), and makes kept pages of the people concerned old."""
    changes: dict[tuple[str, int], Change] = {}
    for row in rows:
        target, follower = (row.target_kind, row.target_id), (Kind.USER.value, row.follower_id)
        followers, following = changes.get(target, (0, 0))
        changes[target] = followers + step, following
        if row.target_kind == Kind.USER:
            followers, following = changes.get(follower, (0, 0))
            changes[follower] = followers, following + step
    change_counts(changes)
    people = [pk for kind, pk in changes if kind == Kind.USER]
    if people:
        generations.bump(*(f"person:{name.lower()}" for name in _names(people)))


def _names(people: list[int]) -> list[str]:
    return list(User.objects.filter(pk__in=people).values_list("username", flat=True))


def counted() -> dict[tuple[str, int], Change]:
    """What the numbers should be, by kind and id, as far as they are not 0; two queries."""
    rows = Follow.objects.accepted().order_by()
    followers = rows.values_list("target_kind", "target_id").annotate(count=Count("pk"))
    following = rows.filter(target_kind=Kind.USER).values_list("follower").annotate(count=Count("pk"))
    found: dict[tuple[str, int], Change] = {(kind, pk): (count, 0) for kind, pk, count in followers}
    for pk, count in following:
        found[Kind.USER, pk] = found.get((Kind.USER, pk), (0, 0))[0], count
    return found


def wrong_counts() -> dict[tuple[str, int], Change]:
    """What has to be added to the stored numbers to make them right, by kind and id; three queries."""
    stored = {
        (kind, pk): (followers, following)
        for kind, pk, followers, following in FollowCounts.objects.values_list(
            "target_kind", "target_id", "followers", "following"
        )
    }
    right = counted()
    found = {}
    for key in sorted(stored.keys() | right.keys()):
        is_now, should = stored.get(key, (0, 0)), right.get(key, (0, 0))
        if is_now != should:
            found[key] = should[0] - is_now[0], should[1] - is_now[1]
    return found


@transaction.atomic
def mend_counts() -> dict[tuple[str, int], Change]:
    """Makes all numbers right, and says by how much they were wrong; follows wait meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE follows_follow IN SHARE MODE")
    wrong = wrong_counts()
    change_counts(wrong)
    return wrong
