"""Saves that would overwrite somebody else's are refused."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail import hooks
from wagtail.models import Page

from cms.models import PostPage


@hooks.register("before_edit_page")
def refuse_stale_save(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A save made from an older version is refused and shown beside the newer one.

    Wagtail itself compares only autosaves; the ordinary save carries the revision it loaded as well.
    """
    if request.method != "POST" or request.accepts("text/html") is False:
        return None
    loaded = request.POST.get("overwrite_revision_id") or request.POST.get("loaded_revision_id")
    if not loaded or loaded == str(page.latest_revision_id or ""):
        return None
    # Read before the form is bound: Wagtail hands out one object for the newest revision.
    theirs = _texts(page.get_latest_revision_as_object())
    return render(
        request,
        "cms/admin/stale.html",
        {"page": page, "mine": _submitted(request, page), "theirs": theirs, "revision": page.latest_revision},
        status=409,
    )


def _submitted(request: HttpRequest, page: Page) -> dict[str, str]:
    """The words that were sent, as far as they can be read."""
    specific = page.get_latest_revision_as_object()
    form_class = specific.get_edit_handler().get_form_class()
    form = form_class(request.POST, request.FILES, instance=specific, for_user=request.user)
    if form.is_valid():
        return _texts(form.save(commit=False))
    return {"title": request.POST.get("title", ""), "text": ""}


def _texts(page: Page) -> dict[str, str]:
    body = page.plain_text() if isinstance(page, PostPage) else ""
    return {"title": page.title, "text": body}
