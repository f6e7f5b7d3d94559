"""Names of accounts."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_tokens")]

    operations = [
        migrations.AddField("profile", "skills", models.JSONField(blank=True, default=list, verbose_name="skills")),
        migrations.AddField("profile", "birthday", models.DateField(blank=True, null=True, verbose_name="birthday")),
        migrations.AddField("profile", "completed_at", models.DateTimeField(editable=False, null=True)),
        migrations.CreateModel(
            name="FormerUsername",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("username", models.CharField(max_length=50, unique=True)),
                ("given_up_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("free_at", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_usernames",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
