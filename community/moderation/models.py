"""Reports: who finds that what should not be there."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from community.core.reasons import REASON_MAX
from community.moderation.choices import NOTE_MAX, Reason, State


class Report(models.Model):
    """Somebody found that a target should not be there. Written by community.moderation.services."""

    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reported by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="reports",
    )
    target_kind = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    note = models.CharField(_("note"), max_length=NOTE_MAX, blank=True)
    created_at = models.DateTimeField(_("reported"), db_default=Now())
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="decided_reports",
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(_("why it was decided so"), max_length=REASON_MAX, blank=True)

    objects: ClassVar[models.Manager[Report]] = models.Manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(fields=["reporter", "target_kind", "target_id"], name="report_once"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="report_reason_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="report_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.OPEN, decided_at__isnull=True)
                | ~Q(state=State.OPEN) & Q(decided_at__isnull=False),
                name="report_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["-id"], name="report_open", condition=Q(state=State.OPEN)),
            models.Index(fields=["target_kind", "target_id"], name="report_target"),
        ]

    def __str__(self) -> str:
        return f"report of {self.target_kind} {self.target_id}"
