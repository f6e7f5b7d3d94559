"""Everything held about a person as one file: a page to read, data for programs, and their pictures."""

from __future__ import annotations

import contextlib
import functools
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import IO, Any

import structlog
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from community.accounts import permissions
from community.accounts.choices import CLOSED_STATUSES
from community.accounts.models import DataExport, User
from community.accounts.models.leaving import private_storage
from community.accounts.permissions import Actor
from community.accounts.selectors.leaving import EXPORT_EVERY
from community.accounts.services.erasing import subject_of
from community.accounts.services.notices import tell
from community.core import audit, holdings, jobs, outbox
from community.core.errors import Conflict, NotAllowed, TooMany
from community.core.holdings import Holding, Subject
from community.core.transactions import retried
from community.facts.accounts import DataExported

log = structlog.get_logger(__name__)

LASTS = timedelta(days=7)
EXPORTED = audit.declare("user.data_exported", _("data exported"))
#: So many rows of a table are on the page; all are in the data.
ROWS_ON_PAGE = 100
#: A longer value is cut on the page.
LETTERS_ON_PAGE = 400
_COPY = 256 * 1024


class ExportWaiting(Conflict):
    """The file is being made already."""

    message = _("Your file is being made. We send you a mail when it is ready.")


@retried
def request_export(*, actor: Actor) -> DataExport:
    """Begins to make a file with everything held about `actor`; a job makes it and tells them by mail.

    Suspended people may, and those whose address is not confirmed. Raises NotAllowed, ExportWaiting while one is
    being made, TooMany within a day of the last one.
    """
    if not permissions.can_leave(actor) or not isinstance(actor, User):
        raise NotAllowed()
    # Two at once would both see no other.
    User.objects.select_for_update().get(pk=actor.pk)
    now = timezone.now()
    latest = DataExport.objects.filter(user_id=actor.pk, asked_at__gt=now - EXPORT_EVERY).order_by("-asked_at").first()
    if latest is not None and latest.ready_at is None:
        raise ExportWaiting()
    if latest is not None:
        wait = latest.asked_at + EXPORT_EVERY - now
        raise TooMany(_("You had a file lately. Please wait a day."), retry_after=max(1, int(wait.total_seconds())))
    made = DataExport.objects.create(user=actor)
    jobs.enqueue("media", "data-export", {"export_id": made.pk})
    return made


def make_export(*, export_id: int) -> bool:
    """Makes the file that was asked for and tells the person; False when that is done, or no longer wanted."""
    row = _wanted(export_id)
    if row is None:
        return False
    with tempfile.TemporaryFile() as file:
        _write(file, subject_of(row.user), row.user.profile.language)
        size = file.tell()
        file.seek(0)
        # A try that ended before the mark below has left the same name.
        private_storage().delete(row.file_name)
        private_storage().save(row.file_name, File(file))
    if _mark_ready(export_id, size):
        return True
    private_storage().delete(row.file_name)
    return False


def _wanted(export_id: int) -> DataExport | None:
    rows = DataExport.objects.select_related("user__profile").filter(pk=export_id, ready_at=None)
    return rows.exclude(user__status__in=CLOSED_STATUSES).first()


@retried
def _mark_ready(export_id: int, size: int) -> bool:
    """False when the person has gone meanwhile."""
    now = timezone.now()
    rows = DataExport.objects.select_for_update(of=("self",)).select_related("user__profile")
    row = rows.filter(pk=export_id).first()
    if row is None:
        return False
    if row.ready_at is None:
        row.ready_at, row.expires_at, row.size = now, now + LASTS, size
        row.save(update_fields=["ready_at", "expires_at", "size"])
        outbox.record(DataExported(user_id=row.user_id), actor_id=row.user_id)
        audit.record(actor=row.user, act=EXPORTED, target_kind="user", target_id=row.user_id)
        values = {"url": f"{settings.PUBLIC_URL}/account/export/", "expires_at": row.expires_at}
        tell(person=row.user, purpose="data_export", values=values)
    return True


def forget_exports() -> int:
    """Deletes files whose time is over, and what could not be made within two days; returns how many."""
    now = timezone.now()
    old = Q(expires_at__lte=now) | Q(ready_at=None, asked_at__lte=now - 2 * EXPORT_EVERY)
    gone = 0
    for row in DataExport.objects.filter(old).order_by("pk")[:1000]:
        remove_export(row=row)
        gone += 1
    return gone


def remove_export_file(*, row: DataExport) -> None:
    """Deletes the file once it is certain that its row is gone."""
    transaction.on_commit(functools.partial(private_storage().delete, row.file_name), robust=True)


def remove_export(*, row: DataExport) -> None:
    """Deletes the file first: as long as there is a row, somebody looks for its file."""
    private_storage().delete(row.file_name)
    with transaction.atomic():
        DataExport.objects.filter(pk=row.pk).delete()


def _write(file: IO[bytes], subject: Subject, language: str) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, translation.override(language):
        sections = []
        for holding in holdings.listed():
            if holding.rows is not None:
                sections.append(_write_rows(archive, holding, holding.rows(subject)))
        pictures = [
            name
            for holding in holdings.registered()
            if holding.files is not None
            for name in _write_files(archive, holding.files(subject))
        ]
        filled = [section for section in sections if section["count"]]
        page = {"username": subject.username, "made_at": timezone.now(), "sections": filled, "files": pictures}
        archive.writestr("style.css", render_to_string("account/export_file.css"))
        archive.writestr("index.html", render_to_string("account/export_file.html", page))


def _write_rows(archive: zipfile.ZipFile, holding: Holding, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Writes the rows one after another, and says what is shown of them on the page."""
    name = f"data/{holding.model.lower()}.json"
    shown: list[dict[str, str]] = []
    count = 0
    with archive.open(name, "w", force_zip64=True) as target:
        target.write(b"[")
        for row in rows:
            target.write(b",\n" if count else b"\n")
            target.write(json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode())
            count += 1
            if len(shown) < ROWS_ON_PAGE:
                shown.append({key.replace("_", " "): _short(value) for key, value in row.items()})
        target.write(b"\n]\n")
    return {"title": str(holding.title), "name": name, "count": count, "rows": shown, "more": count - len(shown)}


def _short(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    text = value if isinstance(value, str) else json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).strip('"')
    return text if len(text) <= LETTERS_ON_PAGE else f"{text[:LETTERS_ON_PAGE]}…"


def _write_files(archive: zipfile.ZipFile, files: Iterable[FieldFile]) -> Iterator[str]:
    """Copies files as they are; one that is missing is passed over, and told in the log."""
    for each in files:
        # Names come from uploads: none may lead out of the folder in which somebody unpacks them.
        name = "media/" + "/".join(part for part in PurePosixPath(each.name or "").parts if part not in ("..", "/"))
        try:
            source = each.storage.open(str(each.name))
        except (OSError, SuspiciousFileOperation) as error:
            log.warning("export_without_file", error=type(error).__name__)
            continue
        entry = zipfile.ZipInfo(name, date_time=timezone.now().timetuple()[:6])
        with contextlib.closing(source), archive.open(entry, "w", force_zip64=True) as target:
            while chunk := source.read(_COPY):
                target.write(chunk)
        yield name
