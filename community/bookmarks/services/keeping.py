"""Bookmarks: kept, moved, noted, let go."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.accounts.permissions import Actor, require_writer
from community.accounts.services import count_act
from community.bookmarks import permissions, selectors
from community.bookmarks.choices import BOOKMARKS_MAX, NOTE_MAX
from community.bookmarks.models import Bookmark
from community.core import counts, outbox, sight
from community.core.errors import Conflict, Invalid, NotFound
from community.core.holdings import Subject
from community.core.text import has_visible, tidy
from community.core.transactions import retried
from community.facts.bookmarks import BookmarkAdded, BookmarkRemoved

#: Rows of somebody who leaves go so many at a time: each takes the lock of its target.
CHUNK = 100


class TooManyKept(Conflict):
    """The limit of bookmarks is reached."""

    message = _("You keep as much as one can. Let something go first.")


@retried
def add_bookmark(*, actor: Actor, kind: str, target_id: int, **values: Any) -> Bookmark:
    """Keeps a target that `actor` may see; kept already, it is the same bookmark, with `values` as given now.

    `values` are those of change_bookmark. Raises NotFound, Invalid, TooManyKept, TooMany, or why `actor` may not write.
    """
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    with sight.asked_once():
        if not permissions.can_keep(person, selectors.find_target(kind, target_id, viewer=person)):
            raise NotFound()
    User.objects.select_for_update(no_key=True).get(pk=person.pk)  # the limit holds, and one's own acts come in order
    bookmark = selectors.find_bookmark(kind, target_id, viewer=person)
    if bookmark is not None:
        return _changed(bookmark, person, values)
    if Bookmark.objects.filter(user=person).count() >= BOOKMARKS_MAX:
        raise TooManyKept()
    bookmark = Bookmark(user=person, target_kind=kind, target_id=target_id)
    bookmark = _changed(bookmark, person, values)
    if bookmark.pk is None:
        bookmark.save()
    outbox.record(
        BookmarkAdded(user_id=person.pk, bookmark_id=bookmark.pk, target_kind=kind, target_id=target_id),
        actor_id=person.pk,
    )
    counts.add(kind, target_id, "bookmarks", 1)
    return bookmark


@retried
def change_bookmark(*, actor: Actor, bookmark_id: int, **values: Any) -> Bookmark:
    """Moves a bookmark of one's own into `folder_id` (None: out of any) or gives it a `note`; what is left out stays.

    Raises NotFound, Invalid, TooMany, or why `actor` may not write.
    """
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    return _changed(selectors.get_bookmark(bookmark_id, viewer=person), person, values)


@retried
def remove_bookmark(*, actor: Actor, bookmark_id: int | None = None, kind: str = "", target_id: int = 0) -> None:
    """Lets a bookmark of one's own go, by its id or its target. What is not kept is no error, by its target.

    Raises NotFound for an unknown id, TooMany, or why `actor` may not write.
    """
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    if bookmark_id is None:
        bookmark = selectors.find_bookmark(kind, target_id, viewer=person)
        if bookmark is None:
            selectors.find_target(kind, target_id, viewer=person)  # of what one may not know, one hears nothing
            return
    else:
        bookmark = selectors.get_bookmark(bookmark_id, viewer=person)
    if _delete(bookmark):
        outbox.record(
            BookmarkRemoved(
                user_id=person.pk, bookmark_id=bookmark.pk, target_kind=bookmark.target_kind,
                target_id=bookmark.target_id,
            ),
            actor_id=person.pk,
        )  # fmt: skip


def _delete(bookmark: Bookmark) -> bool:
    """Deletes the row and counts it off; False when somebody else has deleted it at this moment."""
    gone, _rows = Bookmark.objects.filter(pk=bookmark.pk).delete()
    if not gone:
        return False
    try:
        counts.add(bookmark.target_kind, bookmark.target_id, "bookmarks", -1)
    except NotFound:
        return False  # the target has gone meanwhile, and its bookmarks with it
    return True


def _changed(bookmark: Bookmark, person: User, values: dict[str, Any]) -> Bookmark:
    if "folder_id" in values:
        folder_id = values["folder_id"]
        try:
            bookmark.folder = None if folder_id is None else selectors.get_folder(folder_id, viewer=person)
        except NotFound as error:
            raise Invalid(fields={"folder_id": _("There is no such folder.")}) from error
    if "note" in values:
        bookmark.note = clean_note(values["note"])
    if values:
        bookmark.save()
    return bookmark


def clean_note(note: str) -> str:
    """The note without what cannot be seen. Raises Invalid for one that is too long."""
    note = tidy(note).strip() if has_visible(note) else ""
    if len(note) > NOTE_MAX:
        raise Invalid(fields={"note": _("At most %(most)d characters.") % {"most": NOTE_MAX}})
    return note


def forget_bookmarks(*, subject: Subject) -> None:
    """Lets go what somebody kept who leaves, a few at a time; the numbers follow."""
    while _forget_some(subject.id):
        pass


@retried
def _forget_some(user_id: int) -> bool:
    found = list(Bookmark.objects.filter(user_id=user_id).order_by("target_kind", "target_id")[:CHUNK])
    for bookmark in found:
        _delete(bookmark)
    return bool(found)
