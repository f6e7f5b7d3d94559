"""The admin as creators see it: their page, their posts, their pictures and files."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from cms import permissions
from cms.models import SeriesPage, is_confined

#: What stays of Wagtail's menus, by the names of the items.
KEPT_ITEMS = frozenset({"posts", "images", "documents"})
KEPT_SEARCHES = frozenset({"pages", "images", "documents"})


@hooks.register("construct_main_menu")
def creators_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Creators have few things, without the panel that leads through the whole tree."""
    if not is_confined(request.user):
        return
    own = MenuItem(
        _("My page"), reverse("wagtailadmin_explore_root"), name="explorer", icon_name="folder-open-inverse", order=80
    )
    binned = MenuItem(_("Bin"), reverse_lazy("cms_bin"), name="bin", icon_name="bin", order=900)
    items[:] = [own, *(item for item in items if item.name in KEPT_ITEMS), binned]


@hooks.register("construct_search")
def creators_search(request: HttpRequest, areas: list[Any]) -> None:
    """Creators search what is theirs."""
    if is_confined(request.user):
        areas[:] = [area for area in areas if area.name in KEPT_SEARCHES]


@hooks.register("before_copy_page")
def refuse_copies_of_series(request: HttpRequest, page: Page) -> None:
    """A copy of a series is a new series. Raises PermissionDenied."""
    series = issubclass(page.specific_class or Page, SeriesPage)
    if series and is_confined(request.user) and not permissions.can_create_series(request.user):
        raise PermissionDenied
