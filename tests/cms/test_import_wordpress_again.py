"""`manage.py import_wordpress` a second time, in rehearsal, with broken files, and on real content."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import html5lib
import pytest
from django.core.management import CommandError
from django.db import connection
from taggit.models import Tag
from wagtail.models import Page

from cms import services
from cms.models import Category, PostPage, StandardPage
from cms.services.importing.wordpress import LOCK
from community.accounts.models import User
from community.comments.models import Comment
from community.core.integrity import run_checks
from community.core.models import OutboxFact
from tests.cms.wxr import builder
from tests.cms.wxr.running import everything, row, run_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
VERSION_1_0 = Path(__file__).parent / "wxr" / "version_1_0.xml"


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """`run(*inside)`: imports an export that holds this, and returns what the command printed."""

    def run(*inside: str, dry_run: bool = False, **options: str) -> str:
        return run_file(builder.write(tmp_path, *inside, **options), dry_run=dry_run)

    return run


class TestAgain:
    ALL = (
        builder.author("anna", "Anna"),
        builder.category("a", parent="b"),
        builder.category("b"),
        builder.tag("t"),
        builder.item(1, terms=builder.use("a") + builder.use("t", domain="post_tag")),
        builder.item(2, wp__status="draft"),
        builder.item(3, wp__status="future", wp__post_date_gmt="2100-01-01 00:00:00"),
        builder.item(4, wp__post_password="x"),
        builder.page(5, "Page"),
        builder.page(6, "Below", parent=5),
    )

    def test_the_second_time_changes_nothing(self, run: Any) -> None:
        run(*self.ALL)
        before = everything()
        moments = list(Page.objects.order_by("pk").values_list("pk", "latest_revision_created_at", "url_path"))

        output = run(*self.ALL)

        for kind, count in (("authors", 1), ("categories", 2), ("tags", 1), ("posts", 4), ("pages", 2)):
            assert row(output, kind) == [count, 0, 0, count, 0]
        assert everything() == before
        assert list(Page.objects.order_by("pk").values_list("pk", "latest_revision_created_at", "url_path")) == moments

    def test_a_changed_export_changes_what_was_imported(self, run: Any, client: Any) -> None:
        run(*self.ALL)
        first = PostPage.objects.get(category__slug="a")

        output = run(
            builder.author("anna", "Anna Amsel"),
            builder.category("a", "A new name"),
            builder.category("b"),
            builder.tag("u"),
            builder.item(
                1, title="New", content__encoded="New text.",
                terms=builder.use("b") + builder.use("u", domain="post_tag"),
            ),
            builder.item(2),
            builder.page(5, "Page", wp__status="draft"),
        )  # fmt: skip

        assert row(output, "posts") == [2, 0, 2, 0, 0]
        assert row(output, "categories") == [2, 0, 1, 1, 0]
        first.refresh_from_db()
        assert (first.title, first.slug, first.category.slug) == ("New", "a-post", "b")
        assert [tag.name for tag in first.tags.all()] == ["u"]
        assert "New text." in client.get(first.url).content.decode()
        assert first.latest_revision == first.live_revision
        assert first.revisions.count() == 2
        assert Category.objects.get(slug="a").name == "A new name"
        assert Category.objects.get(slug="a").parent is None
        assert User.objects.get(username="anna").profile.display_name == "Anna Amsel"
        assert PostPage.objects.live().count() == 3
        assert not StandardPage.objects.get(title="Page").live
        assert run_checks() == []

    def test_a_new_author_takes_the_post_along(self, run: Any) -> None:
        run(builder.item(1))
        run(builder.item(1, dc__creator="berta"))

        post = PostPage.objects.get()
        assert post.author.username == "berta"
        assert post.url_path == "/home/creators/berta/a-post/"

    def test_changes_made_here_stay_while_the_export_is_the_same(self, run: Any) -> None:
        run(builder.item(1))
        post = PostPage.objects.get()
        post.title = "Better title"
        post.save_revision().publish()

        run(builder.item(1))

        assert PostPage.objects.get().title == "Better title"

    def test_what_was_deleted_here_does_not_come_back(self, run: Any, cast: Any) -> None:
        inside = (
            builder.category("gone"),
            builder.item(1),
            builder.item(2),
            builder.page(3, "P"),
            builder.page(4, "Q", parent=3),
        )
        run(*inside)
        first, second = PostPage.objects.order_by("pk")
        services.delete_post(actor=cast.admin, post=first)
        second.delete()
        StandardPage.objects.get(title="P").delete()
        Category.objects.all().delete()

        output = run(*inside)

        assert row(output, "posts") == [2, 0, 0, 0, 2]
        assert row(output, "pages") == [2, 0, 0, 0, 2]
        assert row(output, "categories") == [1, 0, 0, 0, 1]
        assert "deleted here" in output
        assert not PostPage.objects.live().exists()

    def test_two_sites_do_not_mix(self, run: Any) -> None:
        run(builder.item(1))
        run(builder.item(1, title="Another"), site="https://second.example")

        assert PostPage.objects.count() == 2
        assert User.objects.filter(username__startswith="anna").count() == 2

    def test_an_id_that_a_merged_export_repeats_is_another_post(self, run: Any) -> None:
        inside = (builder.item(1, title="One"), builder.item(1, title="Two"), builder.item(1, title="One"))

        output = run(*inside)

        assert set(PostPage.objects.values_list("title", flat=True)) == {"One", "Two"}
        assert "twice" in output
        assert row(run(*inside), "posts") == [2, 0, 0, 2, 0]


class TestAllOrNothing:
    def test_a_dry_run_reports_the_same_and_leaves_nothing(self, run: Any) -> None:
        before = everything()

        rehearsed = run(*TestAgain.ALL, dry_run=True)
        assert everything() == before

        real = run(*TestAgain.ALL)
        assert "dry run" in rehearsed
        assert rehearsed.splitlines()[:-1] == real.splitlines()[:-1]

    @pytest.mark.parametrize(
        "broken",
        [
            lambda text: text[:-40],
            lambda text: text.replace("Last one", "Last & one"),
            lambda text: text.replace("<wp:status>pending</wp:status>", ""),
            lambda text: text.replace("Last one", "Last \udcff one"),
        ],
    )
    def test_an_error_at_the_end_leaves_nothing_behind(self, tmp_path: Path, broken: Any) -> None:
        text = builder.export(*TestAgain.ALL, builder.item(9, title="Last one", wp__status="pending"))
        path = tmp_path / "export.xml"
        path.write_bytes(broken(text).encode("utf-8", "surrogateescape"))
        before = everything()

        with pytest.raises(CommandError) as refused:
            run_file(path)

        assert str(refused.value).startswith("Nothing was imported. ")
        assert "\n" not in str(refused.value)
        assert everything() == before

    @pytest.mark.parametrize(
        ("words", "reason"),
        [
            ("word " * 110_000, "too long"),
            # More different words than PostgreSQL's search can hold.
            (" ".join(f"λέξη{number:x}" for number in range(52_000)), "cannot be stored|Done"),
        ],
    )
    def test_a_text_beyond_all_measure_is_refused_by_name(self, run: Any, words: str, reason: str) -> None:
        before = everything()

        try:
            output = run(builder.item(1), builder.item(7, content__encoded=words))
        except CommandError as refused:
            output = str(refused)
            assert "post 7" in output
            assert everything() == before
        assert re.search(reason, output)

    def test_no_file_is_one_clear_error(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="There is no file"):
            run_file(tmp_path / "nothing.xml")

    def test_nobody_is_told_of_anything_but_of_new_people(self, run: Any) -> None:
        before = OutboxFact.objects.count()

        run(*TestAgain.ALL)

        told = OutboxFact.objects.order_by("-pk")[: OutboxFact.objects.count() - before]
        assert [fact.name for fact in told] == ["user.created"]

    def test_imported_posts_are_found(self, run: Any) -> None:
        run(builder.item(1, title="Rhubarb", content__encoded="Compote."))

        assert [post.title for post in PostPage.objects.live().search("rhubarb")] == ["Rhubarb"]

    def test_only_one_import_runs_at_a_time(self, run: Any) -> None:
        other = connection.copy()
        other.set_autocommit(False)
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            with pytest.raises(CommandError, match="Another import is running"):
                run(builder.item(1))
        finally:
            other.rollback()
            other.close()


def assert_pages_are_sound(client: Any) -> int:
    """Every live page answers 200 with valid HTML; returns how many there are."""
    pages = Page.objects.live().filter(depth__gt=1)
    for page in pages:
        response = client.get(page.url)
        assert response.status_code == 200, page.url
        html5lib.HTMLParser(strict=True).parse(response.content)
    return pages.count()


def test_the_oldest_format_becomes_a_post(client: Any) -> None:
    output = run_file(VERSION_1_0)

    post = PostPage.objects.get()
    assert (post.title, post.category.name, post.category.parent.name) == (
        "Carrots & more",
        "Roots & tubers",
        "Vegetables",
    )
    assert "Comments: 1 shown." in output
    assert_pages_are_sound(client)


@pytest.mark.data
def test_real_content_comes_in_whole(shared_data: Any, client: Any) -> None:
    """The theme unit test data of WordPress: every format, odd titles, many terms."""
    path = shared_data("wordpress/themeunittestdata.wordpress.xml")
    output = run_file(path)

    assert PostPage.objects.live().count() == 56
    assert StandardPage.objects.live().count() == StandardPage.objects.count() == 21
    scheduled, draft = PostPage.objects.filter(live=False).order_by("title").reverse()
    assert scheduled.scheduled_revision is not None
    assert scheduled.go_live_at == datetime(2030, 1, 1, 19, 0, 18, tzinfo=UTC)
    assert (draft.title, draft.scheduled_revision) == ("Draft", None)
    assert (Category.objects.count(), Tag.objects.count()) == (68, 110)
    assert "Posts: 56 published, 1 scheduled, 1 draft, 1 behind a password." in output
    assert row(output, "comments") == [33, 28, 0, 0, 5]
    assert "Comments: 27 shown, 1 held for moderators, 4 from other sites." in output
    deepest = Comment.objects.order_by("-depth")[0]
    assert (deepest.depth, deepest.content) == (9, "Comment Depth 10\n\nAlso an author comment.")
    assert deepest.author.username == "themedemos"
    assert assert_pages_are_sound(client) >= 56 + 21 + 2
    before = everything()
    assert row(run_file(path), "posts") == [58, 0, 0, 58, 0]
    assert everything() == before
    assert run_checks() == []
