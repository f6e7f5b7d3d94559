"""What somebody may mean: similar words, suggestions while they type, and what the editors picked."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Collection
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from taggit.models import Tag
from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.models import Page
from wagtail.search.models import IndexEntry
from wagtail.search.utils import normalise_query_string

from cms.models import Category, PostPage
from cms.rules import address
from cms.selectors.cards import author_url, card_of_author
from cms.selectors.posts import list_posts
from cms.selectors.restrictions import behind_password
from cms.selectors.search import Search, Sql, any_of, any_with, begins, person_named
from cms.selectors.series import list_series
from cms.selectors.words import CONFIGURATION, Plain, Words, fold, words_of
from community.accounts.permissions import Actor
from community.accounts.selectors import AuthorCard, list_everybody
from community.core import sight
from community.core.languages import localized

SIMILAR_FROM = 4
SIMILAR_WORDS = 4
SIMILAR_CANDIDATES = 60
#: pg_trgm's own 0.6 misses two letters changed round in a short word.
SIMILAR_THRESHOLD = 0.3
CLOSE = 0.7
SUGGESTED = 8
SUGGESTED_FROM = 2
#: How many of the suggestions may be of these kinds; posts fill up the rest.
SUGGESTED_OF = {"person": 3, "tag": 2, "category": 1, "series": 1}


@dataclasses.dataclass(frozen=True)
class Promoted:
    """What editors put first for certain words."""

    title: str
    url: str
    description: str


@dataclasses.dataclass(frozen=True)
class Guess:
    """What is known of a search without result: whether there is something after all, and what may be meant."""

    found: bool = False
    words: Words | None = None


@dataclasses.dataclass(frozen=True)
class Suggestion:
    """What somebody may mean who is still typing."""

    kind: str
    title: str
    url: str
    person: AuthorCard | None = None


def guess(search: Search, *, viewer: Actor, unless: Collection[str] = ()) -> Guess:
    """What a search that found nothing may mean; nothing is guessed where something of the kinds `unless` is found.

    The same words, those that nothing holds replaced by similar ones. One query, whatever the number of words.
    """
    long = [word for word in search.words.words if len(word.text) >= SIMILAR_FROM and word.text.isalpha()]
    asked = [word.text for word in long[:SIMILAR_WORDS]]
    if not asked and not unless:
        return Guess()
    elsewhere, values = any_of(unless, search, viewer=viewer)
    known, names = [], []
    for word in long[:SIMILAR_WORDS]:
        known.append(any_with(Words(word.text, (word,)), list_posts(viewer=viewer)))
        names.append(_similar_names(word.text, viewer=viewer))
    # PostgreSQL looks for no names whose condition does not hold.
    tables = [f"elsewhere AS MATERIALIZED (SELECT {elsewhere} AS found)"]
    parts = ["SELECT -1, '' WHERE (SELECT found FROM elsewhere)"]
    for place, ((is_known, _), (similar, _)) in enumerate(zip(known, names, strict=True)):
        tables.append(f"known_{place}(yes) AS MATERIALIZED (SELECT (SELECT found FROM elsewhere) OR {is_known})")  # noqa: S608
        parts.append(f"SELECT {place}, name FROM ({similar}) AS s(name) WHERE NOT (SELECT yes FROM known_{place})")  # noqa: S608
    values += [value for _sql, others in (*known, *names) for value in others]
    with connection.cursor() as cursor:
        # Both statements are sent at once and are one transaction: the threshold is gone after it.
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true);"
            f"WITH {', '.join(tables)} {' UNION ALL '.join(parts)}",
            [str(SIMILAR_THRESHOLD), *values],
        )
        cursor.nextset()
        rows = cursor.fetchall()
    if any(place < 0 for place, _name in rows):
        return Guess(found=True)
    similar_words = {
        word: _most_similar(word, [name for at, name in rows if at == place]) for place, word in enumerate(asked)
    }
    corrections = {word: other for word, other in similar_words.items() if other}
    return Guess(words=search.words.with_other(corrections) if corrections else None)


def _similar_names(word: str, *, viewer: Actor) -> Sql:
    """Titles, names and tags that `viewer` may see with a word like `word`."""
    plain = Plain(Value(word))
    titled = _entries(PostPage).annotate(_plain=Plain("title_text")).filter(_plain__trigram_word_similar=plain)
    posts = list_posts(viewer=viewer).filter(pk__in=titled.values("_page"))
    people = list_everybody(viewer=viewer).annotate(_plain=Plain("profile__display_name"))
    people = people.filter(_plain__trigram_word_similar=plain)
    tags = _live_tags().filter(_plain__trigram_word_similar=plain)
    names = (
        posts.order_by()
        .values_list("title")[:SIMILAR_CANDIDATES]
        .union(
            people.values_list("profile__display_name")[:SIMILAR_CANDIDATES],
            tags.values_list("name")[:SIMILAR_CANDIDATES],
        )
    )
    sql, values = names.query.sql_with_params()
    return sql, list(values)


def _most_similar(word: str, names: list[str]) -> str:
    """The word of `names` most like `word`, "" when none is close."""
    candidates = {part for name in names for part in re.findall(r"[^\W\d_]+", fold(name))}
    close = difflib.get_close_matches(fold(word), sorted(candidates), n=1, cutoff=CLOSE)
    return close[0] if close else ""


def list_promoted(text: str, *, viewer: Actor = None) -> list[Promoted]:
    """What editors picked for these very words, in their order: pages everybody may see, and addresses elsewhere.

    Nothing by people out of sight of `viewer`.
    """
    of_page = Q(page__live=True) & Q(page__postpage__deleted_at__isnull=True) & ~Exists(behind_password("page__path"))
    picks = (
        SearchPromotion.objects.filter(query__query_string=normalise_query_string(text))
        .filter(Q(page__isnull=True) | of_page)
        .select_related("page")
        .order_by("sort_order", "pk")
    )
    picks = sight.in_sight(picks, viewer, by="page__postpage__author_id")
    return [
        Promoted(
            title=pick.page.title if pick.page else pick.external_link_text or pick.external_link_url,
            url=localized(address(pick.page.url_path)) if pick.page else pick.external_link_url,
            description=pick.description,
        )
        for pick in picks
    ]


def suggest(text: str, *, viewer: Actor) -> list[Suggestion]:
    """At most eight things whose names begin like the words of `text`, in five queries; none for a single letter."""
    words = words_of(text)
    if not words or len(words.text) < SUGGESTED_FROM:
        return []
    tags = _begun(_live_tags(), words).order_by("name")[: SUGGESTED_OF["tag"]]
    categories = Category.objects.annotate(_plain=Plain("name"))
    categories = _begun(categories, words).order_by("order", "pk")[: SUGGESTED_OF["category"]]
    posts = list_posts(viewer=viewer).filter(first_published_at__isnull=False)
    found = [
        *_people_begun(words, viewer=viewer),
        *(Suggestion("tag", tag.name, localized(f"/tags/{tag.slug}/")) for tag in tags),
        *(Suggestion("category", each.name, localized(each.get_absolute_url())) for each in categories),
        *_pages_begun("series", list_series(viewer=viewer), words, SUGGESTED_OF["series"]),
    ]
    return [*found, *_pages_begun("post", posts, words, SUGGESTED - len(found))]


def _people_begun(words: Words, *, viewer: Actor) -> list[Suggestion]:
    people = list_everybody(viewer=viewer)
    for word in words.words:
        people = people.filter(person_named(begins(word)))
    found = people.select_related("creator_page").order_by("-verified", "-level", "pk")
    suggestions = []
    for person in found[: SUGGESTED_OF["person"]]:
        page = getattr(person, "creator_page", None)
        url = author_url(person) if page is not None and page.live else localized(person.get_absolute_url())
        card = card_of_author(person)
        suggestions.append(Suggestion("person", person.profile.display_name, url, card))
    return suggestions


def _pages_begun(kind: str, pages: QuerySet[Any], words: Words, limit: int) -> list[Suggestion]:
    query = SearchQuery(words.begun(), config=CONFIGURATION, search_type="raw")
    titled = _entries(pages.model).filter(title=query)
    rows = pages.filter(pk__in=titled.values("_page")).order_by(F("first_published_at").desc(nulls_last=True), "-pk")
    return [
        Suggestion(kind, title, localized(address(url_path)))
        for title, url_path in rows.values_list("title", "url_path")[:limit]
    ]


def _begun(rows: QuerySet[Any], words: Words) -> QuerySet[Any]:
    """Rows in whose `_plain` each of the words is the beginning of a word."""
    for word in words.words:
        rows = rows.filter(begins(word))
    return rows


def _entries(model: type[Page]) -> QuerySet[IndexEntry]:
    """What the index has of the pages of a type; `_page` is the id of the page."""
    entries = IndexEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
    return entries.annotate(_page=Cast("object_id", IntegerField()))


def _live_tags() -> QuerySet[Tag]:
    live = PostPage.tags.through.objects.filter(
        tag=OuterRef("pk"), content_object__live=True, content_object__deleted_at__isnull=True
    )
    return Tag.objects.filter(Exists(live)).annotate(_plain=Plain("name"))
