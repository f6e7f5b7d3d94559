"""Feeds: what somebody follows, what is for them, what trends, what is new; read at the moment somebody looks.

Lists by time go on at a place in time, so nothing that arrives moves them. Ranked lists are worked out once and kept
for half an hour under a token that the cursor carries: docs/decisions/0024-feed.md.
"""

from __future__ import annotations

import dataclasses
import enum
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core import signing
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from cms import rules
from cms.models import CategoryRead, FeedPreference
from cms.selectors import feed_rows
from cms.selectors.feed_rows import Entry, Place
from community.accounts.models import User
from community.core.errors import Invalid
from community.follows.models import Follow


class Feed(enum.StrEnum):
    """The feeds."""

    FOLLOWING = "following"
    FOR_YOU = "for-you"
    TRENDING = "trending"
    LATEST = "latest"


#: Feeds of which can be said how much is new.
WITH_NEWS = (Feed.FOLLOWING, Feed.FOR_YOU, Feed.LATEST)
NEWEST, RANKED = "newest", "ranked"
ORDERS_OF_FEED = (NEWEST, RANKED)
#: Seconds a ranked list is kept for whoever reads on.
KEPT_SECONDS = 30 * 60
#: More than so many new posts are not counted.
NEW_MAX = 20
_AFTER_ALL: Place = (datetime.max.replace(tzinfo=UTC), 2**63 - 1)
_BEFORE_ALL: Place = (datetime.min.replace(year=1900, tzinfo=UTC), 0)


@dataclasses.dataclass(frozen=True)
class FeedPart:
    """A part of a feed: its entries, the way on, and what a later question for news begins at."""

    entries: Sequence[Entry]
    next_cursor: str | None
    since: str


def read_feed(feed: Feed, *, viewer: User, order: str = NEWEST, cursor: str | None = None, limit: int = 20) -> FeedPart:
    """The part of a feed after `cursor`. `order` is for FOLLOWING; the others have one.

    Raises Invalid for a cursor of another feed, order or person. One query for lists by time, and for the first part
    of a ranked one; one for its further parts.
    """
    scope = f"{feed}:{order if feed is Feed.FOLLOWING else ''}:{viewer.pk}"
    if feed is Feed.LATEST:
        return _by_time(feed_rows.newest_of_all, viewer, scope, cursor, limit)
    if feed is Feed.FOLLOWING and order == NEWEST:
        return _by_time(feed_rows.newest_followed, viewer, scope, cursor, limit)
    return _ranked(_RANKING[feed], viewer, scope, cursor, limit)


def count_new(feed: Feed, *, viewer: User, since: str) -> int:
    """How many posts of others came since the part that `since` is from, counted to NEW_MAX + 1.

    Of “For you” those of what one follows. Raises Invalid for what is no such text.
    """
    values = _opened(since, f"since:{viewer.pk}", 2, field="since")
    return feed_rows.count_new(viewer, _place(values), NEW_MAX + 1, followed=feed is not Feed.LATEST)


def wants_for_you(viewer: User) -> bool:
    """Does `viewer` want “For you”? Who never said anything does."""
    return not FeedPreference.objects.filter(user=viewer, for_you=False).exists()


def follows_anything(viewer: User) -> bool:
    """Does `viewer` follow anybody or anything?"""
    return Follow.objects.accepted().filter(follower=viewer).exists()


def list_read_categories(viewer: User) -> list[tuple[str, float]]:
    """The categories `viewer` reads, by name, each with its part of their reading, the largest first; one query."""
    now = timezone.now()
    rows = CategoryRead.objects.filter(user=viewer).values_list("category__name", "reads", "read_at")
    worth = {name: rules.faded(reads, (now - at).total_seconds() / 86400) for name, reads, at in rows}
    total = sum(worth.values()) or 1
    return sorted(((name, part / total) for name, part in worth.items()), key=lambda each: (-each[1], each[0]))


def _by_time(
    read: Callable[[User, Place, int], list[Entry]], viewer: User, scope: str, cursor: str | None, limit: int
) -> FeedPart:
    before = _AFTER_ALL if cursor is None else _place(_opened(cursor, scope, 2))
    found = read(viewer, before, limit + 1)
    entries = found[:limit]
    following = _sealed(_values(entries[-1]), scope) if len(found) > limit else None
    first = _values(entries[0]) if entries else [_BEFORE_ALL[0].isoformat(), _BEFORE_ALL[1]]
    return FeedPart(entries, following, _sealed(first, f"since:{viewer.pk}"))


