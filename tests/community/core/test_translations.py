"""The interface in its languages: nothing is missing in a catalogue, and the address decides which one is read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from django.core.management import call_command
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from community.core.languages import in_language, localized, without_language
from community.core.management.commands import translations
from tests.factories import Cast, make_category, make_post


def test_every_word_is_translated_and_the_catalogues_are_compiled() -> None:
    call_command("translations", check=True)


def _problems_with(monkeypatch: pytest.MonkeyPatch, catalog: Catalog) -> list[str]:
    monkeypatch.setattr(translations, "messages", lambda: catalog)
    return translations.check_language("de")


def test_a_word_that_is_not_in_a_catalogue_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = translations.messages()
    wanted.add("Nobody has translated this.")
    assert _problems_with(monkeypatch, wanted) == ["de: not in the catalogue: 'Nobody has translated this.'"]


def test_a_translation_that_nobody_needs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = translations.messages()
    wanted.delete("Sign in")
    assert _problems_with(monkeypatch, wanted) == ["de: nobody says this any more: 'Sign in'"]


def test_words_of_templates_and_of_code_are_found() -> None:
    found = translations.messages()
    assert found.get("Skip to the content") is not None
    assert found.get("A post needs a title.") is not None
    assert found.get(("%(shown)s post", "%(shown)s posts")) is not None


@pytest.fixture
def pages(cast: Cast) -> dict[str, str]:
    category = make_category("Films", slug="films")
    post = make_post(cast.creator, "Lamps at night", category=category, tags=["Lamps"])
    return {
        "home": "/",
        "post": post.url,
        "author": f"/creators/{cast.creator.username.lower()}/",
        "directory": "/creators/",
        "category": "/categories/films/",
        "tag": "/tags/lamps/",
        "sign-in": "/account/login/",
        "search": "/search/?q=lamps",
    }


#: Addresses that have no language: files, programs, admins, and the same page in English.
NO_PAGE = re.compile(r"^/(static|media|cms|api|dev|documents|de)[/-]|^/de$")


def test_german_pages_are_german_and_lead_to_german_pages(pages: dict[str, str], client: Client) -> None:
    for name, address in pages.items():
        response = client.get(f"/de{address}")
        html = response.content.decode()
        assert response.status_code == 200, name
        assert response.headers["Content-Language"] == "de"
        assert '<html lang="de"' in html
        assert "Zum Inhalt springen" in html
        links = re.findall(r'<a [^>]*href="(/[^"]*)"[^>]*>', html)
        switches = re.findall(r'<a [^>]*href="(/[^"]*)"[^>]*hreflang="en"', html) + re.findall(
            r'<a [^>]*hreflang="en"[^>]*href="(/[^"]*)"', html
        )
        lost = {link for link in links if not NO_PAGE.match(link)} - set(switches)
        assert not lost, f"{name} leads out of the language: {lost}"
        assert switches, f"{name} has no way back to English"


def test_the_browsers_language_changes_no_page(pages: dict[str, str], client: Client) -> None:
    response = client.get(pages["post"], headers={"Accept-Language": "de"})
    assert '<html lang="en"' in response.content.decode()
    assert "Accept-Language" not in response.headers.get("Vary", "")


def test_the_api_speaks_the_language_that_is_asked_for_and_gives_one_address(
    pages: dict[str, str], client: Client
) -> None:
    response = client.get("/api/posts/0", headers={"Accept-Language": "de"})
    assert response.json()["error"] == "Hier ist nichts."
    assert "Accept-Language" in response.headers["Vary"]
    items = client.get("/api/posts", headers={"Accept-Language": "de"}).json()["data"]["items"]
    assert items
    assert all("/de/" not in item["url"] for item in items)


def test_a_page_that_is_not_there_says_so_in_the_language_of_its_address(db: Any, client: Client) -> None:
    assert "Seite nicht gefunden" in client.get("/de/nothing/here/").content.decode()
    assert "Page not found" in client.get("/nothing/here/", headers={"Accept-Language": "de"}).content.decode()


def test_paths_get_and_lose_their_language() -> None:
    assert in_language("/search/", "de") == "/de/search/"
    assert in_language("/search/", "en") == "/search/"
    assert in_language("/search/", "xx") == "/search/"
    assert without_language("/de/search/") == "/search/"
    assert without_language("/de") == "/"
    assert without_language("/design/") == "/design/"
    with translation.override("de"):
        assert localized("/") == "/de/"
        assert localized("https://example.org/") == "https://example.org/"
        assert localized("//example.org/") == "//example.org/"


@pytest.mark.parametrize(
    ("language", "number", "shown"),
    [
        ("en", 0, "0"),
        ("en", 999, "999"),
        ("en", 1234, "1.2K"),
        ("en", 2_300_000, "2.3M"),
        ("de", 2_300_000, "2,3\xa0Mio."),
        ("en", None, "0"),
    ],
)
def test_large_numbers_are_short_in_the_readers_language(language: str, number: int | None, shown: str) -> None:
    with translation.override(language):
        text = Template("{% load core %}{{ number|compact }}").render(Context({"number": number}))
    assert text == shown
