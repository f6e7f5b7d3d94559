"""What allauth asks of us by dotted path."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import ConfirmLoginCodeForm
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.models import Login
from allauth.account.stages import EmailVerificationStage
from allauth.core import context
from allauth.core.context import request_context
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.base.internal import flows as mfa_flows
from allauth.mfa.webauthn import forms as passkey_forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community.accounts import permissions, rules, selectors, services
from community.accounts.choices import JoiningMode, Outcome, Status
from community.accounts.models import User
from community.core import mail
from community.core.addresses import client_address
from community.core.postgres import prepared

#: allauth's letters for which there are our own.
OWN_LETTERS = frozenset({"email_changed"})
#: Letters with a code or a link that ends; later they would only confuse.
LASTING = {
    "email_confirmation": timedelta(seconds=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT),
    "email_confirmation_signup": timedelta(seconds=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT),
    "password_reset_code": timedelta(seconds=settings.ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT),
    "login_code": timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT),
    "password_reset_key": timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
}


class AccountAdapter(DefaultAccountAdapter):
    """Our answers to allauth: the client's address, generated names."""

    error_messages = DefaultAccountAdapter.error_messages | dict.fromkeys(
        ("email_password_mismatch", "username_password_mismatch"), _("Wrong e-mail or password.")
    )

    def get_client_ip(self, request: HttpRequest) -> str:
        """The one address function of the site."""
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts the try before the password is looked at. Raises ValidationError while a lock lasts."""
        login = credentials.get("email") or credentials.get("username") or ""
        self.attempt_id = _begin(request, selectors.account_of_login(str(login)), Outcome.CHECKING)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """allauth's check, the outcome of which is kept. Raises ValidationError while a lock lasts."""
        user = super().authenticate(request, **credentials)
        if isinstance(user, User) and request.user.is_authenticated:
            services.forget_attempt(attempt_id=self.attempt_id)
        elif isinstance(user, User):
            services.settle_step(attempt_id=self.attempt_id, user=user)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Called when the password was wrong or there is no such account."""
        services.settle_failure(attempt_id=self.attempt_id, outcome=Outcome.WRONG_PASSWORD)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """False where nobody may join; who needs an invitation is asked for it by the form."""
        return selectors.get_joining_mode() != JoiningMode.CLOSED

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """A chosen name that is free: nobody has it and it is not set aside. Raises ValidationError."""
        username = super().clean_username(username, shallow=shallow)
        if not shallow and not selectors.is_username_free(username):
            raise ValidationError(services.NameTaken.message, code="username_taken")
        return username

    def get_login_stages(self) -> list[str]:
        """allauth's steps, with our own for the address."""
        theirs = "allauth.account.stages.EmailVerificationStage"
        ours = f"{VerificationStage.__module__}.{VerificationStage.__qualname__}"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def is_login_by_code_required(self, login: Login) -> bool:
        """Is a mailed code asked for besides? While an account is being guessed at, of devices it does not know.

        Who has just confirmed the address by a code is not asked for another.
        """
        if login.signup or login.state.get(rules.PROVED) or not isinstance(login.user, User):
            return False
        visit = _visit(self.request)
        return super().is_login_by_code_required(login) or selectors.needs_mailed_code(
            login.user, source=visit.source, device=visit.device
        )

    def login(self, request: HttpRequest, user: Any) -> None:
        """Lets somebody in, and hands on when they were in the last time."""
        user.signed_in_before = user.last_login
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Where somebody goes who has just signed in: a suspended person first hears why and until when."""
        response = super().post_login(request, user, **kwargs)
        if permissions.is_suspended(user) and isinstance(response, HttpResponseRedirect):
            return HttpResponseRedirect(reverse("account_suspended"))
        return response

    @transaction.atomic
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """One of allauth's mails, in the language of the moment: entered here, sent by a worker after the commit."""
        if template_prefix.rpartition("/")[2] in OWN_LETTERS:
            return
        letter: EmailMessage = self.render_mail(template_prefix, email, {"email": email, **context})
        purpose = template_prefix.rpartition("/")[2]
        mail.send(
            recipient=email,
            subject=str(letter.subject),
            text=str(letter.body),
            lane="security",
            purpose=purpose,
            lasts=LASTING.get(purpose),
        )

    def send_outside_a_page(self, template: str, email: str, values: dict[str, Any]) -> None:
        """Sends one of allauth's mails from a job: they name the site by the request they are sent in."""
        request = HttpRequest()
        parts = urlsplit(settings.PUBLIC_URL)
        request.META.update(SERVER_NAME=parts.hostname or "localhost", SERVER_PORT=str(parts.port or 443))
        if parts.scheme == "https":
            request.META["wsgi.url_scheme"] = "https"
        with request_context(request):
            self.send_mail(template, email, values)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """A name nobody chose is made from the address; a chosen one stays as it is."""
        if user.username:
            return
        for _attempt in range(5):
            user.username = rules.generated_username(user.email)
            if selectors.is_username_free(user.username):
                return


