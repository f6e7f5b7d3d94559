"""Signing in for programs: allauth's steps in a session of its own, answered by tokens, not by a cookie."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.app_settings import EmailVerificationMethod, LoginMethod
from allauth.account.internal.flows.login import derive_login_method, perform_password_login
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.models import Login
from allauth.headless import app_settings
from allauth.headless.account.inputs import ConfirmLoginCodeInput
from allauth.headless.base.response import AuthenticationResponse
from allauth.headless.constants import Client
from allauth.headless.internal import authkit, sessionkit
from allauth.headless.internal.decorators import mark_request_as_headless
from allauth.headless.mfa.inputs import AuthenticateInput
from allauth.headless.tokens.strategies.jwt import internal as jwt
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.accounts import permissions, selectors, services
from community.accounts.choices import Status
from community.accounts.models import User
from community.core.errors import AccountSuspended, DomainError, NotSignedIn, TooMany

SESSION = timedelta(days=30)
REMEMBERED_SESSION = timedelta(days=90)
CHALLENGE_LASTS = timedelta(minutes=10)
LOCKED = timedelta(minutes=15)
CHALLENGE_SALT = "accounts.sign-in-challenge"
REMEMBER_KEY = "accounts.remember"
SECOND_FACTOR_STAGE = "mfa_authenticate"
MAILED_CODE_STAGE = "login_by_code"


class WrongCredentials(NotSignedIn):
    """No such account, or another password: nobody can tell which."""

    message = _("Wrong e-mail or password.")


class WrongCode(NotSignedIn):
    """The code of the second factor does not fit."""

    message = _("This code is not right.")


class TwoFactorRequired(NotSignedIn):
    """The password was right; the account has a second factor."""

    code = "TWO_FACTOR_REQUIRED"
    message = _("Please send the code of your second factor.")


class MailedCodeRequired(NotSignedIn):
    """The password was right; somebody is guessing at the account, so a new device needs the code from the mail."""

    code = "EMAIL_CODE_REQUIRED"
    message = _("This device is new here. Please send the code that we have mailed to you.")


class ChallengeOver(NotSignedIn):
    """The challenge is too old, used, somebody else's or no challenge."""

    message = _("This sign-in took too long. Please begin again.")


class RefreshRefused(NotSignedIn):
    """The token is not one of a living session, or was used before."""

    message = _("Please sign in again.")


@dataclasses.dataclass(frozen=True)
class SignedIn:
    """Somebody with the tokens of a new session."""

    user: User
    token: str
    refresh_token: str
    expires_in: int


@dataclasses.dataclass(frozen=True)
class Tokens:
    """The next pair of tokens."""

    token: str
    refresh_token: str
    expires_in: int


def sign_in(
    request: HttpRequest, *, login: str, password: str, remember: bool, two_factor_code: str | None
) -> SignedIn:
    """Signs in by address or name; the browser's own session stays as it is.

    Raises WrongCredentials, TwoFactorRequired or MailedCodeRequired (with `challenge` in their details), WrongCode,
    TooMany while the account or the source is locked; with the right password also 401 for suspended and banned
    accounts.
    """
    with session_of_its_own(request):
        user = _authenticated(request, login, password)
        refuse_closed(user)
        # People whose address is not confirmed may sign in and read; writing asks for it.
        attempt = Login(user=user, email_verification=EmailVerificationMethod.NONE)
        _set_time(request, remember)
        response = perform_password_login(request, {"username": user.username}, attempt)
        stage = get_pending_stage(request)
        if stage is not None and stage.key == MAILED_CODE_STAGE:
            raise MailedCodeRequired(details={"challenge": _challenge(request, remember)})
        if stage is not None and stage.key == SECOND_FACTOR_STAGE:
            response = _second_step(request, stage, two_factor_code, remember)
        return finished(request, response, user)


