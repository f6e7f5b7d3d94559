"""The bar below a post, for guests and people; types in the admin; lists by what people like."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from cms.models import PostPage
from community.core import jobs
from community.core.models import TargetCounts
from community.reactions.models import Reaction, ReactionType
from community.reactions.services import add_reaction
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(cast):
    return make_post(cast.creator, "Loved")


def bar(client, post):
    page = client.get(post.url).content.decode()
    return page.partition('class="engage"')[2].partition("reader__foot")[0]


def test_a_form_gives_and_takes_back_and_leads_to_the_post(cast, post, client_for):
    fan = client_for(cast.fan)
    assert 'name="add" value="FIRE" aria-pressed="false"' in bar(fan, post)
    answer = fan.post(f"/reactions/post/{post.pk}/", {"add": "FIRE"})
    assert (answer.status_code, answer["Location"]) == (302, f"{post.url}#reactions")
    shown = bar(fan, post)
    assert 'name="remove" value="FIRE" aria-pressed="true"' in shown
    assert "Who reacted" in shown
    fan.post(f"/reactions/post/{post.pk}/", {"remove": "FIRE"})
    assert 'name="add" value="FIRE"' in bar(fan, post)
    for nonsense in ({}, {"add": "x\0"}, {"add": "N" * 1000}):
        assert fan.post(f"/reactions/post/{post.pk}/", nonsense).status_code == 400


def test_what_guests_get_is_kept_and_holds_nothing_of_anybody(cast, post, client, client_for):
    fan = client_for(cast.fan)
    add_reaction(actor=cast.fan, kind="post", target_id=post.pk, code="LOVE")
    assert 'value="LOVE" aria-pressed="true"' in bar(fan, post)
    answer = client.get(post.url)
    page = answer.content.decode()
    assert "X-Page-Tags" in answer.headers or "s-maxage" in answer["Cache-Control"]
    shown = bar(client, post)
    assert "csrfmiddlewaretoken" not in page
    assert "aria-pressed" not in shown.replace("data-set-theme", "")
    assert "<form" not in shown
    assert shown.count(f"next={post.url.replace('/', '%2F')}") == 8
    assert re.search(r'title="Love".*?reaction__count">1<', shown, re.DOTALL)
    assert "Who reacted" in shown
    other = bar(client_for(cast.other_fan), post)
    assert 'aria-pressed="true"' not in other


def test_pages_of_signed_in_readers_stay_cheap(cast, post, client_for, django_assert_max_num_queries):
    fan = client_for(cast.fan)
    fan.get(post.url)
    with django_assert_max_num_queries(26):
        fan.get(post.url)


def test_a_preview_has_no_bar(cast, post, client_for):
    draft = make_post(cast.creator, "Not yet", published=False)
    page = client_for(cast.creator).get(f"/api/posts/{draft.pk}")
    assert page.json()["data"]["viewer"] == {"reactions": [], "bookmarked": False}


def test_editing_a_type_weighs_what_there_is_anew(cast, post, client_for):
    add_reaction(actor=cast.fan, kind="post", target_id=post.pk, code="LOVE")
    admin = client_for(cast.admin)
    love = ReactionType.objects.get(code="LOVE")
    url = f"/cms/snippets/reactions/reactiontype/edit/{love.pk}/"
    assert admin.get("/cms/snippets/reactions/reactiontype/").status_code == 200
    assert "disabled" in re.search(r'<input[^>]*name="code"[^>]*>', admin.get(url).content.decode())[0]
    sent = {"code": "HATE", "emoji": "💜", "label": "Love", "weight": 7, "order": 2, "active": "on"}
    assert admin.post(url, sent).status_code == 302
    love.refresh_from_db()
    assert (love.code, love.emoji, love.weight) == ("LOVE", "💜", 7)
    before = TargetCounts.objects.get(target_id=post.pk)
    jobs.work()
    after = TargetCounts.objects.get(target_id=post.pk)
    assert (before.reactions_weight, after.reactions_weight) == (2, 7)
    assert after.score > before.score
    assert admin.post(url, {**sent, "weight": 1000}).status_code == 200
    assert client_for(cast.creator).get(url).status_code == 404


def ids(client, query):
    return [int(item["id"]) for item in client.get(f"/api/posts?{query}").json()["data"]["items"]]


def test_posts_trend_by_what_is_new_and_loved(cast, client):
    """What somebody likes now stands before what ten people liked a day ago, but not before what hundreds did."""
    old, older, fresh = (make_post(cast.creator, f"Post {number}") for number in range(3))
    now = timezone.now()
    for post, age, weight in ((old, 1, 10), (older, 1.6, 900), (fresh, 0, 1)):
        post.first_published_at = now - timedelta(days=age)
        post.save()
        TargetCounts.objects.filter(target_id=post.pk).update(reactions=weight, reactions_weight=weight)
    assert ids(client, "sort=trending") == [fresh.pk, older.pk, old.pk]
    add_reaction(actor=cast.fan, kind="post", target_id=old.pk, code="SPARKLE")
    row = TargetCounts.objects.get(target_id=old.pk)
    assert row.score == pytest.approx(1.1139 + (now - timedelta(days=1)).timestamp() / 45_000, abs=1e-3)
    TargetCounts.objects.update(reactions=0, reactions_weight=0)
    Reaction.objects.all().delete()


def test_what_is_popular_was_published_within_the_window(cast, client):
    posts = [make_post(cast.creator, f"Post {days}") for days in (0, 3, 20, 200, 900)]
    for post, days in zip(posts, (0, 3, 20, 200, 900), strict=True):
        PostPage.objects.filter(pk=post.pk).update(first_published_at=timezone.now() - timedelta(days=days))
        TargetCounts.objects.filter(target_id=post.pk).update(reactions=days, comments=1, bookmarks=1)
    numbers = [post.pk for post in posts]
    for window, many in {"day": 1, "week": 2, "month": 3, "year": 4, "all": 5}.items():
        assert ids(client, f"sort=popular&window={window}") == numbers[:many][::-1]
    assert ids(client, "sort=popular") == numbers[:4][::-1]
    assert client.get("/api/posts?sort=popular&window=century").status_code == 400
    page = client.get("/latest/?sort=popular&window=week").content.decode()
    assert page.index(">Post 3<") < page.index(">Post 0<")
    assert "Post 20" not in page
    assert 'href="/latest/?sort=popular&amp;window=all"' in page
    assert 'href="/latest/?sort=popular&amp;window=week" aria-current="true"' in page
