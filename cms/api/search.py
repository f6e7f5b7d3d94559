"""The API of the search: hits of every kind in pages, and suggestions while somebody types."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from cms.api.serializers import SLUG_FILTER_MAX
from cms.selectors.guesses import SUGGESTED, Suggestion, correct, suggest
from cms.selectors.hits import Finder, Hit
from cms.selectors.search import KINDS, PERIODS, SORTS, Search, tags_of
from cms.selectors.words import words_of
from community.core.api import pagination
from community.core.api.fields import (
    IdField,
    InstantField,
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
)
from community.core.api.links import absolute
from community.core.api.operations import operation
from community.core.api.serializers import Query, Shape
from community.core.api.shapes import AuthorShape, PictureField
from community.core.api.views import ApiView

TEXT_FIELD_MAX = 10_000
TAGS_FIELD_MAX = 500
#: What may be asked of posts only.
OF_POSTS = ("author", "category", "tags", "period", "video", "language")


class SearchQuery(pagination.PageQuery):
    """What is looked for, and among what."""

    q = StrictCharField(
        default="",
        allow_blank=True,
        max_length=TEXT_FIELD_MAX,
        help_text="Words. There is no syntax; the first 200 characters count.",
    )
    type = StrictChoiceField(choices=KINDS, required=False, help_text="One kind; unset for all.")
    sort = StrictChoiceField(choices=SORTS, default="relevance", help_text="The order of posts.")
    author = StrictCharField(required=False, max_length=SLUG_FILTER_MAX, help_text="A user name. Posts only.")
    category = StrictCharField(required=False, max_length=SLUG_FILTER_MAX, help_text="Slug of a category. Posts only.")
    tags = StrictCharField(
        required=False,
        max_length=TAGS_FIELD_MAX,
        help_text="Slugs or names of tags with commas between, at most ten: posts that carry all of them.",
    )
    period = StrictChoiceField(
        choices=list(PERIODS), required=False, help_text="Published in the last day … year. Posts only."
    )
    video = StrictBooleanField(required=False, help_text="`true`: posts with a video. Posts only.")
    language = StrictChoiceField(
        choices=[code for code, _name in settings.LANGUAGES], required=False, help_text="Written in. Posts only."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuses filters of posts for other kinds; raises ValidationError for each."""
        attrs = super().validate(attrs)
        if attrs.get("type", "post") != "post":
            wrong = {name: _("Only posts can be asked for this.") for name in OF_POSTS if name in attrs}
            if wrong:
                raise serializers.ValidationError(wrong)
        return attrs


class SuggestionQuery(Query):
    """What has been typed so far."""

    q = StrictCharField(default="", allow_blank=True, max_length=TEXT_FIELD_MAX, help_text="The first letters.")


class MarkedShape(Shape):
    """Title and excerpt as HTML: escaped, with `<mark>` around what was searched for."""

    title = serializers.CharField(source="marked_title")
    excerpt = serializers.CharField(source="marked_excerpt", allow_blank=True)


class HitShape(Shape):
    """One thing that was found."""

    type = serializers.ChoiceField(source="kind", choices=KINDS)
    id = IdField()
    title = serializers.CharField(help_text="Of a person the display name.")
    excerpt = serializers.CharField(
        allow_blank=True, help_text="Of a post a passage that holds the words, where its excerpt does not."
    )
    marked = MarkedShape(source="*")
    url = serializers.SerializerMethodField()
    image = PictureField(source="picture")
    author = AuthorShape(allow_null=True, help_text="Of a post who wrote it, of a person the person.")
    published_at = InstantField(allow_null=True)

    def get_url(self, hit: Hit) -> str:
        """The page on the site."""
        return absolute(hit.url)


class TotalsShape(Shape):
    """How many there are of each kind, counted to 10,000 at most."""

    post = serializers.IntegerField()
    person = serializers.IntegerField()
    series = serializers.IntegerField()
    tag = serializers.IntegerField()
    category = serializers.IntegerField()