@dataclasses.dataclass(frozen=True)
class _Scored:
    entry: Entry
    score: float

    @property
    def place(self) -> tuple[float, int]:
        return self.score, self.entry.post_id


def _followed(viewer: User, as_of: datetime) -> list[_Scored]:
    since = as_of - timedelta(days=feed_rows.RANKED_DAYS)
    return [_Scored(*each) for each in feed_rows.ranked_followed(viewer, since=since, as_of=as_of)]


def _for_you(viewer: User, as_of: datetime) -> list[_Scored]:
    found = feed_rows.for_you(
        viewer,
        since=as_of - timedelta(days=feed_rows.RANKED_DAYS),
        reacted_since=as_of - timedelta(days=feed_rows.REACTED_DAYS),
        as_of=as_of,
        half_life=rules.READ_HALF_LIFE_DAYS * 86400.0,
    )
    return [_Scored(entry, _points(entry, score, read_share)) for entry, score, read_share in found]


def _points(entry: Entry, score: float, read_share: float) -> float:
    kinds = {kind for kind, _pk in entry.sources}
    return rules.for_you_points(
        score,
        person="user" in kinds,
        topic=bool(kinds - {"user"}),
        shared=bool(entry.shares),
        reacted=len(entry.reacted),
        read_share=read_share,
    )


def _trending(viewer: User, as_of: datetime) -> list[_Scored]:
    return [_Scored(*each) for each in feed_rows.trending(viewer, as_of=as_of)]


_RANKING: dict[Feed, Callable[[User, datetime], list[_Scored]]] = {
    Feed.FOLLOWING: _followed,
    Feed.FOR_YOU: _for_you,
    Feed.TRENDING: _trending,
}


def _ranked(
    rank: Callable[[User, datetime], list[_Scored]], viewer: User, scope: str, cursor: str | None, limit: int
) -> FeedPart:
    """A part of a list that is worked out once; when what was kept is gone, worked out again as of the same time."""
    if cursor is None:
        as_of, last, token = timezone.now(), None, secrets.token_urlsafe(16)
        ranked = _best(rank(viewer, as_of))
        seen = {each.entry.post_id for each in ranked[: limit + 1]}
        if len(ranked) > limit:
            cache.set(f"feed:{token}", ranked, KEPT_SECONDS)
    else:
        moment, score, post_id, token = _opened(cursor, scope, 4)
        as_of, last = _moment(moment, "cursor"), (float(score), int(post_id))
        kept = cache.get(f"feed:{token}")
        ranked = kept if kept is not None else _best(rank(viewer, as_of))
        ranked = [each for each in ranked if each.place < last]
        if kept is None:
            cache.set(f"feed:{token}", ranked, KEPT_SECONDS)
        seen = feed_rows.still_seen(viewer, [each.entry.post_id for each in ranked])
    there = [each for each in ranked if each.entry.post_id in seen][: limit + 1]
    following = None
    if len(there) > limit:
        following = _sealed([as_of.isoformat(), *there[limit - 1].place, token], scope)
    entries = [each.entry for each in there[:limit]]
    return FeedPart(entries, following, _sealed([as_of.isoformat(), 0], f"since:{viewer.pk}"))


def _best(found: list[_Scored]) -> list[_Scored]:
    return sorted(found, key=lambda each: each.place, reverse=True)[: feed_rows.RANKED_MAX]


def _values(entry: Entry) -> list[Any]:
    return [(entry.at or _BEFORE_ALL[0]).isoformat(), entry.post_id]


def _place(values: list[Any]) -> Place:
    return _moment(values[0], "cursor"), int(values[1])


def _sealed(values: list[Any], scope: str) -> str:
    return signing.dumps(values, salt=f"feed:{scope}")


def _opened(text: str, scope: str, length: int, *, field: str = "cursor") -> list[Any]:
    try:
        values = signing.loads(text, salt=f"feed:{scope}")
    except signing.BadSignature as error:
        raise Invalid(fields={field: _("This is not a cursor of this list.")}) from error
    if not isinstance(values, list) or len(values) != length:
        raise Invalid(fields={field: _("This is not a cursor of this list.")})
    return values


def _moment(text: str, field: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise Invalid(fields={field: _("This is not a cursor of this list.")}) from error
