"""When something fails: the site's pages, the API's envelope, and never anything internal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from community.core.errors import Conflict, NotAllowed, NotFound, TooMany, Unavailable
from sparkle_site import errors, urls
from tests.support.openapi import CheckedClient

FAULTS: dict[str, Exception] = {
    "400": BadRequest("secret"),
    "403": PermissionDenied("secret"),
    "500": ZeroDivisionError("secret"),
    "503": OperationalError("secret at 10.0.0.7"),
}

CODES = {
    "400": "VALIDATION_ERROR",
    "403": "AUTHORIZATION_ERROR",
    "500": "SERVER_ERROR",
    "503": "SERVICE_UNAVAILABLE",
}


def fail(request: HttpRequest, name: str) -> HttpResponse:
    raise FAULTS[name]


urlpatterns = [path("fail/<str:name>", fail), path("api/fail/<str:name>", fail), *urls.urlpatterns]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def site(settings, home):
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("name", FAULTS)
def test_pages_fail_in_the_sites_look_with_the_requests_id(site, name):
    answer = site.get(f"/fail/{name}")
    text = answer.content.decode()
    assert answer.status_code == int(name)
    assert answer["Content-Type"].startswith("text/html")
    assert "<h1>" in text
    assert "<code>" in text, "the request's id"
    assert "secret" not in text
    assert answer["Cache-Control"] == "no-store"
    assert ("Retry-After" in answer) == (name == "503")


@pytest.mark.parametrize("name", FAULTS)
def test_below_api_the_same_faults_are_envelopes(site, name):
    answer = site.get(f"/api/fail/{name}")
    data = answer.json()
    assert answer.status_code == int(name)
    assert data["success"] is False
    assert data["requestId"]
    assert "secret" not in answer.content.decode()
    assert data["code"] == CODES[name]


def test_unknown_pages_are_404_in_the_sites_look(site):
    answer = site.get("/nothing/here/")
    assert answer.status_code == 404
    assert b"<h1>" in answer.content
    assert site.get("/apis/").status_code == 404


def test_an_error_page_that_cannot_be_rendered_is_replaced(site, monkeypatch):
    def broken(*_arguments: Any) -> str:
        raise RuntimeError("secret template")

    monkeypatch.setattr(errors, "render_to_string", broken)
    answer = site.get("/fail/500")
    assert answer.status_code == 500
    assert b"secret" not in answer.content
    assert b"<p>" in answer.content


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotFound(), 404), (NotAllowed(), 403), (TooMany(retry_after=9), 429), (Unavailable(), 503), (Conflict(), 400)],
)
def test_refusals_of_services_have_pages(site, settings, monkeypatch, error, status):
    refusals = "sparkle_site.errors.RefusalMiddleware"
    settings.MIDDLEWARE = [*(name for name in settings.MIDDLEWARE if name != refusals), refusals]
    monkeypatch.setitem(FAULTS, "refusal", error)
    answer = Client().get("/fail/refusal")
    assert answer.status_code == status
    assert b"<h1>" in answer.content
    assert answer.headers.get("Retry-After") == {429: "9", 503: "5"}.get(status)


def test_a_form_without_its_token_is_refused_in_words(cast):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/account/login/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert b"<h1>" in answer.content


def test_the_documentation_is_shown_from_files_of_this_site(client, home):
    for address in ("/api-docs", "/api-docs/"):
        answer = client.get(address)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert 'lang="en"' in text
        assert "//" not in text.replace("<!DOCTYPE", "").replace("http://www.w3.org", "")
        assert "<script>" not in text
        for source in ("swagger-ui-bundle.js", "swagger-ui.css", "core/api-docs.js"):
            assert source in text
        assert "'unsafe-inline'" not in answer["Content-Security-Policy"].partition("script-src")[2].partition(";")[0]
    script = client.get("/static/core/api-docs.js")
    assert b"SwaggerUIBundle" in b"".join(script)
    script.close()


def test_the_document_can_be_kept_and_asked_for_again(client):
    answer = client.get("/api/openapi.json")
    assert answer["Content-Type"] == "application/json"
    assert json.loads(answer.content)["info"]["title"] == "Sparkle Universe API"
    again = client.get("/api/openapi.json", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert client.get("/api/v1/openapi.json/").content == answer.content


def test_redirects_are_no_part_of_the_api(home):
    client = CheckedClient()
    for address in ("/api/posts", "/api/posts/", "/api/v1/posts", "/api/v1/posts/"):
        assert client.get(address).status_code == 200
