"""The admin of creators: what is not opened to them here is not there for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from cms import permissions, selectors
from cms.models import CustomDocument, CustomImage, is_confined
from community.accounts.models import User
from community.accounts.permissions import can_write

ADMIN_PATH = "/cms/"
Files = type[CustomImage] | type[CustomDocument]

#: Open as they are: they show nothing of other people's, or ask the policies of cms/wagtail_hooks/policy.py.
OPEN = frozenset(
    {
        "cms_login", "cms_logout", "cms_tags",
        "wagtailadmin_account", "wagtailadmin_dismissibles", "wagtailadmin_javascript_catalog", "wagtailadmin_login",
        "wagtailadmin_logout", "wagtailadmin_sprite", "wagtailadmin_block_preview",
        "wagtailadmin_choose_page_search", "wagtailadmin_choose_page_anchor_link",
        "wagtailadmin_choose_page_email_link", "wagtailadmin_choose_page_external_link",
        "wagtailadmin_choose_page_phone_link", "wagtailadmin_pages:search", "wagtailadmin_pages:search_results",
        "cms_bin", "cms_write", "posts:index", "posts:index_results",
        "wagtailimages:index", "wagtailimages:index_results", "wagtailimages:add", "wagtailimages:add_multiple",
        "wagtailimages_chooser:choose", "wagtailimages_chooser:choose_results", "wagtailimages_chooser:create",
        "wagtaildocs:index", "wagtaildocs:index_results", "wagtaildocs:add", "wagtaildocs:add_multiple",
        "wagtaildocs_chooser:choose", "wagtaildocs_chooser:choose_results", "wagtaildocs_chooser:create",
    }
)  # fmt: skip
#: Open for pages of one's own.
OF_PAGES = frozenset(
    {
        "wagtailadmin_explore", "wagtailadmin_explore_results", "wagtailadmin_choose_page_child",
        *(f"wagtailadmin_pages:{name}" for name in (
            "add", "add_subpage", "preview_on_add", "edit", "preview_on_edit", "view_draft", "history",
            "history_results", "revisions_index", "revisions_view", "revisions_revert", "revisions_compare",
            "revisions_unschedule",
        )),
    }
)  # fmt: skip
#: Open for what lies below one's author page: that page itself stays where it is.
OF_POSTS = frozenset(
    f"wagtailadmin_pages:{name}"
    for name in ("copy", "delete", "move", "move_confirm", "set_page_position", "unpublish", "usage")
)
#: Open for pictures and documents of one's own.
OF_IMAGES = frozenset(
    {
        "wagtailimages_chooser:chosen", "wagtailimages_chooser:select_format",
        *(f"wagtailimages:{name}" for name in (
            "edit", "delete", "preview", "image_usage", "edit_multiple", "delete_multiple",
        )),
    }
)  # fmt: skip
OF_DOCUMENTS = frozenset(
    {
        "wagtaildocs_chooser:chosen",
        *(f"wagtaildocs:{name}" for name in ("edit", "delete", "document_usage", "edit_multiple", "delete_multiple")),
    }
)
OF_UPLOADS = frozenset(
    {
        "wagtailimages:create_multiple_from_uploaded_image", "wagtailimages:delete_upload_multiple",
        "wagtaildocs:create_multiple_from_uploaded_document", "wagtaildocs:delete_upload_multiple",
    }
)  # fmt: skip
#: Several at once, by their ids in the query.
CHOSEN_MULTIPLE: dict[str, Files] = {
    "wagtailimages_chooser:chosen_multiple": CustomImage,
    "wagtaildocs_chooser:chosen_multiple": CustomDocument,
}
BULK_OF_PAGES = frozenset({"delete", "move", "publish", "unpublish"})
BULK_OF_FILES = frozenset({"add_tags", "delete"})
#: Where the ids of pages stand, in the address and in what is sent.
PAGE_ARGUMENTS = ("parent_page_id", "page_id", "page_to_move_id", "destination_id", "pk")
PAGE_PARAMETERS = ("parent_page_id", "parent_page", "new_parent_page", "chooser", "target_pages[]")


class CreatorsDeskMiddleware:
    """Leads creators to their own page, and answers 404 for every address that is not opened to them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Before any view of the admin. Raises Http404; PermissionDenied for those who may not write."""
        if not request.path_info.startswith(ADMIN_PATH):
            return None
        person = request.user
        if not isinstance(person, User) or request.resolver_match is None:
            return None
        name = request.resolver_match.view_name
        if not is_confined(person):
            if name == "wagtail_bulk_action" and kwargs["model_name"] == "page":
                _refuse_bulk_on_authors_ground(request, person)
            return None
        if not can_write(person) and name not in {"cms_login", "cms_logout"}:
            raise PermissionDenied
        ground = selectors.find_ground(person)
        if ground is None:
            raise Http404
        return _Asked(request, ground, name, kwargs).answer(view)


class _Asked:
    """One request of a creator."""

    def __init__(self, request: HttpRequest, ground: selectors.OwnGround, name: str, kwargs: dict[str, Any]) -> None:
        self.request = request
        self.ground = ground
        self.name = name
        self.kwargs = kwargs

    def answer(self, view: Callable[..., HttpResponseBase]) -> HttpResponseBase | None:
        """None where Wagtail may answer. Raises Http404."""
        page = self.ground.page
        if self.name in {"wagtailadmin_home", "wagtailadmin_explore_root"}:
            return HttpResponseRedirect(reverse("wagtailadmin_explore", args=[page.pk]))
        if self.name in {"posts:choose_parent", "wagtailadmin_pages:choose_parent"}:
            return HttpResponseRedirect(reverse("cms_write"))
        if not self._sends_own_pages():
            raise Http404
        if self.name == "wagtailadmin_choose_page":
            return view(self.request, parent_page_id=page.pk)
        if self.name == "wagtailadmin_pages:add_subpage" and self._is_own() and not self._may_make_series():
            return HttpResponseRedirect(
                reverse("wagtailadmin_pages:add", args=["cms", "postpage", self.kwargs["parent_page_id"]])
            )
        if not self._is_open():
            raise Http404
        return None

    def _is_open(self) -> bool:
        if self.name in OPEN:
            return True
        if self.name in OF_PAGES:
            return self._is_own() and self._may_make_type()
        if self.name in OF_POSTS:
            return self._is_own() and self.ground.page.pk != next(self._page_arguments())
        if self.name in OF_IMAGES:
            return self._has_files(CustomImage, [self.kwargs.get("image_id", self.kwargs.get("pk"))])
        if self.name in OF_DOCUMENTS:
            argument = next(iter(self.kwargs.values()))
            return self._has_files(CustomDocument, [argument])
        if self.name in OF_UPLOADS:
            return self.ground.has_upload(self.kwargs["uploaded_file_id"])
        return self._is_open_for_several()

    def _is_open_for_several(self) -> bool:
        sent = self.request.GET.getlist("id")
        if self.name in CHOSEN_MULTIPLE:
            return self._has_files(CHOSEN_MULTIPLE[self.name], sent)
        if self.name == "wagtailadmin_choose_page_chosen_multiple":
            return self._has_pages(sent)
        if self.name == "wagtail_bulk_action":
            return self._is_open_bulk(sent)
        if self.name == "wagtailadmin_editing_sessions:ping":
            return self.kwargs["app_label"] in {"cms", "wagtailcore"} and self._has_pages([self.kwargs["object_id"]])
        if self.name == "wagtailadmin_editing_sessions:release":
            return True
        return self.name == "cms_write_series" and self._may_make_series()

    def _is_open_bulk(self, sent: list[str]) -> bool:
        kind, action = self.kwargs["model_name"], self.kwargs["action"]
        if kind == "page" and action in BULK_OF_PAGES:
            return self._has_pages(sent) and str(self.ground.page.pk) not in sent
        kinds: dict[str, Files] = {"customimage": CustomImage, "customdocument": CustomDocument}
        model = kinds.get(kind)
        if model is None or action not in BULK_OF_FILES:
            return False
        # "all" stands for all that the policy lets somebody change.
        return sent == ["all"] or self._has_files(model, sent)

    def _page_arguments(self) -> Iterator[int]:
        return (int(self.kwargs[name]) for name in PAGE_ARGUMENTS if name in self.kwargs)

    def _is_own(self) -> bool:
        numbers = list(self._page_arguments())
        return bool(numbers) and self.ground.has_pages(numbers)

    def _sends_own_pages(self) -> bool:
        sent = [
            value
            for name in PAGE_PARAMETERS
            for value in (*self.request.GET.getlist(name), *self.request.POST.getlist(name))
            if value
        ]
        return not sent or self._has_pages(sent)

    def _has_pages(self, sent: list[str]) -> bool:
        numbers = _numbers(sent)
        return bool(numbers) and self.ground.has_pages(numbers)

    def _has_files(self, model: Files, sent: list[Any]) -> bool:
        numbers = _numbers(sent)
        return bool(numbers) and self.ground.has_files(model, numbers)

    def _may_make_series(self) -> bool:
        return permissions.can_create_series(self.ground.person)

    def _may_make_type(self) -> bool:
        return self.kwargs.get("content_type_model_name") != "seriespage" or self._may_make_series()


def _refuse_bulk_on_authors_ground(request: HttpRequest, person: User) -> None:
    """Wagtail's bulk actions ask the page without its type, which knows nothing of authors' ground. Raises Http404."""
    if not person.has_perm("wagtailadmin.access_admin") or person.is_superuser:
        return
    sent = request.GET.getlist("id")
    if "all" in sent:
        sent = [request.GET.get("childOf", "")]
    if not selectors.may_change_all_of(_numbers(sent), viewer=person):
        raise Http404


def _numbers(sent: list[Any]) -> list[int]:
    """The ids; none at all when one of them is no id."""
    numbers = [int(value) for value in map(str, sent) if value.isdecimal() and value.isascii() and len(value) < 19]
    return numbers if len(numbers) == len(sent) else []
