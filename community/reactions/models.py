"""Types of reactions, and who gave which to what."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.reactions.choices import CODE_MAX, CODE_PATTERN, EMOJI_MAX, LABEL_MAX, WEIGHT_MAX


class ReactionType(models.Model):
    """One way to react; edited in the admin. One that is not offered any more stays beside what has it."""

    code = models.CharField(
        _("code"),
        max_length=CODE_MAX,
        unique=True,
        validators=[RegexValidator(CODE_PATTERN, _("Capital letters, digits and underscores, a letter first."))],
        help_text=_("How programs name it. It cannot be changed later."),
    )
    emoji = models.CharField(_("emoji"), max_length=EMOJI_MAX)
    label = models.CharField(_("label"), max_length=LABEL_MAX, help_text=_("In English; translated where it is known."))
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, help_text=_("What one of them counts in the score by which posts trend.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(_("offered"), default=True)

    class Meta:
        db_table = "reaction_type"
        verbose_name = _("type of reaction")
        verbose_name_plural = _("types of reactions")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="reaction_type_code"),
            models.CheckConstraint(condition=Q(weight__lte=WEIGHT_MAX), name="reaction_type_weight"),
            models.CheckConstraint(condition=~Q(emoji="") & ~Q(label=""), name="reaction_type_named"),
        ]

    def __str__(self) -> str:
        return f"{self.emoji} {self.label}"


class ReactionQuerySet(models.QuerySet["Reaction"]):
    """Small filters that chain."""

    def to(self, kind: str, target_id: int) -> ReactionQuerySet:
        """Those to one target."""
        return self.filter(target_kind=kind, target_id=target_id)


class Reaction(models.Model):
    """What somebody thinks of a target, in a sign: one of each type for each person and target."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    target_kind = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    type = models.ForeignKey(
        ReactionType, to_field="code", on_delete=models.PROTECT, related_name="+", db_column="type", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[Reaction]] = ReactionQuerySet.as_manager()

    class Meta:
        db_table = "reaction"
        constraints = [
            models.UniqueConstraint(fields=["user", "target_kind", "target_id", "type"], name="reaction_once"),
        ]
        indexes = [
            models.Index(fields=["target_kind", "target_id", "-id"], name="reaction_of_target"),
            models.Index(fields=["target_kind", "target_id", "type", "-id"], name="reaction_of_target_by_type"),
        ]
