"""Numbers beside targets: added to by many at once, counted again, mended."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, F
from taggit.models import Tag

from cms.models import PostPage
from community.core import counts
from community.core.models import TargetCounts
from tests.factories import make_post
from tests.support.processes import eventually

pytestmark = pytest.mark.django_db

Through = PostPage.tags.through


def count_tags(ids: list[int]) -> dict[int, int]:
    rows = Through.objects.filter(content_object_id__in=ids).values_list("content_object_id")
    return dict(rows.annotate(number=Count("pk")))


@pytest.fixture
def tags_as_comments() -> Iterator[None]:
    """An app that counts, in the place of the one that does: its comments are tags."""
    before = dict(counts._counters)
    counts._counters.pop(("post", "comments"), None)
    counts.register("post", "comments", count_tags)
    yield
    counts._counters.clear()
    counts._counters.update(before)


def recount(*arguments: str) -> tuple[int, str]:
    """The exit code and what was said."""
    said = io.StringIO()
    try:
        call_command("recount", *arguments, stdout=said)
    except SystemExit as ended:
        return int(str(ended.code)), said.getvalue()
    return 0, said.getvalue()


def stored(post: PostPage, name: str) -> int:
    return int(TargetCounts.objects.values_list(name, flat=True).get(target_kind="post", target_id=post.pk))


def test_views_are_added_for_all_targets_in_one_statement(cast, django_assert_num_queries) -> None:
    first, second = make_post(cast.fan, "First"), make_post(cast.fan, "Second")
    with django_assert_num_queries(1):
        assert counts.add_views({("post", second.pk): 2, ("post", first.pk): 1}) == 2
    counts.add_views({("post", second.pk): 5})
    assert (stored(first, "views"), stored(second, "views")) == (1, 7)


def test_nothing_is_written_for_what_is_not_there(cast) -> None:
    post = make_post(cast.fan, "Short life")
    gone = post.pk
    post.delete()
    assert counts.add_views({("post", gone): 1, ("post", 2**62): 1, ("comment", gone): 3}) == 0
    assert not TargetCounts.objects.filter(target_id=gone).exists()
    assert counts.add_views({}) == 0


def test_views_written_by_many_at_once_are_all_there(transactional_db, cast) -> None:
    posts = [make_post(cast.fan, f"Post {number}") for number in range(6)]
    views = {("post", post.pk): 1 for post in posts}
    failures: list[Exception] = []

    def write(these: dict[tuple[str, int], int]) -> None:
        try:
            for _ in range(25):
                counts.add_views(these)
        except Exception as error:  # noqa: BLE001 - shown by the test
            failures.append(error)
        finally:
            connection.close()

    orders = [views, dict(reversed(views.items()))] * 2
    threads = [threading.Thread(target=write, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert {stored(post, "views") for post in posts} == {100}


def test_a_wrong_number_is_reported_left_and_then_mended(cast, tags_as_comments) -> None:
    right, wrong = make_post(cast.fan, "Right"), make_post(cast.fan, "Wrong")
    wrong.tags.add("one", "two")
    wrong.save()
    TargetCounts.objects.filter(target_id=wrong.pk).update(comments=7, views=50)
    sentence = f"post {wrong.pk}: comments 7 stored, 2 counted"
    code, said = recount()
    assert (code, said.splitlines()[:2]) == (1, [sentence, "1 differences found"])
    assert stored(wrong, "comments") == 7
    code, said = recount("--fix")
    assert code == 0
    assert sentence in said
    assert [stored(wrong, name) for name in ("comments", "views")] == [2, 50]
    assert stored(right, "comments") == 0
    assert recount()[0] == 0


def test_what_nobody_counts_is_said(cast, tags_as_comments) -> None:
    assert "Not counted by any app: nothing" in recount()[1]


def test_a_missing_row_comes_back_and_one_without_its_post_goes(cast, tags_as_comments) -> None:
    post = make_post(cast.fan, "Lost its row")
    post.tags.add("one")
    post.save()
    counts.forget("post", post.pk)
    counts.begin("post", 2**40)
    code, said = recount("--fix")
    assert (code, said.splitlines()[:2]) == (
        0,
        [f"post {post.pk} has no counters", f"there are counters for the missing post {2**40}"],
    )
    assert stored(post, "comments") == 1
    assert not TargetCounts.objects.filter(target_id=2**40).exists()
    assert recount()[0] == 0


def test_the_integrity_check_finds_the_same(cast, tags_as_comments) -> None:
    post = make_post(cast.fan, "Wrong")
    TargetCounts.objects.filter(target_id=post.pk).update(comments=7)
    counts.begin("post", 2**40)
    said = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("check_integrity", "--only", "target-counts", stdout=said)
    assert f"target-counts: post {post.pk}: comments 7 stored, 0 counted" in said.getvalue()
    assert f"target-counts: there are counters for the missing post {2**40}" in said.getvalue()


def test_counting_costs_the_same_for_more_posts(cast, tags_as_comments, django_assert_max_num_queries) -> None:
    for number in range(5):
        make_post(cast.fan, f"Post {number}")
    with django_assert_max_num_queries(14):
        assert list(counts.differences()) == []


def test_more_rows_than_are_counted_at_a_time_are_all_counted(cast, tags_as_comments, monkeypatch) -> None:
    monkeypatch.setattr(counts, "CHUNK", 2)
    posts = [make_post(cast.fan, f"Post {number}") for number in range(5)]
    TargetCounts.objects.filter(target_kind="post").update(comments=1)
    assert {found.target_id for found in counts.differences()} == {post.pk for post in posts}


def test_a_number_that_changes_during_the_repair_is_right_afterwards(transactional_db, cast, tags_as_comments) -> None:
    post = make_post(cast.fan, "Busy")
    TargetCounts.objects.filter(target_id=post.pk).update(comments=9)
    [difference] = counts.differences()
    changed, may_commit = threading.Event(), threading.Event()

    def comment() -> None:
        with transaction.atomic():
            Through.objects.create(content_object_id=post.pk, tag=Tag.objects.create(name="new"))
            TargetCounts.objects.filter(target_id=post.pk).update(comments=F("comments") + 1)
            changed.set()
            may_commit.wait(20)
        connection.close()

    def mend() -> None:
        counts.mend(difference)
        connection.close()

    def somebody_waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return bool(cursor.fetchone()[0])

    def begun(work: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=work)
        thread.start()
        return thread

    commenting = begun(comment)
    changed.wait(20)
    mending = begun(mend)
    eventually(somebody_waits)
    may_commit.set()
    for thread in (commenting, mending):
        thread.join(20)
    assert stored(post, "comments") == 1
    TargetCounts.objects.filter(target_id=post.pk).update(comments=0)  # what is true of it without the tags


def test_two_apps_cannot_count_the_same_and_views_cannot_be_counted(tags_as_comments) -> None:
    with pytest.raises(ValueError, match="Two apps count the comments of a post"):
        counts.register("post", "comments", lambda ids: {})
    with pytest.raises(ValueError, match="views is not one of"):
        counts.register("post", "views", count_tags)


def test_where_nobody_counts_the_row_still_comes_back(cast) -> None:
    post = make_post(cast.fan, "Lost its row")
    counts.forget("post", post.pk)
    assert recount("--fix")[0] == 0
    assert stored(post, "comments") == 0
    assert recount()[0] == 0
