"""Finding posts, people, series, categories and tags: only what the viewer may see, the best first."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Concat, Lower
from django.utils import timezone
from taggit.models import Tag
from wagtail.contrib.search_promotions.models import Query
from wagtail.models import Page

from cms.choices import POST
from cms.models import Category, CreatorPage, EmptySearch, PostPage
from cms.selectors.posts import list_posts
from cms.selectors.series import list_series
from cms.selectors.words import CONFIGURATION, Plain, Word, Words, fold
from community.accounts.models import Profile, User
from community.accounts.permissions import Actor
from community.accounts.selectors import list_everybody
from community.core.counts import beside as counts_beside
from community.core.lists import MAX_ROWS

KINDS = ("post", "person", "series", "tag", "category")
SORTS = ("relevance", "recent", "popular")
#: period → days, 0 for all
PERIODS = {"all": 0, "day": 1, "week": 7, "month": 31, "year": 366}
SEARCHED_TAGS_MAX = 10
#: A part of a statement with its values.
Sql = tuple[str, list[Any]]
#: Words up to this length are looked for at the beginning of words only.
SHORT = 2


@dataclasses.dataclass(frozen=True)
class Search:
    """What is looked for. All but the words concerns posts alone."""

    words: Words
    author: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    period: str = "all"
    has_video: bool = False
    language: str = ""
    sort: str = "relevance"

    @property
    def filters(self) -> int:
        """How many things are asked besides words and order."""
        asked = (self.author, self.category, self.tags, self.has_video, self.language, PERIODS[self.period])
        return sum(bool(each) for each in asked)


@dataclasses.dataclass(frozen=True)
class Matches:
    """A part of what was found, and how much there is, counted to 10,000 at most."""

    rows: list[Any]
    total: int


def tags_of(text: str) -> tuple[str, ...]:
    """The tags of a list with commas, at most ten."""
    tags = (" ".join(part.replace("\x00", " ").split()).lower() for part in text.split(","))
    return tuple(dict.fromkeys(tag for tag in tags if tag))[:SEARCHED_TAGS_MAX]


def match_posts(search: Search, *, viewer: Actor, start: int, size: int) -> Matches:
    """Ids of posts with all the words and all that the filters ask, in the order of `search.sort`; one query.

    Nothing for a search that asks nothing.
    """
    if not search.words and not search.filters:
        return Matches([], 0)
    posts = _asked_posts(search, viewer=viewer)
    if search.sort == "popular":
        counts = counts_beside(POST)
        weight = Subquery(counts.values(weight=F("reactions") + 2 * F("comments") + F("bookmarks"))[:1])
        posts = posts.annotate(_weight=Coalesce(weight, Value(0)))
    else:
        posts = posts.annotate(_weight=Value(0))
    return _match_pages(posts, search.words, start=start, size=size, by_words=search.sort == "relevance")


def _asked_posts(search: Search, *, viewer: Actor) -> QuerySet[PostPage]:
    """Posts with all that the filters ask, whatever their words."""
    posts = list_posts(viewer=viewer, author=search.author or None, category=search.category or None)
    posts = posts.filter(first_published_at__isnull=False)
    for tag in search.tags:
        tagged = PostPage.tags.through.objects.filter(Q(tag__slug=tag) | Q(tag__name__iexact=tag))
        posts = posts.filter(pk__in=tagged.values("content_object_id"))
    if days := PERIODS[search.period]:
        posts = posts.filter(first_published_at__gte=timezone.now() - timedelta(days=days))
    if search.has_video:
        posts = posts.exclude(video="")
    if search.language:
        posts = posts.filter(language=search.language)
    return posts


def match_series(search: Search, *, viewer: Actor, start: int, size: int) -> Matches:
    """Ids of series with all the words; one query."""
    if not search.words:
        return Matches([], 0)
    series = list_series(viewer=viewer).annotate(_weight=Value(0))
    return _match_pages(series, search.words, start=start, size=size, by_words=True)


def match_people(search: Search, *, viewer: Actor, start: int, size: int) -> Matches:
    """People with all the words in their name, user name or headline, exact names first; one query."""
    if not search.words:
        return Matches([], 0)
    people = _named_people(search.words, viewer=viewer)
    people = people.annotate(_name=Plain("profile__display_name"), _username=Lower("username"))
    whole = search.words.text.lower().lstrip("@")
    people = people.annotate(
        _place=Case(
            When(Q(_username=whole) | Q(_name=Plain(Value(whole))), then=Value(0)),
            When(Q(_username__startswith=whole) | Q(_name__startswith=Plain(Value(whole))), then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
    )
    ordered = people.select_related("creator_page").order_by("_place", "-verified", "-level", "pk")
    return _slice(ordered, start=start, size=size)


def _named_people(words: Words, *, viewer: Actor) -> QuerySet[User]:
    """People with all the words in their name, user name or headline."""
    people = list_everybody(viewer=viewer)
    for word in words.words:
        headlines = CreatorPage.objects.live().annotate(_plain=Plain("headline")).filter(holds(word))
        people = people.filter(person_named(holds(word)) | Q(pk__in=headlines.values("person_id")))
    return people


def match_tags(search: Search, *, start: int, size: int) -> Matches:
    """Tags of live posts with all the words in their name, each with the number of its posts; one query."""
    if not search.words:
        return Matches([], 0)
    tags = _named_tags(search.words).annotate(posts=Count("cms_posttag_items"))
    return _slice(tags.order_by("-posts", "name", "pk"), start=start, size=size)


def _named_tags(words: Words) -> QuerySet[Tag]:
    """Tags with all the words in their name, once for each live post that carries them."""
    post = "cms_posttag_items__content_object"
    tags = Tag.objects.filter(**{f"{post}__live": True, f"{post}__deleted_at__isnull": True})
    tags = tags.annotate(_plain=Plain("name"))
    for word in words.words:
        tags = tags.filter(holds(word))
    return tags


def match_categories(search: Search, *, categories: list[Category], start: int, size: int) -> Matches:
    """Those of `categories` with all the words in name or description; no query."""
    words = [fold(word.text) for word in search.words.words]
    texts = [(category, f" {fold(category.name)} {fold(category.description)}") for category in categories]
    found = [
        category
        for category, text in texts
        if words and all((word if len(word) > SHORT else f" {word}") in text for word in words)
    ]
    return Matches(found[start : start + size], len(found))


def holds(word: Word) -> Q:
    """Does `_plain` hold the word? One or two letters only at the beginning of a word of it."""
    return Q(_plain__contains=Plain(Value(word.text))) if len(word.text) > SHORT else begins(word)


def begins(word: Word) -> Q:
    """Is the word the beginning of a word of `_plain`?"""
    plain = Plain(Value(word.text))
    later = Concat(Value(" "), plain, output_field=TextField())
    return Q(_plain__startswith=plain) | Q(_plain__contains=later)


def person_named(condition: Q) -> Q:
    """People whose display name or user name, as `_plain`, fulfils the condition: each by its own index."""
    profiles = Profile.objects.annotate(_plain=Plain("display_name")).filter(condition)
    users = User.objects.annotate(_plain=Plain("username")).filter(condition)
    return Q(pk__in=profiles.values("user_id")) | Q(pk__in=users.values("pk"))


def list_categories() -> list[Category]:
    """All categories in their order."""
    return list(Category.objects.order_by("order", "name", "pk"))


def list_empty_searches() -> QuerySet[EmptySearch]:
    """What people search for and do not find, the most wanted first; `query_id` is Wagtail's row for the words."""
    query = Query.objects.filter(query_string=OuterRef("query_string")).values("pk")[:1]
    return EmptySearch.objects.annotate(query_id=Subquery(query)).order_by("-hits", "query_string")


