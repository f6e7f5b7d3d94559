"""Warning people of what happens to their account, and what they answer."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from community.accounts import rules, selectors
from community.accounts.choices import SEVERITIES, AlertAnswer, AlertKind, Severity
from community.accounts.models import EmailChange, LoginAttempt, SecurityAlert, User
from community.accounts.permissions import Actor
from community.accounts.selectors.alerts import Habits, failure_times, failures_up_to, zone_of
from community.accounts.services import email_changes
from community.accounts.services.recovery import force_reset
from community.core import mail, metrics, outbox
from community.core.errors import Conflict, Invalid, NotFound
from community.core.transactions import retried
from community.facts.accounts import PasswordChanged, SecurityAlertRaised

#: The same alert for the same cause is not raised again within this time.
ONCE_IN = timedelta(hours=1)


@retried
def raise_alert(
    *, person: User, kind: AlertKind, cause: object, attempt: LoginAttempt | None = None, detail: str = ""
) -> SecurityAlert | None:
    """Warns `person`; answers the alert, or None when the same was raised for the same `cause` within an hour.

    However many ask at once, one alert comes of it. What is critical is mailed at once. `cause` is kept as a hash;
    device and place are those of `attempt`, where there is one.
    """
    digest = hashlib.sha256(str(cause).encode()).hexdigest()
    now = timezone.now()
    with connection.cursor() as cursor:
        # The second of two at the same moment waits here, and then sees the alert of the first.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"alert:{person.pk}:{kind.value}:{digest}"]
        )
    same = SecurityAlert.objects.filter(user_id=person.pk, kind=kind, cause=digest)
    if same.filter(created_at__gt=now - ONCE_IN).exists():
        return None
    alert = SecurityAlert.objects.create(
        user_id=person.pk,
        kind=kind,
        severity=SEVERITIES[kind],
        cause=digest,
        created_at=now,
        device=attempt.device if attempt else "",
        place=attempt.place if attempt else "",
        detail=detail[:100],
    )
    outbox.record(
        SecurityAlertRaised(user_id=person.pk, alert_id=alert.pk, kind=kind.value, severity=alert.severity),
        actor_id=person.pk,
    )
    if alert.severity == Severity.CRITICAL:
        _mail(person, alert)
    transaction.on_commit(lambda: metrics.count_alert(kind.value))
    return alert


def _mail(person: User, alert: SecurityAlert) -> None:
    person = User.objects.select_related("profile").get(pk=person.pk)
    with translation.override(person.profile.language):
        context = {"alert": alert, "url": f"{settings.PUBLIC_URL}{reverse('account_security')}"}
        mail.send(
            recipient=person.email,
            subject=_("Please look at your account"),
            text=render_to_string("emails/security_alert.txt", context),
            lane="security",
            purpose="security_alert",
            dedupe_key=f"security-alert:{alert.pk}",
        )


def alert_after_failure(*, attempt_id: int) -> None:
    """Warns of failed sign-ins to a known account, as things stood with this try."""
    attempt = LoginAttempt.objects.select_related("user").filter(pk=attempt_id).first()
    if attempt is None or attempt.user is None:
        return
    person = attempt.user
    if rules.are_too_many(failure_times(attempt, of_source=True)):
        raise_alert(person=person, kind=AlertKind.ACCOUNT_LOCKED, cause=attempt.source, attempt=attempt)
    if rules.are_too_many(failure_times(attempt)):
        raise_alert(person=person, kind=AlertKind.MULTIPLE_FAILED_LOGINS, cause="", attempt=attempt)
    sources = failures_up_to(attempt, rules.GUESSED_IN).values("source").distinct()
    if sources.count() > rules.MANY_SOURCES:
        raise_alert(person=person, kind=AlertKind.DISTRIBUTED_LOGIN_ATTEMPTS, cause="", attempt=attempt)


def alert_after_success(*, attempt: LoginAttempt, habits: Habits, first: bool) -> None:
    """Warns of a sign-in that differs from those of the 30 days before it; of nobody's `first` one.

    `habits` must have been read before the sign-in was entered, or it would find itself.
    """
    person = attempt.user
    if person is None or first:
        return
    if not habits.source_seen:
        raise_alert(person=person, kind=AlertKind.NEW_IP_LOGIN, cause=attempt.source, attempt=attempt)
    if not habits.device_seen:
        raise_alert(person=person, kind=AlertKind.NEW_DEVICE_LOGIN, cause=attempt.device, attempt=attempt)
    hour = attempt.attempted_at.astimezone(zone_of(person)).hour
    if len(habits.hours) > rules.HOURS_KNOWN and hour not in habits.hours:
        raise_alert(person=person, kind=AlertKind.UNUSUAL_LOGIN_TIME, cause=hour, attempt=attempt)


@retried
def note_password_change(*, person: User) -> None:
    """Somebody has another password: tells it on, and warns the person."""
    outbox.record(PasswordChanged(user_id=person.pk), actor_id=person.pk)
    raise_alert(person=person, kind=AlertKind.PASSWORD_CHANGED, cause=person.password)


@retried
def answer_alert(*, actor: Actor, alert_id: int, answer: str) -> SecurityAlert:
    """The actor says of an alert of theirs whether it was them. The same answer twice is one.

    "not_me" ends every session and token, also those in use, and makes the password useless: a link to choose a new
    one is mailed. A change of address that was not theirs is undone first, so that the mail finds them.
    Raises NotFound, Invalid, or Conflict when they have said that it was not them.
    """
    if answer not in {AlertAnswer.ME, AlertAnswer.NOT_ME}:
        raise Invalid(fields={"answer": _("Please say whether it was you.")})
    person = User.objects.select_for_update().filter(pk=getattr(actor, "pk", None) or 0).first()
    rows = SecurityAlert.objects.select_for_update()
    alert = rows.filter(pk=alert_id, user=person).first() if person is not None else None
    if person is None or alert is None or alert.created_at <= timezone.now() - selectors.ALERTS_KEPT:
        raise NotFound()
    if alert.answer == answer:
        return alert
    if alert.answer == AlertAnswer.NOT_ME:
        raise Conflict()
    alert.answer, alert.answered_at = answer, timezone.now()
    alert.save(update_fields=["answer", "answered_at"])
    if answer == AlertAnswer.NOT_ME:
        if alert.kind == AlertKind.EMAIL_CHANGED and email_changes.undo_latest(person=person, since=alert.created_at):
            person.refresh_from_db()
        force_reset(person=person)
    return alert


def alert_of_address(*, person: User, old: str, new: str) -> None:
    """Warns of another main address, and tells the owner of the old one how to undo it."""
    email_changes.note_change(person=person, old=old, new=new)
    raise_alert(person=person, kind=AlertKind.EMAIL_CHANGED, cause=f"{old} {new}")


def forget_alerts() -> int:
    """Deletes alerts older than a year, returns how many; and changes of address that cannot be undone any more."""
    now = timezone.now()
    EmailChange.objects.filter(expires_at__lte=now).delete()
    return SecurityAlert.objects.filter(created_at__lte=now - selectors.ALERTS_KEPT).delete()[0]
