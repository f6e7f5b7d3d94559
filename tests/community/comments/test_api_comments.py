"""Comments through the API: written, changed, deleted, listed."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from community.comments import services
from community.comments.choices import EDITABLE
from community.comments.models import Comment, CommentEdit
from community.core.counts import numbers
from community.core.models import OutboxFact
from tests.factories import make_post
from tests.support.api import NAUGHTY, data_of, error_of, fields_of, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMIT_SCALE = 1000


@pytest.fixture
def post(cast):
    return make_post(cast.creator, "Talk")


def say(client: Any, post: Any, content: Any = "Well said.", **body: Any) -> Any:
    return send(client, "post", f"/api/posts/{post.pk}/comments", {"content": content, **body})


def listed(client: Any, post: Any, query: str = "") -> list[dict[str, Any]]:
    return list(data_of(client.get(f"/api/posts/{post.pk}/comments{query}"))["items"])


def count(post: Any) -> int:
    return numbers("post", [post.pk])[post.pk].comments


def test_a_comment_is_written_answered_and_counted(client_for, client, cast, post):
    fan, creator = client_for(cast.fan), client_for(cast.creator)
    first = data_of(say(fan, post, "I **like** it, @creator. https://a.example/ and @nobody"), 201)
    assert first["author"]["username"] == "fan"
    assert "<strong>like</strong>" in first["html"]
    assert 'href="/@creator/"' in first["html"]
    assert 'rel="nofollow ugc noopener"' in first["html"]
    assert (first["edited"], first["_count"], first["depth"]) == (False, {"reactions": 0, "replies": 0}, 0)
    assert first["marks"] == {"own": True}
    answer = data_of(say(creator, post, "Thanks!", parentId=first["id"]), 201)
    assert (answer["parentId"], answer["depth"]) == (first["id"], 1)
    deep = data_of(say(fan, post, "Anytime", parentId=answer["id"]), 201)
    assert deep["depth"] == 2
    shown = listed(client, post)
    assert [each["id"] for each in shown] == [first["id"]]
    assert shown[0]["_count"]["replies"] == 1
    replies = data_of(client.get(f"/api/comments/{first['id']}/replies"))["items"]
    assert [each["id"] for each in replies] == [answer["id"]]
    assert Comment.objects.get(pk=first["id"]).thread_size == 2
    assert count(post) == 3
    names = list(OutboxFact.objects.filter(name__startswith="comment.").values_list("name", flat=True))
    assert sorted(names) == ["comment.created"] * 3 + ["comment.mentioned"]


def test_only_the_author_changes_it_and_only_for_a_day(client_for, client, cast, post):
    fan = client_for(cast.fan)
    made = data_of(say(fan, post, "Frist"), 201)
    path = f"/api/comments/{made['id']}"
    assert error_of(send(client_for(cast.other_fan), "put", path, {"content": "Mine"})) == (403, "AUTHORIZATION_ERROR")
    changed = data_of(send(fan, "put", path, {"content": "First", "version": made["version"]}))
    assert (changed["content"], changed["edited"], changed["version"]) == ("First", True, 2)
    assert error_of(send(fan, "put", path, {"content": "Old", "version": 1})) == (409, "CONFLICT")
    assert CommentEdit.objects.get().content == "Frist"
    assert data_of(send(fan, "put", path, {}))["version"] == 2
    Comment.objects.update(created_at=timezone.now() - EDITABLE)
    assert send(fan, "put", path, {"content": "Late"}).status_code == 403


def test_what_is_deleted_keeps_its_place_while_it_has_answers(client_for, client, cast, post):
    fan, other = client_for(cast.fan), client_for(cast.other_fan)
    first = data_of(say(fan, post, "Secret"), 201)
    middle = data_of(say(other, post, "Middle", parentId=first["id"]), 201)
    last = data_of(say(fan, post, "Last", parentId=middle["id"]), 201)
    assert other.delete(f"/api/comments/{first['id']}").status_code == 403
    assert fan.delete(f"/api/comments/{first['id']}").status_code == 204
    assert fan.delete(f"/api/comments/{first['id']}").status_code == 404
    assert other.delete(f"/api/comments/{middle['id']}").status_code == 204
    (gone,) = listed(client, post)
    assert (gone["deleted"], gone["content"], gone["html"], gone["author"]) == (True, "", "", None)
    assert "Secret" not in client.get(f"/api/posts/{post.pk}/comments").content.decode()
    assert client.get(f"/api/comments/{first['id']}").status_code == 404
    assert fields_of(say(other, post, "Too late", parentId=first["id"])) == {
        "parentId": "The comment you answer is no longer there."
    }
    assert count(post) == 1
    assert fan.delete(f"/api/comments/{last['id']}").status_code == 204
    assert listed(client, post) == []
    assert count(post) == 0
    assert not Comment.objects.filter(listed=True).exists()


@pytest.mark.parametrize(
    "content",
    ["", "   ", "\u200b\u2060", "\x00", "\u3164", None, 5, ["x"], {"a": 1}, "x" * 5001],
)
def test_what_is_no_text_is_refused(client_for, cast, post, content):
    assert set(fields_of(say(client_for(cast.fan), post, content))) == {"content"}
    assert not Comment.objects.exists()


def test_odd_texts_come_back_as_they_went(client_for, cast, post):
    fan = client_for(cast.fan)
    for words in NAUGHTY:
        data = data_of(say(fan, post, words), 201)
        assert data["content"]
        assert "<script" not in data["html"]


@pytest.mark.parametrize("parent", ["0", "999999", "999999999999999999"])
def test_an_unknown_parent_is_refused(client_for, cast, post, parent):
    assert set(fields_of(say(client_for(cast.fan), post, parentId=parent))) == {"parentId"}


def test_a_parent_of_another_post_is_refused(client_for, cast, post):
    fan = client_for(cast.fan)
    made = data_of(say(fan, post), 201)
    assert set(fields_of(say(fan, make_post(cast.creator), parentId=made["id"]))) == {"parentId"}


def test_moments_of_the_video(client_for, cast, post):
    fan = client_for(cast.fan)
    assert set(fields_of(say(fan, post, youtubeTimestamp=5))) == {"youtubeTimestamp"}
    assert data_of(say(fan, post, "At 1:23"), 201)["youtubeTimestamp"] is None
    video = make_post(cast.creator, video="https://youtu.be/dQw4w9WgXcQ")
    data = data_of(say(fan, video, "Look at 1:23 and 2:00"), 201)
    assert data["youtubeTimestamp"] == 83
    assert 'data-seek="120"' in data["html"]
    assert data_of(say(fan, video, "Look at 1:23", youtubeTimestamp=7), 201)["youtubeTimestamp"] == 7
    for wrong in (-1, 360_000, "7", 1.5, True):
        assert set(fields_of(say(fan, video, youtubeTimestamp=wrong))) == {"youtubeTimestamp"}


def test_the_orders_and_their_cursors(client_for, client, cast, post):
    made = [
        services.add_comment(actor=cast.fan, target_kind="post", target_id=post.pk, content=f"{n}") for n in range(5)
    ]
    services.pin_comment(actor=cast.creator, comment=made[1], pinned=True)
    expected = {"best": [1, 4, 3, 2, 0], "newest": [4, 3, 2, 1, 0], "oldest": [0, 1, 2, 3, 4]}
    for sort, order in expected.items():
        seen: list[str] = []
        cursor = ""
        while True:
            answer = data_of(client.get(f"/api/posts/{post.pk}/comments?limit=2&sort={sort}{cursor}"))
            seen += [each["content"] for each in answer["items"]]
            if not answer["hasMore"]:
                break
            cursor = f"&cursor={answer['nextCursor']}"
        assert seen == [str(n) for n in order], sort
    for wrong in ("?limit=0", "?limit=101", "?sort=worst", "?cursor=x", "?limit=x"):
        assert client.get(f"/api/posts/{post.pk}/comments{wrong}").status_code == 400, wrong


def test_what_one_may_not_see_is_not_there(client_for, client, cast, post):
    fan = client_for(cast.fan)
    made = data_of(say(fan, post), 201)
    draft = make_post(cast.creator, published=False)
    for target in (draft.pk, 0, 999_999, "x", 10**17):
        assert client.get(f"/api/posts/{target}/comments").status_code == 404
        assert send(fan, "post", f"/api/posts/{target}/comments", {"content": "x"}).status_code == 404
    post.unpublish()
    for path in (
        f"/api/posts/{post.pk}/comments",
        f"/api/comments/{made['id']}",
        f"/api/comments/{made['id']}/replies",
    ):
        assert fan.get(path).status_code == 404, path
    assert fan.delete(f"/api/comments/{made['id']}").status_code == 404
    assert data_of(fan.get("/api/users/fan/comments"))["items"] == []


def test_what_somebody_said(client_for, client, cast, post):
    data_of(say(client_for(cast.fan), post, "One"), 201)
    data_of(say(client_for(cast.other_fan), post, "Other"), 201)
    assert [each["content"] for each in data_of(client.get("/api/users/fan/comments"))["items"]] == ["One"]
    assert client.get("/api/users/nobody/comments").status_code == 404


def test_who_may_not_write_does_not(client_for, client, cast, post):
    assert error_of(say(client, post)) == (401, "AUTHENTICATION_ERROR")
    assert error_of(say(client_for(cast.new_fan), post)) == (403, "EMAIL_NOT_VERIFIED")
    assert error_of(say(client_for(cast.suspended), post)) == (403, "ACCOUNT_SUSPENDED")
    post.comments_enabled = False
    post.save()
    assert error_of(say(client_for(cast.fan), post)) == (403, "AUTHORIZATION_ERROR")


def test_ten_a_minute(client_for, cast, post, settings):
    settings.RATE_LIMIT_SCALE = 1
    fan = client_for(cast.fan)
    answers = [say(fan, post, f"{number}").status_code for number in range(11)]
    assert answers == [201] * 10 + [429]


def test_the_same_key_writes_once(client_for, cast, post):
    fan = client_for(cast.fan)
    for _time in range(2):
        answer = send(fan, "post", f"/api/posts/{post.pk}/comments", {"content": "Once"}, **{"Idempotency-Key": "one"})
        assert answer.status_code == 201
    assert count(post) == 1


def test_pins_locks_and_hiding(client_for, client, cast, post):
    fan, creator, moderator = (client_for(each) for each in (cast.fan, cast.creator, cast.moderator))
    one, two = (data_of(say(fan, post, words), 201) for words in ("One", "Two"))
    answer = data_of(say(fan, post, "Answer", parentId=one["id"]), 201)
    assert fan.put(f"/api/comments/{one['id']}/pin").status_code == 403
    assert creator.put(f"/api/comments/{answer['id']}/pin").status_code == 403
    assert data_of(creator.put(f"/api/comments/{one['id']}/pin"))["pinned"] is True
    assert data_of(creator.put(f"/api/comments/{two['id']}/pin"))["pinned"] is True
    assert [each["pinned"] for each in listed(client, post)] == [True, False]
    assert creator.delete(f"/api/comments/{two['id']}/pin").status_code == 204
    assert data_of(creator.put(f"/api/comments/{one['id']}/lock"))["locked"] is True
    assert say(fan, post, "More", parentId=answer["id"]).status_code == 403
    assert say(moderator, post, "Closed.", parentId=answer["id"]).status_code == 201
    assert moderator.delete(f"/api/comments/{one['id']}/lock").status_code == 204
    assert say(fan, post, "More", parentId=answer["id"]).status_code == 201
    hiding = f"/api/comments/{two['id']}/hiding"
    assert send(creator, "put", hiding, {"reason": "No"}).status_code == 403
    assert set(fields_of(send(moderator, "put", hiding, {"reason": " "}))) == {"reason"}
    assert send(moderator, "put", hiding, {"reason": "Spam"}).status_code == 204
    assert [each["id"] for each in listed(client, post)] == [one["id"]]
    assert client.get(f"/api/comments/{two['id']}").status_code == 404
    assert fan.delete(hiding).status_code == 404
    assert moderator.delete(hiding).status_code == 204
    assert count(post) == 5
