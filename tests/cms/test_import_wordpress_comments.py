"""`manage.py import_wordpress` brings comments: threads, guests, what waits, and a second time only what is new."""

from __future__ import annotations

from typing import Any

import pytest

from cms.importers.wordpress import comment_text
from cms.models import PostPage
from community.comments import rules, services
from community.comments.models import Comment
from community.core import integrity
from community.core.counts import numbers
from community.core.models import OutboxFact
from community.follows.services import block, mute
from tests.cms.wxr import builder
from tests.cms.wxr.running import everything, row, run_file
from tests.support.api import data_of, error_of, fields_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 1000


@pytest.fixture
def run(tmp_path: Any) -> Any:
    """`run(*comments)`: imports an export with one post that has these, and returns what the command printed."""

    def make(*comments: str, before: str = "", **post: Any) -> str:
        return run_file(builder.write(tmp_path, before, builder.item(1, terms="".join(comments), **post)))

    return make


def said() -> dict[str, Comment]:
    return {comment.content: comment for comment in Comment.objects.all()}


def count() -> int:
    return numbers("post", [PostPage.objects.get().pk])[PostPage.objects.get().pk].comments


def sound() -> bool:
    return integrity.run_checks() == []


def test_threads_come_whatever_the_order_of_the_file(run):
    output = run(
        builder.comment(3, "Deep", parent=2, date_gmt="2020-02-04 09:00:00"),
        builder.comment(2, "Answer", parent=1),
        builder.comment(1, "First", date_gmt="2020-02-04 12:00:00"),
        builder.comment(4, "Orphan", parent=99),
        builder.comment(5, "Below spam", parent=6),
        builder.comment(6, "Spam", parent=1, approved="spam"),
        builder.comment(7, "Round", parent=8),
        builder.comment(8, "And round", parent=7),
    )
    found = said()
    first, answer, deep = found["First"], found["Answer"], found["Deep"]
    assert (answer.parent, answer.root, answer.depth) == (first, first, 1)
    assert (deep.parent, deep.root, deep.depth) == (answer, first, 2)
    assert first.pk < answer.pk < deep.pk
    assert found["Orphan"].parent is None
    assert found["Below spam"].parent == first
    assert {found["Round"].depth, found["And round"].depth} == {0, 1}
    assert "Spam" not in found
    assert count() == 7
    assert row(output, "comments") == [8, 7, 0, 0, 1]
    assert "Comments: 7 shown, 1 spam there." in output
    assert sound()


def test_what_is_held_is_for_moderators_only(run, client, client_for, cast):
    run(builder.comment(1, "Waits", approved="0", name="Held Guest"), builder.comment(2, "Answer", parent=1))
    post, waits = PostPage.objects.get(), said()["Waits"]
    assert count() == 1
    for reader in (client, client_for(cast.fan)):
        page = reader.get(post.url).content.decode()
        assert "Waits" not in page
        assert "Held Guest" not in page
        assert "This comment waits for a moderator." in page
        (shown,) = data_of(reader.get(f"/api/posts/{post.pk}/comments"))["items"]
        assert (shown["held"], shown["deleted"], shown["content"], shown["guestName"]) == (True, True, "", "")
        assert reader.get(f"/api/comments/{waits.pk}").status_code == 404
        assert reader.get(f"/comments/{waits.pk}/").status_code == 404
        assert send(reader, "put", f"/api/comments/{waits.pk}/approval", {}).status_code in (401, 404)
    assert error_of(client_for(cast.fan).get("/api/held-comments")) == (403, "AUTHORIZATION_ERROR")
    moderator = client_for(cast.moderator)
    (listed,) = data_of(moderator.get("/api/held-comments"))["items"]
    assert (listed["content"], listed["guestName"], listed["held"]) == ("Waits", "Held Guest", True)
    assert "Let it in" in moderator.get(f"/comments/{waits.pk}/manage/").content.decode()
    let_in = data_of(moderator.put(f"/api/comments/{waits.pk}/approval"))
    assert (let_in["content"], let_in["held"]) == ("Waits", False)
    assert moderator.put(f"/api/comments/{waits.pk}/approval").status_code == 404
    assert data_of(moderator.get("/api/held-comments"))["items"] == []
    assert "Waits" in client.get(post.url).content.decode()
    assert count() == 2
    assert sound()


