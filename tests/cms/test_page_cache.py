"""Kept pages and content: which answers may be kept, and what makes them old."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import transaction
from wagtail.models import Page, PageViewRestriction, Site

from cms import receivers, services
from cms.models import Announcement, FeaturedPost, ReusableContent, SiteFrame
from cms.subscribers import make_kept_pages_old
from community.accounts import services as accounts
from community.accounts.choices import Role, Status
from community.accounts.models import Profile, User
from community.core import generations
from community.core.cache import ForgivingRedisCache, RedisAwayError, redis_attempt
from community.core.outbox import Recorded, subscribers
from community.reactions.models import ReactionType
from community.youtube.models import VideoPreview
from tests.factories import make_category, make_image, make_post, make_section, make_series, make_user

pytestmark = pytest.mark.django_db


def token(tag: str = generations.SITE) -> Any:
    return redis_attempt(caches["default"], lambda redis: redis.get(generations.key(tag)))


@pytest.fixture
def bumps(django_capture_on_commit_callbacks: Any) -> Callable[[Callable[[], Any]], bool]:
    """Whether doing something makes kept pages old, once it is committed."""

    def look(do: Callable[[], Any]) -> bool:
        before = token()
        with django_capture_on_commit_callbacks(execute=True):
            do()
        return bool(token() != before)

    return look


def test_what_is_the_same_for_all_guests_is_kept(client, cast):
    category = make_category("Drawing")
    post = make_post(cast.creator, "Kept", category=category, tags=["ink"])
    series, section = make_series(cast.creator), make_section()
    pages = [
        "/", "/de/", "/latest/?sort=popular&page=1", category.get_absolute_url(), "/tags/ink/", post.url, series.url,
        section.url, "/creators/", post.get_parent().url, f"/@{cast.fan.username}/", "/api/posts", "/api/categories",
        "/api/tags", f"/api/posts/{post.pk}", "/api/series", "/api/menus", "/api/announcements",
        f"/api/users/{cast.creator.username}",
    ]  # fmt: skip
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert "site" in answer["X-Page-Tags"].split(), page
        assert answer["Cache-Control"] == "public, max-age=0, s-maxage=1, must-revalidate"
        assert {"Cookie", "Accept-Encoding"} <= {part.strip() for part in answer["Vary"].split(",")}
        assert "csrf" not in answer.content.decode().lower(), page
    assert client.get(post.url)["X-Page-Tags"] == f"site post:{post.pk}"
    assert client.get(f"/api/posts/{post.pk}")["X-Page-Tags"] == f"site post:{post.pk}"
    for page in ("/offline/", "/manifest.webmanifest"):
        answer = client.get(page)
        assert (answer["X-Page-Tags"], answer["Cache-Control"]) == ("site", "public, max-age=300")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/search/?q=x", "private, no-cache"),
        ("/account/login/", "no-store"),
        ("/de/account/login/", "no-store"),
        ("/cms/", "private"),
        ("/api/search?q=words", "private, no-cache"),
        ("/nothing/", "no-store"),
        ("/robots.txt", "private, no-cache"),
        ("/healthz", "no-store"),
    ],
)
def test_nothing_else_is_kept_by_anybody(client, cast, path, says):
    answer = client.get(path)
    assert "X-Page-Tags" not in answer
    assert says in answer["Cache-Control"]


def test_no_page_of_somebody_known_is_kept(client, client_for, cast):
    post = make_post(cast.creator, "Seen")
    for page in ("/", post.url, "/api/posts", f"/api/posts/{post.pk}"):
        for answer in (
            client_for(cast.fan).get(page),
            client.get(page, headers={"Authorization": "Bearer x"}),
            client.get(page, headers={"Cookie": "messages=x"}),
        ):
            assert "X-Page-Tags" not in answer
            assert "public" not in answer["Cache-Control"]
    assert "X-Page-Tags" not in client.post("/api/posts", {}, content_type="application/json")


def test_the_question_for_a_password_is_not_kept(client, cast):
    post = make_post(cast.creator, "Locked")
    PageViewRestriction.objects.create(page=post, restriction_type="password", password="Sesame-2026!")
    answer = client.get(post.url)
    assert answer.status_code == 200
    assert "X-Page-Tags" not in answer


def test_whoever_reads_ones_own_post_is_no_view(client, client_for, cast):
    post = make_post(cast.creator, "Mine")
    assert client.get(post.url)["X-Page-View"] == f"post:{post.pk}"
    assert client_for(cast.fan).get(post.url)["X-Page-View"] == f"post:{post.pk}"
    assert "X-Page-View" not in client_for(cast.creator).get(post.url)


def test_what_happens_to_a_post_makes_kept_pages_old(bumps, cast):
    post = make_post(cast.creator, "First")
    draft = make_post(cast.creator, "Draft", published=False)
    actor = cast.creator
    series = make_series(cast.verified) if hasattr(cast, "verified") else None
    assert bumps(lambda: services.update_post(actor=actor, post=post, title="Second"))
    assert not bumps(lambda: services.update_post(actor=actor, post=draft, title="Still a draft"))
    assert bumps(lambda: services.update_post(actor=actor, post=draft, published=True))
    assert bumps(lambda: services.unpublish_post(actor=actor, post=draft))
    assert bumps(lambda: services.create_post(actor=actor, title="New", content="<p>x</p>", published=True))
    assert bumps(lambda: services.delete_post(actor=actor, post=post))
    assert series is None or bumps(lambda: services.delete_series(actor=cast.verified, series=series))


def test_a_draft_beside_the_live_version_makes_nothing_old(bumps, cast):
    post = make_post(cast.creator, "Live")
    post.title = "Not yet"
    assert not bumps(lambda: post.save_revision(user=cast.creator))
    assert bumps(lambda: post.get_latest_revision().publish())


def test_a_page_that_moves_or_goes_makes_kept_pages_old(bumps, cast, home):
    post = make_post(cast.creator, "Moves")
    section = make_section("Elsewhere")
    assert bumps(lambda: Page.objects.get(pk=post.pk).move(section, pos="last-child"))
    assert bumps(lambda: Page.objects.get(pk=post.pk).delete())


def test_what_editors_change_around_pages_makes_kept_pages_old(bumps, cast, home):
    site = Site.objects.get(is_default_site=True)
    post = make_post(cast.creator, "Here", tags=["ink"])
    category, image = make_category("Drawing"), make_image()
    restriction = PageViewRestriction(page=post, restriction_type="login")
    announcement = Announcement(text="Soon")
    tag = post.tags.first()
    for thing in (announcement, ReusableContent(name="Again"), SiteFrame(site=site), restriction, category):
        assert bumps(thing.save), thing
        assert bumps(thing.save), thing
    image.focal_point_x = image.focal_point_y = image.focal_point_width = image.focal_point_height = 10
    tag.name = "Ink!"
    for thing in (image, site, tag, FeaturedPost(home=home, post=post)):
        assert bumps(thing.save), thing
    for thing in (restriction, announcement):
        assert bumps(thing.delete), thing
    assert not bumps(make_image)


def test_what_becomes_of_people_makes_kept_pages_old(bumps, cast):
    person = cast.creator
    assert bumps(lambda: accounts.update_profile(actor=person, person=person, display_name="Another name"))
    assert bumps(lambda: accounts.change_role(actor=cast.admin, person=person, role=Role.MODERATOR, reason="Help"))
    assert bumps(lambda: accounts.change_status(actor=cast.admin, person=person, status=Status.BANNED, reason="Spam"))
    assert not bumps(lambda: make_user("newcomer"))
    assert not bumps(lambda: cast.fan.save(update_fields=["last_login"]))


def test_a_fetched_video_makes_kept_pages_old_and_one_that_is_waited_for_does_not(bumps):
    video = VideoPreview(pk="dQw4w9WgXcQ")
    assert not bumps(video.save)
    video.last_error = "away"
    assert bumps(video.save)


def test_a_change_that_is_taken_back_bumps_nothing(bumps, cast):
    def fail() -> None:
        with transaction.atomic():
            make_category("Never")
            transaction.set_rollback(True)

    assert not bumps(fail)


def test_a_change_of_many_things_bumps_once_after_the_last(django_capture_on_commit_callbacks):
    seen = [token()]
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(5):
            transaction.on_commit(lambda: seen.append(token()))
            generations.bump(generations.SITE)
    assert len(set(seen)) == 1
    assert token() != seen[0]


def test_facts_bump_again_for_what_was_lost(cast, django_capture_on_commit_callbacks):
    before, any_before = token(), token(generations.ANY)
    with django_capture_on_commit_callbacks(execute=True):
        make_kept_pages_old(Recorded(id=1, fact=None, actor_id=None, correlation_id=""))
    assert token() != before
    assert token(generations.ANY) != any_before
    name = f"{make_kept_pages_old.__module__}.{make_kept_pages_old.__qualname__}"
    told = {fact for fact, functions in subscribers().items() if name in functions}
    expected = {"post.published", "post.unpublished", "post.deleted", "user.updated", "user.status_changed"}
    assert expected <= told


def test_what_was_lost_while_redis_was_away_is_made_up_once(monkeypatch):
    assert generations.make_up()
    before = token()
    assert generations.make_up()
    assert token() == before
    with monkeypatch.context() as redis_is_away:
        redis_is_away.setattr(ForgivingRedisCache, "attempt", _away)
        generations.bump(generations.SITE)
        assert not generations.make_up()
    assert token() == before
    assert generations.make_up()
    assert token() != before


def _away(_cache, _work):
    raise RedisAwayError


def test_every_model_is_shown_on_pages_or_known_not_to_be():
    shown = {*receivers.SHOWN, User, Profile, ReactionType}
    known = NOT_SHOWN
    for model in apps.get_models():
        label = model._meta.label
        if model.__module__.startswith(
            (
                "cms.",
                "community.accounts.",
                "community.bookmarks.",
                "community.reactions.",
                "community.comments.",
                "community.polls.",
                "community.moderation.",
                "community.youtube.",
                "taggit.",
                "wagtail.models",
                "wagtail.contrib.",
            )
        ):
            covered = issubclass(model, tuple(shown)) or label in known
            assert covered, f"Do kept pages show {label}? Put it into cms.receivers.SHOWN, or here into NOT_SHOWN."


#: No guest's page shows them, or a minute late is early enough (the numbers of a post).
NOT_SHOWN = {
    "accounts.CodeChallenge", "accounts.DataExport", "accounts.DeletionRequest", "accounts.EmailChange",
    "accounts.FormerUsername", "accounts.Impersonation", "accounts.Invitation", "accounts.InvitationUse",
    "accounts.JoiningRule", "accounts.LoginAttempt", "accounts.NameReservation", "accounts.PersonalAccessToken",
    "accounts.Preferences", "accounts.Referral", "accounts.ReferralCode", "accounts.RetiredName",
    "accounts.SecurityAlert", "accounts.StaffSafety", "accounts.StatusChange", "accounts.TermsAgreement",
    "bookmarks.Bookmark", "bookmarks.Folder", "bookmarks.Share",
    "cms.CategoryRead", "cms.CreatorGround", "cms.EmptySearch", "cms.FeedPreference", "cms.ImportedObject",
    "cms.ListedPost", "reactions.Reaction", "taggit.TaggedItem",
    # Their services bump the post they are about.
    "comments.Comment", "comments.CommentEdit", "moderation.Report",
    "polls.Ballot", "polls.Choice", "polls.Option", "polls.Poll",
    "wagtailcore.APIToken", "wagtailcore.Collection", "wagtailcore.CollectionViewRestriction", "wagtailcore.Comment",
    "wagtailcore.CommentReply", "wagtailcore.GroupApprovalTask", "wagtailcore.GroupCollectionPermission",
    "wagtailcore.GroupPagePermission", "wagtailcore.GroupSitePermission", "wagtailcore.ModelLogEntry",
    "wagtailcore.PageLogEntry", "wagtailcore.PageSubscription", "wagtailcore.ReferenceIndex", "wagtailcore.Revision",
    "wagtailcore.Task", "wagtailcore.TaskState", "wagtailcore.UploadedFile", "wagtailcore.Workflow",
    "wagtailcore.WorkflowContentType", "wagtailcore.WorkflowPage", "wagtailcore.WorkflowState",
    "wagtailcore.WorkflowTask", "wagtailsearchpromotions.Query", "wagtailsearchpromotions.QueryDailyHits",
    "wagtailsearchpromotions.SearchPromotion",
}  # fmt: skip
