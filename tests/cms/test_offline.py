"""What a browser keeps of the site: the offline page, the worker that shows it, and the manifest."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core.management import call_command
from django.utils import translation
from PIL import Image

from tests.conftest import PROJECT
from tests.factories import Cast
from tests.support.openapi import CheckedClient

STATIC = PROJECT / "sparkle_site" / "static"
HASHING = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
KEPT = ["/offline/", "/de/offline/", "/service-worker.js", "/manifest.webmanifest", "/de/manifest.webmanifest"]


def content(client: CheckedClient, address: str) -> bytes:
    """What stands at an address."""
    response = client.get(address)
    assert response.status_code == 200, address
    return b"".join(response) if response.streaming else response.content


def text(client: CheckedClient, address: str) -> str:
    """The words at an address."""
    return content(client, address).decode()


def listed(client: CheckedClient, name: str) -> Any:
    """A list of the worker, by its name in the script."""
    found = re.search(rf"^const {name} = (.*);$", text(client, "/service-worker.js"), re.MULTILINE)
    assert found, name
    return json.loads(found[1])


def version(client: CheckedClient) -> str:
    """The name under which this worker keeps its files."""
    found = re.search(
        r'^const cacheName = "(offline-[0-9a-f]{16})";$', text(client, "/service-worker.js"), re.MULTILINE
    )
    assert found
    return found[1]


@pytest.mark.parametrize("address", KEPT)
def test_what_has_not_changed_is_not_sent_again_and_nothing_can_be_sent_there(
    client: CheckedClient, address: str
) -> None:
    response = client.get(address)
    tag = response.headers["ETag"]
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")
    head = client.head(address)
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", tag)
    for ask in (client.get, client.head):
        again = ask(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Cache-Control"] == response.headers["Cache-Control"]
    assert client.post(address).status_code == 405


@pytest.mark.parametrize(("address", "language"), [("/offline/", "en"), ("/de/offline/", "de")])
def test_the_offline_page_is_the_same_for_everybody_and_in_no_index(
    client: CheckedClient, client_for: Any, cast: Cast, address: str, language: str
) -> None:
    response = client.get(address)
    page = response.content.decode()
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert response.headers["Content-Language"] == language
    assert f'<html lang="{language}"' in page
    with translation.override(language):
        assert translation.gettext("The line to the stage is down") in page
        assert translation.gettext("Try again") in page
    assert '<meta name="robots" content="noindex">' in page
    assert "csrf" not in page.lower()
    member = client_for(cast.fan)
    member.cookies["theme"] = "light"
    assert member.get(address).content == response.content


def test_the_worker_is_a_script_for_the_whole_site_and_costs_no_query(
    client: CheckedClient, db: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/service-worker.js")
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-cache"
    assert "worker-src 'self'" in client.get("/offline/").headers["Content-Security-Policy"]
    assert "importScripts" not in response.content.decode()


def test_everything_the_worker_keeps_exists_and_is_all_that_the_page_shows(client: CheckedClient) -> None:
    files = listed(client, "files")
    pages = [page for _start, page in listed(client, "pages")]
    for address in (*files, *pages):
        assert content(client, address), address
    for page in pages:
        shown = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text(client, page)))
        assert shown <= set(files), page
    for sheet in (file for file in files if file.endswith(".css")):
        for name in re.findall(r'url\("?\.\./([^")]+)"?\)', text(client, sheet)):
            assert f"/static/{name}" in files, sheet


def test_every_language_has_its_page_and_the_longest_address_comes_first(client: CheckedClient) -> None:
    assert listed(client, "pages") == [["/de/", "/de/offline/"], ["/", "/offline/"]]


@pytest.mark.parametrize(
    "address",
    ["/api/posts", "/api-docs", "/cms/pages/", "/django-admin/", "/media/a.webp", "/documents/1/a.pdf", "/robots.txt",
     "/sitemap.xml", "/static/a.css", "/_allauth/browser/v1/config", "/dev/mail/", "/feeds/latest.rss", "/healthz"],
)  # fmt: skip
def test_what_is_no_page_is_left_alone(client: CheckedClient, address: str) -> None:
    assert any(address.startswith(start) for start in listed(client, "passedBy"))


@pytest.mark.parametrize(
    "address", ["/", "/de/", "/search/", "/de/account/login/", "/@fan/", "/apiary/", "/media-people/"]
)
def test_pages_are_not_left_alone(client: CheckedClient, address: str) -> None:
    assert not any(address.startswith(start) for start in listed(client, "passedBy"))


@pytest.fixture
def deploy(settings: Any, tmp_path: Path) -> Any:
    """`deploy({"css/errors.css": "…"})`: collects the files, with these changed, as a production site does."""
    source = tmp_path / "source"
    shutil.copytree(STATIC, source)
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]

    def collect(changed: dict[str, str]) -> None:
        for name, content in changed.items():
            (source / name).write_text(content)
        settings.STATIC_ROOT = tmp_path / f"static-{len(list(tmp_path.iterdir()))}"
        settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": HASHING}}
        call_command("collectstatic", interactive=False, verbosity=0)

    return collect


def test_a_deploy_that_changes_a_file_makes_a_new_version_and_another_does_not(
    client: CheckedClient, deploy: Any
) -> None:
    deploy({})
    names, first = listed(client, "files"), version(client)
    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", name) for name in names)
    deploy({"css/styleguide.css": "p { margin: 0 }"})
    assert version(client) == first
    deploy({"css/errors.css": ".lonely { margin: 0 }"})
    assert version(client) != first
    assert len(set(names) - set(listed(client, "files"))) == 1


def test_what_was_rendered_under_other_settings_is_not_shown_under_these(client: CheckedClient, settings: Any) -> None:
    settings.STATIC_URL = "/elsewhere/"
    assert "/elsewhere/css/site.css" in text(client, "/offline/")
    settings.STATIC_URL = "/static/"
    assert "/elsewhere/" not in text(client, "/offline/")


def test_other_words_on_the_page_make_a_new_version(client: CheckedClient, settings: Any, tmp_path: Path) -> None:
    first = version(client)
    (tmp_path / "errors").mkdir()
    (tmp_path / "errors" / "offline.html").write_text("Other words.")
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]
    assert version(client) != first


def test_one_language_less_makes_a_new_version(client: CheckedClient, settings: Any) -> None:
    first = version(client)
    settings.LANGUAGES = [("en", "English")]
    assert listed(client, "pages") == [["/", "/offline/"]]
    assert version(client) != first


def test_where_it_is_turned_off_the_worker_undoes_what_was_kept(client: CheckedClient, settings: Any) -> None:
    settings.OFFLINE_PAGE = False
    script = text(client, "/service-worker.js")
    assert "registration.unregister()" in script
    assert "caches.delete" in script
    assert '"fetch"' not in script


@pytest.mark.parametrize(("start", "language"), [("/", "en"), ("/de/", "de")])
def test_the_manifest_speaks_the_language_of_its_address_and_is_one_installation(
    client: CheckedClient, home: Any, start: str, language: str
) -> None:
    page = text(client, start)
    address = f"{start}manifest.webmanifest"
    assert re.findall(r'<link rel="manifest" href="([^"]+)">', page) == [address]
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/manifest+json; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=300"
    described = response.json()
    assert (described["lang"], described["dir"], described["start_url"]) == (language, "ltr", start)
    assert (described["id"], described["scope"]) == ("/", "/")
    assert described["name"] == site_settings.WAGTAIL_SITE_NAME
    with translation.override(language):
        names = [translation.gettext(name) for name in ("Everything new", "Creators", "Search")]
    assert [shortcut["name"] for shortcut in described["shortcuts"]] == names
    for target in (described["start_url"], *(shortcut["url"] for shortcut in described["shortcuts"])):
        assert target.startswith(start)
        assert client.get(target).status_code == 200, target


def test_the_two_manifests_differ_in_their_words(client: CheckedClient) -> None:
    english, german = (client.get(address).json() for address in KEPT[-2:])
    assert english["description"] != german["description"]
    assert english["shortcuts"][0]["name"] == "Everything new"
    assert german["shortcuts"][0]["name"] == "Alles Neue"


def test_the_icons_of_the_manifest_exist_in_their_sizes_and_one_can_be_cut_to_any_shape(client: CheckedClient) -> None:
    icons = client.get("/manifest.webmanifest").json()["icons"]
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in icons}
    assert [icon["sizes"] for icon in icons if icon.get("purpose") == "maskable"] == ["512x512"]
    for icon in icons:
        assert content(client, icon["src"])
        if icon["type"] == "image/png":
            with Image.open(STATIC / icon["src"].removeprefix("/static/")) as picture:
                assert icon["sizes"] == f"{picture.width}x{picture.height}"


def test_the_manifest_reads_from_right_to_left_where_its_language_does(client: CheckedClient, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("he", "Hebrew")]
    assert client.get("/he/manifest.webmanifest").json()["dir"] == "rtl"
