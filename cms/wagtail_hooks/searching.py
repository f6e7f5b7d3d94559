"""What people search for and do not find."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse_lazy
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import MenuItem

from cms import permissions
from cms.selectors.search import list_empty_searches
from community.core.lists import Paginated, paginate

REPORT_PAGE = 50


@hooks.register("register_admin_urls")
def search_urls() -> list[Any]:
    """The report of searches without result."""
    return [path("reports/empty-searches/", show_empty_searches, name="cms_empty_searches")]


class EmptySearchesMenuItem(MenuItem):
    """For those who may do something about it."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whoever may pick results."""
        return permissions.can_pick_results(request.user)


@hooks.register("register_reports_menu_item")
def empty_searches_menu_item() -> MenuItem:
    """Searches without result stand with the reports."""
    label = _("Searches without result")
    return EmptySearchesMenuItem(label, reverse_lazy("cms_empty_searches"), icon_name="search", order=1200)


@require_admin_access
def show_empty_searches(request: HttpRequest) -> HttpResponse:
    """What people search for and do not find, the most wanted first."""
    if not permissions.can_pick_results(request.user):
        raise PermissionDenied
    page: Paginated[Any] = paginate(list_empty_searches(), request.GET.get("p"), size=REPORT_PAGE)
    return render(request, "cms/admin/empty_searches.html", {"pages": page})
