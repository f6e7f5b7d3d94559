"""Pages of identities elsewhere: on to the provider and back, signing up, and what is linked to one's account."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal.flows.reauthentication import (
    get_reauthentication_flows,
    raise_if_reauthentication_required,
)
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal.flows.signup import clear_pending_signup, get_pending_signup
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.base.utils import respond_to_login_on_get
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.views import SignupView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.accounts import permissions, selectors, services
from community.core import languages, limits
from community.core.addresses import address_key, client_address
from community.core.errors import Conflict, DomainError, Invalid, NotFound

#: allauth's place for somebody who came back from the provider and has no account yet.
PENDING_KEY = "socialaccount_sociallogin"
#: In the session: by whose link somebody came before going to the provider.
REFERRAL_KEY = "accounts.referral"


def _provider(request: HttpRequest, name: str) -> Any:
    """The provider, if the settings have it. Raises Http404."""
    try:
        return get_adapter().get_provider(request, name)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, provider: str) -> HttpResponse:
    """On to the provider by a form of ours; who comes by a link is asked first, so that nobody is sent unawares."""
    found = _provider(request, provider)
    if request.method != "POST":
        return _asked_first(request, found)
    limits.guard("auth-identity", f"source:{address_key(client_address(request))}")
    if request.POST.get("process") == AuthProcess.CONNECT:
        if not permissions.is_person(request.user):
            return redirect_to_login(reverse("account_identities"))
        permissions.require_writer(request.user)
        raise_if_reauthentication_required(request, app="allauth.socialaccount")
        if not _is_proved(request):
            messages.warning(request, _("Please sign in once more first."))
            return HttpResponseRedirect(reverse("account_identities"))
    request.session[REFERRAL_KEY] = request.POST.get("referral", "")[:16]
    kwargs = found.get_redirect_from_request_kwargs(request)
    if kwargs["process"] != AuthProcess.CONNECT:
        kwargs["process"] = AuthProcess.LOGIN
    response: HttpResponse = found.redirect(request, **kwargs)
    return response


def _asked_first(request: HttpRequest, provider: Any) -> HttpResponse:
    request.method = "GET"
    page: HttpResponse = respond_to_login_on_get(request, provider)
    return page


class CallbackView(OAuth2CallbackView):
    """allauth's, which shows the state of the sign-in to the adapter, for its nonce, and goes on in its language."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state or {}
        if (language := self.adapter.state.get("language")) in languages.codes():
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return state, response


@never_cache
@require_safe
def callback(request: HttpRequest, provider: str) -> HttpResponse:
    """Back from the provider."""
    found = _provider(request, provider)
    limits.guard("auth-identity", f"source:{address_key(client_address(request))}")
    response: HttpResponse = CallbackView.adapter_view(found.oauth2_adapter_class)(request)
    return response


def no_such_page(request: HttpRequest) -> HttpResponse:
    """In the place of allauth's door for Google's own button, which asks for no state of ours."""
    raise Http404


class IdentitySignUpView(SignupView):
    """The last step for new people; what was wrong is said on the form, and the identity is kept for another try."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Leads back to the beginning when the identity was proved too long ago."""
        pending = get_pending_signup(request)
        proved_at = float(pending.state.get("proved_at") or 0) if pending else 0.0
        if pending and time.time() - proved_at > services.SIGN_UP_LASTS.total_seconds():
            clear_pending_signup(request)
            messages.warning(request, _("This took too long. Please begin again."))
        return super().dispatch(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> Any:
        """With whoever brought the person, known since before the way to the provider."""
        form = super().get_form(form_class)
        form.fields["referral_code"].initial = self.request.session.get(REFERRAL_KEY, "")
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        """Makes the account."""
        pending = self.request.session.get(PENDING_KEY)
        try:
            response: HttpResponse = super().form_valid(form)
        except DomainError as error:
            self.request.session[PENDING_KEY] = pending
            if not isinstance(error, Conflict | Invalid):
                raise
            for name, text in error.fields.items() or [("", error.message)]:
                form.add_error(name if name in form.fields else None, str(text))
            return self.form_invalid(form)
        return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def identities(request: HttpRequest) -> HttpResponse:
    """The identities that are linked to one's account; `remove` takes one away, after a fresh proof."""
    if request.method == "POST":
        wanted = request.POST.get("remove", "")
        if not wanted.isdecimal() or not wanted.isascii() or len(wanted) > 18:
            raise NotFound()
        raise_if_reauthentication_required(request, app="allauth.socialaccount")
        _remove(request, int(wanted))
        return HttpResponseRedirect(reverse("account_identities"))
    context = {"identities": selectors.list_identities(viewer=request.user), "proved": _is_proved(request)}
    return render(request, "socialaccount/connections.html", context)


def _remove(request: HttpRequest, identity_id: int) -> None:
    if not _is_proved(request):
        messages.warning(request, _("Please sign in once more first."))
        return
    try:
        provider = selectors.provider_name(services.remove_identity(actor=request.user, identity_id=identity_id))
    except services.LastWayIn as error:
        messages.error(request, str(error.message))
        return
    messages.info(request, _("%(provider)s is no longer linked.") % {"provider": provider})
    get_account_adapter().send_notification_mail(
        "socialaccount/email/account_disconnected", request.user, {"provider": provider}
    )


def _is_proved(request: HttpRequest) -> bool:
    """People with a password or a second factor are asked for it; others have to have signed in just now."""
    return bool(get_reauthentication_flows(request.user)) or selectors.signed_in_just_now(
        viewer=request.user, session_key=request.session.session_key
    )
