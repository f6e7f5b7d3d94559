"""The few errors of the middle. Services raise children of these; faces turn them into answers."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class DomainError(Exception):
    """A refusal that a person may read: a sentence, a code of the API, and messages for fields."""

    code = "VALIDATION_ERROR"
    status = 400
    message: Text = _("That did not work.")
    #: Seconds after which asking again makes sense; None where it does not, or nobody knows.
    retry_after: int | None = None

    def __init__(
        self,
        message: Text | None = None,
        *,
        fields: Mapping[str, Text] | None = None,
        code: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        self.message = message or self.message
        self.fields = dict(fields or {})
        self.code = code or self.code
        self.details = dict(details or {})
        super().__init__(str(self.message))


class Invalid(DomainError):
    """The input cannot be accepted; `fields` says where."""

    message = _("Please check what you entered.")


class NotSignedIn(DomainError):
    """The act needs a signed-in person."""

    code = "AUTHENTICATION_ERROR"
    status = 401
    message = _("Please sign in first.")


class NotAllowed(DomainError):
    """The actor may not do this."""

    code = "AUTHORIZATION_ERROR"
    status = 403
    message = _("You may not do this.")


class EmailNotVerified(NotAllowed):
    """Writing needs a confirmed e-mail address."""

    code = "EMAIL_NOT_VERIFIED"
    message = _("Please confirm your e-mail address first.")


class TermsNotAgreed(NotAllowed):
    """Writing needs agreement to the terms that hold now."""

    code = "TERMS_NOT_AGREED"
    message = _("Our terms of use have changed. Please agree to them first.")


class AccountSuspended(NotAllowed):
    """The account may not act for a while."""

    code = "ACCOUNT_SUSPENDED"
    message = _("Your account is suspended.")


class AccountBanned(NotAllowed):
    """The account may not act at all."""

    code = "ACCOUNT_BANNED"
    message = _("This account is closed.")


class NotFound(DomainError):
    """There is no such thing, or the viewer may not know of it: both look the same."""

    code = "NOT_FOUND"
    status = 404
    message = _("There is nothing here.")


class Conflict(DomainError):
    """Somebody else changed it meanwhile, or it exists already."""

    code = "CONFLICT"
    status = 409
    message = _("This was changed meanwhile. Please look at it again.")


class TooMany(DomainError):
    """A limit is reached; `retry_after` seconds from now it opens again."""

    code = "RATE_LIMIT_ERROR"
    status = 429
    message = _("That was a little quick. Please try again in a moment.")

    def __init__(self, message: Text | None = None, *, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Something the act needs does not answer just now."""

    code = "SERVICE_UNAVAILABLE"
    status = 503
    retry_after = 5
    message = _("The site is busy right now. Please try again in a moment.")
