"""The statements behind feeds: each one query, whose cost hardly depends on how many one follows.

A source is something followed. Where a post stands in lists is a table with an index for each source
(`cms.models.feed`): PostgreSQL looks at the head of each source's list, and reads on only in the few that can reach
the page. docs/decisions/0024-feed.md has the figures.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from community.accounts.models import User
from community.accounts.permissions import is_moderator
from community.core import sight
from community.core.postgres import prepared

Place = tuple[datetime, int]

#: So many of the last shares of each person count, so many reactions, and so many posts of each source for ranking.
SHARES_OF_EACH, REACTIONS_OF_EACH, RANKED_OF_EACH, RANKED_OF_CATEGORY = 20, 5, 10, 60
#: The reactions of so many people are looked at: those whom one followed last.
REACTING = 200
#: Ranked lists are made of posts of so many days, reactions are looked at for fewer, and they end after so many posts.
RANKED_DAYS, REACTED_DAYS, RANKED_MAX = 30, 14, 500
#: “You read Music” is said of so many categories at most.
READ_CATEGORIES = 5
#: So many of the newest posts of all are looked through first.
WALKED = 300


@dataclasses.dataclass(frozen=True)
class Entry:
    """A post in a feed, where it stands, and what brought it there (ids)."""

    post_id: int
    at: datetime | None = None
    sources: tuple[tuple[str, int], ...] = ()
    shares: tuple[int, ...] = ()
    reacted: tuple[int, ...] = ()
    read: int | None = None


_HIDDEN = "hidden AS MATERIALIZED (/*hidden*/)"
#: What the viewer follows; nobody whom they do not want to see.
_SOURCES = """
sources AS MATERIALIZED (
  SELECT target_kind AS kind, target_id AS source_id, id AS follow_id FROM follows_follow
  WHERE follower_id = %(me)s AND state = 'accepted'
    AND (target_kind <> 'user' OR target_id NOT IN (SELECT id FROM hidden))
)
"""
#: Of `listed`: not by somebody out of sight, not behind a password.
_VISIBLE = """
(listed.author_id IS NULL OR listed.author_id NOT IN (SELECT id FROM hidden))
AND (%(sees_all)s OR NOT (SELECT EXISTS (SELECT 1 FROM wagtailcore_pageviewrestriction))
  OR listed.author_id IS NOT DISTINCT FROM %(me)s OR NOT EXISTS (
    SELECT 1 FROM wagtailcore_pageviewrestriction restriction
    JOIN wagtailcore_page above ON above.id = restriction.page_id
    JOIN wagtailcore_page page ON page.id = listed.post_id
    WHERE starts_with(page.path, above.path)))
