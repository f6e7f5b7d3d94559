"""Open reports in the Wagtail admin: moderators hide what is reported, or put the report away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import MenuItem

from community.core.errors import DomainError
from community.moderation import permissions, selectors, services

A_PAGE = 50


@hooks.register("register_admin_urls")
def report_urls() -> list[Any]:
    """The list's address."""
    return [path("reports/open/", show_reports, name="moderation_reports")]


class ReportsMenuItem(MenuItem):
    """For those who decide."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whoever decides reports."""
        return permissions.can_decide(request.user)


@hooks.register("register_reports_menu_item")
def reports_menu_item() -> MenuItem:
    """What people report stands with the reports."""
    label = gettext_lazy("Reported by people")
    return ReportsMenuItem(label, reverse_lazy("moderation_reports"), icon_name="warning", order=100)


@require_admin_access
def show_reports(request: HttpRequest) -> HttpResponse:
    """Open reports, the newest first, or with `?show=hidden` those after which something was hidden.

    A POST decides: `hide` or `dismiss` one, or `restore` what was hidden, with the report's id, and why.
    """
    if not permissions.can_decide(request.user):
        raise PermissionDenied
    hidden = request.GET.get("show") == "hidden"
    if request.method == "POST":
        _decide(request)
        return HttpResponseRedirect(request.get_full_path())
    rows = selectors.list_upheld(viewer=request.user) if hidden else selectors.list_open(viewer=request.user)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("p"))
    context = {"page": page, "reports": selectors.report_cards(page, viewer=request.user), "hidden": hidden}
    return render(request, "moderation/admin/reports.html", context)


def _decide(request: HttpRequest) -> None:
    asked = next((each for each in ("hide", "restore", "dismiss") if each in request.POST), "dismiss")
    said = request.POST.get(asked, "")
    number = int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else 0
    about: dict[str, Any] = {"actor": request.user, "report_id": number, "decision": request.POST.get("decision", "")}
    try:
        if asked == "restore":
            settled = services.take_back_decision(**about)
        else:
            settled = services.settle_reports(**about, upheld=asked == "hide")
    except DomainError as error:
        messages.error(request, str(next(iter(error.fields.values()), error.message)))
    else:
        messages.success(request, _done(asked) % {"count": settled})


def _done(asked: str) -> str:
    if asked == "hide":
        return _("It is hidden. Reports decided: %(count)d.")
    if asked == "restore":
        return _("It is back, as it was. Reports put away: %(count)d.")
    return _("Reports put away: %(count)d.")
