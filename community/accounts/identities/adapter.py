"""Our answers to allauth about identities: who may be joined, who may come in, and how an account is made."""

from __future__ import annotations

import time
from typing import Any, ClassVar, NoReturn

import structlog
from allauth.account.internal.userkit import user_email, user_username
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import is_headless_request
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community.accounts import rules, selectors, services
from community.accounts.choices import CLOSED_STATUSES, USERNAME_MAX, Door
from community.accounts.identities.outgoing import bound
from community.accounts.models import User
from community.core.addresses import client_address
from community.core.errors import NotSignedIn

log = structlog.get_logger(__name__)

#: In the state of a sign-in: when the identity was proved.
PROVED_AT = "proved_at"


class ProofTooOld(NotSignedIn):
    """Too long between coming back from the provider and signing up."""

    message = _("This took too long. Please begin again.")


def identity_of(login: SocialLogin) -> services.Identity:
    """The identity that was proved."""
    account = login.account
    return services.Identity(account.provider, account.uid, str(account.extra_data.get("shown") or ""))


def is_proof_fresh(login: SocialLogin) -> bool:
    """Was the identity proved within SIGN_UP_LASTS?"""
    return time.time() - float(login.state.get(PROVED_AT) or 0) < services.SIGN_UP_LASTS.total_seconds()


class IdentityAdapter(DefaultSocialAccountAdapter):
    """The rules of this site for identities elsewhere."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultSocialAccountAdapter.error_messages,
        "connected_other": services.IdentityOfAnother.message,
        "disconnect_last": services.LastWayIn.message,
        "no_password": services.LastWayIn.message,
        "email_begun": _("An account with this address waits for its code. Please sign in to it first."),
        "account_closed": _("This account is closed."),
    }

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """The providers of the settings; allauth would look into a table as well."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def get_requests_session(self) -> Any:
        """allauth's, with its time limit and our bounds."""
        return bound(super().get_requests_session())

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        """The address, and the name there as a proposal; real names are not ours to know."""
        user_email(sociallogin.user, data.get("email") or "")
        proposal = str(data.get("username") or "").replace("-", "_")[:USERNAME_MAX]
        user_username(sociallogin.user, proposal if rules.is_possible_username(proposal) else "")
        return sociallogin.user

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[Any, str] | None:
        """Whose account it is by an address that both sides have confirmed; linking by hand asks for nothing else."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            return None
        return selectors.find_confirmed_holder(each.email for each in sociallogin.email_addresses if each.verified)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The identity is proved. Goes on for those who may come in, or sign up; counts the try like at any door."""
        sociallogin.token = None  # asked for nothing more, and kept nowhere: not in a session either
        sociallogin.state[PROVED_AT] = time.time()
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        if sociallogin.is_existing:
            self._let_in(request, sociallogin, sociallogin.user)
            return
        first = next(iter(sociallogin.email_addresses), None)
        if first is not None and first.verified and selectors.is_address_taken(first.email):
            self._refuse(request, sociallogin, "email_begun")

    def _let_in(self, request: HttpRequest, sociallogin: SocialLogin, person: User) -> None:
        agent = request.META.get("HTTP_USER_AGENT", "")
        visit = services.Visit(client_address(request), agent, Door.SOCIAL)
        try:
            attempt = services.begin_attempt(account=selectors.account_of(person), visit=visit)
        except services.SignInLocked as error:
            if _is_of_program(request, sociallogin):
                raise ValidationError(error.message, code="too_many_login_attempts") from error
            raise
        services.settle_step(attempt_id=attempt.pk, user=person)
        if person.status in CLOSED_STATUSES:
            self._refuse(request, sociallogin, "account_closed")

    def _refuse(self, request: HttpRequest, sociallogin: SocialLogin, code: str) -> NoReturn:
        if _is_of_program(request, sociallogin):
            raise self.validation_error(code)
        if code == "account_closed":
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_inactive")))
        context = {"provider": sociallogin.provider}
        raise ImmediateHttpResponse(render(request, "socialaccount/link_first.html", context, status=409))

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Makes the person, or finds the one whom the same identity has just made.

        Raises ProofTooOld, Invalid, NameTaken or AddressTaken.
        """
        if not is_proof_fresh(sociallogin):
            raise ProofTooOld()
        email = form.cleaned_data["email"].strip().lower()
        confirmed = any(each.verified and each.email.lower() == email for each in sociallogin.email_addresses)
        person, made = services.sign_up_by_identity(
            identity=identity_of(sociallogin),
            email=email,
            confirmed=confirmed,
            username=form.cleaned_data.get("username") or "",
        )
        sociallogin.user = sociallogin.account.user = person
        sociallogin.made = made
        return person

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, Any]:
        """The address and a name, where the provider told one that is free."""
        found = super().get_signup_form_initial_data(sociallogin)
        free = found["username"] and selectors.is_username_free(found["username"])
        return {"email": found["email"], "username": found["username"] if free else ""}

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        """Where somebody goes who has linked an identity."""
        return reverse("account_identities")

    def validate_disconnect(self, account: Any, accounts: Any) -> None:
        """Raises ValidationError for the last way to sign in."""
        if selectors.is_last_way_in(account.user, account.pk):
            raise self.validation_error("disconnect_last")

    def on_authentication_error(self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None,
                                extra_context: Any = None) -> None:  # fmt: skip
        """For operators: which provider failed and how; what it said may be secret."""
        log.warning(
            "identity_provider_failed",
            provider=str(getattr(provider, "id", ""))[:40],
            reason=str(error),
            exception=type(exception).__name__,
        )


def _is_of_program(request: HttpRequest, sociallogin: SocialLogin) -> bool:
    """Does a program wait for the answer, and not somebody in front of our pages?"""
    return bool(sociallogin.is_headless or is_headless_request(request))
