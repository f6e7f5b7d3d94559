"""What can be followed, and how far a follow is."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

#: Whoever follows, stops and follows again is told of once in this time.
TOLD_ONCE_IN = timedelta(hours=24)


class Kind(models.TextChoices):
    """Kinds of targets (community/core/targets.py) that can be followed. An author page is followed as its person."""

    USER = "user", _("people")
    CATEGORY = "category", _("categories")
    TAG = "tag", _("tags")
    SERIES = "series", _("series")


class State(models.TextChoices):
    """A follow counts from the moment it is accepted; only people can be asked."""

    ACCEPTED = "accepted", _("follows")
    REQUESTED = "requested", _("asked to follow")
