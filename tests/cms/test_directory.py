"""The directory of creators: found, narrowed, sorted, in pages."""

from __future__ import annotations

import re

import pytest

from cms.models import PostPage
from cms.services import ensure_author_page
from community.accounts.choices import Role, Status
from community.accounts.models import User
from community.accounts.services import change_status
from tests.factories import growing, make_category, make_post, make_user

pytestmark = pytest.mark.django_db


def creators(client, query=""):
    page = client.get(f"/creators/{query}").content.decode()
    return re.findall(r'class="person__name">\s*<a href="/creators/(\w+)/"', page)


@pytest.fixture
def three(home, time_machine):
    """Ada is verified and has one old post, Bob two about films, Cleo one in German, the newest."""
    time_machine.move_to("2026-03-01 12:00Z")
    people = {name: make_user(name, role=Role.CREATOR, display_name=name.title()) for name in ("ada", "bob", "cleo")}
    films = make_category("Films", slug="films")
    make_post(people["ada"], "Ada writes")
    time_machine.move_to("2026-03-02 12:00Z")
    make_post(people["bob"], "Bob writes", category=films)
    make_post(people["bob"], "Bob writes more", category=films)
    time_machine.move_to("2026-03-03 12:00Z")
    post = make_post(people["cleo"], "Cleo schreibt")
    type(post).objects.filter(pk=post.pk).update(language="de")
    User.objects.filter(username="ada").update(verified=True)
    return people


def test_verified_people_come_first_and_then_the_alphabet(client, three):
    assert creators(client) == ["ada", "bob", "cleo"]
    User.objects.filter(username="cleo").update(verified=True)
    assert creators(client) == ["ada", "cleo", "bob"]


def test_the_directory_is_narrowed_and_sorted(client, three):
    narrowed = [
        ("?sort=posts", ["bob", "ada", "cleo"]),
        ("?sort=newest", ["cleo", "bob", "ada"]),
        ("?sort=name", ["ada", "bob", "cleo"]),
        ("?verified=on", ["ada"]),
        ("?category=films", ["bob"]),
        ("?language=de", ["cleo"]),
        ("?language=de&category=films", []),
        ("?q=CLE", ["cleo"]),
        ("?q=cle&verified=on", []),
        ("?sort=none&category=none&language=xx", ["ada", "bob", "cleo"]),
        ("?q=%27%25", []),
        ("?q=%00", ["ada", "bob", "cleo"]),
    ]
    for query, found in narrowed:
        assert creators(client, query) == found, query


def test_a_draft_says_nothing_about_what_somebody_writes(client, three):
    make_post(three["ada"], category=make_category("Birds", slug="birds"), published=False)
    assert creators(client, "?category=birds") == []


def test_each_creator_shows_the_newest_post(client, three):
    page = client.get("/creators/").content.decode()
    assert "Bob writes more" in page
    assert ">Bob writes<" not in page
    assert 'lang="de">Cleo schreibt' in page
    assert "2 posts" in page


def test_nobody_found_leads_back_to_everybody(client, three):
    page = client.get("/creators/?q=nobody").content.decode()
    assert "Nobody like that" in page
    assert 'class="button" href="/creators/"' in page
    german = client.get("/de/creators/?q=nobody").content.decode()
    assert 'class="button" href="/de/creators/"' in german


def test_the_form_keeps_what_was_asked(client, three):
    page = client.get("/creators/?q=a%22b&category=films&sort=name&verified=on").content.decode()
    assert 'value="a&quot;b"' in page
    assert re.search(r'value="films"[^>]*selected', page)
    assert re.search(r'name="verified"[^>]*checked', page)


def test_banned_people_are_not_in_the_directory(client, three):
    change_status(actor=None, person=three["bob"], status=Status.BANNED, system=True)
    assert creators(client) == ["ada", "cleo"]


def test_pages_of_the_directory_keep_the_filters(client, home):
    for number in range(26):
        ensure_author_page(person=make_user(f"maker_{number}", role=Role.CREATOR))
    page = client.get("/creators/?sort=name").content.decode()
    assert len(creators(client, "?sort=name")) == 24
    assert 'href="?sort=name&amp;page=2"' in page
    assert len(creators(client, "?sort=name&page=2")) == 2
    assert client.get("/creators/?sort=name&page=3").status_code == 404


def test_the_directory_costs_the_same_for_few_and_many(flat_cost, cast, settings):
    settings.RATE_LIMIT_SCALE = 1000
    films = make_category("Films", slug="films")
    names = iter(f"maker_{number}" for number in range(100))

    grow_posts = growing(lambda _number: make_post(cast.fan, category=films))

    def grow(count):
        for pk in grow_posts(count):
            person = make_user(next(names), role=Role.CREATOR)
            ensure_author_page(person=person)
            PostPage.objects.filter(pk=pk).update(author=person)

    queries = ("", "?sort=posts", "?sort=newest", "?category=films&language=en&q=maker")
    flat_cost(*(f"/creators/{query}" for query in queries), grow=grow, at_most=12)
