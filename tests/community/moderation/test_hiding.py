"""What moderators hide is gone for others, keeps why, and comes back exactly as it was."""

from __future__ import annotations

import pytest

from cms.models import PostPage
from cms.services import delete_post, update_post
from community.accounts.models import Profile
from community.accounts.services import update_profile
from community.core.errors import Conflict
from community.core.integrity import run_checks
from community.core.models import AuditEntry, OutboxFact
from community.moderation.choices import State
from community.moderation.models import Report
from community.moderation.services import report
from tests.factories import make_post
from tests.support.api import error_of, fields_of, send
from tests.support.facts import told

pytestmark = pytest.mark.django_db

KEPT = (
    "live", "first_published_at", "last_published_at", "live_revision_id", "latest_revision_id", "edited_at",
    "has_unpublished_changes", "title", "slug", "url_path",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMIT_SCALE = 1000


@pytest.fixture
def moderator(client_for, cast):
    return client_for(cast.moderator)


def state_of(post):
    return PostPage.objects.filter(pk=post.pk).values(*KEPT).get()


def facts_of(post):
    rows = OutboxFact.objects.filter(aggregate_kind="post", aggregate_id=post.pk).order_by("pk")
    return list(rows.values_list("name", flat=True))


def hide(client, path, reason="Spam"):
    return send(client, "put", f"/api/{path}/hiding", {"reason": reason})


def test_a_hidden_post_comes_back_exactly_as_it_was(client, moderator, cast):
    post = make_post(cast.creator, "Something rare to find")
    before, url = state_of(post), post.get_url()
    assert hide(moderator, f"posts/{post.pk}").status_code == 204
    assert client.get(url).status_code == 404
    assert client.get(f"/api/posts/{post.pk}").status_code == 404
    assert url not in client.get("/search/?q=rare").content.decode()
    assert hide(moderator, f"posts/{post.pk}").status_code == 404, "hidden already"
    assert not run_checks()
    told()
    assert moderator.delete(f"/api/posts/{post.pk}/hiding").status_code == 204
    assert state_of(post) == before
    assert client.get(url).status_code == 200
    assert url in client.get("/search/?q=rare").content.decode()
    told()
    assert facts_of(post) == ["post.created", "post.published", "post.unpublished", "post.hidden", "post.brought_back"]
    assert moderator.delete(f"/api/posts/{post.pk}/hiding").status_code == 404, "nothing is hidden"
    acts = AuditEntry.objects.filter(target_kind="post").order_by("pk").values_list("act", "detail__reason")
    assert list(acts) == [("post.hidden", "Spam"), ("post.brought_back", "")]


def test_nobody_publishes_what_is_hidden(client_for, moderator, cast):
    post = make_post(cast.creator, "One")
    hide(moderator, f"posts/{post.pk}")
    author = client_for(cast.creator)
    answer = send(author, "put", f"/api/posts/{post.pk}", {"published": True})
    assert error_of(answer) == (409, "CONFLICT")
    post.refresh_from_db()
    with pytest.raises(Conflict):
        post.get_latest_revision().publish(user=cast.admin)
    update_post(actor=cast.creator, post=PostPage.objects.get(pk=post.pk), title="Two")
    moderator.delete(f"/api/posts/{post.pk}/hiding")
    post = PostPage.objects.get(pk=post.pk)
    assert (post.title, post.live, post.has_unpublished_changes) == ("One", True, True), "readers see what they saw"
    update_post(actor=cast.creator, post=post, published=True)
    post = PostPage.objects.get(pk=post.pk)
    assert (post.title, post.live, post.hidden_at) == ("Two", True, None), "a version of then hides nothing"


def test_what_its_author_deletes_meanwhile_stays_in_the_bin(moderator, cast):
    post = make_post(cast.creator)
    hide(moderator, f"posts/{post.pk}")
    delete_post(actor=cast.creator, post=PostPage.objects.get(pk=post.pk))
    assert moderator.delete(f"/api/posts/{post.pk}/hiding").status_code == 404
    assert not PostPage.objects.get(pk=post.pk).live


def test_of_a_hidden_profile_only_the_user_name_is_left(client, client_for, moderator, cast):
    update_profile(
        actor=cast.fan, person=cast.fan, display_name="Buy cheap things", bio="Call me", website="https://bad.example/"
    )
    name = cast.fan.username
    assert "Call me" in client.get(f"/@{name}/").content.decode()
    assert hide(moderator, f"users/{name}", "Advertising").status_code == 204
    for viewer in (client, client_for(cast.other_fan)):
        assert viewer.get(f"/@{name}/").status_code == 404
        assert viewer.get(f"/api/users/{name}").status_code == 404
        assert "Buy cheap things" not in viewer.get("/search/?q=Buy+cheap").content.decode()
    own = client_for(cast.fan)
    assert own.get(f"/@{name}/").status_code == 200, "one's own"
    assert "<bdi>Advertising</bdi>" in own.get("/account/profile/").content.decode(), "and why"
    assert moderator.get(f"/@{name}/").status_code == 200
    post = make_post(cast.fan)
    page = client.get(post.get_url()).content.decode()
    assert "Buy cheap things" not in page
    assert f">{name}<" in page
    assert "bad.example" not in page
    assert client.get(f"/creators/{name.lower()}/").status_code == 404
    assert not run_checks()
    assert hide(moderator, f"users/{name}").status_code == 404, "hidden already"
    assert moderator.delete(f"/api/users/{name}/hiding").status_code == 204
    assert "Call me" in client.get(f"/creators/{name.lower()}/?tab=about").content.decode()
    assert moderator.delete(f"/api/users/{name}/hiding").status_code == 404
    acts = AuditEntry.objects.filter(target_kind="user").order_by("pk").values_list("act", "detail__reason")
    assert list(acts)[-2:] == [("profile.hidden", "Advertising"), ("profile.restored", "")]


def test_whoever_hides_says_why_and_stands_above(moderator, cast, client_for):
    post = make_post(cast.creator)
    for path in (f"posts/{post.pk}", f"users/{cast.fan.username}"):
        for wrong in (" ", "x" * 501, "\u200b"):
            assert set(fields_of(hide(moderator, path, wrong))) == {"reason"}
        assert hide(client_for(cast.creator), path).status_code == 403
    assert hide(moderator, f"users/{cast.admin.username}").status_code == 404
    assert hide(moderator, f"users/{cast.moderator.username}").status_code == 404
    assert hide(moderator, "posts/0").status_code == 404
    assert hide(moderator, "users/nobody_at_all").status_code == 404
    assert not Profile.objects.exclude(hidden_at=None).exists()


def test_moderators_hide_and_bring_back_on_a_page(moderator, client_for, cast):
    post = make_post(cast.creator, "Loud")
    for path in (f"/report/post/{post.pk}/hiding/", f"/report/user/{cast.fan.pk}/hiding/"):
        assert "Hide it" in moderator.get(path).content.decode()
        assert moderator.post(path, {"act": "hide", "reason": ""}).status_code == 400
        assert moderator.post(path, {"act": "hide", "reason": "\u200b"}).status_code == 400
        assert moderator.post(path, {"act": "hide", "reason": "<b>Rude</b>"}).status_code == 302
        assert "&lt;b&gt;Rude&lt;/b&gt;" in moderator.get(path).content.decode()
        assert moderator.post(path, {"act": "hide", "reason": "Again"}).status_code == 404
        assert moderator.post(path, {"act": "restore"}).status_code == 302
        assert moderator.post(path, {"act": "restore"}).status_code == 404
        assert moderator.post(path, {}).status_code == 400
        assert client_for(cast.fan).post(path, {"act": "hide", "reason": "x"}).status_code == 404


def test_profiles_are_reported_from_their_menu(client_for, cast):
    for person, path in ((cast.fan, f"/@{cast.fan.username}/"), (cast.creator, f"/creators/{cast.creator.username}/")):
        if person == cast.creator:
            make_post(person)
        link = f"/report/user/{person.pk}/"
        other = client_for(cast.other_fan)
        assert link in other.get(path).content.decode()
        assert link not in client_for(person).get(path).content.decode()
        assert f"{link}hiding/" not in other.get(path).content.decode()
        assert f"{link}hiding/" in client_for(cast.moderator).get(path).content.decode()
        assert other.post(link, {"reason": "impersonation"}).status_code == 302
    assert Report.objects.filter(target_kind="user").count() == 2


@pytest.mark.parametrize("kind", ["post", "user", "comment"])
def test_a_decision_is_taken_back_in_the_admin(moderator, cast, kind):
    from community.comments.services import add_comment

    post = make_post(cast.creator)
    comment = add_comment(actor=cast.creator, target_kind="post", target_id=post.pk, content="Hm")
    number = {"post": post.pk, "user": cast.creator.pk, "comment": comment.pk}[kind]
    for reporter in (cast.fan, cast.other_fan):
        made = report(actor=reporter, target_kind=kind, target_id=number, reason="spam")
    moderator.post("/cms/reports/open/", {"hide": made.pk, "decision": "Advertising"})
    assert set(Report.objects.values_list("state", flat=True)) == {State.UPHELD}
    page = moderator.get("/cms/reports/open/?show=hidden").content.decode()
    assert "Bring it back" in page
    assert "Advertising" in page
    moderator.post("/cms/reports/open/?show=hidden", {"restore": made.pk, "decision": "A mistake"})
    assert set(Report.objects.values_list("state", "decision")) == {(State.DISMISSED, "A mistake")}
    assert PostPage.objects.get(pk=post.pk).live
    assert Profile.objects.get(user=cast.creator).hidden_at is None
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert acts[-1] == "report.taken_back"
    assert moderator.post("/cms/reports/open/?show=hidden", {"restore": made.pk}).status_code == 302
    assert AuditEntry.objects.count() == len(acts), "once"
