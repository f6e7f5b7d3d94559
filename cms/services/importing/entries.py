"""Posts and pages of another site: made at the first import, changed when their export has changed."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils.translation import gettext as _
from wagtail.models import Page, PageViewRestriction, Revision
from wagtail.rich_text import RichText as RichTextValue

from cms.choices import CONTENT_MAX, EXCERPT_MAX, RESERVED_ROOT_SLUGS, SLUG_MAX, TITLE_MAX
from cms.importers import UnreadableExport
from cms.importers.wordpress import (
    CONVERSION,
    PAGE,
    POST,
    Code,
    EntryRecord,
    OtherHtml,
    Piece,
    RichText,
    Video,
    convert,
)
from cms.models import PostPage, StandardPage
from cms.models.imports import ImportedObject
from cms.rules import videos_in
from cms.services.importing.ledger import Ledger, digest
from cms.services.importing.people import People
from cms.services.importing.report import PROTECTED, ImportReport
from cms.services.importing.states import Publication, State, state_of
from cms.services.importing.terms import Terms
from cms.services.tree import add_page, ensure_author_page, unique_slug
from community.core.text import has_visible, make_slug, plain_text, truncate
from community.youtube.services import want_previews

_TITLE_WORDS = 60
_PASSWORD_MAX = 255
ImportedPage = PostPage | StandardPage


@dataclasses.dataclass(frozen=True)
class Place:
    """The other site, as far as its texts need it."""

    address: str
    language: str


class Entries:
    """Writes posts and pages; `now` decides what is scheduled."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        report: ImportReport,
        people: People,
        terms: Terms,
        place: Place,
        now: datetime,
    ) -> None:
        self.ledger = ledger
        self.report = report
        self.people = people
        self.terms = terms
        self.place = place
        self.now = now
        self._seen: dict[tuple[str, str], str] = {}

    def key_of(self, entry: EntryRecord) -> str:
        """The key under which an entry is remembered: its id, and more where a merged export repeats that.

        Empty when the very same entry was there before.
        """
        identity = digest(entry.guid, entry.title, entry.published_at)
        first = self._seen.setdefault((entry.kind, entry.external_id), identity)
        if first == identity:
            repeated = (entry.kind, f"{entry.external_id} again") in self._seen
            self._seen[entry.kind, f"{entry.external_id} again"] = identity
            return "" if repeated else entry.external_id
        key = f"{entry.external_id}:{identity[:16]}"
        repeated = (entry.kind, key) in self._seen
        self._seen[entry.kind, key] = identity
        return "" if repeated else key

    def write(self, entry: EntryRecord, key: str, parent: Page | None = None) -> Page | None:
        """Makes or changes the page of an entry and returns it; None when there is none, or none any more.

        `parent` is where a page belongs; a post belongs to its author.
        """
        state = state_of(entry, self.now)
        row = self.ledger.find(entry.kind, key)
        if state.publication is Publication.GONE and row is None:
            self.report.left_out[entry.kind] += 1
            self.report.states[entry.kind, state.publication] += 1
            return None
        # The state at this moment is no part of it: what was scheduled goes live here by itself.
        content_hash = digest(CONVERSION, dataclasses.astuple(entry), parent.pk if parent else None)
        page = self._existing(row) if row is not None else None
        if row is not None and page is None:
            self.report.left_out[entry.kind] += 1
            self.report.warn("what was deleted here is not made again", entry.label)
            return None
        self._count_state(entry, state)
        if row is not None and row.content_hash == content_hash:
            self.report.unchanged[entry.kind] += 1
            return page
        try:
            if page is None:
                page = self._create(entry, state, parent)
                self.report.created[entry.kind] += 1
            else:
                self._change(page, entry, state, parent)
                self.report.changed[entry.kind] += 1
        except ValidationError as error:
            raise UnreadableExport(f"{entry.label} cannot be stored: {' '.join(error.messages)}") from error
        except DatabaseError as error:
            raise UnreadableExport(f"{entry.label} cannot be stored: {str(error).strip()}") from error
        want_previews(video_ids=videos_in(page.body))
        self.ledger.remember(entry.kind, key, content_hash, page=Page.objects.get(pk=page.pk))
        return page

    def _count_state(self, entry: EntryRecord, state: State) -> None:
        self.report.states[entry.kind, state.publication] += 1
        if entry.password and state.publication is not Publication.GONE:
            self.report.states[entry.kind, PROTECTED] += 1
        if not state.known:
            self.report.warn("unknown states became drafts", entry.status)
        if entry.status == "private":
            self.report.warn("private texts became drafts", entry.label)
        if state.publication is Publication.LIVE and entry.published_at is None:
            self.report.warn("published texts without a date got another one", entry.label)

    def _existing(self, row: ImportedObject) -> ImportedPage | None:
        """What an earlier import made, as its own type; None when it is gone or in the bin."""
        page = Page.objects.filter(pk=row.page_id).first() if row.page_id else None
        specific = page.specific if page is not None else None
        if isinstance(specific, PostPage):
            return None if specific.deleted_at is not None else specific
        return specific if isinstance(specific, StandardPage) else None

    def _create(self, entry: EntryRecord, state: State, parent: Page | None) -> ImportedPage:
        page: ImportedPage = PostPage() if entry.kind == POST else StandardPage()
        # Nobody is told of what was published elsewhere, long ago.
        page.imported = True
        self._fill(page, entry, state)
        place = parent if parent is not None else ensure_author_page(person=page.owner)
        add_page(parent=place, page=page, slug_source=_slug_source(entry, page.title, place))
        self._protect(page, entry.password)
        self._remember_version(page, state)
        return page

    def _change(self, page: ImportedPage, entry: EntryRecord, state: State, parent: Page | None) -> None:
        """The address stays as it is: links from elsewhere lead there."""
        self._fill(page, entry, state)
        place = parent if parent is not None else ensure_author_page(person=page.owner)
        current = page.get_parent()
        if current.pk != place.pk and not place.is_descendant_of(page) and place.pk != page.pk:
            locked = Page.objects.select_for_update().get(pk=place.pk)
            if locked.get_children().filter(slug=page.slug).exists():
                page.slug = unique_slug(parent=locked, source=page.slug)
            page.save()
            page.move(locked, pos="last-child")
            page.refresh_from_db(fields=["path", "depth", "url_path"])
        else:
            page.save()
        self._protect(page, entry.password)
        self._remember_version(page, state)

    def _fill(self, page: ImportedPage, entry: EntryRecord, state: State) -> None:
        pieces = self._pieces(entry)
        page.title = self._title(entry, pieces)
        page.draft_title = page.title
        page.body = [_block(piece) for piece in pieces]
        page.owner = self.people.get(entry.author)
        page.live = state.publication is Publication.LIVE
        page.expired = False
        page.go_live_at = state.first_at if state.publication is Publication.SCHEDULED else None
        if page.live:
            page.first_published_at, page.last_published_at = state.first_at, state.last_at
        if isinstance(page, PostPage):
            page.author = page.owner
            # As in WordPress, a protected text shows nothing of itself; an empty excerpt would become its first words.
            protected = _("This text is behind a password.")
            page.excerpt = protected if entry.password else truncate(entry.excerpt, EXCERPT_MAX)
            page.comments_enabled = entry.comments_open
            if page.pk is None and self.place.language in dict(settings.LANGUAGES):
                page.language = self.place.language
            page.category, tags = self.terms.of_post(entry.terms)
            page.tags.set(tags, clear=True)

    def _pieces(self, entry: EntryRecord) -> list[Piece]:
        pieces = convert(entry.content, site=self.place.address, notes=self.report.warnings)
        length = sum(len(piece.html) for piece in pieces if isinstance(piece, RichText | OtherHtml))
        length += sum(len(piece.code) for piece in pieces if isinstance(piece, Code))
        if length > CONTENT_MAX:
            raise UnreadableExport(
                f"{entry.label} (“{entry.title[:60]}”) is too long: {length:,} characters, not {CONTENT_MAX:,}. "
                "Please divide it in WordPress and export again."
            )
        return pieces

    def _title(self, entry: EntryRecord, pieces: list[Piece]) -> str:
        if has_visible(entry.title):
            if len(entry.title) > TITLE_MAX:
                self.report.warn("long titles were cut", entry.label)
            return truncate(entry.title, TITLE_MAX)
        words = "" if entry.password else _first_words(pieces)
        return truncate(words, _TITLE_WORDS) if has_visible(words) else f"Untitled {entry.external_id}"[:TITLE_MAX]

    def _protect(self, page: ImportedPage, password: str) -> None:
        """Wagtail asks for the password before it shows the page; pages below it are behind it, too."""
        kept = password[:_PASSWORD_MAX]
        rows = PageViewRestriction.objects.filter(page_id=page.pk, restriction_type=PageViewRestriction.PASSWORD)
        current = rows.first()
        if current is None and kept:
            base = Page.objects.get(pk=page.pk)
            PageViewRestriction(page=base, restriction_type=PageViewRestriction.PASSWORD, password=kept).save()
        elif current is not None and not kept:
            current.delete()
        elif current is not None and current.password != kept:
            current.password = kept
            current.save()

    def _remember_version(self, page: ImportedPage, state: State) -> None:
        """The page's revision: what the admin shows, what goes live later.

        Written without `save_revision`, which saves and indexes the page once more, and without `publish`,
        whose signal would tell of a publication.
        """
        page.revisions.update(approved_go_live_at=None)
        revision = Revision.objects.create(
            content_object=page,
            base_content_type=page.get_base_content_type(),
            approved_go_live_at=page.go_live_at,
            content=page.serializable_data(),
            object_str=str(page),
        )
        Page.objects.filter(pk=page.pk).update(
            latest_revision=revision,
            latest_revision_created_at=revision.created_at,
            live_revision=revision if page.live else None,
            has_unpublished_changes=state.publication is not Publication.LIVE,
        )


def _slug_source(entry: EntryRecord, title: str, place: Page) -> str:
    """What the slug is made from; top-level addresses of the site itself are left to the site."""
    source = entry.slug or title
    slug = make_slug(source, fallback="page" if entry.kind == PAGE else "post", max_length=SLUG_MAX)
    return f"{slug}-page" if place.depth == 2 and slug in RESERVED_ROOT_SLUGS else slug


def _first_words(pieces: list[Piece]) -> str:
    for piece in pieces:
        words = plain_text(piece.html) if isinstance(piece, RichText | OtherHtml) else ""
        if words:
            return words
    return ""


def _block(piece: Piece) -> tuple[str, Any]:
    """The piece as a block of a body."""
    match piece:
        case RichText(html):
            return "rich_text", RichTextValue(html)
        case OtherHtml(html):
            return "html", html
        case Video(video, title, start):
            return "video", {"video": video, "title": title, "start": start or None}
        case Code(language, code):
            return "code", {"language": language, "code": code}