def test_moderators_decide_in_the_admin(run, client_for, cast):
    run(builder.comment(1, "Good", approved="0"), builder.comment(2, "Bad", approved="0"))
    good, bad = said()["Good"], said()["Bad"]
    moderator = client_for(cast.moderator)
    address = "/cms/reports/held-comments/"
    page = moderator.get(address).content.decode()
    assert "Good" in page
    assert "Bad" in page
    assert client_for(cast.creator).get(address).status_code in (302, 404)
    moderator.post(address, {"approve": good.pk})
    assert "Please say why." in moderator.post(address, {"hide": bad.pk}, follow=True).content.decode()
    moderator.post(address, {"hide": bad.pk, "reason": "Advertising"})
    moderator.post(address, {"approve": "nothing"})
    assert "Nothing waits." in moderator.get(address).content.decode()
    bad.refresh_from_db()
    assert (bad.held_at, bad.hidden_reason, bad.listed) == (None, "Advertising", False)
    assert count() == 1
    assert moderator.delete(f"/api/comments/{bad.pk}/hiding").status_code == 204
    assert count() == 2
    assert sound()


def test_guests_have_a_name_and_perhaps_a_page_and_no_address(run, client):
    run(
        builder.comment(
            1, "One", name="Zoë &amp; Co", author_url="https://zoe.example/", author_email="zoe@mail.example"
        ),
        builder.comment(2, "Two", name="bo@mail.example", author_url="javascript:alert(1)"),
        builder.comment(3, "Three", name=" "),
    )
    page = client.get(PostPage.objects.get().url).content.decode()
    assert '<a href="https://zoe.example/" rel="nofollow ugc noopener"><bdi>Zoë &amp; Co</bdi></a>' in page
    assert "mail.example" not in page
    assert "javascript:" not in page
    assert "A guest" in page
    assert not Comment.objects.filter(author__isnull=False).exists()
    shown = {
        each["content"]: each
        for each in data_of(client.get(f"/api/posts/{PostPage.objects.get().pk}/comments"))["items"]
    }
    assert (shown["One"]["author"], shown["One"]["guestName"]) == (None, "Zoë & Co")
    assert (shown["One"]["guestUrl"], shown["Two"]["guestUrl"]) == ("https://zoe.example/", "")
    assert sound()


def test_authors_are_known_by_their_number_or_their_address(run):
    run(
        builder.comment(1, "By number", user_id=7, name="Whoever"),
        builder.comment(2, "By address", user_id=9, author_email="Berta@old.example"),
        builder.comment(3, "Not signed in there", author_email="berta@old.example"),
        builder.comment(4, "Unknown number", user_id=33),
        before=builder.author("anna", "Anna", number=7) + builder.author("berta", "Berta", mail="berta@old.example"),
    )
    found = said()
    assert Comment.objects.get(author__username="anna") == found["By number"]
    assert Comment.objects.get(author__username="berta") == found["By address"]
    assert found["Not signed in there"].author is None
    assert (found["Unknown number"].author, found["Unknown number"].guest_name) == (None, "Gus")


def test_other_sites_stand_apart_below_all(run, client):
    output = run(
        builder.comment(
            1, "Somebody links here", type="pingback", name="A blog &raquo; Post", author_url="https://blog.example/p"
        ),
        builder.comment(2, "A person", date_gmt="2019-01-01 00:00:00"),
        builder.comment(3, "Order 5 was paid", type="order_note"),
    )
    post = PostPage.objects.get()
    page = client.get(post.url).content.decode()
    assert page.index("A person") < page.index("From other sites") < page.index("A blog » Post")
    shown = data_of(client.get(f"/api/posts/{post.pk}/comments"))["items"]
    assert [each["ping"] for each in shown] == [False, True]
    assert "Order 5" not in page
    assert "1 × notes that plugins keep as comments were left out" in output
    ping = Comment.objects.get(ping=True)
    before = ping.score
    services.refresh_score(comment_id=ping.pk)
    ping.refresh_from_db()
    assert ping.score == before
    assert sound()


