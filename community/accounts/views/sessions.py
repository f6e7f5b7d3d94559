"""Pages of one's account: where one is signed in, keys for programs, why one is suspended."""

from __future__ import annotations

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_reset
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.accounts import permissions, selectors, services
from community.accounts.choices import Scope
from community.accounts.forms.tokens import TokenForm
from community.accounts.models import User
from community.core.errors import DomainError, NotFound


def _person(request: HttpRequest) -> User:
    return selectors.get_person_by_id(request.user.pk or 0, viewer=request.user)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; `close` ends one session, anything else that is sent ends all others."""
    key = request.session.session_key
    if request.method == "POST":
        if wanted := request.POST.get("close"):
            if not wanted.isdecimal() or len(wanted) > 18:
                raise NotFound()
            services.close_session(actor=request.user, session_id=int(wanted))
            messages.info(request, _("That session is closed."))
        else:
            services.close_sessions(person=_person(request), except_key=key)
            messages.info(request, _("You are signed out everywhere else."))
        return HttpResponseRedirect(reverse("usersessions_list"))
    cards = selectors.list_sessions(viewer=request.user, current_key=key)
    return render(request, "usersessions/usersession_list.html", {"sessions": cards})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """One's keys for programs; a new one is shown in the answer that makes it, and never again."""
    form = TokenForm(request.POST if "make" in request.POST else None, scopes=_scopes(request))
    if request.method == "POST" and (wanted := request.POST.get("revoke")):
        if not wanted.isdecimal() or len(wanted) > 18:
            raise NotFound()
        services.revoke_token(actor=request.user, token_id=int(wanted))
        messages.info(request, _("That token is withdrawn."))
        return HttpResponseRedirect(reverse("account_tokens"))
    made = ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, made = services.make_token(
                actor=request.user,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                days=int(form.cleaned_data["days"]),
            )
        except DomainError as error:
            form.add_error(None, str(error.message))
        else:
            form = TokenForm(scopes=_scopes(request))
    context = {"form": form, "made": made, "tokens": selectors.list_tokens(viewer=request.user)}
    return render(request, "account/tokens.html", context, status=400 if form.errors else 200)


def _scopes(request: HttpRequest) -> list[Scope]:
    hidden = set() if permissions.can_grant_scope(request.user, Scope.ADMIN) else {Scope.ADMIN}
    return [scope for scope in Scope if scope not in hidden]


@never_cache
@login_required
@require_safe
def suspended(request: HttpRequest) -> HttpResponse:
    """Why one's account is suspended and until when; everybody else goes to the first page."""
    suspension = selectors.suspension_of(_person(request))
    if suspension is None:
        return HttpResponseRedirect("/")
    return render(request, "account/suspended.html", {"suspension": suspension})


class ChoosePasswordView(PasswordResetConfirmView):
    """A password chosen by a link that works once; whoever had the account before is out."""

    template_name = "account/password_choose.html"

    def form_valid(self, form: object) -> HttpResponse:
        """Stores it, lifts locks, ends every session and token, and tells the person by mail."""
        response = super().form_valid(form)  # type: ignore[arg-type]
        person = cast(User, self.user)
        password_reset.send(sender=User, request=self.request, user=person)
        get_adapter().send_notification_mail("account/email/password_reset", person)
        return response
