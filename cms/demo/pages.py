"""Where the demonstration's posts stand: categories, sections, standard pages, the home page."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.db import transaction
from wagtail.models import Page
from wagtail.rich_text import RichText

from cms.demo.gallery import Gallery
from cms.demo.markup import Text
from cms.demo.material import Material, Reusable, Series
from cms.models import (
    Announcement,
    Category,
    CreatorPage,
    PostPage,
    ReusableContent,
    SectionPage,
    SeriesPage,
    StandardPage,
)
from cms.models.home import FeaturedPost
from cms.services import add_page, ensure_author_page, site_root
from community.accounts.models import User


@dataclasses.dataclass(frozen=True)
class Shelves:
    """Categories and sections by slug."""

    categories: dict[str, Category]
    sections: dict[str, Page]
    series: dict[tuple[str, str], Page]


def load_categories(material: Material) -> dict[str, Category]:
    """All categories by slug; those that are missing are made."""
    categories = {category.slug: category for category in Category.objects.all()}
    for order, entry in enumerate(material.categories, start=1):
        if entry["slug"] not in categories:
            categories[entry["slug"]] = Category.objects.create(order=order, **entry)
    return categories


def load_sections(material: Material, *, owner: User) -> dict[str, Page]:
    """All sections by slug; those that are missing are made."""
    home = site_root()
    sections: dict[str, Page] = {page.slug: page for page in SectionPage.objects.child_of(home)}
    for entry in material.sections:
        if entry["slug"] not in sections:
            section = SectionPage(**entry, show_in_menus=True, owner=owner)
            sections[entry["slug"]] = _publish_below(home, section, owner)
    return sections


def load_series(material: Material, users: dict[str, User], gallery: Gallery) -> dict[tuple[str, str], Page]:
    """All series by author's user name and slug, each below its author's page; those that are missing are made."""
    found: dict[tuple[str, str], Page] = {}
    for entry in material.series:
        owner = users[entry.author]
        parent = ensure_author_page(person=owner)
        there = SeriesPage.objects.child_of(parent).filter(slug=entry.slug).first()
        found[(entry.author, entry.slug)] = there or _make_series(entry, parent, owner, gallery)
    return found


@transaction.atomic
def _make_series(entry: Series, parent: Page, owner: User, gallery: Gallery) -> Page:
    cover = gallery.add_to_library(entry.cover, f"{entry.author}-{entry.slug}", title=entry.title, alt="", owner=owner)
    page = SeriesPage(
        title=entry.title, slug=entry.slug, introduction=entry.introduction, cover_image=cover, owner=owner
    )
    return _publish_below(parent, page, owner)


def load_documents(material: Material, *, owner: User) -> None:
    """Makes the words for several pages and the standard pages that are missing; the former end each of the latter."""
    home = site_root()
    ends = [("reusable", _reusable(entry)) for entry in material.reusable]
    there = set(StandardPage.objects.child_of(home).values_list("slug", flat=True))
    for document in material.documents:
        if document.slug not in there:
            body = [("rich_text", RichText(part.html)) for part in document.body if isinstance(part, Text)] + ends
            page = StandardPage(title=document.title, slug=document.slug, body=body, show_in_menus=True, owner=owner)
            _publish_below(home, page, owner)


def _reusable(entry: Reusable) -> ReusableContent:
    body = [("rich_text", RichText(entry.html))]
    content, _made = ReusableContent.objects.get_or_create(slug=entry.slug, defaults={"name": entry.name, "body": body})
    return content


def load_announcements(material: Material) -> None:
    """Makes the banners, unless there is one already."""
    if not Announcement.objects.exists():
        for entry in material.announcements:
            Announcement.objects.create(**entry)


@transaction.atomic
def load_home(material: Material, *, owner: User) -> None:
    """Sets the welcome and the chosen posts, unless somebody has written a welcome already."""
    home = site_root()
    if home.hero_text:
        return
    wanted = material.home
    posts = {post.slug: post for post in PostPage.objects.filter(slug__in=[wanted["hero_post"], *wanted["featured"]])}
    home.hero_title, home.hero_text = wanted["hero_title"], wanted["hero_text"]
    home.hero_post = posts.get(wanted["hero_post"])
    home.featured_posts = [
        FeaturedPost(post=posts[slug], sort_order=order)
        for order, slug in enumerate(wanted["featured"])
        if slug in posts
    ]
    home.rows = [row for entry in wanted["rows"] if (row := _row(entry)) is not None]
    home.save_revision(user=owner).publish(user=owner, skip_permission_checks=True)


def _row(entry: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """A row of the first page as its block; None when what it shows is not there any more."""
    title = entry.get("title", "")
    if "people" in entry:
        authors = CreatorPage.objects.filter(slug__in=entry["people"])
        people = sorted(authors, key=lambda page: entry["people"].index(page.slug))
        return ("people", {"title": title, "people": people}) if people else None
    row = {"title": title, "rhythm": entry["rhythm"], "count": entry["count"], "category": None, "page": None}
    if "category" in entry:
        source = {"category": Category.objects.filter(slug=entry["category"]).first()}
    else:
        author, _slash, slug = entry["series"].partition("/")
        source = {"page": SeriesPage.objects.filter(owner__username=author, slug=slug).first()}
    return ("posts", {**row, **source}) if any(source.values()) else None


@transaction.atomic
def _publish_below(parent: Page, page: Page, owner: User) -> Page:
    """Adds a page as an editor would, with its first revision."""
    add_page(parent=parent, page=page)
    page.save_revision(user=owner).publish(user=owner, skip_permission_checks=True)
    return page
