"""Tags while somebody types one in the admin."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.tags import autocomplete

from cms import selectors
from cms.models import is_confined
from community.accounts.models import User


@require_admin_access
def tags_to_complete(request: HttpRequest) -> JsonResponse:
    """The tags that begin with `term`, as Wagtail's; creators learn of none that only others' drafts carry."""
    if isinstance(request.user, User) and is_confined(request.user):
        words = request.GET.get("term", "").replace("\x00", "")[:100]
        return JsonResponse(selectors.list_tags_beginning(words, viewer=request.user), safe=False)
    answer: JsonResponse = autocomplete(request)
    return answer
