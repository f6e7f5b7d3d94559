"""The frame of every page: menus, footer and announcements, in one cached value for each site."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page, PageViewRestriction, Site

from cms.blocks.links import is_own_path
from cms.models import Announcement, SiteFrame
from cms.rules import address
from cms.selectors.pages import KEPT_SECONDS, MOST_HOSTS, SITES_KEY, TALKED_ABOUT_KEY
from community.accounts.choices import Role
from community.accounts.models import User
from community.accounts.permissions import Actor, is_person
from community.core.generations import SITE
from community.core.languages import localized, without_language
from community.core.remembered import remembered
from community.core.text import is_web_address

FRAMES_KEY = "cms.frames"
#: Banners above a page, and those that are kept ready beside them.
BANNERS, BANNERS_KEPT = 2, 50
#: Icons of the menu that fills itself, by type of page.
ICONS = {"creatorindexpage": "star", "sectionpage": "compass", "standardpage": "page"}
#: Paths of this site that have no language.
MACHINE_PATHS = ("/api", "/cms/", "/django-admin/", "/documents/", "/media/", "/static/", "/dev/")


@dataclasses.dataclass(frozen=True)
class MenuLink:
    """An entry of a menu."""

    label: str
    url: str
    icon: str = ""
    external: bool = False


@dataclasses.dataclass(frozen=True)
class MenuColumn:
    """A column of the footer."""

    title: str
    links: tuple[MenuLink, ...]


@dataclasses.dataclass(frozen=True)
class AnnouncementCard:
    """A banner as its readers see it; `key` changes with its words, so that closing one closes these words only."""

    id: int
    key: str
    text: str
    link_text: str
    url: str
    external: bool
    level: str
    dismissible: bool
    starts_at: datetime | None
    ends_at: datetime | None


@dataclasses.dataclass(frozen=True)
class Frame:
    """What stands around a page, in the language that is active."""

    main: tuple[MenuLink, ...]
    footer: tuple[MenuColumn, ...]
    tagline: str
    announcements: tuple[AnnouncementCard, ...]


class _Link(NamedTuple):
    label: str
    target: str
    icon: str
    language: str


class _Column(NamedTuple):
    title: str
    language: str
    links: list[_Link]


class _Banner(NamedTuple):
    audience: str
    language: str
    card: dict[str, Any]


class _Kept(NamedTuple):
    """A frame for all languages and readers; tuples, so that one kept by an older version cannot be read."""

    tagline: str
    main: list[_Link]
    footer: list[_Column]
    sections: list[_Link]
    about: list[_Link]
    banners: list[_Banner]
    tree_paths: list[str]


def get_frame(*, site: Site | None, viewer: Actor, now: datetime | None = None) -> Frame:
    """Menus and footer of `site`, and the banners for `viewer` at this moment; no query while the cache is warm."""
    number = site.pk if site is not None else 0
    kept = remembered(("frame", number), (SITE,), lambda: _kept(site))
    main, columns = remembered(("menus", number, get_language()), (SITE,), lambda: _menus(kept))
    return Frame(
        main=main,
        footer=columns,
        tagline=kept.tagline or _("Made by fans, for the people whose videos we never skip."),
        announcements=_banners(kept.banners, viewer, now or timezone.now()),
    )


def _menus(kept: _Kept) -> tuple[tuple[MenuLink, ...], tuple[MenuColumn, ...]]:
    main = _links(kept.main) or (MenuLink(_("Home"), localized("/"), "home"), *_links(kept.sections))
    columns = [MenuColumn(column.title, _links(column.links)) for column in kept.footer if _is_for(column.language)]
    if not kept.footer:
        columns = [MenuColumn(_("Around here"), main), MenuColumn(_("About"), _links(kept.about))]
    return main, tuple(column for column in columns if column.links)


def announcement_card(announcement: Announcement) -> AnnouncementCard:
    """`announcement`, saved or not, as its readers will see it."""
    return _banner(_stored_card(announcement))


def forget_frame() -> None:
    """Menus, banners and tags are read anew; called after the commit of a change to them."""
    cache.delete_many([SITES_KEY, FRAMES_KEY, TALKED_ABOUT_KEY])


def forget_frame_after(thing: object) -> None:
    """Has the frame read anew, after the commit, if `thing` was saved or deleted and stands in it."""
    if isinstance(thing, Announcement | SiteFrame | PageViewRestriction | Site):
        transaction.on_commit(forget_frame, robust=True)
    elif isinstance(thing, Page) and thing.depth is not None:
        forget = forget_frame if thing.depth <= 3 else partial(_forget_linked, thing.path)
        transaction.on_commit(forget, robust=True)


def _forget_linked(path: str) -> None:
    """Forgets frames that link to the page at this place of the tree, or to one below it."""
    kept: dict[int, _Kept] = cache.get(FRAMES_KEY) or {}
    if any(linked.startswith(path) for frame in kept.values() for linked in frame.tree_paths):
        forget_frame()


def _is_for(language: str) -> bool:
    return not language or language == get_language()


def _links(links: Iterable[_Link]) -> tuple[MenuLink, ...]:
    return tuple(
        MenuLink(link.label, _in_readers_language(link.target), link.icon, external=not link.target.startswith("/"))
        for link in links
        if _is_for(link.language)
    )


def _in_readers_language(target: str) -> str:
    return target if target.startswith(MACHINE_PATHS) else localized(without_language(target))


def _banners(banners: Iterable[_Banner], viewer: Actor, now: datetime) -> tuple[AnnouncementCard, ...]:
    audiences: set[str] = {Announcement.Audience.EVERYONE}
    audiences.add(Announcement.Audience.MEMBERS if is_person(viewer) else Announcement.Audience.GUESTS)
    if isinstance(viewer, User) and viewer.has_role(Role.CREATOR):
        audiences.add(Announcement.Audience.CREATORS)
    shown = []
    for banner in banners:
        begun = banner.card["starts_at"] is None or banner.card["starts_at"] <= now
        over = banner.card["ends_at"] is not None and banner.card["ends_at"] <= now
        if begun and not over and banner.audience in audiences and _is_for(banner.language):
            shown.append(_banner(banner.card))
    return tuple(shown[:BANNERS])


def _banner(card: dict[str, Any]) -> AnnouncementCard:
    return AnnouncementCard(**{**card, "url": _in_readers_language(card["url"])})


def _kept(site: Site | None) -> _Kept:
    number = site.pk if site is not None else 0
    frames: dict[int, _Kept] = cache.get(FRAMES_KEY) or {}
    kept = frames.get(number)
    if kept is None:
        kept = _read(site)
        if len(frames) < MOST_HOSTS:
            cache.set(FRAMES_KEY, {**frames, number: kept}, KEPT_SECONDS)
    return kept


def _read(site: Site | None) -> _Kept:
    """A frame from the database, in a fixed number of queries."""
    frame = SiteFrame.objects.filter(site=site).first() if site is not None else None
    main = [child.value for child in frame.main_menu] if frame else []
    columns = [child.value for child in frame.footer] if frame else []
    wanted = [value["page"] for value in [*main, *(link for column in columns for link in column["links"])]]
    pages = {
        pk: (title, address(url_path))
        for pk, title, url_path in Page.objects.live()
        .public()
        .filter(pk__in=[page.pk for page in wanted if page is not None])
        .values_list("pk", "title", "url_path")
    }
    own = _own_pages(site)
    return _Kept(
        tagline=frame.tagline if frame else "",
        main=_stored_links(main, pages),
        footer=[
            _Column(column["title"], column["language"] or "", _stored_links(column["links"], pages))
            for column in columns
        ],
        sections=[link for kind, link in own if kind != "standardpage"],
        about=[link for kind, link in own if kind == "standardpage"],
        banners=_stored_banners(timezone.now()),
        tree_paths=[page.path for page in wanted if page is not None],
    )


def _stored_links(values: Iterable[Any], pages: dict[int, tuple[str, str]]) -> list[_Link]:
    """Links that lead somewhere: to a live page that everybody may see, a path of this site, or the web."""
    links = []
    for value in values:
        target, title = (value["address"] or "").strip(), ""
        if value["page"] is not None:
            title, target = pages.get(value["page"].pk, ("", ""))
        label = value["label"] or title
        if label and (is_own_path(target) or is_web_address(target)):
            links.append(_Link(label, target, value.get("icon") or "", value["language"] or ""))
    return links


def _own_pages(site: Site | None) -> list[tuple[str, _Link]]:
    """Pages below the home page that want to be in menus, with their type."""
    if site is None:
        return []
    rows = (
        Page.objects.child_of(site.root_page)
        .live()
        .public()
        .filter(show_in_menus=True)
        .order_by("path")
        .values_list("content_type__model", "title", "url_path")
    )
    return [(kind, _Link(title, address(url_path), ICONS.get(kind, "page"), "")) for kind, title, url_path in rows]


def _stored_banners(now: datetime) -> list[_Banner]:
    """Banners that are on, or will be before the cache is read anew; the newest first."""
    soon = now + timedelta(seconds=KEPT_SECONDS)
    rows = (
        Announcement.objects.filter(Q(starts_at=None) | Q(starts_at__lte=soon), Q(ends_at=None) | Q(ends_at__gt=now))
        .order_by(Coalesce("starts_at", "updated_at").desc(), "-pk")[:BANNERS_KEPT]
    )  # fmt: skip
    return [_Banner(row.audience, row.language, _stored_card(row)) for row in rows]


def _stored_card(row: Announcement) -> dict[str, Any]:
    target = row.link_address.strip()
    safe = is_own_path(target) or is_web_address(target)
    return {
        "id": row.pk,
        "key": f"{row.pk}-{int(row.updated_at.timestamp() * 1000)}" if row.updated_at else "",
        "text": row.text,
        "link_text": row.link_text if safe else "",
        "url": target if safe else "",
        "external": safe and not target.startswith("/"),
        "level": row.level,
        "dismissible": row.dismissible,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
    }
