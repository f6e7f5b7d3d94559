"""The API of reactions: types, who reacted, giving one and taking it back."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from community.core.api import pagination
from community.core.api.fields import identity
from community.core.api.operations import PATH_ID, operation
from community.core.api.views import ApiView
from community.core.errors import Invalid
from community.core.generations import SITE
from community.reactions import selectors, services
from community.reactions.api.serializers import ReactionListQuery, ReactionShape, ReactionTypeShape, StandingShape
from community.reactions.choices import CODE_MAX

TAG = "Reactions"
PATH_TYPE = OpenApiParameter(
    "type", {"type": "string", "maxLength": CODE_MAX}, OpenApiParameter.PATH, description="The code of a type: `LIKE`."
)


class TypeListView(ApiView):
    """The types of reactions."""

    page_tags = (SITE,)

    @operation(
        "listReactionTypes", tag=TAG, access="all", query=pagination.PageQuery, answer=ReactionTypeShape,
        wraps=pagination.pages_of,
    )  # fmt: skip
    def get(self, request: Request, query: dict[str, Any]) -> pagination.Page:
        """List the types of reactions

        In their order, also those that are given no more.
        """
        types, start = selectors.list_types(), (query["page"] - 1) * query["limit"]
        return pagination.Page(types[start : start + query["limit"]], len(types), True, query["page"], query["limit"])


class _ListView(ApiView):
    kind = ""

    def list(self, request: Request, id: str, query: dict[str, Any]) -> pagination.CursorPage:
        """Who reacted to one thing."""
        target_id = identity(id) or 0
        selectors.find_target(self.kind, target_id, viewer=request.user)
        code = query.get("type")
        page = pagination.rows_after(
            selectors.list_reactions(self.kind, target_id, viewer=request.user, code=code),
            ordering=("-pk",),
            cursor=query.get("cursor"),
            limit=query["limit"],
            scope=f"reactions:{self.kind}:{target_id}:{code}",
        )
        return pagination.CursorPage(selectors.reaction_cards(page.items), page.next_cursor)


class _OneView(ApiView):
    kind = ""

    def add(self, request: Request, id: str, type: str) -> selectors.Standing:
        """Gives a reaction."""
        return services.add_reaction(**self._what(request, id, type))

    def remove(self, request: Request, id: str, type: str) -> selectors.Standing:
        """Takes one back."""
        return services.remove_reaction(**self._what(request, id, type))

    def _what(self, request: Request, id: str, type: str) -> dict[str, Any]:
        if "\0" in type:
            raise Invalid(fields={"type": services.UnknownType().fields["type"]})
        return {"actor": request.user, "kind": self.kind, "target_id": identity(id) or 0, "code": type}


class PostReactionsView(_ListView):
    """Who reacted to a post."""

    kind = "post"

    @operation(
        "listPostReactions", tag=TAG, access="optional", query=ReactionListQuery, answer=ReactionShape,
        wraps=pagination.cursor_pages_of, parameters=[PATH_ID],
    )  # fmt: skip
    def get(self, request: Request, id: str, query: dict[str, Any]) -> pagination.CursorPage:
        """List who reacted to a post

        The newest first. People with a private profile, and whom one does not want to see, are counted but not named.
        """
        return self.list(request, id, query)


class PostReactionView(_OneView):
    """One's reaction of a type to a post."""

    kind = "post"

    @operation(
        "addPostReaction", tag=TAG, access="signed-in", answer=StandingShape, parameters=[PATH_ID, PATH_TYPE]
    )  # fmt: skip
    def put(self, request: Request, id: str, type: str) -> selectors.Standing:
        """React to a post

        Given twice, it is one reaction. The answer is how the post stands now.
        """
        return self.add(request, id, type)

    @operation(
        "removePostReaction", tag=TAG, access="signed-in", answer=StandingShape, parameters=[PATH_ID, PATH_TYPE]
    )  # fmt: skip
    def delete(self, request: Request, id: str, type: str) -> selectors.Standing:
        """Take a reaction to a post back

        What was not given is no error. The answer is how the post stands now.
        """
        return self.remove(request, id, type)


class CommentReactionsView(_ListView):
    """Who reacted to a comment."""

    kind = "comment"

    @operation(
        "listCommentReactions", tag=TAG, access="optional", query=ReactionListQuery, answer=ReactionShape,
        wraps=pagination.cursor_pages_of, parameters=[PATH_ID],
    )  # fmt: skip
    def get(self, request: Request, id: str, query: dict[str, Any]) -> pagination.CursorPage:
        """List who reacted to a comment

        The newest first. People with a private profile, and whom one does not want to see, are counted but not named.
        """
        return self.list(request, id, query)


class CommentReactionView(_OneView):
    """One's reaction of a type to a comment."""

    kind = "comment"

    @operation(
        "addCommentReaction", tag=TAG, access="signed-in", answer=StandingShape, parameters=[PATH_ID, PATH_TYPE]
    )  # fmt: skip
    def put(self, request: Request, id: str, type: str) -> selectors.Standing:
        """React to a comment

        Given twice, it is one reaction. The answer is how the comment stands now.
        """
        return self.add(request, id, type)

    @operation(
        "removeCommentReaction", tag=TAG, access="signed-in", answer=StandingShape, parameters=[PATH_ID, PATH_TYPE]
    )  # fmt: skip
    def delete(self, request: Request, id: str, type: str) -> selectors.Standing:
        """Take a reaction to a comment back

        What was not given is no error. The answer is how the comment stands now.
        """
        return self.remove(request, id, type)
