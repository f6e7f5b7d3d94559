"""The jobs of accounts."""

from __future__ import annotations

import dataclasses

from allauth.account.adapter import get_adapter
from django.utils import translation

from community.accounts import services
from community.core.jobs import Cron, job


@job(queue="cleanup", name="suspensions", every=Cron())
def end_suspensions() -> int:
    """Ends suspensions within a minute of their time."""
    return services.end_suspensions()


@job(queue="cleanup", name="impersonations", every=Cron())
def end_impersonations() -> int:
    """Ends sign-ins as somebody else whose hour is over and that nobody came back to."""
    return services.end_impersonations()


@job(queue="cleanup", name="sign-ins", every=Cron(hour=3, minute=30))
def forget_sign_ins() -> int:
    """Forgets who tried to sign in more than 30 days ago, and alerts after a year."""
    return services.forget_history() + services.forget_alerts()


@dataclasses.dataclass(frozen=True)
class CodeMail:
    """Whose code is to be mailed, in which language."""

    challenge_id: int
    language: str


@job(queue="email", name="auth-code", data=CodeMail, startable=False, atomic=True)
def mail_code(data: CodeMail) -> None:
    """Makes the code of a registration or a reset and mails it; the code never lies in the ledger."""
    letter = services.write_letter(challenge_id=data.challenge_id)
    if letter is not None:
        with translation.override(data.language):
            get_adapter().send_outside_a_page(letter.template, letter.email, letter.context)


@job(queue="cleanup", name="unfinished-accounts", every=Cron(hour=3, minute=35))
def forget_unfinished() -> int:
    """Deletes accounts whose address nobody confirmed for a week, with old codes and names set aside."""
    return services.forget_unfinished()


@dataclasses.dataclass(frozen=True)
class ExportToMake:
    """The file that somebody asked for."""

    export_id: int


@job(queue="media", name="data-export", data=ExportToMake, startable=False)
def make_export(data: ExportToMake) -> bool:
    """Makes the file with everything held about a person, and tells them."""
    return services.make_export(export_id=data.export_id)


@job(queue="cleanup", name="old-exports", every=Cron(minute=25))
def forget_exports() -> int:
    """Deletes files of people's data after their seven days."""
    return services.forget_exports()


@job(queue="cleanup", name="deletions", every=Cron(minute=20))
def erase_due() -> int:
    """Erases accounts whose days of grace are over, and ends what a crash has left in the middle."""
    return services.erase_due()
