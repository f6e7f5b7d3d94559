"""Lists: pages with honest totals, cursors that are stable and cannot be forged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import signing

from community.core.api import pagination
from community.core.errors import Invalid
from community.core.models import LimitCount


def make_rows(counts: list[int]) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    offset = LimitCount.objects.count()
    LimitCount.objects.bulk_create(
        LimitCount(bucket="probe", key_digest="", window_start=start + timedelta(seconds=offset + index), count=count)
        for index, count in enumerate(counts)
    )


def get(probe: Any, **parameters: Any) -> dict[str, Any]:
    answer = probe.get("/api/things", parameters)
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def refused(probe: Any, **parameters: Any) -> set[str]:
    answer = probe.get("/api/things", parameters)
    assert answer.status_code == 400, answer.content
    return set(answer.json()["fields"])


def test_an_empty_list_is_a_page(probe):
    assert get(probe) == {
        "items": [], "total": 0, "totalIsExact": True, "page": 1, "pageSize": 20, "totalPages": 0,
        "hasMore": False, "nextCursor": None,
    }  # fmt: skip


def test_pages_hold_what_they_say(probe):
    make_rows(list(range(45)))
    first, last, beyond = get(probe), get(probe, page=3), get(probe, page=4)
    assert [row["countOfHits"] for row in first["items"]] == list(range(44, 24, -1))
    assert (first["total"], first["totalPages"], first["hasMore"]) == (45, 3, True)
    assert [row["countOfHits"] for row in last["items"]] == [4, 3, 2, 1, 0]
    assert (last["hasMore"], last["nextCursor"]) == (False, None)
    assert (beyond["items"], beyond["hasMore"]) == ([], False)
    assert len(get(probe, limit=100)["items"]) == 45


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "", " ", "١", "1e3", "9" * 30, "null", "\x00", "💥"])
def test_malformed_numbers_are_refused_with_their_name(probe, value):
    assert refused(probe, page=value) == {"page"}
    assert refused(probe, limit=value) == {"limit"}


def test_far_pages_and_large_ones_are_refused(probe):
    assert refused(probe, limit=101) == {"limit"}
    assert refused(probe, page=101, limit=100) == {"page"}
    assert refused(probe, page=10_001, limit=1) == {"page"}
    assert get(probe, page=100, limit=100)["items"] == []


def test_unknown_parameters_are_ignored(probe):
    assert get(probe, utm_source="x", page=1)["page"] == 1


def test_totals_are_counted_to_a_bound(probe, monkeypatch):
    monkeypatch.setattr(pagination, "FAR_ENOUGH", 30)
    make_rows([1] * 31)
    page = get(probe, limit=10)
    assert (page["total"], page["totalIsExact"], page["totalPages"], page["hasMore"]) == (30, False, 3, True)
    assert get(probe, page=3, limit=10)["hasMore"] is True
    assert refused(probe, page=4, limit=10) == {"page"}


def walk(probe: Any, limit: int, between: Any = None) -> list[str]:
    found: list[str] = []
    page = get(probe, limit=limit)
    steps = 1
    while True:
        found += [row["id"] for row in page["items"]]
        assert page["page"] == steps
        if page["nextCursor"] is None:
            assert page["hasMore"] is False
            return found
        if between is not None:
            between()
        page = get(probe, limit=limit, cursor=page["nextCursor"])
        steps += 1


@pytest.mark.parametrize("limit", [1, 3, 7, 20])
def test_a_cursor_reads_every_row_once_also_among_equals(probe, limit):
    make_rows([5, 5, 5, 1, 1, 9, 5, 0, 0, 0, 0])
    expected = [str(pk) for pk in LimitCount.objects.order_by("-count", "-pk").values_list("pk", flat=True)]
    assert walk(probe, limit) == expected


def test_a_cursor_is_stable_while_new_rows_arrive(probe):
    make_rows([5, 4, 3, 2, 1])
    expected = [str(pk) for pk in LimitCount.objects.order_by("-count").values_list("pk", flat=True)]
    assert walk(probe, 2, between=lambda: make_rows([99])) == expected


def test_a_cursor_goes_on_where_pages_end(probe, monkeypatch):
    monkeypatch.setattr(pagination, "FAR_ENOUGH", 4)
    make_rows([6, 5, 4, 3, 2, 1])
    page = get(probe, page=2, limit=2)
    following = get(probe, limit=2, cursor=page["nextCursor"])
    assert [row["countOfHits"] for row in following["items"]] == [2, 1]


def test_forged_cursors_are_refused(probe):
    make_rows([3, 2, 1])
    cursor = get(probe, limit=1)["nextCursor"]
    forged = [
        cursor[:-1] + ("A" if cursor[-1] != "A" else "B"),
        "x",
        cursor.split(":")[0],
        signing.dumps([3, 1, 1], salt="cursor:others"),
        signing.dumps([3], salt="cursor:things"),
        signing.dumps({"a": 1}, salt="cursor:things"),
        signing.dumps(5, salt="cursor:things"),
        "x" * 513,
        "\x00",
        "",
    ]
    for text in forged:
        assert refused(probe, cursor=text) == {"cursor"}


def test_a_cursor_shows_no_more_than_the_row_it_ends_at(probe):
    make_rows([3, 2, 1])
    cursor = get(probe, limit=1)["nextCursor"]
    assert "SELECT" not in cursor
    assert signing.loads(cursor, salt="cursor:things")[0] == 3


@pytest.mark.django_db
def test_lists_without_pages_go_by_cursor_alone_and_keep_moments_exactly():
    make_rows([1, 2, 3])
    ordering = ("window_start", "pk")
    first = pagination.rows_after(LimitCount.objects.all(), ordering=ordering, cursor=None, limit=2, scope="s")
    assert [row.count for row in first.items] == [1, 2]
    assert first.has_more
    second = pagination.rows_after(
        LimitCount.objects.all(), ordering=ordering, cursor=first.next_cursor, limit=2, scope="s"
    )
    assert [row.count for row in second.items] == [3]
    assert not second.has_more
    with pytest.raises(Invalid):
        pagination.rows_after(
            LimitCount.objects.all(), ordering=ordering, cursor=first.next_cursor, limit=2, scope="other"
        )
    with pytest.raises(ValueError, match="one way"):
        pagination.rows_after(LimitCount.objects.all(), ordering=("-count", "pk"), cursor=None, limit=2, scope="s")


@pytest.mark.django_db
def test_a_page_of_rows_needs_two_queries(django_assert_num_queries):
    make_rows([1] * 30)
    with django_assert_num_queries(2):
        page = pagination.page_of_rows(LimitCount.objects.order_by("pk"), page=1, limit=20)
    assert (len(page.items), page.total, page.has_more) == (20, 30, True)
    with django_assert_num_queries(1):
        assert pagination.page_of_rows(LimitCount.objects.order_by("pk"), page=9, limit=20).items == []
