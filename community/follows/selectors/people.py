"""People beside each other: who may be met, what stands between two, and the numbers of a target."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from community.accounts.models import User
from community.accounts.permissions import Actor, is_moderator
from community.accounts.selectors import get_person
from community.core import sight
from community.core.errors import NotFound
from community.core.marks import AMONG, Target, columns
from community.core.postgres import prepared
from community.follows import permissions
from community.follows.choices import Kind, State
from community.follows.models import Block, Follow, FollowCounts, Mute
from community.follows.permissions import Sees


@dataclasses.dataclass(frozen=True)
class Relation:
    """What stands between a viewer and a person."""

    #: State of the viewer's follow, "" for none
    state: str = ""
    follows_you: bool = False
    muted: bool = False
    blocked: bool = False

    @property
    def follows(self) -> bool:
        """Is the viewer an accepted follower?"""
        return self.state == State.ACCEPTED

    @property
    def asked(self) -> bool:
        """Does a request of the viewer wait?"""
        return self.state == State.REQUESTED


def get_person_to_show(username: str, *, viewer: Actor) -> User:
    """The person whose profile and connections `viewer` may see, with profile; else NotFound."""
    return get_person(username, viewer=viewer)


def get_person_to_meet(username: str, *, viewer: Actor) -> User:
    """The person of whom `viewer` sees at least the name, with profile; else NotFound."""
    person = User.objects.select_related("profile").named(username[:60]).first()
    if person is None or permissions.what_is_seen(viewer, person) == Sees.NOTHING:
        raise NotFound()
    return person


def find_hidden(username: str, *, viewer: User) -> User:
    """Whom `viewer` can meet, or has blocked or muted, also when the account is closed since; else NotFound."""
    own = (
        Block.objects.filter(blocker=viewer, blocked=OuterRef("pk")),
        Mute.objects.filter(muter=viewer, muted=OuterRef("pk")),
    )
    people = User.objects.select_related("profile").annotate(_hidden=Exists(own[0]) | Exists(own[1]))
    person = people.named(username[:60]).first()
    if person is None or not (person._hidden or permissions.what_is_seen(viewer, person)):
        raise NotFound()
    return person


def list_to_meet(*, viewer: Actor) -> QuerySet[User]:
    """People of whom `viewer` sees at least the name, with profiles."""
    people = User.objects.select_related("profile")
    if is_moderator(viewer):
        return people
    return sight.in_sight(people.known(), viewer, by="pk", muted=False)


#: By hand, as every page of a post asks it: composing it takes longer than the answer.
_RELATION = """
    SELECT
      (SELECT state FROM follows_follow
       WHERE follower_id = %(me)s AND target_kind = 'user' AND target_id = %(them)s),
      EXISTS (SELECT FROM follows_follow
        WHERE follower_id = %(them)s AND target_kind = 'user' AND target_id = %(me)s AND state = 'accepted'),
      EXISTS (SELECT FROM follows_mute WHERE muter_id = %(me)s AND muted_id = %(them)s),
      EXISTS (SELECT FROM follows_block WHERE blocker_id = %(me)s AND blocked_id = %(them)s)
"""


def relation_to(person: User, *, viewer: Actor) -> Relation:
    """What stands between `viewer` and `person`, in one query; nothing for guests and for oneself."""
    if not isinstance(viewer, User) or viewer.pk == person.pk:
        return Relation()
    [(state, back, muted, blocked)] = prepared.rows(_RELATION, {"me": viewer.pk, "them": person.pk})
    return Relation(state or "", back, muted, blocked)


def get_follow(kind: str, target_id: int, *, viewer: Actor) -> str:
    """The state of the viewer's own follow of a target, "" for none; one query, none for guests."""
    return follow_marks(viewer, [(kind, target_id)]).get((kind, target_id), "")


_OWN = f"""
    SELECT target_kind, target_id, state FROM follows_follow WHERE follower_id = %s AND {AMONG}
"""  # noqa: S608 - our own words


def follow_marks(viewer: Actor, things: list[Target]) -> dict[Target, str]:
    """The state of the viewer's follows of these (kind, id); one query, none where nothing of it can be followed."""
    followed = [thing for thing in things if thing[0] in Kind.values]
    if not isinstance(viewer, User) or not followed:
        return {}
    found = prepared.rows(_OWN, [viewer.pk, *columns(followed)])
    return {(kind, target_id): state for kind, target_id, state in found}


def get_request(request_id: int, *, viewer: User) -> Follow:
    """Somebody's request to follow `viewer`; else NotFound."""
    rows = Follow.objects.of(Kind.USER, viewer.pk).filter(state=State.REQUESTED)
    found = rows.select_related("follower__profile").filter(pk=request_id).first()
    if found is None:
        raise NotFound()
    return found


def numbers_of(kind: str, ids: Iterable[int]) -> dict[int, FollowCounts]:
    """The stored numbers of these targets by id, as far as they have any; one query."""
    rows = FollowCounts.objects.filter(target_kind=kind, target_id__in=list(ids))
    return {row.target_id: row for row in rows}


def count_followers(user_ids: list[int]) -> dict[int, int]:
    """How many follow each person; one query."""
    return {pk: row.followers for pk, row in numbers_of(Kind.USER, user_ids).items()}


def count_both(user_ids: list[int]) -> dict[int, tuple[int, ...]]:
    """How many follow each person, and how many people each follows; one query."""
    return {pk: (row.followers, row.following) for pk, row in numbers_of(Kind.USER, user_ids).items()}


def followers_beside() -> QuerySet[FollowCounts, Any]:
    """For a subquery: the number of followers of the person of the outer row."""
    return FollowCounts.objects.filter(target_kind=Kind.USER, target_id=OuterRef("pk")).values("followers")[:1]
