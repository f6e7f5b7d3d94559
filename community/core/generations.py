"""Generations: a random token for each thing that kept pages show. Another token, and the pages are old.

Tokens are random, so that a Redis which lost or got back its data can never bring an old one to life again.
A change bumps after its commit; a subscriber of its fact bumps again, for a bump that was lost with its process, and
workers bump when Redis is back (`make_up`).
"""

from __future__ import annotations

import secrets

import structlog
from django.core.cache import caches
from django.db import connection, transaction
from redis import Redis

from community.core.cache import RedisAwayError, redis_attempt

log = structlog.get_logger(__name__)

#: What every kept page shows something of: pages, menus, people, pictures.
SITE = "site"
#: Bumped with every other: who keeps a page sees by it whether anything changed while it was made.
ANY = "any"
#: A token that nobody asked for so long is forgotten; the next one is another.
LIFETIME = 60 * 60
#: How far back a bump looks for one that it makes needless.
MOST_WAITING = 100


def key(tag: str) -> str:
    """Where the token of `tag` lies in Redis."""
    return f"sparkle:generation:{tag}"


def new_token() -> str:
    """A token that never was before."""
    return secrets.token_hex(8)


def bump(*tags: str) -> None:
    """Makes kept pages with one of `tags` old: after the commit, or at once outside a transaction.

    Fails never; what is lost because Redis is away is made up by `make_up`.
    """
    asked, inside = _Bump(frozenset(tags)), set(connection.savepoint_ids)
    for entry in connection.run_on_commit[-MOST_WAITING:]:
        savepoints, waiting = entry[:2]
        # Only the last one counts, since what is forgotten meanwhile must be forgotten first; and only if it is sure
        # to be committed where the earlier one is.
        if isinstance(waiting, _Bump) and waiting.tags <= asked.tags and inside <= savepoints:
            waiting.tags = frozenset()
    transaction.on_commit(asked)


def bump_now(*tags: str) -> None:
    """Makes kept pages with one of `tags` old at once. Raises RedisAwayError."""

    def work(redis: Redis) -> None:
        with redis.pipeline(transaction=True) as pipeline:
            for tag in (*tags, ANY):
                pipeline.set(key(tag), new_token(), ex=LIFETIME)
            pipeline.execute()

    redis_attempt(caches["default"], work)


class _Watch:
    """What this process knows of bumps that were lost; as it begins, it cannot know."""

    lost = True


_watch = _Watch()


def make_up() -> bool:
    """Bumps `site` if Redis has been away since the last call; False while it is. Workers ask every few seconds."""
    try:
        if _watch.lost:
            bump_now(SITE)
            _watch.lost = False
        else:
            redis_attempt(caches["default"], lambda redis: redis.ping())
    except RedisAwayError:
        _watch.lost = True
        return False
    return True


class _Bump:
    """A bump that waits for the commit."""

    def __init__(self, tags: frozenset[str]) -> None:
        self.tags = tags

    def __call__(self) -> None:
        if not self.tags:
            return
        try:
            bump_now(*self.tags)
        except RedisAwayError:
            _watch.lost = True
            log.warning("generation_not_bumped", tags=sorted(self.tags))
