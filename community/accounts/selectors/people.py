"""Reading people: who they are to a viewer, as model or as card."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db.models import Q, QuerySet

from community.accounts import permissions
from community.accounts.models import Profile, User
from community.accounts.permissions import Actor
from community.accounts.rules import POINTS, colour_index, completeness, initials, level_progress
from community.core import sight
from community.core.errors import NotFound
from community.core.images import picture_of
from community.core.languages import localized
from community.core.pictures import Picture

#: How long it is remembered who may open the admin: another role shows within this time.
REMEMBERED_SECONDS = 5


@dataclasses.dataclass(frozen=True)
class AuthorCard:
    """What is shown of a person beside their things."""

    id: int
    username: str
    display_name: str
    url: str
    avatar: Picture | None
    initials: str
    colour_index: int
    verified: bool
    level: int
    level_progress: int
    role: str


@dataclasses.dataclass(frozen=True)
class LinkCard:
    """One link of a profile."""

    label: str
    url: str
    icon: str


def _avatar(profile: Profile) -> Picture:
    made = profile.avatar_variants.get("avatar")
    if made:
        return picture_of(made, profile.avatar.storage.url, colour=profile.avatar_colour)
    return Picture(
        src=profile.avatar.url,
        srcset="",
        width=profile.avatar_width or 0,
        height=profile.avatar_height or 0,
        alt="",
        colour=profile.avatar_colour,
    )


def author_card(user: User, *, url: str = "") -> AuthorCard:
    """The card of `user`, whose profile is loaded; no query. Of a hidden profile only the user name is left."""
    profile = user.profile
    hidden = profile.hidden_at is not None
    name = user.username if hidden else profile.display_name
    avatar = _avatar(profile) if profile.avatar and not hidden else None
    return AuthorCard(
        id=user.pk,
        username=user.username,
        display_name=name,
        url=url or localized(f"/@{user.username}/"),
        avatar=avatar,
        initials=initials(name),
        colour_index=colour_index(user.pk),
        verified=user.verified,
        level=user.level,
        level_progress=level_progress(user.level, user.experience),
        role=user.role,
    )


def get_person(username: str, *, viewer: Actor) -> User:
    """The person of this name, with profile, if `viewer` may see the profile; else NotFound."""
    user = User.objects.select_related("profile").named(username[:60]).first()
    if user is None or not permissions.can_view_profile(viewer, user):
        raise NotFound()
    return user


def get_person_by_id(user_id: int, *, viewer: Actor) -> User:
    """The person with this id, with profile, if `viewer` may see the profile; else NotFound."""
    user = User.objects.select_related("profile").filter(pk=user_id).first()
    if user is None or not permissions.can_view_profile(viewer, user):
        raise NotFound()
    return user


def is_visible(person: User, *, viewer: Actor) -> bool:
    """May `viewer` see the profile of `person`, whose profile is loaded? One query where somebody else is signed in."""
    return permissions.can_view_profile(viewer, person)


def is_open(person: User, *, viewer: Actor) -> bool:
    """Does `person`, whose profile is loaded, show it to somebody like `viewer`? Blocks and staff apart.

    No query, unless the profile is for followers.
    """
    return permissions.is_open_to(viewer, person)


def list_everybody(*, viewer: Actor) -> QuerySet[User]:
    """People whose profile `viewer` may see, with profiles."""
    people = User.objects.select_related("profile")
    if permissions.is_moderator(viewer):
        return people
    own = Q(pk=viewer.pk) if isinstance(viewer, User) else Q(pk__in=[])
    followed = Q(profile__visibility="followers", pk__in=sight.followed(viewer))
    shown = Q(profile__hidden_at__isnull=True) & (Q(profile__visibility="public") | followed)
    return sight.in_sight(people.known(), viewer, by="pk", muted=False).filter(own | shown)


def list_people(ids: Iterable[int], *, viewer: Actor) -> QuerySet[User]:
    """Those of `ids` whose profile `viewer` may see, with profiles; one query."""
    return list_everybody(viewer=viewer).filter(pk__in=list(ids))


def may_open_admin(viewer: Actor) -> bool:
    """Has `viewer` a way into the Wagtail admin? Only for showing a link: remembered for some seconds."""
    if not isinstance(viewer, User):
        return False
    key = f"accounts.admin.{viewer.pk}"
    known = cache.get(key)
    if known is None:
        known = viewer.has_perm("wagtailadmin.access_admin")
        cache.set(key, known, REMEMBERED_SECONDS)
    return bool(known)


def find_by_email(email: str) -> User | None:
    """The person with this address, in any letter case; for commands, never for a face."""
    return User.objects.filter(email__iexact=email.strip()).first()


def completeness_of(person: User) -> int:
    """How complete the profile of `person` is, in points to 100."""
    profile = person.profile
    return completeness(
        [name for name in POINTS if getattr(profile, name)],
        named=profile.display_name != person.username,
        verified_email=EmailAddress.objects.filter(user_id=person.pk, verified=True).exists(),
    )


def profile_links(user: User) -> list[LinkCard]:
    """The links of a profile, with full addresses; only http and https can come out."""
    profile = user.profile
    links = []
    if profile.website:
        links.append(LinkCard(profile.website.partition("//")[2].rstrip("/"), profile.website, "globe"))
    for name, label, prefix in (
        ("youtube", "YouTube", "https://www.youtube.com/"),
        ("twitter", "X", "https://x.com/"),
        ("instagram", "Instagram", "https://www.instagram.com/"),
        ("tiktok", "TikTok", "https://www.tiktok.com/@"),
    ):
        handle = getattr(profile, name).strip().lstrip("@")
        if handle:
            path = f"@{handle}" if name == "youtube" and "/" not in handle else handle
            links.append(LinkCard(label, prefix + path, name))
    return links
