"""Ten thousand comments on one post: an index leads to each page of them, the last one too."""

from __future__ import annotations

import statistics
import time
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from community.comments import selectors
from community.comments.choices import ORDERINGS, Sort
from community.comments.models import Comment
from community.comments.selectors.threads import _beyond, page_of_replies, page_of_threads
from tests.factories import make_post
from tests.support.api import data_of

pytestmark = pytest.mark.django_db

MANY = 10_000
_FILL = """
    INSERT INTO comments_comment (target_kind, target_id, author_id, guest_name, guest_url, ping, root_id, parent_id,
        depth, content, html, policy_version, score, replies, kept_replies, thread_size, listed, version, created_at,
        updated_at, hidden_reason)
    SELECT 'post', %s, %s, '', '', false, %s, %s, %s, 'Words', '<p>Words</p>', 1, n %% 1000, 0, 0, 0, true, 1,
        now() - n * interval '1 minute', now(), ''
    FROM generate_series(1, %s) AS n
"""


def fill(post_id: int, author_id: int, many: int, first: int | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [post_id, author_id, first, first, 1 if first else 0, many])
        cursor.execute("ANALYZE comments_comment")


def plan_of(rows: QuerySet[Any]) -> str:
    return str(rows.explain())


def test_every_order_begins_in_an_index(cast):
    few, many = make_post(cast.creator), make_post(cast.creator)
    fill(few.pk, cast.fan.pk, 10)
    fill(many.pk, cast.fan.pk, MANY)
    discussion = selectors.get_discussion("post", many.pk, viewer=None)
    middle = Comment.objects.on("post", many.pk).order_by("score")[MANY // 2].pk
    for sort in Sort.values:
        rows = selectors.list_firsts("post", many.pk, viewer=None)
        for part in (rows, rows.filter(_beyond(discussion, sort, middle))):
            plan = plan_of(part.order_by(*ORDERINGS[sort])[:21])
            assert "Index" in plan, plan
            assert "Seq Scan" not in plan, plan
            assert " Sort " not in plan.replace("Incremental Sort", ""), plan
    times = {post: min(_time_of(post, after) for _try in range(5)) for post, after in ((few.pk, 0), (many.pk, middle))}
    assert times[many.pk] < 3 * times[few.pk], "twenty threads of ten thousand take no longer than ten of ten"


def _time_of(post_id: int, after: int) -> float:
    discussion = selectors.get_discussion("post", post_id, viewer=None)
    begun = time.process_time()
    page_of_threads(discussion, viewer=None, total=0, after=after)
    return time.process_time() - begun


def test_a_thread_of_ten_thousand_answers_begins_in_an_index(cast, say):
    first = say(cast.fan)
    fill(first.target_id, cast.fan.pk, MANY, first.pk)
    Comment.objects.filter(pk=first.pk).update(replies=MANY, kept_replies=MANY, thread_size=MANY)
    rows = Comment.objects.listed().filter(root_id=first.pk, pk__gt=first.pk + 5000).order_by("pk")[:51]
    plan = plan_of(rows)
    assert "Index Scan" in plan, plan
    discussion = selectors.get_discussion("post", first.target_id, viewer=None)
    (thread,) = page_of_threads(discussion, viewer=None, total=0).threads
    assert (len(thread.replies), thread.more) == (3, MANY - 3)
    assert len(page_of_replies(first, discussion=discussion, viewer=None, after=thread.after).replies) == 50


@pytest.mark.long
def test_any_page_of_ten_thousand_takes_as_long_as_one_of_ten(cast, client, settings):
    settings.RATE_LIMIT_SCALE = 10_000
    few, many = make_post(cast.creator), make_post(cast.creator)
    fill(few.pk, cast.fan.pk, 10)
    fill(many.pk, cast.fan.pk, MANY)
    first = f"/api/posts/{many.pk}/comments?limit=10"
    later = first
    for _page in range(50):
        data = data_of(client.get(later.replace("limit=10", "limit=100")))
        later = f"{first}&cursor={quote(data['nextCursor'])}"
    addresses = {"few": f"/api/posts/{few.pk}/comments?limit=10", "first": first, "later": later}
    taken: dict[str, list[float]] = {name: [] for name in addresses}
    for _turn in range(60):
        for name, address in addresses.items():
            begun = time.perf_counter()
            assert len(data_of(client.get(address))["items"]) == 10
            taken[name].append(time.perf_counter() - begun)
    with CaptureQueriesContext(connection) as captured:
        client.get(later)
    assert len(captured) <= 15
    middle = {name: statistics.median(each) for name, each in taken.items()}
    assert max(middle["first"], middle["later"]) <= 1.3 * middle["few"], middle
