"""Lists of follows, requests, blocks and mutes: newest first, as rows that a cursor pages through."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from community.accounts.models import User
from community.accounts.permissions import Actor
from community.accounts.selectors import AuthorCard, author_card, list_everybody
from community.core import sight, targets
from community.follows.choices import Kind, State
from community.follows.models import Block, Follow, Mute
from community.follows.selectors.people import list_to_meet


@dataclasses.dataclass(frozen=True)
class FollowedCard:
    """Something that is followed: what it is, where it is, since when."""

    id: int
    kind: str
    target_id: int
    title: str
    url: str
    state: str
    created_at: datetime


def _people(person: User, viewer: Actor) -> QuerySet[User]:
    """Who may stand in a list of `person`: to themselves all they can meet, to others whose profile they see."""
    own = isinstance(viewer, User) and viewer.pk == person.pk
    return list_to_meet(viewer=viewer) if own else list_everybody(viewer=viewer)


def list_followers(person: User, *, viewer: Actor) -> QuerySet[Follow]:
    """Who follows `person`, as far as `viewer` sees them, with profiles; the newest first.

    Whether `viewer` may see the list at all is asked before.
    """
    rows = Follow.objects.of(Kind.USER, person.pk).accepted().select_related("follower__profile")
    return rows.filter(follower__in=_people(person, viewer).order_by().values("pk")).order_by("-pk")


def list_following(person: User, *, viewer: Actor) -> QuerySet[Follow]:
    """The people whom `person` follows, as far as `viewer` sees them; the newest first. Asked before, as above."""
    rows = Follow.objects.filter(follower=person, target_kind=Kind.USER).accepted()
    return rows.filter(target_id__in=_people(person, viewer).order_by().values("pk")).order_by("-pk")


def people_of(rows: Sequence[Follow], *, followers: bool) -> list[AuthorCard]:
    """The cards of the followers, or of the followed people, of these rows, in their order; one query at most."""
    if followers:
        return [author_card(row.follower) for row in rows]
    people = User.objects.select_related("profile").in_bulk([row.target_id for row in rows])
    return [author_card(people[row.target_id]) for row in rows if row.target_id in people]


def list_follows(*, viewer: User, kind: str = "", state: str = "") -> QuerySet[Follow]:
    """What `viewer` follows and has asked to follow, the newest first; people out of reach are left out."""
    people = list_to_meet(viewer=viewer).order_by().values("pk")
    rows = Follow.objects.filter(follower=viewer)
    rows = rows.filter(target_kind=kind) if kind else rows
    rows = rows.filter(state=state) if state else rows
    return rows.filter(~Q(target_kind=Kind.USER) | Q(target_id__in=people)).order_by("-pk")


def followed_cards(rows: Sequence[Follow], *, viewer: User) -> list[FollowedCard]:
    """What these rows are about, as far as it is still there; one or two queries for each kind."""
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for kind in sorted({row.target_kind for row in rows}):
        ids = [row.target_id for row in rows if row.target_kind == kind]
        if kind == Kind.USER:
            for person in list_to_meet(viewer=viewer).filter(pk__in=ids):
                found[kind, person.pk] = person.profile.display_name, f"/@{person.username}/"
        else:
            cards = targets.cards(kind, ids, viewer)
            found.update({(kind, pk): (card.title, card.url) for pk, card in cards.items()})
    return [
        FollowedCard(row.pk, row.target_kind, row.target_id, *found[key], row.state, row.created_at)
        for row in rows
        if (key := (row.target_kind, row.target_id)) in found
    ]


def list_requests(*, viewer: User) -> QuerySet[Follow]:
    """Who asks to follow `viewer`, with profiles, the newest first; nobody from whom they are parted."""
    rows = Follow.objects.of(Kind.USER, viewer.pk).filter(state=State.REQUESTED)
    people = User.objects.known().values("pk")
    return sight.in_sight(
        rows.filter(follower__in=people).select_related("follower__profile"), viewer, by="follower_id", muted=False
    ).order_by("-pk")


def list_blocks(*, viewer: User) -> QuerySet[Block]:
    """Whom `viewer` has blocked, with profiles, the newest first."""
    return Block.objects.filter(blocker=viewer).select_related("blocked__profile").order_by("-pk")


def list_mutes(*, viewer: User) -> QuerySet[Mute]:
    """Whom `viewer` has muted, with profiles, the newest first."""
    return Mute.objects.filter(muter=viewer).select_related("muted__profile").order_by("-pk")
