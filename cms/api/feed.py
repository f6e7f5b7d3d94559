"""The API of feeds."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from cms import selectors, services
from cms.api import listings
from cms.api.serializers import PostShape
from cms.models import PostPage
from cms.selectors import Feed, FeedPart, Shared, Why
from community.accounts.models import User
from community.core.api import pagination
from community.core.api.authentication import SignedIn
from community.core.api.fields import StrictBooleanField, StrictCharField, StrictChoiceField
from community.core.api.links import absolute
from community.core.api.operations import operation
from community.core.api.serializers import Input, Query, Shape
from community.core.api.views import ApiView
from community.core.errors import Conflict

TAG = "Feed"


class ForYouOff(Conflict):
    """One has turned “For you” off."""

    message = _("“For you” is turned off.")


@dataclasses.dataclass(frozen=True)
class FeedItem(listings.PostAnswer):
    """A post in a feed, with what brought it there."""

    why: Why
    shared: Shared | None


@dataclasses.dataclass(frozen=True)
class FeedAnswer(pagination.CursorPage):
    """A part of a feed, and where a question for news begins."""

    since: str


class NamedByShape(Shape):
    """Somebody or something meant by a reason."""

    kind = serializers.CharField(help_text="`user`, `category`, `tag` or `series`.")
    name = serializers.CharField()
    url = serializers.SerializerMethodField()

    def get_url(self, named: Any) -> str:
        """The page on the site."""
        return absolute(named.url)


class WhyShape(Shape):
    """Why a post is in a feed: the reason that says most."""

    code = serializers.CharField(
        help_text="`follows_person`, `follows_series`, `follows_tag`, `follows_category`, `shared`, `reacted`, `reads`,"
        " `trending`, `latest`, or `follows` for what can no longer be named."
    )
    text = serializers.CharField(help_text="The reason in words.")
    named = NamedByShape(many=True, help_text="Who or what is meant.")


class SharedByShape(Shape):
    """Who shared a post with their followers last, of those one follows."""

    by = NamedByShape()
    note = serializers.CharField(allow_blank=True)


class FeedItemShape(PostShape):
    """A post in a feed."""

    why = WhyShape()
    shared = SharedByShape(allow_null=True, help_text="Null when nobody whom one follows shared it.")


class FeedPartShape(Shape):
    """A part of a feed; `nextCursor` leads on."""

    items = FeedItemShape(many=True)
    next_cursor = serializers.CharField(allow_null=True)
    has_more = serializers.BooleanField()
    since = serializers.CharField(help_text="Of the first part: goes to `/api/me/feed/new`.")


class FeedQuery(pagination.CursorQuery):
    """Which feed, and where in it."""

    kind = StrictChoiceField(choices=tuple(Feed), default=str(Feed.FOLLOWING), help_text="The feed.")
    order = StrictChoiceField(
        choices=selectors.ORDERS_OF_FEED, default="newest", help_text="Of `following`; the others have one order."
    )


class NewsQuery(Query):
    """Since when."""

    kind = StrictChoiceField(
        choices=tuple(selectors.WITH_NEWS), default=str(Feed.FOLLOWING), help_text="The feed that is shown."
    )
    since = StrictCharField(max_length=pagination.CURSOR_LENGTH, help_text="`since` of its first part.")


class NewsShape(Shape):
    """How much is new."""

    count = serializers.IntegerField(help_text=f"New posts of others, counted to {selectors.NEW_MAX}.")
    more = serializers.BooleanField(help_text="Whether there are more than `count`.")


class ReadCategoryShape(Shape):
    """A category one reads."""

    name = serializers.CharField()
    share = serializers.FloatField(help_text="The part of one's reading, from 0 to 1.")


class FeedPreferencesShape(Shape):
    """What one wants of one's feeds, and what is noted for them."""

    for_you = serializers.BooleanField(help_text="Whether there is “For you”, and it is noted what one reads.")
    reads = ReadCategoryShape(many=True, help_text="What is noted, the most read first.")


class FeedPreferencesInput(Input):
    """What one wants of one's feeds."""

    for_you = StrictBooleanField(help_text="Off: nothing is noted, and what was noted is deleted.")


class FeedView(ApiView):
    """One's feeds."""

    permission_classes = [SignedIn]

    @operation("getFeed", tag=TAG, access="signed-in", query=FeedQuery, answer=FeedPartShape, errors=[409])
    def get(self, request: Request, query: dict[str, Any]) -> FeedAnswer:
        """Read a feed

        `following`: posts of people, categories, tags and series one follows, and what followed people shared.
        `for-you`: these, what followed people react to and the categories one reads, in the order of a documented
        formula; 409 while it is turned off. `trending` and `latest`: everything one may see. Nobody muted or blocked
        is in any. Lists by time go on without gaps and repeats while posts arrive; those in another order stay as
        they were at their first part, for half an hour.
        """
        feed = Feed(query["kind"])
        if feed is Feed.FOR_YOU and not selectors.wants_for_you(_oneself(request)):
            raise ForYouOff()
        part = selectors.read_feed(
            feed, viewer=_oneself(request), order=query["order"], cursor=query.get("cursor"), limit=query["limit"]
        )
        return FeedAnswer(_items(part, feed, request), part.next_cursor, part.since)


def _items(part: FeedPart, feed: Feed, request: Request) -> list[FeedItem]:
    why = selectors.reasons(part.entries, feed)
    ids = [entry.post_id for entry in part.entries]
    rows = listings.with_authors(PostPage.objects.published().filter(pk__in=ids)).defer(*listings.UNREAD)
    answers = {answer.post.pk: answer for answer in listings.list_answers(list(rows), viewer=_oneself(request))}
    return [FeedItem(**vars(answers[pk]), why=why[pk][0], shared=why[pk][1]) for pk in ids if pk in answers]


class NewsView(ApiView):
    """What came since."""

    permission_classes = [SignedIn]

    @operation("countNewInFeed", tag=TAG, access="signed-in", query=NewsQuery, answer=NewsShape)
    def get(self, request: Request, query: dict[str, Any]) -> dict[str, Any]:
        """Count what is new in a feed

        Posts of others since its first part was read. Ask once a minute, while somebody looks.
        """
        count = selectors.count_new(Feed(query["kind"]), viewer=_oneself(request), since=query["since"])
        return {"count": min(count, selectors.NEW_MAX), "more": count > selectors.NEW_MAX}


class PreferencesView(ApiView):
    """What one wants of one's feeds."""

    permission_classes = [SignedIn]

    @operation("getFeedPreferences", tag=TAG, access="signed-in", answer=FeedPreferencesShape)
    def get(self, request: Request) -> dict[str, Any]:
        """Get one's choices about feeds

        With what is noted of one's reading.
        """
        return _preferences(request)

    @operation(
        "setFeedPreferences", tag=TAG, access="signed-in", body=FeedPreferencesInput, answer=FeedPreferencesShape
    )
    def put(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Choose about feeds

        Without “For you” nothing is noted of what one reads, and what was noted is deleted.
        """
        services.set_for_you(actor=_oneself(request), wanted=body["for_you"])
        return _preferences(request)


def _preferences(request: Request) -> dict[str, Any]:
    viewer = _oneself(request)
    reads = [{"name": name, "share": part} for name, part in selectors.list_read_categories(viewer)]
    return {"for_you": selectors.wants_for_you(viewer), "reads": reads}


def _oneself(request: Request) -> User:
    return cast(User, request.user)  # SignedIn has made sure
