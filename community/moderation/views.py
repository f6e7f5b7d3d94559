"""The page on which people report something."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.core import targets
from community.core.errors import DomainError, Invalid, NotFound
from community.moderation import selectors, services
from community.moderation.forms import HidingForm, ReportForm


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, kind: str, target_id: int) -> HttpResponse:
    """Asks what is wrong with something that one sees, and tells moderators; once."""
    selectors.get_target(kind, target_id, viewer=request.user)
    card = targets.cards(kind, [target_id], request.user).get(target_id)
    if card is None:
        raise NotFound()
    form = ReportForm(request.POST or None)
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.report(actor=request.user, target_kind=kind, target_id=target_id, **form.cleaned_data)
        except DomainError as error:
            status = error.status
            for name, words in error.fields.items():
                form.add_error(name if name in form.fields else None, str(words))
            if not error.fields:
                form.add_error(None, str(error.message))
        else:
            messages.success(request, _("Thank you. Somebody will look at it."))
            return HttpResponseRedirect(card.url)
    reported = selectors.has_reported(kind, target_id, viewer=request.user)
    context = {"form": form, "card": card, "reported": reported}
    return render(request, "moderation/report.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hiding(request: HttpRequest, kind: str, target_id: int) -> HttpResponse:
    """A moderator hides a post or a profile and says why, or brings it back."""
    found = selectors.get_hiding(kind, target_id, viewer=request.user)
    form = HidingForm(request.POST if request.POST.get("act") == "hide" else None)
    status = 400 if request.method == "POST" else 200
    if request.POST.get("act") == "restore":
        services.restore_target(actor=request.user, kind=kind, target_id=target_id)
        messages.success(request, _("It is back, as it was."))
        return HttpResponseRedirect(request.path)
    if form.is_valid():
        try:
            services.hide_target(actor=request.user, kind=kind, target_id=target_id, **form.cleaned_data)
        except Invalid as error:
            form.add_error("reason", str(error.fields.get("reason", error.message)))
        else:
            messages.success(request, _("It is hidden."))
            return HttpResponseRedirect(request.path)
    return render(request, "moderation/hiding.html", {"form": form, "hiding": found}, status=status)
