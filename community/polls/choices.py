"""How long and how many the parts of a poll are, and when its results are seen."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

QUESTION_MAX, ANSWER_MAX = 200, 100
OPTIONS_MIN, OPTIONS_MAX = 2, 10
#: A poll ends within so long, or not at all.
LONGEST = timedelta(days=3660)


class Results(models.TextChoices):
    """When people see how many chose what. Whose poll it is, and moderators, see it at any time."""

    ALWAYS = "always", _("always")
    VOTED = "voted", _("after voting")
    OVER = "over", _("when the poll is over")
