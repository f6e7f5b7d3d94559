"""The page of one's security: alerts to answer and who signed in; and the link that undoes a change of address."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.accounts import selectors, services
from community.accounts.choices import AlertAnswer
from community.core.errors import Conflict, NotFound
from community.core.lists import Paginated, paginate

ALERTS, SIGN_INS = 5, 15


def _part(request: HttpRequest, rows: QuerySet[Any], *, size: int, name: str, other: str) -> Paginated[Any]:
    """The part of `rows` that the query asks for, or the nearest; its links leave the other list as it is."""
    kept = request.GET.get(other, "")
    query = f"{urlencode({other: kept})}&" if kept.isdecimal() and len(kept) < 8 else ""
    return paginate(rows, request.GET.get(name), size=size, query=query, nearest=True)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def security(request: HttpRequest) -> HttpResponse:
    """Alerts and sign-ins; `me` or `not_me` with the number of an alert answers it."""
    if request.method == "POST":
        return _answer(request)
    history = selectors.list_login_history(viewer=request.user)
    parts = {
        "alerts": _part(request, selectors.list_alerts(viewer=request.user), size=ALERTS, name="alerts", other="page"),
        "sign_ins": _part(request, history, size=SIGN_INS, name="page", other="alerts"),
    }
    return render(request, "account/security.html", parts)


def _answer(request: HttpRequest) -> HttpResponse:
    answer = AlertAnswer.NOT_ME if AlertAnswer.NOT_ME in request.POST else AlertAnswer.ME
    wanted = request.POST.get(answer, "")
    if not wanted.isdecimal() or not wanted.isascii() or len(wanted) > 18:
        raise NotFound()
    try:
        services.answer_alert(actor=request.user, alert_id=int(wanted), answer=answer)
    except Conflict:
        messages.warning(request, _("You have answered that already."))
        return HttpResponseRedirect(reverse("account_security"))
    if answer == AlertAnswer.ME:
        messages.info(request, _("Thank you. All is well then."))
        return HttpResponseRedirect(reverse("account_security"))
    logout(request)
    messages.warning(
        request, _("Everybody is signed out, and the old password no longer works. We sent you a link for a new one.")
    )
    return HttpResponseRedirect(reverse("account_login"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo_email(request: HttpRequest, token: str) -> HttpResponse:
    """Asks before it undoes a change of address: programs that look at mail open links, and must change nothing."""
    change = selectors.find_email_change(token)
    if change is None:
        raise Http404
    if request.method != "POST":
        return render(request, "account/email_undo.html", {"change": change})
    try:
        services.undo_email_change(token=token)
    except services.AddressGone as error:
        return render(request, "account/email_undo.html", {"change": change, "refusal": error.message}, status=409)
    logout(request)
    messages.info(
        request,
        _("Your account has its old address again. Everybody is signed out; we sent you a link for a password."),
    )
    return HttpResponseRedirect(reverse("account_login"))
