"""The ground of creators, and their role's way into the admin.

The rights at pages and collections come with `ensure_groups`, after the migrations: they need the whole page tree.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ROLE_GROUPS = ("Creators", "Verified creators")


def open_the_admin(apps, schema_editor):
    """Gives the groups of creators what lets them into the admin, and takes what else they had."""
    group_model = apps.get_model("auth", "Group")
    access = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="wagtailadmin", codename="access_admin"
    )
    for name in ROLE_GROUPS:
        group, _made = group_model.objects.get_or_create(name=name)
        group.permissions.set([access])


def close_the_admin(apps, schema_editor):
    """Takes it from them again."""
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLE_GROUPS):
        group.permissions.clear()


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("cms", "0003_search"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0098_apitoken"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CreatorGround",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "collection",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wagtailcore.collection",
                    ),
                ),
                (
                    "group",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="auth.group"
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ground",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RunPython(open_the_admin, close_the_admin),
    ]
