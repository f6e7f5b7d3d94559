"""What the tables of accounts, of the libraries below them and of the core hold about people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from community.accounts import services
from community.accounts.models import (
    CodeChallenge,
    DataExport,
    Impersonation,
    NameReservation,
    Profile,
    Referral,
    StatusChange,
    User,
)
from community.core import audit, holdings, idempotency, mail
from community.core.holdings import Holding, Leaves, Subject, goes_with, kept, owned, pointers, rows_of
from community.core.models import MailMessage

_MONTH = _("30 days")
#: The account itself goes last: until then others find by it what is the person's.
PREFERENCES, PROFILE, PERSON = 80, 90, 100
#: What was entered about the going itself goes too.
AUDITED = 110


def register() -> None:
    """Called when the app is ready."""
    holdings.register(*_people(), *_signing_in(), *_joining(), *_core())


def _people() -> Iterable[Holding]:
    secret = ("password", "is_active")
    yield Holding(
        "accounts.User", ("username", "email", "groups", "user_permissions"), Leaves.ANONYMISED,
        title=_("Your account: name, address, role"),
        because=_("Only a number stays, so that what belongs together stays together."),
        rows=lambda subject: rows_of(User.objects.filter(pk=subject.id), hide=secret),
        forget=services.forget_names, order=PERSON,
    )  # fmt: skip
    yield goes_with("accounts.User_groups", "user", owner="accounts.User")
    yield goes_with("accounts.User_user_permissions", "user", owner="accounts.User")
    yield Holding(
        "accounts.Profile", ("user", "avatar", "birthday", "hidden_by"), Leaves.ANONYMISED,
        title=_("Your profile and your picture"), because=_("It is emptied; your picture is deleted."),
        rows=lambda subject: rows_of(
            Profile.objects.filter(user_id=subject.id), hide=("user", "avatar_variants", "hidden_by")
        ),
        files=_avatar, forget=services.forget_profile, order=PROFILE,
    )  # fmt: skip
    yield owned(
        "accounts.Preferences", "user", title=_("Your choices about this site"), forget=services.forget_preferences,
        order=PREFERENCES,
    )  # fmt: skip
    yield owned(
        "accounts.FormerUsername", "user", also=["username"], title=_("Names you had before"), lasts=_("90 days"),
        because=_("It is deleted. Nobody else can take your names for 90 days; we keep them scrambled for that."),
        forget=services.forget_names, order=PERSON,
    )  # fmt: skip
    yield kept(
        "accounts.RetiredName", "digest", because="A keyed hash that names nobody; it goes when the name is free."
    )
    yield Holding(
        "accounts.StatusChange", ("user", "actor"), Leaves.ANONYMISED, title=_("Suspensions and other changes"),
        because=_("The times stay, the reasons are deleted."),
        rows=lambda subject: rows_of(StatusChange.objects.filter(user_id=subject.id), hide=("user", "actor")),
        forget=services.forget_reasons,
    )  # fmt: skip
    yield owned(
        "accounts.DataExport", "user", title=_("Files with your data that you asked for"), lasts=_("7 days"),
        hide=["key"], forget=_forget_exports,
    )  # fmt: skip
    yield goes_with("accounts.DeletionRequest", "user", owner="accounts.User")


def _avatar(subject: Subject) -> Iterator[FieldFile]:
    profile = Profile.objects.filter(user_id=subject.id).first()
    if profile is not None and profile.avatar:
        yield profile.avatar


def _forget_exports(*, subject: Subject) -> None:
    for row in DataExport.objects.filter(user_id=subject.id):
        services.remove_export(row=row)


def _signing_in() -> Iterable[Holding]:
    yield owned(
        "accounts.LoginAttempt", "user", also=["address", "user_agent"], title=_("When and from where you signed in"),
        lasts=_MONTH, hide=["account_key", "source"],
    )  # fmt: skip
    yield owned(
        "accounts.PersonalAccessToken", "user", title=_("Access tokens you made"), hide=["digest"],
    )  # fmt: skip
    yield owned(
        "usersessions.UserSession", "user", also=["ip", "user_agent"], title=_("Where you are signed in"),
        lasts=_("until you sign out, or 90 days"), hide=["session_key", "data"], forget=_forget_sessions,
    )  # fmt: skip
    yield goes_with("sessions.Session", "session_data", owner="usersessions.UserSession")
    yield owned("mfa.Authenticator", "user", title=_("Apps, passkeys and recovery codes"), hide=["data"])
    yield owned("socialaccount.SocialAccount", "user", title=_("Accounts elsewhere that you joined to this one"))
    yield goes_with("socialaccount.SocialToken", "account", owner="socialaccount.SocialAccount")
    yield owned("accounts.SecurityAlert", "user", title=_("What we warned you of"), lasts=_("a year"), hide=["cause"])
    yield owned(
        "accounts.EmailChange", "user", title=_("When you changed your address"), hide=["digest"],
    )  # fmt: skip
    yield Holding(
        "accounts.Impersonation", ("actor", "person"), Leaves.ANONYMISED, title=_("When staff signed in as you"),
        because=_("The times stay, the reasons are deleted."), rows=_impersonations,
        forget=services.forget_impersonations,
    )  # fmt: skip
    yield Holding(
        "admin.LogEntry", ("user", "object_id"), Leaves.ANONYMISED, title=_("What you changed as one of the staff"),
        because=_("It stays, under “Deleted User”."),
        rows=lambda subject: rows_of(LogEntry.objects.filter(user_id=subject.id), hide=["user"]),
        forget=_forget_admin_log,
    )  # fmt: skip


def _forget_sessions(*, subject: Subject) -> None:
    for person in User.objects.filter(pk=subject.id):
        services.close_sessions(person=person, tokens=True)


@transaction.atomic
def _forget_admin_log(*, subject: Subject) -> None:
    """What staff wrote about the person holds the name."""
    about = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=about, object_id=str(subject.id)).delete()


def _joining() -> Iterable[Holding]:
    yield owned("account.EmailAddress", "user", also=["email"], title=_("Your addresses"))
    yield goes_with("account.EmailConfirmation", "email_address", owner="account.EmailAddress")
    yield owned("accounts.TermsAgreement", "user", title=_("Terms you agreed to"))
    yield Holding(
        "accounts.CodeChallenge", ("user", "email"), Leaves.DELETED, title=_("Codes we mailed to you"),
        lasts=_("a day"),
        rows=lambda subject: rows_of(_codes(subject), hide=("user", "digest", "client", "code_digest")),
        forget=_forget_codes,
    )  # fmt: skip
    yield Holding(
        "accounts.NameReservation", ("username",), Leaves.DELETED, lasts=_("a day"), forget=_forget_reservations,
    )  # fmt: skip
    yield owned("accounts.InvitationUse", "user", title=_("The invitation you joined with"))
    yield pointers("accounts.Invitation", "made_by")
    yield pointers("accounts.JoiningRule", "changed_by")
    yield owned("accounts.ReferralCode", "user", title=_("Your code to invite others"))
    yield kept(
        "accounts.Referral", "referred", "referrer", "mailbox", title=_("People you brought, and who brought you"),
        because=_("That somebody came stays, without a name; your address only scrambled, so that it counts once."),
        rows=_referrals,
    )  # fmt: skip


def _impersonations(subject: Subject) -> Iterator[Mapping[str, Any]]:
    found = Impersonation.objects.filter(person_id=subject.id).order_by("pk")
    return rows_of(found, hide=("actor", "person", "session_key"))


def _codes(subject: Subject) -> Any:
    mine = Q(user_id=subject.id)
    for address in subject.addresses:
        mine |= Q(email__iexact=address)
    return CodeChallenge.objects.filter(mine)


@transaction.atomic
def _forget_codes(*, subject: Subject) -> None:
    _codes(subject).delete()


@transaction.atomic
def _forget_reservations(*, subject: Subject) -> None:
    NameReservation.objects.filter(username__iexact=subject.username).delete()


def _referrals(subject: Subject) -> Iterator[Mapping[str, Any]]:
    for row in Referral.objects.filter(Q(referrer_id=subject.id) | Q(referred_id=subject.id)).order_by("pk"):
        brought = row.referrer_id == subject.id
        yield {"you": "brought" if brought else "came", "joined": row.created_at, "confirmed": row.confirmed_at}


def _core() -> Iterable[Holding]:
    ids = "Ids only: they lead to an account without a name."
    yield kept("core.OutboxFact", "actor_id", "aggregate_id", "payload", because=f"{ids} Gone after 30 days.")
    yield kept("core.AuditEntry", "actor_id", "target_id", because=f"{ids} Gone after two years.")
    yield Holding(
        "core.AuditDetail", ("user_agent",), Leaves.DELETED, forget=_forget_audited, order=AUDITED,
    )  # fmt: skip
    yield kept("core.OutboxAggregate", "aggregate_id", because=ids)
    yield kept("core.TargetCounts", "target_id", because="Numbers only.")
    yield kept("core.Job", "data", because=f"{ids} Gone after an hour, or when an operator has looked at them.")
    yield kept("core.LimitCount", "key_digest", because="A hash and a number. Gone after the window of its limit.")
    yield Holding(
        "core.IdempotencyKey", ("owner",), Leaves.DELETED, title=_("Answers kept for programs that ask twice"),
        lasts=_("a day"), forget=_forget_answers,
    )  # fmt: skip
    yield Holding(
        "core.MailMessage", ("recipient",), Leaves.DELETED, title=_("That we sent you mail; not what it said"),
        lasts=_("7 days"), rows=_mails, forget=_forget_mails,
    )  # fmt: skip
    yield kept(
        "core.MailSuppression", "digest", title=_("That your address wants no mail"),
        because=_("It stays, scrambled, so that you get none."),
    )  # fmt: skip


def _mails(subject: Subject) -> Iterator[Mapping[str, Any]]:
    mine = Q(pk__in=[])
    for address in subject.addresses:
        mine |= Q(recipient__iexact=address)
    for row in MailMessage.objects.filter(mine).order_by("pk").iterator():
        yield {"to": row.recipient, "purpose": row.purpose, "state": row.state, "at": row.created_at}


def _forget_mails(*, subject: Subject) -> None:
    for address in subject.addresses:
        mail.forget_recipient(address, waiting=True)


def _forget_audited(*, subject: Subject) -> None:
    audit.forget_details_of(user_id=subject.id)


def _forget_answers(*, subject: Subject) -> None:
    idempotency.forget_owner(f"user:{subject.id}")
