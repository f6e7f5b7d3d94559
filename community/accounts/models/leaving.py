"""Taking one's data home, and leaving."""

from __future__ import annotations

import secrets

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils import timezone

from community.accounts.models.people import User


def private_storage() -> Storage:
    """Where files lie that no address leads to."""
    return storages["private"]


def new_key() -> str:
    """A name nobody guesses."""
    return secrets.token_hex(16)


class DataExport(models.Model):
    """Everything held about a person as one file: asked for, then ready, then gone."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="data_exports")
    key = models.CharField(max_length=32, unique=True, default=new_key)
    asked_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, db_index=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")

    class Meta:
        indexes = [models.Index(fields=["user", "-asked_at", "-id"], name="data_export_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ready_at__isnull=True, expires_at__isnull=True)
                | Q(ready_at__isnull=False, expires_at__isnull=False),
                name="data_export_ready_ends",
            ),
        ]

    @property
    def file_name(self) -> str:
        """Where its file lies in the private storage; known from the beginning, so that no try leaves one behind."""
        return f"exports/{self.key}.zip"


class DeletionRequest(models.Model):
    """An account that is to go. The row is there until all of the person is gone."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="deletion_request")
    asked_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(db_index=True)
    with_content = models.BooleanField(default=False, help_text="What the person published goes as well.")
    #: From then on nothing undoes it.
    begun_at = models.DateTimeField(null=True)


class RetiredName(models.Model):
    """A name that somebody had who is gone: as a keyed hash, so that it is kept from others and names nobody."""

    digest = models.CharField(max_length=64, unique=True)
    free_at = models.DateTimeField(db_index=True)
