"""Where posts stand in lists (`post_listed`) is kept by triggers; what people read and want of their feeds."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# What one post is listed in, as it should be: nothing for a draft and for what lies in the bin. A function and no view:
# PostgreSQL refuses to change the type of a column that a view reads, and the columns are Wagtail's.
PLACES = """
CREATE FUNCTION post_places(wanted bigint)
RETURNS TABLE (kind varchar, source_id bigint, published_at timestamptz, post_id bigint, author_id bigint)
LANGUAGE sql STABLE AS $$
  SELECT place.kind::varchar, place.source_id::bigint, page.first_published_at, page.id::bigint, post.author_id::bigint
  FROM wagtailcore_page page
  JOIN cms_postpage post ON post.page_ptr_id = page.id
  CROSS JOIN LATERAL (
    SELECT 'all', 0::bigint
    UNION ALL SELECT 'user', post.author_id WHERE post.author_id IS NOT NULL
    UNION ALL SELECT 'category', post.category_id WHERE post.category_id IS NOT NULL
    UNION SELECT 'tag', tagged.tag_id FROM cms_posttag tagged WHERE tagged.content_object_id = page.id
    UNION ALL
    SELECT 'series', series.page_ptr_id FROM wagtailcore_page above
    JOIN cms_seriespage series ON series.page_ptr_id = above.id WHERE above.path = left(page.path, -4)
  ) AS place (kind, source_id)
  WHERE page.id = wanted AND page.live AND post.deleted_at IS NULL AND page.first_published_at IS NOT NULL
$$;
"""
# One post is listed anew when its page, its author, category or place in the bin changes; a tag alone is one row.
TRIGGERS = """
CREATE FUNCTION post_list_again(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM post_listed WHERE post_id = wanted;
  INSERT INTO post_listed (kind, source_id, published_at, post_id, author_id)
  SELECT kind, source_id, published_at, post_id, author_id FROM post_places(wanted);
END $$;

CREATE FUNCTION post_page_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM post_list_again(NEW.id);
  RETURN NULL;
END $$;

CREATE FUNCTION post_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM post_list_again(NEW.page_ptr_id);
  RETURN NULL;
END $$;

CREATE FUNCTION post_tag_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM post_listed WHERE post_id = OLD.content_object_id AND kind = 'tag' AND source_id = OLD.tag_id
      AND NOT EXISTS (
        SELECT 1 FROM cms_posttag WHERE content_object_id = OLD.content_object_id AND tag_id = OLD.tag_id);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO post_listed (kind, source_id, published_at, post_id, author_id)
    SELECT 'tag', NEW.tag_id, published_at, post_id, author_id FROM post_listed
    WHERE post_id = NEW.content_object_id AND kind = 'all'
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER post_listed_page AFTER UPDATE OF live, first_published_at, path ON wagtailcore_page FOR EACH ROW
WHEN ((OLD.live, OLD.first_published_at, OLD.path) IS DISTINCT FROM (NEW.live, NEW.first_published_at, NEW.path))
EXECUTE FUNCTION post_page_changed();
CREATE TRIGGER post_listed_new AFTER INSERT ON cms_postpage FOR EACH ROW EXECUTE FUNCTION post_changed();
CREATE TRIGGER post_listed_post AFTER UPDATE OF author_id, category_id, deleted_at ON cms_postpage FOR EACH ROW
WHEN ((OLD.author_id, OLD.category_id, OLD.deleted_at)
  IS DISTINCT FROM (NEW.author_id, NEW.category_id, NEW.deleted_at))
EXECUTE FUNCTION post_changed();
CREATE TRIGGER post_listed_tag AFTER INSERT OR UPDATE OR DELETE ON cms_posttag FOR EACH ROW
EXECUTE FUNCTION post_tag_changed();
"""
FILL = """
INSERT INTO post_listed (kind, source_id, published_at, post_id, author_id)
SELECT place.kind, place.source_id, place.published_at, place.post_id, place.author_id
FROM cms_postpage post CROSS JOIN LATERAL post_places(post.page_ptr_id) AS place;
"""
FORGET = """
DROP TRIGGER post_listed_page ON wagtailcore_page;
DROP TRIGGER post_listed_new ON cms_postpage;
DROP TRIGGER post_listed_post ON cms_postpage;
DROP TRIGGER post_listed_tag ON cms_posttag;
DROP FUNCTION post_tag_changed();
DROP FUNCTION post_changed();
DROP FUNCTION post_page_changed();
DROP FUNCTION post_list_again(bigint);
DROP FUNCTION post_places(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0008_polls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedPreference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("for_you", models.BooleanField(default=True, verbose_name="For you")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "choice about feeds",
                "verbose_name_plural": "choices about feeds",
                "db_table": "feed_preference",
            },
        ),
        migrations.CreateModel(
            name="CategoryRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reads", models.FloatField(help_text="As they counted at `read_at`.")),
                ("read_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "category",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cms.category"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "category_read",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "category"), name="category_read_once"),
                    models.CheckConstraint(condition=models.Q(("reads__gt", 0)), name="category_read_something"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListedPost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("user", "people"),
                            ("category", "categories"),
                            ("tag", "tags"),
                            ("series", "series"),
                            ("all", "all"),
                        ],
                        max_length=10,
                    ),
                ),
                ("source_id", models.BigIntegerField()),
                ("published_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cms.postpage"
                    ),
                ),
            ],
            options={
                "db_table": "post_listed",
                "indexes": [
                    models.Index(
                        fields=["kind", "source_id", "-published_at", "-post"],
                        include=("author",),
                        name="post_listed_newest",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("post", "kind", "source_id"), name="post_listed_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["user", "category", "tag", "series", "all"])),
                        name="post_listed_kind_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL([PLACES, TRIGGERS, FILL], FORGET),
    ]
