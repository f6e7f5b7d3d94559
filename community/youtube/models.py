"""What is kept of a video: title, author and picture, or that it is not to be had."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from community.core.images import VERSION
from community.youtube.choices import AUTHOR_MAX, SIDE_MAX, TITLE_MAX, State


class VideoPreviewQuerySet(models.QuerySet["VideoPreview"]):
    """Small filters that chain."""

    def due(self) -> VideoPreviewQuerySet:
        """YouTube is to be asked now, what has waited longest first."""
        outdated = Q(state=State.READY, attempts=0, variants_version__lt=VERSION)
        return self.filter(Q(next_try_at__lte=Now()) | outdated).order_by("next_try_at", "pk")


class VideoPreview(models.Model):
    """One video of YouTube. Written by community.youtube.services."""

    id = models.CharField(_("video"), max_length=11, primary_key=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    title = models.CharField(_("title"), max_length=TITLE_MAX, blank=True)
    author_name = models.CharField(_("channel"), max_length=AUTHOR_MAX, blank=True)
    width = models.PositiveSmallIntegerField(null=True, help_text="Of the player, for its shape.")
    height = models.PositiveSmallIntegerField(null=True)
    variants = models.JSONField(
        default=dict, blank=True, help_text="Files of the picture by preset, as core.images.picture_of reads them."
    )
    variants_version = models.PositiveSmallIntegerField(
        default=0, help_text="The version of the presets that the files were made by."
    )
    blurhash = models.CharField(max_length=40, blank=True)
    dominant_colour = models.CharField(max_length=7, blank=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0, help_text="Since the last answer.")
    last_error = models.CharField(_("last error"), max_length=100, blank=True)
    next_try_at = models.DateTimeField(_("next try"), null=True, db_default=Now())
    fetched_at = models.DateTimeField(null=True, help_text="When it was last known what there is, or that nothing is.")
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[VideoPreview]] = VideoPreviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("video preview")
        verbose_name_plural = _("video previews")
        constraints = [
            models.CheckConstraint(condition=Q(id__regex=r"^[A-Za-z0-9_-]{11}$"), name="video_preview_id"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="video_preview_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.PENDING) | Q(fetched_at__isnull=False), name="video_preview_fetched"
            ),
            # What is missing is asked for no more, everything else will be.
            models.CheckConstraint(
                condition=Q(state=State.MISSING, next_try_at__isnull=True)
                | (~Q(state=State.MISSING) & Q(next_try_at__isnull=False)),
                name="video_preview_next_try",
            ),
            models.CheckConstraint(
                condition=Q(state=State.READY) | Q(title="", author_name="", blurhash="", variants={}),
                name="video_preview_empty_until_ready",
            ),
            models.CheckConstraint(
                condition=Q(width__isnull=True, height__isnull=True)
                | Q(width__isnull=False, height__isnull=False, width__range=(1, SIDE_MAX), height__range=(1, SIDE_MAX)),
                name="video_preview_shape",
            ),
        ]
        indexes = [
            models.Index(F("next_try_at"), F("id"), name="video_preview_due", condition=Q(next_try_at__isnull=False))
        ]

    def __str__(self) -> str:
        return self.title or self.id
