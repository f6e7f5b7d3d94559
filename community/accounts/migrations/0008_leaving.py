"""Not used yet."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_alerts")]
    operations = []
