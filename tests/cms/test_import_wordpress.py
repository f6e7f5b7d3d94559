"""`manage.py import_wordpress`: what a WordPress site becomes here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import html5lib
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from taggit.models import Tag
from wagtail.models import Page, PageViewRestriction

from cms import services
from cms.models import Category, CreatorPage, ImportedObject, PostPage, StandardPage
from cms.services.importing.wordpress import LOCK
from community.accounts.models import User
from community.core.integrity import run_checks
from community.core.models import OutboxFact
from tests.cms.wxr import builder
from tests.factories import make_category, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
VERSION_1_0 = Path(__file__).parent / "wxr" / "version_1_0.xml"


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """`run(*inside)`: imports an export that holds this, and returns what the command printed."""

    def run(*inside: str, dry_run: bool = False, **options: str) -> str:
        return run_file(builder.write(tmp_path, *inside, **options), dry_run=dry_run)

    return run


def run_file(path: Path, *, dry_run: bool = False) -> str:
    output = StringIO()
    call_command("import_wordpress", str(path), dry_run=dry_run, stdout=output)
    return output.getvalue()


def row(output: str, kind: str) -> list[int]:
    """In the file, new, changed, unchanged, left out."""
    line = next(line for line in output.splitlines() if line.startswith(f"{kind} "))
    return [int(number) for number in line.split()[1:]]


def everything() -> dict[str, int]:
    """How many rows there are of all that an import may make."""
    models = (User, Page, Category, Tag, ImportedObject, PageViewRestriction, OutboxFact)
    counts = {model.__name__: model.objects.count() for model in models}
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM wagtailcore_revision), (SELECT count(*) FROM outbox_aggregate)")
        counts["revisions"], counts["aggregates"] = cursor.fetchone()
    return counts


class TestPeople:
    def test_authors_become_people_who_cannot_sign_in(self, run: Any) -> None:
        run(builder.author("anna", "Anna &amp; Söhne"), builder.item(1))

        anna = User.objects.get(username="anna")
        assert anna.profile.display_name == "Anna & Söhne"
        assert not anna.has_usable_password()
        assert anna.email.endswith("@imported.invalid")
        assert "anna" not in anna.email
        post = PostPage.objects.get()
        assert (post.author, post.owner) == (anna, anna)
        assert post.get_parent().specific == CreatorPage.objects.get(person=anna)

    def test_a_member_is_never_taken_for_an_author(self, run: Any) -> None:
        member = make_user("anna")

        run(builder.author("anna", "Anna"), builder.item(1))

        assert not PostPage.objects.filter(author=member).exists()
        assert PostPage.objects.get().author.username == "anna_2"

    @pytest.mark.parametrize(
        ("login", "username"),
        [
            ("admin", "admin_2"),
            ("me", "me_2"),
            ("john.smith", "john_smith"),
            ("mail@people.example", "mail_2"),
            ("王小明", "wang_xiao_ming"),
            ("!!!", "author"),
            ("deleted_7", "author_deleted_7"),
            ("x" * 80, "x" * 24),
        ],
    )
    def test_user_names_become_valid(self, run: Any, login: str, username: str) -> None:
        run(builder.author(login), builder.item(1, dc__creator=login))

        assert PostPage.objects.get().author.username == username

    def test_authors_need_no_description(self, run: Any) -> None:
        output = run(
            builder.item(1, dc__creator="berta"), builder.item(2, dc__creator=">Berta"), builder.item(3, dc__creator="")
        )

        assert row(output, "authors")[:2] == [2, 2]
        assert {post.author.profile.display_name for post in PostPage.objects.all()} == {"berta", "Unknown author"}

    def test_an_address_as_a_name_is_not_shown(self, run: Any) -> None:
        run(builder.author("a@private.example", "a@private.example"), builder.item(1, dc__creator="a@private.example"))

        author = PostPage.objects.get().author
        assert "private" not in author.username + author.profile.display_name


class TestTerms:
    def test_categories_keep_names_and_hierarchy(self, run: Any) -> None:
        run(
            builder.category("child", "Tips &amp; <b>Tricks</b>", parent="parent"),
            builder.category("parent", "Parent"),
            builder.category("%CE%B1%CE%B2%CE%B3", "αβγ", parent="Parent"),
            builder.category("orphan", parent="nobody"),
        )

        names = {category.name: category.parent and category.parent.name for category in Category.objects.all()}
        assert names == {"Parent": None, "Tips & Tricks": "Parent", "αβγ": "Parent", "orphan": None}
        assert Category.objects.get(name="αβγ").slug == "abg"

    def test_circles_are_opened(self, run: Any) -> None:
        output = run(
            builder.category("a", parent="b"), builder.category("b", parent="c"), builder.category("c", parent="a"),
            builder.category("self", parent="self"),
        )  # fmt: skip

        assert "circle" in output
        assert Category.objects.count() == 4
        assert Category.objects.filter(parent=None).count() == 2

    def test_deep_hierarchies_and_long_names_fit(self, run: Any) -> None:
        chain = [builder.category(f"c{n}", f"{n} " + "n" * 300, parent=f"c{n - 1}" if n else "") for n in range(60)]

        run(*chain, builder.tag("t" * 300, "T" * 300))

        assert Category.objects.filter(parent=None).count() == 1
        assert len(Tag.objects.get().name) == 100

    def test_the_sites_own_category_of_that_name_is_used(self, run: Any) -> None:
        own = make_category("News", slug="news")
        other = make_category("Something else", slug="music")

        run(
            builder.category("news", "News"),
            builder.category("music", "Music"),
            builder.item(1, terms=builder.use("news")),
        )

        assert PostPage.objects.get().category == own
        assert Category.objects.get(name="Music").slug == "music-2"
        other.refresh_from_db()
        assert other.name == "Something else"

    def test_a_post_has_one_category_and_all_its_tags(self, run: Any) -> None:
        terms = "".join(
            [builder.use("uncategorized"), builder.use("b"), builder.use("a")]
            + [builder.use(f"t{n}", f"Tag {n}", domain="post_tag") for n in range(45)]
        )
        output = run(builder.item(1, terms=terms))

        post = PostPage.objects.get()
        assert post.category.slug == "b"
        assert post.tags.count() == 45
        assert "2 × further categories" in output

    def test_tags_that_no_post_has_exist_too_and_letter_case_makes_no_second(self, run: Any) -> None:
        Tag.objects.create(name="spring", slug="spring")

        run(builder.tag("spring", "Spring"), builder.tag("unused", "Un&amp;used"), builder.tag("🎉", "🎉"))

        assert set(Tag.objects.values_list("name", flat=True)) == {"spring", "Un&used", "🎉"}
        assert all(Tag.objects.values_list("slug", flat=True))

    def test_an_export_of_a_part_brings_the_terms_its_posts_name(self, run: Any) -> None:
        run(builder.item(1, terms=builder.use("news", "News") + builder.use("a-tag", "A tag", domain="post_tag")))

        post = PostPage.objects.get()
        assert post.category.name == "News"
        assert [tag.name for tag in post.tags.all()] == ["A tag"]

    def test_terms_that_the_site_itself_no_longer_has_are_left_out(self, run: Any) -> None:
        output = run(builder.tag("kept"), builder.item(1, terms=builder.use("lost", domain="post_tag")))

        assert [tag.name for tag in Tag.objects.all()] == ["kept"]
        assert "only a post names" in output


class TestStates:
    def test_what_is_published_is_live_with_its_dates(self, run: Any, client: Any) -> None:
        run(
            builder.item(1, title="Live", wp__post_modified_gmt="2021-01-01 00:00:00"),
            builder.item(2, title="Never changed", wp__post_modified_gmt="0000-00-00 00:00:00"),
        )

        post = PostPage.objects.get(title="Live")
        assert post.live
        assert not post.has_unpublished_changes
        assert post.first_published_at == datetime(2020, 2, 3, 4, 5, 5, tzinfo=UTC)
        assert post.last_published_at == datetime(2021, 1, 1, tzinfo=UTC)
        assert post.live_revision_id == post.latest_revision_id is not None
        assert client.get(post.url).status_code == 200
        other = PostPage.objects.get(title="Never changed")
        assert other.last_published_at == other.first_published_at

    def test_the_future_goes_live_by_itself(self, run: Any, client: Any) -> None:
        moment = timezone.now() + timedelta(minutes=5)
        run(builder.item(1, title="Soon", wp__status="future", wp__post_date_gmt=f"{moment:%Y-%m-%d %H:%M:%S}"))
        post = PostPage.objects.get()
        assert not post.live
        assert post.scheduled_revision is not None
        assert client.get(post.url).status_code == 404

        post.revisions.update(approved_go_live_at=timezone.now() - timedelta(seconds=1))
        revision = post.latest_revision
        revision.refresh_from_db()
        revision.content["go_live_at"] = (timezone.now() - timedelta(seconds=1)).isoformat()
        revision.save()
        call_command("publish_scheduled")

        post.refresh_from_db()
        assert post.live
        assert client.get(post.url).status_code == 200

    def test_as_in_wordpress_the_date_decides_between_future_and_published(self, run: Any) -> None:
        run(
            builder.item(1, title="Was future", wp__status="future"),
            builder.item(2, title="Published later", wp__post_date_gmt="2100-01-01 00:00:00"),
        )

        assert [post.title for post in PostPage.objects.live()] == ["Was future"]
        assert PostPage.objects.get(title="Published later").scheduled_revision is not None

    @pytest.mark.parametrize("status", ["draft", "pending", "auto-draft", "private", "plugin-state"])
    def test_everything_else_stays_a_draft(self, run: Any, client: Any, status: str) -> None:
        run(builder.item(1, title="Not yet", wp__status=status, wp__post_date_gmt="0000-00-00 00:00:00"))

        post = PostPage.objects.get()
        assert (post.live, post.first_published_at, post.has_unpublished_changes) == (False, None, True)
        assert post.slug == "not-yet"
        assert client.get(post.url).status_code == 404

    def test_what_lies_in_the_bin_is_left_out_and_taken_off_later(self, run: Any) -> None:
        output = run(builder.item(1, wp__status="trash"))
        assert row(output, "posts") == [1, 0, 0, 0, 1]
        assert not PostPage.objects.exists()

        run(builder.item(2))
        run(builder.item(2, wp__status="trash"))

        assert not PostPage.objects.get().live

    def test_a_password_hides_everything_until_it_is_given(self, run: Any, client: Any) -> None:
        run(
            builder.item(
                1, title="", wp__post_name="door", wp__post_password="sesame", content__encoded="Forty thieves.",
                excerpt__encoded="About thieves."
            ),
            builder.page(2, "Cave", wp__post_password="sesame", content__encoded="Gold."),
        )  # fmt: skip

        post, page = PostPage.objects.get(), StandardPage.objects.get()
        assert (post.title, post.excerpt) == ("Untitled 1", "")
        for found, secret in ((post, "thieves"), (page, "Gold")):
            refused = client.get(found.url)
            assert secret not in refused.content.decode()
            assert 'type="password"' in refused.content.decode()
        restriction = PageViewRestriction.objects.get(page_id=post.pk)
        door = f"/_util/authenticate_with_password/{restriction.pk}/{post.pk}/"
        opened = client.post(door, {"password": "sesame", "return_url": post.url})
        assert opened.status_code == 302
        assert "thieves" in client.get(post.url).content.decode()

        run(builder.item(1, title="", wp__post_name="door", content__encoded="Forty thieves."))
        assert not PageViewRestriction.objects.filter(page_id=post.pk).exists()


class TestPages:
    def test_pages_keep_their_places_whatever_their_order_in_the_file(self, run: Any) -> None:
        run(
            builder.page(3, "Level 3", parent=2),
            builder.page(2, "Level 2", parent=1, order=2),
            builder.page(1, "Level 1"),
            builder.page(4, "First below", parent=1, order=1),
            builder.page(5, "Lost", parent=99),
        )

        found = StandardPage.objects.order_by("path").values_list("url_path", flat=True)
        assert list(found) == [
            "/home/level-1/",
            "/home/level-1/first-below/",
            "/home/level-1/level-2/",
            "/home/level-1/level-2/level-3/",
            "/home/lost/",
        ]

    def test_a_new_order_of_the_menu_is_followed(self, run: Any) -> None:
        run(*(builder.page(n, f"P{n}", order=n) for n in range(1, 5)))
        run(builder.page(1, "P1", order=9), *(builder.page(n, f"P{n}", order=5 - n) for n in range(2, 5)))

        assert list(StandardPage.objects.order_by("path").values_list("title", flat=True)) == ["P4", "P3", "P2", "P1"]
        assert run_checks() == []

    def test_circles_and_bottomless_depths_end(self, run: Any) -> None:
        deep = [builder.page(100 + n, f"D{n}", parent=99 + n if n else 0) for n in range(70)]

        output = run(
            builder.page(1, "A", parent=2), builder.page(2, "B", parent=1), builder.page(3, "C", parent=3), *deep
        )

        assert StandardPage.objects.count() == 73
        assert "circle" in output
        assert "too deep" in output
        assert run_checks() == []

    def test_addresses_of_the_site_itself_are_left_to_it(self, run: Any, client: Any) -> None:
        run(builder.page(1, "Search", wp__post_name="search"), builder.page(2, "Creators", wp__post_name="creators"))

        assert set(StandardPage.objects.values_list("slug", flat=True)) == {"search-page", "creators-2"}

    def test_a_page_that_moved_there_moves_here(self, run: Any) -> None:
        run(builder.page(1, "A"), builder.page(2, "B"), builder.page(3, "C", parent=1), builder.page(4, "C", parent=2))
        run(builder.page(1, "A"), builder.page(2, "B"), builder.page(3, "C", parent=2), builder.page(4, "C", parent=2))

        urls = StandardPage.objects.filter(title="C").order_by("path").values_list("url_path", flat=True)
        assert list(urls) == ["/home/b/c-2/", "/home/b/c/"]
        assert run_checks() == []


class TestTitles:
    @pytest.mark.parametrize(
        ("title", "content", "expected"),
        [
            ("A &amp; <i>B</i>", "", "A & B"),
            ("", "<p>First words of the <b>text</b> to</p>" + "go on " * 20, "First words of the text to go on go on go on go on go on go…"),
            ("<img src=x>", "", "Untitled 1"),
            ("\u200b\u2060", "[gallery]", "Untitled 1"),
            ("مرحبا بالعالم", "", "مرحبا بالعالم"),
            ("Nul\x07l", "", "Null"),
        ],
    )  # fmt: skip
    def test_every_post_has_a_title_to_find_it_by(self, run: Any, title: str, content: str, expected: str) -> None:
        run(builder.item(1, title=title, content__encoded=content))

        assert PostPage.objects.get().title == expected

    def test_titles_and_slugs_of_any_length_fit_and_differ(self, run: Any) -> None:
        run(*(builder.item(n, title="Long title " * 30) for n in range(1, 4)), builder.item(4, title="日本語"))

        posts = PostPage.objects.order_by("pk")
        assert all(len(post.title) <= 255 and len(post.slug) <= 100 for post in posts)
        assert len({post.slug for post in posts}) == 4
        assert posts[3].slug == "ri-ben-yu"

    def test_slugs_come_from_wordpress(self, run: Any) -> None:
        run(
            builder.item(1, wp__post_name="%ce%b5%cf%80%ce%af"),
            builder.item(2, wp__post_name="same"),
            builder.item(3, wp__post_name="same"),
        )

        assert list(PostPage.objects.order_by("pk").values_list("slug", flat=True)) == ["epi", "same", "same-2"]

    def test_excerpts_are_short_words(self, run: Any) -> None:
        run(builder.item(1, excerpt__encoded="<p>Only &amp; just</p> " + "word " * 300))

        excerpt = PostPage.objects.get().excerpt
        assert excerpt.startswith("Only & just word")
        assert len(excerpt) <= 500


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
            builder.item(1, title="New", content__encoded="New text.", terms=builder.use("b") + builder.use("u", domain="post_tag")),
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
    assert "Not imported: 1 comments." in output
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
    assert assert_pages_are_sound(client) >= 56 + 21 + 2
    before = everything()
    assert row(run_file(path), "posts") == [58, 0, 0, 58, 0]
    assert everything() == before
    assert run_checks() == []
