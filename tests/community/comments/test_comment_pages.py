"""Comments on pages, without a script: below the post, all of them, a thread, forms, and what kept pages hold."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.messages import get_messages

from community.comments import services
from community.comments.choices import PAGE_SIZE, REPLIES_SHOWN
from community.comments.models import Comment
from community.core.errors import DomainError
from community.follows.services import block, mute, unblock
from tests.factories import make_post, make_user

pytestmark = pytest.mark.django_db


def soup_of(answer: Any, status: int = 200) -> BeautifulSoup:
    assert answer.status_code == status, answer.content[:300]
    return BeautifulSoup(answer.content, "html.parser")


def ids(soup: BeautifulSoup) -> list[str]:
    return [str(each["data-comment"]) for each in soup.select("[data-comment]")]


def test_guests_read_comments_in_the_page_and_find_no_form(client, client_for, cast, post, say):
    first = say(cast.fan, "I **like** it")
    answer = say(cast.creator, "Thanks", parent=first)
    deep = first
    for _step in range(5):
        deep = say(cast.fan, "Deeper", parent=deep)
    page = client.get(post.url)
    soup = soup_of(page)
    assert ids(soup)[:2] == [str(first.pk), str(answer.pk)]
    assert len(ids(soup)) == 1 + REPLIES_SHOWN
    assert "<strong>like</strong>" in page.content.decode()
    assert not soup.select("form[method=post], [name=csrfmiddlewaretoken]")
    assert page["X-Page-Tags"] == f"site post:{post.pk}"
    assert soup.select_one("#comments-title").get_text() == "7 comments"
    more = soup.select_one(".thread__more")
    rest = soup_of(client.get(more["href"]))
    assert len(ids(rest)) == 1 + 3
    assert {"comment--level-2"} <= set(rest.select("[data-comment]")[-1]["class"])
    assert "to fan" in rest.select("[data-comment]")[-1].get_text().replace("\n", " ")
    part = soup_of(client.get(f"{more['href']}&part=1"))
    assert not part.select("html")
    assert len(ids(part)) == 3


def test_a_comment_is_sent_from_the_page_and_leads_to_its_place(client_for, cast, post):
    fan = client_for(cast.fan)
    form = soup_of(fan.get(post.url)).select_one("form[data-comment-form]")
    sent = fan.post(form["action"], {"content": "From a form"})
    made = Comment.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"/comments/{made.pk}/")
    assert fan.get(sent["Location"])["Location"] == f"{post.url}#comment-{made.pk}"
    empty = fan.post(form["action"], {"content": " \u200b "})
    assert "Say something first." in soup_of(empty, 400).get_text()
    part = fan.post(f"{form['action']}?part=1", {"content": "Piece"})
    assert len(ids(soup_of(part, 201))) == 1
    marks = soup_of(fan.get(post.url)).select_one("#comment-marks").get_text()
    assert re.findall(r'"own": true', marks) == ['"own": true'] * 2


def test_answers_changes_and_acts(client, client_for, cast, post, say):
    first = say(cast.fan, "Frist")
    fan, other, creator, moderator = (
        client_for(each) for each in (cast.fan, cast.other_fan, cast.creator, cast.moderator)
    )
    assert client.get(f"/comments/{first.pk}/reply/").status_code == 302
    assert other.post(f"/comments/{first.pk}/reply/", {"content": "Hello"}).status_code == 302
    assert first.answers.get().author == cast.other_fan
    assert other.get(f"/comments/{first.pk}/edit/").status_code == 404
    assert "Frist" in fan.get(f"/comments/{first.pk}/edit/").content.decode()
    assert fan.post(f"/comments/{first.pk}/edit/", {"content": "First"}).status_code == 302
    manage = f"/comments/{first.pk}/manage/"
    assert [button["value"] for button in soup_of(fan.get(manage)).select("[name=act]")] == ["delete"]
    assert [button["value"] for button in soup_of(creator.get(manage)).select("[name=act]")] == ["pin", "lock"]
    for act in ("pin", "lock", "unlock", "unpin"):
        assert creator.post(manage, {"act": act}).status_code == 302, act
    assert other.post(manage, {"act": "delete"}).status_code == 403
    assert "Frist" in moderator.get(manage).content.decode(), "earlier texts are there for moderators"
    assert moderator.post(manage, {"act": "hide", "reason": ""}).status_code == 400
    assert moderator.post(manage, {"act": "hide", "reason": "Rude"}).status_code == 302
    assert fan.get(manage).status_code == 404
    assert "A moderator has removed" in client.get(post.url).content.decode()
    assert moderator.post(manage, {"act": "restore"}).status_code == 302
    deleted = fan.post(manage, {"act": "delete"})
    assert deleted["Location"] == f"{post.url}#comments"
    assert [str(each) for each in get_messages(deleted.wsgi_request)] == ["Your comment is deleted."]


def test_a_link_to_a_comment_leads_to_the_right_page_and_thread(client, cast, post, say):
    first = say(cast.fan, "Old")
    replies = [say(cast.fan, f"{number}", parent=first) for number in range(8)]
    for number in range(PAGE_SIZE):
        say(cast.fan, f"Newer {number}")
    for comment in (first, replies[0], replies[7]):
        leads = client.get(f"/comments/{comment.pk}/")["Location"]
        assert leads.endswith(f"#comment-{comment.pk}")
        assert str(comment.pk) in ids(soup_of(client.get(leads.partition("#")[0])))
    assert client.get("/comments/999999999999999999999/").status_code == 404
    assert client.get(f"/comments/{replies[0].pk}/thread/")["Location"] == f"/comments/{first.pk}/thread/"


def test_all_comments_in_every_order_part_by_part(client, cast, post, say):
    made = [str(say(cast.fan, f"{number}").pk) for number in range(PAGE_SIZE + 3)]
    for sort, expected in (("best", made[::-1]), ("newest", made[::-1]), ("oldest", made), ("odd", made[::-1])):
        address, seen = f"/comments/on/post/{post.pk}/?sort={sort}", []
        while address:
            soup = soup_of(client.get(address))
            seen += ids(soup)
            more = soup.select_one(".threads__more a")
            address = str(more["href"]) if more else ""
        assert seen == expected, sort
    for wrong in ("x", "0", "-1", "999999999999999999999", "\u0661"):
        assert client.get(f"/comments/on/post/{post.pk}/?after={wrong}").status_code == 200, wrong
    assert client.get(f"/comments/on/post/{post.pk}/?after=99999").status_code == 404


def test_moments_stand_beside_the_video(client, cast, say):
    video = make_post(cast.creator, video="https://youtu.be/dQw4w9WgXcQ")
    say(cast.fan, "See 1:23", on=video)
    say(cast.fan, "And 0:07 <b>x</b>", on=video)
    soup = soup_of(client.get(video.url))
    assert [each["data-seek"] for each in soup.select(".moments__all a.moment")] == ["7", "83"]
    assert "And 0:07 <b>x</b>" in soup.select_one(".moments__all").get_text()


def test_who_is_parted_or_muted_is_out_of_sight(client, client_for, cast, post, say):
    mine = say(cast.fan, "Mine")
    theirs = say(cast.other_fan, "Theirs")
    below = say(cast.other_fan, "Below", parent=mine)
    block(actor=cast.fan, username=cast.other_fan.username)
    assert ids(soup_of(client.get(post.url))) == [str(theirs.pk), str(mine.pk), str(below.pk)]
    for person, seen in ((cast.fan, [mine]), (cast.other_fan, [theirs])):
        reader = client_for(person)
        assert ids(soup_of(reader.get(post.url))) == [str(each.pk) for each in seen]
        items = reader.get(f"/api/posts/{post.pk}/comments").json()["data"]["items"]
        assert [each["id"] for each in items] == [str(each.pk) for each in seen]
    assert client_for(cast.fan).get(f"/api/comments/{theirs.pk}").status_code == 404
    assert client_for(cast.fan).get(f"/comments/{theirs.pk}/").status_code == 404
    with pytest.raises(DomainError):
        say(cast.fan, "Hey", parent=theirs)
    assert 'href="/@other_fan/"' not in say(cast.fan, "Hey @other_fan").html
    unblock(actor=cast.fan, username=cast.other_fan.username)
    mute(actor=cast.fan, username=cast.other_fan.username)
    assert str(theirs.pk) not in ids(soup_of(client_for(cast.fan).get(post.url)))
    assert client_for(cast.fan).get(f"/api/comments/{theirs.pk}").status_code == 200
    block(actor=cast.creator, username=cast.fan.username)
    assert client_for(cast.fan).get(f"/api/posts/{post.pk}/comments").status_code == 404
    assert client_for(cast.fan).get(f"/comments/on/post/{post.pk}/").status_code == 404
    with pytest.raises(DomainError):
        say(cast.fan, "On the post of somebody who has blocked me")


def test_as_many_queries_whatever_there_is(flat_cost, client_for, cast, post, say):
    video = make_post(cast.creator, video="https://youtu.be/dQw4w9WgXcQ")
    people = [make_user() for _person in range(4)]

    def grow(many: int) -> None:
        for number in range(many):
            for target in (post, video):
                deep = say(people[number % 4], f"At 0:{number:02} @fan", on=target)
                if number % 3 == 0:
                    say(people[number % 3], "Deeper", parent=say(cast.fan, "Deep", parent=deep, on=target), on=target)
        services.pin_comment(actor=cast.creator, comment=Comment.objects.filter(root=None).first(), pinned=True)

    first = say(cast.fan, "First")
    for _time in range(3):
        say(cast.fan, "Answer", parent=first)
    urls = {
        post.url: 15,
        video.url: 15,
        f"/comments/on/post/{post.pk}/": 12,
        f"/comments/{first.pk}/thread/": 12,
        f"/api/posts/{post.pk}/comments?limit=100": 6,
        f"/api/comments/{first.pk}/replies": 6,
        "/api/users/fan/comments": 6,
    }
    flat_cost(*urls, grow=grow, at_most=urls)


def test_as_many_queries_for_somebody_known(flat_cost, client_for, cast, post, say):
    def grow(many: int) -> None:
        for number in range(many):
            say([cast.fan, cast.creator, cast.other_fan][number % 3], f"{number}")

    say(cast.other_fan)
    mute(actor=cast.fan, username=cast.other_fan.username)
    urls = [post.url, f"/api/posts/{post.pk}/comments?limit=100"]
    flat_cost(*urls, grow=grow, at_most=21, by=client_for(cast.fan))


def test_what_somebody_said_stands_on_a_page(client, client_for, cast, post, say):
    say(cast.fan, "Of the ladder")
    draft = make_post(cast.creator, published=False)
    hidden = say(cast.fan, "Of nobody’s business")
    services.hide_comment(actor=cast.moderator, comment=hidden, reason="Spam")
    page = client.get("/@fan/comments/").content.decode()
    assert "Of the ladder" in page
    assert post.title in page
    assert "nobody’s business" not in page
    assert draft.title not in page
    assert 'href="/@fan/comments/"' in client.get("/@fan/").content.decode()
    assert "No comments yet" in client.get("/@moderator/comments/").content.decode()
    assert client.get("/@fan/comments/?after=nonsense").status_code == 200
    block(actor=cast.other_fan, username="fan")
    assert client_for(cast.other_fan).get("/@fan/comments/").status_code == 404
    post.unpublish()
    assert "Of the ladder" not in client.get("/@fan/comments/").content.decode()


def test_a_page_of_what_somebody_said_costs_the_same_for_more(flat_cost, cast, say):
    def grow(n):
        for number in range(n):
            say(cast.fan, f"Number {number}")

    flat_cost("/@fan/comments/", "/api/users/fan/comments", grow=grow)
