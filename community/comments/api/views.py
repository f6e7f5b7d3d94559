"""The API of comments."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from community.accounts.selectors import get_person
from community.comments import permissions, selectors, services
from community.comments.api import listings
from community.comments.api.serializers import (
    CommentChanges,
    CommentInput,
    CommentListQuery,
    CommentShape,
    HidingInput,
)
from community.comments.choices import ORDERINGS, Sort
from community.comments.models import Comment
from community.core.api import pagination
from community.core.api.authentication import SignedIn
from community.core.api.fields import identity
from community.core.api.operations import PATH_ID, PATH_USERNAME, operation
from community.core.api.versions import expected_version
from community.core.api.views import ApiView
from community.core.errors import NotAllowed
from community.core.generations import SITE

POST = "post"
TAG = "Comments"


class PostCommentsView(ApiView):
    """What is said about a post."""

    page_tags = (SITE, "post:{id}")

    @operation(
        "listPostComments",
        tag=TAG,
        access="optional",
        query=CommentListQuery,
        answer=CommentShape,
        wraps=pagination.cursor_pages_of,
        parameters=[PATH_ID],
    )
    def get(self, request: Request, id: str, query: dict[str, Any]) -> pagination.CursorPage:
        """List the comments on a post

        Those that begin a thread; what answers them is at `/api/comments/{id}/replies`. `best` by reactions, the
        older the less, the pinned one first; `newest` and `oldest` by time.
        """
        discussion = selectors.get_discussion(POST, identity(id) or 0, viewer=request.user)
        return listings.part_of(
            selectors.list_firsts(POST, discussion.id, viewer=request.user),
            viewer=request.user,
            ordering=ORDERINGS[query["sort"]],
            query=query,
            scope=f"comments:{discussion.tag}:{query['sort']}",
        )

    @operation(
        "createPostComment",
        tag=TAG,
        access="signed-in",
        body=CommentInput,
        answer=CommentShape,
        status=201,
        errors=[404],
        parameters=[PATH_ID],
    )
    def post(self, request: Request, id: str, body: dict[str, Any]) -> listings.CommentAnswer:
        """Comment on a post

        With `parentId` it answers a comment there. Without `youtubeTimestamp`, the first time in the text, such as
        `1:23`, becomes it where the post has a video. `@name` tells up to ten people.
        """
        made = services.add_comment(actor=request.user, target_kind=POST, target_id=identity(id) or 0, **body)
        return listings.new_answer(made)


class CommentView(ApiView):
    """One comment."""

    @operation("getComment", tag=TAG, access="optional", answer=CommentShape, parameters=[PATH_ID])
    def get(self, request: Request, id: str) -> listings.CommentAnswer:
        """Get a comment

        What is deleted, hidden, or about something that one may not see is 404.
        """
        return listings.answer(_find(request, id), viewer=request.user)

    @operation(
        "updateComment",
        tag=TAG,
        access="signed-in",
        body=CommentChanges,
        answer=CommentShape,
        errors=[404, 409],
        parameters=[PATH_ID],
    )
    def put(self, request: Request, id: str, body: dict[str, Any]) -> listings.CommentAnswer:
        """Change a comment

        Its author, for 24 hours. With `version` (or the header If-Match) a change made from an older version is
        refused with 409 and `currentVersion`.
        """
        version = expected_version(request, body.pop("version", None))
        changed = services.update_comment(actor=request.user, comment=_find(request, id), version=version, **body)
        return listings.answer(changed, viewer=request.user)

    @operation("deleteComment", tag=TAG, access="signed-in", status=204, errors=[404], parameters=[PATH_ID])
    def delete(self, request: Request, id: str) -> None:
        """Delete a comment

        Its author. While it has answers its place stays, without text and name.
        """
        services.delete_comment(actor=request.user, comment=_find(request, id))


class RepliesView(ApiView):
    """What answers a comment."""

    @operation(
        "listReplies",
        tag=TAG,
        access="optional",
        query=pagination.CursorQuery,
        answer=CommentShape,
        wraps=pagination.cursor_pages_of,
        parameters=[PATH_ID],
    )
    def get(self, request: Request, id: str, query: dict[str, Any]) -> pagination.CursorPage:
        """List the answers to a comment

        Direct ones, the oldest first.
        """
        comment = selectors.get_place(identity(id) or 0, viewer=request.user)
        return listings.part_of(
            selectors.list_replies(comment, viewer=request.user),
            viewer=request.user,
            ordering=ORDERINGS[Sort.OLDEST],
            query=query,
            scope=f"replies:{comment.pk}",
        )


class PersonCommentsView(ApiView):
    """What somebody said."""

    @operation(
        "listCommentsOfPerson",
        tag=TAG,
        access="optional",
        query=pagination.CursorQuery,
        answer=CommentShape,
        wraps=pagination.cursor_pages_of,
        parameters=[PATH_USERNAME],
    )
    def get(self, request: Request, username: str, query: dict[str, Any]) -> pagination.CursorPage:
        """List the comments of a person

        The newest first, on whatever the caller may see: a part can hold fewer than `limit`.
        """
        person = get_person(username, viewer=request.user)
        page = pagination.rows_after(
            selectors.with_authors(selectors.list_by_person(person.pk, viewer=request.user)),
            ordering=("-pk",),
            cursor=query.get("cursor"),
            limit=query["limit"],
            scope=f"comments-by:{person.pk}",
        )
        seen = selectors.on_visible_targets(page.items, viewer=request.user)
        return pagination.CursorPage(listings.answers(seen, viewer=request.user), page.next_cursor)


class PinView(ApiView):
    """What stands above all other comments."""

    permission_classes = [SignedIn]

    @operation("pinComment", tag=TAG, access="signed-in", answer=CommentShape, errors=[404], parameters=[PATH_ID])
    def put(self, request: Request, id: str) -> listings.CommentAnswer:
        """Pin a comment

        The author of the post, the first comment of a thread; it takes the place of the one before.
        """
        pinned = services.pin_comment(actor=request.user, comment=_find(request, id), pinned=True)
        return listings.answer(pinned, viewer=request.user)

    @operation("unpinComment", tag=TAG, access="signed-in", status=204, errors=[404], parameters=[PATH_ID])
    def delete(self, request: Request, id: str) -> None:
        """Unpin a comment"""
        services.pin_comment(actor=request.user, comment=_find(request, id), pinned=False)


class LockView(ApiView):
    """Threads that nobody adds to."""

    permission_classes = [SignedIn]

    @operation("lockThread", tag=TAG, access="signed-in", answer=CommentShape, errors=[404], parameters=[PATH_ID])
    def put(self, request: Request, id: str) -> listings.CommentAnswer:
        """Lock a thread

        The author of the post, and moderators: nobody but moderators answers there any more.
        """
        locked = services.lock_thread(actor=request.user, comment=_find(request, id), locked=True)
        return listings.answer(locked, viewer=request.user)

    @operation("unlockThread", tag=TAG, access="signed-in", status=204, errors=[404], parameters=[PATH_ID])
    def delete(self, request: Request, id: str) -> None:
        """Open a thread again"""
        services.lock_thread(actor=request.user, comment=_find(request, id), locked=False)


class HidingView(ApiView):
    """What moderators take out of sight."""

    permission_classes = [SignedIn]

    @operation(
        "hideComment", tag=TAG, access="signed-in", body=HidingInput, status=204, errors=[404], parameters=[PATH_ID]
    )
    def put(self, request: Request, id: str, body: dict[str, Any]) -> None:
        """Hide a comment

        Moderators, with a reason; it is written down who did it and why. Also one that waits to be let in.
        """
        comment, _discussion = selectors.get_comment_to_manage(identity(id) or 0, viewer=request.user)
        services.hide_comment(actor=request.user, comment=comment, reason=body["reason"])

    @operation("restoreComment", tag=TAG, access="signed-in", status=204, errors=[404], parameters=[PATH_ID])
    def delete(self, request: Request, id: str) -> None:
        """Bring a comment back

        Moderators, what moderators have hidden.
        """
        comment, _discussion = selectors.get_comment_to_manage(identity(id) or 0, viewer=request.user)
        services.restore_comment(actor=request.user, comment=comment)


class HeldCommentsView(ApiView):
    """What waits for a moderator."""

    permission_classes = [SignedIn]

    @operation(
        "listHeldComments",
        tag=TAG,
        access="signed-in",
        query=pagination.CursorQuery,
        answer=CommentShape,
        wraps=pagination.cursor_pages_of,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.CursorPage:
        """List the comments that wait

        Moderators: what came from elsewhere and nobody has let in, with its text, the newest first. They let it in
        (`/api/comments/{id}/approval`) or hide it (`/api/comments/{id}/hiding`).
        """
        if not permissions.can_moderate(request.user):
            raise NotAllowed()
        return listings.part_of(
            selectors.list_held(viewer=request.user),
            viewer=request.user,
            ordering=("-pk",),
            query=query,
            scope="held-comments",
            opened=True,
        )


class ApprovalView(ApiView):
    """Letting in what waits."""

    permission_classes = [SignedIn]

    @operation("approveComment", tag=TAG, access="signed-in", answer=CommentShape, errors=[404], parameters=[PATH_ID])
    def put(self, request: Request, id: str) -> listings.CommentAnswer:
        """Let a comment in

        Moderators, what waits: everybody sees it from now on, in its place.
        """
        comment, _discussion = selectors.get_comment_to_manage(identity(id) or 0, viewer=request.user)
        return listings.answer(services.approve_comment(actor=request.user, comment=comment), viewer=request.user)


def _find(request: Request, text: str) -> Comment:
    return selectors.get_comment(identity(text) or 0, viewer=request.user)[0]
