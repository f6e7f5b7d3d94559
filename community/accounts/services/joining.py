"""Who may join: the site's rule, invitations, the age, agreements to the terms."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from community.accounts import permissions, rules, selectors
from community.accounts.choices import JoiningMode
from community.accounts.models import Invitation, InvitationUse, JoiningRule, TermsAgreement, User
from community.accounts.permissions import Actor
from community.accounts.services.referrals import ALPHABET, CODE_LENGTH, note_referral
from community.core.errors import Invalid, NotAllowed, NotFound, NotSignedIn
from community.core.transactions import retried

MOST_INVITED = 10_000
MOST_NOTE = 200


class RegistrationClosed(NotAllowed):
    """Nobody can join just now."""

    code = "REGISTRATION_CLOSED"
    message = _("Nobody can join at the moment.")


PLEASE_AGREE = _("Please agree to the terms.")
NOT_INVITED = _("Joining needs an invitation that is still good.")


def require_open_registration() -> None:
    """Raises RegistrationClosed where nobody may join."""
    if selectors.get_joining_mode() == JoiningMode.CLOSED:
        raise RegistrationClosed()


def joining_problems(*, email: str, birth_date: date | None, invitation_code: str) -> dict[str, str]:
    """What keeps somebody from joining, by field: the mailbox, the age, the invitation."""
    found = {
        "email": problem_with_mailbox(email=email),
        "birth_date": _problem_with_age(birth_date),
        "invitation_code": _problem_with_invitation(invitation_code),
    }
    return {name: text for name, text in found.items() if text}


def problem_with_mailbox(*, email: str) -> str:
    """Why nobody may join with this address, or make it theirs later; empty when nothing is wrong with it."""
    if settings.REFUSE_DISPOSABLE_MAIL and rules.is_throw_away(email, settings.DISPOSABLE_MAIL_DOMAINS):
        return str(_("Please use an address that you keep."))
    return ""


def _problem_with_age(born: date | None) -> str:
    """Why somebody born then may not join; empty when they may, or when the site does not ask."""
    least: int = settings.MINIMUM_AGE
    if not least:
        return ""
    if born is None:
        return str(_("Please say when you were born."))
    today = timezone.now().date()
    if not today.year - 130 <= born.year or born > today:
        return str(_("This cannot be your birthday."))
    if rules.age_on(born, today) < least:
        return ngettext(
            "You can join from the age of %(least)d year on.",
            "You can join from the age of %(least)d years on.",
            least,
        ) % {"least": least}
    return ""


def _problem_with_invitation(code: str) -> str:
    """Why somebody with this code, or none, may not join; empty when they may."""
    asked = selectors.get_joining_mode() == JoiningMode.INVITED
    return str(NOT_INVITED) if asked and not selectors.is_invitation_good(code) else ""


def take_invitation(*, code: str) -> Invitation | None:
    """Counts a registration with this code, where the site asks for one. Raises Invalid when it was too late."""
    if selectors.get_joining_mode() != JoiningMode.INVITED:
        return None
    found = Invitation.objects.select_for_update().filter(code=selectors.tidy_code(code)).first()
    if found is None or not found.is_open:
        raise Invalid(fields={"invitation_code": NOT_INVITED})
    found.taken += 1
    found.save(update_fields=["taken"])
    return found


@retried
def record_joining(*, person: User, referral_code: str = "", invitation_code: str = "") -> None:
    """Notes what a new person agreed to, how old they are at least, who invited and who brought them.

    Unknown referral codes are passed over. Raises Invalid when the invitation was used up meanwhile.
    """
    invitation = take_invitation(code=invitation_code)
    if invitation is not None:
        InvitationUse.objects.create(invitation=invitation, user=person)
    _agree(person, minimum_age=settings.MINIMUM_AGE)
    note_referral(person=person, code=referral_code)


@retried
def agree_to_terms(*, actor: Actor) -> User:
    """Notes that a person has agreed to the terms that hold now; again changes nothing. Raises NotSignedIn."""
    if not isinstance(actor, User) or not actor.is_active:
        raise NotSignedIn()
    _agree(actor)
    return actor


def _agree(person: User, minimum_age: int = 0) -> None:
    version: str = settings.TERMS_VERSION
    values = {"minimum_age": minimum_age}
    made = TermsAgreement.objects.get_or_create(user=person, version=version, defaults=values)[1]
    if made or person.terms_version != version:
        person.terms_version = version
        User.objects.filter(pk=person.pk).update(terms_version=version)


@retried
def change_joining_mode(*, actor: Actor, mode: JoiningMode) -> JoiningRule:
    """Says who may join from now on. Raises NotAllowed."""
    person = _require_manager(actor)
    return JoiningRule.objects.update_or_create(pk=1, defaults={"mode": JoiningMode(mode), "changed_by": person})[0]


@retried
def make_invitation(*, actor: Actor, most: int = 1, expires_at: datetime | None = None, note: str = "") -> Invitation:
    """Makes a code with which `most` people may join until it ends. Raises NotAllowed or Invalid."""
    person = _require_manager(actor)
    problems: dict[str, str] = {}
    if not 1 <= most <= MOST_INVITED:
        problems["most"] = str(_("From 1 to 10,000."))
    if expires_at is not None and expires_at <= timezone.now():
        problems["expires_at"] = str(_("This is over already."))
    if len(note) > MOST_NOTE or "\x00" in note:
        problems["note"] = str(_("At most 200 characters."))
    if problems:
        raise Invalid(fields=problems)
    code = "".join(secrets.choice(ALPHABET) for _number in range(CODE_LENGTH + 2))
    return Invitation.objects.create(code=code, most=most, expires_at=expires_at, note=note.strip(), made_by=person)


@retried
def end_invitation(*, actor: Actor, invitation_id: int) -> Invitation:
    """Lets nobody else in by an invitation; who came by it stays. Raises NotAllowed or NotFound."""
    _require_manager(actor)
    found = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if found is None:
        raise NotFound()
    if found.is_open:
        found.expires_at = timezone.now()
        found.save(update_fields=["expires_at"])
    return found


def _require_manager(actor: Actor) -> User:
    if not permissions.can_manage_joining(actor):
        raise NotAllowed()
    return permissions.require_writer(actor)
