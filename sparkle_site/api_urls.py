"""The addresses of the API, each written once: /api/v1 and closing slashes are the middleware's affair."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, re_path
from django.views.decorators.http import require_safe

from community.core.api.views import DocumentView, UnknownAddress

DOCUMENT_ADDRESS = "/api/openapi.json"


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """The document for people, from files of this site."""
    return render(request, "core/api_docs.html", {"document": DOCUMENT_ADDRESS})


urlpatterns = [
    path("api/", include("community.accounts.api.urls")),
    path("api/", include("community.operations.api.urls")),
    path("api/", include("community.follows.api.urls")),
    path("api/", include("community.moderation.api.urls")),
    path("api/", include("community.reactions.api.urls")),
    path("api/", include("community.comments.api.urls")),
    path("api/", include("community.bookmarks.api.urls")),
    path("api/", include("community.polls.api.urls")),
    path("api/", include("cms.api.urls")),
    path("api/openapi.json", DocumentView.as_view(urlconf="sparkle_site.api_urls"), name="openapi"),
    re_path(r"^api-docs/?\Z", documentation, name="api_docs"),
    re_path(r"^api(?:/(?!v2(?:/|\Z))[\s\S]*)?\Z", UnknownAddress.as_view()),
]
