"""The link by which people bring others, and whom they brought."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community.accounts import selectors, services
from community.accounts.models import User

A_PAGE = 20


@never_cache
@require_safe
def join(request: HttpRequest, code: str) -> HttpResponse:
    """Leads to the form, with the code; whoever joins by another site has it in the session. Unknown ones alike."""
    code = selectors.tidy_code(code)
    if not request.user.is_authenticated:
        request.session["accounts.referral"] = code
    return HttpResponseRedirect(f"{reverse('account_signup')}?{urlencode({'referral': code})}")


@never_cache
@login_required
@require_safe
def referrals(request: HttpRequest) -> HttpResponse:
    """One's own code and link, and whom one brought, twenty on a page."""
    viewer = request.user
    assert isinstance(viewer, User)  # noqa: S101 - the page is for signed-in people
    page = Paginator(selectors.list_referrals(viewer=viewer), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "referrals": services.referrals_of(person=viewer),
        "page": page,
        "brought": [selectors.brought_card(row) for row in page],
    }
    return render(request, "account/referrals.html", context)
