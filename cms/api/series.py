"""The API of series."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from cms import selectors
from cms.api import listings
from cms.api.serializers import SLUG_FILTER_MAX, PostShape
from community.core.api import pagination
from community.core.api.fields import IdField, StrictCharField, identity
from community.core.api.links import absolute
from community.core.api.operations import PATH_ID, operation
from community.core.api.serializers import Shape
from community.core.api.shapes import AuthorShape, PictureField
from community.core.api.views import ApiView


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


class SeriesListView(ApiView):
    """The series everybody sees."""

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
        page = pagination.page_of_rows(selectors.list_series(viewer=request.user, **filters), **query)
        return page.with_items(selectors.series_cards(list(page.items), viewer=request.user))


class SeriesView(ApiView):
    """One series."""

    @operation(
        "getSeries", tag="Series", access="optional", answer=SeriesDetailShape, select=True, parameters=[PATH_ID]
    )
    def get(self, request: Request, id: str) -> SeriesDetail:
        """Get a series

        With its parts in their order. `/api/posts?series=…` gives all of them, in any order.
        """
        found = selectors.get_series(identity(id) or 0, viewer=request.user)
        parts = listings.with_authors(selectors.list_parts(found, viewer=request.user)).defer(*listings.UNREAD)
        (card,) = selectors.series_cards([found], viewer=request.user)
        values = {field.name: getattr(card, field.name) for field in dataclasses.fields(card)}
        return SeriesDetail(**values, posts=listings.list_answers(list(parts[: pagination.MOST_LIMIT])))
