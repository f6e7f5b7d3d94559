"""Feeds: what one follows, what is for oneself, what trends; who is in them, why, and how one reads on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from cms.models import PostPage
from cms.services import delete_post, note_reads, restore_post, unpublish_post
from community.bookmarks.services import share_target, unshare_target
from community.core.models import TargetCounts
from community.follows.services import block, follow, mute, unfollow
from community.reactions.services import add_reaction
from tests.factories import copy_posts, make_category, make_post, make_series, make_user

pytestmark = pytest.mark.django_db

FEED = "/api/me/feed"


@pytest.fixture(autouse=True)
def _unlimited(settings):
    settings.RATE_LIMIT_SCALE = 10_000


def read(client, **query):
    query.setdefault("kind", "following")
    answer = client.get(FEED, query)
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def titles(client, **query):
    return [item["title"] for item in read(client, **query)["items"]]


def all_titles(client, *, limit=2, between=lambda: None, **query):
    """The titles of all parts, one after the other."""
    found, cursor = [], {}
    while True:
        part = read(client, limit=limit, **cursor, **query)
        found += [item["title"] for item in part["items"]]
        if not part["hasMore"]:
            return found
        cursor = {"cursor": part["nextCursor"]}
        between()


def published(post, **ago):
    """The post as if published so long ago."""
    at = timezone.now() - timedelta(**ago)
    Page.objects.filter(pk=post.pk).update(first_published_at=at)
    TargetCounts.objects.filter(target_kind="post", target_id=post.pk).update(began=at.timestamp())
    return post


def test_following_shows_posts_of_people_categories_tags_and_series_each_once_and_says_why(cast, client_for):
    films = make_category("Films", slug="films")
    series = make_series(cast.editor, "Nights")
    author = published(make_post(cast.creator, "By Ada", category=films, tags=["lamps"]), hours=1)
    in_category = published(make_post(cast.verified_creator, "A film", category=films), hours=2)
    tagged = published(make_post(cast.verified_creator, "A lamp", tags=["lamps"]), hours=3)
    part = published(make_post(cast.editor, "A night", parent=series), hours=4)
    make_post(cast.verified_creator, "Something else")
    tag_id = tagged.tags.get().pk
    for kind, pk in (("user", cast.creator.pk), ("category", films.pk), ("tag", tag_id), ("series", series.pk)):
        follow(actor=cast.fan, kind=kind, target_id=pk)
    items = read(client_for(cast.fan))["items"]
    assert [item["id"] for item in items] == [str(post.pk) for post in (author, in_category, tagged, part)]
    assert [(item["why"]["code"], item["why"]["text"]) for item in items] == [
        ("follows_person", "You follow creator"),
        ("follows_category", "You follow Films"),
        ("follows_tag", "You follow #lamps"),
        ("follows_series", "You follow Nights"),
    ]
    assert items[2]["why"]["named"][0]["url"].endswith("/tags/lamps/")
    unfollow(actor=cast.fan, kind="category", target_id=films.pk)
    assert titles(client_for(cast.fan)) == ["By Ada", "A lamp", "A night"]


def test_what_followed_people_share_comes_once_with_their_note_and_goes_when_they_take_it_back(cast, client_for):
    follow(actor=cast.fan, kind="user", target_id=cast.creator.pk)
    follow(actor=cast.fan, kind="user", target_id=cast.other_fan.pk)
    old = published(make_post(cast.verified_creator, "An old one"), days=400)
    mine = make_post(cast.creator, "By Ada")
    share_target(actor=cast.creator, kind="post", target_id=old.pk, to_followers=True, note="Read this again")
    share_target(actor=cast.other_fan, kind="post", target_id=old.pk, to_followers=True)
    share_target(actor=cast.other_fan, kind="post", target_id=mine.pk, to_followers=True, note="Good")
    share_target(actor=cast.verified_creator, kind="post", target_id=make_post(cast.editor, "Elsewhere").pk)
    first, second = read(client_for(cast.fan))["items"]
    assert (first["title"], first["why"]["code"], first["why"]["text"]) == (
        "An old one",
        "shared",
        "Shared by other_fan",
    )
    assert second["title"] == "By Ada"
    assert second["why"]["code"] == "follows_person"
    assert (second["shared"]["by"]["name"], second["shared"]["note"]) == ("other_fan", "Good")
    unshare_target(actor=cast.other_fan, kind="post", target_id=old.pk)
    item = read(client_for(cast.fan))["items"][0]
    assert (item["shared"]["by"]["name"], item["shared"]["note"]) == ("creator", "Read this again")
    unshare_target(actor=cast.creator, kind="post", target_id=old.pk)
    assert titles(client_for(cast.fan)) == ["By Ada"]


@pytest.mark.parametrize("kind", ["following", "for-you", "trending", "latest"])
def test_muted_and_blocked_people_drafts_the_bin_and_what_lies_behind_a_password_are_in_no_feed(cast, client_for, kind):
    films = make_category("Films", slug="films")
    follow(actor=cast.fan, kind="category", target_id=films.pk)
    follow(actor=cast.fan, kind="user", target_id=cast.verified_creator.pk)
    shown = make_post(cast.creator, "Seen", category=films)
    make_post(cast.verified_creator, "Muted", category=films)
    make_post(cast.other_fan, "Blocked", category=films)
    make_post(cast.creator, "Draft", category=films, published=False)
    binned = make_post(cast.creator, "Binned", category=films)
    locked = make_post(cast.creator, "Locked", category=films)
    taken = make_post(cast.creator, "Taken", category=films)
    shared = make_post(cast.other_fan, "Shared by whom I muted")
    share_target(actor=cast.verified_creator, kind="post", target_id=shared.pk, to_followers=True)
    mute(actor=cast.fan, username=cast.verified_creator.username)
    block(actor=cast.other_fan, username=cast.fan.username)
    delete_post(actor=cast.creator, post=binned)
    unpublish_post(actor=cast.creator, post=taken)
    PageViewRestriction.objects.create(page=locked, restriction_type="password", password="secret")
    assert titles(client_for(cast.fan), kind=kind) == ["Seen"]
    for status in (200, 302):
        path = f"/feed/{kind}/"
        answer = client_for(cast.fan if status == 200 else None).get(path)
        assert answer.status_code == status
        for title in ("Muted", "Blocked", "Draft", "Binned", "Locked", "Taken", "whom I muted"):
            assert title not in answer.content.decode()
    restore_post(actor=cast.creator, post=PostPage.objects.get(pk=binned.pk))
    assert titles(client_for(cast.fan), kind=kind) == ["Seen"], "it comes back as a draft"
    assert shown.pk


def test_a_reader_who_goes_on_misses_nothing_and_reads_nothing_twice_while_posts_arrive(cast, client_for):
    follow(actor=cast.fan, kind="user", target_id=cast.creator.pk)
    first = make_post(cast.creator, "Post")
    copy_posts(first, 8)
    fan = client_for(cast.fan)
    before = all_titles(fan, limit=100)
    assert len(before) == 9
    came = []

    def arrive():
        came.append(make_post(cast.creator, f"Newer {len(came)}"))
        published(make_post(cast.creator, f"Imported {len(came)}"), days=30 + len(came))

    seen = all_titles(fan, limit=2, between=arrive)
    assert [title for title in seen if not title.startswith("Imported")] == before
    assert len(seen) == len(set(seen))
    assert len([title for title in seen if title.startswith("Imported")]) >= 4, "they stand at their own, later place"


@pytest.mark.parametrize("query", [{"kind": "trending"}, {"kind": "for-you"}, {"order": "ranked"}])
def test_a_ranked_list_stays_as_it_was_when_it_was_opened_while_scores_change(cast, client_for, query):
    follow(actor=cast.fan, kind="user", target_id=cast.creator.pk)
    posts = [published(make_post(cast.creator, f"Post {n}"), hours=20 - n) for n in range(7)]
    fan = client_for(cast.fan)
    assert titles(fan, **query) == [f"Post {n}" for n in reversed(range(7))]

    def shuffle():
        make_post(cast.creator, "Newer")
        TargetCounts.objects.filter(target_id=posts[0].pk).update(reactions=5000, reactions_weight=5000)

    seen = all_titles(fan, limit=2, between=shuffle, **query)
    assert seen == [f"Post {n}" for n in reversed(range(7))]
    assert titles(fan, **query)[0] == "Post 0"


def test_a_ranked_list_goes_on_when_what_was_kept_of_it_is_gone_and_without_what_vanished(cast, client_for):
    posts = [published(make_post(cast.creator, f"Post {n}"), hours=20 - n) for n in range(6)]
    fan = client_for(cast.fan)
    part = read(fan, kind="trending", limit=2)
    cache.clear()
    make_post(cast.creator, "Newer")
    unpublish_post(actor=cast.creator, post=posts[3])
    part = read(fan, kind="trending", limit=2, cursor=part["nextCursor"])
    assert [item["title"] for item in part["items"]] == ["Post 2", "Post 1"]
    part = read(fan, kind="trending", limit=2, cursor=part["nextCursor"])
    assert [item["title"] for item in part["items"]] == ["Post 0"]
    assert (part["hasMore"], part["nextCursor"]) == (False, None)


def test_for_you_says_who_reacted_and_what_one_reads_and_puts_them_by_the_documented_points(cast, client_for):
    music = make_category("Music", slug="music")
    follow(actor=cast.fan, kind="user", target_id=cast.creator.pk)
    follow(actor=cast.fan, kind="user", target_id=cast.editor.pk)
    hours = {"Reacted": 1, "Read": 2, "Followed": 3, "Nobody's": 0}
    reacted = published(make_post(cast.verified_creator, "Reacted"), hours=hours["Reacted"])
    read_post = published(make_post(cast.verified_creator, "Read", category=music), hours=hours["Read"])
    published(make_post(cast.creator, "Followed"), hours=hours["Followed"])
    make_post(cast.verified_creator, "Nobody's")
    add_reaction(actor=cast.creator, kind="post", target_id=reacted.pk, code="LIKE")
    add_reaction(actor=cast.editor, kind="post", target_id=reacted.pk, code="LOVE")
    add_reaction(actor=cast.other_fan, kind="post", target_id=reacted.pk, code="LOVE")
    note_reads(reads={(cast.fan.pk, read_post.pk): 3})
    items = read(client_for(cast.fan), kind="for-you")["items"]
    # two points each for the category (the whole of what is read) and the person, one for the reactions and log10(3)
    assert [item["title"] for item in items] == ["Read", "Followed", "Reacted"]
    assert [item["why"]["text"] for item in items] == [
        "You read Music",
        "You follow creator",
        "creator and editor, whom you follow, reacted",
    ]


def test_new_posts_of_others_are_counted_since_the_first_part(cast, client_for):
    follow(actor=cast.fan, kind="user", target_id=cast.creator.pk)
    post = make_post(cast.creator, "Before")
    fan = client_for(cast.fan)
    since = read(fan)["since"]

    def new(kind="following"):
        return fan.get(f"{FEED}/new", {"since": since, "kind": kind}).json()["data"]

    assert new() == {"count": 0, "more": False}
    make_post(cast.creator, "After")
    make_post(cast.fan, "My own")
    make_post(cast.verified_creator, "Not followed")
    published(make_post(cast.creator, "Imported"), days=5)
    assert new() == {"count": 1, "more": False}
    assert new("latest") == {"count": 2, "more": False}
    page = fan.get("/feed/following/new/", {"since": since})
    assert page.content.decode().strip() == "1 new post"
    copy_posts(PostPage.objects.get(title="After"), 40)
    assert new() == {"count": 20, "more": True}
    assert fan.get("/feed/following/new/", {"since": since}).content.decode().strip() == "More than 20 new posts"
    assert post.pk


def test_cursors_are_for_one_person_one_feed_and_one_order(cast, client_for):
    for person in (cast.fan, cast.other_fan):
        follow(actor=person, kind="user", target_id=cast.creator.pk)
    copy_posts(make_post(cast.creator, "Post"), 4)
    part = read(client_for(cast.fan), limit=2)
    for person, query in (
        (cast.other_fan, {}),
        (cast.fan, {"kind": "latest"}),
        (cast.fan, {"order": "ranked"}),
        (cast.fan, {"kind": "trending"}),
    ):
        answer = client_for(person).get(FEED, {"cursor": part["nextCursor"], **query})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["cursor"])
    fan = client_for(cast.fan)
    for wrong in ("x", "x" * 600, "\x00", part["since"]):
        assert fan.get(FEED, {"cursor": wrong}).status_code == 400
        assert fan.get("/feed/following/", {"cursor": wrong}).status_code == 404
        assert fan.get(f"{FEED}/new", {"since": part["nextCursor"]}).status_code == 400
    assert fan.get("/feed/following/new/", {"since": "x"}).status_code == 404
    assert fan.get(f"{FEED}/new").status_code == 400
    assert fan.get(FEED, {"kind": "x"}).status_code == 400
    assert fan.get("/feed/x/").status_code == 404
    assert fan.get("/feed/trending/new/", {"since": part["since"]}).status_code == 404


def test_home_begins_with_what_one_follows_and_ends_with_the_choice_of_editors(cast, client_for, client, home):
    chosen = make_post(cast.editor, "Chosen")
    home.hero_post = chosen
    home.save()
    post = make_post(cast.creator, "Followed")
    follow(actor=cast.other_fan, kind="user", target_id=cast.creator.pk)
    fan = client_for(cast.fan)
    page = fan.get("/").content.decode()
    assert "/feed/for-you/" in page
    assert "You follow nobody yet" in page
    assert page.index("You follow nobody yet") < page.index(chosen.title)
    follow(actor=cast.fan, kind="user", target_id=cast.creator.pk)
    page = fan.get("/").content.decode()
    assert page.index("You follow creator") < page.index(post.url) < page.index(chosen.url)
    assert "You follow nobody yet" not in page
    assert fan.get("/")["Cache-Control"].startswith("private")
    guest = client.get("/").content.decode()
    assert "/feed/" not in guest
    assert "feed.css" not in guest


def test_a_fan_who_follows_nobody_or_only_silent_people_is_told_so(cast, client_for):
    make_post(cast.verified_creator, "Something")
    follow(actor=cast.other_fan, kind="user", target_id=cast.verified_creator.pk)
    page = client_for(cast.fan).get("/feed/following/").content.decode()
    assert "You follow nobody yet. Here are people worth it." in page
    assert "verified_creator" in page
    follow(actor=cast.fan, kind="user", target_id=cast.creator.pk)
    assert "Quiet here" in client_for(cast.fan).get("/feed/following/").content.decode()


def test_pages_go_on_and_end(cast, client_for):
    follow(actor=cast.fan, kind="user", target_id=cast.creator.pk)
    copy_posts(make_post(cast.creator, "Post"), 25)
    fan = client_for(cast.fan)
    found = set()
    address = "/feed/following/"
    for _page in range(2):
        page = fan.get(address).content.decode()
        found |= {f"Post {n}" for n in range(100) if f">Post {n}</a>" in page}
        _before, more, rest = page.partition('rel="next" href="')
        address = rest.partition('"')[0].replace("&amp;", "&")
    assert not more
    assert len(found) == 25
    ranked = fan.get("/feed/following/?order=ranked").content.decode()
    assert ranked.count('class="feed__item"') == 10, "so many of each source"
    for person in (make_user(), make_user(), make_user()):
        follow(actor=cast.fan, kind="user", target_id=person.pk)
        copy_posts(make_post(person, "Post"), 9)
    assert "order=ranked&amp;cursor=" in fan.get("/feed/following/?order=ranked").content.decode()


def test_moderators_read_feeds_too_and_see_whom_they_did_not_mute(cast, client_for):
    block(actor=cast.creator, username=cast.moderator.username)
    follow(actor=cast.moderator, kind="user", target_id=cast.verified_creator.pk)
    make_post(cast.creator, "By who blocked me")
    make_post(cast.verified_creator, "Followed")
    moderator = client_for(cast.moderator)
    assert titles(moderator, kind="latest") == ["Followed", "By who blocked me"]
    assert titles(moderator) == ["Followed"]
    assert moderator.get("/").status_code == 200
    mute(actor=cast.moderator, username=cast.creator.username)
    assert titles(moderator, kind="trending") == ["Followed"]
