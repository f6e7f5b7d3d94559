"""What people searched for and did not find."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EmptySearch(models.Model):
    """Words that found nothing; the row goes as soon as they find something, or when nobody asks any more."""

    query_string = models.CharField(_("words"), max_length=255, unique=True)
    hits = models.PositiveIntegerField(_("searches"), default=0)
    last_searched_at = models.DateTimeField(_("last time"))

    class Meta:
        verbose_name = _("search without result")
        verbose_name_plural = _("searches without result")
        ordering = ["-hits", "query_string"]
        indexes = [models.Index(fields=["last_searched_at"], name="empty_search_age")]

    def __str__(self) -> str:
        return self.query_string
