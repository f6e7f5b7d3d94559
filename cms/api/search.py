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
from cms.selectors.guesses import SUGGESTED, Suggestion, guess, suggest
from cms.selectors.hits import MIXED, Finder, Found, Hit
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
        finder = Finder(_search(query), viewer=request.user)
        kind, search = query.get("type"), finder.search
        first, totals = _find_first(finder, query)
        alone = bool(kind or search.filters)
        if first.total or not search.words or (not alone and finder.find("category").total):
            return _page(finder, query, first, totals)
        guessed = guess(search, viewer=request.user, unless=() if alone else ("person", "series", "tag"))
        if guessed.words:
            search = dataclasses.replace(search, words=guessed.words)
            other = Finder(search, viewer=request.user, categories=finder.categories)
            page = _page(other, query, *_find_first(other, query))
            if page.total:
                return dataclasses.replace(page, corrected_to=guessed.words.text)
        if alone or guessed.found:
            return _page(finder, query, first, totals)
        return SearchPage([], 0, True, query["page"], query["limit"], totals=dict.fromkeys(KINDS, 0))


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


def _find_first(finder: Finder, query: dict[str, Any]) -> tuple[Found, dict[str, int] | None]:
    """What tells whether there is anything: the one kind that is listed, of a list of everything its posts.

    Beyond its first page a list of everything is found at once, with its totals by kind.
    """
    kind, page, limit = query.get("type"), query["page"], query["limit"]
    if kind or finder.search.filters or page == 1:
        return finder.find(kind or "post", start=(page - 1) * limit, size=limit), None
    return finder.find_all(start=(page - 1) * limit, size=limit)


def _page(finder: Finder, query: dict[str, Any], first: Found, totals: dict[str, int] | None) -> SearchPage:
    page, limit, kind = query["page"], query["limit"], query.get("type")
    found = first
    if kind:
        totals = {name: first.total if name == kind else finder.find(name).total for name in KINDS}
    elif finder.search.filters:
        totals = {**dict.fromkeys(KINDS, 0), "post": first.total}
    elif totals is None:
        found, totals = _everything(finder, limit, first)
    total = min(found.total, pagination.FAR_ENOUGH)
    exact = all(each < pagination.FAR_ENOUGH for each in totals.values()) and total == found.total
    return SearchPage(found.hits, total, exact, page, limit, totals=totals)


def _everything(finder: Finder, limit: int, posts: Found) -> tuple[Found, dict[str, int]]:
    """The first page of the list of everything, with posts that are found already, and the totals by kind."""
    hits: list[Hit] = []
    totals = dict.fromkeys(KINDS, 0)
    for kind in MIXED:
        found = posts if kind == "post" else finder.find(kind, size=limit - len(hits))
        hits += found.hits[: limit - len(hits)]
        totals[kind] = found.total
    return Found(hits, sum(totals.values())), totals
