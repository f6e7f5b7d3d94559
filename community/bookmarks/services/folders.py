"""Folders: made, renamed, deleted; their bookmarks stay."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.accounts.permissions import Actor, require_writer
from community.accounts.services import count_act
from community.bookmarks import selectors
from community.bookmarks.choices import FOLDER_NAME_MAX, FOLDERS_MAX
from community.bookmarks.models import Folder
from community.core.errors import Conflict, Invalid
from community.core.text import one_line
from community.core.transactions import retried


class FolderThere(Conflict):
    """One has a folder of this name."""

    message = _("You have a folder with this name.")


@retried
def make_folder(*, actor: Actor, name: str) -> Folder:
    """Makes a folder. Raises Invalid, FolderThere, TooMany, or why `actor` may not write."""
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    name = clean_name(name)
    # Whoever makes folders queues at their own row, so that the limit holds.
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if Folder.objects.filter(user=person).count() >= FOLDERS_MAX:
        raise Invalid(fields={"name": _("%(most)d folders are the most one can have.") % {"most": FOLDERS_MAX}})
    folder = Folder(user=person, name=name)
    _store(folder)
    return folder


@retried
def rename_folder(*, actor: Actor, folder_id: int, name: str) -> Folder:
    """Gives a folder of one's own another name. Raises NotFound, Invalid, FolderThere or TooMany."""
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    folder = selectors.get_folder(folder_id, viewer=person)
    folder.name = clean_name(name)
    _store(folder)
    return folder


@retried
def delete_folder(*, actor: Actor, folder_id: int) -> None:
    """Deletes a folder of one's own; what lies in it is kept without one. Raises NotFound or TooMany."""
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    selectors.get_folder(folder_id, viewer=person).delete()


def clean_name(name: str) -> str:
    """The name in one line. Raises Invalid for one of which nothing is seen, or that is too long."""
    name = one_line(name)
    if not name:
        raise Invalid(fields={"name": _("A folder needs a name.")})
    if len(name) > FOLDER_NAME_MAX:
        raise Invalid(fields={"name": _("At most %(most)d characters.") % {"most": FOLDER_NAME_MAX}})
    return name


def _store(folder: Folder) -> None:
    try:
        with transaction.atomic():
            folder.save()
    except IntegrityError as error:
        raise FolderThere(fields={"name": FolderThere.message}) from error
