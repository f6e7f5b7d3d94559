"""The pages of the second factor: allauth's, with our forms, and recovery codes that are shown once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.recovery_codes.internal import flows as recovery_flows
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.internal import flows as totp_flows
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import flows as passkey_flows
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community.accounts import selectors, services
from community.accounts.forms.two_factor import (
    CodeForm,
    PasskeyForm,
    PasskeyNameForm,
    ProofForm,
    SetUpForm,
)
from community.core import encryption

#: A new set waits in the session, encrypted, for the page after the one that made it.
CODES_KEY = "accounts.recovery-codes"
HAND_OVER_LASTS = timedelta(minutes=10)


class SecondStepView(AuthenticateView):
    """The code or the passkey after the password."""

    form_class = CodeForm


@method_decorator(never_cache, name="dispatch")
class SetUpAppView(ActivateTOTPView):
    """An app as second factor; recovery codes come with the first one."""

    form_class = SetUpForm

    def form_valid(self, form: SetUpForm) -> HttpResponse:
        """Turns it on, and shows the recovery codes once when they are new."""
        _app, codes = totp_flows.activate_totp(self.request, form)
        return _shown_once(self.request, codes)


class TurnOffAppView(DeactivateTOTPView):
    """Turns the app off for whoever knows the password and a code."""

    form_class = ProofForm

    def _dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # The form asks for more than allauth's own page before it would.
        return super(DeactivateTOTPView, self).dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The person who proves themselves."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: ProofForm) -> HttpResponse:
        """Records the proof before the app goes."""
        _record_proof(self.request, form)
        return super().form_valid(form)


class AddPasskeyView(AddWebAuthnView):
    """Another passkey; recovery codes come with the first second factor."""

    form_class = PasskeyForm

    def form_valid(self, form: PasskeyForm) -> HttpResponse:
        """Stores it, and shows the recovery codes once when they are new."""
        values = form.cleaned_data
        _key, codes = passkey_flows.add_authenticator(
            self.request, name=values["name"], credential=values["credential"]
        )
        return _shown_once(self.request, codes)


class RenamePasskeyView(EditWebAuthnView):
    """Another name for a passkey."""

    form_class = PasskeyNameForm


@method_decorator(login_required, name="dispatch")
class RemovePasskeyView(RemoveWebAuthnView):
    """Removes a passkey: by the password, and by a code besides when nothing else is left."""

    form_class = ProofForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The form asks for more than allauth's own page before it would."""
        return super(RemoveWebAuthnView, self).dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The person who proves themselves, and whether the second factor goes off with this passkey."""
        last = selectors.turns_off(self.request.user, [self.get_object()])
        with_code = last or not self.request.user.has_usable_password()
        return {**super().get_form_kwargs(), "user": self.request.user, "with_code": with_code}

    def form_valid(self, form: ProofForm) -> HttpResponse:
        """Records the proof, then removes."""
        _record_proof(self.request, form)
        return super().form_valid(form)


class NewRecoveryCodesView(GenerateRecoveryCodesView):
    """Another set of recovery codes in place of the old one."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Makes the set and shows it once."""
        return _shown_once(self.request, recovery_flows.generate_recovery_codes(self.request))


@require_safe
@never_cache
@login_required
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """How many codes are left; right after a set was made the codes themselves, once."""
    factor = selectors.second_factor_of(request.user)  # type: ignore[arg-type] # login_required
    if not factor.enabled:
        raise Http404
    parts = {"codes": _handed_over(request), "left": factor.recovery_codes_left, "all": services.CODES}
    return render(request, "mfa/recovery_codes/index.html", parts)


def no_such_page(request: HttpRequest) -> HttpResponse:
    """In the place of allauth's page that gives recovery codes again."""
    raise Http404


def _record_proof(request: HttpRequest, form: ProofForm) -> None:
    if "password" in form.fields:
        reauthenticate_by_password(request)
    if form.proof is not None:
        form.proof.save()


def _shown_once(request: HttpRequest, made: Any) -> HttpResponse:
    codes = getattr(made, "new_codes", None)
    if codes:
        request.session[CODES_KEY] = encryption.encrypt(json.dumps(codes), purpose=_purpose(request))
    return HttpResponseRedirect(reverse("mfa_view_recovery_codes" if made else "mfa_index"))


def _handed_over(request: HttpRequest) -> list[str]:
    """The codes that wait to be shown; nothing the second time, or too late."""
    kept = request.session.pop(CODES_KEY, "")
    try:
        return list(json.loads(encryption.decrypt(kept, purpose=_purpose(request), lasts=HAND_OVER_LASTS)))
    except encryption.UnreadableError:
        return []


def _purpose(request: HttpRequest) -> str:
    return f"new-codes:{request.user.pk}"
