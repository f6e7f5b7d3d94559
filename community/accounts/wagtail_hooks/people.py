"""People in the admin, in the place of Wagtail's own: a list, and for each a page from which services are asked."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.forms import CheckboxSelectMultiple, RadioSelect
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_filters.filters import ChoiceFilter, DateFromToRangeFilter, MultipleChoiceFilter
from wagtail import hooks
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet

from community.accounts import permissions, selectors
from community.accounts.choices import Role, Status
from community.accounts.models import User
from community.accounts.wagtail_hooks.account import AccountView, ImpersonateView


class PeopleFilterSet(WagtailFilterSet):
    """What staff look for."""

    role = MultipleChoiceFilter(label=_("Role"), choices=Role.choices, widget=CheckboxSelectMultiple)
    status = MultipleChoiceFilter(label=_("Status"), choices=Status.choices, widget=CheckboxSelectMultiple)
    verified = ChoiceFilter(
        label=_("Tick"),
        choices=[("True", _("With")), ("False", _("Without"))],
        widget=RadioSelect,
        empty_label=_("Any"),
    )
    created_at = DateFromToRangeFilter(label=_("Joined"), widget=DateRangePickerWidget)
    last_seen_at = DateFromToRangeFilter(label=_("Last seen"), widget=DateRangePickerWidget)

    class Meta:
        model = User
        fields: list[str] = []


class PeopleView(generic.IndexView):
    """Everybody who has an account."""

    model = User
    any_permission_required = None
    page_title = _("People")
    header_icon = "user"
    filterset_class = PeopleFilterSet
    search_backend_name = None
    search_fields = ["username"]
    default_ordering = "-created_at"
    paginate_by = 50

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """For moderators and administrators only."""
        if not permissions.can_list_people(request.user):
            raise PermissionDenied
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer

    @cached_property
    def columns(self) -> list[Column]:
        """Addresses are for administrators."""
        found = [
            TitleColumn("name", accessor="profile.display_name", label=_("Name"), get_url=self.get_edit_url,
                        sort_key="profile__display_name"),
            Column("username", label=_("User name"), sort_key="username", classname="desk-long"),
            Column("email", label=_("E-mail"), sort_key="email", classname="desk-long desk-address"),
            Column("get_role_display", label=_("Role"), sort_key="role"),
            Column("get_status_display", label=_("Status"), sort_key="status"),
            Column("verified", accessor=lambda person: "✓" if person.verified else "", label=_("Tick"),
                   sort_key="verified"),
            DateColumn("created_at", label=_("Joined"), sort_key="created_at"),
            DateColumn("last_seen_at", label=_("Last seen"), sort_key="last_seen_at"),
        ]  # fmt: skip
        shown = permissions.can_view_email(self.request.user)
        return [column for column in found if shown or column.name != "email"]

    def get_edit_url(self, instance: User) -> str:
        """The page of an account."""
        return reverse("wagtailusers_users:edit", args=[instance.pk])

    def get_base_queryset(self) -> QuerySet[User]:
        """All accounts."""
        return selectors.list_accounts(viewer=self.request.user)

    def search_queryset(self, queryset: QuerySet[User]) -> QuerySet[User]:
        """By names, and for administrators by addresses."""
        if not self.is_searching:
            return queryset
        found = selectors.list_accounts(viewer=self.request.user, search=self.search_query)
        return queryset.filter(pk__in=found.order_by().values("pk"))

    def order_queryset(self, queryset: QuerySet[User]) -> QuerySet[User]:
        """Who was never seen comes last, whichever way."""
        name = str(self.ordering).removeprefix("-")
        key = F(name)
        ordered = key.desc(nulls_last=True) if str(self.ordering).startswith("-") else key.asc(nulls_last=True)
        return queryset.order_by(ordered, "-pk")


class PeopleViewSet(ViewSet):
    """The list, the page of an account, and signing in as somebody else; it takes the place of Wagtail's users."""

    icon = "user"
    menu_label = _("People")
    menu_name = "people"
    menu_order = 80

    def __init__(self, name: str = "wagtailusers_users", **kwargs: Any) -> None:
        super().__init__(name, **{**kwargs, "url_prefix": "people"})

    def get_urlpatterns(self) -> list[Any]:
        """Wagtail reverses `index` and `edit`."""
        index = PeopleView.as_view(
            index_url_name=self.get_url_name("index"), index_results_url_name=self.get_url_name("index_results")
        )
        results = PeopleView.as_view(
            index_url_name=self.get_url_name("index"),
            index_results_url_name=self.get_url_name("index_results"),
            results_only=True,
        )
        return [
            path("", index, name="index"),
            path("results/", results, name="index_results"),
            path("<int:pk>/", AccountView.as_view(), name="edit"),
            path("<int:pk>/impersonation/", ImpersonateView.as_view(), name="impersonate"),
        ]


class PeopleMenuItem(MenuItem):
    """For those who may look."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Moderators and administrators."""
        return permissions.can_list_people(request.user)


@hooks.register("register_admin_menu_item")
def people_menu_item() -> MenuItem:
    """People stand in the main menu."""
    return PeopleMenuItem(_("People"), reverse("wagtailusers_users:index"), icon_name="user", order=80)


@hooks.register("before_bulk_action")
def no_bulk_actions_on_people(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Wagtail's own write past the services: nobody is changed in bulk."""
    if any(isinstance(each, User) for each in objects):
        raise PermissionDenied
    return None
