"""What two people may see of each other. Every face and every other app asks here, or `core.sight`."""

from __future__ import annotations

import enum

from community.accounts.choices import CLOSED_STATUSES
from community.accounts.models import User
from community.accounts.permissions import Actor, can_view_profile, is_moderator, is_person
from community.core import sight


class Sees(enum.IntEnum):
    """How much of a person somebody sees."""

    #: As if not there: unknown, closed or parted, and for guests whoever is not public.
    NOTHING = 0
    #: Name and picture, as beside what they write: enough to ask to follow, to mute and to block.
    NAME = 1
    #: The profile, its numbers, and the lists of followers and followed.
    PROFILE = 2


def what_is_seen(viewer: Actor, person: User) -> Sees:
    """How much of `person`, whose profile is loaded, `viewer` sees: THE rule between two people; two queries at most.

    A block hides each from the other everywhere. A profile for followers shows itself to accepted followers, one for
    nobody to its owner; all others who are signed in see the name. Moderators see all.
    """
    if can_view_profile(viewer, person):
        return Sees.PROFILE
    if not is_person(viewer) or person.status in CLOSED_STATUSES or sight.are_parted(viewer, person.pk):
        return Sees.NOTHING
    return Sees.NAME


def can_see_all(viewer: Actor) -> bool:
    """Moderators: no block hides anybody from them."""
    return is_moderator(viewer)


def can_view_connections(viewer: Actor, person: User) -> bool:
    """Whoever sees the profile: who follows and is followed."""
    return what_is_seen(viewer, person) == Sees.PROFILE


def needs_request(person: User) -> bool:
    """Is a follow of `person`, whose profile is loaded, first a request?"""
    return person.profile.visibility != "public"
