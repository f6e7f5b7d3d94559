"""The demonstration: complete, honest, loaded once, and never where it does not belong."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count
from django.test.utils import override_settings
from django.utils import timezone

from cms.demo import DEMO_PASSWORD, accounts_text, demo_accounts
from cms.demo.material import read_material
from cms.demo.talk import read_talks
from cms.models import (
    Announcement,
    Category,
    CreatorPage,
    CustomImage,
    HomePage,
    PostPage,
    SectionPage,
    SeriesPage,
    StandardPage,
)
from cms.selectors import list_creators, list_scheduled, list_unfinished
from community.accounts.choices import Role, Status
from community.accounts.models import User
from community.bookmarks.models import Bookmark
from community.comments.models import Comment
from community.core.integrity import run_checks
from community.core.models import TargetCounts
from community.follows.models import Follow
from community.moderation.models import Report
from community.polls.models import Poll
from community.reactions.choices import TYPES
from community.reactions.models import Reaction

#: Loading it takes a minute or two.
pytestmark = pytest.mark.timeout(400)
SMALL = 0.1
POSTS = 200


def load() -> str:
    """What the command prints."""
    output = io.StringIO()
    with override_settings(DEMO=True):
        call_command("load_demo", picture_scale=SMALL, stdout=output)
    return output.getvalue()


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demonstration, loaded once for this module; rolled back after it, its pictures gone."""
    media = override_settings(MEDIA_ROOT=str(tmp_path_factory.mktemp("media")))
    with media, django_db_blocker.unblock(), transaction.atomic():
        yield load()
        transaction.set_rollback(True)


def contents() -> dict[str, str]:
    """A digest of all rows of each table."""
    digests = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT x::text FROM "{table}" x ORDER BY 1')  # noqa: S608 - names of our own tables
            digests[table] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return digests


# The loading


@pytest.mark.django_db
def test_everything_is_there(loaded):
    assert list_creators().count() == 12
    assert PostPage.objects.published().count() == POSTS
    assert Category.objects.count() >= 8
    assert set(SectionPage.objects.live().values_list("slug", flat=True)) >= {"news", "guides"}
    assert set(StandardPage.objects.live().values_list("slug", flat=True)) >= {"about", "rules", "privacy"}
    assert PostPage.objects.published().filter(author__username="editor").count() == 12
    assert PostPage.objects.published().filter(language="de").count() == 46
    assert CreatorPage.objects.exclude(headline="").exclude(banner=None).count() == 13
    assert User.objects.exclude(profile__avatar="").count() == 7
    assert CustomImage.objects.filter(description="", title__contains="banner").count() == 13
    assert f"{POSTS} of {POSTS} posts" in loaded


@pytest.mark.django_db
def test_editors_find_something_begun_and_something_that_waits(loaded):
    editor = User.objects.get(username="editor")
    assert [post.title for post in list_unfinished(editor)] == ["Editors’ pick: the lighthouse keeper’s radio"]
    (waiting,) = list_scheduled(viewer=editor)
    assert waiting.post.title == "How to light a face with what is in the kitchen"
    assert waiting.at > timezone.now()


@pytest.mark.django_db
def test_the_first_page_has_rows_and_members_a_banner(loaded, client):
    home = client.get("/").content.decode()
    for words in ("Look up", "Four people who make small things large", "Six weeks of crab"):
        assert words in home
    assert {row.language for row in Announcement.objects.all()} == {"en", "de"}
    assert "editors@sparkle.example" in client.get("/rules/").content.decode()


@pytest.mark.django_db
def test_series_hold_their_posts_in_the_order_they_were_written(loaded):
    material = read_material()
    assert len(material.series) >= 24
    for entry in material.series:
        series = SeriesPage.objects.get(slug=entry.slug, owner__username=entry.author)
        parts = list(series.parts())
        wanted = [p.slug for p in material.posts if p.author == entry.author and p.series == entry.slug]
        assert [part.slug for part in parts] == wanted
        assert 2 < len(parts) < 8


@pytest.mark.django_db
def test_home_welcomes_and_shows_chosen_posts(loaded):
    home = HomePage.objects.get()
    assert home.hero_text
    assert home.hero_post.slug == "how-we-lit-a-whole-canyon-with-eleven-torches"
    assert home.featured_posts.count() == 6
    assert home.live
    assert not home.has_unpublished_changes


@pytest.mark.django_db
def test_roles_and_ticks(loaded):
    roles = dict(
        User.objects.filter(username__in=[a["username"] for a in demo_accounts()]).values_list("username", "role")
    )
    assert roles == {
        "fan": Role.USER,
        "new_fan": Role.USER,
        "creator": Role.CREATOR,
        "verified_creator": Role.VERIFIED_CREATOR,
        "editor": Role.USER,
        "moderator": Role.MODERATOR,
        "admin": Role.ADMIN,
    }
    assert not User.objects.filter(is_superuser=True, username="admin").exists()
    assert User.objects.get(username="editor").groups.filter(name="Editors").exists()
    assert set(User.objects.filter(verified=True).values_list("role", flat=True)) == {Role.VERIFIED_CREATOR}


@pytest.mark.django_db
def test_only_the_listed_accounts_have_the_public_password(loaded):
    with_password = {user.username for user in User.objects.all() if user.has_usable_password()}
    assert with_password == {account["username"] for account in demo_accounts()}


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["fan", "creator", "verified_creator", "editor", "moderator", "admin"])
def test_listed_accounts_can_sign_in(loaded, client, username):
    response = client.post("/account/login/", {"login": username, "password": DEMO_PASSWORD})
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(User.objects.get(username=username).pk)


