"""Whom and what the demonstration's people follow, and what `fan` keeps for later."""

from __future__ import annotations

import zlib

from django.db import transaction
from taggit.models import Tag

from cms.choices import POST
from cms.demo.progress import Progress
from cms.models import Category, PostPage, SeriesPage
from community.accounts.models import Profile, User
from community.bookmarks.models import Bookmark
from community.bookmarks.services import add_bookmark, make_folder
from community.follows.choices import Kind
from community.follows.models import Follow
from community.follows.selectors import list_requests
from community.follows.services import accept_request, follow, import_follows

#: The account that people try: it follows and keeps what is named here.
FAN = "fan"
_PEOPLE = ("nightcrew", "coldkitchen", "creator", "fieldnotes", "lostframes", "hamish_rae", "wren_h")
_CATEGORIES, _SERIES = ("sky-and-feathers",), (("coldkitchen", "six-weeks-of-crab"),)
_KEPT = {
    "For a rainy Sunday": (
        ("the-rook-that-would-not-be-taken", "Try it on the real board."),
        ("a-spoon-is-a-conversation-with-a-branch", "Ask the park people about birch."),
        ("restoring-a-1978-synth-part-4-the-keybed", ""),
    ),
    "To cook": (
        ("sourdough-at-minus-twenty-three-weeks-on-the-ice", "At plus nineteen, then."),
        ("onions-forty-minutes", ""),
        ("a-thermos-is-a-pan", "For the train on Friday."),
    ),
    "": (("how-long-your-eyes-take", "The third minute!"), ("vom-danebensehen", "")),
}


def load_ties(users: dict[str, User], progress: Progress) -> None:
    """Makes follows, requests and bookmarks, unless `fan` follows or keeps something already."""
    fan = users[FAN]
    if not Follow.objects.filter(follower=fan).exists():
        _follow(users, fan)
        progress(f"{Follow.objects.count()} follows")
    if not Bookmark.objects.filter(user=fan).exists():
        _keep(fan)


@transaction.atomic
def _follow(users: dict[str, User], fan: User) -> None:
    open_ = Profile.objects.filter(user__in=users.values(), visibility=Profile.Visibility.PUBLIC)
    public = set(open_.values_list("user", flat=True))
    people = [user for user in users.values() if user.pk in public]
    things = [(Kind.CATEGORY.value, pk) for pk in Category.objects.order_by("pk").values_list("pk", flat=True)]
    things += [(Kind.SERIES.value, pk) for pk in SeriesPage.objects.live().order_by("pk").values_list("pk", flat=True)]
    things += [(Kind.TAG.value, pk) for pk in Tag.objects.order_by("pk").values_list("pk", flat=True)]
    found = {(fan.pk, Kind.USER.value, users[name].pk) for name in _PEOPLE}
    categories = Category.objects.filter(slug__in=_CATEGORIES).values_list("pk", flat=True)
    found |= {(fan.pk, Kind.CATEGORY.value, pk) for pk in categories}
    for author, slug in _SERIES:
        found |= {
            (fan.pk, Kind.SERIES.value, pk)
            for pk in SeriesPage.objects.filter(slug=slug, owner__username=author).values_list("pk", flat=True)
        }
    for follower in users.values():
        if follower in (fan, users["new_fan"], users["admin"]):
            continue
        for person in people:
            likely = 34 if person.role != "USER" else 12
            if person != follower and _dice(f"{follower.username}>{person.username}") % 100 < likely:
                found.add((follower.pk, Kind.USER.value, person.pk))
        for kind, pk in things:
            if _dice(f"{follower.username}>{kind}{pk}") % 100 < 5:
                found.add((follower.pk, kind, pk))
    import_follows(follows=found)
    _ask(users, fan)


def _ask(users: dict[str, User], fan: User) -> None:
    """Whose profile is not for everybody is asked: one who asked is let in, `fan` waits."""
    closed = [user for user in users.values() if user.profile.visibility == Profile.Visibility.FOLLOWERS]
    for person in closed:
        follow(actor=users["coldkitchen"], kind=Kind.USER, target_id=person.pk)
        for asked in list_requests(viewer=person):
            accept_request(actor=person, request_id=asked.pk)
        follow(actor=fan, kind=Kind.USER, target_id=person.pk)


@transaction.atomic
def _keep(fan: User) -> None:
    for name, kept in _KEPT.items():
        folder = make_folder(actor=fan, name=name) if name else None
        for slug, note in kept:
            post = PostPage.objects.published().filter(slug=slug).first()
            if post is not None:
                values = {"folder_id": folder.pk} if folder is not None else {}
                add_bookmark(actor=fan, kind=POST, target_id=post.pk, note=note, **values)


def _dice(seed: str) -> int:
    return zlib.crc32(seed.encode())