"""
_OTHERS = "listed.author_id IS DISTINCT FROM %(me)s"
_OF_SOURCE = "listed.kind = sources.kind AND listed.source_id = sources.source_id"
#: Posts that people whom one follows shared with their followers, at the moment of the first of their last shares;
#: what comes from a source anyhow stays in its own place.
_SHARED = """
shared AS MATERIALIZED (
  SELECT recent.target_id AS post_id, min(recent.created_at) AS at, array_agg(recent.id ORDER BY recent.id) AS ids
  FROM sources CROSS JOIN LATERAL (
    SELECT id, target_id, target_kind, created_at FROM share
    WHERE share.user_id = sources.source_id AND share.to_followers ORDER BY share.id DESC LIMIT %(shares_of_each)s
  ) recent
  WHERE sources.kind = 'user' AND recent.target_kind = 'post'
  GROUP BY recent.target_id
)
"""
_SHARED_IN = """
shared_in AS MATERIALIZED (
  SELECT near.at, near.post_id, near.ids FROM (
    SELECT at, post_id, ids FROM shared WHERE /*shared when*/ ORDER BY at DESC, post_id DESC OFFSET 0
  ) near
  WHERE EXISTS (
    SELECT 1 FROM post_listed listed
    WHERE listed.post_id = near.post_id AND listed.kind = 'all' AND /*others*/ AND /*visible*/ OFFSET 0)
  AND NOT EXISTS (
    SELECT 1 FROM post_listed own JOIN follows_follow follow ON follow.follower_id = %(me)s
      AND follow.target_kind = own.kind AND follow.target_id = own.source_id AND follow.state = 'accepted'
    WHERE own.post_id = near.post_id OFFSET 0)
  LIMIT %(limit)s
)
"""
#: First the newest posts of all are looked through, which is enough for who follows many: the lists they stand in are
#: looked up post by post (OFFSET 0), or PostgreSQL would read all that the sources have. Where too few of them are from
#: a source: the head of each source's list, and of the sources whose head can reach the page, the rest.
#: Few of a page are shared: only for these the list is gone through.
_SHARE_IDS = """
CASE WHEN page.post_id IN (SELECT post_id FROM shared)
THEN (SELECT ids FROM shared WHERE shared.post_id = page.post_id) END
"""
_BEFORE = """
(at, post_id) < (%(at)s, %(id)s)
AND at >= (SELECT CASE WHEN count(*) >= %(limit)s THEN min(published_at) ELSE '-infinity' END FROM walked)
"""
_AFTER = "(at, post_id) > (%(at)s, %(id)s)"
_WITHIN = "at > %(since)s AND at <= %(as_of)s"
_NEWEST = """
WITH /*hidden with*/, /*sources*/, /*shared*/, walked AS MATERIALIZED (
  SELECT one.published_at, one.post_id, array_agg(own.kind || ':' || own.source_id) AS sources
  FROM (
    SELECT listed.published_at, listed.post_id FROM post_listed listed
    WHERE listed.kind = 'all' AND listed.source_id = 0 AND (listed.published_at, listed.post_id) < (%(at)s, %(id)s)
      AND /*others*/ AND /*visible*/
    ORDER BY listed.published_at DESC, listed.post_id DESC LIMIT %(walk)s
  ) one
  CROSS JOIN LATERAL (
    SELECT listed.kind, listed.source_id FROM post_listed listed WHERE listed.post_id = one.post_id OFFSET 0
  ) own
  WHERE (own.kind, own.source_id) IN (SELECT kind, source_id FROM sources)
  GROUP BY one.published_at, one.post_id ORDER BY one.published_at DESC, one.post_id DESC LIMIT %(limit)s
), /*shared in*/, heads AS MATERIALIZED (
  SELECT sources.kind, sources.source_id, head.published_at, head.post_id
  FROM sources CROSS JOIN LATERAL (
    SELECT listed.published_at, listed.post_id FROM post_listed listed
    WHERE /*of source*/ AND (listed.published_at, listed.post_id) < (%(at)s, %(id)s) AND /*others*/ AND /*visible*/
    ORDER BY listed.published_at DESC, listed.post_id DESC LIMIT 1
  ) head
  WHERE (SELECT count(*) FROM walked) < %(limit)s
), edge AS MATERIALIZED (
  SELECT published_at, post_id FROM (
    SELECT DISTINCT published_at, post_id FROM heads ORDER BY published_at DESC, post_id DESC LIMIT %(limit)s
  ) first ORDER BY published_at, post_id LIMIT 1
), near AS MATERIALIZED (
  SELECT heads.kind, heads.source_id FROM heads, edge
  WHERE (heads.published_at, heads.post_id) >= (edge.published_at, edge.post_id)
), found AS (
  SELECT published_at AS at, post_id, sources FROM walked WHERE (SELECT count(*) FROM walked) >= %(limit)s
  UNION ALL
  SELECT one.published_at, one.post_id, array_agg(sources.kind || ':' || sources.source_id)
  FROM near AS sources CROSS JOIN LATERAL (
    SELECT listed.published_at, listed.post_id FROM post_listed listed
    WHERE /*of source*/ AND (listed.published_at, listed.post_id) < (%(at)s, %(id)s) AND /*others*/ AND /*visible*/
    ORDER BY listed.published_at DESC, listed.post_id DESC LIMIT %(limit)s
  ) one GROUP BY one.published_at, one.post_id
  UNION ALL
  SELECT at, post_id, NULL FROM shared_in
)
SELECT post_id, at, sources, /*share ids*/, NULL, NULL
FROM (SELECT * FROM found ORDER BY at DESC, post_id DESC LIMIT %(limit)s) page ORDER BY at DESC, post_id DESC
"""
_NEW = """
WITH /*hidden with*/, /*sources*/, /*shared*/, /*shared in*/
SELECT count(*) FROM (
  SELECT one.post_id FROM sources CROSS JOIN LATERAL (
    SELECT listed.post_id FROM post_listed listed
    WHERE /*of source*/ AND (listed.published_at, listed.post_id) > (%(at)s, %(id)s) AND /*others*/ AND /*visible*/
    ORDER BY listed.published_at DESC, listed.post_id DESC LIMIT %(limit)s
  ) one
  UNION
  SELECT post_id FROM shared_in
  LIMIT %(limit)s
) new
"""
_RANKED = """
WITH /*hidden with*/, /*sources*/, /*shared*/, /*shared in*/, found AS (
  SELECT one.published_at AS at, one.post_id, sources.kind || ':' || sources.source_id AS source
  FROM sources CROSS JOIN LATERAL (
    SELECT listed.published_at, listed.post_id FROM post_listed listed
    WHERE /*of source*/ AND listed.published_at > %(since)s AND listed.published_at <= %(as_of)s
      AND /*others*/ AND /*visible*/
    ORDER BY listed.published_at DESC, listed.post_id DESC LIMIT %(of_each)s
  ) one
  UNION ALL
  SELECT at, post_id, NULL FROM shared_in
), newest AS (
  SELECT post_id, max(at) AS at, array_remove(array_agg(source), NULL) AS sources FROM found
  GROUP BY post_id ORDER BY max(at) DESC, post_id DESC LIMIT %(limit)s
)
SELECT page.post_id, page.at, page.sources, /*share ids*/, NULL, NULL, coalesce(counts.score, 0)
FROM newest page LEFT JOIN target_counts counts ON counts.target_kind = 'post' AND counts.target_id = page.post_id
"""
_FOR_YOU = """
WITH /*hidden with*/, /*sources*/, /*shared*/, /*shared in*/, reads AS MATERIALIZED (
  SELECT category_id, share FROM (
    SELECT category_id, worth / nullif(sum(worth) OVER (), 0) AS share FROM (
      SELECT category_id, reads * power(0.5, greatest(0, extract(epoch FROM now() - read_at)) / %(half_life)s) AS worth
      FROM category_read WHERE user_id = %(me)s
    ) worths
  ) shares ORDER BY share DESC LIMIT %(categories)s
), liked AS MATERIALIZED (
  SELECT recent.target_id AS post_id, array_agg(DISTINCT sources.source_id) AS people
  FROM (
    SELECT kind, source_id FROM sources WHERE kind = 'user' ORDER BY follow_id DESC LIMIT %(reacting)s
  ) sources
  JOIN accounts_profile profile ON profile.user_id = sources.source_id AND profile.visibility <> 'private'
  CROSS JOIN LATERAL (
    SELECT DISTINCT reaction.target_id FROM reaction
    WHERE reaction.user_id = sources.source_id AND reaction.target_kind = 'post' AND reaction.target_id >= (
      SELECT coalesce(min(listed.post_id), 0) FROM post_listed listed
      WHERE listed.kind = 'all' AND listed.source_id = 0 AND listed.published_at > %(reacted_since)s)
    ORDER BY reaction.target_id DESC LIMIT %(reactions_of_each)s
  ) recent
  GROUP BY recent.target_id
), found AS (
  SELECT one.published_at AS at, one.post_id, sources.kind || ':' || sources.source_id AS source,
    NULL::bigint AS read, NULL::float AS read_share
  FROM sources CROSS JOIN LATERAL (
    SELECT listed.published_at, listed.post_id FROM post_listed listed
    WHERE /*of source*/ AND listed.published_at > %(since)s AND listed.published_at <= %(as_of)s
      AND /*others*/ AND /*visible*/
    ORDER BY listed.published_at DESC, listed.post_id DESC LIMIT %(of_each)s
  ) one
  UNION ALL
  SELECT at, post_id, NULL, NULL, NULL FROM shared_in
  UNION ALL
  SELECT listed.published_at, listed.post_id, NULL, NULL, NULL
  FROM liked JOIN post_listed listed ON listed.post_id = liked.post_id AND listed.kind = 'all'
  WHERE listed.published_at > %(reacted_since)s AND listed.published_at <= %(as_of)s AND /*others*/ AND /*visible*/
  UNION ALL
  SELECT one.published_at, one.post_id, NULL, reads.category_id, reads.share
  FROM reads CROSS JOIN LATERAL (
    SELECT listed.published_at, listed.post_id FROM post_listed listed
    WHERE listed.kind = 'category' AND listed.source_id = reads.category_id
      AND listed.published_at > %(since)s AND listed.published_at <= %(as_of)s AND /*others*/ AND /*visible*/
    ORDER BY listed.published_at DESC, listed.post_id DESC LIMIT %(of_category)s
  ) one
), newest AS (
  SELECT post_id, max(at) AS at, array_remove(array_agg(DISTINCT source), NULL) AS sources,
    max(read) AS read, max(read_share) AS read_share
  FROM found GROUP BY post_id ORDER BY max(at) DESC, post_id DESC LIMIT %(limit)s
)
SELECT page.post_id, page.at, page.sources, /*share ids*/, liked.people, page.read,
  coalesce(counts.score, 0), coalesce(page.read_share, 0)
