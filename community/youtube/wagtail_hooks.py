"""The report of videos whose title and picture could not be fetched."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse, reverse_lazy
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import MenuItem

from community.core.errors import DomainError
from community.youtube import permissions, selectors, services

MOST = 200


@hooks.register("register_admin_urls")
def video_urls() -> list[Any]:
    """The report's address."""
    return [path("reports/videos/", show_failing_videos, name="youtube_failing")]


class FailingVideosMenuItem(MenuItem):
    """For those who may have YouTube asked again."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whoever may have YouTube asked again."""
        return permissions.can_retry_previews(request.user)


@hooks.register("register_reports_menu_item")
def failing_videos_menu_item() -> MenuItem:
    """Videos stand with the reports."""
    label = _("Videos without a picture")
    return FailingVideosMenuItem(label, reverse_lazy("youtube_failing"), icon_name="media", order=1250)


@require_admin_access
def show_failing_videos(request: HttpRequest) -> HttpResponse:
    """Videos that are not to be had or whose last try failed, the newest first; a POST has YouTube asked again."""
    if not permissions.can_retry_previews(request.user):
        raise PermissionDenied
    if request.method == "POST":
        try:
            services.retry_preview(actor=request.user, video_id=request.POST.get("video", ""))
        except DomainError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("YouTube is asked again within a minute or two."))
        return HttpResponseRedirect(reverse("youtube_failing"))
    return render(request, "youtube/admin/failing_videos.html", {"videos": selectors.list_failing()[:MOST]})
