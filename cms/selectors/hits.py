"""What was found, as it is shown: marked, with pictures and people."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models.functions import Left
from django.utils.safestring import SafeString
from wagtail.search.models import IndexEntry

from cms.models import Category, PostPage, SeriesPage
from cms.rules import address
from cms.selectors import search as searching
from cms.selectors.cards import PostCard, author_url, card_of_author, post_cards
from cms.selectors.pictures import picture
from cms.selectors.search import KINDS, Matches, Search
from cms.selectors.words import fold, marked, passage
from community.accounts.models import User
from community.accounts.permissions import Actor
from community.accounts.selectors import AuthorCard
from community.core.languages import localized
from community.core.pictures import Picture

#: How much of a text is looked through for a passage.
READ_LENGTH = 20_000
#: The order in which kinds follow each other in a list of everything: few that are named so, then many that say so.
MIXED = ("person", "series", "category", "tag", "post")


@dataclasses.dataclass(frozen=True)
class Hit:
    """One thing that was found. The marked texts are HTML: escaped, with `<mark>` around what was searched for."""

    kind: str
    id: int
    title: str
    url: str
    marked_title: SafeString
    excerpt: str
    marked_excerpt: SafeString
    post: PostCard | None = None
    person: AuthorCard | None = None
    posts_count: int | None = None
    cover: Picture | None = None

    @property
    def author(self) -> AuthorCard | None:
        """Who wrote the post, or the person."""
        return self.post.author if self.post else self.person

    @property
    def picture(self) -> Picture | None:
        """The cover of a post or series, or the picture of the person."""
        return self.post.cover if self.post else self.person.avatar if self.person else self.cover

    @property
    def published_at(self) -> datetime | None:
        """When the post was published."""
        return self.post.published_at if self.post else None


@dataclasses.dataclass(frozen=True)
class Found:
    """Hits of one kind, and how many of it there are in all."""

    hits: list[Hit]
    total: int


class Finder:
    """One search by one viewer; it reads each list at most once."""

    def __init__(self, search: Search, *, viewer: Actor, categories: list[Category] | None = None) -> None:
        self.search, self.viewer = search, viewer
        self.categories = searching.list_categories() if categories is None else categories
        self._pattern = search.words.pattern()

    def find(self, kind: str, *, start: int = 0, size: int = 0) -> Found:
        """Some hits of `kind` and the number of all; with size 0 only the number."""
        matches = self._match(kind, start, max(size, 1))
        return Found(self._load[kind](self, matches.rows[:size]) if size else [], matches.total)

    def find_all(self, *, start: int, size: int) -> tuple[Found, dict[str, int]]:
        """A part of the list of everything, kinds in the order of MIXED, and the totals by kind.

        A search with filters finds posts only.
        """
        hits: list[Hit] = []
        totals = dict.fromkeys(KINDS, 0)
        before = 0
        for kind in ("post",) if self.search.filters else MIXED:
            found = self.find(kind, start=max(0, start - before), size=size - len(hits))
            hits += found.hits
            totals[kind] = found.total
            before += found.total
        return Found(hits, before), totals

    def _match(self, kind: str, start: int, size: int) -> Matches:
        if kind == "post":
            return searching.match_posts(self.search, viewer=self.viewer, start=start, size=size)
        if kind == "person":
            return searching.match_people(self.search, viewer=self.viewer, start=start, size=size)
        if kind == "series":
            return searching.match_series(self.search, viewer=self.viewer, start=start, size=size)
        if kind == "tag":
            return searching.match_tags(self.search, start=start, size=size)
        return searching.match_categories(self.search, categories=self.categories, start=start, size=size)

    def _posts(self, ids: list[int]) -> list[Hit]:
        cards = post_cards(ids)
        texts = _texts(ids) if self._pattern else {}
        return [self._post(cards[pk], texts.get(pk, "")) for pk in ids if pk in cards]

    def _post(self, card: PostCard, text: str) -> Hit:
        return self._hit("post", card.id, card.title, card.url, self._excerpt(card.excerpt, text), post=card)

    def _people(self, people: list[User]) -> list[Hit]:
        hits = []
        for person in people:
            page = getattr(person, "creator_page", None)
            page = page if page is not None and page.live else None
            card = card_of_author(person)
            if card is not None:
                url = author_url(person) if page else localized(person.get_absolute_url())
                card = dataclasses.replace(card, url=url)
                headline = page.headline if page else ""
                hits.append(self._hit("person", person.pk, card.display_name, url, headline, person=card))
        return hits

    def _series(self, ids: list[int]) -> list[Hit]:
        series = SeriesPage.objects.select_related("cover_image").in_bulk(ids)
        return [
            self._hit(
                "series",
                pk,
                series[pk].title,
                localized(address(series[pk].url_path)),
                series[pk].introduction,
                cover=picture(series[pk].cover_image, "card") if series[pk].cover_image else None,
            )
            for pk in ids
            if pk in series
        ]

    def _tags(self, tags: list[Any]) -> list[Hit]:
        return [
            self._hit("tag", tag.pk, tag.name, localized(f"/tags/{tag.slug}/"), posts_count=tag.posts) for tag in tags
        ]

    def _categories(self, categories: list[Category]) -> list[Hit]:
        return [
            self._hit("category", each.pk, each.name, localized(each.get_absolute_url()), each.description)
            for each in categories
        ]

    def _hit(self, kind: str, pk: int, title: str, url: str, excerpt: str = "", **more: Any) -> Hit:
        return Hit(
            kind=kind,
            id=pk,
            title=title,
            url=url,
            marked_title=marked(title, self._pattern),
            excerpt=excerpt,
            marked_excerpt=marked(excerpt, self._pattern),
            **more,
        )

    def _excerpt(self, excerpt: str, text: str) -> str:
        """The excerpt, unless only the text says what was searched for."""
        if self._pattern is None or self._pattern.search(fold(excerpt)):
            return excerpt
        return passage(text, self._pattern) or excerpt

    _load: dict[str, Callable[[Finder, list[Any]], list[Hit]]] = {
        "post": _posts,
        "person": _people,
        "series": _series,
        "tag": _tags,
        "category": _categories,
    }


def _texts(ids: list[int]) -> dict[int, str]:
    """The beginnings of the indexed texts; one query."""
    entries = IndexEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(PostPage), object_id__in=[str(pk) for pk in ids]
    )
    rows = entries.annotate(_text=Left("body_text", READ_LENGTH)).values_list("object_id", "_text")
    return {int(pk): text for pk, text in rows}
