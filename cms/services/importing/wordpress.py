"""The import of a WordPress export: all of it or nothing, and the second time only what has changed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cms.importers.wordpress import (
    PAGE,
    POST,
    AuthorRecord,
    CommentRecord,
    CommentsRecord,
    EntryRecord,
    OtherRecord,
    Record,
    RemarkRecord,
    SiteRecord,
    TermRecord,
    read_export,
)
from cms.models import HomePage, StandardPage
from cms.services.bootstrap import ensure_site_structure
from cms.services.importing.comments import Comments
from cms.services.importing.entries import Entries, Place
from cms.services.importing.hierarchy import Planned, ordered
from cms.services.importing.ledger import Ledger
from cms.services.importing.people import People
from cms.services.importing.report import ImportReport
from cms.services.importing.terms import Terms
from community.core.errors import Conflict

SOURCE = "wordpress"
#: Any number that no other use of PostgreSQL's advisory locks has.
LOCK = 7_305_011_966


class ImportRunning(Conflict):
    """Another import is writing at this moment."""

    message = _("Another import is running. Please wait until it is done.")


def import_wordpress(*, path: Path, dry_run: bool = False) -> ImportReport:
    """Brings authors, categories, tags, posts, comments and pages of the export at `path` in, and says what it did.

    All of it happens in one transaction; with `dry_run` it is taken back at the end. What an earlier import
    made is found again and changed only when the export has changed; what was deleted here stays deleted.
    Nobody is notified of anything. Attachments, menus and comments on pages are left out.

    Raises UnreadableExport, with nothing changed, and ImportRunning.
    """
    report = ImportReport(dry_run=dry_run)
    with transaction.atomic():
        _begin()
        _Import(report).run(read_export(path))
        if dry_run:
            transaction.set_rollback(True)
    return report


def _begin() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise ImportRunning()
        # Reading and converting may take long between two statements; other transactions are still cut off.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


class _Import:
    """One run: takes the records in the order of the file."""

    def __init__(self, report: ImportReport) -> None:
        self.report = report
        self.home = _home()
        self.pages: list[tuple[str, EntryRecord]] = []
        #: The post that was read last, for the comments that follow it.
        self.post: tuple[str, Page] | None = None

    def run(self, records: Iterator[Record]) -> None:
        for record in records:
            self._take(record)
        self.terms.settle()
        self._write_pages()

    def _take(self, record: Record) -> None:
        if not isinstance(record, CommentsRecord | RemarkRecord):
            self._last, self.post = record, None
        match record:
            case SiteRecord():
                self._begin(record)
            case AuthorRecord():
                self.people.add(record)
            case TermRecord():
                self.terms.add(record)
            case EntryRecord():
                self.terms.settle()
                self._take_entry(record)
            case OtherRecord(kind):
                self.report.other_items[kind] += 1
            case CommentsRecord(comments):
                self._take_comments(comments)
            case RemarkRecord(text):
                self.report.warn(text)

    def _begin(self, site: SiteRecord) -> None:
        self.report.site, self.report.version = site.address, site.version
        self.ledger = Ledger(SOURCE, site.address)
        self.people = People(self.ledger, self.report)
        self.terms = Terms(self.ledger, self.report)
        self.entries = Entries(
            ledger=self.ledger,
            report=self.report,
            people=self.people,
            terms=self.terms,
            place=Place(site.address, site.language),
            now=timezone.now(),
        )
        self.comments = Comments(ledger=self.ledger, report=self.report, people=self.people)

    def _take_entry(self, entry: EntryRecord) -> None:
        key = self.entries.key_of(entry)
        if not key:
            self.report.warn("entries that are there twice were taken once", entry.label)
        elif entry.kind == PAGE:
            # Pages wait: the one above may come later.
            self.pages.append((key, entry))
        else:
            page = self.entries.write(entry, key)
            self.post = (key, page) if page is not None else None

    def _take_comments(self, comments: tuple[CommentRecord, ...]) -> None:
        """The comments on the post before them; what is no post has no place for them."""
        if self.post is not None:
            key, page = self.post
            self.comments.write(key, page, comments)
            return
        is_post = isinstance(self._last, EntryRecord) and self._last.kind == POST
        reason = "comments on posts that are not here were left out" if is_post else "comments on pages were left out"
        self.comments.leave_out(len(comments), reason)

    def _write_pages(self) -> None:
        made: dict[str, Page] = {}
        known = {entry.parent_id for _key, entry in self.pages if self._earlier(entry.parent_id) is not None}
        fresh = self.report.created[PAGE] + self.report.changed[PAGE]
        plan = ordered(self.pages, known)
        for planned in plan:
            if planned.remark:
                self.report.warn(planned.remark, planned.entry.label)
            page = self.entries.write(planned.entry, planned.key, self._parent(planned, made))
            if page is not None:
                made[planned.key] = page
        if self.report.created[PAGE] + self.report.changed[PAGE] > fresh:
            _sort(plan, made)

    def _parent(self, planned: Planned, made: dict[str, Page]) -> Page:
        """The page above; where it was not made (it lies in the bin), the home page."""
        if not planned.parent_key:
            return self.home
        return made.get(planned.parent_key) or self._earlier(planned.parent_key) or self.home

    def _earlier(self, key: str) -> Page | None:
        row = self.ledger.find(PAGE, key) if key else None
        return StandardPage.objects.filter(pk=row.page_id).first() if row is not None and row.page_id else None


def _home() -> HomePage:
    """The home page; an installation that has none yet gets the usual structure."""
    home = HomePage.objects.order_by("depth", "path").first()
    if home is not None:
        return home
    parts = urlsplit(settings.PUBLIC_URL)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return ensure_site_structure(
        site_name=settings.WAGTAIL_SITE_NAME, hostname=parts.hostname or "localhost", port=port
    )


def _sort(plan: list[Planned], made: dict[str, Page]) -> None:
    """Puts imported siblings into the order of the menu, where a changed export has changed it."""
    siblings: dict[str, list[int]] = {}
    for planned in plan:
        if planned.key in made:
            siblings.setdefault(planned.parent_key, []).append(made[planned.key].pk)
    for wanted in siblings.values():
        current = list(Page.objects.filter(pk__in=wanted).order_by("path").values_list("pk", flat=True))
        if current == wanted:
            continue
        for before, after in pairwise(wanted):
            first, second = Page.objects.get(pk=before), Page.objects.get(pk=after)
            if second.path < first.path or first.get_next_sibling() != second:
                second.move(first, pos="right")
