"""What the admin lists for whom: as Wagtail says, without the bin and without drafts on other people's ground."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail import hooks
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import register_permission_policy

from cms import selectors
from cms.models import is_confined


class ContentPolicy(PagePermissionPolicy):
    """As Wagtail's; explorer, listings, search, reports and the admin's own API ask it what somebody may find."""

    def explorable_instances(self, user: Any) -> QuerySet[Page]:
        """What `user` may find in the admin."""
        return self._without_hidden(super().explorable_instances(user), user)

    def instances_user_has_any_permission_for(self, user: Any, actions: set[str]) -> QuerySet[Page]:
        """What `user` may do one of `actions` with, as far as they may find it."""
        return self._without_hidden(super().instances_user_has_any_permission_for(user, actions), user)

    def _without_hidden(self, pages: QuerySet[Page], user: Any) -> QuerySet[Page]:
        if is_confined(user):
            pages = _of_ground(pages, user)
        return pages.exclude(pk__in=selectors.list_hidden_from_explorer(viewer=user).values("pk"))


def _of_ground(pages: QuerySet[Page], person: Any) -> QuerySet[Page]:
    ground = selectors.find_ground(person)
    return pages.none() if ground is None else pages.filter(path__startswith=ground.page.path)


register_permission_policy(Page, ContentPolicy(Page))


@hooks.register("construct_page_chooser_queryset")
def hide_from_chooser(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """The chooser of pages asks no policy."""
    if is_confined(request.user):
        pages = _of_ground(pages, request.user)
    return pages.exclude(pk__in=selectors.list_hidden_from_explorer(viewer=request.user).values("pk"))
