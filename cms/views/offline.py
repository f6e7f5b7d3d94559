"""What a browser keeps of the site: the page for those without a network, its worker, and the manifest."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import get_conditional_response, set_response_etag
from django.utils.translation import get_language, get_language_bidi, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.core.caching import kept
from community.core.generations import SITE
from community.core.languages import codes, in_language, localized

#: All that the offline page shows; a name that is not a file would keep the worker from being installed.
FILES = (
    "css/tokens.css",
    "css/site.css",
    "css/errors.css",
    "fonts/inter-latin.woff2",
    "icons/sprite.svg",
    "icons/favicon.ico",
    "icons/favicon-16.png",
    "icons/favicon-32.png",
    "icons/favicon.svg",
    "icons/apple-touch-icon.png",
    "icons/mask-icon.svg",
    "js/theme.js",
)
#: Addresses that are no pages of the site: the worker leaves them alone.
PASSED_BY = (
    "/_allauth/",
    "/api-docs",
    "/api/",
    "/cms/",
    "/dev/",
    "/django-admin/",
    "/documents/",
    "/feeds/",
    "/healthz",
    "/media/",
    "/readyz",
    "/robots.txt",
    "/sitemap",
    "/static/",
)
ICONS: tuple[dict[str, str], ...] = (
    {"src": "icons/icon-192.png", "sizes": "192x192", "type": "image/png"},
    {"src": "icons/icon-512.png", "sizes": "512x512", "type": "image/png"},
    {"src": "icons/maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    {"src": "icons/favicon.svg", "sizes": "any", "type": "image/svg+xml"},
)
GROUND = "#0f0c16"


@require_safe
@kept(SITE)
def offline(request: HttpRequest) -> HttpResponseBase:
    """The page for those without a network: the same for everybody, so that a browser may keep it."""
    return _answer(request, _offline_page(), "text/html; charset=utf-8", "public, max-age=300")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponseBase:
    """The worker that shows the offline page; browsers ask for it again with nearly every page they open.

    Where the offline page is turned off, one that undoes what was kept.
    """
    script = _worker() if settings.OFFLINE_PAGE else render_to_string("worker/farewell.js")
    return _answer(request, script, "text/javascript; charset=utf-8", "no-cache")


@require_safe
@kept(SITE)
def manifest(request: HttpRequest) -> HttpResponseBase:
    """The site as something to install, in the language of the address (https://www.w3.org/TR/appmanifest/).

    It is one installation whatever its language: `id` and `scope` are the same, so that readers can change it.
    """
    shortcuts = ((_("Everything new"), reverse("latest")), (_("Creators"), localized("/creators/")))
    described = {
        "id": "/",
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "name": settings.WAGTAIL_SITE_NAME,
        "short_name": "Sparkle",
        "description": _("A home for the fans of YouTube creators: stories, videos and the people behind them."),
        "start_url": localized("/"),
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [{**icon, "src": static(icon["src"])} for icon in ICONS],
        "categories": ["social", "entertainment", "magazines"],
        "shortcuts": [{"name": name, "url": url} for name, url in (*shortcuts, (_("Search"), reverse("search")))],
    }
    text = json.dumps(described, ensure_ascii=False, indent=2)
    return _answer(request, text, "application/manifest+json; charset=utf-8", "public, max-age=300")


def _answer(request: HttpRequest, text: str, content_type: str, caching: str) -> HttpResponseBase:
    """The answer with its ETag; 304 without a body for those who have it already."""
    response = HttpResponse(text, content_type, headers={"Cache-Control": caching})
    set_response_etag(response)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _offline_page() -> str:
    """The page without request and context: nothing of a person can come into it."""
    return render_to_string("errors/offline.html")


def _worker() -> str:
    files = [static(name) for name in FILES]
    languages = sorted(codes(), key=lambda code: in_language("/", code), reverse=True)
    with override(settings.LANGUAGE_CODE):
        address = reverse("offline")
    values: dict[str, Any] = {
        "pages": [(in_language("/", code), in_language(address, code)) for code in languages],
        "files": files,
        "passed_by": PASSED_BY,
    }
    words = {name: json.dumps(value) for name, value in values.items()}
    return render_to_string("worker/offline.js", {"version": _version(files, languages), **words})


def _version(files: list[str], languages: list[str]) -> str:
    """Another one whenever a file or the page has changed, so that browsers fetch all of it anew."""
    digest = hashlib.sha256(json.dumps(files).encode())
    for code in languages:
        with override(code):
            digest.update(_offline_page().encode())
    return digest.hexdigest()[:16]
