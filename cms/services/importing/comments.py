"""Comments of another site: below the posts that were imported, by their authors or by guests with a name."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from enum import StrEnum

from django.utils import timezone
from wagtail.models import Page

from cms.importers import UnreadableExport
from cms.importers.wordpress import COMMENT_CONVERSION, CommentRecord, comment_text
from cms.models import PostPage
from cms.models.imports import ImportedObject
from cms.selectors import discussion_of
from cms.services.importing.ledger import Ledger, digest
from cms.services.importing.people import People
from cms.services.importing.report import ImportReport
from community.comments import services
from community.comments.choices import CONTENT_MAX, NAME_MAX
from community.comments.models import Comment
from community.comments.selectors import find_imported
from community.comments.services import Said
from community.core.errors import Invalid
from community.core.targets import Discussion
from community.core.text import has_visible, truncate

_KIND = ImportedObject.Kind.COMMENT
_PINGS = {"pingback", "trackback"}
_COMMENTS = {"", "comment"}


class CommentState(StrEnum):
    """Where a comment stands."""

    SHOWN = "shown"
    HELD = "held for moderators"
    #: From another site, which says that it links to the post; shown or held besides.
    PING = "from other sites"
    #: These do not come in, and go when an earlier import brought them.
    SPAM = "spam there"
    TRASH = "deleted there"


_STATES = {
    "1": CommentState.SHOWN,
    "approve": CommentState.SHOWN,
    "approved": CommentState.SHOWN,
    "spam": CommentState.SPAM,
    "trash": CommentState.TRASH,
    "post-trashed": CommentState.TRASH,
}
_GONE = {CommentState.SPAM, CommentState.TRASH}


def state_of(comment: CommentRecord) -> CommentState:
    """What its status there means here; an unknown one waits for moderators."""
    return _STATES.get(comment.state, CommentState.HELD)


class Comments:
    """Writes the comments of one post after another."""

    def __init__(self, *, ledger: Ledger, report: ImportReport, people: People) -> None:
        self.ledger = ledger
        self.report = report
        self.people = people

    def leave_out(self, count: int, reason: str) -> None:
        """Counts comments that have no place here."""
        self.report.left_out[_KIND] += count
        self.report.warnings[reason, ""] += count

    def write(self, post_key: str, page: Page, comments: Iterable[CommentRecord]) -> None:
        """Makes or changes the comments on a post, each after what it answers."""
        post = page.specific
        if not isinstance(post, PostPage):
            return
        discussion = discussion_of(post)
        given: dict[str, CommentRecord] = {}
        for record in comments:
            if record.external_id and given.setdefault(record.external_id, record) is record:
                continue
            self.leave_out(1, "comments that are there twice, or have no number, were left out")
        coming = {number: record for number, record in given.items() if self._comes(record, post_key)}
        parents = {number: self._parent(record, coming, given) for number, record in coming.items()}
        made: dict[str, Comment] = {}
        for number in _in_order(coming, parents):
            comment = self._store(f"{post_key}/{number}", coming[number], discussion, made.get(parents[number]), post)
            if comment is not None:
                made[number] = comment

    def _comes(self, record: CommentRecord, post_key: str) -> bool:
        state = state_of(record)
        is_ping = record.kind in _PINGS
        if not is_ping and record.kind not in _COMMENTS:
            self.leave_out(1, "notes that plugins keep as comments were left out")
            return False
        self.report.states[_KIND, state] += 1
        if state not in _GONE:
            if is_ping:
                self.report.states[_KIND, CommentState.PING] += 1
            return True
        self.report.left_out[_KIND] += 1
        row = self.ledger.find(_KIND, f"{post_key}/{record.external_id}")
        if row is not None and row.comment_id and (there := find_imported(row.comment_id)) is not None:
            services.remove_imported(comment=there)
        return False

    def _parent(self, record: CommentRecord, coming: dict[str, CommentRecord], given: dict[str, CommentRecord]) -> str:
        """The number of what it answers; what does not come in is passed over, and what is unknown is nothing."""
        seen = {record.external_id}
        number = record.parent_id
        while number and number not in coming:
            above = given.get(number)
            if above is None or number in seen:
                self.report.warn("answers to comments that are not there stand for themselves")
                return ""
            seen.add(number)
            number = above.parent_id
        return number

    def _store(
        self, key: str, record: CommentRecord, discussion: Discussion, parent: Comment | None, post: PostPage
    ) -> Comment | None:
        content_hash = digest(COMMENT_CONVERSION, dataclasses.astuple(record))
        row = self.ledger.find(_KIND, key)
        there = find_imported(row.comment_id) if row is not None and row.comment_id else None
        if row is not None and (there is None or there.deleted_at is not None):
            self.leave_out(1, "comments that were deleted here are not made again")
            return there
        if row is not None and row.content_hash == content_hash:
            self.report.unchanged[_KIND] += 1
            return there
        said = self._said(record, post)
        if not has_visible(said.content):
            self.leave_out(1, "comments without words were left out")
            return there
        try:
            if there is None:
                there = services.import_comment(
                    discussion=discussion, said=said, parent_id=parent.pk if parent is not None else None
                )
                self.report.created[_KIND] += 1
            else:
                there = services.change_imported(discussion=discussion, comment=there, said=said)
                self.report.changed[_KIND] += 1
        except Invalid as error:
            reasons = " ".join(str(words) for words in error.fields.values())
            raise UnreadableExport(f"comment {record.external_id} cannot be stored: {reasons}") from error
        self.ledger.remember(_KIND, key, content_hash, comment_id=there.pk)
        return there

    def _said(self, record: CommentRecord, post: PostPage) -> Said:
        content = comment_text(record.content)
        if len(content) > CONTENT_MAX:
            self.report.warn("long comments were cut", f"comment {record.external_id}")
            content = truncate(content, CONTENT_MAX)
        if record.written_at is None:
            self.report.warn("comments without a date got that of their post", f"comment {record.external_id}")
        author = self.people.get(record.author) if record.author else None
        return Said(
            content=content,
            created_at=record.written_at or post.first_published_at or timezone.now(),
            author=author,
            guest_name=truncate(record.name, NAME_MAX) if author is None and has_visible(record.name) else "",
            guest_url=record.address if author is None else "",
            ping=record.kind in _PINGS,
            held=state_of(record) is CommentState.HELD,
        )


def _in_order(coming: dict[str, CommentRecord], parents: dict[str, str]) -> Iterator[str]:
    """The numbers by date, each after what it answers; answers in a circle stand for themselves."""
    placed: set[str] = set()
    dated = sorted(coming, key=lambda number: (str(coming[number].written_at or ""), number.zfill(20)))
    for first in dated:
        chain: dict[str, None] = {}
        number = first
        while number and number not in placed:
            if number in chain:
                parents[next(reversed(chain))] = ""
                break
            chain[number] = None
            number = parents[number]
        for each in reversed(chain):
            placed.add(each)
            yield each
