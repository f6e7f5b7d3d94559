"""`manage.py import_wordpress`: what the people, terms, posts and pages of a WordPress site become here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from taggit.models import Tag
from wagtail.models import PageViewRestriction

from cms.models import Category, CreatorPage, PostPage, StandardPage
from community.accounts.models import User
from community.core.integrity import run_checks
from tests.cms.wxr import builder
from tests.cms.wxr.running import row, run_file
from tests.factories import make_category, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """`run(*inside)`: imports an export that holds this, and returns what the command printed."""

    def run(*inside: str, dry_run: bool = False, **options: str) -> str:
        return run_file(builder.write(tmp_path, *inside, **options), dry_run=dry_run)

    return run


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

    def test_a_password_hides_everything_until_it_is_given(
        self, run: Any, client: Any, client_for: Any, cast: Any
    ) -> None:
        run(
            builder.item(
                1, title="", wp__post_name="door", wp__post_password="sesame", content__encoded="Forty thieves.",
                excerpt__encoded="About thieves."
            ),
            builder.page(2, "Cave", wp__post_password="sesame", content__encoded="Gold."),
        )  # fmt: skip

        post, page = PostPage.objects.get(), StandardPage.objects.get()
        assert (post.title, post.excerpt) == ("Untitled 1", "This text is behind a password.")
        for found, secret in ((post, "thieves"), (page, "Gold")):
            refused = client.get(found.url)
            assert secret not in refused.content.decode()
            assert 'type="password"' in refused.content.decode()
        restriction = PageViewRestriction.objects.get(page_id=post.pk)
        door = f"/_util/authenticate_with_password/{restriction.pk}/{post.pk}/"
        opened = client.post(door, {"password": "sesame", "return_url": post.url})
        assert opened.status_code == 302
        assert "thieves" in client.get(post.url).content.decode()

        for url in ("/", "/creators/anna/", "/sitemap.xml", "/api/posts"):
            assert "thieves" not in client_for(cast.fan).get(url).content.decode(), url

        run(builder.item(1, title="", wp__post_name="door", content__encoded="Forty thieves."))
        assert not PageViewRestriction.objects.filter(page_id=post.pk).exists()

    def test_the_api_shows_a_protected_text_to_its_author_only(self, run: Any, client_for: Any, cast: Any) -> None:
        run(builder.item(1, wp__post_password="sesame", content__encoded="Forty thieves."))
        post = PostPage.objects.get()

        answer = client_for(cast.fan).get(f"/api/posts/{post.pk}").content.decode()
        assert "thieves" not in answer
        answer = client_for(post.author).get(f"/api/posts/{post.pk}").content.decode()
        assert "thieves" in answer


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
        deep = [builder.page(100 + n, f"D{n}", parent=99 + n if n else 0) for n in range(45)]

        output = run(
            builder.page(1, "A", parent=2), builder.page(2, "B", parent=1), builder.page(3, "C", parent=3), *deep
        )

        assert StandardPage.objects.count() == 48
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
            ("", "<h2>First <b>words</b></h2>" + "and more " * 9, f"First words{5 * ' and more'}…"),
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
