"""Cards: what lists and pages show of a post, in a fixed number of queries for any number of posts."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime

from cms.choices import POST
from cms.models import Category, PostPage
from cms.rules import address
from cms.selectors.pictures import IMAGE_FIELDS, picture
from community.accounts.models import User
from community.accounts.permissions import Actor
from community.accounts.selectors import AuthorCard, author_card
from community.core import sight
from community.core.counts import numbers
from community.core.languages import foreign, localized
from community.core.models import TargetCounts
from community.core.pictures import Picture
from community.youtube.selectors import UNKNOWN, Preview, previews

PERSON_FIELDS = (
    "username",
    "is_active",
    "verified",
    "role",
    "level",
    "experience",
    "profile__display_name",
    "profile__avatar",
    "profile__avatar_width",
    "profile__avatar_height",
    "profile__avatar_colour",
    "profile__avatar_variants",
    "profile__hidden_at",
)
#: The columns a card shows; models of Wagtail have dozens, and each costs time for each row.
CARD_FIELDS = (
    "title",
    "url_path",
    "first_published_at",
    "summary",
    "reading_minutes",
    "video",
    "language",
    *(f"cover_image__{name}" for name in IMAGE_FIELDS),
    "category__name",
    "category__slug",
    "category__colour",
    "category__icon",
    *(f"author__{name}" for name in PERSON_FIELDS),
)


@dataclasses.dataclass(frozen=True)
class CategoryChip:
    """A category as a chip."""

    id: int
    name: str
    slug: str
    url: str
    colour: str
    icon: str


@dataclasses.dataclass(frozen=True)
class TagChip:
    """A tag as a chip."""

    id: int
    name: str
    slug: str
    url: str


@dataclasses.dataclass(frozen=True)
class PostCard:
    """What is shown of a post in a list."""

    id: int
    title: str
    url: str
    excerpt: str
    cover: Picture | None
    author: AuthorCard | None
    category: CategoryChip | None
    published_at: datetime | None
    reading_minutes: int
    views: int
    comments: int
    reactions: int
    has_video: bool
    language: str = ""
    tags: tuple[TagChip, ...] = ()
    #: How many reactions of each type, for the page of the post.
    by_type: tuple[tuple[str, int], ...] = ()

    @property
    def lang(self) -> str:
        """For the attribute `lang`: the language where the reader's is another."""
        return foreign(self.language)


@dataclasses.dataclass(frozen=True)
class CreatorCard:
    """A creator in the directory, with the newest post."""

    author: AuthorCard
    headline: str
    posts_count: int
    url: str
    newest_title: str = ""
    newest_url: str = ""
    newest_lang: str = ""


def category_chip(category: Category) -> CategoryChip:
    """The chip of a category; no query."""
    return CategoryChip(
        category.pk,
        category.name,
        category.slug,
        localized(category.get_absolute_url()),
        category.colour,
        category.icon,
    )


def tag_chips(post: PostPage) -> tuple[TagChip, ...]:
    """The chips of a post's tags; one query unless they are prefetched."""
    return tuple(
        TagChip(item.tag.pk, item.tag.name, item.tag.slug, localized(f"/tags/{item.tag.slug}/"))
        for item in post.tagged_items.select_related("tag").order_by("pk")
    )


def author_url(author: User) -> str:
    """Where an author's page is: every author has one, at the user name."""
    return localized(f"/creators/{author.username.lower()}/")


def card_of_author(author: User | None) -> AuthorCard | None:
    """The card of an author whose profile is loaded; banned, deleted and hidden people have no link."""
    if author is None:
        return None
    card = author_card(author, url=author_url(author))
    return card if author.is_active and author.profile.hidden_at is None else dataclasses.replace(card, url="")


def post_cards(
    ids: Iterable[int],
    *,
    large: Iterable[int] = (),
    counts: dict[int, TargetCounts] | None = None,
    viewer: Actor = None,
) -> dict[int, PostCard]:
    """Cards by id of those of the posts that are live, in three queries; those in `large` with a large cover.

    A post without a cover shows what is stored of its video. With `viewer`, only of people in their sight.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    presets = dict.fromkeys(large, "cover")
    posts = list(
        sight.in_sight(PostPage.objects.published(), viewer, by="author_id")
        .filter(pk__in=wanted)
        .select_related("author__profile", "category", "cover_image")
        .only(*CARD_FIELDS)
    )
    counts = numbers(POST, wanted) if counts is None else counts
    stored = previews(filter(None, (post.video_id for post in posts if post.cover_image is None)))
    return {
        post.pk: _card(post, counts.get(post.pk), presets.get(post.pk, "card"), stored.get(post.video_id, UNKNOWN))
        for post in posts
    }


def _card(post: PostPage, counts: TargetCounts | None, preset: str, video: Preview = UNKNOWN) -> PostCard:
    return PostCard(
        id=post.pk,
        title=post.title,
        url=localized(address(post.url_path)),
        excerpt=post.summary,
        cover=picture(post.cover_image, preset) if post.cover_image else video.picture,
        author=card_of_author(post.author),
        category=category_chip(post.category) if post.category else None,
        published_at=post.first_published_at,
        reading_minutes=post.reading_minutes,
        views=counts.views if counts else 0,
        comments=counts.comments if counts else 0,
        reactions=counts.reactions if counts else 0,
        has_video=bool(post.video),
        language=post.language,
    )


def post_with_related(post: PostPage, related: list[int]) -> tuple[PostCard, list[PostCard]]:
    """The card of a loaded post (or draft) with tags and large cover, and cards of others; counters in one query."""
    counts = numbers(POST, [post.pk or 0, *related])
    beside = counts.get(post.pk)
    by_type = tuple(beside.reactions_by_type.items()) if beside else ()
    own = dataclasses.replace(_card(post, beside, "cover"), tags=tag_chips(post), by_type=by_type)
    cards = post_cards(related, counts=counts)
    return own, [cards[pk] for pk in related if pk in cards]