FROM newest page LEFT JOIN liked ON liked.post_id = page.post_id
LEFT JOIN target_counts counts ON counts.target_kind = 'post' AND counts.target_id = page.post_id
"""
_TRENDING = """
WITH /*hidden with*/
SELECT listed.post_id, listed.published_at, NULL, NULL, NULL, NULL, counts.score
FROM target_counts counts JOIN post_listed listed ON listed.post_id = counts.target_id AND listed.kind = 'all'
WHERE counts.target_kind = 'post' AND listed.published_at <= %(as_of)s AND /*visible*/
ORDER BY counts.score DESC, counts.target_id DESC LIMIT %(limit)s
"""
_LATEST = """
WITH /*hidden with*/
SELECT listed.post_id, listed.published_at, NULL, NULL, NULL, NULL FROM post_listed listed
WHERE listed.kind = 'all' AND listed.source_id = 0 AND (listed.published_at, listed.post_id) < (%(at)s, %(id)s)
  AND /*visible*/
ORDER BY listed.published_at DESC, listed.post_id DESC LIMIT %(limit)s
"""
_NEW_AT_ALL = """
WITH /*hidden with*/
SELECT count(*) FROM (
  SELECT 1 FROM post_listed listed
  WHERE listed.kind = 'all' AND listed.source_id = 0 AND (listed.published_at, listed.post_id) > (%(at)s, %(id)s)
    AND /*others*/ AND /*visible*/
  LIMIT %(limit)s
) new
"""
_STILL_SEEN = """
WITH /*hidden with*/
SELECT listed.post_id FROM post_listed listed
WHERE listed.post_id = ANY(%(ids)s) AND listed.kind = 'all' AND /*visible*/
"""


def newest_followed(viewer: User, before: Place, limit: int) -> list[Entry]:
    """The newest posts of what `viewer` follows, and what was shared with them, from `before` on."""
    found = _rows(_NEWEST, viewer, when=_BEFORE, at=before[0], id=before[1], limit=limit, walk=WALKED)
    return [_entry(row) for row in found]


def newest_of_all(viewer: User, before: Place, limit: int) -> list[Entry]:
    """The newest of all posts, from `before` on."""
    return [_entry(row) for row in _rows(_LATEST, viewer, at=before[0], id=before[1], limit=limit)]


def ranked_followed(viewer: User, *, since: datetime, as_of: datetime) -> list[tuple[Entry, float]]:
    """What `viewer` follows of these days, RANKED_OF_EACH of each source, and the score of each post."""
    found = _rows(
        _RANKED, viewer, when=_WITHIN, ranked=True, since=since, as_of=as_of, of_each=RANKED_OF_EACH, limit=RANKED_MAX
    )
    return [(_entry(row), row[6]) for row in found]


def for_you(
    viewer: User, *, since: datetime, as_of: datetime, reacted_since: datetime, half_life: float
) -> list[tuple[Entry, float, float]]:
    """What may be for `viewer`, the score of each post, and the part of their reading that its category is.

    `half_life` of what was read is in seconds.
    """
    found = _rows(
        _FOR_YOU,
        viewer,
        when=_WITHIN,
        ranked=True,
        since=since,
        as_of=as_of,
        reacted_since=reacted_since,
        half_life=half_life,
        of_each=RANKED_OF_EACH,
        of_category=RANKED_OF_CATEGORY,
        reactions_of_each=REACTIONS_OF_EACH,
        categories=READ_CATEGORIES,
        reacting=REACTING,
        limit=2 * RANKED_MAX,
    )
    return [(_entry(row), row[6], float(row[7])) for row in found]


def trending(viewer: User, *, as_of: datetime) -> list[tuple[Entry, float]]:
    """The posts with the highest scores, the highest first."""
    return [(_entry(row), row[6]) for row in _rows(_TRENDING, viewer, ranked=True, as_of=as_of, limit=RANKED_MAX)]


def count_new(viewer: User, after: Place, limit: int, *, followed: bool) -> int:
    """How many posts of others are newer than `after`, counted to `limit`: of what is followed, or of all."""
    statement = _NEW if followed else _NEW_AT_ALL
    [(count,)] = _rows(statement, viewer, when=_AFTER, at=after[0], id=after[1], limit=limit)
    return int(count)


def still_seen(viewer: User, ids: list[int]) -> set[int]:
    """Those of the posts that stand in a list of `viewer` now."""
    return {pk for (pk,) in _rows(_STILL_SEEN, viewer, ids=ids)} if ids else set()


def _rows(
    statement: str, viewer: User, *, when: str = "", ranked: bool = False, **values: Any
) -> list[tuple[Any, ...]]:
    """What the statement answers. One that is `ranked` is planned each time: how many posts there are of some days,
    and how many sources, decides how they are best found.
    """
    hidden, params = _hidden(viewer)
    parts = {
        "hidden with": _HIDDEN,
        "sources": _SOURCES,
        "shared": _SHARED,
        "shared in": _SHARED_IN,
        "shared when": when,
        "share ids": _SHARE_IDS,
        "of source": _OF_SOURCE,
        "others": _OTHERS,
        "visible": _VISIBLE,
        "hidden": hidden,
    }
    for name, part in parts.items():
        statement = statement.replace(f"/*{name}*/", part.strip())
    values |= {"me": viewer.pk, "sees_all": is_moderator(viewer), "shares_of_each": SHARES_OF_EACH, **params}
    if not ranked:
        return prepared.rows(statement, values)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _hidden(viewer: User) -> tuple[str, dict[str, Any]]:
    """The ids of all people out of the viewer's sight, as a statement of one column and its parameters."""
    parts = ["SELECT NULL::bigint AS id WHERE false"]
    params: dict[str, Any] = {}
    for people in (sight.parted(viewer), sight.muted(viewer)):
        if isinstance(people, list):
            continue
        try:
            statement, found = people.query.sql_with_params()
        except EmptyResultSet:
            continue  # nobody, by what is known without asking: from moderators nobody is parted
        names = [f"hidden_{len(params) + number}" for number in range(len(found))]
        parts.append(statement % tuple(f"%({name})s" for name in names))
        params |= dict(zip(names, found, strict=True))
    return " UNION ".join(f"({part})" for part in parts), params


def _entry(row: tuple[Any, ...]) -> Entry:
    post_id, at, sources, shares, reacted, read, *_more = row
    pairs = sorted(source.split(":") for source in sources or ())
    return Entry(
        post_id, at, tuple((kind, int(pk)) for kind, pk in pairs), tuple(shares or ()), tuple(reacted or ()), read
    )
