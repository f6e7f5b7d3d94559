"""The Wagtail admin: colours, categories, the bin, and saves that would overwrite somebody else's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path, reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms import permissions, selectors, services
from cms.models import Announcement, Category, PostPage, ReusableContent
from cms.selectors.search import list_empty_searches
from community.accounts.models import User
from community.core.errors import DomainError

BIN_PAGE = 50
REPORT_PAGE = 50


class CategoryViewSet(SnippetViewSet):
    """Categories, in the main menu, in their order."""

    model = Category
    icon = "folder-open-inverse"
    menu_label = gettext_lazy("Categories")
    menu_order = 250
    add_to_admin_menu = True
    list_display = ["name", "slug", "order"]
    search_fields = ["name"]
    ordering = ["order", "name"]


class AnnouncementViewSet(SnippetViewSet):
    """Banners above every page."""

    model = Announcement
    icon = "info-circle"
    menu_label = gettext_lazy("Announcements")
    menu_order = 260
    add_to_admin_menu = True
    list_display = ["text", "audience", "language", "starts_at", "ends_at"]
    list_filter = ["audience", "level", "language"]
    search_fields = ["text"]
    ordering = ["-pk"]


class ReusableContentViewSet(SnippetViewSet):
    """Words and pictures that several pages show."""

    model = ReusableContent
    icon = "snippet"
    menu_label = gettext_lazy("Reusable content")
    menu_order = 255
    add_to_admin_menu = True
    list_display = ["name", "slug", "updated_at"]
    search_fields = ["name"]


register_snippet(CategoryViewSet)
register_snippet(AnnouncementViewSet)
register_snippet(ReusableContentViewSet)


@hooks.register("insert_global_admin_css")
def admin_colours() -> SafeString:
    """The site's violet in the admin."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("construct_explorer_page_queryset")
def hide_bin(parent_page: Page, pages: Any, request: HttpRequest) -> Any:
    """What lies in the bin is not in the explorer, nor are drafts on ground that is not the viewer's."""
    return pages.exclude(pk__in=selectors.list_hidden_from_explorer(viewer=request.user).values("pk"))


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


@hooks.register("before_bulk_action")
def bulk_delete_into_bin(
    request: HttpRequest, action_type: str, objects: list[Page], action: Any
) -> HttpResponse | None:
    """The same for many at once; pages of other types go Wagtail's way, together with no posts."""
    if action_type != "delete" or request.method != "POST":
        return None
    posts = [page.specific for page in objects if issubclass(page.specific_class or Page, PostPage)]
    if not posts:
        return None
    if len(posts) != len(objects):
        messages.error(request, _("Please delete posts and other pages separately."))
    else:
        for post in posts:
            try:
                services.delete_post(actor=request.user, post=post)
            except DomainError as error:
                messages.error(request, f"{post.get_admin_display_title()}: {error.message}")
    return HttpResponseRedirect(reverse("wagtailadmin_explore", args=[objects[0].get_parent().pk]))


@hooks.register("register_admin_urls")
def own_urls() -> list[Any]:
    """The bin's page, and the way from the site's button to a new post."""
    return [path("bin/", show_bin, name="cms_bin"), path("write/", write_post, name="cms_write")]


@hooks.register("register_reports_menu_item")
def bin_menu_item() -> MenuItem:
    """The bin stands with the reports."""
    return MenuItem(_("Bin"), reverse_lazy("cms_bin"), icon_name="bin", order=900)


@require_admin_access
def write_post(request: HttpRequest) -> HttpResponse:
    """To the form for a post below one's own author page; who has none yet chooses a place in the explorer."""
    page = selectors.find_author_page(request.user) if isinstance(request.user, User) else None
    if page is None:
        return HttpResponseRedirect(reverse("wagtailadmin_explore_root"))
    return HttpResponseRedirect(reverse("wagtailadmin_pages:add", args=["cms", "postpage", page.pk]))


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
    page = selectors.paginate(
        list_empty_searches(), request.GET.get("p"), size=REPORT_PAGE, load=lambda searches: searches
    )
    return render(request, "cms/admin/empty_searches.html", {"pages": page})


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
    page = selectors.paginate(
        selectors.list_bin(viewer=request.user), request.GET.get("p"), size=BIN_PAGE, load=lambda posts: posts
    )
    return render(request, "cms/admin/bin.html", {"pages": page})


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
