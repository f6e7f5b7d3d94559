"""Comments that wait, in the Wagtail admin: moderators let them in, or not."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import MenuItem

from community.comments import permissions, selectors, services
from community.core.errors import DomainError

A_PAGE = 50


@hooks.register("register_admin_urls")
def held_urls() -> list[Any]:
    """The list's address."""
    return [path("reports/held-comments/", show_held, name="held_comments")]


class HeldMenuItem(MenuItem):
    """For those who decide."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Moderators."""
        return permissions.can_moderate(request.user)


@hooks.register("register_reports_menu_item")
def held_menu_item() -> MenuItem:
    """What waits stands with the reports."""
    label = gettext_lazy("Comments that wait")
    return HeldMenuItem(label, reverse_lazy("held_comments"), icon_name="comment", order=110)


@require_admin_access
def show_held(request: HttpRequest) -> HttpResponse:
    """Comments that wait, the newest first; a POST lets one in (`approve` with its id), or not (`hide`), and why."""
    if not permissions.can_moderate(request.user):
        raise PermissionDenied
    if request.method == "POST":
        _decide(request)
        return HttpResponseRedirect(reverse("held_comments"))
    page = Paginator(selectors.list_held(viewer=request.user), A_PAGE).get_page(request.GET.get("p"))
    context = {"page": page, "held": selectors.held_cards(page, viewer=request.user)}
    return render(request, "comments/admin/held.html", context)


def _decide(request: HttpRequest) -> None:
    approved = "approve" in request.POST
    said = request.POST.get("approve" if approved else "hide", "")
    number = int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else 0
    try:
        comment, _discussion = selectors.get_comment_to_manage(number, viewer=request.user)
        if approved:
            services.approve_comment(actor=request.user, comment=comment)
        else:
            services.hide_comment(actor=request.user, comment=comment, reason=request.POST.get("reason", ""))
    except DomainError as error:
        messages.error(request, str(next(iter(error.fields.values()), error.message)))
    else:
        messages.success(request, _("The comment is there for everybody.") if approved else _("The comment is hidden."))
