"""Many posts at once: copies of one that a service has made, where the number counts and not how they came to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from cms.models import PostPage

#: What of a copy is not that of the first post; `made.n` is its number, `made.path` its place in the tree.
PAGE = {
    "path": "made.path",
    "title": "source.title || ' ' || made.n",
    "draft_title": "source.title || ' ' || made.n",
    "slug": "source.slug || '-copy-' || made.n",
    "url_path": "rtrim(source.url_path, '/') || '-copy-' || made.n || '/'",
    "translation_key": "gen_random_uuid()",
    "latest_revision_id": "NULL",
    "live_revision_id": "NULL",
    "first_published_at": "source.first_published_at + made.n * interval '1 ms'",
}
#: Tables with rows of a post, how they lead to it, and which rows there are its.
BESIDE = (
    ("cms_postpage", "page_ptr_id", "made.id", ""),
    ("target_counts", "target_id", "made.id", "AND source.target_kind = 'post'"),
    ("cms_posttag", "content_object_id", "made.id", ""),
    (
        "wagtailsearch_indexentry",
        "object_id",
        "made.id::text",
        "AND source.content_type_id = (SELECT content_type_id FROM wagtailcore_page WHERE id = %(first)s)",
    ),
)


def copy_posts(post: PostPage, times: int) -> list[int]:
    """`times` more posts like `post`, beside it: with its text, tags, numbers and words in the index; their ids.

    They have no revisions, and a number at the end of the title: the higher, the newer. One by a service costs a
    hundred times as much.
    """
    parent = post.get_parent(update=True)
    node = parent.get_last_child()
    assert node is not None
    paths = []
    for _each in range(times):
        node.path = node._inc_path()
        paths.append(node.path)
    numbers = range(parent.numchild + 1, parent.numchild + times + 1)
    made = "unnest(%(paths)s::text[], %(numbers)s::int[]) AS made (path, n)"
    values = {"first": post.pk, "paths": paths, "numbers": list(numbers)}
    ids = _copy("wagtailcore_page", "id", PAGE, made, values)
    for table, column, value, only in BESIDE:
        _copy(table, column, {column: value}, "unnest(%(ids)s::bigint[]) AS made (id)", {**values, "ids": ids}, only)
    type(parent).objects.filter(pk=parent.pk).update(numchild=parent.numchild + times)
    return ids


def _copy(
    table: str, column: str, changed: dict[str, str], made: str, values: dict[str, Any], only: str = ""
) -> list[int]:
    """Copies the rows of `table` whose `column` leads to the first post, once for each row of `made`; the new ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema AND table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall() if name != "id"]
        chosen = ", ".join(changed.get(name, f'source."{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        first = "%(first)s::text" if column == "object_id" else "%(first)s"
        returned = "page_ptr_id" if "page_ptr_id" in columns else "id"
        statement = (
            "INSERT INTO", table, "(", names, ") SELECT", chosen, "FROM", table, "source CROSS JOIN", made,
            "WHERE", f"source.{column} =", first, only, "RETURNING", returned,
        )  # fmt: skip
        cursor.execute(" ".join(statement), values)
        return [row[0] for row in cursor.fetchall()]


def growing(make: Callable[[int], PostPage]) -> Callable[[int], list[int]]:
    """A `grow` for `flat_cost`: at first as many posts as are wanted by `make(number)`, later copies of these in turn.

    It answers the ids of what it made.
    """
    made: list[PostPage] = []

    def grow(count: int) -> list[int]:
        if not made:
            made.extend(make(number) for number in range(count))
            return [post.pk for post in made]
        shares = [count // len(made) + (place < count % len(made)) for place in range(len(made))]
        return [pk for post, share in zip(made, shares, strict=True) if share for pk in copy_posts(post, share)]

    return grow
