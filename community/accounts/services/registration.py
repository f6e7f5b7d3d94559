"""Joining, confirming an address and choosing a new password, by codes that are mailed.

Whoever asks cannot tell whether an account has the address: the same answer, the same work, the same limits, and the
mail is sent by a job.
"""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from community.accounts import selectors
from community.accounts.choices import CLOSED_STATUSES, Status
from community.accounts.models import CodeChallenge, NameReservation, User
from community.accounts.permissions import Actor
from community.accounts.rules import generated_username, is_possible_username
from community.accounts.services import identities, joining, people
from community.accounts.services.letters import code_digest
from community.accounts.services.locks import lift_locks
from community.accounts.services.sessions import close_sessions
from community.accounts.validators import username_validators
from community.core import jobs, limits, mail
from community.core.errors import Conflict, DomainError, Invalid, NotSignedIn, TooMany
from community.core.transactions import retried

NAME_SET_ASIDE = timedelta(hours=24)
LASTS = {CodeChallenge.Purpose.VERIFY: timedelta(minutes=10), CodeChallenge.Purpose.RESET: timedelta(hours=1)}
TRIES = 5
RESEND_AFTER = timedelta(minutes=1)


class WrongMailedCode(NotSignedIn):
    """The code does not fit; another try may be possible."""

    message = _("This code is not right.")


class ChallengeEnded(NotSignedIn):
    """Too old, used, tried too often, somebody else's, or no challenge."""

    message = _("This took too long or was tried too often. Please begin again.")


class ConfirmedAlready(Conflict):
    """There is nothing to confirm."""

    message = _("This address is confirmed already.")


@dataclasses.dataclass(frozen=True)
class Begun:
    """A registration that waits for its code."""

    username: str
    email: str
    challenge: str


class _UndoneError(Exception):
    """Takes back a registration that was only to cost as much as a real one."""


def register(
    *,
    email: str,
    password: str,
    username: str,
    agreed: bool,
    referral_code: str,
    source: str,
    client: str,
    birth_date: date | None = None,
    invitation_code: str = "",
) -> Begun:
    """Makes an account that waits for the code from the mail; for a known address only a mail to its owner.

    `source` is the address that asks, as limits count it. Raises RegistrationClosed, Invalid with everything that is
    wrong, or TooMany.
    """
    joining.require_open_registration()
    email = email.strip().lower()
    problems = joining.joining_problems(email=email, birth_date=birth_date, invitation_code=invitation_code)
    problems |= _problems(email, password, username, agreed)
    if problems:
        raise Invalid(fields=problems)
    count_start(email=email, source=source)
    codes = {"referral_code": referral_code, "invitation_code": invitation_code}
    try:
        return _register(email, password, username, codes, client)
    except people.AddressTaken:  # somebody was quicker: now it is a known one
        return _register(email, password, username, codes, client)


def count_start(*, email: str, source: str) -> None:
    """Counts a registration, a reset or another code for the asking address and for the account. Raises TooMany."""
    limits.guard("auth-start", f"source:{source}")
    limits.guard("auth-start-account", f"email:{email.strip().lower()}")


def _problems(email: str, password: str, username: str, agreed: bool) -> dict[str, str]:
    problems: dict[str, str] = {}
    try:
        validate_email(email)
    except ValidationError as error:
        problems["email"] = error.messages[0]
    if username:
        problems.update(_name_problems(username))
    try:
        validate_password(password, User(username=username, email=email))
    except ValidationError as error:
        problems["password"] = " ".join(error.messages)
    if not agreed:
        problems["agree_to_terms"] = str(_("Please agree to the terms."))
    return problems


def _name_problems(username: str) -> dict[str, str]:
    for validate in username_validators:
        try:
            validate(username)
        except ValidationError as error:
            return {"username": error.messages[0]}
    return {} if selectors.is_username_free(username) else {"username": str(people.NameTaken.message)}


@retried
def _register(email: str, password: str, username: str, codes: dict[str, str], client: str) -> Begun:
    username = username or _free_name(email)
    if _is_known(email):
        person = None
        _work_for_nothing(password, username, codes)
        joining.take_invitation(code=codes["invitation_code"])
    else:
        person = _insert(email, password, username, codes)
    set_name_aside(username=username)
    return Begun(username, email, _begin(CodeChallenge.Purpose.VERIFY, email, person, client))


