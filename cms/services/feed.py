"""What somebody wants of their feeds, and what is noted for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from cms.models import CategoryRead, FeedPreference
from cms.rules import READ_HALF_LIFE_DAYS
from community.accounts.models import User
from community.accounts.permissions import Actor
from community.accounts.services import count_act
from community.core.errors import NotSignedIn
from community.core.transactions import retried


@retried
def set_for_you(*, actor: Actor, wanted: bool) -> None:
    """Turns “For you” on or off. Off, nothing is noted any more, and what was noted is deleted.

    Raises NotSignedIn or TooMany.
    """
    if not isinstance(actor, User):
        raise NotSignedIn()
    person = actor
    count_act(bucket="act", person=person)
    # Whoever notes what was read holds the row of the person meanwhile: nothing is noted behind this.
    User.objects.select_for_update().get(pk=person.pk)
    FeedPreference.objects.update_or_create(user=person, defaults={"for_you": wanted})
    if not wanted:
        CategoryRead.objects.filter(user=person).delete()


def note_reads(*, reads: Mapping[tuple[int, int], int]) -> int:
    """Notes that people (ids) read posts (ids) so many times; answers how many rows were written.

    What a person reads is noted by category, and only while they want “For you”.
    """
    if not reads:
        return 0
    pairs = sorted(reads)
    people = sorted({person for person, _post in pairs})
    values: dict[str, Any] = {
        "people": [person for person, _post in pairs],
        "posts": [post for _person, post in pairs],
        "reads": [reads[pair] for pair in pairs],
        "half_life": READ_HALF_LIFE_DAYS * 86400.0,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_user WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [people])
        cursor.execute(
            """
            INSERT INTO category_read (user_id, category_id, reads, read_at)
            SELECT noted.person, post.category_id, sum(noted.reads), now()
            FROM unnest(%(people)s::bigint[], %(posts)s::bigint[], %(reads)s::int[]) AS noted (person, post, reads)
            JOIN accounts_user person ON person.id = noted.person
            JOIN cms_postpage post ON post.page_ptr_id = noted.post AND post.category_id IS NOT NULL
            WHERE NOT EXISTS (
              SELECT 1 FROM feed_preference said WHERE said.user_id = noted.person AND NOT said.for_you)
            GROUP BY noted.person, post.category_id ORDER BY noted.person, post.category_id
            ON CONFLICT (user_id, category_id) DO UPDATE SET
              reads = excluded.reads + category_read.reads * power(
                0.5, greatest(0, extract(epoch FROM now() - category_read.read_at)) / %(half_life)s),
              read_at = excluded.read_at
            """,
            values,
        )
        return int(cursor.rowcount)
