"""Reports of the admin that Wagtail makes without asking what the reader may find."""

from __future__ import annotations

from typing import Any

from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.reports.page_types_usage import PageTypesUsageReportView


class PageTypesView(PageTypesUsageReportView):
    """As Wagtail's, naming only pages that the reader may find in the admin."""

    def decorate_paginated_queryset(self, page_types: Any) -> Any:
        """The page edited last is left out where it is somebody else's draft or lies in the bin."""
        page_types = super().decorate_paginated_queryset(page_types)
        named = [row.last_edited_page.pk for row in page_types if row.last_edited_page]
        found = self.permission_policy.explorable_instances(self.request.user).filter(pk__in=named)
        shown = set(found.values_list("pk", flat=True))
        for row in page_types:
            if row.last_edited_page and row.last_edited_page.pk not in shown:
                row.last_edited_page = None
        return page_types


page_types = require_admin_access(PageTypesView.as_view())
page_types_results = require_admin_access(PageTypesView.as_view(results_only=True))