def _is_known(email: str) -> bool:
    """Has an account this address, as its own or as a confirmed further one? Never for a face."""
    return (
        User.objects.filter(email__iexact=email).exists()
        or EmailAddress.objects.filter(email__iexact=email, verified=True).exists()
    )


def _free_name(email: str) -> str:
    for _attempt in range(people.GENERATED_NAME_TRIES):
        username = generated_username(email)
        if is_possible_username(username) and selectors.is_username_free(username):
            return username
    raise people.NameTaken(fields={"username": people.NameTaken.message})


def _insert(email: str, password: str, username: str, codes: dict[str, str]) -> User:
    person = people.create_user(email=email, username=username, password=password)
    joining.record_joining(person=person, **codes)
    return person


def nobodys_address() -> str:
    """An address that nobody can have (RFC 2606), for work that is taken back."""
    return f"{secrets.token_hex(8)}@nobody.invalid"


def _work_for_nothing(password: str, username: str, codes: dict[str, str]) -> None:
    """Costs the time of a registration and leaves nothing, so that the time tells nothing."""
    try:
        with transaction.atomic():
            _insert(nobodys_address(), password, username, codes)
            raise _UndoneError
    except _UndoneError:
        pass


def set_name_aside(*, username: str) -> None:
    """Nobody can take this name for a day. Raises NameTaken when it is set aside already."""
    now = timezone.now()
    lowered = username.lower()
    NameReservation.objects.filter(username=lowered, reserved_until__lte=now).delete()
    try:
        with transaction.atomic():
            NameReservation.objects.create(username=lowered, reserved_until=now + NAME_SET_ASIDE)
    except IntegrityError as error:
        raise people.NameTaken(fields={"username": people.NameTaken.message}) from error


def _begin(purpose: str, email: str, person: User | None, client: str) -> str:
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    row = CodeChallenge.objects.create(
        digest=_digest(token),
        purpose=purpose,
        user=person,
        email=email,
        client=client,
        sent_at=now,
        expires_at=now + LASTS[CodeChallenge.Purpose(purpose)],
    )
    _mail(row)
    return token


def _mail(row: CodeChallenge) -> None:
    data = {"challenge_id": row.pk, "language": get_language() or settings.LANGUAGE_CODE}
    jobs.enqueue("email", "auth-code", data, priority=mail.LANES["security"])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def resend_code(*, actor: Actor, challenge: str, source: str, client: str) -> str:
    """Mails another code and answers the challenge to send it with; the one before no longer fits.

    A signed-in person needs no `challenge`. Raises ChallengeEnded, ConfirmedAlready, or TooMany within a minute.
    """
    email = _email_of(actor, challenge, client)
    count_start(email=email, source=source)
    sent = _resend(actor, challenge, client)
    if isinstance(sent, DomainError):
        raise sent
    return sent


def _email_of(actor: Actor, challenge: str, client: str) -> str:
    if challenge:
        row = _open(challenge, client)
        if row is None:
            raise ChallengeEnded()
        _wait_a_minute(row)
        return row.email
    if not isinstance(actor, User):
        raise ChallengeEnded()
    if actor.status != Status.PENDING_VERIFICATION:
        raise ConfirmedAlready()
    last = CodeChallenge.objects.filter(user=actor, purpose=CodeChallenge.Purpose.VERIFY).order_by("-sent_at").first()
    if last is not None:
        _wait_a_minute(last)
    return actor.email


def _wait_a_minute(row: CodeChallenge) -> None:
    left = (row.sent_at + RESEND_AFTER - timezone.now()).total_seconds()
    if left > 0:
        raise TooMany(retry_after=int(left) + 1)


@retried
def _resend(actor: Actor, challenge: str, client: str) -> str | DomainError:
    if not challenge:
        assert isinstance(actor, User)  # noqa: S101 - asked before
        CodeChallenge.objects.filter(user=actor, purpose=CodeChallenge.Purpose.VERIFY).delete()
        return _begin(CodeChallenge.Purpose.VERIFY, actor.email, actor, client)
    row = _open(challenge, client, lock=True)
    if row is None:
        return ChallengeEnded()
    _wait_a_minute(row)
    now = timezone.now()
    row.code_digest = ""
    row.sent_at, row.expires_at = now, now + LASTS[CodeChallenge.Purpose(row.purpose)]
    row.save(update_fields=["code_digest", "sent_at", "expires_at"])
    _mail(row)
    return challenge


