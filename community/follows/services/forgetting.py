"""What goes with a person or a thing that goes."""

from __future__ import annotations

from django.db.models import Q

from community.core.transactions import retried
from community.follows.choices import Kind, State
from community.follows.models import Block, Follow, FollowCounts, FollowTold, Mute
from community.follows.services.numbers import count_follows

#: Follows that go in one transaction.
CHUNK = 500


def forget_person(*, person_id: int) -> None:
    """All follows, blocks and mutes of and around somebody who goes, numbers too; bears being called again."""
    about = Q(follower=person_id) | Q(target_kind=Kind.USER, target_id=person_id)
    while _end(about):
        pass
    Block.objects.filter(Q(blocker=person_id) | Q(blocked=person_id)).delete()
    Mute.objects.filter(Q(muter=person_id) | Q(muted=person_id)).delete()
    FollowTold.objects.filter(Q(follower=person_id) | Q(followed=person_id)).delete()
    FollowCounts.objects.filter(target_kind=Kind.USER, target_id=person_id).delete()


def forget_target(*, kind: str, target_id: int) -> None:
    """All follows of a thing that is gone, with its numbers; bears being called again."""
    while _end(Q(target_kind=kind, target_id=target_id)):
        pass
    FollowCounts.objects.filter(target_kind=kind, target_id=target_id).delete()


@retried
def _end(about: Q) -> int:
    rows = list(Follow.objects.select_for_update().filter(about).order_by("pk")[:CHUNK])
    Follow.objects.filter(pk__in=[row.pk for row in rows]).delete()
    count_follows([row for row in rows if row.state == State.ACCEPTED], step=-1)
    return len(rows)
