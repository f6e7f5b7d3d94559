"""The score of a post begins with its first publication: posts that were there before learn it."""

from django.db import migrations

FILL = """
UPDATE target_counts SET began = extract(epoch FROM page.first_published_at)
FROM wagtailcore_page page
WHERE target_counts.target_kind = 'post' AND target_counts.target_id = page.id AND page.first_published_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("cms", "0004_creators"), ("core", "0007_reactions_beside")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
