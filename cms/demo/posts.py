"""The demonstration's posts: written by their authors through the services, dated back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from wagtail.models import Page, PageLogEntry
from wagtail.rich_text import RichText

from cms.choices import POST
from cms.demo import markup
from cms.demo.gallery import Gallery
from cms.demo.markup import Drawing, Part
from cms.demo.material import Draft, Material, Motif, Post
from cms.demo.pages import Shelves
from cms.demo.progress import Progress
from cms.models import CreatorPage, CustomImage, PostPage
from cms.services import create_post
from cms.services.saving import indexed_once
from community.accounts.models import User
from community.core import counts

FEATURED_FOR = timedelta(days=365)


def load_posts(
    material: Material,
    users: dict[str, User],
    shelves: Shelves,
    base: datetime,
    gallery: Gallery,
    progress: Progress,
) -> None:
    """Makes the posts that are missing, the oldest first, while their pictures are drawn ahead."""
    there = set(PostPage.objects.values_list("slug", "author_id"))
    missing = [post for post in material.posts if (post.slug, users[post.author].pk) not in there]
    for post in missing:
        for motif, seed, _alt in _pictures(post):
            gallery.order(motif, seed)
    for number, post in enumerate(missing, start=1):
        _Writing(post, users[post.author], shelves, gallery).publish(
            at=base - post.ago, featured_until=base + FEATURED_FOR
        )
        if number % 10 == 0 or number == len(missing):
            progress(f"{number} of {len(missing)} posts")


def load_drafts(material: Material, editor: User, shelves: Shelves, base: datetime) -> None:
    """Makes what the editor has begun, as far as no post of this name is there."""
    there = set(PostPage.objects.filter(author=editor).values_list("title", flat=True))
    for draft in material.drafts:
        if draft.title not in there:
            _begin(draft, editor, shelves.sections[draft.section], base)


@transaction.atomic
def _begin(draft: Draft, editor: User, section: Page, base: datetime) -> None:
    body = [_block(part, []) for part in draft.body]
    page = create_post(actor=editor, title=draft.title, body=body, parent=section)
    if draft.goes_out is not None:
        page.go_live_at = base + draft.goes_out
        page.save_revision(user=editor, clean=False).publish(user=editor, skip_permission_checks=True)


def _pictures(post: Post) -> Iterator[tuple[Motif, str, str]]:
    """Motif, seed and words of a post's pictures: the cover, then those in the text."""
    if post.cover is not None:
        yield post.cover, post.slug, post.cover_alt
    for number, part in enumerate(post.body):
        for place, drawing in enumerate(_drawings(part)):
            yield Motif(drawing.motif, drawing.palette), f"{post.slug}/{number}/{place}", drawing.alt


def _drawings(part: Part) -> tuple[Drawing, ...]:
    if isinstance(part, markup.Gallery):
        return part.drawings
    return (part,) if isinstance(part, Drawing) else ()


@dataclasses.dataclass(frozen=True)
class _Writing:
    """One post on its way to the site."""

    post: Post
    author: User
    shelves: Shelves
    gallery: Gallery

    @transaction.atomic
    def publish(self, *, at: datetime, featured_until: datetime) -> None:
        """Stores pictures and post and lets it have been published at `at`; all of it or nothing."""
        post = self.post
        images = {
            seed: self.gallery.add_to_library(motif, seed, title=post.title, alt=alt, owner=self.author)
            for motif, seed, alt in _pictures(post)
        }
        page = create_post(
            actor=self.author,
            title=post.title,
            body=[
                _block(part, [images[f"{post.slug}/{number}/{place}"] for place, _ in enumerate(_drawings(part))])
                for number, part in enumerate(post.body)
            ],
            excerpt=post.excerpt,
            cover_image=images.get(post.slug),
            video=post.video,
            tags=post.tags,
            category=self.shelves.categories.get(post.category),
            parent=self.shelves.sections.get(post.section) or self.shelves.series.get((post.author, post.series)),
        )
        page.language = self.author.profile.language
        page.featured_until = featured_until if post.featured else None
        with indexed_once(page):
            page.save_revision(user=self.author, clean=False).publish(user=self.author, skip_permission_checks=True)
        _date_back(page, at)
        if post.pinned:
            CreatorPage.objects.filter(person=self.author).update(pinned_post=page)


def _block(part: Part, images: list[CustomImage]) -> tuple[str, Any]:
    """A part of the text as the body's block, with its pictures."""
    match part:
        case markup.Text(html):
            return "rich_text", RichText(html)
        case markup.Quote(text, attribution):
            return "quote", {"text": text, "attribution": attribution}
        case markup.Code(language, code):
            return "code", {"language": language, "code": code}
        case markup.Video(address, title, chapters):
            return "video", {"video": address, "title": title, "start": None, "chapters": chapters}
        case markup.Callout(kind, title, html):
            return "callout", {"kind": kind, "title": title, "text": RichText(html)}
        case markup.Spoiler(summary, html):
            return "spoiler", {"summary": summary, "text": RichText(html)}
        case markup.Table(rows, caption):
            return "table", _table(rows, caption)
        case markup.Poll(question, options):
            return "poll", {"question": question, "options": list(options)}
        case markup.Divider():
            return "divider", None
        case markup.Gallery(drawings):
            return "gallery", {"pictures": [_figure(*pair) for pair in zip(drawings, images, strict=True)]}
        case Drawing():
            return "image", _figure(part, images[0])


def _figure(drawing: Drawing, image: CustomImage) -> dict[str, Any]:
    return {"image": image, "alt": drawing.alt, "caption": drawing.caption}


def _table(rows: tuple[tuple[str, ...], ...], caption: str) -> dict[str, Any]:
    """As Wagtail's table block stores it."""
    return {
        "data": [list(row) for row in rows],
        "first_row_is_table_header": True,
        "first_col_is_header": False,
        "table_header_choice": "row",
        "table_caption": caption,
    }


def _date_back(page: PostPage, at: datetime) -> None:
    """Lets everything about the page have happened at one moment in the past."""
    PostPage.objects.filter(pk=page.pk).update(
        first_published_at=at, last_published_at=at, latest_revision_created_at=at
    )
    counts.came_to_light(POST, page.pk, at)
    page.revisions.update(created_at=at)
    PageLogEntry.objects.filter(page=page.pk).update(timestamp=at)