def finish_sign_in(request: HttpRequest, *, challenge: str, code: str) -> SignedIn:
    """The second step of a sign-in that `sign_in` answered with `challenge`, by the client that began it.

    Raises ChallengeOver, WrongCode (another try with the same challenge is possible), TooMany, or TwoFactorRequired
    with another challenge when a mailed code was right and the account has a second factor.
    """
    key = _session_of(request, challenge)
    with session_of_its_own(request, key):
        stage = get_pending_stage(request)
        if stage is None or stage.key not in {SECOND_FACTOR_STAGE, MAILED_CODE_STAGE}:
            raise ChallengeOver()
        user = stage.login.user
        refuse_closed(user)
        remember = bool(request.session.get(REMEMBER_KEY))
        if stage.key == MAILED_CODE_STAGE:
            response = _mailed_step(request, stage, code, remember)
            stage = get_pending_stage(request)
            if stage is not None and stage.key == SECOND_FACTOR_STAGE:
                raise TwoFactorRequired(details={"challenge": _challenge(request, remember)})
        else:
            response = _second_step(request, stage, code, remember)
        return finished(request, response, user)


def finished(request: HttpRequest, response: Any, user: User) -> SignedIn:
    """The tokens from the last of allauth's steps. Raises NotSignedIn when a step is still missing."""
    answer = json.loads(AuthenticationResponse.from_response(request, response).content)
    if not request.user.is_authenticated:
        raise NotSignedIn()
    return SignedIn(
        user=user,
        token=answer["meta"]["access_token"],
        refresh_token=answer["meta"]["refresh_token"],
        expires_in=app_settings.JWT_ACCESS_TOKEN_EXPIRES_IN,
    )


def _authenticated(request: HttpRequest, login: str, password: str) -> User:
    # One way of looking the person up, never two: allauth would hash once for each, and the time would tell
    # whether the account exists.
    name = "email" if derive_login_method(login) == LoginMethod.EMAIL else "username"
    try:
        user = get_adapter().authenticate(request, **{name: login, "password": password})
    except ValidationError as error:
        wait = (error.params or {}).get("seconds", int(LOCKED.total_seconds()))
        raise TooMany(services.SignInLocked.message, retry_after=wait) from error
    if not isinstance(user, User) or user.status == Status.DELETED:
        raise WrongCredentials()
    return user


def refuse_closed(user: User) -> None:
    """Who knows the password learns why the door is shut: 401 with the reason, and until when."""
    user = services.end_suspension_if_over(person=user)
    refusal = permissions.refusal_to_write(user)
    if user.status == Status.BANNED or isinstance(refusal, AccountSuspended):
        assert refusal is not None  # noqa: S101 - both states refuse writing
        suspension = selectors.suspension_of(user)
        raise _while_signing_in(refusal, reason=suspension.reason if suspension else "")


def _while_signing_in(refusal: DomainError, *, reason: str) -> NotSignedIn:
    details = {**refusal.details, **({"reason": reason} if reason else {})}
    return NotSignedIn(refusal.message, code=refusal.code, details=details)


def _second_step(request: HttpRequest, stage: Any, code: str | None, remember: bool) -> Any:
    """allauth's check of the code, with its limit; answers what the next step answers."""
    if not code:
        raise TwoFactorRequired(details={"challenge": _challenge(request, remember)})
    begun = request.session.session_key
    form = AuthenticateInput({"code": code}, user=stage.login.user)
    if not form.is_valid():
        raise _wrong(request, form, begun)
    # Two codes sent with one challenge at once must not make two sessions.
    if begun is not None and not Session.objects.filter(session_key=begun).delete()[0]:
        request.session.flush()
        raise ChallengeOver()
    form.save()
    _set_time(request, remember)
    return stage.exit()


def _challenge(request: HttpRequest, remember: bool) -> str:
    """Keeps the unfinished sign-in; what names it to the client that began it."""
    request.session[REMEMBER_KEY] = remember
    request.session.set_expiry(int(CHALLENGE_LASTS.total_seconds()))
    request.session.save()
    sealed = {"session": jwt.session_key_to_sid(str(request.session.session_key)), "client": client_of(request)}
    return signing.dumps(sealed, salt=CHALLENGE_SALT)


