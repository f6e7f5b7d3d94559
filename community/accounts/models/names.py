"""Names that people had before."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from community.accounts.models.people import User


class FormerUsername(models.Model):
    """A user name, in lower case, that somebody gave up: until `free_at` it leads to them and is nobody else's."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_usernames")
    username = models.CharField(max_length=50, unique=True)
    given_up_at = models.DateTimeField(default=timezone.now)
    free_at = models.DateTimeField(db_index=True)
