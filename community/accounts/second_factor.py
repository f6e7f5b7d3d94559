"""allauth's second factor with our own checks: codes count once, recovery codes are kept as hashes."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any, ClassVar

from allauth.account import app_settings as account_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import auth as recovery_auth
from allauth.mfa.recovery_codes.internal import flows as recovery_flows
from allauth.mfa.totp.internal import auth as totp_auth
from allauth.mfa.totp.internal import flows as totp_flows
from allauth.mfa.webauthn.internal import auth as passkey_auth
from allauth.mfa.webauthn.internal import flows as passkey_flows
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community.accounts import selectors, services
from community.accounts.choices import Outcome
from community.core import encryption

STEP_KEY = "accounts.totp-step"
#: Of a request: the try that the adapter entered before the code in it was looked at.
ATTEMPT = "accounts_attempt"
#: What reads answers of devices.
READERS = (
    "parse_registration_response",
    "complete_registration",
    "parse_authentication_response",
    "extract_user_from_response",
    "complete_authentication",
)
#: Stands for each code that is left: the codes themselves are known to nobody.
HIDDEN = "****-****"


class MfaAdapter(DefaultMFAAdapter):
    """Our answers to allauth: names, and secrets encrypted at rest."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or was used before."),
        "unverified_email": _("Please confirm your e-mail address first."),
    }

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """allauth's words; a wrong code or passkey is the end of the try that was entered for it."""
        attempt_id = getattr(context.request, ATTEMPT, None)
        if code == "incorrect_code" and attempt_id is not None:
            delattr(context.request, ATTEMPT)
            services.settle_failure(attempt_id=attempt_id, outcome=Outcome.WRONG_CODE)
        return super().validation_error(code, *args)

    def get_totp_issuer(self) -> str:
        """What the app shows above the code."""
        return str(settings.WAGTAIL_SITE_NAME)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """What a device shows beside a passkey."""
        return {**super().get_public_key_credential_rp_entity(), "name": str(settings.WAGTAIL_SITE_NAME)}

    def encrypt(self, text: str) -> str:
        """For what allauth would store by itself; our own secrets are bound to their person besides."""
        return encryption.encrypt(text, purpose="mfa")

    def decrypt(self, encrypted_text: str) -> str:
        """Counterpart of `encrypt`."""
        return encryption.decrypt(encrypted_text, purpose="mfa")

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """The name of a passkey nobody named."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey {number}").format(number=number)


class Totp(totp_auth.TOTP):
    """An app whose codes are taken once."""

    @classmethod
    def activate(cls, user: Any, secret: str) -> Totp:
        """Stores the secret; the code that proved it in this request is used up."""
        request = context.request
        step = request.session.pop(STEP_KEY, None) if request is not None else None
        return cls(services.set_up_totp(person=user, secret=secret, accepted_step=step))

    def validate_code(self, code: str) -> bool:
        """Takes a code of the app; of two who send the same at once, one is let in."""
        return services.take_totp_code(authenticator=self.instance, code=code)


class RecoveryCodes(recovery_auth.RecoveryCodes):
    """Codes that can be read once, by whoever made them."""

    @classmethod
    def activate(cls, user: Any) -> RecoveryCodes:
        """The set of `user`, made when there is none; a new one has its codes in `instance.new_codes`."""
        found = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
        if found is not None:
            return cls(found)
        instance, codes = services.make_recovery_codes(person=user)
        instance.new_codes = codes
        return cls(instance)

    def generate_codes(self) -> list[str]:
        """As many as a full set has; never the codes."""
        return [HIDDEN] * services.CODES

    def get_unused_codes(self) -> list[str]:
        """The codes of a set made in this request; afterwards only as many stars as are left."""
        return getattr(self.instance, "new_codes", None) or [HIDDEN] * self.instance.data["left"]

    def validate_code(self, code: str) -> bool:
        """Takes a code, once."""
        return services.take_recovery_code(authenticator=self.instance, code=code)


def pending_totp_secret(regenerate: bool = False) -> str:
    """The secret of the set-up that this session began; another one when it is older than services.SET_UP_LASTS."""
    request = context.request
    kept = request.session.get(totp_auth.SECRET_SESSION_KEY)
    if kept and not regenerate:
        try:
            return encryption.decrypt(kept, purpose="totp-set-up", lasts=services.SET_UP_LASTS)
        except encryption.UnreadableError:
            pass
    secret = str(totp_auth.generate_totp_secret())
    request.session[totp_auth.SECRET_SESSION_KEY] = encryption.encrypt(secret, purpose="totp-set-up")
    return secret


def is_code_of_set_up(secret: str, code: str) -> bool:
    """Does the code prove the app of a set-up? Its step is remembered for the activation."""
    step = services.matching_step(secret=secret, code=code)
    if step is None:
        return False
    context.request.session[STEP_KEY] = step
    return True


def install() -> None:
    """Puts our classes in the place of allauth's, which has no setting for them."""
    totp_auth.TOTP = totp_flows.TOTP = Totp
    totp_auth.get_totp_secret = pending_totp_secret
    totp_auth.validate_totp_code = is_code_of_set_up
    recovery_auth.RecoveryCodes = recovery_flows.RecoveryCodes = RecoveryCodes
    totp_flows.deactivate_totp = _only_when_proved(totp_flows.deactivate_totp)
    passkey_flows.remove_authenticator = _only_when_proved(passkey_flows.remove_authenticator)
    passkey_flows.remove_authenticators = _only_when_proved(passkey_flows.remove_authenticators)
    for name in READERS:
        setattr(passkey_auth, name, _refuses_nonsense(getattr(passkey_auth, name)))
    passkey_auth.WebAuthn.add = _add_passkey


def _refuses_nonsense(read: Callable[..., Any]) -> Callable[..., Any]:
    """What no device answers is a wrong answer; reading it fails in more ways than allauth expects."""

    @functools.wraps(read)
    def guarded(*args: Any) -> Any:
        try:
            return read(*args)
        except services.UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error

    return guarded


def _add_passkey(user: Any, name: str, credential: Any) -> passkey_auth.WebAuthn:
    """Stores a passkey that the page or a headless program made: only what is read of it."""
    return passkey_auth.WebAuthn(services.set_up_passkey(person=user, name=name, credential=credential))


def _only_when_proved(remove: Callable[..., None]) -> Callable[..., None]:
    """By every door, what weakens an account needs the password and a code, both of the last few minutes."""

    @functools.wraps(remove)
    def guarded(request: HttpRequest, authenticators: Any) -> None:
        since = time.time() - account_settings.REAUTHENTICATION_TIMEOUT
        records = get_authentication_records(request, request.user)
        recent = {record["method"] for record in records if record.get("reauthenticated") and record["at"] > since}
        going = [authenticators] if isinstance(authenticators, Authenticator) else list(authenticators)
        needed = {"mfa"} if selectors.turns_off(request.user, going) else set()  # type: ignore[arg-type]
        if request.user.has_usable_password():  # type: ignore[union-attr]
            needed.add("password")
        if not needed <= recent:
            raise ReauthenticationRequired
        remove(request, authenticators)

    return guarded
