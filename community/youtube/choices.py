"""States of a preview, and how often YouTube is asked."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """What is known of a video."""

    PENDING = "pending", _("waiting")
    READY = "ready", _("there")
    MISSING = "missing", _("not to be had")


#: A use of pictures in core.images: the size of a video in a text.
PRESET = "still"
TITLE_MAX = 255
AUTHOR_MAX = 100
SIDE_MAX = 10_000

#: Tries that fail for other reasons than "there is no such video" before one gives up, after two to three days.
ATTEMPTS_MAX = 12
FIRST_WAIT = timedelta(minutes=2)
LONGEST_WAIT = timedelta(days=1)
#: As long as a worker may need for one video; when it dies, another tries after this time.
LEASE = timedelta(minutes=5)
#: How old a preview may become before YouTube is asked again.
FRESH = timedelta(days=30)
#: How long "there is no such video" holds when another post shows it.
MISSING_FOR = timedelta(days=1)
