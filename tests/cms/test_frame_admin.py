"""Menus, footer and announcements, as editors and administrators set them."""

from __future__ import annotations

import pytest
from wagtail.models import Site
from wagtail.test.utils.form_data import nested_form_data, streamfield

from cms import services
from cms.models import SiteFrame
from tests.factories import make_section
from tests.support.frames import banners, menu

pytestmark = pytest.mark.django_db


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    """`with committing():` what waits for the commit is done at its end."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def settings_page():
    return f"/cms/settings/cms/siteframe/{Site.objects.get(is_default_site=True).pk}/"


def form(*links, tagline=""):
    return nested_form_data(
        {
            "main_menu": streamfield([("link", each) for each in links]),
            "footer": streamfield([]),
            "tagline": tagline,
        }
    )


def entry(label="", page="", address="", language="", icon="page"):
    return {"label": label, "page": page, "address": address, "language": language, "icon": icon}


def test_an_editor_sets_the_menu_and_readers_see_it(client, client_for, cast, committing):
    news = make_section("News")
    desk = client_for(cast.editor)
    assert desk.get(settings_page()).status_code == 200
    with committing():
        sent = form(entry(page=news.pk, icon="news"), entry("Find", address="/search/"), tagline="Hi.")
        assert desk.post(settings_page(), sent).status_code == 302
    assert menu(client) == [("/news/", "News"), ("/search/", "Find")]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"label": "x", "address": "javascript:alert(1)"}, "Write a path of this site, or an address with https://."),
        ({"label": "x"}, "Choose a page or write an address."),
        ({"address": "/search/"}, "An address needs words."),
        ({"label": "W" * 61, "address": "/search/"}, "at most 60 characters"),
    ],
)  # fmt: skip
def test_a_link_that_leads_nowhere_is_refused_with_words(client_for, cast, values, words):
    answer = client_for(cast.editor).post(settings_page(), form(entry(**values)))
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not SiteFrame.objects.exclude(main_menu=[]).exists()


def test_a_tenth_entry_is_refused(client_for, cast):
    entries = [entry(str(number), address="/search/") for number in range(10)]
    answer = client_for(cast.editor).post(settings_page(), form(*entries))
    assert answer.status_code == 200
    assert "The maximum number of items is 9" in answer.content.decode()


def test_an_editor_announces_something_and_everybody_reads_it(client, client_for, cast, committing):
    desk = client_for(cast.editor)
    add = "/cms/snippets/cms/announcement/add/"
    values = {
        "text": "Tonight: lamps", "link_text": "More", "link_address": "/news/", "level": "info",
        "audience": "everyone", "language": "", "starts_at": "", "ends_at": "", "dismissible": "on",
    }  # fmt: skip
    wrong = {**values, "link_address": "javascript:x", "starts_at": "2026-05-02 10:00", "ends_at": "2026-05-01 10:00"}
    refused = desk.post(add, wrong).content.decode()
    assert "Write a path of this site, or an address with https://." in refused
    assert "It has to end after it starts." in refused
    assert "A link needs words and an address." in desk.post(add, {**values, "link_text": ""}).content.decode()
    with committing():
        assert desk.post(add, values).status_code == 302
    assert banners(client) == ['Tonight: lamps <a href="/news/">More</a>']
    assert "Tonight: lamps" in desk.get("/cms/snippets/cms/announcement/").content.decode()


def test_only_editors_and_administrators_change_the_frame(client_for, cast):
    for person in (cast.fan, cast.creator, cast.moderator):
        assert client_for(person).post(settings_page(), form(tagline="Mine")).status_code in (302, 404)
    assert not SiteFrame.objects.filter(tagline="Mine").exists()
    assert client_for(cast.admin).get(settings_page()).status_code == 200


def test_the_write_button_leads_editors_to_the_form_for_a_post_of_their_own(client_for, cast):
    desk = client_for(cast.editor)
    assert 'href="/cms/write/"' in desk.get("/creators/").content.decode()
    assert desk.get("/cms/write/")["Location"] == "/cms/posts/choose_parent/"
    page = services.ensure_author_page(person=cast.editor)
    assert desk.get("/cms/write/")["Location"] == f"/cms/pages/add/cms/postpage/{page.pk}/"
    assert desk.get("/cms/write/", follow=True).status_code == 200
    assert "/cms/write/" not in client_for(cast.fan).get("/creators/").content.decode()