@dataclasses.dataclass(frozen=True)
class SearchPage(pagination.Page):
    """A page of hits with what stands around it."""

    totals: dict[str, int] = dataclasses.field(default_factory=dict)
    corrected_to: str | None = None


@functools.cache
def search_pages_of(shape: type[Shape]) -> type[Shape]:
    """The shape of a page of hits."""
    fields = {
        "totals": TotalsShape(),
        "corrected_to": serializers.CharField(
            allow_null=True, help_text="The words that were searched for instead, because nothing holds those of `q`."
        ),
    }
    return type("SearchPage", (pagination.pages_of(shape),), {**fields, "__doc__": "Hits, the best first."})


class SuggestionShape(Shape):
    """What somebody may mean."""

    type = serializers.ChoiceField(source="kind", choices=KINDS)
    title = serializers.CharField()
    note = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    def get_note(self, suggestion: Suggestion) -> str:
        """What kind of thing it is, for people; of a person the user name."""
        if suggestion.person is not None:
            return f"@{suggestion.person.username}"
        return {"post": _("Post"), "series": _("Series"), "tag": _("Tag")}.get(suggestion.kind, _("Category"))

    def get_url(self, suggestion: Suggestion) -> str:
        """The page on the site."""
        return absolute(suggestion.url)


class SuggestionsShape(Shape):
    """A few suggestions."""

    items = SuggestionShape(many=True, help_text=f"At most {SUGGESTED}.")


class SearchView(ApiView):
    """The search."""

    @operation("search", tag="Search", access="all", query=SearchQuery, answer=HitShape, wraps=search_pages_of)
    def get(self, request: Request, query: dict[str, Any]) -> SearchPage:
        """Search the site

        Posts, people, series, tags and categories with all the words, each also as the beginning or another form
        of a word, with or without accents. Without `type` the kinds follow each other: people, series, categories
        and tags with such names, then posts. Filters concern posts, so with them only posts are found; without
        words they list all posts that fit. When nothing holds the words, similar ones are searched for.
        """
        search = _search(query)
        page = _page(request, search, query)
        if not page.total and search.words:
            corrected = correct(search.words, viewer=request.user)
            other = corrected and _page(request, dataclasses.replace(search, words=corrected), query)
            if corrected and other and other.total:
                page = dataclasses.replace(other, corrected_to=corrected.text)
        return page


class SuggestionView(ApiView):
    """Suggestions."""

    @operation("suggest", tag="Search", access="all", query=SuggestionQuery, answer=SuggestionsShape)
    def get(self, request: Request, query: dict[str, Any]) -> dict[str, list[Suggestion]]:
        """Suggest what somebody may mean who is still typing

        People, tags, categories, series and posts whose names begin like the words of `q`; none for a single
        letter.
        """
        return {"items": suggest(query["q"], viewer=request.user)}


def _search(query: dict[str, Any]) -> Search:
    return Search(
        words=words_of(query["q"]),
        author=query.get("author", ""),
        category=query.get("category", ""),
        tags=tags_of(query.get("tags", "")),
        period=query.get("period", "all"),
        has_video=query.get("video", False),
        language=query.get("language", ""),
        sort=query["sort"],
    )


def _page(request: Request, search: Search, query: dict[str, Any]) -> SearchPage:
    finder = Finder(search, viewer=request.user)
    page, limit, kind = query["page"], query["limit"], query.get("type")
    start = (page - 1) * limit
    if kind:
        found = finder.find(kind, start=start, size=limit)
        totals = {name: found.total if name == kind else finder.find(name).total for name in KINDS}
    else:
        found, totals = finder.find_all(start=start, size=limit)
    total = min(found.total, pagination.FAR_ENOUGH)
    exact = all(each < pagination.FAR_ENOUGH for each in totals.values()) and total == found.total
    return SearchPage(found.hits, total, exact, page, limit, totals=totals)
