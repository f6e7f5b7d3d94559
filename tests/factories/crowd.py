"""A large site at once, by SQL: thousands of people who have published a hundred thousand posts in three years."""

from __future__ import annotations

import dataclasses

from django.db import connection

from cms.models import PostPage
from community.accounts.models import Preferences, Profile, User
from tests.factories.content import make_category, make_post
from tests.factories.copies import PAGE, _copy

TRIGGERS = {
    "wagtailcore_page": ["post_listed_page"],
    "cms_postpage": ["post_listed_new", "post_listed_post"],
    "cms_posttag": ["post_listed_tag"],
}
#: The last so many of the people have not written in the last two years.
SILENT = 50


@dataclasses.dataclass(frozen=True)
class Crowd:
    """Who wrote, the ids of the categories and of the tag of each hundredth post."""

    people: list[int]
    categories: list[int]
    tag: int

    @property
    def silent(self) -> list[int]:
        """Those who have not written for two years."""
        return self.people[-SILENT:]


def make_people(names: str, count: int) -> list[int]:
    """So many people, with profiles, who never sign in; their ids."""
    made = User.objects.bulk_create(
        User(username=f"{names}{n}", email=f"{names}{n}@people.example", password="!") for n in range(count)
    )
    Profile.objects.bulk_create(Profile(user=person, display_name=person.username) for person in made)
    Preferences.objects.bulk_create(Preferences(user=person) for person in made)
    return [person.pk for person in made]


def make_crowd(first: User, *, people: int, posts: int) -> Crowd:
    """`posts` by `people`, spread over three years, in ten categories; the rows as the triggers make them.

    All lie below the page of `first`, who writes the one they are copies of.
    """
    writers = make_people("crowd", people)
    categories = [make_category(f"Crowd {n}").pk for n in range(10)]
    post = make_post(first, "Crowd", content="<p>One of many.</p>", tags=["crowd"], category=None)
    tag_id = post.tags.get().pk
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET CONSTRAINTS ALL IMMEDIATE")
        _switch(cursor, "DISABLE")
        ids = _copies(post, posts)
        cursor.execute(
            """
            UPDATE wagtailcore_page SET first_published_at = now() - (%(many)s - made.n) * interval '3 years' / %(many)s
            FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS made (id, n) WHERE wagtailcore_page.id = made.id
            """,
            {"ids": ids, "many": posts},
        )
        cursor.execute(
            """
            UPDATE cms_postpage SET author_id = CASE
                WHEN made.n > %(late)s THEN (%(people)s::bigint[])[1 + (made.n * 7919) %% %(loud)s]
                ELSE (%(people)s::bigint[])[1 + (made.n * 7919) %% array_length(%(people)s::bigint[], 1)] END,
              category_id = (%(categories)s::bigint[])[1 + (made.n * 31) %% 10]
            FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS made (id, n) WHERE page_ptr_id = made.id
            """,
            {"ids": ids, "people": writers, "categories": categories, "loud": people - SILENT, "late": posts // 3},
        )
        cursor.execute(
            "INSERT INTO cms_posttag (content_object_id, tag_id) SELECT id, %s"
            " FROM unnest(%s::bigint[]) WITH ORDINALITY AS made (id, n) WHERE n %% 100 = 0",
            [tag_id, ids],
        )
        cursor.execute(
            """
            INSERT INTO target_counts (target_kind, target_id, views, comments, reactions, bookmarks, shares,
              reactions_weight, began)
            SELECT 'post', page.id, 0, 0, 0, 0, 0, (page.id * 2654435761 %% 997)::int,
              extract(epoch FROM first_published_at)
            FROM wagtailcore_page page WHERE id = ANY(%s)
            """,
            [ids],
        )
        cursor.execute(
            "INSERT INTO post_listed (kind, source_id, published_at, post_id, author_id)"
            " SELECT place.kind, place.source_id, place.published_at, place.post_id, place.author_id"
            " FROM unnest(%s::bigint[]) AS made (id) CROSS JOIN LATERAL post_places(made.id) AS place",
            [ids],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _switch(cursor, "ENABLE")
        cursor.execute("ANALYZE")
    return Crowd(writers, categories, tag_id)


def _switch(cursor: object, how: str) -> None:
    for table, names in TRIGGERS.items():
        for name in names:
            cursor.execute(f"ALTER TABLE {table} {how} TRIGGER {name}")  # type: ignore[attr-defined]


def _copies(post: PostPage, count: int) -> list[int]:
    parent = post.get_parent(update=True)
    node = parent.get_last_child()
    assert node is not None
    paths = []
    for _each in range(count):
        node.path = node._inc_path()
        paths.append(node.path)
    values = {"first": post.pk, "paths": paths, "numbers": list(range(2, count + 2))}
    made = "unnest(%(paths)s::text[], %(numbers)s::int[]) AS made (path, n)"
    ids = _copy("wagtailcore_page", "id", PAGE, made, values)
    values["ids"] = ids
    _copy("cms_postpage", "page_ptr_id", {"page_ptr_id": "made.id"}, "unnest(%(ids)s::bigint[]) AS made (id)", values)
    type(parent).objects.filter(pk=parent.pk).update(numchild=parent.numchild + count)
    return ids
