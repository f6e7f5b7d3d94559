"""Tokens of accounts."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

STATUSES = [
    ("PENDING_VERIFICATION", "e-mail not confirmed"),
    ("ACTIVE", "active"),
    ("SUSPENDED", "suspended"),
    ("BANNED", "banned"),
    ("DELETED", "deleted"),
]
SCOPES = [
    ("read", "read"),
    ("write", "write and change"),
    ("message", "read and send messages"),
    ("admin", "administer the site"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_registration")]

    operations = [
        migrations.CreateModel(
            name="PersonalAccessToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("prefix", models.CharField(max_length=16)),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(choices=SCOPES, max_length=10), size=None, verbose_name="allowed"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="personal_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "access token",
                "verbose_name_plural": "access tokens",
                "indexes": [models.Index(fields=["user", "-created_at", "-id"], name="token_user")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("scopes__contained_by", [name for name, _label in SCOPES]), ("scopes__len__gt", 0)
                        ),
                        name="token_scopes_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(choices=STATUSES, max_length=20)),
                ("new", models.CharField(choices=STATUSES, max_length=20)),
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="reason")),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("until", models.DateTimeField(blank=True, null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="status_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "change of status",
                "verbose_name_plural": "changes of status",
                "indexes": [models.Index(fields=["user", "-changed_at", "-id"], name="status_change_user")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new__in", [name for name, _label in STATUSES]),
                            ("old__in", [name for name, _label in STATUSES]),
                        ),
                        name="status_change_known",
                    )
                ],
            },
        ),
    ]
