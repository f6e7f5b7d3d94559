"""Why something is reported, and what became of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

NOTE_MAX = 1000


class Reason(models.TextChoices):
    """Why somebody reports something."""

    SPAM = "spam", _("Spam or advertising")
    HARASSMENT = "harassment", _("Harassment or bullying")
    HATE = "hate", _("Hate against a group of people")
    SEXUAL = "sexual", _("Sexual content")
    VIOLENCE = "violence", _("Violence or threats")
    SELF_HARM = "self-harm", _("Self-harm or suicide")
    COPYRIGHT = "copyright", _("Breaks copyright")
    IMPERSONATION = "impersonation", _("Pretends to be somebody else")
    OTHER = "other", _("Something else")


class State(models.TextChoices):
    """How a report stands."""

    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Put away")
