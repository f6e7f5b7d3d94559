"""Series: which there are, what they hold, and where in one a post stands."""

from __future__ import annotations

import dataclasses
import functools
import operator
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Exists, Q, QuerySet, Sum
from django.db.models.functions import Length, Substr
from wagtail.models import Page

from cms import permissions
from cms.models import CreatorPage, PostPage, SectionPage, SeriesPage
from cms.rules import address
from cms.selectors.cards import PERSON_FIELDS, card_of_author
from cms.selectors.pictures import IMAGE_FIELDS, picture
from cms.selectors.posts import list_posts
from cms.selectors.restrictions import behind_password
from community.accounts.models import User
from community.accounts.permissions import Actor, is_moderator, is_person
from community.accounts.selectors import AuthorCard
from community.core import sight
from community.core.errors import NotFound
from community.core.languages import foreign, localized
from community.core.pictures import Picture

STEP: int = Page.steplen
#: The path of the page above.
ABOVE = Substr("path", 1, Length("path") - STEP)


@dataclasses.dataclass(frozen=True)
class SeriesCard:
    """What is shown of a series in a list; it has an author or stands in a section."""

    id: int
    slug: str
    title: str
    url: str
    introduction: str
    cover: Picture | None
    author: AuthorCard | None
    section: str
    parts: int
    minutes: int
    complete: bool
    published: bool = True
    version: int = 0
    updated_at: datetime | None = None


@dataclasses.dataclass(frozen=True)
class Part:
    """A part of a series in its table of contents; `lang` is its language where the reader's is another."""

    number: int
    id: int
    title: str
    url: str
    minutes: int
    lang: str


@dataclasses.dataclass(frozen=True)
class SeriesPlace:
    """Where in its series a post stands, with all the parts."""

    id: int
    title: str
    url: str
    complete: bool
    position: int
    parts: tuple[Part, ...]

    @property
    def count(self) -> int:
        """How many parts there are."""
        return len(self.parts)

    @property
    def previous(self) -> Part | None:
        """The part before."""
        return self.parts[self.position - 2] if self.position > 1 else None

    @property
    def next(self) -> Part | None:
        """The part after."""
        return self.parts[self.position] if self.position < self.count else None


def list_series(
    *, viewer: Actor, author: str | None = None, section: str | None = None, below: Page | None = None
) -> QuerySet[SeriesPage]:
    """Live series with something in them that `viewer` may read, the newest first.

    Filters: the user name of an author, the slug of a section, the page they lie directly below.
    """
    rows = _readable(viewer).filter(numchild__gt=0).annotate(_above=ABOVE)
    if author is not None:
        people = User.objects.known().named(author).values("pk")
        rows = rows.filter(_above__in=CreatorPage.objects.filter(person__in=people).values("path"))
    if section is not None:
        rows = rows.filter(_above__in=SectionPage.objects.live().filter(slug=section).values("path"))
    if below is not None:
        rows = rows.child_of(below)
    rows = _in_sight(rows, viewer, muted=author is None and below is None)
    return rows.select_related("cover_image").order_by("-pk")


def list_series_to_follow(ids: list[int], *, viewer: Actor) -> QuerySet[SeriesPage]:
    """Those of the series that `viewer` may read."""
    return _in_sight(_readable(viewer).filter(pk__in=ids).annotate(_above=ABOVE), viewer, muted=False)


def _in_sight(rows: QuerySet[SeriesPage], viewer: Actor, *, muted: bool) -> QuerySet[SeriesPage]:
    """Series, annotated with `_above`, of people in sight of `viewer` and of sections."""
    if not is_person(viewer):
        return rows
    hidden = Q(person__in=sight.parted(viewer))
    if muted:
        hidden |= Q(person__in=sight.muted(viewer))
    return rows.exclude(_above__in=CreatorPage.objects.filter(hidden).values("path"))


def _readable(viewer: Actor) -> QuerySet[SeriesPage]:
    rows = SeriesPage.objects.live()
    return rows if is_moderator(viewer) else rows.exclude(Exists(behind_password("path")))


def get_series(series_id: int, *, viewer: Actor) -> SeriesPage:
    """The series, with its cover; NotFound when there is none or `viewer` may not see it."""
    rows = SeriesPage.objects.select_related("cover_image")
    found = rows.filter(pk=series_id).first() if 0 < series_id < 2**63 else None
    if found is None or not permissions.can_view_series(viewer, found):
        raise NotFound()
    return found


def get_series_to_fill(series_id: int, *, actor: Actor) -> SeriesPage:
    """The series; NotFound when there is none or `actor` may not put posts there."""
    found = SeriesPage.objects.filter(pk=series_id).first() if 0 < series_id < 2**63 else None
    if found is None or not permissions.can_create_post_in(actor, found):
        raise NotFound()
    return found


def list_own_series(*, viewer: Actor) -> QuerySet[SeriesPage]:
    """What lies below the author page of `viewer`, drafts and empty ones too, the newest first."""
    own = CreatorPage.objects.filter(person_id=getattr(viewer, "pk", None)).values("path")
    rows = SeriesPage.objects.annotate(_above=ABOVE).filter(_above__in=own)
    return rows.select_related("cover_image").order_by("-pk")


