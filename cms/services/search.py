"""Counting what people search for: first in Redis, so that no reader waits, then once a minute in the database."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.cache import caches
from django.db import connection, transaction
from django.utils import timezone
from redis import Redis
from redis.exceptions import ResponseError
from wagtail.contrib.search_promotions.models import Query, QueryDailyHits
from wagtail.search.utils import normalise_query_string

from cms.models import EmptySearch
from community.core.cache import RedisAwayError, redis_attempt

#: Two hashes of Redis: the words → how often, of searches that found something and of those that did not.
FOUND, EMPTY = "sparkle:searches:found", "sparkle:searches:empty"
#: More different words than this in a minute are somebody's program.
DISTINCT_MAX = 2_000
LENGTH_MAX = 100
KEPT = timedelta(days=90)
_ROBOT = re.compile(r"bot|crawl|spider|slurp|preview|headless|curl|wget|python|scan|monitor", re.IGNORECASE)


def count_search(*, text: str, found: bool, agent: str) -> bool:
    """Counts one search, unless a program asks, the words are very long or look like somebody's address.

    Answers whether it was counted; while Redis is away none is.
    """
    words = normalise_query_string(text)
    if not words or len(words) > LENGTH_MAX or "@" in words or not agent or _ROBOT.search(agent):
        return False
    key = FOUND if found else EMPTY

    def count(client: Redis) -> bool:
        if client.hlen(key) >= DISTINCT_MAX:
            return False
        client.hincrby(key, words, 1)
        return True

    try:
        return redis_attempt(caches["default"], count)
    except RedisAwayError:
        return False


def store_searches() -> int:
    """Moves what was counted into the database and forgets what is older than 90 days; answers how many words."""
    found, empty = _take(FOUND), _take(EMPTY)
    with transaction.atomic():
        _add_hits(found + empty)
        EmptySearch.objects.filter(query_string__in=found.keys() - empty.keys()).delete()
        _add_empty(empty)
    return len(found.keys() | empty.keys())


def forget_searches() -> int:
    """Deletes what was last searched for more than 90 days ago, but what editors have picks for."""
    before = timezone.now() - KEPT
    QueryDailyHits.objects.filter(date__lt=before.date()).delete()
    Query.garbage_collect()
    return EmptySearch.objects.filter(last_searched_at__lt=before).delete()[0]


def _take(key: str) -> Counter[str]:
    """What is counted under `key`, which then begins anew."""
    taken = f"{key}:{secrets.token_hex(8)}"

    def take(client: Redis) -> dict[Any, Any]:
        try:
            client.rename(key, taken)
        except ResponseError:  # nobody has searched
            return {}
        counts: dict[Any, Any] = client.hgetall(taken)
        client.delete(taken)
        return counts

    try:
        counts = redis_attempt(caches["default"], take)
    except RedisAwayError:
        return Counter()
    return Counter({words.decode(): int(hits) for words, hits in counts.items()})


def _add_hits(counts: Mapping[str, int]) -> None:
    """Adds to Wagtail's numbers of the day, which its report and its promoted results show."""
    words = sorted(counts)
    Query.objects.bulk_create([Query(query_string=each) for each in words], ignore_conflicts=True)
    ids = dict(Query.objects.filter(query_string__in=words).values_list("query_string", "pk"))
    rows = [(ids[each], counts[each]) for each in words]
    _upsert(
        "INSERT INTO wagtailsearchpromotions_querydailyhits AS known (query_id, hits, date)"
        " SELECT query_id, hits, current_date FROM unnest(%s::integer[], %s::integer[]) AS new(query_id, hits)"
        " ON CONFLICT (query_id, date) DO UPDATE SET hits = known.hits + excluded.hits",
        rows,
    )


def _add_empty(counts: Mapping[str, int]) -> None:
    _upsert(
        "INSERT INTO cms_emptysearch AS known (query_string, hits, last_searched_at)"
        " SELECT words, hits, now() FROM unnest(%s::text[], %s::integer[]) AS new(words, hits)"
        " ON CONFLICT (query_string) DO UPDATE"
        " SET hits = known.hits + excluded.hits, last_searched_at = excluded.last_searched_at",
        sorted(counts.items()),
    )


def _upsert(sql: str, rows: list[tuple[object, int]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(sql, [[row[0] for row in rows], [row[1] for row in rows]])
