"""The door of the Wagtail admin, which has no sign-in of its own."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import RedirectView

_to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)


def admin_door(request: HttpRequest) -> HttpResponseBase:
    """To the site's sign-in; whoever is signed in and still sent here may not come in, and is told so."""
    if request.user.is_authenticated and not request.user.has_perm("wagtailadmin.access_admin"):
        # Wagtail has left the same words for the next page.
        list(messages.get_messages(request))
        raise PermissionDenied
    return _to_sign_in(request)
