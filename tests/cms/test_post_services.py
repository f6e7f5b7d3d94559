"""Posts through their services: who may, what is stored, what is told."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cms import selectors, services
from cms.models import CreatorPage, PostPage
from community.core import targets
from community.core.errors import (
    AccountBanned,
    AccountSuspended,
    Conflict,
    EmailNotVerified,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooMany,
)
from community.core.integrity import run_checks
from community.core.models import OutboxFact, TargetCounts
from community.core.text import POLICY_VERSION
from tests.factories import make_category, make_post, make_section, make_user


def facts_of(post):
    return list(
        OutboxFact.objects.filter(aggregate_kind="post", aggregate_id=post.pk)
        .order_by("sequence")
        .values_list("name", flat=True)
    )


@pytest.mark.django_db
class TestCreating:
    def test_first_post_makes_the_author_page(self, cast):
        post = make_post(cast.fan, "First")
        page = CreatorPage.objects.get(person=cast.fan)
        assert post.get_parent().pk == page.pk
        assert post.url == "/creators/fan/first/"
        assert post.live

    def test_a_draft_is_not_live_and_can_be_published_later(self, cast):
        post = make_post(cast.fan, published=False)
        assert not post.live
        post = services.update_post(actor=cast.fan, post=post, published=True)
        assert post.live
        assert facts_of(post) == ["post.created", "post.published", "post.updated"]

    def test_same_titles_get_numbered_slugs(self, cast):
        slugs = [make_post(cast.fan, "Same").slug for _ in range(3)]
        assert slugs == ["same", "same-2", "same-3"]

    def test_text_is_stored_clean_with_numbers(self, cast):
        post = make_post(cast.fan, content="<p>One two three</p><script>bad</script>")
        stored = PostPage.objects.get(pk=post.pk)
        assert stored.body[0].value.source == "<p>One two three</p>"
        assert stored.word_count == 3
        assert stored.reading_minutes == 1
        assert stored.summary == "One two three"
        assert stored.policy_version == POLICY_VERSION
        assert TargetCounts.objects.filter(target_kind="post", target_id=post.pk).count() == 1

    def test_tables_survive_in_an_html_block(self, cast):
        post = make_post(cast.fan, content="<table><tbody><tr><td>x</td></tr></tbody></table>")
        assert [child.block_type for child in post.body] == ["html"]

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"title": ""}, "title"),
            ({"title": "  \u0000 "}, "title"),
            ({"title": "x" * 256}, "title"),
            ({"excerpt": "x" * 501}, "excerpt"),
            ({"content": "x" * 500_001}, "content"),
            ({"tags": [""]}, "tags"),
            ({"tags": ["x" * 101]}, "tags"),
            ({"tags": [str(number) for number in range(41)]}, "tags"),
            ({"category": 999_999}, "category"),
            ({"category": -1}, "category"),
            ({"category": 2**80}, "category"),
            ({"video": "https://example.org/video"}, "video"),
        ],
    )
    def test_bad_values_are_told_by_field_and_leave_nothing(self, cast, values, field):
        with pytest.raises(Invalid) as caught:
            services.create_post(**{"actor": cast.fan, "title": "Good", "content": "x", "published": True, **values})
        assert field in caught.value.fields
        assert not PostPage.objects.exists()

    def test_tags_are_one_whatever_their_case(self, cast):
        make_post(cast.fan, tags=["Night"])
        post = make_post(cast.fan, tags=["night", "NIGHT", " night "])
        assert [tag.name for tag in post.tags.all()] == ["Night"]

    def test_who_may_not_write_is_told_why(self, cast):
        from django.contrib.auth.models import AnonymousUser

        for actor, reason in (
            (AnonymousUser(), NotSignedIn),
            (None, NotSignedIn),
            (cast.new_fan, EmailNotVerified),
            (cast.suspended, AccountSuspended),
            (cast.banned, AccountBanned),
        ):
            with pytest.raises(reason):
                services.create_post(actor=actor, title="x", content="x")

    def test_eleventh_write_in_a_minute_is_refused(self, cast):
        for _ in range(10):
            make_post(cast.fan, published=False)
        with pytest.raises(TooMany) as caught:
            make_post(cast.fan)
        assert 0 < caught.value.retry_after <= 60


@pytest.mark.django_db
class TestChanging:
    def test_a_stale_version_is_refused_and_told(self, cast):
        post = make_post(cast.fan)
        first = post.version
        services.update_post(actor=cast.fan, post=post, version=first, title="Second")
        with pytest.raises(services.StaleVersion) as caught:
            services.update_post(actor=cast.fan, post=post, version=first, title="Third")
        assert caught.value.details["currentVersion"] == PostPage.objects.get(pk=post.pk).version
        assert PostPage.objects.get(pk=post.pk).title == "Second"

    def test_only_the_named_fields_change(self, cast):
        category = make_category()
        post = make_post(cast.fan, "Old", tags=["kept"], category=category, excerpt="Kept")
        post = services.update_post(actor=cast.fan, post=post, title="New")
        assert (post.title, post.excerpt, post.category) == ("New", "Kept", category)
        assert [tag.name for tag in post.tags.all()] == ["kept"]
        assert post.live

    def test_content_over_other_blocks_is_refused(self, cast):
        post = make_post(cast.fan, content=None, body=[("quote", {"text": "So it is", "attribution": ""})])
        with pytest.raises(Conflict):
            services.update_post(actor=cast.fan, post=post, content="<p>gone?</p>")

    def test_a_change_to_a_draft_of_a_live_post_keeps_the_draft(self, cast):
        post = make_post(cast.fan, "Live title")
        draft = post.get_latest_revision_as_object()
        draft.excerpt = "Written in the admin"
        draft.save_revision()
        post = services.update_post(actor=cast.fan, post=post, title="From the API")
        assert post.excerpt == "Written in the admin"

    def test_strangers_cannot_change_or_delete(self, cast):
        post = make_post(cast.fan)
        for stranger in (cast.other_fan, cast.creator, cast.editor):
            with pytest.raises(NotAllowed):
                services.update_post(actor=stranger, post=post, title="Mine")
            with pytest.raises(NotAllowed):
                services.delete_post(actor=stranger, post=post)
        with pytest.raises(NotAllowed):
            services.update_post(actor=cast.moderator, post=post, title="Mine")

    def test_editors_own_sections(self, cast):
        post = services.create_post(actor=cast.editor, title="Desk", content="x", published=True, parent=make_section())
        other = make_user("second_editor")
        other.groups.set(cast.editor.groups.all())
        assert services.update_post(actor=other, post=post, title="Edited").title == "Edited"


@pytest.mark.django_db
class TestBin:
    def test_deleted_is_gone_for_everybody_and_comes_back_as_a_draft(self, cast):
        post = make_post(cast.fan)
        services.delete_post(actor=cast.fan, post=post)
        for viewer in (None, cast.fan, cast.admin):
            with pytest.raises(NotFound):
                selectors.get_post(post.pk, viewer=viewer)
            assert not selectors.list_posts(viewer=viewer, drafts=True).exists()
        with pytest.raises(NotFound):
            services.delete_post(actor=cast.fan, post=post)
        back = services.restore_post(actor=cast.fan, post=post)
        assert not back.live
        assert facts_of(post)[-3:] == ["post.unpublished", "post.deleted", "post.restored"]

    def test_authors_do_not_undo_moderators(self, cast):
        post = make_post(cast.fan)
        services.delete_post(actor=cast.moderator, post=post)
        with pytest.raises(NotAllowed):
            services.restore_post(actor=cast.fan, post=post)
        targets.of_kind("post").restore(post.pk, actor=cast.moderator)
        assert PostPage.objects.get(pk=post.pk).deleted_at is None

    def test_a_scheduled_post_in_the_bin_never_goes_live(self, cast, time_machine):
        from django.core.management import call_command

        post = make_post(cast.fan, published=False)
        draft = post.get_latest_revision_as_object()
        draft.go_live_at = timezone.now() + timedelta(hours=1)
        draft.save_revision().publish(skip_permission_checks=True)
        services.delete_post(actor=cast.fan, post=post)
        time_machine.move_to(timezone.now() + timedelta(hours=2))
        call_command("publish_scheduled")
        assert not PostPage.objects.get(pk=post.pk).live

    def test_the_bin_is_emptied_after_thirty_days(self, cast):
        post = make_post(cast.fan)
        services.delete_post(actor=cast.fan, post=post)
        assert services.purge_bin() == 0
        PostPage.objects.update(deleted_at=timezone.now() - timedelta(days=31))
        assert services.purge_bin() == 1
        assert not PostPage.objects.exists()
        assert not TargetCounts.objects.filter(target_kind="post").exists()


@pytest.mark.django_db(transaction=True)
def test_fifty_simultaneous_creations_give_fifty_pages_and_a_sound_tree(settings, cast):
    settings.RATE_LIMIT_SCALE = 1000
    author = cast.fan
    errors = []

    def write(number):
        try:
            for turn in range(5):
                make_post(author, "The same title", published=(number + turn) % 2 == 0)
        except Exception as error:  # noqa: BLE001 - collected for the assertion
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert PostPage.objects.count() == 50
    assert len(set(PostPage.objects.values_list("slug", flat=True))) == 50
    assert not run_checks(["page-tree", "page-slugs", "author-pages"])


@pytest.mark.django_db(transaction=True)
def test_first_posts_of_many_at_once_make_one_author_page_each(settings, home):
    people = [make_user(f"writer_{number}") for number in range(4)]
    errors = []

    def write(person):
        try:
            make_post(person)
        except Exception as error:  # noqa: BLE001 - collected for the assertion
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(person,)) for person in people for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert CreatorPage.objects.count() == 4
    assert PostPage.objects.count() == 8


@pytest.mark.django_db
def test_the_summary_is_made_of_the_words_that_are_read(cast):
    post = make_post(
        cast.fan,
        content=None,
        body=[
            ("html", "<p>First &amp; <b>second</b></p>"),
            ("code", {"language": "python", "code": "print('no')"}),
            ("video", {"video": "dQw4w9WgXcQ", "title": "no", "start": None}),
            ("quote", {"text": "third", "attribution": ""}),
        ],
    )
    assert post.summary == "First & second third"
    assert post.word_count == 3
