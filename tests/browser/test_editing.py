"""The editors' room: the way in, the real editor, the preview, and two who write at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from cms import services
from cms.models import PostPage, SectionPage
from community.accounts.models import User
from tests.browser import world
from tests.browser.conftest import Visitor
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser


def make_post_of_editor(visitor: Visitor, title: str) -> PostPage:
    """A live post in the section."""
    return services.create_post(
        actor=User.objects.get(username="editor"),
        parent=SectionPage.objects.get(pk=visitor.site.section_id),
        title=title,
        content="<p>The first words.</p>",
        published=True,
    )


#: Wagtail takes what stands in a form two seconds after it came for the saved state.
WATCHED = "window.watched = new Promise((done) => addEventListener('w-unsaved:watch-edits', () => done(true)))"


def edit(visitor: Visitor, post: PostPage) -> Page:
    """The post in the editor, at the moment from which changes are noticed."""
    context = visitor.context(session=world.session_of("editor"), width=1600)
    context.add_init_script(WATCHED)
    page = context.new_page()
    page.goto(f"/cms/pages/{post.pk}/edit/")
    assert page.evaluate("window.watched")
    return page


def write(page: Page, words: str) -> None:
    """Adds a text to the body and writes into it with the keyboard."""
    page.get_by_role("button", name="Insert a block").first.click()
    page.get_by_role("option", name="Text").click()
    text = page.locator(".Draftail-Editor [contenteditable=true]").last
    text.click()
    text.press_sequentially(words)
    # The editor hands its text to the form a moment later.
    expect(page.locator("input[name=body-0-value]")).to_have_value(re.compile(words))


def test_an_editor_signs_in_writes_and_publishes(visitor: Visitor) -> None:
    # An autosave of a form that is not complete yet is refused: Wagtail's own way of telling.
    visitor.expected += [r"status: 400 .*/cms/pages/add/cms/postpage/", "status of 400"]
    page = visitor.open("/cms/")
    expect(page).to_have_url(f"{visitor.site.address}/account/login/?next=/cms/")
    page.get_by_label("E-mail or user name").fill("editor")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"{visitor.site.address}/cms/")

    page.goto(f"/cms/pages/{visitor.site.section_id}/add_subpage/")
    page.get_by_role("main").get_by_role("link", name="Post").click()
    page.get_by_role("textbox", name="Title").fill("Written in the real editor")
    write(page, "Words under the lamp.")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messages")).to_contain_text("Written in the real editor")

    page.goto(visitor.site.pages["section"])
    page.get_by_role("link", name="Written in the real editor").click()
    expect(page.get_by_text("Words under the lamp.")).to_be_visible()


def test_the_editor_shows_the_draft_beside_itself(visitor: Visitor) -> None:
    post = make_post_of_editor(visitor, "Seen while it is written")
    page = edit(visitor, post)
    page.get_by_role("button", name="Toggle preview").click()
    shown = page.frame_locator("iframe[title='Preview']").last.get_by_role("heading", level=1)
    expect(shown).to_have_text("Seen while it is written")
    page.get_by_role("textbox", name="Title").fill("Seen before it is saved")
    expect(shown).to_have_text("Seen before it is saved")
    page.get_by_role("tab", name="Settings").click()
    expect(page.get_by_role("checkbox", name="Comments")).to_be_visible()
    page.get_by_role("tab", name="Content").click()
    page.get_by_role("button", name="Choose an image").click()
    expect(page.get_by_role("dialog").get_by_role("link", name="Picture 1")).to_be_visible()


def test_who_saves_second_sees_both_texts(visitor: Visitor) -> None:
    visitor.expected.append(r"\b40[09]\b")  # the save is refused, as is an autosave at the same moment
    post = make_post_of_editor(visitor, "Two at once")
    page = edit(visitor, post)
    services.update_post(actor=post.author, post=post, title="Theirs")
    page.get_by_role("textbox", name="Title").fill("Mine")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Somebody else saved meanwhile")
    expect(page.get_by_role("region", name="Yours").get_by_label("Title")).to_have_value("Mine")
    expect(page.get_by_role("region", name="The newer version").get_by_label("Title")).to_have_value("Theirs")
    page.get_by_role("link", name="Edit the newer version").click()
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Theirs")


@pytest.mark.long
def test_rooms_of_the_admin_break_no_policy(visitor: Visitor) -> None:
    page = visitor.context(session=world.session_of("editor")).new_page()
    for path in ("", "pages/", "images/", "documents/", "snippets/cms/category/", "reports/site-history/", "account/"):
        page.goto(f"/cms/{path}")
        expect(page.get_by_role("heading", level=1).first).to_be_attached()
