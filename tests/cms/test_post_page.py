"""The page of a post: warnings, languages, its author; and plain pages with their parts."""

from __future__ import annotations

import pytest
from wagtail.rich_text import RichText

from cms.models import PostPage, StandardPage
from cms.services import add_page, site_root
from community.accounts.choices import Status
from community.accounts.models import Profile
from community.accounts.services import change_status
from tests.factories import make_image, make_post

pytestmark = pytest.mark.django_db


def words(client, url):
    return client.get(url).content.decode()


def test_what_may_disturb_waits_behind_its_warning(client, cast):
    post = make_post(cast.fan, "Blood", content="<p>The text itself.</p>", cover_image=make_image())
    assert "<details" not in words(client, post.url).partition("<article")[2].partition("</article>")[0]
    PostPage.objects.filter(pk=post.pk).update(content_warning="Blood & <b>flashes</b>")
    page = words(client, post.url)
    article = page.partition("<article")[2]
    warned, hidden = article.partition("</summary>")[::2]
    assert "Blood &amp; &lt;b&gt;flashes&lt;/b&gt;" in warned
    assert "The text itself." not in warned
    assert "The text itself." in hidden.partition("</details>")[0]
    assert 'rel="preload" as="image"' not in page


def test_a_post_in_another_language_says_so(client, cast):
    post = make_post(cast.fan, "Ein Titel", excerpt="Ein Satz.")
    PostPage.objects.filter(pk=post.pk).update(language="de")
    page = words(client, post.url)
    assert page.count('lang="de"') >= 3
    german = words(client, f"/de{post.url}").partition("<article")[2]
    assert 'lang="de"' not in german.partition("</article>")[0]


def test_the_author_is_introduced_below_the_text(client, cast):
    Profile.objects.filter(user=cast.creator).update(bio="Films at night.", website="https://people.example/")
    page = words(client, make_post(cast.creator).url)
    assert "Films at night." in page
    assert 'href="https://people.example/"' in page
    assert "More by this author" in page


def test_nothing_is_told_about_authors_who_are_private_or_banned(client, cast):
    Profile.objects.filter(user=cast.fan).update(bio="Between us.", visibility="private")
    Profile.objects.filter(user=cast.other_fan).update(bio="Not any more.")
    private, banned = make_post(cast.fan), make_post(cast.other_fan)
    change_status(actor=None, person=cast.other_fan, status=Status.BANNED, system=True)
    assert "Between us." not in words(client, private.url)
    assert "Not any more." not in words(client, banned.url)


def test_posts_without_cover_and_with_very_long_titles_are_shown(client, cast):
    title = "Donaudampfschifffahrt " * 11
    page = words(client, make_post(cast.fan, title).url)
    assert "reader__title--long" in page
    assert "reader__stage" not in page


def test_a_plain_page_lists_its_headings_and_the_pages_in_it(client, home):
    body = [("rich_text", RichText("<h2>First</h2><p>Words.</p><h2>Second</h2>"))]
    page = add_page(parent=site_root(), page=StandardPage(title="Rules", body=body))
    child = add_page(parent=page, page=StandardPage(title="In short"))
    add_page(parent=page, page=StandardPage(title="Not yet", live=False))
    shown = words(client, page.url)
    assert shown.index('href="#first"') < shown.index('href="#second"') < shown.index('id="first"')
    assert f'href="{child.url}"' in shown
    assert "Not yet" not in shown
    assert 'class="toc"' not in words(client, child.url)
