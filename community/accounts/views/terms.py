"""The page on which people agree to new terms, and what leads to it."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community.accounts import selectors, services


class TermsForm(forms.Form):
    """Agreement to the terms that hold now."""

    agree_to_terms = forms.BooleanField(
        label=gettext_lazy("I agree to the terms of use"),
        error_messages={"required": gettext_lazy("Please agree to the terms.")},
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """Which terms hold, since when one has agreed, and agreeing; then on to where one wanted to go."""
    form = TermsForm(request.POST if request.method == "POST" else None)
    target = _target(request)
    if request.method == "POST" and form.is_valid():
        services.agree_to_terms(actor=request.user)
        messages.info(request, _("Thank you. You can go on."))
        return HttpResponseRedirect(target or resolve_url(settings.LOGIN_REDIRECT_URL))
    context = {"form": form, "terms": selectors.get_terms(viewer=request.user), "next": target}
    return render(request, "account/terms.html", context, status=400 if form.errors else 200)


def _target(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    return wanted if url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure()) else ""