@pytest.mark.django_db
def test_new_fan_has_not_confirmed_the_address_and_may_only_read(loaded, client):
    person = User.objects.get(username="new_fan")
    assert person.email == "new-fan@sparkle.example"
    assert person.status == Status.PENDING_VERIFICATION
    assert not EmailAddress.objects.get(user=person).verified
    client.post("/account/login/", {"login": "new_fan", "password": DEMO_PASSWORD})
    assert client.session["_auth_user_id"] == str(person.pk)
    refused = client.post("/api/posts", {"title": "A post", "content": "Words"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "EMAIL_NOT_VERIFIED")


@pytest.mark.django_db
def test_dates_lie_in_the_past_and_in_order(loaded):
    admin = User.objects.get(username="admin")
    for post in PostPage.objects.published().select_related("author"):
        assert post.author.created_at < post.first_published_at < admin.created_at
        assert post.first_published_at == post.last_published_at == post.latest_revision.created_at
        assert post.edited_at is None


@pytest.mark.django_db
def test_people_have_voted(loaded):
    polls = Poll.objects.filter(shown=True).values_list("voters", flat=True)
    assert len(polls) >= 8
    assert min(polls) > 2


@pytest.mark.django_db
def test_numbers_are_honest(loaded):
    published = PostPage.objects.published().values("pk")
    rows = TargetCounts.objects.filter(target_kind="post", target_id__in=published)
    assert rows.count() == POSTS
    assert not rows.filter(views__gt=0).exists()
    assert sum(rows.values_list("comments", flat=True)) == Comment.objects.count()
    assert sum(rows.values_list("reactions", flat=True)) == Reaction.objects.filter(target_kind="post").count()


@pytest.mark.django_db
def test_people_talk_react_follow_and_keep(loaded, client):
    comments = Comment.objects.select_related("author")
    assert comments.count() == sum(len(talk.lines) for talk in read_talks()) >= 200
    canyon = PostPage.objects.get(slug="how-we-lit-a-whole-canyon-with-eleven-torches")
    assert comments.filter(target_id=canyon.pk).count() >= 50
    assert max(comment.depth for comment in comments) > 3
    assert comments.filter(youtube_timestamp__isnull=False).count() >= 8
    assert comments.filter(html__contains="spoiler").exists()
    assert comments.filter(html__contains='class="mention"').exists()
    assert comments.filter(pinned_at__isnull=False).count() >= 4
    assert set(Reaction.objects.values_list("type", flat=True)) == {code for code, *_rest in TYPES}
    loved = dict(Reaction.objects.order_by().values_list("type__code").annotate(n=Count("pk")))
    assert loved["LIKE"] > loved["LOVE"] > loved["SAD"]
    posts = PostPage.objects.in_bulk()
    base = User.objects.get(username="admin").created_at
    for comment in comments:
        assert posts[comment.target_id].first_published_at < comment.created_at < base
        assert comment.author is not None
        assert comment.author.created_at < comment.created_at
    assert not Reaction.objects.filter(created_at__gt=base).exists()
    fan = User.objects.get(username="fan")
    assert set(Follow.objects.filter(follower=fan).values_list("target_kind", "state")) == {
        ("user", "accepted"), ("user", "requested"), ("category", "accepted"), ("series", "accepted"),
    }  # fmt: skip
    assert Bookmark.objects.filter(user=fan).count() == 8
    assert Report.objects.get().state == "open"
    assert "There was a SECOND THERMOS?" in client.get(canyon.url).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/creators/nightcrew/how-we-lit-a-whole-canyon-with-eleven-torches/",
        "/creators/creator/the-best-bird-actor-i-know-is-a-penguin/",
        "/creators/nadelundnaht/eine-jacke-aus-vier-regenschirmen/",
        "/creators/lostframes/four-frames/",
        "/creators/coldkitchen/coffee-first-always/",
        "/news/the-doors-are-open/",
        "/creators/verified_creator/",
        "/creators/mikarowan/",
        "/guides/",
        "/about/",
        "/rules/",
        "/privacy/",
    ],
)
def test_pages_answer(loaded, client, address):
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_the_data_is_sound(loaded):
    assert run_checks() == []


@pytest.mark.django_db
def test_second_load_changes_nothing(loaded):
    before = contents()
    output = load()
    after = contents()
    assert [table for table in before if before[table] != after[table]] == []
    assert "posts" not in output


@pytest.mark.django_db
def test_half_a_demonstration_is_completed_with_the_same_dates(loaded):
    post = PostPage.objects.get(slug="four-frames")
    published_at = post.first_published_at
    post.delete()
    load()
    assert PostPage.objects.get(slug="four-frames").first_published_at == published_at
    assert PostPage.objects.published().count() == POSTS


@pytest.mark.django_db
def test_what_somebody_changed_stays(loaded):
    PostPage.objects.filter(slug="the-radio-rule").update(title="Another title")
    HomePage.objects.update(hero_title="Our own welcome")
    load()
    assert PostPage.objects.get(slug="the-radio-rule").title == "Another title"
    assert HomePage.objects.get().hero_title == "Our own welcome"


# Where it does not belong


@pytest.mark.django_db
def test_refused_when_the_demonstration_is_off():
    assert not settings.DEMO
    people = User.objects.count()
    with pytest.raises(CommandError, match="SPARKLE_DEMO=1"):
        call_command("load_demo")
    assert User.objects.count() == people


@pytest.mark.django_db
@override_settings(DEMO=True)
def test_refused_in_production_settings(monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "sparkle_site.settings.production")
    with pytest.raises(CommandError, match="never in production"):
        call_command("load_demo")


def test_accounts_are_listed_for_the_console():
    text = accounts_text()
    assert DEMO_PASSWORD in text
    assert [line.split()[0] for line in text.splitlines()[1:]] == [account["username"] for account in demo_accounts()]
