"""The door of the Wagtail admin, which has no sign-in of its own."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.generic import RedirectView

from community.accounts.permissions import is_suspended

_to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)


def admin_door(request: HttpRequest) -> HttpResponseBase:
    """To the site's sign-in; whoever is signed in and still sent here may not come in, and is told so."""
    if request.user.is_authenticated and not request.user.has_perm("wagtailadmin.access_admin"):
        # Wagtail has left the same words for the next page.
        list(messages.get_messages(request))
        if is_suspended(request.user):
            return HttpResponseRedirect(reverse("account_suspended"))
        raise PermissionDenied
    return _to_sign_in(request)
