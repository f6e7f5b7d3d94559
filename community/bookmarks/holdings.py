"""What the tables of bookmarks and shares hold about people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.bookmarks.services import forget_bookmarks, forget_shares
from community.core import holdings
from community.core.holdings import owned

#: Folders go after what lies in them.
FOLDERS = 5


def register() -> None:
    """Called when the app is ready."""
    holdings.register(
        owned("bookmarks.Bookmark", "user", also=["target_id"], title=_("What you keep"), forget=forget_bookmarks),
        owned("bookmarks.Share", "user", also=["target_id"], title=_("What you shared"), forget=forget_shares),
        owned("bookmarks.Folder", "user", title=_("Your folders"), order=FOLDERS),
    )
