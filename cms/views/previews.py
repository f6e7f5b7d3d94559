"""Snippets in the editor's preview."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cms import selectors
from cms.models import Announcement, ReusableContent
from cms.models.serving import served_by


@served_by(Announcement)
def announcement(request: HttpRequest, announcement: Announcement) -> HttpResponse:
    """The banner alone above a page, whoever it is meant for."""
    banner = selectors.announcement_card(announcement)
    return render(request, "cms/previews/announcement.html", {"announcements": [banner]})


@served_by(ReusableContent)
def reusable_content(request: HttpRequest, content: ReusableContent) -> HttpResponse:
    """What the pages show that use it."""
    return render(request, "cms/previews/reusable_content.html", {"content": content})
