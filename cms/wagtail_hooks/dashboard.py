"""The admin's first page: what waits for the person who opens it, and how the week went."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from wagtail import hooks
from wagtail.admin.ui.components import Component

from cms import selectors
from community.accounts.models import User


class Panel(Component):
    """A part of the first page; it asks for its own data."""

    def __init__(self, viewer: User) -> None:
        self.viewer = viewer


class WeekPanel(Panel):
    """What happened on the site in seven days, and the way to a new post."""

    name = "week"
    order = 100
    template_name = "cms/admin/week.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """The numbers, of the whole site."""
        return {"week": selectors.week_in_numbers(since=timezone.now() - timedelta(days=7))}


class UnfinishedPanel(Panel):
    """The person's own drafts."""

    name = "unfinished"
    order = 150
    template_name = "cms/admin/unfinished.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """The last touched first."""
        return {"posts": selectors.list_unfinished(self.viewer)}


class ScheduledPanel(Panel):
    """What goes out by itself."""

    name = "scheduled"
    order = 160
    template_name = "cms/admin/scheduled.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """The next first, with the editor's right to open each."""
        rows = [
            (waiting, waiting.post.permissions_for_user(self.viewer).can_edit())
            for waiting in selectors.list_scheduled(viewer=self.viewer)
        ]
        return {"rows": rows}


@hooks.register("construct_homepage_panels")
def add_panels(request: HttpRequest, panels: list[Component]) -> None:
    """Ours beside Wagtail's; each says its place by its order."""
    if isinstance(request.user, User):
        panels.extend(panel(request.user) for panel in (WeekPanel, UnfinishedPanel, ScheduledPanel))
