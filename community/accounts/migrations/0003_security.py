"""Security of accounts: who tried to sign in."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

OUTCOMES = [
    ("checking", "not finished"),
    ("success", "signed in"),
    ("wrong_password", "wrong password"),
    ("wrong_code", "wrong code"),
    ("half_way", "password right, not finished"),
    ("locked", "refused after too many tries"),
    ("closed", "refused: the account is closed"),
]
DOORS = [("page", "this site"), ("api", "a program"), ("headless", "an app"), ("social", "another account")]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_public_face")]

    operations = [
        migrations.CreateModel(
            name="LoginAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempted_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="time")),
                ("account_key", models.CharField(max_length=64)),
                ("source", models.CharField(max_length=50)),
                ("address", models.GenericIPAddressField(null=True, verbose_name="address")),
                ("user_agent", models.CharField(blank=True, max_length=500)),
                ("device", models.CharField(blank=True, max_length=100, verbose_name="device")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="place")),
                ("listed", models.BooleanField(default=False)),
                ("door", models.CharField(choices=DOORS, default="page", max_length=10)),
                (
                    "outcome",
                    models.CharField(choices=OUTCOMES, default="checking", max_length=20, verbose_name="outcome"),
                ),
                ("cleared", models.BooleanField(default=False)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="login_attempts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-in",
                "verbose_name_plural": "sign-ins",
                "indexes": [
                    models.Index(fields=["account_key", "attempted_at"], name="attempt_account"),
                    models.Index(fields=["source", "attempted_at"], name="attempt_source"),
                    models.Index(fields=["user", "-attempted_at", "-id"], name="attempt_user"),
                    models.Index(fields=["attempted_at"], name="attempt_time"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(outcome__in=[value for value, _words in OUTCOMES]),
                        name="attempt_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(outcome="success") | models.Q(user__isnull=False),
                        name="attempt_success_has_user",
                    ),
                ],
            },
        ),
    ]