def _open(challenge: str, client: str, *, purpose: str = "", lock: bool = False) -> CodeChallenge | None:
    """The challenge, if it can still be answered by this client."""
    rows = CodeChallenge.objects.select_for_update() if lock else CodeChallenge.objects.all()
    row = rows.filter(digest=_digest(challenge), used_at=None, expires_at__gt=timezone.now(), tries__lt=TRIES).first()
    if row is None or (purpose and row.purpose != purpose) or not constant_time_compare(row.client, client):
        return None
    return row


def _fits(row: CodeChallenge, code: str) -> bool:
    """Compares, and counts what does not fit: the caller must not undo its transaction."""
    if constant_time_compare(row.code_digest, code_digest(row, code)) and row.user_id is not None:
        return True
    row.tries += 1
    row.save(update_fields=["tries"])
    return False


def verify_email(*, challenge: str, code: str, client: str) -> User:
    """Confirms the address the code was mailed to, once; answers whose it is.

    A waiting account becomes active, any other stays as it is. Raises WrongMailedCode or ChallengeEnded.
    """
    found = _verify_email(challenge, code, client)
    if isinstance(found, DomainError):
        raise found
    return found


@retried
def _verify_email(challenge: str, code: str, client: str) -> User | DomainError:
    row = _open(challenge, client, purpose=CodeChallenge.Purpose.VERIFY, lock=True)
    if row is None:
        return ChallengeEnded()
    if not _fits(row, code):
        return WrongMailedCode()
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    person = User.objects.select_for_update(of=("self",)).select_related("profile").get(pk=row.user_id)
    return person if _confirm(person, row.email) else ChallengeEnded()


def _confirm(person: User, email: str) -> bool:
    """Confirms `email` of `person`; False when it is no longer theirs."""
    address = EmailAddress.objects.select_for_update().filter(user=person, email__iexact=email).first()
    if address is None:
        return False
    if not address.verified:
        address.verified = True
        address.save(update_fields=["verified"])
        people.confirm_email(user=person)
        person.refresh_from_db()
    return True


def begin_reset(*, email: str, source: str, client: str) -> str:
    """Mails a code for a new password to the owner of the address, if there is one; answers a challenge either way.

    Raises TooMany.
    """
    email = email.strip().lower()
    count_start(email=email, source=source)
    return _begin_reset(email, client)


@retried
def _begin_reset(email: str, client: str) -> str:
    person = User.objects.filter(email__iexact=email).exclude(status__in=CLOSED_STATUSES).first()
    return _begin(CodeChallenge.Purpose.RESET, email, person, client)


def reset_password(*, challenge: str, code: str, password: str, client: str) -> User:
    """Gives whoever has the code a new password, once, and ends every session, token and other reset of theirs.

    Raises WrongMailedCode, ChallengeEnded, or Invalid for a weak password, after which the code still fits.
    """
    found = _reset_password(challenge, code, password, client)
    if isinstance(found, DomainError):
        raise found
    return found


@retried
def _reset_password(challenge: str, code: str, password: str, client: str) -> User | DomainError:
    row = _open(challenge, client, purpose=CodeChallenge.Purpose.RESET, lock=True)
    if row is None:
        return ChallengeEnded()
    if not _fits(row, code):
        return WrongMailedCode()
    person = User.objects.select_for_update().get(pk=row.user_id)
    if person.status in CLOSED_STATUSES or person.email.lower() != row.email:
        return ChallengeEnded()
    try:
        validate_password(password, person)
    except ValidationError as error:
        return Invalid(fields={"password": " ".join(error.messages)})
    person.set_password(password)
    person.save(update_fields=["password", "updated_at"])
    end_everything_after_reset(person=person)
    _confirm(person, row.email)
    return person


@retried
def end_everything_after_reset(*, person: User) -> None:
    """After a reset nothing older is good: sessions, bearer and personal tokens, other codes for a reset.

    Locks on the account are lifted: the owner is in again.
    """
    CodeChallenge.objects.filter(user=person, purpose=CodeChallenge.Purpose.RESET, used_at=None).update(
        used_at=timezone.now()
    )
    lift_locks(user=person)
    identities.drop_unconfirmed_identities(person=person)
    close_sessions(person=person, tokens=True)
