"""Search: words without accents, similar words, and what found nothing.

Both extensions are trusted since PostgreSQL 13: the owner of the database may create them.
"""

from django.contrib.postgres.operations import CreateExtension
from django.db import migrations, models

CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION public.sparkle (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION public.sparkle
    ALTER MAPPING FOR word, hword, hword_part, numword, numhword WITH {schema}.unaccent, pg_catalog.simple;
"""
#: unaccent() itself is only STABLE, because its rules could be changed; an index needs a function that promises more.
PLAIN = """
CREATE FUNCTION public.sparkle_plain(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT pg_catalog.lower({schema}.unaccent('{schema}.unaccent'::pg_catalog.regdictionary, $1)) $$;
"""
#: The pages of a type (its content type) with the words, and how well they answer. The planner takes long texts
#: for as cheap to read as short ones and would read them all; the index knows without reading any. What stands in
#: the text counts for the 300 best by title only, and then the newest: nobody reads on to the thousandth.
FOUND = """
CREATE FUNCTION public.sparkle_found(page_type integer, wanted tsquery, ranked tsquery)
    RETURNS TABLE (page_id integer, rank real)
    LANGUAGE sql STABLE STRICT ROWS 1000 SET enable_seqscan = off
    AS $$
        WITH found AS MATERIALIZED (
            SELECT id, object_id::integer AS page_id, ts_rank(title, ranked) AS rank
            FROM wagtailsearch_indexentry
            WHERE (title || body) @@ wanted AND content_type_id + 0 = page_type
        ), placed AS (
            SELECT *, row_number() OVER (ORDER BY rank DESC, page_id DESC) AS place FROM found
        )
        SELECT page_id, 4 * rank + CASE WHEN place > 300 THEN 0 ELSE (
            SELECT ts_rank(entry.body, ranked, 1) FROM wagtailsearch_indexentry AS entry WHERE entry.id = placed.id
        ) END FROM placed
    $$;
"""
INDEXES = {
    "search_words": "ON wagtailsearch_indexentry USING gin ((title || body))",
    "search_titles": "ON wagtailsearch_indexentry USING gin (public.sparkle_plain(title_text) {schema}.gin_trgm_ops)",
    "search_names": "ON accounts_profile USING gin (public.sparkle_plain(display_name) {schema}.gin_trgm_ops)",
    "search_usernames": "ON accounts_user USING gin (public.sparkle_plain(username) {schema}.gin_trgm_ops)",
    "search_tags": "ON taggit_tag USING gin (public.sparkle_plain(name) {schema}.gin_trgm_ops)",
}
#: What is indexed already, in the new configuration; the weights are those of pages.
INDEXED_BEFORE = """
UPDATE wagtailsearch_indexentry SET
    title = setweight(to_tsvector('public.sparkle', title_text), 'B'),
    body = to_tsvector('public.sparkle', body_text);
"""


def _schema_of(cursor, extension):
    """Where an extension lives: an administrator may have put it elsewhere before."""
    cursor.execute(
        "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = %s",
        [extension],
    )
    return cursor.fetchone()[0]


def build(apps, schema_editor):
    """Makes configuration, function and indexes."""
    with schema_editor.connection.cursor() as cursor:
        unaccent, trigrams = _schema_of(cursor, "unaccent"), _schema_of(cursor, "pg_trgm")
        cursor.execute(CONFIGURATION.format(schema=unaccent))
        cursor.execute(PLAIN.format(schema=unaccent))
        cursor.execute(INDEXED_BEFORE)
        cursor.execute(FOUND)
        for name, what in INDEXES.items():
            cursor.execute(f"CREATE INDEX {name} {what.format(schema=trigrams)}")


def tear_down(apps, schema_editor):
    """Removes them; the extensions stay, others may use them."""
    with schema_editor.connection.cursor() as cursor:
        for name in INDEXES:
            cursor.execute(f"DROP INDEX IF EXISTS public.{name}")
        cursor.execute("DROP FUNCTION IF EXISTS public.sparkle_found(integer, tsquery, tsquery)")
        cursor.execute("DROP FUNCTION IF EXISTS public.sparkle_plain(text)")
        cursor.execute("DROP TEXT SEARCH CONFIGURATION IF EXISTS public.sparkle")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_public_face"),
        ("cms", "0002_public_face"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
        ("wagtailsearch", "0010_add_text_fields"),
    ]

    operations = [
        CreateExtension("unaccent"),
        CreateExtension("pg_trgm"),
        migrations.RunPython(build, tear_down),
        migrations.CreateModel(
            name="EmptySearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("query_string", models.CharField(max_length=255, unique=True, verbose_name="words")),
                ("hits", models.PositiveIntegerField(default=0, verbose_name="searches")),
                ("last_searched_at", models.DateTimeField(verbose_name="last time")),
            ],
            options={
                "verbose_name": "search without result",
                "verbose_name_plural": "searches without result",
                "ordering": ["-hits", "query_string"],
                "indexes": [models.Index(fields=["last_searched_at"], name="empty_search_age")],
            },
        ),
    ]
