"""Looking at the site as somebody else: what it means, and the button that ends it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods


@require_http_methods(["GET", "POST"])
def impersonation(request: HttpRequest) -> HttpResponse:
    """The page, and with a POST the way back; for everybody else there is nothing here."""
    found = getattr(request, "impersonation", None)
    if found is None:
        return HttpResponseRedirect("/")
    if request.method != "POST":
        return render(request, "account/impersonation.html")
    request.impersonation_over = True  # type: ignore[attr-defined] # the middleware gives the own session back
    return HttpResponseRedirect(reverse("wagtailusers_users:edit", args=[found.person_id]))
