"""Comments in a browser: written, answered and changed in their place; names while typing; moments of the video."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from cms.models import PostPage
from community.accounts.models import User
from community.comments.models import Comment
from community.comments.services import add_comment, delete_comment
from tests.browser import world
from tests.browser.conftest import Visitor
from tests.browser.test_access import violations
from tests.factories import make_post

pytestmark = pytest.mark.browser


@pytest.fixture
def talk(site) -> Iterator[PostPage]:
    """A post with a video and a conversation that goes deep."""
    mira, fan = User.objects.get(username="mira_kay"), User.objects.get(username="fan")
    post = make_post(mira, "People talk here", video=f"https://youtu.be/{world.VIDEO}")

    def say(person: User, content: str, parent: Comment | None = None) -> Comment:
        return add_comment(
            actor=person, target_kind="post", target_id=post.pk, content=content,
            parent_id=parent.pk if parent else None,
        )  # fmt: skip

    first = say(
        fan, "The light at 1:23 is **so** good. How did you do it, @mira_kay?\n\n> nobody breathes\n\n- one\n- two"
    )
    deep = first
    for number, words in enumerate(
        ("With ||eleven torches||, see https://example.org/a/very/long/address", "Really?", "W" * 200)
    ):
        deep = say((mira, fan)[number % 2], words, deep)
    say(fan, "And one more, to be loaded", deep)
    gone = say(fan, "Gone")
    say(mira, "I saw that", gone)
    delete_comment(actor=fan, comment=gone)
    yield post
    post.delete()


def open_as(visitor: Visitor, post: PostPage, name: str = "fan", **options) -> Page:
    page = visitor.open(str(post.url), session=world.session_of(name) if name else None, **options)
    page.locator("#comments-title").scroll_into_view_if_needed()
    expect(page.locator("[data-comments][data-ready]")).to_be_attached()
    return page


def test_names_are_suggested_for_what_was_typed_before_the_script_came(visitor: Visitor, talk: PostPage) -> None:
    page = open_as(visitor, talk)
    waiting: list[Route] = []
    page.route("**/mentions*.js", lambda route: waiting.append(route))
    field = page.get_by_label("Your comment")
    with page.expect_request("**/mentions*.js"):
        field.press_sequentially("Hello @mir")
    assert page.get_by_role("option").count() == 0
    waiting.pop().continue_()
    expect(page.get_by_role("option", name="mira_kay")).to_be_visible()


def test_nobody_is_suggested_for_a_name_that_stood_there(visitor: Visitor, talk: PostPage) -> None:
    fan = User.objects.get(username="fan")
    add_comment(actor=fan, target_kind="post", target_id=talk.pk, content="Thank you, @mira_kay")
    page = open_as(visitor, talk)
    page.locator(".comment", has_text="Thank you").get_by_role("link", name="Edit").click()
    field = page.locator(".comment .comment-form textarea[data-suggests]")
    expect(field).to_be_focused()
    page.wait_for_timeout(500)  # longer than the pause after which people are asked for
    assert page.get_by_role("option").count() == 0
    field.press("Control+End")
    field.press("Backspace")
    expect(page.get_by_role("option", name="mira_kay")).to_be_visible()


def test_a_comment_is_written_answered_and_changed_without_leaving_the_page(visitor: Visitor, talk: PostPage) -> None:
    page = open_as(visitor, talk)
    field = page.get_by_label("Your comment")
    field.press_sequentially("Hello @mir")
    option = page.get_by_role("option", name="mira_kay")
    expect(option).to_be_visible()
    field.press("Enter")
    expect(field).to_have_value("Hello @mira_kay ")
    page.get_by_role("button", name="Send").click()
    mine = page.locator(".comment", has_text="Hello @mira_kay")
    expect(mine).to_be_focused()
    expect(field).to_have_value("")
    mine.get_by_role("link", name="Edit").click()
    page.locator(".comment .comment-form textarea").fill("Hello again")
    page.locator(".comment").get_by_role("button", name="Save").click()
    changed = page.locator(".comment", has_text="Hello again")
    expect(changed).to_contain_text("Edited")
    changed.get_by_role("link", name="Reply").click()
    page.locator(".comment .comment-form textarea").fill("To myself")
    page.locator(".comment .comment-form button").click()
    expect(page.locator(".thread .comment", has_text="To myself")).to_be_focused()
    assert page.url.endswith(str(talk.url))


def test_more_answers_come_into_their_place(visitor: Visitor, talk: PostPage) -> None:
    page = open_as(visitor, talk, "")
    page.get_by_role("link", name="more answer").click()
    expect(page.locator(".thread .comment", has_text="And one more, to be loaded")).to_be_visible()
    page.locator(".spoiler").click()
    expect(page.locator(".spoiler")).to_have_class("spoiler spoiler--open")
    page.get_by_role("link", name="Newest").click()
    expect(page.get_by_role("link", name="Newest")).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("name", [pytest.param("", marks=pytest.mark.long), "fan"])
def test_comments_are_easy_to_reach_and_fit(visitor: Visitor, talk: PostPage, name: str) -> None:
    page = open_as(visitor, talk, name)
    page.evaluate(Axe().axe_script)
    found = []
    for theme, width in (("dark", 1280), ("light", 390)):
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        page.set_viewport_size({"width": width, "height": 844})
        page.set_viewport_size({"width": width, "height": page.evaluate("document.body.scrollHeight")})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found += [f"{theme} {width}: {each}" for each in violations(page, {})]
    assert not found, "\n".join(found)


def test_pages_of_a_comment_are_easy_to_reach(visitor: Visitor, talk: PostPage) -> None:
    comment = Comment.objects.filter(target_id=talk.pk, root=None, author__username="fan").earliest("pk")
    context = visitor.context(session=world.session_of("mira_kay"), width=390)
    page = context.new_page()
    found = []
    for path in (
        f"/comments/on/post/{talk.pk}/", f"/comments/{comment.pk}/thread/", f"/comments/{comment.pk}/reply/",
        f"/comments/{comment.pk}/manage/", f"/report/comment/{comment.pk}/",
    ):  # fmt: skip
        page.goto(path)
        page.evaluate(Axe().axe_script)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        found += [f"{path}: {each}" for each in violations(page, {})]
    assert not found, "\n".join(found)