def any_of(kinds: Collection[str], search: Search, *, viewer: Actor) -> Sql:
    """A condition: is there anything of `kinds` (categories apart) with the words, and what the filters ask?

    The one that costs most, for posts, is asked last: PostgreSQL reads on only until one holds.
    """
    conditions = [_one_of(kind, search, viewer=viewer) for kind in ("person", "tag", "series", "post") if kind in kinds]
    return (
        " OR ".join(["false", *(sql for sql, _values in conditions)]),
        [value for _sql, values in conditions for value in values],
    )


def _one_of(kind: str, search: Search, *, viewer: Actor) -> Sql:
    if kind == "post":
        return any_with(search.words, _asked_posts(search, viewer=viewer))
    if kind == "series":
        return any_with(search.words, list_series(viewer=viewer))
    rows = _named_people(search.words, viewer=viewer) if kind == "person" else _named_tags(search.words)
    sql, values = rows.order_by().values("pk").query.sql_with_params()
    return f"EXISTS ({sql})", list(values)


def any_with(words: Words, pages: QuerySet[Any]) -> Sql:
    """A condition: does any of `pages` hold all the words?"""
    try:
        sql, values = pages.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "false", []
    return f"EXISTS (SELECT FROM {_FOUND} JOIN ({sql}) AS seen(id) ON seen.id = found.page_id)", [
        *_parameters(pages.model, words),
        *values,
    ]


_FOUND = "sparkle_found(%s, to_tsquery(%s, %s), to_tsquery(%s, %s)) AS found"


def _parameters(model: type[Page], words: Words) -> list[Any]:
    """What sparkle_found is asked (cms/migrations/0003_search.py)."""
    kind = ContentType.objects.get_for_model(model).pk
    return [kind, CONFIGURATION, words.query(), CONFIGURATION, words.ranked()]


def _match_pages(pages: QuerySet[Any], words: Words, *, start: int, size: int, by_words: bool) -> Matches:
    """Ids of those of `pages` (annotated with `_weight`) that hold the words, with their number, in one query.

    Written by hand where Django's own query would let PostgreSQL read every text: see 0003_search.
    """
    try:
        seen = pages.order_by().values("pk", "first_published_at", "_weight").query.sql_with_params()
    except EmptyResultSet:
        return Matches([], 0)
    source, parameters = f"({seen[0]}) AS seen(id, published_at, weight)", list(seen[1])
    rank = ""
    if words:
        source = f"{_FOUND} JOIN {source} ON seen.id = page_id"
        parameters = [*_parameters(pages.model, words), *parameters]
        rank = "found.rank DESC, " if by_words else ""
    order = f"{rank}seen.weight DESC, seen.published_at DESC NULLS LAST, seen.id DESC"
    sql = f"SELECT seen.id, count(*) OVER () FROM {source} ORDER BY {order}"  # noqa: S608 - SQL by Django, values apart
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT %s OFFSET %s", [*parameters, size, start])
        rows = found = cursor.fetchall()
        if start and not rows:
            cursor.execute(f"{sql} LIMIT 1", parameters)
            found = cursor.fetchall()
    return Matches([row[0] for row in rows], min(found[0][1], MAX_ROWS) if found else 0)


def _slice(rows: QuerySet[Any], *, start: int, size: int) -> Matches:
    """A part of ordered rows with the number of all, in one query; two beyond the end."""
    found = list(rows.annotate(_total=Window(Count("*")))[start : start + size])
    total = found[0]._total if found else (rows.count() if start else 0)
    return Matches(found, min(total, MAX_ROWS))
