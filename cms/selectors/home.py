"""The first page: hero, chosen and latest posts, and the rows of the editors, in a fixed number of queries."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet, Value
from django.utils import timezone
from wagtail.models import Page

from cms.models import Category, CreatorPage, HomePage, PostPage, SectionPage, SeriesPage
from cms.rules import address
from cms.selectors.cards import PERSON_FIELDS, PostCard, card_of_author, post_cards
from cms.selectors.posts import list_posts
from cms.selectors.series import list_posts_of_section
from community.accounts.models import User
from community.accounts.permissions import Actor
from community.accounts.selectors import AuthorCard
from community.core import sight
from community.core.languages import localized

FEATURED = 2
LATEST = 12
ROWS_MAX = 12


@dataclasses.dataclass(frozen=True)
class HomeRow:
    """A row of the editors: posts in a rhythm, people, or a text as a block of the page."""

    title: str = ""
    url: str = ""
    rhythm: str = ""
    posts: Sequence[PostCard] = ()
    people: Sequence[AuthorCard] = ()
    block: Any = None


@dataclasses.dataclass(frozen=True)
class FirstPage:
    """What the first page shows of posts."""

    hero: PostCard | None
    featured: Sequence[PostCard]
    latest: Sequence[PostCard]
    rows: Sequence[HomeRow]


@dataclasses.dataclass(frozen=True)
class _Source:
    title: str
    url: str
    posts: QuerySet[PostPage]


def first_page(page: HomePage, *, viewer: Actor) -> FirstPage:
    """Posts on top: those editors chose, then those marked as featured, then the newest with a picture first."""
    newest = list_posts(viewer=viewer)
    rest = newest.values_list("pk", "cover_image_id")[: LATEST + FEATURED + 1]
    chosen = _chosen(page, viewer=viewer)
    with_picture = sorted(rest, key=lambda row: row[1] is None)[:1] if not chosen else []
    order = list(dict.fromkeys([*chosen, *(pk for pk, _cover in with_picture), *(pk for pk, _cover in rest)]))
    sources = _sources(page, viewer=viewer)
    top = order[: FEATURED + 1]
    below = [pk for pk, _cover in rest if pk not in top][:LATEST]
    in_rows = _newest(sources, without=top)
    shown = [*top, *below, *(pk for ids in in_rows.values() for pk in ids)]
    found = post_cards(shown, large=order[:1], viewer=viewer)
    cards = [found[pk] for pk in top if pk in found]
    return FirstPage(
        hero=cards[0] if cards else None,
        featured=cards[1:],
        latest=[found[pk] for pk in below if pk in found],
        rows=_rows(
            page, sources, {n: [found[pk] for pk in ids if pk in found] for n, ids in in_rows.items()}, viewer=viewer
        ),
    )


def list_chosen(page: HomePage, *, viewer: Actor) -> list[int]:
    """The ids of what editors have put on top, or marked, at most three; two queries."""
    return list(dict.fromkeys(_chosen(page, viewer=viewer)))[: FEATURED + 1]


def _chosen(page: HomePage, *, viewer: Actor) -> list[int]:
    chosen = [page.hero_post_id] if page.hero_post_id else []
    chosen += list(page.featured_posts.values_list("post_id", flat=True)[: FEATURED + 1])
    if len(set(chosen)) <= FEATURED:
        marked = list_posts(viewer=viewer).filter(featured_until__gt=timezone.now())
        chosen += list(marked.values_list("pk", flat=True)[: FEATURED + 1])
    return chosen


def _sources(page: HomePage, *, viewer: Actor) -> dict[int, _Source]:
    """Where the posts of each row come from, by the row's number; rows whose source is gone are left out."""
    sources = {}
    for number, block in enumerate(page.rows[:ROWS_MAX]):
        if block.block_type != "posts":
            continue
        category, place = block.value.get("category"), block.value.get("page")
        if isinstance(category, Category):
            posts = list_posts(viewer=viewer, category=category.slug)
            sources[number] = _Source(category.name, category.get_absolute_url(), posts)
        elif isinstance(place, Page) and place.live:
            sources[number] = _Source(place.title, address(place.url_path), _posts_of(place, viewer=viewer))
    return sources


def _posts_of(place: Page, *, viewer: Actor) -> QuerySet[PostPage]:
    posts = list_posts(viewer=viewer)
    if place.specific_class is SectionPage:
        return list_posts_of_section(place, viewer=viewer)
    if place.specific_class is SeriesPage:
        return posts.filter(path__startswith=place.path, depth=place.depth + 1)
    return posts.filter(author__in=User.objects.filter(creator_page=place.pk))


def _newest(sources: dict[int, _Source], *, without: list[int], most: int = 12) -> dict[int, list[int]]:
    """The ids of the newest posts of each source, those in `without` left out; one query for all rows."""
    parts = [
        source.posts.exclude(pk__in=without)
        .annotate(_row=Value(number))
        .values_list("_row", "pk", "first_published_at")
        .order_by(F("first_published_at").desc(nulls_first=True), "-pk")[:most]
        for number, source in sources.items()
    ]
    if not parts:
        return {}
    found: dict[int, list[tuple[float, int]]] = {}
    for number, pk, at in parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]:
        found.setdefault(number, []).append((at.timestamp() if at else math.inf, pk))
    return {number: [pk for _at, pk in sorted(rows, reverse=True)] for number, rows in found.items()}


def _rows(
    page: HomePage, sources: dict[int, _Source], posts: dict[int, list[PostCard]], *, viewer: Actor
) -> list[HomeRow]:
    """The rows in their order; empty ones are left out."""
    blocks = page.rows[:ROWS_MAX]
    people = _people(blocks, viewer=viewer)
    rows = []
    for number, block in enumerate(blocks):
        if block.block_type == "text":
            rows.append(HomeRow(block=block))
        elif block.block_type == "people":
            shown = [people[one.pk] for one in block.value["people"] if one is not None and one.pk in people]
            rows.append(HomeRow(title=block.value["title"], people=shown))
        elif number in sources:
            source, value = sources[number], block.value
            title, cards = value.get("title") or source.title, posts.get(number, [])[: value.get("count") or 3]
            rows.append(HomeRow(title, localized(source.url), value.get("rhythm") or "trio", cards))
    return [row for row in rows if row.posts or row.people or row.block]


def _people(blocks: Sequence[Any], *, viewer: Actor) -> dict[int, AuthorCard]:
    """The people of all rows by their page; nobody whose page is not there any more, or who is out of sight."""
    chosen = {page.pk for block in blocks if block.block_type == "people" for page in block.value["people"] if page}
    if not chosen:
        return {}
    rows = CreatorPage.objects.live().filter(pk__in=chosen, person__is_active=True).select_related("person__profile")
    rows = sight.in_sight(rows, viewer, by="person_id")
    cards = ((row.pk, card_of_author(row.person)) for row in rows.only(*(f"person__{name}" for name in PERSON_FIELDS)))
    return {pk: card for pk, card in cards if card is not None}
