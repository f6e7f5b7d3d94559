"""Writing what people keep and share."""

from community.bookmarks.services.folders import delete_folder, make_folder, rename_folder
from community.bookmarks.services.keeping import add_bookmark, change_bookmark, forget_bookmarks, remove_bookmark
from community.bookmarks.services.leaving import forget_target
from community.bookmarks.services.sharing import forget_shares, share_target, unshare_target

__all__ = [
    "add_bookmark",
    "change_bookmark",
    "delete_folder",
    "forget_bookmarks",
    "forget_shares",
    "forget_target",
    "make_folder",
    "remove_bookmark",
    "rename_folder",
    "share_target",
    "unshare_target",
]
