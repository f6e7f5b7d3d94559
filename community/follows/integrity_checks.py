"""What must be true of follows, blocks and mutes."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q

from community.accounts.models import User
from community.core.integrity import integrity_check
from community.follows.choices import Kind
from community.follows.models import Block, Follow
from community.follows.services import wrong_counts


@integrity_check("follows-counts")
def follows_counts() -> Iterator[str]:
    """The stored numbers of followers and followed are what is counted."""
    for (kind, target_id), (followers, following) in wrong_counts().items():
        yield f"{kind} {target_id}: {followers:+} followers and {following:+} followed are missing from the numbers"


@integrity_check("follows-blocks")
def follows_blocks() -> Iterator[str]:
    """Nobody follows, or asks to follow, somebody from whom they are parted."""
    follower, target = OuterRef("follower"), OuterRef("target_id")
    parted = Block.objects.filter(Q(blocker=follower, blocked=target) | Q(blocker=target, blocked=follower))
    for row in Follow.objects.filter(Exists(parted), target_kind=Kind.USER):
        yield f"{row} although one has blocked the other"


@integrity_check("follows-people")
def follows_people() -> Iterator[str]:
    """Whoever is followed is there."""
    people = User.objects.filter(pk=OuterRef("target_id"))
    rows = Follow.objects.filter(target_kind=Kind.USER)
    for row in rows.exclude(Exists(people)):
        yield f"{row} although there is no such person"
