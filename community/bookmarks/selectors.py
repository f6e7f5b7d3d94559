"""Reading what people keep: only their own, with what is still there of it."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from community.accounts.permissions import Actor
from community.bookmarks import permissions
from community.bookmarks.models import Bookmark, Folder, Share
from community.core import counts, targets
from community.core.errors import NotFound
from community.core.marks import AMONG, Target, columns
from community.core.postgres import prepared
from community.core.targets import TargetCard


@dataclasses.dataclass(frozen=True)
class BookmarkCard:
    """A bookmark as its person sees it; `card` is None for what is no longer there for them."""

    id: int
    target_kind: str
    target_id: int
    card: TargetCard | None
    folder: Folder | None
    note: str
    created_at: datetime


def find_target(kind: str, target_id: int, *, viewer: Actor) -> Any:
    """The thing that can be kept, if `viewer` may see it; else NotFound."""
    if not counts.has_numbers(kind) or not 0 < target_id < 2**63:
        raise NotFound()
    return targets.get(kind, target_id, viewer)


def get_folder(folder_id: int, *, viewer: Actor) -> Folder:
    """A folder of the viewer's own, or NotFound."""
    folder = Folder.objects.filter(pk=folder_id).first() if 0 < folder_id < 2**63 else None
    if folder is None or not permissions.owns(viewer, folder):
        raise NotFound()
    return folder


def list_folders(*, viewer: Actor) -> QuerySet[Folder]:
    """The viewer's folders by name, each with `total` bookmarks; one query."""
    return _own(Folder.objects.annotate(total=Count("bookmarks")), viewer).order_by("name", "pk")


def get_bookmark(bookmark_id: int, *, viewer: Actor) -> Bookmark:
    """A bookmark of the viewer's own, with its folder, or NotFound."""
    found = Bookmark.objects.select_related("folder").filter(pk=bookmark_id) if 0 < bookmark_id < 2**63 else None
    bookmark = found.first() if found is not None else None
    if bookmark is None or not permissions.owns(viewer, bookmark):
        raise NotFound()
    return bookmark


def find_bookmark(kind: str, target_id: int, *, viewer: Actor) -> Bookmark | None:
    """The viewer's bookmark of a target, with its folder, if there is one."""
    rows = Bookmark.objects.select_related("folder").filter(target_kind=kind, target_id=target_id)
    return _own(rows, viewer).first()


def list_bookmarks(*, viewer: Actor, folder: Folder | None = None) -> QuerySet[Bookmark]:
    """The viewer's bookmarks, the last kept first; those of one folder, if given."""
    rows = _own(Bookmark.objects.select_related("folder"), viewer).order_by("-pk")
    return rows if folder is None else rows.filter(folder=folder)


def bookmark_cards(rows: Sequence[Bookmark], *, viewer: Actor) -> list[BookmarkCard]:
    """Cards of bookmarks in their order; as many queries as there are kinds among them take."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_kind[row.target_kind].append(row.target_id)
    known = {kind: targets.cards(kind, ids, viewer) for kind, ids in by_kind.items() if kind in targets.kinds()}
    return [
        BookmarkCard(
            row.pk, row.target_kind, row.target_id, known.get(row.target_kind, {}).get(row.target_id),
            row.folder, row.note, row.created_at,
        )
        for row in rows
    ]  # fmt: skip


_OWN = f"SELECT target_kind, target_id FROM bookmark WHERE user_id = %s AND {AMONG}"  # noqa: S608 - our own words


def own_bookmarks(viewer: Any, things: list[Target]) -> dict[Target, bool]:
    """Those of these (kind, id) that `viewer` keeps; one query, none for guests."""
    if viewer is None or not viewer.is_authenticated:
        return {}
    return dict.fromkeys(prepared.rows(_OWN, [viewer.pk, *columns(things)]), True)


class KeptThings:
    """All that a viewer keeps, for asking about one thing after the other: one query for each kind."""

    def __init__(self, viewer: Actor) -> None:
        self._viewer = viewer
        self._ids: dict[str, frozenset[int]] = {}

    def has(self, kind: str, target_id: int) -> bool:
        """Does the viewer keep this?"""
        if kind not in self._ids:
            rows = _own(Bookmark.objects.filter(target_kind=kind), self._viewer)
            self._ids[kind] = frozenset(rows.values_list("target_id", flat=True))
        return target_id in self._ids[kind]


def find_share(kind: str, target_id: int, *, viewer: Actor) -> Share | None:
    """What the viewer told their followers of a target, the newest, if anything."""
    rows = Share.objects.filter(target_kind=kind, target_id=target_id, to_followers=True)
    return _own(rows, viewer).order_by("-pk").first()


def count_bookmarks(kind: str, ids: list[int]) -> dict[int, int]:
    """How many people keep each of these targets; one query."""
    return _counted(Bookmark.objects.filter(target_kind=kind, target_id__in=ids))


def count_shares(kind: str, ids: list[int]) -> dict[int, int]:
    """How often each of these targets was shared; one query."""
    return _counted(Share.objects.filter(target_kind=kind, target_id__in=ids))


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("target_id").annotate(number=Count("pk")))


def _own(rows: QuerySet[Any], viewer: Actor) -> QuerySet[Any]:
    return rows.filter(user_id=viewer.pk) if viewer is not None and viewer.is_authenticated else rows.none()
