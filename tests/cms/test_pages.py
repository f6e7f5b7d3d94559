"""Rendered pages, as a reader sees them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from cms import services
from cms.models import PostPage
from community.accounts.choices import Role, Status
from community.accounts.models import Profile
from community.accounts.services import change_status
from tests.factories import growing, make_category, make_image, make_post, make_section, make_user

pytestmark = pytest.mark.django_db


def test_home_shows_the_newest_posts_and_no_drafts(client, cast):
    make_post(cast.creator, "Seen by all")
    make_post(cast.creator, "Still a draft", published=False)
    page = client.get("/").content.decode()
    assert "Seen by all" in page
    assert "Still a draft" not in page


def test_home_shows_the_post_the_editors_chose_on_top(client, cast, home):
    chosen = make_post(cast.creator, "Chosen by editors")
    make_post(cast.creator, "Newer")
    home.hero_post = chosen
    home.save()
    page = client.get("/").content.decode()
    assert page.index("Chosen by editors") < page.index("Newer")


def test_post_page_shows_the_text_and_runs_nothing_of_it(client, cast):
    post = make_post(cast.fan, "A title <b>", content="<h2>Part</h2><p onclick=x>Words<script>alert(1)</script></p>")
    response = client.get(post.url)
    page = response.content.decode()
    assert response.status_code == 200
    assert "A title &lt;b&gt;" in page
    assert '<h2 id="part">Part</h2>' in page
    assert "alert(1)" not in page
    assert "onclick" not in page


def test_site_pages_allow_no_inline_script(client, cast):
    policy = client.get(make_post(cast.fan).url).headers["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_draft_and_deleted_post_look_like_a_missing_one(client, cast):
    draft = make_post(cast.fan, published=False)
    gone = make_post(cast.fan)
    services.delete_post(actor=cast.fan, post=gone)
    missing = client.get("/creators/fan/never-was/")
    for post in (draft, gone):
        response = client.get(post.url)
        assert response.status_code == missing.status_code == 404


def test_author_page_lists_the_posts_of_its_author_only(client, cast):
    make_post(cast.fan, "Mine")
    make_post(cast.other_fan, "Not mine")
    page = client.get("/creators/fan/").content.decode()
    assert "Mine" in page
    assert "Not mine" not in page


def test_directory_lists_creators_and_finds_them(client, cast):
    make_post(cast.fan)
    make_post(cast.creator)
    page = client.get("/creators/").content.decode()
    assert "/creators/creator/" in page
    assert "/creators/fan/" not in page
    assert "/creators/creator/" not in client.get("/creators/?q=nobody").content.decode()
    assert "/creators/creator/" in client.get("/creators/?q=creat").content.decode()


def test_profile_leads_to_the_author_page_when_there_is_one(client, cast):
    assert client.get(f"/@{cast.fan.username}/").status_code == 200
    make_post(cast.fan)
    response = client.get("/@FAN/")
    assert response.status_code == 302
    assert response.headers["Location"] == "/creators/fan/"


def test_closed_and_private_people_have_no_profile(client, cast):
    quiet = make_user("quiet_one", visibility="private")
    for person in (cast.banned, quiet):
        assert client.get(f"/@{person.username}/").status_code == 404
    assert client.get("/@nobody_at_all/").status_code == 404


def test_posts_of_a_banned_person_stay_without_a_link_to_them(client, cast):
    post = make_post(cast.fan, "Stays")
    change_status(actor=None, person=cast.fan, status=Status.BANNED, system=True)
    assert client.get("/creators/fan/").status_code == 404
    page = client.get(post.url).content.decode()
    assert "Stays" in page
    assert 'href="/creators/fan/"' not in page


def test_section_lists_its_posts(client, cast):
    section = make_section("News")
    editor = cast.editor
    services.create_post(actor=editor, title="From the desk", content="<p>x</p>", published=True, parent=section)
    make_post(cast.fan, "From elsewhere")
    page = client.get(section.url).content.decode()
    assert "From the desk" in page
    assert "From elsewhere" not in page


def test_fans_cannot_write_into_a_section(cast):
    from community.core.errors import NotAllowed

    with pytest.raises(NotAllowed):
        services.create_post(actor=cast.fan, title="No", content="<p>x</p>", parent=make_section())


def test_category_and_tag_lists(client, cast):
    category = make_category("Films", slug="films")
    make_post(cast.fan, "About films", category=category, tags=["Night shots"])
    make_post(cast.fan, "About chess")
    for url in ("/categories/films/", "/tags/night-shots/"):
        page = client.get(url).content.decode()
        assert "About films" in page
        assert "About chess" not in page
    assert client.get("/categories/none/").status_code == 404
    assert client.get("/tags/none/").status_code == 404


def test_odd_page_numbers_are_answered_plainly(client, cast):
    make_post(cast.fan)
    for number in ("0", "-1", "99", "x", "9" * 40, "1.5", ""):
        assert client.get(f"/creators/fan/?page={number}").status_code == (200 if number == "" else 404), number


def test_pages_cost_the_same_for_few_and_many_posts(flat_cost, cast, settings):
    settings.RATE_LIMIT_SCALE = 1000
    category = make_category("Films", slug="films")
    picture = make_image()
    authors = [make_user(f"author_{number}", role=Role.CREATOR) for number in range(6)]

    grow_posts = growing(
        lambda number: make_post(authors[number], tags=["one", f"two {number}"], category=category, cover_image=picture)
    )

    def grow(count):
        for number, pk in enumerate(grow_posts(count)):
            PostPage.objects.filter(pk=pk).update(author=authors[number % 6])

    urls = ("/", "/creators/", "/creators/author_0/", "/categories/films/", "/tags/one/")
    flat_cost(*urls, grow=grow, at_most=12)


@pytest.mark.django_db(transaction=True)
def test_post_page_costs_at_most_twelve_queries_for_guest_and_fan(client, client_for, cast, settings):
    """Outside a transaction, so that parts are made once as on the site."""
    settings.RATE_LIMIT_SCALE = 1000
    category = make_category()
    picture = make_image()
    posts = [make_post(cast.creator, tags=["a", "b"], category=category, cover_image=picture) for _ in range(6)]
    for who in (client, client_for(cast.fan)):
        for _time in range(2):
            who.get(posts[0].url)
        with CaptureQueriesContext(connection) as captured:
            assert who.get(posts[0].url).status_code == 200
        assert len(captured) <= 12, [query["sql"][:120] for query in captured.captured_queries]


def test_sitemap_and_robots_hold_public_pages_only(client, cast):
    live = make_post(cast.fan, "Public thing")
    draft = make_post(cast.fan, "Private thing", published=False)
    sitemap = client.get("/sitemap.xml").content.decode()
    assert live.slug in sitemap
    assert draft.slug not in sitemap
    assert "/creators/fan/</loc>" in sitemap
    Profile.objects.filter(user=cast.fan).update(hidden_at=timezone.now(), hidden_reason="Not their words.")
    assert "/creators/fan/</loc>" not in client.get("/sitemap.xml").content.decode(), "out of sight"
    assert "/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_edited_mark_comes_after_five_minutes(client, cast, time_machine):
    post = make_post(cast.fan)
    services.update_post(actor=cast.fan, post=post, title="Quick fix")
    post.refresh_from_db()
    assert post.edited_at is None
    time_machine.move_to(timezone.now() + timedelta(minutes=6))
    services.update_post(actor=cast.fan, post=post, title="Later fix")
    post.refresh_from_db()
    assert post.edited_at is not None


def test_the_pinned_post_comes_first_and_once(client, cast):
    pinned = make_post(cast.fan, "Pinned words")
    make_post(cast.fan, "Newer words")
    page = pinned.get_parent().specific
    page.pinned_post = pinned
    page.save()
    html = client.get("/creators/fan/").content.decode()
    assert html.count(f'href="{pinned.url}"') == 1
    assert html.index("Pinned words") < html.index("Newer words")


def test_a_strangers_post_cannot_be_pinned_into_view(client, cast):
    draft = make_post(cast.other_fan, "Hidden words", published=False)
    page = make_post(cast.fan).get_parent().specific
    page.pinned_post = draft
    page.save()
    assert "Hidden words" not in client.get("/creators/fan/").content.decode()


def test_what_lies_behind_a_password_is_in_no_list(client, client_for, cast):
    post = make_post(cast.creator, "Locked words", tags=["Night"])
    make_post(cast.creator, "Open words", tags=["Night"])
    PageViewRestriction.objects.create(
        page=post, restriction_type=PageViewRestriction.PASSWORD, password="Open-Sesame-2026!"
    )
    lists = ("/", "/creators/creator/", "/tags/night/", "/sitemap.xml", "/api/posts", "/api/posts?sort=popular")
    for who in (client, client_for(cast.fan)):
        for url in lists:
            words = who.get(url).content.decode()
            assert "Locked words" not in words, url
            assert "locked-words" not in words, url
        assert who.get(f"/api/posts/{post.pk}").status_code == 404
    assert "Locked words" in client_for(cast.creator).get("/api/posts").content.decode()


def test_a_page_behind_a_password_asks_for_it_in_the_sites_look(client, cast):
    post = make_post(cast.creator, "Locked words", content="<p>The treasure is here.</p>")
    PageViewRestriction.objects.create(
        page=post, restriction_type=PageViewRestriction.PASSWORD, password="Open-Sesame-2026!"
    )
    url = post.url
    for address, heading in ((url, "A word, please"), (f"/de{url}", "Ein Wort, bitte")):
        response = client.get(address)
        page = response.content.decode()
        assert heading in page
        assert "css/forms.css" in page
        assert 'name="robots" content="noindex"' in page
        assert "The treasure" not in page
        assert "Locked words" not in page
        assert "no-store" in response["Cache-Control"] or "private" in response["Cache-Control"]
    ask = re.search(
        r'<form[^>]*action="([^"]+)"[^>]*>(?:(?!</form>).)*type="password"',
        client.get(url).content.decode(),
        re.DOTALL,
    )
    assert ask
    wrong = client.post(ask[1], {"password": "Sesame", "return_url": url})
    assert "The password you have entered is not correct" in wrong.content.decode()
    right = client.post(ask[1], {"password": "Open-Sesame-2026!", "return_url": url}, follow=True)
    assert "The treasure is here." in right.content.decode()


def test_browsers_find_the_icon_where_they_look_first(client):
    response = client.get("/favicon.ico")
    assert response["Location"].startswith("/static/icons/favicon")
    assert response["Location"].endswith(".ico")
