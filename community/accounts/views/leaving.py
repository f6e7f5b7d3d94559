"""Pages of one's account: what is kept about one, a file with all of it, and having the account deleted."""

from __future__ import annotations

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.accounts import selectors, services
from community.accounts.choices import Role
from community.accounts.forms.leaving import DeletionForm
from community.accounts.models import User
from community.core import holdings
from community.core.errors import DomainError

FILE_NAME = "sparkle-universe-data.zip"


def _person(request: HttpRequest) -> User:
    return selectors.get_person_by_id(request.user.pk or 0, viewer=request.user)


@never_cache
@login_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Who sees one's profile, what the site keeps and how long, and the ways to the file and out."""
    context = {
        "profile": _person(request).profile,
        "kept": holdings.listed(),
        "deletion": selectors.deletion_of(request.user),
    }
    return render(request, "account/privacy.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """The file with everything held about one; sent, the form asks for a new one."""
    if request.method == "POST":
        try:
            services.request_export(actor=request.user)
        except DomainError as error:
            messages.error(request, str(error.message))
        else:
            messages.info(request, _("We are making your file. You get a mail when it is ready."))
        return HttpResponseRedirect(reverse("account_export"))
    return render(request, "account/export.html", {"export": selectors.export_of(request.user)})


@never_cache
@login_required
@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """The file itself, for whoever has lately shown once more who they are."""
    if not did_recently_reauthenticate(request):
        raise ReauthenticationRequired()
    file = selectors.open_export(request.user)
    return FileResponse(file, as_attachment=True, filename=FILE_NAME, content_type="application/zip")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Having one's account deleted; `keep` undoes it while there is time."""
    person = _person(request)
    if request.method == "POST" and "keep" in request.POST:
        if services.undo_deletion(person=person):
            messages.success(request, _("Your account stays."))
        return HttpResponseRedirect(reverse("account_delete"))
    deletion = selectors.deletion_of(person)
    sent = request.method == "POST" and deletion is None
    form = DeletionForm(
        request.POST if sent else None, user=person, with_code=selectors.second_factor_of(person).enabled
    )
    if sent and _is_requested(request, form):
        return HttpResponseRedirect(reverse("account_delete"))
    context = {
        "form": form,
        "deletion": deletion,
        "last": selectors.is_last_administrator(person),
        "staff": person.has_role(Role.MODERATOR),
        "days": services.GRACE.days,
    }
    return render(request, "account/delete.html", context, status=400 if form.errors else 200)


def _is_requested(request: HttpRequest, form: DeletionForm) -> bool:
    if not form.is_valid():
        return False
    if form.proof is not None:
        form.proof.save()
    try:
        services.request_deletion(
            actor=request.user,
            with_content=form.cleaned_data["with_content"],
            session_key=request.session.session_key,
        )
    except DomainError as error:
        form.add_error(None, str(error.message))
        return False
    return True
