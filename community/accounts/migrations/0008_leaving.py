"""Files of one's data, accounts that are to go, and names that are kept from others after it."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import community.accounts.models.leaving


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_alerts")]
    operations = [
        migrations.CreateModel(
            name="RetiredName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("free_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="DeletionRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(db_index=True)),
                (
                    "with_content",
                    models.BooleanField(default=False, help_text="What the person published goes as well."),
                ),
                ("begun_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deletion_request",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DataExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(default=community.accounts.models.leaving.new_key, max_length=32, unique=True),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ready_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(db_index=True, null=True)),
                ("size", models.PositiveBigIntegerField(default=0, help_text="Bytes.")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="data_exports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-asked_at", "-id"], name="data_export_user")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(ready_at__isnull=True, expires_at__isnull=True)
                        | Q(ready_at__isnull=False, expires_at__isnull=False),
                        name="data_export_ready_ends",
                    )
                ],
            },
        ),
    ]
