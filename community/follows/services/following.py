"""Following people and things, asking people for it, and what becomes of requests."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.models import Profile, User
from community.accounts.permissions import Actor, require_writer
from community.accounts.services import count_act
from community.core import outbox, sight, targets
from community.core.errors import Invalid, NotFound
from community.core.transactions import retried
from community.facts.follows import FollowAccepted, FollowRequested, UserFollowed, UserUnfollowed
from community.follows import permissions, selectors
from community.follows.choices import TOLD_ONCE_IN, Kind, State
from community.follows.models import Block, Follow
from community.follows.permissions import Sees
from community.follows.services.locks import lock_pair
from community.follows.services.numbers import count_follows


class SelfFollow(Invalid):
    """Nobody follows, mutes or blocks themselves."""

    message = _("That is you. Pick somebody else.")


@retried
def follow(*, actor: Actor, kind: str, target_id: int) -> State:
    """Makes `actor` follow a target, or ask to, where a person's profile is not public; says which of the two.

    Following again changes nothing. Raises NotFound for what `actor` may not know of, SelfFollow, or TooMany.
    """
    follower = require_writer(actor)
    count_act(bucket="act", person=follower)
    if kind not in Kind.values:
        raise NotFound()
    if kind == Kind.USER:
        return _follow_person(follower, target_id)
    targets.get(kind, target_id, follower)
    row, made = Follow.objects.get_or_create(follower=follower, target_kind=kind, target_id=target_id)
    if made:
        count_follows([row], step=1)
    return State.ACCEPTED


def _follow_person(follower: User, person_id: int) -> State:
    if person_id == follower.pk:
        raise SelfFollow()
    lock_pair(follower.pk, person_id)
    person = _person(person_id, viewer=follower)
    state = State.REQUESTED if permissions.needs_request(person) else State.ACCEPTED
    row, made = Follow.objects.get_or_create(
        follower=follower, target_kind=Kind.USER, target_id=person.pk, defaults={"state": state}
    )
    if not made:
        return State(row.state)
    if state == State.ACCEPTED:
        count_follows([row], step=1)
    if _is_news([follower.pk], person.pk):
        if state == State.ACCEPTED:
            outbox.record(UserFollowed(user_id=person.pk, follower_id=follower.pk), actor_id=follower.pk)
        else:
            outbox.record(FollowRequested(user_id=person.pk, follower_id=follower.pk), actor_id=follower.pk)
    return state


def _person(person_id: int, *, viewer: User) -> User:
    """Whom `viewer` may follow, with a profile that stays as visible as it is until the transaction ends."""
    profile = (
        Profile.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user")
        .filter(user=person_id)
        .first()
    )
    if profile is None:
        raise NotFound()
    person = profile.user
    person.profile = profile
    parted = Block.objects.filter(blocker__in=[viewer.pk, person_id], blocked__in=[viewer.pk, person_id])
    if permissions.what_is_seen(viewer, person) == Sees.NOTHING or parted.exists():
        raise NotFound()
    return person


def _is_news(followers: list[int], person_id: int) -> set[int]:
    """Those of whom it has not been told within a day that they follow, or ask to; it counts as told from now on."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO follow_told (follower_id, followed_id, told_at)
            SELECT id, %s, %s FROM unnest(%s::bigint[]) AS new (id) ORDER BY id
            ON CONFLICT (follower_id, followed_id) DO UPDATE SET told_at = excluded.told_at
            WHERE follow_told.told_at <= %s
            RETURNING follower_id
            """,
            [person_id, now, followers, now - TOLD_ONCE_IN],
        )
        return {row[0] for row in cursor.fetchall()}


@retried
def import_follows(*, follows: Iterable[tuple[int, str, int]]) -> None:
    """Stores follows from elsewhere or earlier, as (follower's id, kind, target's id); nobody hears of them.

    What is followed is there and public; nobody follows themselves; what is followed already stays so.
    """
    there = set(Follow.objects.values_list("follower", "target_kind", "target_id"))
    new = [
        Follow(follower_id=follower, target_kind=kind, target_id=target_id, state=State.ACCEPTED)
        for follower, kind, target_id in sorted(set(follows) - there)
    ]
    count_follows(Follow.objects.bulk_create(new), step=1)


@retried
def unfollow(*, actor: Actor, kind: str, target_id: int) -> None:
    """Ends a follow of `actor`, or takes a request back; what is not there is no error. Raises NotFound or TooMany.

    What is followed can be left whatever has become of it; only what `actor` may not know of and never followed is
    not found.
    """
    follower = require_writer(actor)
    count_act(bucket="act", person=follower)
    if kind not in Kind.values:
        raise NotFound()
    if kind == Kind.USER:
        lock_pair(follower.pk, target_id)
    ended = end_follows(Follow.objects.of(kind, target_id).filter(follower=follower), actor_id=follower.pk)
    if ended:
        return
    if kind != Kind.USER:
        targets.get(kind, target_id, follower)
    elif target_id != follower.pk and not selectors.list_to_meet(viewer=follower).filter(pk=target_id).exists():
        raise NotFound()


def end_follows(rows: QuerySet[Follow], *, actor_id: int | None) -> list[Follow]:
    """Deletes these follows and requests, with their numbers and facts; within a transaction."""
    found = list(rows.select_for_update().order_by("pk"))
    Follow.objects.filter(pk__in=[row.pk for row in found]).delete()
    count_follows([row for row in found if row.state == State.ACCEPTED], step=-1)
    for row in found:
        if row.target_kind == Kind.USER:
            outbox.record(UserUnfollowed(user_id=row.target_id, follower_id=row.follower_id), actor_id=actor_id)
    return found


@retried
def accept_request(*, actor: Actor, request_id: int) -> Follow:
    """Makes a follow of a request to `actor`. Raises NotFound for one that is not there (any more)."""
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    row = _locked_request(request_id, person)
    row.state = State.ACCEPTED
    row.save(update_fields=["state"])
    count_follows([row], step=1)
    outbox.record(FollowAccepted(user_id=person.pk, follower_id=row.follower_id), actor_id=person.pk)
    return row


@retried
def decline_request(*, actor: Actor, request_id: int) -> None:
    """Takes a request to `actor` away; nobody is told. Raises NotFound."""
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    _locked_request(request_id, person).delete()


def _locked_request(request_id: int, person: User) -> Follow:
    asked = selectors.get_request(request_id, viewer=person)
    lock_pair(asked.follower_id, person.pk)
    row = Follow.objects.select_for_update().filter(pk=request_id, state=State.REQUESTED).first()
    if row is None or sight.are_parted(person, row.follower_id):
        raise NotFound()
    return row


@retried
def remove_follower(*, actor: Actor, follower_id: int) -> None:
    """Ends the follow, or the request, of somebody who follows `actor`; what is not there is no error."""
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    lock_pair(follower_id, person.pk)
    end_follows(Follow.objects.of(Kind.USER, person.pk).filter(follower=follower_id), actor_id=person.pk)


@retried
def open_requests(*, person_id: int, most: int = 500) -> int:
    """Makes follows of the requests to somebody whose profile is public, `most` at a time; says how many there were."""
    if not Profile.objects.filter(user=person_id, visibility=Profile.Visibility.PUBLIC).exists():
        return 0
    waiting = Follow.objects.of(Kind.USER, person_id).filter(state=State.REQUESTED)
    rows = list(waiting.select_for_update().order_by("pk")[:most])
    Follow.objects.filter(pk__in=[row.pk for row in rows]).update(state=State.ACCEPTED)
    count_follows(rows, step=1)
    for row in rows:
        outbox.record(FollowAccepted(user_id=person_id, follower_id=row.follower_id), actor_id=person_id)
    return len(rows)
