"""The types every installation begins with."""

from typing import Any

from django.db import migrations

TYPES = (
    ("LIKE", "👍", "Like", 1),
    ("LOVE", "❤️", "Love", 2),
    ("SPARKLE", "✨", "Sparkle", 3),
    ("LAUGH", "😂", "Funny", 1),
    ("WOW", "😮", "Wow", 1),
    ("SAD", "😢", "Sad", 1),
    ("FIRE", "🔥", "Fire", 2),
    ("CLAP", "👏", "Applause", 2),
)


def fill(apps: Any, schema_editor: Any) -> None:
    apps.get_model("reactions", "ReactionType").objects.bulk_create(
        apps.get_model("reactions", "ReactionType")(code=code, emoji=emoji, label=label, weight=weight, order=number)
        for number, (code, emoji, label, weight) in enumerate(TYPES, 1)
    )


class Migration(migrations.Migration):
    dependencies = [("reactions", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