def list_parts(series: SeriesPage, *, viewer: Actor, drafts: bool = False) -> QuerySet[PostPage]:
    """The posts of a series that `viewer` may see, in their order; with `drafts` also as list_posts has them."""
    posts = list_posts(viewer=viewer, drafts=drafts, with_muted=True)
    return posts.filter(path__startswith=series.path, depth=series.depth + 1).order_by("path")


def series_cards(pages: list[SeriesPage], *, viewer: Actor, below: Page | None = None) -> list[SeriesCard]:
    """Cards of series whose cover is loaded; at most four queries for any number.

    With `below`, the page all of them lie directly below, two queries fewer.
    """
    if not pages:
        return []
    parts = _parts_below([page.path for page in pages], viewer=viewer)
    numbers = {
        path: (count, minutes or 0)
        for path, count, minutes in parts.order_by()
        .values("_above")
        .annotate(parts=Count("pk"), minutes=Sum("reading_minutes"))
        .values_list("_above", "parts", "minutes")
    }
    covers = _first_covers(parts)
    authors, sections = _places({page.path[:-STEP] for page in pages}, below)
    return [
        SeriesCard(
            id=page.pk,
            slug=page.slug,
            title=page.title,
            url=localized(address(page.url_path)),
            introduction=page.introduction,
            cover=picture(page.cover_image, "cover") if page.cover_image else covers.get(page.path),
            author=authors.get(page.path[:-STEP]),
            section=sections.get(page.path[:-STEP], ""),
            parts=numbers.get(page.path, (0, 0))[0],
            minutes=numbers.get(page.path, (0, 0))[1],
            complete=page.complete,
            published=page.live,
            version=page.version,
            updated_at=page.latest_revision_created_at or page.last_published_at,
        )
        for page in pages
    ]


def _parts_below(paths: Iterable[str], *, viewer: Actor) -> QuerySet[PostPage]:
    beginnings = functools.reduce(operator.or_, (Q(path__startswith=path) for path in paths))
    return list_posts(viewer=viewer, with_muted=True).filter(beginnings).annotate(_above=ABOVE)


def _first_covers(parts: QuerySet[PostPage]) -> dict[str, Picture]:
    """The cover of the first part that has one, by the path of the series."""
    first = parts.filter(cover_image__isnull=False).order_by("_above", "path").distinct("_above")
    rows = first.select_related("cover_image").only("path", *(f"cover_image__{name}" for name in IMAGE_FIELDS))
    return {post.path[:-STEP]: picture(post.cover_image, "cover") for post in rows if post.cover_image}


def _places(paths: set[str], known: Page | None) -> tuple[dict[str, AuthorCard | None], dict[str, str]]:
    """Whose pages lie at these paths, and the titles of the sections there."""
    if isinstance(known, CreatorPage):
        return {known.path: card_of_author(known.person)}, {}
    if known is not None:
        return {}, {known.path: known.title}
    pages = CreatorPage.objects.filter(path__in=paths).select_related("person__profile")
    rows = pages.only("path", *(f"person__{name}" for name in PERSON_FIELDS))
    authors = {page.path: card_of_author(page.person) for page in rows}
    return authors, dict(SectionPage.objects.filter(path__in=paths - authors.keys()).values_list("path", "title"))


def find_place(post: PostPage, *, viewer: Actor) -> SeriesPlace | None:
    """Where in its series a post stands, a draft where it will stand; None for a post in no live series."""
    if not post.path:
        return None
    series = SeriesPage.objects.live().filter(path=post.path[:-STEP]).first()
    if series is None:
        return None
    parts = list_numbered(series, viewer=viewer, draft=None if post.live else post)
    position = next((part.number for part in parts if part.id == post.pk), None)
    if position is None:
        return None
    return SeriesPlace(
        series.pk, series.title, localized(address(series.url_path)), series.complete, position, tuple(parts)
    )


def list_numbered(series: SeriesPage, *, viewer: Actor, draft: PostPage | None = None) -> list[Part]:
    """The table of contents of a series, as it will be with `draft` in it; one query."""
    parts = list_parts(series, viewer=viewer)
    if draft is not None:
        shown = Q(pk__in=parts.order_by().values("pk")) | Q(pk=draft.pk)
        parts = PostPage.objects.existing().filter(shown).order_by("path")
    rows = parts.values_list("pk", "title", "url_path", "reading_minutes", "language")
    return [
        Part(number, pk, title, localized(address(url_path)), minutes, foreign(language))
        for number, (pk, title, url_path, minutes, language) in enumerate(rows, 1)
    ]


def list_posts_of_section(section: Page, *, viewer: Actor) -> QuerySet[PostPage]:
    """Posts of a section and of its series, newest first; those of its parts are not mixed in."""
    series = SeriesPage.objects.child_of(section).values("path")
    posts = list_posts(viewer=viewer).filter(path__startswith=section.path).annotate(_above=ABOVE)
    return posts.filter(Q(depth=section.depth + 1) | Q(_above__in=series))


def parts_of_series(series_id: int, *, viewer: Actor) -> Q:
    """Which posts are parts of a live series, as a condition; none when `viewer` may not read it."""
    found = _readable(viewer).filter(pk=series_id).values_list("path", "depth").first()
    if found is None:
        return Q(pk__in=[])
    path, depth = found
    return Q(path__startswith=path, depth=depth + 1)
