"""Creators, sites and tags that are talked about."""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from taggit.models import Tag
from wagtail.models import Site

from cms.models import CreatorPage, PostPage
from cms.rules import address
from cms.selectors.cards import PERSON_FIELDS, CreatorCard, TagChip, card_of_author
from community.accounts.choices import CLOSED_STATUSES, Role
from community.accounts.models import User
from community.accounts.permissions import Actor
from community.accounts.selectors import AuthorCard, list_everybody
from community.core import sight
from community.core.languages import foreign, localized

SITES_KEY = "cms.sites"
MOST_HOSTS = 20
TALKED_ABOUT_KEY = "cms.talked-about"
KEPT_SECONDS = 60
#: How the directory can be sorted: most posts first, newest post first, by name.
CREATOR_ORDERS = ("posts", "newest", "name")
CREATOR_ROLES = [role for role in Role if role.at_least(Role.CREATOR)]


def list_author_pages_out_of_sight() -> QuerySet[CreatorPage, int]:
    """The ids of pages of people whose profile guests may not see, for use as a subquery."""
    return CreatorPage.objects.exclude(person__in=list_everybody(viewer=None).values("pk")).values_list("pk", flat=True)


def list_creators(
    *,
    viewer: Actor = None,
    search: str = "",
    verified: bool = False,
    category: str = "",
    language: str = "",
    sort: str = "",
) -> QuerySet[CreatorPage]:
    """Author pages of creators and above in sight of `viewer`, verified people first or in one of CREATOR_ORDERS.

    `search` looks at name and headline; `category` (a slug) and `language` at what they have published.
    """
    posts = PostPage.objects.published().filter(author=OuterRef("person")).order_by()
    pages = (
        CreatorPage.objects.live()
        .filter(person__role__in=CREATOR_ROLES)
        .exclude(person__status__in=CLOSED_STATUSES)
        .filter(person__profile__hidden_at__isnull=True)
        .select_related("person__profile")
        .only("title", "url_path", "headline", *(f"person__{name}" for name in PERSON_FIELDS))
    )
    pages = sight.in_sight(pages, viewer, by="person_id")
    words = search.replace("\x00", "").split()[:10]
    for word in words:
        pages = pages.filter(
            Q(title__icontains=word) | Q(headline__icontains=word) | Q(person__username__icontains=word)
        )
    if verified:
        pages = pages.filter(person__verified=True)
    about = {name: value for name, value in {"category__slug": category, "language": language}.items() if value}
    if about:
        pages = pages.filter(Exists(posts.filter(**about)))
    if sort == "posts":
        count = posts.values("author").annotate(count=Count("pk")).values("count")
        return pages.annotate(_posts=Coalesce(Subquery(count), 0)).order_by("-_posts", "title", "pk")
    if sort == "newest":
        newest = posts.order_by(F("first_published_at").desc(nulls_last=True)).values("first_published_at")[:1]
        pages = pages.annotate(_newest=Subquery(newest))
        return pages.order_by(F("_newest").desc(nulls_last=True), "title", "pk")
    return pages.order_by("title", "pk") if sort == "name" else pages.order_by("-person__verified", "title", "pk")


def creator_cards(pages: list[CreatorPage]) -> list[CreatorCard]:
    """Cards of the directory, with the number of posts and the newest one; two queries for any number."""
    people = [page.person_id for page in pages]
    posts = PostPage.objects.published().filter(author__in=people)
    counts = dict(posts.order_by().values_list("author").annotate(count=Count("pk")))
    newest = {
        author: (title, localized(address(url_path)), foreign(language))
        for author, title, url_path, language in posts.order_by(
            "author", F("first_published_at").desc(nulls_last=True), "-pk"
        )
        .distinct("author")
        .values_list("author", "title", "url_path", "language")
    }
    cards = []
    for page in pages:
        author = card_of_author(page.person)
        if author is not None:
            count, url = counts.get(page.person_id, 0), localized(address(page.url_path))
            cards.append(CreatorCard(author, page.headline, count, url, *newest.get(page.person_id, ())))
    return cards


def list_featured_creators(*, viewer: Actor = None, limit: int = 6) -> list[AuthorCard]:
    """Some creators for the first page; one query."""
    cards = (card_of_author(page.person) for page in list_creators(viewer=viewer)[:limit])
    return [card for card in cards if card is not None]


def find_author_page(person: User) -> CreatorPage | None:
    """The live author page of `person`, if there is one."""
    return CreatorPage.objects.live().filter(person=person).first()


def remember_site(host: str, find: Callable[[], Site | None]) -> Site | None:
    """The site of `host` as `find` tells it, with its home page; cached until the top of the tree changes."""
    sites: dict[str, Site] = cache.get(SITES_KEY) or {}
    site = sites.get(host)
    if site is None:
        site = find()
        if site is not None:
            site.root_page = site.root_page.specific
            if len(sites) < MOST_HOSTS:
                cache.set(SITES_KEY, {**sites, host: site}, KEPT_SECONDS)
    return site


def talked_about() -> list[TagChip]:
    """The tags most used by live posts; kept in the cache for a minute."""
    tags = cache.get(TALKED_ABOUT_KEY)
    if tags is None:
        tags = [(chip.id, chip.name, chip.slug) for chip in list_talked_about()]
        cache.set(TALKED_ABOUT_KEY, tags, KEPT_SECONDS)
    return [TagChip(pk, name, slug, localized(f"/tags/{slug}/")) for pk, name, slug in tags]


def list_talked_about(*, limit: int = 8) -> list[TagChip]:
    """The tags most used by live posts; one query."""
    rows = (
        Tag.objects.filter(
            cms_posttag_items__content_object__live=True, cms_posttag_items__content_object__deleted_at__isnull=True
        )
        .annotate(uses=Count("cms_posttag_items"))
        .order_by("-uses", "name")[:limit]
    )
    return [TagChip(tag.pk, tag.name, tag.slug, localized(f"/tags/{tag.slug}/")) for tag in rows]


def list_tags_beside(posts: QuerySet[PostPage], *, without: str = "", limit: int = 8) -> list[TagChip]:
    """The tags that stand on `posts` most often; one query."""
    items = PostPage.tags.through.objects.filter(content_object__in=posts.order_by().values("pk"))
    rows = items.exclude(tag__slug=without).values_list("tag", "tag__name", "tag__slug").annotate(uses=Count("pk"))
    return [
        TagChip(pk, name, slug, localized(f"/tags/{slug}/"))
        for pk, name, slug, _uses in rows.order_by("-uses", "tag__name")[:limit]
    ]