def test_the_second_time_changes_only_what_has_changed(run, client):
    inside = [builder.comment(1, "One"), builder.comment(2, "Two", parent=1), builder.comment(3, "Three", approved="0")]
    run(*inside)
    before = everything()
    stored = list(Comment.objects.order_by("pk").values())
    assert row(run(*inside), "comments") == [3, 0, 0, 3, 0]
    assert everything() == before
    assert list(Comment.objects.order_by("pk").values()) == stored

    output = run(
        builder.comment(1, "One, better", name="August"),
        builder.comment(2, "Two", parent=1, approved="trash"),
        builder.comment(3, "Three"),
        builder.comment(4, "Four", parent=2),
    )
    assert row(output, "comments") == [4, 1, 2, 0, 1]
    found = said()
    assert (found["One, better"].guest_name, found["One, better"].pk) == ("August", stored[0]["id"])
    assert found["Two"].deleted_at is not None
    assert found["Three"].stands
    assert found["Four"].parent == found["One, better"]
    assert count() == 3
    assert sound()


def test_what_was_deleted_here_stays_deleted(run, cast):
    inside = [builder.comment(1, "Gone"), builder.comment(2, "Hidden"), builder.comment(3, "Below", parent=1)]
    run(*inside)
    found = said()
    services.remove_imported(comment=found["Gone"])
    services.hide_comment(actor=cast.moderator, comment=found["Hidden"], reason="Spam")
    assert row(run(*inside), "comments") == [3, 0, 0, 2, 1]
    run(builder.comment(1, "Gone, new"), builder.comment(2, "Hidden, new"), builder.comment(3, "Below", parent=1))
    assert set(said()) == {"Gone", "Hidden", "Below"}
    assert count() == 1
    Comment.objects.filter(parent__isnull=False).delete()
    Comment.objects.all().delete()
    from community.core.models import TargetCounts

    TargetCounts.objects.filter(target_kind="comment").delete()
    TargetCounts.objects.filter(target_kind="post").update(comments=0)
    assert row(run(*inside), "comments") == [3, 0, 0, 0, 3]
    assert sound()


def test_everything_people_do_with_comments_works_with_those_of_guests(run, client_for, client, cast):
    run(builder.comment(1, "A guest’s"), wp__comment_status="closed")
    post, comment = PostPage.objects.get(), Comment.objects.get()
    fan, moderator = client_for(cast.fan), client_for(cast.moderator)
    assert "Comments are closed here." in client.get(post.url).content.decode()
    path = f"/api/comments/{comment.pk}"
    assert data_of(fan.put(f"{path}/reactions/LIKE"))["reactions"] == {"LIKE": 1}
    block(actor=cast.fan, username=cast.other_fan.username)
    mute(actor=cast.fan, username=cast.verified_creator.username)
    assert "A guest’s" in fan.get(post.url).content.decode()
    assert (
        send(fan, "post", f"/api/posts/{post.pk}/comments", {"content": "No", "parentId": str(comment.pk)}).status_code
        == 403
    )
    PostPage.objects.update(comments_enabled=True)
    answer = send(fan, "post", f"/api/posts/{post.pk}/comments", {"content": "Yes", "parentId": str(comment.pk)})
    assert data_of(answer, 201)["depth"] == 1
    report = {"targetKind": "comment", "targetId": str(comment.pk), "reason": "spam"}
    assert send(fan, "post", "/api/reports", report).status_code == 201
    for way in (send(fan, "put", path, {"content": "Mine now"}), fan.delete(path)):
        assert error_of(way) == (403, "AUTHORIZATION_ERROR")
    assert set(fields_of(send(moderator, "put", f"{path}/hiding", {"reason": " "}))) == {"reason"}
    assert send(moderator, "put", f"{path}/hiding", {"reason": "Spam"}).status_code == 204
    assert "A guest’s" not in client.get(post.url).content.decode()
    assert moderator.delete(f"{path}/hiding").status_code == 204
    assert client.get(f"/comments/{comment.pk}/thread/").status_code == 200
    assert fan.get(f"/comments/{comment.pk}/manage/").status_code == 200
    assert fan.get(f"/comments/{comment.pk}/reply/").status_code == 200
    assert sound()


