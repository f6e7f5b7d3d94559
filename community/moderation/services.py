"""Reports are made, and decided."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.accounts.permissions import Actor, require_writer
from community.accounts.services import count_act
from community.core import audit, outbox, reasons, targets, text
from community.core.errors import Conflict, Invalid, NotAllowed, NotFound, Text
from community.core.transactions import retried
from community.facts.moderation import ReportMade, ReportSettled
from community.moderation import permissions
from community.moderation.choices import NOTE_MAX, Reason, State
from community.moderation.models import Report

UPHELD = audit.declare("report.upheld", _("Report upheld"))
DISMISSED = audit.declare("report.dismissed", _("Report put away"))
TAKEN_BACK = audit.declare("report.taken_back", _("Decision about a report taken back"))


class AlreadyReported(Conflict):
    """One report for each person and thing."""

    message = _("You have reported this already. Thank you; we look at it.")


@retried
def report(*, actor: Actor, target_kind: str, target_id: int, reason: str, note: str = "") -> Report:
    """Tells moderators of something, once. Raises Invalid, NotFound, NotAllowed, AlreadyReported or TooMany."""
    reporter = require_writer(actor)
    count_act(bucket="write", person=reporter)
    thing = targets.get(target_kind, target_id, reporter)
    if not permissions.can_report(reporter, thing):
        raise NotAllowed(_("This is your own."))
    problems: dict[str, Text] = {}
    if reason not in Reason.values:
        problems["reason"] = _("Please choose a reason.")
    note = text.tidy(note).strip() if text.has_visible(note) else ""
    if len(note) > NOTE_MAX:
        problems["note"] = _("A note has at most 1,000 characters.")
    if problems:
        raise Invalid(fields=problems)
    made, is_new = Report.objects.get_or_create(
        reporter=reporter, target_kind=target_kind, target_id=target_id, defaults={"reason": reason, "note": note}
    )
    if not is_new:
        raise AlreadyReported()
    outbox.record(
        ReportMade(report_id=made.pk, target_kind=target_kind, target_id=target_id, reason=reason),
        actor_id=reporter.pk,
    )
    return made


@retried
def settle_reports(*, actor: Actor, report_id: int, upheld: bool, decision: str = "") -> int:
    """Decides a report and all others about the same thing: it is hidden (`upheld`), or stays. Returns how many.

    Hiding needs a reason. Raises Invalid, NotFound for what is decided already, or NotAllowed.
    """
    moderator = _decider(actor)
    said = reasons.stated(decision, field="decision", needed=upheld)
    asked = Report.objects.filter(pk=report_id).first() if 0 < report_id < 2**63 else None
    if asked is None:
        raise NotFound()
    about = Report.objects.filter(target_kind=asked.target_kind, target_id=asked.target_id, state=State.OPEN)
    found = list(about.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    if not found:
        raise NotFound()
    if upheld:
        targets.of_kind(asked.target_kind).hide(asked.target_id, actor=moderator, reason=said)
    for row in found:
        _settle(row, State.UPHELD if upheld else State.DISMISSED, by=moderator, said=said)
    audit.record(
        actor=moderator,
        act=UPHELD if upheld else DISMISSED,
        target_kind=asked.target_kind,
        target_id=asked.target_id,
        after={"reports": len(found)},
        reason=said,
    )
    return len(found)


@retried
def take_back_decision(*, actor: Actor, report_id: int, decision: str = "") -> int:
    """Brings back what was hidden after a report, and puts all reports about it away. Returns how many.

    Raises Invalid, NotFound for what was not upheld or is hidden no longer, or NotAllowed.
    """
    moderator = _decider(actor)
    said = reasons.stated(decision, field="decision", needed=False)
    asked = Report.objects.filter(pk=report_id, state=State.UPHELD).first() if 0 < report_id < 2**63 else None
    if asked is None:
        raise NotFound()
    about = Report.objects.filter(target_kind=asked.target_kind, target_id=asked.target_id, state=State.UPHELD)
    found = list(about.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    if not found:
        raise NotFound()
    targets.of_kind(asked.target_kind).restore(asked.target_id, actor=moderator)
    for row in found:
        _settle(row, State.DISMISSED, by=moderator, said=said)
    audit.record(
        actor=moderator,
        act=TAKEN_BACK,
        target_kind=asked.target_kind,
        target_id=asked.target_id,
        after={"reports": len(found)},
        reason=said,
    )
    return len(found)


def _decider(actor: Actor) -> User:
    moderator = require_writer(actor)
    if not permissions.can_decide(moderator):
        raise NotAllowed()
    return moderator


def _settle(row: Report, state: State, *, by: User, said: str) -> None:
    row.state, row.decided_by, row.decided_at, row.decision = state, by, timezone.now(), said
    row.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    upheld = state == State.UPHELD
    outbox.record(
        ReportSettled(report_id=row.pk, target_kind=row.target_kind, target_id=row.target_id, upheld=upheld),
        actor_id=by.pk,
    )


def hide_target(*, actor: Actor, kind: str, target_id: int, reason: str) -> None:
    """Takes a post or a profile out of everybody's sight, and keeps why, without a report.

    Raises Invalid, NotFound, also for what is hidden already, or NotAllowed.
    """
    moderator = _decider(actor)
    said = reasons.stated(reason)
    targets.hiding(kind, target_id, moderator)
    targets.of_kind(kind).hide(target_id, actor=moderator, reason=said)


def restore_target(*, actor: Actor, kind: str, target_id: int) -> None:
    """Brings back what moderators have hidden, as it was. Raises NotFound or NotAllowed."""
    moderator = _decider(actor)
    targets.hiding(kind, target_id, moderator)
    targets.of_kind(kind).restore(target_id, actor=moderator)
