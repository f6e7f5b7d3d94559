"""The API of people among each other: who follows whom, following, muting and blocking somebody."""

from __future__ import annotations

import dataclasses
from typing import Any

from rest_framework.request import Request

from community.accounts.models import User
from community.core.api import pagination
from community.core.api.authentication import SignedIn
from community.core.api.operations import PATH_USERNAME, operation
from community.core.api.views import ApiView
from community.follows import selectors, services
from community.follows.api.serializers import NO_FOLLOW, FollowerShape, RelationShape, followers
from community.follows.choices import Kind


def relation(request: Request, person: User) -> dict[str, Any]:
    """What stands between whoever asks and `person`; one query."""
    found = selectors.relation_to(person, viewer=request.user)
    return {**dataclasses.asdict(found), "state": found.state or NO_FOLLOW}


class FollowersView(ApiView):
    """Who follows somebody."""

    @operation(
        "listFollowers",
        tag="Follows",
        access="optional",
        query=pagination.CursorQuery,
        answer=FollowerShape,
        wraps=pagination.cursor_pages_of,
        parameters=[PATH_USERNAME],
    )
    def get(self, request: Request, username: str, query: dict[str, Any]) -> pagination.CursorPage:
        """List who follows a person

        The newest first; only people whose profile one may see. 404 where one may not see the person's own.
        """
        person = selectors.get_person_to_show(username, viewer=request.user)
        rows = selectors.list_followers(person, viewer=request.user)
        page = pagination.rows_after(rows, ordering=("-pk",), scope=f"followers:{person.pk}", **_cut(query))
        people = [row.follower for row in page.items]
        return _with_marks(request, page, people)


class FollowingView(ApiView):
    """Whom somebody follows."""

    @operation(
        "listFollowing",
        tag="Follows",
        access="optional",
        query=pagination.CursorQuery,
        answer=FollowerShape,
        wraps=pagination.cursor_pages_of,
        parameters=[PATH_USERNAME],
    )
    def get(self, request: Request, username: str, query: dict[str, Any]) -> pagination.CursorPage:
        """List the people whom a person follows

        The newest first; only people whose profile one may see. 404 where one may not see the person's own.
        """
        person = selectors.get_person_to_show(username, viewer=request.user)
        rows = selectors.list_following(person, viewer=request.user)
        page = pagination.rows_after(rows, ordering=("-pk",), scope=f"following:{person.pk}", **_cut(query))
        found = selectors.list_to_meet(viewer=request.user).in_bulk([row.target_id for row in page.items])
        return _with_marks(request, page, [found.get(row.target_id) for row in page.items])


def _cut(query: dict[str, Any]) -> dict[str, Any]:
    return {"cursor": query.get("cursor"), "limit": query["limit"]}


def _with_marks(request: Request, page: pagination.CursorPage, people: list[User | None]) -> pagination.CursorPage:
    marks = selectors.follow_marks(request.user, [(Kind.USER, person.pk) for person in people if person is not None])
    own = {person_id: state for (_kind, person_id), state in marks.items()}
    return dataclasses.replace(page, items=followers(page.items, people, own))


class FollowView(ApiView):
    """One's follow of a person."""

    permission_classes = [SignedIn]

    @operation("getRelation", tag="Follows", access="signed-in", answer=RelationShape, parameters=[PATH_USERNAME])
    def get(self, request: Request, username: str) -> dict[str, Any]:
        """Get what stands between oneself and a person"""
        return relation(request, selectors.get_person_to_meet(username, viewer=request.user))

    @operation("followUser", tag="Follows", access="signed-in", answer=RelationShape, parameters=[PATH_USERNAME])
    def put(self, request: Request, username: str) -> dict[str, Any]:
        """Follow a person

        Where the profile is not public it is a request, and `state` says so. Following again changes nothing.
        """
        person = selectors.get_person_to_meet(username, viewer=request.user)
        services.follow(actor=request.user, kind=Kind.USER, target_id=person.pk)
        return relation(request, person)

    @operation("unfollowUser", tag="Follows", access="signed-in", status=204, parameters=[PATH_USERNAME])
    def delete(self, request: Request, username: str) -> None:
        """Follow a person no longer

        Takes a request back as well. No error where there is nothing to end.
        """
        person = selectors.get_person_to_meet(username, viewer=request.user)
        services.unfollow(actor=request.user, kind=Kind.USER, target_id=person.pk)


class MuteView(ApiView):
    """Not seeing a person in lists."""

    permission_classes = [SignedIn]

    @operation("muteUser", tag="Follows", access="signed-in", answer=RelationShape, parameters=[PATH_USERNAME])
    def put(self, request: Request, username: str) -> dict[str, Any]:
        """Mute a person

        What they write is in none of one's lists any more. Nobody is told.
        """
        return relation(request, services.mute(actor=request.user, username=username))

    @operation("unmuteUser", tag="Follows", access="signed-in", status=204, parameters=[PATH_USERNAME])
    def delete(self, request: Request, username: str) -> None:
        """Mute a person no longer"""
        services.unmute(actor=request.user, username=username)


class BlockView(ApiView):
    """Having nothing to do with a person."""

    permission_classes = [SignedIn]

    @operation("blockUser", tag="Follows", access="signed-in", answer=RelationShape, parameters=[PATH_USERNAME])
    def put(self, request: Request, username: str) -> dict[str, Any]:
        """Block a person

        Neither sees, follows or answers the other any more; follows and requests of both end.
        """
        return relation(request, services.block(actor=request.user, username=username))

    @operation("unblockUser", tag="Follows", access="signed-in", status=204, parameters=[PATH_USERNAME])
    def delete(self, request: Request, username: str) -> None:
        """Block a person no longer

        Follows do not come back by themselves.
        """
        services.unblock(actor=request.user, username=username)
