"""Alerts, and changes of the main address that can be undone."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("MULTIPLE_FAILED_LOGINS", "Several sign-ins failed"),
    ("DISTRIBUTED_LOGIN_ATTEMPTS", "Sign-ins failed from many places"),
    ("ACCOUNT_LOCKED", "Too many tries: signing in was locked for a while"),
    ("NEW_IP_LOGIN", "Signed in from a new address"),
    ("NEW_DEVICE_LOGIN", "Signed in on a new device"),
    ("UNUSUAL_LOGIN_TIME", "Signed in at an unusual time"),
    ("BACKUP_CODE_USED", "A recovery code was used"),
    ("2FA_ENABLED", "Two-factor was turned on"),
    ("2FA_DISABLED", "Two-factor was turned off"),
    ("PASSWORD_CHANGED", "The password was changed"),
    ("EMAIL_CHANGED", "The e-mail address was changed"),
    ("SOCIAL_LINKED", "Another way to sign in was added"),
]
SEVERITIES = [
    ("low", "for your information"),
    ("medium", "worth a look"),
    ("high", "important"),
    ("critical", "urgent"),
]
ANSWERS = [("", "not answered"), ("me", "it was me"), ("not_me", "it was not me")]


def values(choices: list[tuple[str, str]]) -> list[str]:
    return [value for value, _words in choices]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_names")]

    operations = [
        migrations.CreateModel(
            name="EmailChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(max_length=255)),
                ("new", models.CharField(max_length=255)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="email_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-created_at", "-id"], name="email_change_user")],
            },
        ),
        migrations.CreateModel(
            name="SecurityAlert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=KINDS, max_length=40, verbose_name="what")),
                ("severity", models.CharField(choices=SEVERITIES, max_length=10, verbose_name="weight")),
                ("cause", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="time")),
                ("device", models.CharField(blank=True, max_length=100, verbose_name="device")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="place")),
                ("detail", models.CharField(blank=True, max_length=100)),
                ("answer", models.CharField(blank=True, choices=ANSWERS, max_length=10, verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="security_alerts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "security alert",
                "verbose_name_plural": "security alerts",
                "indexes": [
                    models.Index(fields=["user", "-created_at", "-id"], name="alert_user"),
                    models.Index(fields=["created_at"], name="alert_time"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            kind__in=values(KINDS), severity__in=values(SEVERITIES), answer__in=values(ANSWERS)
                        ),
                        name="alert_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                        name="alert_answered_at",
                    ),
                ],
            },
        ),
    ]
