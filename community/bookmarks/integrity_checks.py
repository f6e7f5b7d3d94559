"""What must be true of bookmarks and shares. That the numbers beside targets are right, the core checks."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef

from community.bookmarks.models import Bookmark, Share
from community.core.integrity import integrity_check
from community.core.models import TargetCounts


@integrity_check("bookmarks-targets")
def bookmarks_targets() -> Iterator[str]:
    """Whatever is kept or shared is there, perhaps hidden."""
    there = TargetCounts.objects.filter(target_kind=OuterRef("target_kind"), target_id=OuterRef("target_id"))
    for model in (Bookmark, Share):
        lost = model.objects.filter(~Exists(there)).order_by("pk").values_list("pk", "target_kind", "target_id")
        for pk, kind, target_id in lost:
            yield f"{model.__name__.lower()} {pk} is of the {kind} {target_id}, which is gone"


@integrity_check("bookmarks-folders")
def bookmarks_folders() -> Iterator[str]:
    """Bookmarks lie in folders of their own person."""
    wrong = Bookmark.objects.filter(folder__isnull=False).exclude(folder__user_id=F("user_id"))
    for pk, folder_id in wrong.order_by("pk").values_list("pk", "folder_id"):
        yield f"bookmark {pk} lies in the folder {folder_id} of somebody else"
