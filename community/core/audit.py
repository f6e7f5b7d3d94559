"""The audit log: who did what to whom, from where and why. Entries are never changed, and chained by their hashes.

A row that is changed, taken out or put in between breaks the chain (the idea: Haber and Stornetta, "How to
time-stamp a digital document", 1991). Decision 0019 says what may be forgotten, and how the chain stays whole.
"""

from __future__ import annotations

import contextlib
import contextvars
import dataclasses
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from community.core.models import AuditDetail, AuditEntry

log = structlog.get_logger(__name__)

#: Older entries may go; the database knows the same number.
KEPT = timedelta(days=730)
BEGINNING = "0" * 64
FORGOTTEN = "audit.forgotten"
MOST_REASON = 1000
#: One entry at a time is chained, until its transaction ends.
_LOCK = 0x5BA4_1E0A

_acts: dict[str, str | Promise] = {}


@dataclasses.dataclass(frozen=True)
class Origin:
    """Where an act comes from: the client's address, what the browser calls itself, and who is signed in there."""

    address: str = ""
    user_agent: str = ""
    actor_id: int | None = None


_origin: contextvars.ContextVar[Callable[[], Origin] | None] = contextvars.ContextVar("audit_origin", default=None)


@contextlib.contextmanager
def coming_from(origin: Callable[[], Origin]) -> Iterator[None]:
    """Inside, acts come from where `origin` says; it is asked when there is one."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def origin() -> Origin | None:
    """Where the request comes from that is being answered; None outside of one: in commands and jobs."""
    asked = _origin.get()
    return asked() if asked is not None else None


def declare(act: str, label: str | Promise) -> str:
    """Makes an act known under its name, such as `user.role_changed`, with words for people; answers the name."""
    _acts[act] = label
    return act


def acts() -> dict[str, str | Promise]:
    """All acts that were declared: name → words."""
    return dict(_acts)


def record(
    *,
    actor: Any,
    act: str,
    target_kind: str = "",
    target_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Enters an act into the log, in the caller's transaction; `actor` is a user, or None for the site itself.

    Call it last: it takes a lock that all entries share, so whatever else the transaction locks must be locked
    before. Raises RuntimeError outside a transaction, and for an act that nobody declared.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{act} was recorded outside a transaction.")
    if act not in _acts:
        raise RuntimeError(f"{act} is not a declared act.")
    where = origin() or Origin()
    detail = AuditDetail(
        address=where.address[:45],
        user_agent=_clean(where.user_agent)[:500],
        reason=_clean(reason)[:MOST_REASON],
        before=_plain(before),
        after=_plain(after),
        salt=secrets.token_hex(16),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = AuditEntry.objects.order_by("-pk").values_list("pk", "chained").first() or (0, BEGINNING)
    entry = AuditEntry(
        pk=last[0] + 1,
        occurred_at=timezone.now(),
        act=act,
        actor_id=getattr(actor, "pk", None),
        target_kind=target_kind,
        target_id=target_id,
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64],
        digest=digest_of(detail),
        previous=last[1],
    )
    entry.chained = hash_of(entry)
    entry.save(force_insert=True)
    detail.entry = entry
    detail.save(force_insert=True)
    # Whoever keeps the logs elsewhere can tell whether the end of the chain was cut off.
    log.info("audited", act=act, entry=entry.pk, actor=entry.actor_id, chained=entry.chained)
    return entry


def digest_of(detail: AuditDetail) -> str:
    """The digest of what lies beside an entry."""
    parts = [detail.address, detail.user_agent, detail.reason, detail.before, detail.after]
    return _sha256([detail.salt, *parts])


def hash_of(entry: AuditEntry) -> str:
    """The hash that chains `entry` to the one before it."""
    return _sha256(
        [
            entry.pk,
            entry.occurred_at.astimezone(UTC).isoformat(timespec="microseconds"),
            entry.act,
            entry.actor_id,
            entry.target_kind,
            entry.target_id,
            entry.request_id,
            entry.digest,
            entry.previous,
        ]
    )


def verify() -> Iterator[str]:
    """A sentence for each place where the log is not what was entered; nothing when it is whole."""
    before: AuditEntry | None = None
    for entry in AuditEntry.objects.select_related("detail").order_by("pk").iterator(chunk_size=500):
        if before is None:
            yield from _verify_first(entry)
        elif entry.pk != before.pk + 1 or entry.previous != before.chained:
            yield f"entry {entry.pk} does not follow entry {before.pk}"
        if entry.chained != hash_of(entry):
            yield f"entry {entry.pk} was changed"
        detail = getattr(entry, "detail", None)
        if detail is not None and entry.digest != digest_of(detail):
            yield f"the details of entry {entry.pk} were changed"
        before = entry


def _verify_first(entry: AuditEntry) -> Iterator[str]:
    if entry.pk == 1:
        if entry.previous != BEGINNING:
            yield "entry 1 is not the beginning"
        return
    told = AuditEntry.objects.filter(act=FORGOTTEN, target_kind="audit", target_id=entry.pk - 1, detail__isnull=False)
    if entry.previous not in {one.detail.after.get("chained") for one in told.select_related("detail")}:
        yield f"entry {entry.pk} is the first, and no entry says that those before it were forgotten"


@transaction.atomic
def forget_old(*, now: datetime | None = None) -> int:
    """Deletes entries of more than two years ago; answers how many. A new entry says where the chain begins now."""
    until = (now or timezone.now()) - KEPT
    last = AuditEntry.objects.filter(occurred_at__lt=until).order_by("-pk").first()
    if last is None:
        return 0
    record(actor=None, act=FORGOTTEN, target_kind="audit", target_id=last.pk, after={"chained": last.chained})
    with _allowed("entries"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_detail WHERE entry_id <= %s", [last.pk])
        cursor.execute("DELETE FROM audit_entry WHERE id <= %s", [last.pk])
        return int(cursor.rowcount)


@transaction.atomic
def forget_details_of(*, user_id: int) -> int:
    """Empties what the log says in words about a person who goes: addresses, reasons, values before and after.

    The entries stay, and so does the chain. Answers how many details went.
    """
    theirs = AuditEntry.objects.filter(Q(actor_id=user_id) | Q(target_kind="user", target_id=user_id))
    ids = list(theirs.exclude(act=FORGOTTEN).values_list("pk", flat=True))
    with _allowed("details"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_detail WHERE entry_id = ANY(%s)", [ids])
        return int(cursor.rowcount)


@contextlib.contextmanager
def _allowed(what: str) -> Iterator[None]:
    """What the triggers ask for before they let anything go; over with the block, or the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sparkle.audit_forget', %s, true)", [what])
        yield
        cursor.execute("SELECT set_config('sparkle.audit_forget', '', true)")


def _sha256(parts: list[Any]) -> str:
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """`values` as PostgreSQL will give them back: the digest must not change by being stored."""
    text = json.dumps(dict(values or {}), cls=DjangoJSONEncoder, ensure_ascii=True)
    found: dict[str, Any] = json.loads(text.replace("\\u0000", ""))
    return found


def _clean(text: str) -> str:
    return str(text).replace("\x00", "").encode("utf-8", "replace").decode()


declare(FORGOTTEN, "old entries of the log forgotten")
