"""The API of what people keep and share."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from community.bookmarks import selectors, services
from community.bookmarks.api.serializers import (
    BookmarkInput,
    BookmarkListQuery,
    BookmarkShape,
    FolderInput,
    FolderShape,
    KeptShape,
    ShareInput,
    ShareShape,
)
from community.bookmarks.models import Bookmark, Folder, Share
from community.core.api import pagination
from community.core.api.authentication import SignedIn
from community.core.api.fields import identity
from community.core.api.operations import PATH_ID, operation
from community.core.api.views import ApiView

TAG = "Bookmarks"
POST = "post"


class BookmarkListView(ApiView):
    """What one keeps."""

    permission_classes = [SignedIn]

    @operation(
        "listBookmarks", tag=TAG, access="signed-in", query=BookmarkListQuery, answer=BookmarkShape,
        wraps=pagination.cursor_pages_of, errors=[404],
    )  # fmt: skip
    def get(self, request: Request, query: dict[str, Any]) -> pagination.CursorPage:
        """List one's bookmarks

        The last kept first. Of what is hidden or deleted, `target` is null.
        """
        folder_id = query.get("folder")
        folder = None if folder_id is None else selectors.get_folder(folder_id, viewer=request.user)
        page = pagination.rows_after(
            selectors.list_bookmarks(viewer=request.user, folder=folder),
            ordering=("-pk",),
            cursor=query.get("cursor"),
            limit=query["limit"],
            scope=f"bookmarks:{request.user.pk}:{folder_id}",
        )
        return pagination.CursorPage(selectors.bookmark_cards(page.items, viewer=request.user), page.next_cursor)


class BookmarkView(ApiView):
    """One bookmark of one's own."""

    permission_classes = [SignedIn]

    @operation(
        "updateBookmark", tag=TAG, access="signed-in", body=BookmarkInput, answer=BookmarkShape, parameters=[PATH_ID]
    )
    def put(self, request: Request, id: str, body: dict[str, Any]) -> selectors.BookmarkCard:
        """Move or note a bookmark

        What is left out stays as it is.
        """
        found = services.change_bookmark(actor=request.user, bookmark_id=identity(id) or 0, **body)
        return selectors.bookmark_cards([found], viewer=request.user)[0]

    @operation("deleteBookmark", tag=TAG, access="signed-in", status=204, parameters=[PATH_ID])
    def delete(self, request: Request, id: str) -> None:
        """Delete a bookmark

        What it leads to stays.
        """
        services.remove_bookmark(actor=request.user, bookmark_id=identity(id) or 0)


class FolderListView(ApiView):
    """One's folders."""

    permission_classes = [SignedIn]

    @operation(
        "listBookmarkFolders", tag=TAG, access="signed-in", query=pagination.PageQuery, answer=FolderShape,
        wraps=pagination.pages_of,
    )  # fmt: skip
    def get(self, request: Request, query: dict[str, Any]) -> pagination.Page:
        """List one's folders

        By name; there are 100 at most.
        """
        return pagination.page_of_rows(selectors.list_folders(viewer=request.user), **query)

    @operation(
        "createBookmarkFolder", tag=TAG, access="signed-in", body=FolderInput, answer=FolderShape, status=201,
        errors=[409],
    )  # fmt: skip
    def post(self, request: Request, body: dict[str, Any]) -> Folder:
        """Make a folder

        Its name is unlike those of one's other folders.
        """
        return services.make_folder(actor=request.user, **body)


class FolderView(ApiView):
    """One folder of one's own."""

    permission_classes = [SignedIn]

    @operation(
        "updateBookmarkFolder", tag=TAG, access="signed-in", body=FolderInput, answer=FolderShape, parameters=[PATH_ID],
        errors=[409],
    )  # fmt: skip
    def put(self, request: Request, id: str, body: dict[str, Any]) -> Folder:
        """Rename a folder

        What lies in it stays there.
        """
        folder = services.rename_folder(actor=request.user, folder_id=identity(id) or 0, **body)
        return selectors.list_folders(viewer=request.user).get(pk=folder.pk)

    @operation("deleteBookmarkFolder", tag=TAG, access="signed-in", status=204, parameters=[PATH_ID])
    def delete(self, request: Request, id: str) -> None:
        """Delete a folder

        Its bookmarks stay, in no folder.
        """
        services.delete_folder(actor=request.user, folder_id=identity(id) or 0)


class PostBookmarkView(ApiView):
    """One's bookmark of a post."""

    permission_classes = [SignedIn]

    @operation(
        "bookmarkPost", tag=TAG, access="signed-in", body=BookmarkInput, answer=KeptShape, parameters=[PATH_ID],
        errors=[409],
    )  # fmt: skip
    def put(self, request: Request, id: str, body: dict[str, Any]) -> Bookmark:
        """Keep a post

        Kept already, it is the same bookmark, moved and noted as the body says.
        """
        return services.add_bookmark(actor=request.user, kind=POST, target_id=identity(id) or 0, **body)

    @operation("unbookmarkPost", tag=TAG, access="signed-in", status=204, parameters=[PATH_ID])
    def delete(self, request: Request, id: str) -> None:
        """Keep a post no longer

        What is not kept is no error.
        """
        services.remove_bookmark(actor=request.user, kind=POST, target_id=identity(id) or 0)


class PostSharesView(ApiView):
    """One's sharing of a post."""

    permission_classes = [SignedIn]

    @operation(
        "sharePost", tag=TAG, access="signed-in", body=ShareInput, answer=ShareShape, status=201, parameters=[PATH_ID]
    )
    def post(self, request: Request, id: str, body: dict[str, Any]) -> Share:
        """Share a post

        With one's followers, with a note, or elsewhere: then it is counted. On one day it is one share.
        """
        return services.share_target(actor=request.user, kind=POST, target_id=identity(id) or 0, **body)

    @operation("unsharePost", tag=TAG, access="signed-in", status=204, parameters=[PATH_ID])
    def delete(self, request: Request, id: str) -> None:
        """Take a share back

        From one's followers' feeds, and from the number. What was not shared is no error.
        """
        services.unshare_target(actor=request.user, kind=POST, target_id=identity(id) or 0)
