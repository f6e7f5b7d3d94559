"""Creators, sections and menus."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from taggit.models import Tag
from wagtail.models import Page, Site

from cms.models import CreatorPage
from cms.rules import address
from cms.selectors.cards import PERSON_FIELDS, CreatorCard, TagChip, card_of_author
from community.accounts.choices import CLOSED_STATUSES, Role
from community.accounts.models import User

SITES_KEY = "cms.sites"
MOST_HOSTS = 20
NAVIGATION_KEY = "cms.navigation"
TALKED_ABOUT_KEY = "cms.talked-about"
KEPT_SECONDS = 60
CREATOR_ROLES = [role for role in Role if role.at_least(Role.CREATOR)]


@dataclasses.dataclass(frozen=True)
class NavigationItem:
    """An entry of a menu."""

    label: str
    url: str
    kind: str


def list_creators(*, search: str = "") -> QuerySet[CreatorPage]:
    """Author pages of creators and above, verified people first; `search` looks at name and headline."""
    pages = (
        CreatorPage.objects.live()
        .filter(person__role__in=CREATOR_ROLES)
        .exclude(person__status__in=CLOSED_STATUSES)
        .select_related("person__profile")
        .only("title", "url_path", "headline", *(f"person__{name}" for name in PERSON_FIELDS))
        .order_by("-person__verified", "title", "pk")
    )
    words = search.replace("\x00", "").split()[:10]
    for word in words:
        pages = pages.filter(
            Q(title__icontains=word) | Q(headline__icontains=word) | Q(person__username__icontains=word)
        )
    return pages


def creator_cards(pages: list[CreatorPage]) -> list[CreatorCard]:
    """Cards of the directory; one query for the numbers of posts."""
    counts = dict(
        User.objects.filter(pk__in=[page.person_id for page in pages])
        .values_list("pk")
        .annotate(count=Count("posts", filter=Q(posts__live=True, posts__deleted_at__isnull=True)))
    )
    cards = []
    for page in pages:
        author = card_of_author(page.person)
        if author is not None:
            cards.append(CreatorCard(author, page.headline, counts.get(page.person_id, 0), address(page.url_path)))
    return cards


def list_featured_creators(*, limit: int = 6) -> list[CreatorCard]:
    """Some creators for the first page."""
    return creator_cards(list(list_creators()[:limit]))


def find_author_page(person: User) -> CreatorPage | None:
    """The live author page of `person`, if there is one."""
    return CreatorPage.objects.live().filter(person=person).first()


def list_navigation() -> list[NavigationItem]:
    """Pages below the home page that want to be in the menu; kept in the cache until one of them changes."""
    rows = cache.get(NAVIGATION_KEY)
    if rows is None:
        rows = _navigation_rows()
        cache.set(NAVIGATION_KEY, rows, KEPT_SECONDS)
    return [NavigationItem(title, address(url_path), model) for title, url_path, model in rows]


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


def _navigation_rows() -> list[tuple[str, str, str]]:
    return list(
        Page.objects.live()
        .filter(depth=3, show_in_menus=True)
        .order_by("path")
        .values_list("title", "url_path", "content_type__model")
    )


def forget_frame() -> None:
    """Menus and tags are read anew; called after the commit of a change to them."""
    cache.delete_many([SITES_KEY, NAVIGATION_KEY, TALKED_ABOUT_KEY])


def talked_about() -> list[TagChip]:
    """The tags most used by live posts; kept in the cache for a minute."""
    chips = cache.get(TALKED_ABOUT_KEY)
    if chips is None:
        chips = list_talked_about()
        cache.set(TALKED_ABOUT_KEY, chips, KEPT_SECONDS)
    return chips


def list_talked_about(*, limit: int = 8) -> list[TagChip]:
    """The tags most used by live posts; one query."""
    rows = (
        Tag.objects.filter(
            cms_posttag_items__content_object__live=True, cms_posttag_items__content_object__deleted_at__isnull=True
        )
        .annotate(uses=Count("cms_posttag_items"))
        .order_by("-uses", "name")[:limit]
    )
    return [TagChip(tag.pk, tag.name, tag.slug, f"/tags/{tag.slug}/") for tag in rows]
