"""Deleting a post is putting it into the bin, deleting a series leaves its posts; the bin itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse, reverse_lazy
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from cms import selectors, services
from cms.models import PostPage, SeriesPage
from community.core.errors import DomainError
from community.core.lists import Paginated, paginate

BIN_PAGE = 50


@hooks.register("before_delete_page")
def delete_into_bin(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Deleting a post in the admin puts it into the bin, as through the API."""
    post = page.specific
    if not isinstance(post, PostPage) or request.method != "POST":
        return None
    parent = post.get_parent()
    try:
        services.delete_post(actor=request.user, post=post)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(
            request, _("“%(title)s” is in the bin for 30 days.") % {"title": post.get_admin_display_title()}
        )
    return HttpResponseRedirect(reverse("wagtailadmin_explore", args=[parent.pk]))


@hooks.register("before_delete_page")
def dissolve_series(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Deleting a series in the admin leaves its posts, as through the API."""
    series = page.specific
    if not isinstance(series, SeriesPage):
        return None
    if request.method != "POST":
        messages.info(request, _("The posts of this series stay: they go to the page above it."))
        return None
    parent = series.get_parent()
    try:
        services.delete_series(actor=request.user, series=series)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(
            request, _("“%(title)s” is dissolved; its posts stay.") % {"title": series.get_admin_display_title()}
        )
    return HttpResponseRedirect(reverse("wagtailadmin_explore", args=[parent.pk]))


@hooks.register("before_bulk_action")
def bulk_delete_into_bin(
    request: HttpRequest, action_type: str, objects: list[Page], action: Any
) -> HttpResponse | None:
    """The same for many at once; pages of other types go Wagtail's way, together with no posts and series."""
    if action_type != "delete" or request.method != "POST":
        return None
    pages = [page.specific for page in objects if issubclass(page.specific_class or Page, PostPage | SeriesPage)]
    if not pages:
        return None
    parent = objects[0].get_parent()
    if len(pages) != len(objects):
        messages.error(request, _("Please delete posts and other pages separately."))
    else:
        for page in pages:
            try:
                if isinstance(page, PostPage):
                    services.delete_post(actor=request.user, post=page)
                else:
                    services.delete_series(actor=request.user, series=page)
            except DomainError as error:
                messages.error(request, f"{page.get_admin_display_title()}: {error.message}")
    return HttpResponseRedirect(reverse("wagtailadmin_explore", args=[parent.pk]))


@hooks.register("register_admin_urls")
def bin_urls() -> list[Any]:
    """The bin's page."""
    return [path("bin/", show_bin, name="cms_bin")]


@hooks.register("register_reports_menu_item")
def bin_menu_item() -> MenuItem:
    """The bin stands with the reports."""
    return MenuItem(_("Bin"), reverse_lazy("cms_bin"), icon_name="bin", order=900)


@require_admin_access
def show_bin(request: HttpRequest) -> HttpResponse:
    """Deleted posts that the viewer may bring back; a POST brings one back as a draft."""
    if request.method == "POST":
        try:
            number = int(request.POST.get("post", "0"))
        except ValueError:
            number = 0
        try:
            post = selectors.get_deleted_post(number, viewer=request.user)
            services.restore_post(actor=request.user, post=post)
        except DomainError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("“%(title)s” is a draft again.") % {"title": post.get_admin_display_title()})
        return HttpResponseRedirect(reverse("cms_bin"))
    page: Paginated[Any] = paginate(selectors.list_bin(viewer=request.user), request.GET.get("p"), size=BIN_PAGE)
    return render(request, "cms/admin/bin.html", {"pages": page})
