"""Pages of one's account: who asks to follow, whom one has hidden."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.accounts.models import User
from community.accounts.selectors import author_card
from community.core.errors import Invalid
from community.follows import selectors, services
from community.follows.views.people import cut


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def requests(request: HttpRequest) -> HttpResponse:
    """Who asks to follow: `accept` and `decline` hold the number of a request."""
    viewer = request.user
    assert isinstance(viewer, User)  # noqa: S101 - the page is for signed-in people
    if request.method == "POST":
        accepted = "accept" in request.POST
        number = request.POST.get("accept") or request.POST.get("decline") or ""
        if not (number.isascii() and number.isdecimal() and len(number) <= 18):
            raise Invalid(fields={"accept": _("There is no such thing.")})
        if accepted:
            services.accept_request(actor=viewer, request_id=int(number))
            messages.info(request, _("They follow you now."))
        else:
            services.decline_request(actor=viewer, request_id=int(number))
            messages.info(request, _("The request is gone. Nobody was told."))
        return HttpResponseRedirect(reverse("account_follow_requests"))
    rows, after = cut(request, selectors.list_requests(viewer=viewer))
    shown = [{"id": row.pk, "person": author_card(row.follower), "at": row.created_at} for row in rows]
    return render(request, "follows/requests.html", {"requests": shown, "after": after})


@never_cache
@login_required
@require_safe
def hidden(request: HttpRequest) -> HttpResponse:
    """Whom one has blocked, or with `?show=muted` muted, to bring back."""
    viewer = request.user
    assert isinstance(viewer, User)  # noqa: S101 - the page is for signed-in people
    muted = request.GET.get("show") == "muted"
    if muted:
        mutes, after = cut(request, selectors.list_mutes(viewer=viewer))
        people = [author_card(row.muted) for row in mutes]
    else:
        blocks, after = cut(request, selectors.list_blocks(viewer=viewer))
        people = [author_card(row.blocked) for row in blocks]
    tabs = [
        {"label": _("Blocked"), "url": reverse("account_blocked"), "current": not muted},
        {"label": _("Muted"), "url": f"{reverse('account_blocked')}?show=muted", "current": muted},
    ]
    return render(request, "follows/hidden.html", {"people": people, "after": after, "muted": muted, "tabs": tabs})
