"""What staff do: sign in as somebody else for a while, and decide how safe staff accounts must be."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from community.accounts.models.people import User


class Impersonation(models.Model):
    """One time that an administrator looks at the site as somebody else."""

    actor = models.ForeignKey(User, on_delete=models.CASCADE, related_name="impersonations")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    reason = models.TextField(_("reason"), max_length=1000)
    #: The session in which they do so; empty once it is over.
    session_key = models.CharField(max_length=40, blank=True)
    began_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("sign-in as somebody else")
        verbose_name_plural = _("sign-ins as somebody else")
        indexes = [models.Index(fields=["ends_at"], name="impersonation_open", condition=Q(ended_at__isnull=True))]
        constraints = [
            models.CheckConstraint(condition=~Q(actor=F("person")), name="impersonation_of_somebody_else"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(session_key=""), name="impersonation_over_without_session"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


@register_setting(icon="lock")
class StaffSafety(BaseGenericSetting):
    """What the site asks of the accounts of its staff."""

    second_factor = models.BooleanField(
        _("staff need a second factor"),
        default=False,
        help_text=_(
            "Moderators, administrators and editors reach nothing but its set-up until they have one. "
            "Where the installation asks for it (STAFF_SECOND_FACTOR), it cannot be turned off here."
        ),
    )

    class Meta:
        verbose_name = _("staff accounts")
        verbose_name_plural = _("staff accounts")
