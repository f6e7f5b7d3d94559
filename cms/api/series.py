"""The API of series: reading, making and changing them, and the order of their parts."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from cms import selectors, services
from cms.api import listings
from cms.api.serializers import SLUG_FILTER_MAX, CoverField, PostShape
from cms.choices import INTRODUCTION_MAX, PARTS_MAX, TITLE_MAX
from cms.models import SeriesPage
from community.core.api import pagination
from community.core.api.authentication import SignedIn
from community.core.api.fields import (
    IdField,
    InstantField,
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
    identity,
)
from community.core.api.links import absolute
from community.core.api.operations import PATH_ID, operation
from community.core.api.serializers import Input, Shape
from community.core.api.shapes import AuthorShape, PictureField
from community.core.api.versions import expected_version
from community.core.api.views import ApiView
from community.core.generations import SITE


class SeriesShape(Shape):
    """A series in a list."""

    id = IdField()
    slug = serializers.CharField()
    title = serializers.CharField()
    introduction = serializers.CharField(allow_blank=True)
    cover_image = PictureField(source="cover", help_text="The cover, else that of the first part that has one.")
    author = AuthorShape(allow_null=True, help_text="Whose series it is; null for a series of a section.")
    section = serializers.CharField(allow_blank=True, help_text="The title of its section, or empty.")
    parts = serializers.IntegerField(help_text="How many parts it has.")
    reading_minutes = serializers.IntegerField(source="minutes", help_text="For all parts together.")
    complete = serializers.BooleanField(help_text="No more parts will come.")
    published = serializers.BooleanField(help_text="False for a draft, which only those see who may change it.")
    updated_at = InstantField(allow_null=True)
    version = serializers.IntegerField(help_text="Goes back with a change.")
    url = serializers.SerializerMethodField()

    def get_url(self, series: selectors.SeriesCard) -> str:
        """The page on the site."""
        return absolute(series.url)


class SeriesDetailShape(SeriesShape):
    """A series with its parts."""

    posts = PostShape(many=True, help_text="The first 100 parts, in their order.")


@dataclasses.dataclass(frozen=True)
class SeriesDetail(selectors.SeriesCard):
    """A series with its parts."""

    posts: Sequence[listings.PostAnswer] = ()


class SeriesListQuery(pagination.PageQuery):
    """Whose series."""

    author = StrictCharField(required=False, max_length=SLUG_FILTER_MAX, help_text="A user name.")
    section = StrictCharField(required=False, max_length=SLUG_FILTER_MAX, help_text="Slug of a section.")


class _SeriesFields(Input):
    """What is the same for a new series and a change."""

    introduction = StrictCharField(
        required=False, max_length=INTRODUCTION_MAX, allow_blank=True, help_text="Plain text."
    )
    cover_image = CoverField(
        required=False, allow_null=True, help_text="A picture of this site; null for the cover of the first part."
    )
    complete = StrictBooleanField(required=False, help_text="No more parts will come.")


class SeriesInput(_SeriesFields):
    """A new series."""

    title = StrictCharField(max_length=TITLE_MAX, error_messages={"blank": SeriesPage.title_missing})
    published = StrictBooleanField(default=True)


class SeriesChanges(_SeriesFields):
    """What can be changed of a series; what is left out stays as it is."""

    title = StrictCharField(required=False, max_length=TITLE_MAX, error_messages={"blank": SeriesPage.title_missing})
    published = StrictBooleanField(required=False)
    version = StrictIntegerField(required=False, min_value=0, help_text="The version the change was made from.")


class PartsInput(Input):
    """An order of posts."""

    posts = serializers.ListField(
        child=IdField(), max_length=PARTS_MAX, help_text="Ids of posts, each once, in their order."
    )


class SeriesListView(ApiView):
    """The series everybody sees, and a way to add one."""

    page_tags = (SITE,)

    @operation(
        "listSeries",
        tag="Series",
        access="all",
        query=SeriesListQuery,
        answer=SeriesShape,
        wraps=pagination.pages_of,
        select=True,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.Page:
        """List series

        Series with at least one page in them, the newest first.
        """
        filters = {name: query.pop(name, None) for name in ("author", "section")}
        return _page(request, selectors.list_series(viewer=request.user, **filters), query)

    @operation("createSeries", tag="Series", access="signed-in", body=SeriesInput, answer=SeriesDetailShape, status=201)
    def post(self, request: Request, body: dict[str, Any]) -> SeriesDetail:
        """Create a series

        It goes below one's own author page, live unless `published` is false; it is in lists from its first part
        on. For verified creators and above.
        """
        listings.check_cover(body.get("cover_image"), actor=request.user, kept=set())
        return _answer(request, services.create_series(actor=request.user, **body))


class OwnSeriesView(ApiView):
    """One's own series."""

    permission_classes = [SignedIn]

    @operation(
        "listOwnSeries",
        tag="Me",
        access="signed-in",
        query=pagination.PageQuery,
        answer=SeriesShape,
        wraps=pagination.pages_of,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.Page:
        """List one's own series

        All below one's author page, also drafts and those without parts, the newest first.
        """
        return _page(request, selectors.list_own_series(viewer=request.user), query)


def _page(request: Request, rows: QuerySet[SeriesPage], query: dict[str, Any]) -> pagination.Page:
    page = pagination.page_of_rows(rows, **query)
    return page.with_items(selectors.series_cards(list(page.items), viewer=request.user))


def _find(request: Request, text: str) -> SeriesPage:
    return selectors.get_series(identity(text) or 0, viewer=request.user)


def _answer(request: Request, series: SeriesPage) -> SeriesDetail:
    """A series with its parts: the live version, or the newest draft of one that is not live."""
    shown = series if series.live or not series.latest_revision_id else series.get_latest_revision_as_object()
    parts = listings.with_authors(selectors.list_parts(shown, viewer=request.user)).defer(*listings.UNREAD)
    (card,) = selectors.series_cards([shown], viewer=request.user)
    values = {field.name: getattr(card, field.name) for field in dataclasses.fields(card)}
    rows = list(parts[: pagination.MOST_LIMIT])
    return SeriesDetail(**values, posts=listings.list_answers(rows, viewer=request.user))


class SeriesView(ApiView):
    """One series."""

    page_tags = (SITE,)

    @operation(
        "getSeries", tag="Series", access="optional", answer=SeriesDetailShape, select=True, parameters=[PATH_ID]
    )
    def get(self, request: Request, id: str) -> SeriesDetail:
        """Get a series

        With its parts in their order. `/api/posts?series=…` gives all of them, in any order. Drafts are there for
        their authors, moderators and editors; for others they are 404.
        """
        return _answer(request, _find(request, id))

    @operation(
        "updateSeries",
        tag="Series",
        access="signed-in",
        body=SeriesChanges,
        answer=SeriesDetailShape,
        parameters=[PATH_ID],
    )
    def patch(self, request: Request, id: str, body: dict[str, Any]) -> SeriesDetail:
        """Change a series

        Fields that are left out stay as they are. With `version` (or the header If-Match) a change made from
        an older version is refused with 409 and `currentVersion`.
        """
        series = _find(request, id)
        version = expected_version(request, body.pop("version", None))
        listings.check_cover(body.get("cover_image"), actor=request.user, kept={series.cover_image_id})
        return _answer(request, services.update_series(actor=request.user, series=series, version=version, **body))

    @operation("deleteSeries", tag="Series", access="signed-in", status=204, errors=[409], parameters=[PATH_ID])
    def delete(self, request: Request, id: str) -> None:
        """Delete a series

        Its posts stay: they go to the page above it, in their order, and their old addresses lead there.
        """
        services.delete_series(actor=request.user, series=_find(request, id))


class PartsView(ApiView):
    """The parts of a series."""

    @operation(
        "listParts",
        tag="Series",
        access="optional",
        query=pagination.PageQuery,
        answer=PostShape,
        wraps=pagination.pages_of,
        select=True,
        parameters=[PATH_ID],
    )
    def get(self, request: Request, id: str, query: dict[str, Any]) -> pagination.Page:
        """List the parts of a series

        In their order; for authors with their drafts, for moderators with all.
        """
        parts = selectors.list_parts(_find(request, id), viewer=request.user, drafts=True)
        page = pagination.page_of_rows(listings.with_authors(parts).defer(*listings.UNREAD), **query)
        return page.with_items(listings.list_answers(page.items, viewer=request.user))

    @operation(
        "orderParts",
        tag="Series",
        access="signed-in",
        body=PartsInput,
        answer=SeriesDetailShape,
        parameters=[PATH_ID],
    )
    def put(self, request: Request, id: str, body: dict[str, Any]) -> SeriesDetail:
        """Put the parts of a series in order

        The posts that are named come first, in this order; those that were no part become one. Other parts follow
        as they were. `seriesId: null` takes a post out.
        """
        return _answer(request, services.order_parts(actor=request.user, series=_find(request, id), **body))
