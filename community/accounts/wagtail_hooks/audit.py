"""The audit log in the admin: filters, and a table to take along."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.filters import CharFilter, ChoiceFilter, DateFromToRangeFilter
from wagtail import hooks
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.reports import ReportView

from community.accounts import permissions, selectors
from community.core import audit
from community.core.models import AuditEntry

#: What programs for tables would take for a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _acts() -> list[tuple[str, Any]]:
    return sorted(audit.acts().items())


class AuditFilterSet(WagtailFilterSet):
    """Who, what, to whom, when."""

    act = ChoiceFilter(label=_("What"), choices=_acts)
    by = CharFilter(label=_("By (user name)"), method="by_actor")
    about = CharFilter(label=_("About (user name)"), method="about_person")
    request_id = CharFilter(label=_("Number of the request"))
    occurred_at = DateFromToRangeFilter(label=_("When"), widget=DateRangePickerWidget)

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def by_actor(self, entries: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Acts of the person with this name."""
        return entries.filter(actor_name__iexact=value.removeprefix("@"))

    def about_person(self, entries: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """What was done to the person with this name."""
        return entries.filter(target_kind="user", target_name__iexact=value.removeprefix("@"))


class AuditPaginator(WagtailPaginator):
    """Pages of entries, counted in words."""

    verbose_name = _("entry")
    verbose_name_plural = _("entries")


class AuditView(ReportView):
    """The log, the newest first."""

    template_name = "wagtailadmin/reports/base_report.html"
    model = AuditEntry
    page_title = _("Audit log")
    verbose_name_plural = _("entries")
    header_icon = "history"
    paginator_class = AuditPaginator
    filterset_class = AuditFilterSet
    index_url_name = "accounts_audit"
    index_results_url_name = "accounts_audit_results"
    permission_policy = None
    export_filename = "audit-log"
    list_export = [
        "number",
        "when",
        "act",
        "by",
        "about",
        "reason",
        "before",
        "after",
        "address",
        "agent",
        "request_id",
    ]
    export_headings = {name: name for name in list_export}
    columns = [
        DateColumn("occurred_at", label=_("When")),
        Column("act", label=_("What"), accessor=lambda entry: audit.acts().get(entry.act, entry.act)),
        Column("by", label=_("By"), accessor=lambda entry: by(entry)),
        Column("about", label=_("About"), accessor=lambda entry: about(entry)),
        Column("change", label=_("Change"), accessor=lambda entry: change(entry)),
        Column("reason", label=_("Reason"), accessor=lambda entry: detail(entry, "reason")),
        Column("address", label=_("From"), accessor=lambda entry: detail(entry, "address")),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """For administrators only."""
        if not permissions.can_view_audit(request.user):
            raise PermissionDenied
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer

    def get_queryset(self) -> QuerySet[Any]:
        """All entries, with names."""
        return selectors.list_audit(viewer=self.request.user)

    def to_row_dict(self, item: AuditEntry) -> dict[str, Any]:
        """A row of the table, in which no cell is a formula."""
        row = {
            "number": item.pk,
            "when": timezone.localtime(item.occurred_at).isoformat(timespec="seconds"),
            "act": item.act,
            "by": by(item),
            "about": about(item),
            "reason": detail(item, "reason"),
            "before": json.dumps(detail(item, "before") or {}, ensure_ascii=False),
            "after": json.dumps(detail(item, "after") or {}, ensure_ascii=False),
            "address": detail(item, "address"),
            "agent": detail(item, "user_agent"),
            "request_id": item.request_id,
        }
        return {name: f"'{value}" if str(value).startswith(FORMULA) else value for name, value in row.items()}


def by(entry: Any) -> str:
    """Who did it, by name; by number once the name is gone; the site where nobody did."""
    if entry.actor_id is None:
        return str(_("the site"))
    return str(entry.actor_name or f"#{entry.actor_id}")


def about(entry: Any) -> str:
    """To whom or what."""
    if entry.target_kind == "user":
        return str(entry.target_name or f"#{entry.target_id}")
    return f"{entry.target_kind} {entry.target_id or ''}".strip()


def detail(entry: Any, name: str) -> Any:
    """What lies beside the entry; nothing once it was forgotten."""
    found = getattr(entry, "detail", None)
    return getattr(found, name) if found is not None else ""


def change(entry: Any) -> str:
    """What was before and after, in a line."""
    before, after = detail(entry, "before") or {}, detail(entry, "after") or {}
    names = sorted({*before, *after})
    return "; ".join(
        f"{name}: {before[name]} → {after.get(name)}" if name in before else f"{name}: {after[name]}" for name in names
    )


@hooks.register("register_admin_urls")
def audit_urls() -> list[Any]:
    """The pages of the log."""
    return [
        path("reports/audit/", AuditView.as_view(), name="accounts_audit"),
        path("reports/audit/results/", AuditView.as_view(results_only=True), name="accounts_audit_results"),
    ]


class AuditMenuItem(MenuItem):
    """For administrators."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whoever may read it."""
        return permissions.can_view_audit(request.user)


@hooks.register("register_reports_menu_item")
def audit_menu_item() -> MenuItem:
    """The log stands with the reports."""
    return AuditMenuItem(_("Audit log"), reverse_lazy("accounts_audit"), icon_name="history", order=1300)
