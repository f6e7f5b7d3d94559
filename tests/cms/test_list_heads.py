"""What the head of a list says to search engines: its neighbours, its one address, and whether to leave it out."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from cms import services
from cms.models import SectionPage
from cms.services import add_page
from community.accounts.choices import Role
from community.accounts.models import Profile
from tests.factories import Cast, make_category, make_post, make_section, make_series, make_user
from tests.support.openapi import CheckedClient

pytestmark = pytest.mark.django_db

NOINDEX = '<meta name="robots" content="noindex">'


@pytest.fixture(autouse=True)
def _no_limits(settings) -> None:
    settings.RATE_LIMIT_SCALE = 10_000


def head(client: CheckedClient, path: str) -> dict[str, str]:
    """The addresses in the head of a page, by what they are, without the site's own name; and `noindex`."""
    html = client.get(path).content.decode().partition("</head>")[0]
    found = dict(re.findall(r'<link rel="(canonical|prev|next)" href="([^"]+)">', html))
    assert all(address.startswith(settings.PUBLIC_URL) for address in found.values())
    addresses = {name: address.removeprefix(settings.PUBLIC_URL) for name, address in found.items()}
    return addresses | ({"noindex": ""} if NOINDEX in html else {})


def make_long_lists(cast: Cast) -> dict[str, str]:
    """Lists of two pages, by what they are."""
    films, section = make_category("Films", slug="films"), make_section("News")
    for number in range(22):
        make_post(cast.creator, f"Lamp {number}", category=films, tags=["night"], video="dQw4w9WgXcQ")
        make_post(cast.editor, f"Note {number}", parent=section)
    for number in range(13):
        make_post(cast.creator, f"Part {number}", parent=make_series(cast.creator, f"Series {number}"))
    author = f"/creators/{cast.creator.username.lower()}/"
    return {
        "latest": "/latest/",
        "category": "/categories/films/",
        "tag": "/tags/night/",
        "section": section.url,
        "author": author,
        "author's videos": f"{author}?tab=videos",
        "author's series": f"{author}?tab=series",
    }


@pytest.mark.long
def test_pages_of_a_list_name_their_neighbours_by_their_one_address(client: CheckedClient, cast: Cast) -> None:
    for path in make_long_lists(cast).values():
        second = f"{path}{'&' if '?' in path else '?'}page=2"
        joined = second.replace("&", "&amp;")
        assert head(client, path) == {"canonical": path, "next": joined}, path
        told = head(client, second)
        assert (told["canonical"], told["prev"]) == (joined, path)
        german = head(client, f"/de{path}")
        assert german == {"canonical": path, "next": joined}, path


def test_the_last_page_has_none_after_it_and_a_middle_one_has_both(client: CheckedClient, cast: Cast) -> None:
    for number in range(41):
        make_post(cast.fan, f"Lamp {number}")
    second, third = head(client, "/latest/?page=2"), head(client, "/latest/?page=3")
    assert second == {"canonical": "/latest/?page=2", "prev": "/latest/", "next": "/latest/?page=3"}
    assert third == {"canonical": "/latest/?page=3", "prev": "/latest/?page=2"}


def test_the_directory_names_its_neighbours(client: CheckedClient, home) -> None:
    for number in range(25):
        make_post(make_user(f"author_{number}", role=Role.CREATOR))
    assert head(client, "/creators/") == {"canonical": "/creators/", "next": "/creators/?page=2"}
    assert head(client, "/creators/?page=2") == {"canonical": "/creators/?page=2", "prev": "/creators/"}


def test_another_order_of_a_list_is_not_another_list(client: CheckedClient, cast: Cast) -> None:
    for number in range(21):
        make_post(cast.fan, f"Lamp {number}")
    assert head(client, "/latest/?sort=popular") == {"canonical": "/latest/"}
    assert head(client, "/latest/?sort=popular&page=2") == {"canonical": "/latest/?page=2"}


def test_empty_lists_are_not_for_search_engines(client: CheckedClient, cast: Cast) -> None:
    make_category("Films", slug="films")
    section = make_section("News")
    author = services.ensure_author_page(person=cast.creator)
    make_post(cast.creator, "A draft", published=False)
    series = make_series(cast.creator, "Soon")
    paths = ["/latest/", "/categories/films/", section.url, series.url, author.url, "/creators/?q=nobody"]
    for path in paths:
        assert "noindex" in head(client, path), path
    make_post(cast.creator, "Lamps", tags=["night"])
    make_post(cast.creator, "A part", parent=series)
    add_page(parent=section, page=SectionPage(title="Letters"))
    for path in ("/latest/", section.url, series.url, author.url, "/tags/night/", "/creators/"):
        assert "noindex" not in head(client, path), path


def test_an_author_whose_only_post_is_pinned_has_something_to_show(client: CheckedClient, cast: Cast) -> None:
    post = make_post(cast.creator, "Pinned")
    page = services.ensure_author_page(person=cast.creator)
    page.pinned_post = post
    page.save()
    assert "noindex" not in head(client, page.url)


def test_pages_of_people_say_who_they_are_about(client: CheckedClient, cast: Cast) -> None:
    make_post(cast.creator)
    for person, path in ((cast.creator, f"/creators/{cast.creator.username.lower()}/"), (cast.fan, "/@fan/")):
        html = client.get(path).content.decode()
        assert f'<meta property="profile:username" content="{person.username}">' in html


@pytest.mark.parametrize("visibility", ["private", "followers"])
def test_a_profile_that_guests_may_not_see_is_not_for_search_engines(
    visibility: str, client: CheckedClient, cast: Cast
) -> None:
    make_post(cast.creator)
    paths = {cast.fan: "/@fan/", cast.creator: f"/creators/{cast.creator.username.lower()}/"}
    for person, path in paths.items():
        assert "noindex" not in head(client, path)
        Profile.objects.filter(user=person).update(visibility=visibility)
        assert client.get(path).status_code == 404
        client.force_login(person)
        assert "noindex" in head(client, path)
        client.logout()
