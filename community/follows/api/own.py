"""The API of what one follows, who asks to follow, whom one has hidden, and whom one may like."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from community.accounts.models import User
from community.core.api import pagination
from community.core.api.authentication import SignedIn
from community.core.api.operations import PATH_ID, operation
from community.core.api.views import ApiView
from community.follows import selectors, services
from community.follows.api.people import PATH_USERNAME
from community.follows.api.serializers import (
    FollowRequestShape,
    FollowShape,
    FollowsQuery,
    HiddenShape,
    PeopleToFollowShape,
    StateShape,
    SuggestionsQuery,
    person_in_list,
)
from community.follows.choices import Kind
from community.follows.models import Follow

PATH_KIND = OpenApiParameter(
    "kind",
    {"type": "string", "enum": Kind.values},
    OpenApiParameter.PATH,
    description="What it is. An author page is followed as its person.",
)


def _oneself(request: Request) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - these views are for signed-in people
    return request.user


class FollowsView(ApiView):
    """What one follows."""

    permission_classes = [SignedIn]

    @operation(
        "listMyFollows",
        tag="Follows",
        access="signed-in",
        query=FollowsQuery,
        answer=FollowShape,
        wraps=pagination.cursor_pages_of,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.CursorPage:
        """List what one follows

        People, categories, tags and series, the newest first; requests that wait too.
        """
        kind, state = query.get("kind", ""), query.get("state", "")
        rows = selectors.list_follows(viewer=_oneself(request), kind=kind, state=state)
        page = pagination.rows_after(
            rows, ordering=("-pk",), cursor=query.get("cursor"), limit=query["limit"], scope=f"follows:{kind}:{state}"
        )
        return dataclasses.replace(page, items=selectors.followed_cards(page.items, viewer=_oneself(request)))


class OwnFollowView(ApiView):
    """One's follow of anything, by kind and id."""

    permission_classes = [SignedIn]

    @operation("follow", tag="Follows", access="signed-in", answer=StateShape, parameters=[PATH_KIND, PATH_ID])
    def put(self, request: Request, kind: str, id: str) -> dict[str, Any]:
        """Follow a person, category, tag or series

        A person whose profile is not public is asked. Following again changes nothing.
        """
        return {"state": services.follow(actor=request.user, kind=kind, target_id=int(id))}

    @operation("unfollow", tag="Follows", access="signed-in", status=204, parameters=[PATH_KIND, PATH_ID])
    def delete(self, request: Request, kind: str, id: str) -> None:
        """Follow something no longer

        Takes a request back as well. No error where there is nothing to end.
        """
        services.unfollow(actor=request.user, kind=kind, target_id=int(id))


class FollowerView(ApiView):
    """Somebody who follows oneself."""

    permission_classes = [SignedIn]

    @operation("removeFollower", tag="Follows", access="signed-in", status=204, parameters=[PATH_USERNAME])
    def delete(self, request: Request, username: str) -> None:
        """Remove a follower

        Nobody is told. No error where they do not follow.
        """
        person = selectors.get_person_to_meet(username, viewer=request.user)
        services.remove_follower(actor=request.user, follower_id=person.pk)


class RequestsView(ApiView):
    """Who asks to follow."""

    permission_classes = [SignedIn]

    @operation(
        "listFollowRequests",
        tag="Follows",
        access="signed-in",
        query=pagination.CursorQuery,
        answer=FollowRequestShape,
        wraps=pagination.cursor_pages_of,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.CursorPage:
        """List who asks to follow oneself

        The newest first. A profile that becomes public accepts them all.
        """
        page = pagination.rows_after(
            selectors.list_requests(viewer=_oneself(request)),
            ordering=("-pk",),
            cursor=query.get("cursor"),
            limit=query["limit"],
            scope="follow-requests",
        )
        return dataclasses.replace(page, items=[_request(row) for row in page.items])


def _request(row: Follow) -> dict[str, Any]:
    values = person_in_list(row.follower, requested_at=row.created_at)
    return {**values, "user_id": values["id"], "id": row.pk}


class RequestView(ApiView):
    """A request to follow."""

    permission_classes = [SignedIn]

    @operation("acceptFollowRequest", tag="Follows", access="signed-in", answer=StateShape, parameters=[PATH_ID])
    def put(self, request: Request, id: str) -> dict[str, Any]:
        """Accept a request to follow"""
        return {"state": services.accept_request(actor=request.user, request_id=int(id)).state}

    @operation("declineFollowRequest", tag="Follows", access="signed-in", status=204, parameters=[PATH_ID])
    def delete(self, request: Request, id: str) -> None:
        """Decline a request to follow

        Nobody is told.
        """
        services.decline_request(actor=request.user, request_id=int(id))


def _hidden(rows: QuerySet[Any], query: dict[str, Any], *, scope: str, whom: str) -> pagination.CursorPage:
    """A page of blocks or mutes: the people in the column `whom`, and since when."""
    page = pagination.rows_after(rows, ordering=("-pk",), cursor=query.get("cursor"), limit=query["limit"], scope=scope)
    shown = [person_in_list(getattr(row, whom), since=row.created_at) for row in page.items]
    return dataclasses.replace(page, items=shown)


class BlocksView(ApiView):
    """Whom one has blocked."""

    permission_classes = [SignedIn]

    @operation(
        "listBlocks",
        tag="Follows",
        access="signed-in",
        query=pagination.CursorQuery,
        answer=HiddenShape,
        wraps=pagination.cursor_pages_of,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.CursorPage:
        """List whom one has blocked

        The newest first.
        """
        return _hidden(selectors.list_blocks(viewer=_oneself(request)), query, scope="blocks", whom="blocked")


class MutesView(ApiView):
    """Whom one has muted."""

    permission_classes = [SignedIn]

    @operation(
        "listMutes",
        tag="Follows",
        access="signed-in",
        query=pagination.CursorQuery,
        answer=HiddenShape,
        wraps=pagination.cursor_pages_of,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.CursorPage:
        """List whom one has muted

        The newest first.
        """
        return _hidden(selectors.list_mutes(viewer=_oneself(request)), query, scope="mutes", whom="muted")


class SuggestionsView(ApiView):
    """Whom one may like to follow."""

    permission_classes = [SignedIn]

    @operation(
        "listSuggestions",
        tag="Follows",
        access="signed-in",
        query=SuggestionsQuery,
        answer=PeopleToFollowShape,
    )
    def get(self, request: Request, query: dict[str, Any]) -> dict[str, Any]:
        """List people one may like to follow

        First those whom people one follows follow, and who follow the same categories, tags and series; then those
        with the most followers. Only public profiles.
        """
        people = selectors.suggest_people(viewer=_oneself(request), limit=query["limit"])
        return {"items": [person_in_list(person) for person in people]}
