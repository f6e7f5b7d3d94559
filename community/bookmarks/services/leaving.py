"""What goes with a target."""

from __future__ import annotations

from community.bookmarks.models import Bookmark, Share


def forget_target(*, kind: str, target_id: int) -> None:
    """Removes bookmarks and shares of a target that goes for good, in its transaction."""
    for model in (Bookmark, Share):
        model.objects.filter(target_kind=kind, target_id=target_id).delete()
