"""Muting and blocking."""

from __future__ import annotations

from django.db.models import Q

from community.accounts.models import User
from community.accounts.permissions import Actor, require_writer
from community.accounts.services import count_act
from community.core import outbox
from community.core.transactions import retried
from community.facts.follows import UserBlocked, UserUnblocked
from community.follows import selectors
from community.follows.choices import Kind
from community.follows.models import Block, Follow, Mute
from community.follows.services.following import SelfFollow, end_follows
from community.follows.services.locks import lock_pair


def _somebody_else(actor: Actor, username: str) -> tuple[User, User]:
    """`actor` and whom they mean, with the lock on both. Raises NotFound or SelfFollow."""
    viewer = require_writer(actor)
    count_act(bucket="act", person=viewer)
    person = selectors.find_hidden(username, viewer=viewer)
    if person.pk == viewer.pk:
        raise SelfFollow()
    lock_pair(viewer.pk, person.pk)
    return viewer, person


@retried
def mute(*, actor: Actor, username: str) -> User:
    """Takes somebody out of the lists of `actor`; nobody is told. Raises NotFound, SelfFollow or TooMany."""
    viewer, person = _somebody_else(actor, username)
    Mute.objects.get_or_create(muter=viewer, muted=person)
    return person


@retried
def unmute(*, actor: Actor, username: str) -> User:
    """Brings somebody back; what is not there is no error."""
    viewer, person = _somebody_else(actor, username)
    Mute.objects.filter(muter=viewer, muted=person).delete()
    return person


@retried
def block(*, actor: Actor, username: str) -> User:
    """Parts `actor` and somebody; follows and requests of both end. Raises NotFound, SelfFollow or TooMany."""
    viewer, person = _somebody_else(actor, username)
    _block, made = Block.objects.get_or_create(blocker=viewer, blocked=person)
    if made:
        between = Q(follower=viewer, target_id=person.pk) | Q(follower=person, target_id=viewer.pk)
        end_follows(Follow.objects.filter(between, target_kind=Kind.USER), actor_id=viewer.pk)
        outbox.record(UserBlocked(user_id=viewer.pk, blocked_id=person.pk), actor_id=viewer.pk)
    return person


@retried
def unblock(*, actor: Actor, username: str) -> User:
    """Lifts a block of `actor`; follows do not come back. What is not there is no error."""
    viewer, person = _somebody_else(actor, username)
    gone, _of = Block.objects.filter(blocker=viewer, blocked=person).delete()
    if gone:
        outbox.record(UserUnblocked(user_id=viewer.pk, blocked_id=person.pk), actor_id=viewer.pk)
    return person
