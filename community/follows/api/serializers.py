"""Shapes of follows, requests, blocks and mutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from community.accounts.selectors import author_card
from community.core.api import pagination
from community.core.api.fields import IdField, InstantField, StrictChoiceField, StrictIntegerField
from community.core.api.links import absolute
from community.core.api.serializers import Query, Shape
from community.core.api.shapes import AuthorShape
from community.follows.choices import Kind, State

MOST_SUGGESTED = 30


class FollowsQuery(pagination.CursorQuery):
    """What of one's follows is asked for."""

    kind = StrictChoiceField(required=False, choices=Kind.choices, help_text="Only follows of this kind.")
    state = StrictChoiceField(required=False, choices=State.choices, help_text="Only follows, or only requests.")


class SuggestionsQuery(Query):
    """How many."""

    limit = StrictIntegerField(
        default=6, min_value=1, max_value=MOST_SUGGESTED, help_text="How many people are suggested at most."
    )


#: What is said where there is no follow.
NO_FOLLOW = "none"
STATES = [NO_FOLLOW, *State.values]


class PersonInListShape(AuthorShape):
    """A person in a list of people."""

    display_name = serializers.CharField()
    url = serializers.SerializerMethodField()

    def get_url(self, person: dict[str, Any]) -> str:
        """The profile on the site."""
        return absolute(person["url"])


class PeopleToFollowShape(Shape):
    """People one may like to follow."""

    items = PersonInListShape(many=True)


class FollowerShape(PersonInListShape):
    """Somebody who follows, or is followed."""

    follow = serializers.ChoiceField(choices=STATES, help_text="One's own follow of this person.")
    followed_at = InstantField(help_text="When they began to follow, or asked to.")


class FollowRequestShape(PersonInListShape):
    """Somebody who asks to follow; the id is that of the request."""

    user_id = IdField()
    requested_at = InstantField()


class HiddenShape(PersonInListShape):
    """Somebody who is muted or blocked."""

    since = InstantField()


class RelationShape(Shape):
    """What stands between oneself and a person."""

    state = serializers.ChoiceField(choices=STATES, help_text="One's own follow: a request waits until it is accepted.")
    follows_you = serializers.BooleanField()
    muted = serializers.BooleanField()
    blocked = serializers.BooleanField()


class FollowShape(Shape):
    """Something one follows, or has asked to follow."""

    id = IdField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    target_id = IdField()
    title = serializers.CharField()
    url = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=State.choices)
    created_at = InstantField()

    def get_url(self, card: Any) -> str:
        """The page on the site."""
        return absolute(card.url)


class StateShape(Shape):
    """How far a follow is."""

    state = serializers.ChoiceField(choices=State.choices)


def person_in_list(person: Any, **more: Any) -> dict[str, Any]:
    """The values of a person whose profile is loaded; no query."""
    card = author_card(person)
    names = ("id", "username", "display_name", "avatar", "verified", "level")
    return {**{name: getattr(card, name) for name in names}, "url": f"/@{card.username}/", **more}


def followers(rows: Sequence[Any], people: Sequence[Any], marks: dict[int, str]) -> list[dict[str, Any]]:
    """The values of follows beside the people they are shown by."""
    return [
        person_in_list(person, follow=marks.get(person.pk, NO_FOLLOW), followed_at=row.created_at)
        for row, person in zip(rows, people, strict=True)
        if person is not None
    ]