def limit_codes(user: User, error_key: str | None = None) -> Callable[[], None]:
    """Counts a code or passkey before it is looked at, like a password; what is returned takes it back.

    Stands in the place of allauth's limit, which forgets while the cache is away. Raises ValidationError.
    """
    attempt = _begin(context.request, selectors.account_of(user), Outcome.WRONG_CODE)
    context.request.accounts_attempt = attempt  # whoever finds the code wrong says so
    return functools.partial(services.forget_attempt, attempt_id=attempt)


def install() -> None:
    """Puts our limits in the place of allauth's, which has no setting for it."""
    for module in (mfa_flows, mfa_forms, passkey_forms):
        module.check_rate_limit = limit_codes
    ConfirmLoginCodeForm.clean_code = _counted(ConfirmLoginCodeForm.clean_code)


def _counted(clean_code: Callable[[Any], str]) -> Callable[[Any], str]:
    """A mailed code at sign-in is counted like one of the second factor, by the page and by apps."""

    @functools.wraps(clean_code)
    def counted(form: Any) -> str:
        stage = get_pending_stage(context.request)
        user = stage.login.user if stage is not None else None
        if not isinstance(user, User):
            return clean_code(form)
        forget = limit_codes(user)
        try:
            code = clean_code(form)
        except ValidationError:
            services.settle_failure(attempt_id=context.request.accounts_attempt, outcome=Outcome.WRONG_CODE)
            raise
        forget()
        return code

    return counted


def _begin(request: HttpRequest, account: selectors.Account, unsettled: Outcome) -> int:
    """Enters a try. Raises ValidationError with the seconds to wait in its params."""
    try:
        return services.begin_attempt(account=account, visit=_visit(request), unsettled=unsettled).pk
    except services.SignInLocked as error:
        params = {"seconds": error.retry_after}
        raise ValidationError(error.message, code="too_many_login_attempts", params=params) from error


def _visit(request: HttpRequest) -> services.Visit:
    return services.Visit(
        client_address(request), request.META.get("HTTP_USER_AGENT", ""), rules.door_of(request.path_info)
    )


class VerificationStage(EmailVerificationStage):
    """Who joins is asked for the code; who comes back without having confirmed the address may read."""

    def handle(self) -> Any:
        """allauth's answer, but for waiting accounts that sign in again: they pass."""
        user = self.login.user
        if isinstance(user, User) and not self.login.signup and user.status == Status.PENDING_VERIFICATION:
            return None, True
        return super().handle()


#: Every request of somebody who is signed in asks it.
_PERSON = prepared.Composed(lambda pk: User.objects.select_related("profile").filter(pk=pk), 0)


class PeopleBackend(AuthenticationBackend):
    """allauth's back end; the person of a session comes with the profile that every page shows."""

    def get_user(self, user_id: Any) -> User | None:
        """The person, unless the account is closed; one query."""
        user = _PERSON.first(user_id)
        if user is None or not self.user_can_authenticate(user):
            return None
        return services.end_suspension_if_over(person=user)

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """The rights of groups; none while somebody is suspended, so that the admin is closed to them."""
        return set() if permissions.is_suspended(user_obj) else super().get_all_permissions(user_obj, obj)

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """By address or by name, never both: each try hashes once, whether or not there is such an account.

        allauth's form sends an address as both; a user name cannot hold an @.
        """
        login = credentials.get("email") or credentials.get("username") or ""
        by = self._authenticate_by_email if "@" in login else self._authenticate_by_username
        return by(login, credentials.get("password") or "")