def test_nobody_hears_of_imported_comments_and_nobody_is_named_in_them(run, cast):
    before = OutboxFact.objects.count()
    run(builder.comment(1, "@fan look at https://a.example/"))
    told = OutboxFact.objects.order_by("-pk")[: OutboxFact.objects.count() - before]
    assert [fact.name for fact in told] == ["user.created"]
    html = Comment.objects.get().html
    assert "mention" not in html
    assert 'rel="nofollow ugc noopener"' in html
    Comment.objects.update(policy_version=0, html="")
    assert services.render_again() == 1
    assert Comment.objects.get().html == html


def test_long_and_empty_comments(run):
    output = run(
        builder.comment(1, "word " * 2000), builder.comment(2, "<p> </p>"), builder.comment(3, "One"),
        builder.comment(3, "One again"), builder.comment("", "No number"),
    )  # fmt: skip
    assert row(output, "comments") == [5, 2, 0, 0, 3]
    assert "long comments were cut (comment 1)" in output
    assert "1 × comments without words were left out" in output
    assert max(len(comment.content) for comment in Comment.objects.all()) <= 5000


def test_comments_on_pages_and_on_what_is_not_there_are_left_out(tmp_path):
    note = builder.comment(1, "x")
    output = run_file(
        builder.write(
            tmp_path, builder.page(5, "Page", terms=note), builder.item(6, terms=note, wp__status="trash"),
            builder.item(7, terms=note, wp__post_type="attachment"),
        )
    )  # fmt: skip
    assert row(output, "comments") == [3, 0, 0, 0, 3]
    assert "2 × comments on pages were left out" in output
    assert "1 × comments on posts that are not here were left out" in output
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("source", "text", "html"),
    [
        ("One\nline.\n\nAnother", "One\nline.\n\nAnother", "<p>One<br>\nline.</p>\n<p>Another</p>"),
        ("<strong>a </strong><em>b</em> <b></b>", "**a** *b*", "<p><strong>a</strong> <em>b</em></p>"),
        ("2 * 3 * 4, snake_case _x_", "2 \\* 3 \\* 4, snake_case \\_x\\_", "<p>2 * 3 * 4, snake_case _x_</p>"),
        ("- none\n1. no\n> no", "\\- none\n1\\. no\n\\> no", "<p>- none<br>\n1. no<br>\n&gt; no</p>"),
        ("<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>", "- a\n- b\n\n  1. c", None),
        ("<blockquote>a\n\nb</blockquote>", "> a\n>\n> b", "<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>"),
        ("<code>a*b`c</code>", "`` a*b`c ``", "<p><code>a*b`c</code></p>"),
        ("<pre>x = 1\n```\ny</pre>", "````\nx = 1\n```\ny\n````", None),
        ("<script>alert(1)</script><img src=x onerror=alert(1)>hi", "hi", "<p>hi</p>"),
        ("&lt;script&gt; &amp;amp;", "\\<script> \\&amp;", "<p>&lt;script&gt; &amp;amp;</p>"),
        ("<h1>Head</h1>text", "**Head**\n\ntext", "<p><strong>Head</strong></p>\n<p>text</p>"),
        ("[...] a [x](http://y.example)", None, None),
        ('<a href="javascript:x()">y</a>', "y", "<p>y</p>"),
    ],
)  # fmt: skip
def test_markup_of_comments_becomes_the_markdown_of_comments(source, text, html):
    made = comment_text(source)
    assert text is None or made == text
    shown = rules.render(made, rules.Setting())
    assert html is None or shown == html
    assert "<script" not in shown


def test_links_and_pictures_of_comments_become_links():
    link = comment_text(
        'see <a href="https://a.example/x_y?q=(1)">the *page*</a> <img src="https://b.example/p.jpg" alt="A cat">'
    )
    assert link == "see [the \\*page\\*](<https://a.example/x_y?q=(1)>) [A cat](<https://b.example/p.jpg>)"
    shown = rules.render(link, rules.Setting())
    assert '<a rel="nofollow ugc noopener" href="https://a.example/x_y?q=(1)">the *page*</a>' in shown
    assert comment_text('<a href="https://a.example/">https://a.example/</a>') == "<https://a.example/>"