def _wrong(request: HttpRequest, form: Any, begun: str | None) -> DomainError:
    """What to raise for a code that was not taken; the unfinished sign-in ends when there were too many."""
    errors = form.errors.as_data().get("code", [])
    locked = next((error for error in errors if error.code == "too_many_login_attempts"), None)
    if locked or begun is None:
        request.session.flush()
    if locked is None:
        return WrongCode()
    return TooMany(retry_after=(locked.params or {}).get("seconds", int(LOCKED.total_seconds())))


def _mailed_step(request: HttpRequest, stage: Any, code: str, remember: bool) -> Any:
    """Checks the code that was mailed to a new device, as allauth's page does; answers what the next step answers."""
    process = LoginCodeVerificationProcess.resume(stage)
    if process is None:
        raise ChallengeOver()
    begun = request.session.session_key
    form = ConfirmLoginCodeInput({"code": code}, code=process.code)
    if not form.is_valid():
        error = _wrong(request, form, begun)
        if isinstance(error, WrongCode):
            process.record_invalid_attempt()
        raise error
    _set_time(request, remember)
    return process.finish(None)


def _set_time(request: HttpRequest, remember: bool) -> None:
    """How long the session lasts; said before tokens are made, since refresh tokens last as long."""
    request.session.set_expiry(int((REMEMBERED_SESSION if remember else SESSION).total_seconds()))


def _session_of(request: HttpRequest, challenge: str) -> str:
    """The session that waits for the code. Raises ChallengeOver."""
    try:
        sealed = signing.loads(challenge, salt=CHALLENGE_SALT, max_age=CHALLENGE_LASTS)
        key = jwt.session_key_from_sid(sealed["session"])
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise ChallengeOver() from error
    if not hmac.compare_digest(str(sealed.get("client")), client_of(request)):
        raise ChallengeOver()
    return str(key)


def client_of(request: HttpRequest) -> str:
    """What binds a challenge to the client that began it."""
    return hashlib.sha256(request.headers.get("User-Agent", "").encode()).hexdigest()[:16]


@contextlib.contextmanager
def session_of_its_own(request: HttpRequest, key: str | None = None) -> Iterator[None]:
    """Puts an empty session, or that of `key`, in the place of the browser's, as allauth does for its app clients."""
    old_user, old_session = request.user, request.session
    mark_request_as_headless(request, Client.APP)
    try:
        request.session = sessionkit.session_store(key)
        authkit.purge_request_user_cache(request)
        request.allauth.headless._pre_user = AnonymousUser()  # type: ignore[attr-defined]
        yield
    finally:
        if request.session.modified and not request.session.is_empty():
            request.session.save()
        request.user, request.session = old_user, old_session
        # Signing in asks for a new CSRF cookie, which belongs to the browser's session and not to this one.
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False


def refresh(refresh_token: str) -> Tokens:
    """The next pair of tokens; the old refresh token is used up.

    Raises RefreshRefused. A token used before ends its session: somebody has a copy (RFC 9700, 4.14.2).
    """
    payload = jwt.decode_token(refresh_token, "refresh")
    if payload is None:
        raise RefreshRefused()
    key = jwt.session_key_from_sid(payload["sid"])
    with transaction.atomic():
        # Two at once would both see the token unused.
        Session.objects.select_for_update().filter(session_key=key).first()
        pair = app_settings.TOKEN_STRATEGY.refresh_token(refresh_token)
        if pair is None:
            end_session(key)
    if pair is None:
        raise RefreshRefused()
    return Tokens(pair[0], pair[1], app_settings.JWT_ACCESS_TOKEN_EXPIRES_IN)


def end_session(key: str | None) -> None:
    """Ends a session and everything that hangs on it; nothing happens when it has ended already."""
    if key:
        sessionkit.session_store().delete(key)
        UserSession.objects.filter(session_key=key).delete()


def sign_out(request: HttpRequest, user: Any, token: Any) -> None:
    """Ends the session of the bearer token, whose content `token` is, or that of the cookie when it is None."""
    if token is not None:
        request.session = sessionkit.session_store(jwt.session_key_from_sid(token["sid"]))
        request.user = user
    key = request.session.session_key
    get_adapter().logout(request)
    end_session(key)
